//! The open data file behind a handle that can be swapped.
//!
//! After any I/O error the engine refuses everything, reads included, until the file is opened anew. The file is
//! locked while it is open, so the old database is closed before the new one opens: readers that come in between wait
//! for that, which takes milliseconds. Only the writer thread reopens.

use std::sync::Arc;

use parking_lot::RwLock;
use redb::{Database, ReadTransaction, ReadableDatabase, WriteTransaction};

use super::disk::Disk;
use super::fault::Fault;

pub struct Handle {
    disk: Arc<dyn Disk>,
    cache_bytes: usize,
    state: RwLock<State>,
}

struct State {
    /// `None`: the last attempt to reopen failed, or the store was closed.
    database: Option<Database>,
    /// How many times it was opened, or tried to.
    generation: u64,
    closed: bool,
}

/// What [`Handle::state`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Openness {
    Open,
    Failing,
    Closed,
}

impl Handle {
    pub fn new(disk: Arc<dyn Disk>, cache_bytes: usize, database: Database) -> Handle {
        let state = State { database: Some(database), generation: 0, closed: false };
        Handle { disk, cache_bytes, state: RwLock::new(state) }
    }

    pub fn openness(&self) -> Openness {
        let state = self.state.read();
        match (&state.database, state.closed) {
            (_, true) => Openness::Closed,
            (Some(_), _) => Openness::Open,
            (None, _) => Openness::Failing,
        }
    }

    /// A snapshot, and the generation of the database it belongs to.
    pub fn begin_read(&self) -> (Result<ReadTransaction, Fault>, u64) {
        let state = self.state.read();
        let snapshot = match &state.database {
            Some(database) => database.begin_read().map_err(Fault::from),
            None => Err(redb::StorageError::DatabaseClosed.into()),
        };
        (snapshot, state.generation)
    }

    pub fn begin_write(&self) -> Result<WriteTransaction, Fault> {
        let state = self.state.read();
        let database = state.database.as_ref().ok_or(redb::StorageError::DatabaseClosed)?;
        let mut transaction = database.begin_write()?;
        // Implies two-phase commit, and makes reopening after a crash a matter of milliseconds.
        transaction.set_quick_repair(true);
        Ok(transaction)
    }

    /// Opens the file anew, unless that happened since `seen`. No write transaction may be alive.
    pub fn reopen(&self, seen: u64) -> Result<(), Fault> {
        let mut state = self.state.write();
        if state.closed {
            return Err(redb::StorageError::DatabaseClosed.into());
        }
        if state.generation != seen {
            return Ok(());
        }
        state.generation += 1;
        // Dropped first: it holds the file's lock.
        state.database = None;
        state.database = Some(self.disk.open(redb::Builder::new().set_cache_size(self.cache_bytes))?);
        Ok(())
    }

    pub fn generation(&self) -> u64 {
        self.state.read().generation
    }

    /// Lets go of the file, for good.
    pub fn close(&self) {
        let mut state = self.state.write();
        state.closed = true;
        state.database = None;
    }
}
