//! A unit of work: what one method does inside a write transaction.
//!
//! Invariant: a unit can be run again from the start after its transaction was aborted. It decides whether it refuses
//! before its first write, and its answer leaves only after the commit.

use tokio::sync::oneshot;

use super::fault::Fault;
use super::tables::Tables;
use crate::domain::{PageKey, Site, SiteId, ThreadId, Version};
use crate::storage::StoreError;

/// What a batch changed that is also kept in memory: put there after its commit, before its answers.
#[derive(Default)]
pub struct Effects {
    pub pages: Vec<(SiteId, PageKey, ThreadId)>,
    pub versions: Vec<(ThreadId, Version)>,
    pub sites: Vec<Site>,
}

/// A unit as the writer knows it: its answer's type is its own affair.
pub trait Unit: Send {
    fn run(&mut self, tables: &mut Tables<'_>, effects: &mut Effects) -> Result<(), Fault>;
    /// Roughly what it will write.
    fn bytes(&self) -> usize;
    /// Answers with what the last run led to, now that it is durable.
    fn answer(self: Box<Self>);
    fn fail(self: Box<Self>, error: StoreError);
}

pub struct Work<F, T> {
    work: F,
    bytes: usize,
    outcome: Option<T>,
    answer: oneshot::Sender<Result<T, StoreError>>,
}

impl<F, T> Work<F, T> {
    pub fn new(bytes: usize, work: F) -> (Work<F, T>, oneshot::Receiver<Result<T, StoreError>>) {
        let (answer, answered) = oneshot::channel();
        (Work { work, bytes, outcome: None, answer }, answered)
    }
}

impl<F, T> Unit for Work<F, T>
where
    F: FnMut(&mut Tables<'_>, &mut Effects) -> Result<T, Fault> + Send,
    T: Send,
{
    fn run(&mut self, tables: &mut Tables<'_>, effects: &mut Effects) -> Result<(), Fault> {
        self.outcome = None;
        self.outcome = Some((self.work)(tables, effects)?);
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.bytes
    }

    fn answer(self: Box<Self>) {
        let outcome = self.outcome.ok_or_else(|| StoreError::Panicked("a unit that never ran".to_owned()));
        // Nobody waits any more if the request was given up: the write stands all the same.
        let _ = self.answer.send(outcome);
    }

    fn fail(self: Box<Self>, error: StoreError) {
        let _ = self.answer.send(Err(error));
    }
}
