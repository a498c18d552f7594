//! What the writer thread and the readers share: the open file, and what is kept in memory of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;

use tokio::sync::mpsc as queue;

use super::catalog::Catalog;
use super::disk::Disk;
use super::fault::Fault;
use super::handle::{Handle, Openness};
use super::heads::Heads;
use super::ladder::Ladder;
use super::staff::StaffInMemory;
use super::tables::Snapshot;
use super::unit::Effects;
use super::writer::Command;
use crate::storage::StoreError;

/// Pages and threads whose heads are kept in memory.
const HEADS: usize = 200_000;

/// How often a read is tried while the file is reopened under it.
const READ_ATTEMPTS: u32 = 20;

pub struct Engine {
    pub handle: Handle,
    pub heads: Heads,
    pub catalog: Catalog,
    pub staff: StaffInMemory,
    pub disk: Arc<dyn Disk>,
    reserve_bytes: u64,
    pub commits: AtomicU64,
    pub units: AtomicU64,
    /// The last attempt to write failed for want of space.
    pub refused_for_space: AtomicBool,
    pub ladder: Ladder,
}

impl Engine {
    pub fn new(handle: Handle, catalog: Catalog, disk: Arc<dyn Disk>, reserve_bytes: u64) -> Engine {
        Engine {
            handle,
            heads: Heads::new(HEADS),
            catalog,
            staff: StaffInMemory::default(),
            disk,
            reserve_bytes,
            commits: AtomicU64::new(0),
            units: AtomicU64::new(0),
            refused_for_space: AtomicBool::new(false),
            ladder: Ladder::default(),
        }
    }

    /// Refuses when less than the reserve is free: redb itself must not be the one to find the disk full.
    pub fn check_space(&self) -> Result<(), StoreError> {
        let free = self.disk.free_bytes().map_err(|error| StoreError::Io(error.to_string()))?;
        if free < self.reserve_bytes {
            let reserve = self.reserve_bytes;
            return Err(StoreError::Full(format!("{free} bytes are free, {reserve} are kept in reserve")));
        }
        Ok(())
    }

    pub fn note_failure(&self, error: &StoreError) {
        if matches!(error, StoreError::Full(_)) {
            self.refused_for_space.store(true, Ordering::Relaxed);
        }
    }

    /// Something was written.
    pub fn note_room(&self) {
        self.refused_for_space.store(false, Ordering::Relaxed);
    }

    /// Puts into memory what a commit changed.
    pub fn remember(&self, effects: Effects) {
        self.heads.put(&effects.pages, &effects.versions);
        self.catalog.put(effects.sites);
    }

    /// Opens the file anew and drops what memory knew of it. Called by the writer thread only. An error says that
    /// nothing can be written.
    pub fn reopen(&self, seen: u64) -> Result<(), Fault> {
        self.ladder.clear();
        let reopened = self.handle.reopen(seen);
        self.heads.forget();
        self.staff.forget();
        let (transaction, _) = self.handle.begin_read();
        let loaded = transaction.and_then(|transaction| self.catalog.load(&Snapshot::new(&transaction)));
        reopened.and(loaded)
    }

    /// Reads from one snapshot. After an I/O error, again from the reopened file, as long as that can be opened as it
    /// should: it may have to be reopened once more while a reader is on its way to it.
    pub fn read<T>(
        &self,
        commands: &queue::Sender<Command>,
        work: impl Fn(&Snapshot<'_>) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        let attempt = || {
            let (transaction, seen) = self.handle.begin_read();
            let outcome = transaction.and_then(|transaction| work(&Snapshot::new(&transaction)));
            (outcome, seen)
        };
        let mut attempts = 1;
        loop {
            let (outcome, seen) = attempt();
            let fault = match outcome {
                Ok(found) => return Ok(found),
                Err(fault) => fault,
            };
            if self.handle.openness() == Openness::Closed {
                return Err(StoreError::ShuttingDown);
            }
            // The first time in any case. Later a file that cannot be written is not one that was reopened meanwhile.
            let is_worth_it = attempts == 1 || self.handle.openness() == Openness::Writable;
            if !fault.needs_reopening() || !is_worth_it || attempts == READ_ATTEMPTS {
                return Err(fault.into());
            }
            attempts += 1;
            let (done, reopened) = mpsc::channel();
            if commands.blocking_send(Command::Reopen { seen, done }).is_err() {
                return Err(StoreError::ShuttingDown);
            }
            // An error means that the writer has gone; the next attempt says so.
            let _ = reopened.recv();
        }
    }
}
