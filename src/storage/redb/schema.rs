//! The data file's schema: which version it has, and the migrations that lead to the newest.
//!
//! A file newer than this binary is refused before anything is written to it. Each migration is one transaction that
//! also records the version it led to: a kill at any step leaves the old version or the new one, and the next start
//! goes on from there.

use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition, WriteTransaction};

use super::fault::Fault;

#[path = "../../../migrations/redb/0001_begin.rs"]
mod begin;
#[path = "../../../migrations/redb/0002_identities.rs"]
mod identities;

/// A migration: the version it leads to, its name, what it does.
struct Migration {
    version: u64,
    name: &'static str,
    run: fn(&WriteTransaction) -> Result<(), Fault>,
}

const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, name: "0001_begin", run: begin::run },
    Migration { version: 2, name: "0002_identities", run: identities::run },
];

/// The schema this binary writes.
pub const CURRENT: u64 = MIGRATIONS[MIGRATIONS.len() - 1].version;

/// The first table of every file, in every version: its name and types never change.
const META: TableDefinition<&[u8], u64> = TableDefinition::new("meta-1");
const VERSION_KEY: &[u8] = b"schema_version";

/// The version of a file; 0 for one that was just made.
pub fn version(database: &impl ReadableDatabase) -> Result<u64, Fault> {
    let transaction = database.begin_read()?;
    match transaction.open_table(META) {
        Ok(meta) => Ok(ReadableTable::get(&meta, VERSION_KEY)?.map_or(0, |version| version.value())),
        Err(redb::TableError::TableDoesNotExist(_)) => Ok(0),
        Err(error) => Err(error.into()),
    }
}

/// Names of the migrations that a file of `version` still needs.
pub fn pending(version: u64) -> Vec<&'static str> {
    MIGRATIONS.iter().filter(|it| it.version > version).map(|it| it.name).collect()
}

/// Brings the file to the newest version. Says which migrations ran.
pub fn migrate(database: &Database) -> Result<Vec<&'static str>, Fault> {
    let found = version(database)?;
    let mut ran = Vec::new();
    for migration in MIGRATIONS.iter().filter(|it| it.version > found) {
        let mut transaction = database.begin_write()?;
        transaction.set_quick_repair(true);
        (migration.run)(&transaction)?;
        transaction.open_table(META)?.insert(VERSION_KEY, migration.version)?;
        transaction.commit()?;
        ran.push(migration.name);
    }
    Ok(ran)
}

#[cfg(test)]
mod tests {
    use super::*;
    use redb::backends::InMemoryBackend;

    #[test]
    fn migrations_are_numbered_in_order_and_named_for_their_number() {
        for (index, migration) in MIGRATIONS.iter().enumerate() {
            assert_eq!(migration.version, index as u64 + 1);
            assert!(migration.name.starts_with(&format!("{:04}_", migration.version)));
        }
    }

    #[test]
    fn a_new_file_gets_every_table_and_the_newest_version_and_migrates_once() {
        let database = Database::builder().create_with_backend(InMemoryBackend::new()).unwrap();
        assert_eq!(version(&database).unwrap(), 0);
        assert_eq!(migrate(&database).unwrap().len(), MIGRATIONS.len());
        assert_eq!(version(&database).unwrap(), CURRENT);
        assert_eq!(migrate(&database).unwrap(), Vec::<&str>::new());

        let transaction = database.begin_read().unwrap();
        let mut made: Vec<String> =
            transaction.list_tables().unwrap().map(|it| redb::TableHandle::name(&it).to_owned()).collect();
        made.sort();
        let mut used: Vec<&str> = super::super::tables::NAMES.to_vec();
        used.sort_unstable();
        assert_eq!(made, used, "a migration makes every table that is used, and none that is not");
    }
}
