//! The format: what a line says, what is refused, and that `docs/export-format.md` tells all of it.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read, Write};

use serde_json::Value;

use super::read::{ReadFault, read};
use super::sealed::{self, SealFault, Sealing};
use super::write::Writer;
use super::{Header, Summary, VERSION};
use crate::storage::archive::{Entity, samples};

fn header() -> Header {
    Header {
        version: VERSION,
        schema: 2,
        afterword: "0.1.0".into(),
        at: "2026-01-01T00:00:00Z".into(),
        sites: 1,
    }
}

fn written() -> (Vec<u8>, Summary) {
    let mut writer = Writer::begin(Vec::new(), header()).unwrap();
    for entity in samples::all() {
        writer.entity(entity).unwrap();
    }
    writer.end().unwrap()
}

fn entities(text: &[u8]) -> Result<(Vec<Entity>, Summary), ReadFault> {
    let mut entities = Vec::new();
    let (_, summary) = read::<ReadFault>(text, |_, entity| {
        entities.push(entity);
        Ok(())
    })?;
    Ok((entities, summary))
}

fn refused(text: &[u8]) -> String {
    entities(text).unwrap_err().to_string()
}

/// The sample's text with a piece of it changed.
fn with(from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(written().0).unwrap();
    assert!(text.contains(from), "{from} is in no line");
    text.replacen(from, to, 1).into_bytes()
}

#[test]
fn what_is_written_reads_back_as_it_was() {
    let (text, summary) = written();
    let (found, counted) = entities(&text).unwrap();
    assert_eq!(found, samples::all());
    assert_eq!(counted, summary);
}

#[test]
fn the_digest_is_of_the_entities_and_not_of_when_they_were_written() {
    let mut writer = Writer::begin(Vec::new(), Header { at: "later".into(), schema: 3, ..header() }).unwrap();
    samples::all().into_iter().for_each(|entity| writer.entity(entity).unwrap());
    assert_eq!(writer.end().unwrap().1, written().1);
}

#[test]
fn an_identity_of_a_sites_own_members_reads_back() {
    use crate::domain::identities::LinkedIdentity;
    use crate::domain::{AccountId, Identity, SiteId, Timestamp};
    let (at, identity) = (Timestamp::EPOCH, Identity::of_site(SiteId(7), "42".into()));
    let linked = LinkedIdentity { identity, label: None, linked_at: at, used_at: at };
    let entity = Entity::Identity { account: AccountId::from_random([1; 16]), linked };
    let mut writer = Writer::begin(Vec::new(), header()).unwrap();
    writer.entity(entity.clone()).unwrap();
    assert_eq!(entities(&writer.end().unwrap().0).unwrap().0, [entity]);
}

#[test]
fn every_change_of_an_entity_and_every_cut_is_noticed() {
    let (text, _) = written();
    let body = text.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    for at in (body..text.len()).step_by(7) {
        let mut altered = text.clone();
        altered[at] ^= 1;
        assert!(entities(&altered).is_err(), "byte {at} of {:?}", String::from_utf8_lossy(&text[at..]));
    }
    for length in (0..text.len()).step_by(11) {
        assert!(entities(&text[..length]).is_err(), "cut after {length} bytes");
    }
    // At the end of a line, too, and without the last line.
    let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    for count in 1..lines.len() {
        let fault = refused(&lines[..count].concat());
        assert!(fault.contains(&format!("ends after line {count}")), "{fault}");
    }
    let without_one: Vec<u8> = [&lines[..5], &lines[6..]].concat().concat();
    assert!(refused(&without_one).contains("how many there are"));
}

#[test]
fn what_is_unknown_is_refused_with_its_line_and_what_was_expected() {
    for (text, expected) in [
        (b"{\"x\":1}\n".to_vec(), "no export of Afterword"),
        (b"hello".to_vec(), "no export of Afterword"),
        (backup(), "this is compressed: `afterword restore` takes a backup"),
        (
            with("{\"version\":1", "{\"version\":2"),
            "version 2 of the format, and this binary knows versions up to 1",
        ),
        (with("{\"version\":1", "{\"version\":1,\"extra\":1"), "line 1: afterword.extra: unknown field"),
        (
            with("{\"counter\":", "{\"kounter\":"),
            "line 2: unknown variant `kounter`, expected one of `counter`",
        ),
        (with("\"of\":\"sites\"", "\"of\":\"cats\""), "line 2: counter.of: unknown variant `cats`"),
        (
            with("\"key\":\"blog\"", "\"key\":\"blog\",\"colour\":1"),
            "line 6: site.colour: unknown field `colour`",
        ),
        (with("\"key\":\"blog\",", ""), "line 6: site: missing field `key`"),
        (with("\"key\":\"blog\"", "\"key\":\"BLOG\""), "line 6: key: "),
        (with("\"guests\":false", "\"guests\":\"no\""), "line 6: site.settings.guests: invalid type"),
        (with("https://example.org/?a=b", "javascript:alert(1)"), "href: expected an address"),
    ] {
        let fault = refused(&text);
        assert!(fault.contains(expected), "{fault}");
    }
    let more = [&written().0[..], b"{\"counter\":{\"of\":\"sites\",\"last\":1}}\n"].concat();
    assert!(refused(&more).contains("expected nothing after the last line"));
}

#[test]
fn the_deepest_text_that_there_can_be_reads_back() {
    use crate::domain::Document;
    use crate::domain::document::{Block, Inline, MAX_DEPTH};
    let mut document = Document { blocks: vec![Block::Paragraph(vec![Inline::Text("deep".into())])] };
    for _ in 0..MAX_DEPTH {
        document = Document { blocks: vec![Block::List { start: None, items: vec![document.blocks] }] };
    }
    let mut writer = Writer::begin(Vec::new(), header()).unwrap();
    for entity in samples::all() {
        let Entity::Revision { comment, revision, .. } = entity else { continue };
        writer.entity(Entity::Revision { comment, revision, body: Some(document.clone()) }).unwrap();
    }
    let (found, _) = entities(&writer.end().unwrap().0).unwrap();
    assert!(matches!(&found[0], Entity::Revision { body: Some(body), .. } if *body == document));
}

#[test]
fn the_documentation_names_every_kind_and_every_field() {
    let (text, _) = written();
    let document = include_str!("../../docs/export-format.md");
    let mut names = BTreeSet::new();
    for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        gather(&serde_json::from_slice(line).unwrap(), &mut names);
    }
    assert!(names.len() > 80, "only {names:?}");
    let is_named = |name: &&String| {
        document.contains(&format!("`{name}`")) || document.contains(&format!("{{\"{name}\":"))
    };
    let unnamed: Vec<&String> = names.iter().filter(|name| !is_named(name)).collect();
    assert_eq!(unnamed, Vec::<&String>::new(), "docs/export-format.md does not name them");
    assert!(document.contains(&format!("version {VERSION}")), "the document is of another version");
}

fn gather(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                names.insert(name.clone());
                gather(value, names);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, names)),
        _ => {}
    }
}

fn file_with(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn backup() -> Vec<u8> {
    let mut sealing = Sealing::new(Vec::new());
    sealing.write_all(&written().0).unwrap();
    sealing.finish().unwrap()
}

#[test]
fn a_backup_gives_back_its_lines_and_a_seal_after_them() {
    let mut text = String::new();
    sealed::open(file_with(&backup())).unwrap().read_to_string(&mut text).unwrap();
    let lines = String::from_utf8(written().0).unwrap();
    let seal = text.strip_prefix(&lines).unwrap();
    assert!(seal.starts_with("{\"seal\":{\"sha256\":\""), "{seal}");
    // So an unpacked backup can be imported.
    assert_eq!(entities(text.as_bytes()).unwrap().0, samples::all());
}

#[test]
fn a_backup_with_any_bit_changed_or_cut_anywhere_is_refused() {
    let backup = backup();
    for at in 0..backup.len() {
        for bit in [0, 7] {
            let mut altered = backup.clone();
            altered[at] ^= 1 << bit;
            let fault = sealed::check(&mut file_with(&altered));
            assert!(fault.is_err(), "bit {bit} of byte {at} of {}", backup.len());
        }
    }
    for length in 0..backup.len() {
        assert!(sealed::check(&mut file_with(&backup[..length])).is_err(), "cut after {length} bytes");
    }
    assert!(sealed::check(&mut file_with(&[&backup[..], b"x"].concat())).is_err());
    assert!(sealed::check(&mut file_with(&backup)).is_ok());
    assert!(matches!(sealed::check(&mut file_with(b"a letter")), Err(SealFault::NotABackup)));
}
