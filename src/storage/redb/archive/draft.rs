//! A data file in the making: entities go in, in the order in which they came out; it becomes the data file at the
//! end, or nothing does.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use redb::{Database, ReadableDatabase};

use super::super::fault::Fault;
use super::super::open::{OpenError, writable};
use super::super::tables::{Snapshot, Tables};
use super::super::{FILE, schema};
use super::apply::apply;
use super::conversation::Incoming;
use super::export;
use super::place::NewFile;
use crate::storage::StoreError;
use crate::storage::archive::{Entity, Take};

/// Beside the data file, while it is made.
const NAME: &str = "afterword.redb.incoming";
/// Entities in one transaction.
const CHUNK: usize = 4_000;

#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    #[error(
        "there is a data file at {} already: move it away, or name another directory in [storage]",
        file.display()
    )]
    Exists { file: PathBuf },
    #[error("something else is being brought into {} at this moment", directory.display())]
    Busy { directory: PathBuf },
    #[error(transparent)]
    Directory(#[from] OpenError),
    #[error("line {line}: {what}")]
    Entity { line: u64, what: String },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("writing to {}: {source}", directory.display())]
    Io { directory: PathBuf, source: std::io::Error },
}

pub struct Draft {
    directory: PathBuf,
    // In this order: the database is closed before the file is removed.
    database: Database,
    file: NewFile,
    waiting: Vec<(u64, Entity)>,
    incoming: Incoming,
}

impl Draft {
    /// In a directory that has no data file; it is made if need be.
    pub fn begin(directory: &Path) -> Result<Draft, DraftError> {
        writable(directory)
            .map_err(|source| OpenError::Directory { directory: directory.to_owned(), source })?;
        let file = directory.join(FILE);
        if file.symlink_metadata().is_ok() {
            return Err(DraftError::Exists { file });
        }
        let file = NewFile::begin(directory, NAME).map_err(|source| failed(directory, source))?;
        let database = file.database().map_err(|error| StoreError::from(Fault::from(error)))?;
        schema::migrate(&database).map_err(StoreError::from)?;
        let directory = directory.to_owned();
        Ok(Draft { directory, database, file, waiting: Vec::new(), incoming: Incoming::default() })
    }

    /// One more; `line` is where it came from, for who has to look there.
    pub fn put(&mut self, line: u64, entity: Entity) -> Result<(), DraftError> {
        self.waiting.push((line, entity));
        if self.waiting.len() >= CHUNK { self.write(false) } else { Ok(()) }
    }

    /// That was the last.
    pub fn finish(&mut self) -> Result<(), DraftError> {
        self.write(true)
    }

    fn write(&mut self, is_last: bool) -> Result<(), DraftError> {
        let engine = |fault: Fault| DraftError::from(StoreError::from(fault));
        let transaction = self.database.begin_write().map_err(|error| engine(error.into()))?;
        {
            let written = Cell::new(false);
            let mut tables = Tables::new(&transaction, &written);
            for (line, entity) in self.waiting.drain(..) {
                apply(&mut tables, &mut self.incoming, entity).map_err(|fault| match fault {
                    Fault::Corrupt(what) => DraftError::Entity { line, what },
                    other => engine(other),
                })?;
            }
            if is_last {
                self.incoming.end_thread(&mut tables).map_err(engine)?;
            }
        }
        transaction.commit().map_err(|error| engine(error.into()))
    }

    /// What it holds by now, as an export of it would say.
    pub fn export(&self, take: &mut Take<'_>) -> Result<(), StoreError> {
        let mut read = || {
            let transaction = self.database.begin_read()?;
            export::export(&Snapshot::new(&transaction), take)
        };
        read().map_err(StoreError::from)
    }

    /// Makes it the data file.
    pub fn keep(self) -> Result<(), DraftError> {
        let Draft { directory, database, file, .. } = self;
        drop(database);
        file.put_where_none_is().map_err(|source| failed(&directory, source))
    }
}

fn failed(directory: &Path, source: std::io::Error) -> DraftError {
    match source.kind() {
        std::io::ErrorKind::AlreadyExists => DraftError::Exists { file: directory.join(FILE) },
        std::io::ErrorKind::WouldBlock => DraftError::Busy { directory: directory.to_owned() },
        _ => DraftError::Io { directory: directory.to_owned(), source },
    }
}
