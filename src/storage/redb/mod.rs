//! The redb engine: one embedded file, one thread that writes, readers with snapshots of their own.
//!
//! Reading order: [`tables`] says what is stored, [`ledger`] what moves together, [`writer`] how it becomes durable,
//! [`engine`] how it is read; then a module per trait.
//! [`archive`] is the way out and in. [`audit`] recomputes everything that is counted or indexed.
//!
//! Invariant: what a method answered is on disk, and memory ([`heads`], [`catalog`], and [`staff`] by the version of its
//! site) holds it before the answer leaves.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

use parking_lot::Mutex;
use tokio::sync::mpsc;

mod accounts;
mod archive;
mod around;
mod arrivals;
mod attempts;
mod audit;
mod catalog;
mod claims;
mod codec;
mod comments;
mod conversation;
mod departures;
mod disk;
mod edit;
mod email_codes;
mod engine;
mod exchange;
mod expiry;
mod fault;
mod guests;
mod handle;
mod heads;
mod health;
mod history;
mod holdings;
mod identities;
mod keys;
mod ladder;
mod ledger;
mod mail_links;
mod mine;
mod moderation;
mod names;
mod open;
mod outbox;
mod overlay;
mod pages;
mod probe;
mod prune;
mod prune_sessions;
mod publish;
mod recent_text;
mod schema;
mod second_factors;
mod sessions;
mod sites;
mod sso;
mod staff;
mod stored;
mod tables;
#[cfg(test)]
mod tests;
mod threads;
mod unit;
mod votes;
mod ways_in;
mod writer;

pub use archive::{
    Compacted, Draft, DraftError, compact, compact_if_wished, is_compaction_wished, wish_compaction,
};
pub use disk::{Disk, FileDisk};
pub use open::{OpenError, SchemaCheck, check_schema};

use crate::storage::StoreError;
use crate::workers::Workers;
use engine::Engine;
use fault::Fault;
use tables::{Snapshot, Tables};
use unit::{Effects, Work};
use writer::Command;

/// The data file's name in its directory.
pub const FILE: &str = "afterword.redb";

/// How a store is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// Made if it does not exist.
    pub directory: PathBuf,
    /// Bytes of the file kept in memory.
    pub cache_bytes: usize,
    /// Writes are refused when less is free on the disk.
    pub reserve_bytes: u64,
    /// One commit for each unit instead of one for all that queued up: what the benchmark compares with.
    pub one_commit_per_unit: bool,
}

/// Threads that read, for each core: some of them may wait for the disk.
const READERS_PER_CORE: usize = 2;
const FEWEST_READERS: usize = 4;

pub struct RedbStore {
    engine: Arc<Engine>,
    commands: mpsc::Sender<Command>,
    readers: Workers,
    /// Taken by who stops it.
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl RedbStore {
    /// Runs a unit of about a kilobyte.
    async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut Tables<'_>, &mut Effects) -> Result<T, Fault> + Send + 'static,
    {
        self.write_of(1_000, work).await
    }

    /// Runs a unit that writes about so many bytes; answers once it is durable.
    async fn write_of<T, F>(&self, bytes: usize, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut Tables<'_>, &mut Effects) -> Result<T, Fault> + Send + 'static,
    {
        let (unit, answered) = Work::new(bytes, work);
        let sent = self.commands.send(Command::Unit(Box::new(unit))).await;
        sent.map_err(|_| StoreError::ShuttingDown)?;
        answered.await.unwrap_or(Err(StoreError::ShuttingDown))
    }

    /// Reads from one snapshot, on a reader's thread.
    async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&Snapshot<'_>) -> Result<T, Fault> + Send + 'static,
    {
        let (engine, commands) = (Arc::clone(&self.engine), self.commands.clone());
        let read = self.readers.run(move || engine.read(&commands, work)).await;
        read.unwrap_or_else(|_| Err(StoreError::Panicked("a read".to_owned())))
    }

    /// The same for what takes long, on a thread of tokio's: readers do not wait for it.
    async fn read_at_length<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&Snapshot<'_>) -> Result<T, Fault> + Send + 'static,
    {
        let (engine, commands) = (Arc::clone(&self.engine), self.commands.clone());
        match tokio::task::spawn_blocking(move || engine.read(&commands, work)).await {
            Ok(outcome) => outcome,
            Err(error) if error.is_panic() => Err(StoreError::Panicked("a long read".to_owned())),
            Err(_) => Err(StoreError::ShuttingDown),
        }
    }
}

impl Drop for RedbStore {
    /// Lets the writer finish what is queued and go, so that the file is free when the store is gone.
    fn drop(&mut self) {
        let (nowhere, _) = mpsc::channel(1);
        drop(std::mem::replace(&mut self.commands, nowhere));
        if let Some(writer) = self.writer.get_mut().take() {
            let _ = writer.join();
        }
    }
}
