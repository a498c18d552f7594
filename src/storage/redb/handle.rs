//! The open data file behind a handle that can be swapped.
//!
//! After any I/O error the engine refuses everything, reads included, until the file is opened anew. The file is
//! locked while it is open, so the old database is closed before the new one opens: readers that come in between wait
//! for that, which takes milliseconds. If the disk takes no write at all, not even those of opening, the file is
//! opened under an [`Overlay`]: what was said stays readable. Only the writer thread reopens.

use std::sync::Arc;

use parking_lot::RwLock;
use redb::{Builder, Database, DatabaseError, ReadTransaction, ReadableDatabase, WriteTransaction};

use super::disk::{Boxed, Disk};
use super::fault::Fault;
use super::overlay::Overlay;

pub struct Handle {
    disk: Arc<dyn Disk>,
    cache_bytes: usize,
    state: RwLock<State>,
}

struct State {
    opened: Opened,
    /// How many times it was opened, or tried to.
    generation: u64,
}

enum Opened {
    Writable(Database),
    /// Under an overlay.
    ReadOnly(Database),
    /// The last attempt to open it failed altogether.
    Not,
    /// For good.
    Closed,
}

/// What can be done with the file at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Openness {
    Writable,
    /// Readable at best, until an attempt to reopen succeeds.
    Failing,
    Closed,
}

impl Handle {
    pub fn new(disk: Arc<dyn Disk>, cache_bytes: usize, database: Database) -> Handle {
        let state = State { opened: Opened::Writable(database), generation: 0 };
        Handle { disk, cache_bytes, state: RwLock::new(state) }
    }

    pub fn openness(&self) -> Openness {
        match self.state.read().opened {
            Opened::Writable(_) => Openness::Writable,
            Opened::ReadOnly(_) | Opened::Not => Openness::Failing,
            Opened::Closed => Openness::Closed,
        }
    }

    /// A snapshot, and the generation of the database it belongs to.
    pub fn begin_read(&self) -> (Result<ReadTransaction, Fault>, u64) {
        let state = self.state.read();
        let snapshot = match &state.opened {
            Opened::Writable(database) | Opened::ReadOnly(database) => {
                database.begin_read().map_err(Fault::from)
            }
            Opened::Not | Opened::Closed => Err(redb::StorageError::DatabaseClosed.into()),
        };
        (snapshot, state.generation)
    }

    pub fn begin_write(&self) -> Result<WriteTransaction, Fault> {
        let state = self.state.read();
        let Opened::Writable(database) = &state.opened else {
            return Err(redb::StorageError::DatabaseClosed.into());
        };
        let mut transaction = database.begin_write()?;
        // Implies two-phase commit, and makes reopening after a crash a matter of milliseconds.
        transaction.set_quick_repair(true);
        Ok(transaction)
    }

    /// Opens the file anew, unless that happened since `seen`. No write transaction may be alive. An error says that
    /// it cannot be written; it may be readable all the same.
    pub fn reopen(&self, seen: u64) -> Result<(), Fault> {
        let mut state = self.state.write();
        if matches!(state.opened, Opened::Closed) {
            return Err(redb::StorageError::DatabaseClosed.into());
        }
        if state.generation != seen {
            return Ok(());
        }
        state.generation += 1;
        // Dropped first: it holds the file's lock.
        state.opened = Opened::Not;
        match open(&*self.disk, self.cache_bytes) {
            Ok(database) => {
                state.opened = Opened::Writable(database);
                Ok(())
            }
            Err(error) => {
                if let Ok(database) = open_for_reading(&*self.disk, self.cache_bytes) {
                    state.opened = Opened::ReadOnly(database);
                }
                Err(error.into())
            }
        }
    }

    pub fn generation(&self) -> u64 {
        self.state.read().generation
    }

    /// Lets go of the file, for good.
    pub fn close(&self) {
        self.state.write().opened = Opened::Closed;
    }
}

pub fn open(disk: &dyn Disk, cache_bytes: usize) -> Result<Database, DatabaseError> {
    Builder::new().set_cache_size(cache_bytes).create_with_backend(Boxed::new(disk.backend()?))
}

/// Without changing the file.
pub fn open_for_reading(disk: &dyn Disk, cache_bytes: usize) -> Result<Database, DatabaseError> {
    let overlay = Overlay::new(disk.backend_for_reading()?)?;
    Builder::new().set_cache_size(cache_bytes).create_with_backend(overlay)
}
