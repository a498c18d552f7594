//! The one thread that writes.
//!
//! It takes what is queued, runs it in one transaction, commits durably, then answers all of it; what arrives
//! meanwhile is the next batch. There is no timer: an idle store commits at once, a busy one in larger batches.
//!
//! - A unit that fails or panics aborts the batch. The one that panicked is not run again; the others are, each alone
//!   if the engine failed.
//! - After an I/O error the batch fails, the file is reopened, and memory forgets what it knew: whether the last
//!   commit reached the disk is not known.
//! - Before each batch the free space is checked.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::{mpsc, oneshot};

use super::engine::Engine;
use super::fault::Fault;
use super::handle::Openness;
use super::tables::Tables;
use super::unit::{Effects, Unit};
use crate::storage::StoreError;

/// Most units in one transaction.
const MAX_UNITS: usize = 512;
/// Most bytes in one transaction, as the units estimate them.
const MAX_BYTES: usize = 8 << 20;

pub enum Command {
    Unit(Box<dyn Unit>),
    /// Something that needs the file to itself: run between two batches.
    Alone(Box<dyn FnOnce(&Engine) + Send>),
    /// A reader met an I/O error in this generation of the database.
    Reopen {
        seen: u64,
        done: std::sync::mpsc::Sender<()>,
    },
    /// Finish what is queued, then stop.
    Close(oneshot::Sender<()>),
}

pub struct Writer {
    engine: Arc<Engine>,
    queue: mpsc::Receiver<Command>,
    one_commit_per_unit: bool,
}

/// Why a batch did not commit.
enum Broken {
    Panicked {
        index: usize,
        message: String,
    },
    Failed(Fault),
    /// The commit itself failed: the engine is not to be trusted until it is reopened.
    AtCommit(Fault),
}

impl Writer {
    pub fn new(engine: Arc<Engine>, queue: mpsc::Receiver<Command>, one_commit_per_unit: bool) -> Writer {
        Writer { engine, queue, one_commit_per_unit }
    }

    pub fn run(mut self) {
        let mut closing = Vec::new();
        // A command that was taken from the queue and does not fit into the batch.
        let mut next = None;
        while let Some(command) = next.take().or_else(|| self.queue.blocking_recv()) {
            match command {
                Command::Unit(first) => {
                    let (batch, left) = self.fill(first);
                    next = left;
                    self.commit(batch);
                }
                Command::Alone(work) => {
                    let engine = &self.engine;
                    if catch_unwind(AssertUnwindSafe(|| work(engine))).is_err() {
                        tracing::error!("work on the data file panicked");
                    }
                }
                Command::Reopen { seen, done } => {
                    self.reopen(seen);
                    let _ = done.send(());
                }
                Command::Close(done) => {
                    self.queue.close();
                    closing.push(done);
                }
            }
        }
        self.engine.ladder.clear();
        self.engine.handle.close();
        for done in closing {
            let _ = done.send(());
        }
    }

    /// `first` and what else is queued, up to the caps; and a command that came after.
    fn fill(&mut self, first: Box<dyn Unit>) -> (Vec<Box<dyn Unit>>, Option<Command>) {
        let mut bytes = first.bytes();
        let mut batch = vec![first];
        let most = if self.one_commit_per_unit { 1 } else { MAX_UNITS };
        while batch.len() < most && bytes < MAX_BYTES {
            match self.queue.try_recv() {
                Ok(Command::Unit(unit)) => {
                    bytes += unit.bytes();
                    batch.push(unit);
                }
                Ok(other) => return (batch, Some(other)),
                Err(_) => break,
            }
        }
        (batch, None)
    }

    fn commit(&self, mut batch: Vec<Box<dyn Unit>>) {
        if let Err(error) = self.engine.check_space().and_then(|()| self.recover()) {
            self.engine.note_failure(&error);
            return fail_all(batch, &error);
        }
        while !batch.is_empty() {
            let seen = self.engine.handle.generation();
            match self.attempt(&mut batch) {
                Ok(()) => return answer_all(batch),
                Err(Broken::Panicked { index, message }) => {
                    batch.remove(index).fail(StoreError::Panicked(message));
                }
                Err(Broken::AtCommit(fault)) => return self.give_up(batch, fault, seen),
                Err(Broken::Failed(fault)) if fault.needs_reopening() => {
                    return self.give_up(batch, fault, seen);
                }
                Err(Broken::Failed(fault)) if batch.len() == 1 => return fail_all(batch, &fault.into()),
                // One of them is at fault: each for itself, so that the others do not suffer.
                Err(Broken::Failed(_)) => {
                    for unit in batch {
                        self.commit(vec![unit]);
                    }
                    return;
                }
            }
        }
    }

    /// Tries to open a file that could not be written the last time.
    fn recover(&self) -> Result<(), StoreError> {
        if self.engine.handle.openness() == Openness::Failing {
            self.engine.reopen(self.engine.handle.generation())?;
            tracing::info!("the data file can be written again");
        }
        Ok(())
    }

    fn attempt(&self, batch: &mut [Box<dyn Unit>]) -> Result<(), Broken> {
        let transaction = self.engine.handle.begin_write().map_err(Broken::Failed)?;
        let written = Cell::new(false);
        let mut effects = Effects::default();
        let mut broken = None;
        {
            let mut tables = Tables::new(&transaction, &written);
            for (index, unit) in batch.iter_mut().enumerate() {
                let ran = catch_unwind(AssertUnwindSafe(|| unit.run(&mut tables, &mut effects)));
                broken = match ran {
                    Ok(Ok(())) => continue,
                    Ok(Err(fault)) => Some(Broken::Failed(fault)),
                    Err(panic) => Some(Broken::Panicked { index, message: message_of(&*panic) }),
                };
                break;
            }
        }
        if let Some(broken) = broken {
            // An I/O error while aborting shows again in what follows.
            let _ = transaction.abort();
            return Err(broken);
        }
        if !written.get() {
            // Nothing but refusals and repeats: nothing to make durable.
            return transaction.abort().map_err(|error| Broken::Failed(error.into()));
        }
        transaction.commit().map_err(|error| Broken::AtCommit(error.into()))?;
        self.engine.note_commit(batch.len());
        self.engine.ladder.after_commit(&self.engine.handle);
        self.engine.remember(effects);
        Ok(())
    }

    fn give_up(&self, batch: Vec<Box<dyn Unit>>, fault: Fault, seen: u64) {
        let error = StoreError::from(fault);
        tracing::error!(%error, "writing failed: reopening the data file");
        self.engine.note_failure(&error);
        self.reopen(seen);
        fail_all(batch, &error);
    }

    fn reopen(&self, seen: u64) {
        if let Err(fault) = self.engine.reopen(seen) {
            let error = StoreError::from(fault);
            tracing::error!(%error, "the data file could not be reopened");
        }
    }
}

fn answer_all(batch: Vec<Box<dyn Unit>>) {
    for unit in batch {
        unit.answer();
    }
}

fn fail_all(batch: Vec<Box<dyn Unit>>, error: &StoreError) {
    for unit in batch {
        unit.fail(error.clone());
    }
}

fn message_of(panic: &(dyn Any + Send)) -> String {
    if let Some(message) = panic.downcast_ref::<&str>() {
        (*message).to_owned()
    } else if let Some(message) = panic.downcast_ref::<String>() {
        message.clone()
    } else {
        "without a message".to_owned()
    }
}

impl Engine {
    fn note_commit(&self, units: usize) {
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.units.fetch_add(units as u64, Ordering::Relaxed);
        self.note_room();
    }
}
