//! Entities in, entities out: nothing is lost on the way, and no table is forgotten.

use std::cell::Cell;
use std::collections::BTreeSet;

use redb::backends::InMemoryBackend;
use redb::{Database, ReadableDatabase};

use super::super::tables::{self, Snapshot, Tables};
use super::super::{audit, schema};
use super::apply::apply;
use super::conversation::Incoming;
use super::export::export;
use super::fates::{self, FATES, Fate};
use crate::storage::archive::{Entity, samples};

fn file_of(entities: Vec<Entity>) -> Database {
    let database = Database::builder().create_with_backend(InMemoryBackend::new()).unwrap();
    schema::migrate(&database).unwrap();
    let transaction = database.begin_write().unwrap();
    {
        let (written, mut incoming) = (Cell::new(false), Incoming::default());
        let mut tables = Tables::new(&transaction, &written);
        for entity in entities {
            apply(&mut tables, &mut incoming, entity).unwrap();
        }
        incoming.end_thread(&mut tables).unwrap();
    }
    transaction.commit().unwrap();
    database
}

fn entities_of(database: &Database) -> Vec<Entity> {
    let mut entities = Vec::new();
    let transaction = database.begin_read().unwrap();
    let mut take = |entity| {
        entities.push(entity);
        Ok(())
    };
    export(&Snapshot::new(&transaction), &mut take).unwrap();
    entities
}

/// The totals, which are counted anew.
fn uncounted(mut entity: Entity) -> Entity {
    match &mut entity {
        Entity::Thread(facts) => facts.thread.published = 0,
        Entity::Comment(facts) => (facts.comment.likes, facts.comment.replies) = (0, 0),
        Entity::Member(member) => member.published = 0,
        Entity::Guest { guest, .. } => guest.approved = 0,
        _ => {}
    }
    entity
}

#[test]
fn every_table_has_a_fate() {
    let decided: Vec<&str> = FATES.iter().map(|(name, _)| *name).collect();
    let names: BTreeSet<&str> = tables::NAMES.iter().copied().collect();
    assert_eq!(decided.iter().copied().collect::<BTreeSet<_>>(), names, "decide in fates.rs");
    assert_eq!(decided.len(), names.len(), "decided twice");
    for (name, fate) in FATES {
        assert!(!matches!(fate, Fate::LeftBehind("")), "{name} is left behind without a reason");
    }
}

#[test]
fn what_goes_in_comes_out_with_everything_that_can_be_set() {
    let came_out: Vec<Entity> = entities_of(&file_of(samples::all())).into_iter().map(uncounted).collect();
    for (out, sample) in came_out.iter().zip(samples::all()) {
        assert_eq!(*out, sample);
    }
    assert_eq!(came_out.len(), samples::all().len());
}

#[test]
fn every_table_that_goes_out_comes_back_with_rows() {
    let database = file_of(samples::all());
    let transaction = database.begin_read().unwrap();
    let rows = Snapshot::new(&transaction).dump();
    for (name, fate) in FATES {
        let is_there = rows.iter().any(|row| row.starts_with(&format!("{name}: ")));
        assert_eq!(is_there, !matches!(fate, Fate::LeftBehind(_)), "{name}");
    }
    // A second time out and in, row by row: what was counted and indexed is what it was.
    let again = file_of(entities_of(&database));
    let transaction = again.begin_read().unwrap();
    assert_eq!(Snapshot::new(&transaction).dump(), rows);
    assert_eq!(fates::of("no-such-table"), None);
}

#[test]
fn the_audit_finds_nothing_in_what_came_in() {
    let database = file_of(samples::all());
    let transaction = database.begin_read().unwrap();
    let mut differences = audit::audit(&Snapshot::new(&transaction)).unwrap().audit.differences;
    // The samples give every comment the number 3.
    differences.retain(|it| !it.contains("a number was given twice"));
    assert_eq!(differences, Vec::<String>::new());
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let database = Database::builder().create_with_backend(InMemoryBackend::new()).unwrap();
    schema::migrate(&database).unwrap();
    let samples = samples::all();
    let kinds = |wanted: &[fn(&Entity) -> bool]| -> Vec<Entity> {
        wanted.iter().map(|is| samples.iter().find(|it| is(it)).unwrap().clone()).collect()
    };
    let thread = |it: &Entity| matches!(it, Entity::Thread(_));
    let root = |it: &Entity| matches!(it, Entity::Comment(facts) if facts.comment.is_root());
    let reply = |it: &Entity| matches!(it, Entity::Comment(facts) if !facts.comment.is_root());
    let like = |it: &Entity| matches!(it, Entity::Like { .. });
    for (wanted, expected) in [
        (kinds(&[root]), "before any thread"),
        (kinds(&[thread, reply]), "no parent"),
        (kinds(&[thread, like]), "the comment itself before it"),
        (kinds(&[thread, root, root]), "the place of another"),
    ] {
        let transaction = database.begin_write().unwrap();
        let (written, mut incoming) = (Cell::new(false), Incoming::default());
        let mut tables = Tables::new(&transaction, &written);
        let applied = wanted.into_iter().try_for_each(|entity| apply(&mut tables, &mut incoming, entity));
        let fault = format!("{:?}", applied.unwrap_err());
        assert!(fault.contains(expected), "{fault}");
    }
}
