//! Reading an export, line by line: nothing is held but the line that is read.

use std::io::{self, BufRead, Read};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::lines::Line;
use super::{Frame, Header, Summary, VERSION, hex};
use crate::storage::archive::Entity;

/// No line is longer: a comment has at most some 40,000 characters, and JSON may need six bytes for one.
const MAX_LINE_BYTES: u64 = 16 << 20;

#[derive(Debug, thiserror::Error)]
pub enum ReadFault {
    #[error(
        "this is no export of Afterword: its first line should begin with {{\"afterword\":{{\"version\":"
    )]
    NotAnExport,
    #[error(
        "this is compressed: `afterword restore` takes a backup; `zcat FILE | afterword import -` any export"
    )]
    Compressed,
    #[error(
        "this export has version {found} of the format, and this binary knows versions up to {VERSION}: \
         use a newer Afterword"
    )]
    Newer { found: u32 },
    #[error("line {line}: {what}")]
    Line { line: u64, what: String },
    #[error("the file ends after line {line}, before its last line, {{\"end\":…}}: it was cut short")]
    CutShort { line: u64 },
    #[error("the lines do not add up to what the last one says ({what}): the file was altered")]
    Altered { what: String },
    #[error("reading the file: {0}")]
    Io(#[from] io::Error),
}

/// Hands over every entity with the number of its line, and at the end says what there was, if it is what the file says
/// of itself. What `take` got before an error is not to be trusted.
pub fn read<E: From<ReadFault>>(
    input: impl BufRead,
    mut take: impl FnMut(u64, Entity) -> Result<(), E>,
) -> Result<(Header, Summary), E> {
    let mut lines = Lines { input, number: 0, text: Vec::new() };
    let header = header(&mut lines)?;
    let mut digest = Sha256::new();
    let mut counted = Summary::default();
    loop {
        if !lines.next()? {
            return Err(ReadFault::CutShort { line: lines.number }.into());
        }
        if lines.text.starts_with(b"{\"end\":") {
            break;
        }
        digest.update(&lines.text);
        let line: Line = lines.parse()?;
        counted.entities += 1;
        *counted.counts.entry(line.kind().to_owned()).or_default() += 1;
        let entity = Entity::try_from(line).map_err(|what| lines.wrong(what))?;
        take(lines.number, entity)?;
    }
    counted.sha256 = hex(&digest.finalize());
    let Frame::End(said) = lines.parse()? else { return Err(lines.wrong("expected the end".into()).into()) };
    if said != counted {
        let what = if said.entities == counted.entities { "the digest" } else { "how many there are" };
        return Err(ReadFault::Altered { what: what.to_owned() }.into());
    }
    nothing_more(&mut lines)?;
    Ok((header, counted))
}

/// The version first: what else a newer first line says, this binary cannot know.
fn header<R: BufRead>(lines: &mut Lines<R>) -> Result<Header, ReadFault> {
    #[derive(Deserialize)]
    struct First {
        afterword: Versioned,
    }
    #[derive(Deserialize)]
    struct Versioned {
        version: u32,
    }
    let next = lines.next();
    if lines.text.starts_with(&[0x1f, 0x8b]) {
        return Err(ReadFault::Compressed);
    }
    if !lines.text.starts_with(b"{\"afterword\":") {
        return Err(ReadFault::NotAnExport);
    }
    next?;
    let first: First = serde_json::from_slice(&lines.text).map_err(|_| ReadFault::NotAnExport)?;
    match first.afterword.version {
        0 => return Err(ReadFault::NotAnExport),
        1..=VERSION => {}
        found => return Err(ReadFault::Newer { found }),
    }
    match lines.parse()? {
        Frame::Afterword(header) => Ok(header),
        _ => Err(ReadFault::NotAnExport),
    }
}

/// After the end there may be the seal of a backup that somebody unpacked.
fn nothing_more<R: BufRead>(lines: &mut Lines<R>) -> Result<(), ReadFault> {
    if !lines.next()? {
        return Ok(());
    }
    let is_seal = matches!(lines.parse(), Ok(Frame::Seal { .. }));
    if is_seal && !lines.next()? {
        return Ok(());
    }
    Err(lines.wrong("expected nothing after the last line".to_owned()))
}

struct Lines<R> {
    input: R,
    number: u64,
    text: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    /// Whether there is one more. It ends with a line feed: a line without was cut short.
    fn next(&mut self) -> Result<bool, ReadFault> {
        self.text.clear();
        (&mut self.input).take(MAX_LINE_BYTES).read_until(b'\n', &mut self.text)?;
        if self.text.is_empty() {
            return Ok(false);
        }
        if !self.text.ends_with(b"\n") {
            return Err(if self.text.len() as u64 == MAX_LINE_BYTES {
                self.number += 1;
                self.wrong(format!("longer than {MAX_LINE_BYTES} bytes"))
            } else {
                ReadFault::CutShort { line: self.number }
            });
        }
        self.number += 1;
        Ok(true)
    }

    fn parse<T: DeserializeOwned>(&self) -> Result<T, ReadFault> {
        let mut json = serde_json::Deserializer::from_slice(&self.text);
        let parsed = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            // Where it is within the line: the path. Its own line number is always 1.
            let (path, what) = (error.path().to_string(), error.inner().to_string());
            let what = what.split(" at line ").next().unwrap_or(&what);
            self.wrong(if path == "." { what.to_owned() } else { format!("{path}: {what}") })
        })?;
        json.end().map_err(|_| self.wrong("expected one JSON object".to_owned()))?;
        Ok(parsed)
    }

    fn wrong(&self, what: String) -> ReadFault {
        ReadFault::Line { line: self.number, what }
    }
}
