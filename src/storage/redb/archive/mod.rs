//! The way out and the way in: a snapshot as entities, entities as a new data file, and a file as a fresh copy.
//!
//! Invariant: [`fates`] says of every table whether it goes out, is computed anew from what does, or is left behind,
//! and why. A table that nobody decided about fails a test.

mod apply;
mod compact;
mod conversation;
mod draft;
mod export;
#[cfg(test)]
mod fates;
mod place;
#[cfg(test)]
mod tests;

use async_trait::async_trait;

use super::RedbStore;
use super::schema;
use super::tables::Snapshot;
use crate::storage::archive::Take;
use crate::storage::{Archive, StoreError};

pub use compact::{Compacted, compact, compact_if_wished, is_compaction_wished, wish_compaction};
pub use draft::{Draft, DraftError};

/// How far an export steps back: 19 is the furthest.
const NICENESS: i32 = 15;

#[async_trait]
impl Archive for RedbStore {
    async fn export(&self, mut take: Box<Take<'static>>) -> Result<(), StoreError> {
        let engine = std::sync::Arc::clone(&self.engine);
        // Not tried again from the reopened file, as other reads are: half of it was handed over already.
        let mut read = move || {
            let _climbing = engine.ladder.climb();
            let (transaction, _) = engine.handle.begin_read();
            export::export(&Snapshot::new(&transaction?), &mut *take)
        };
        // On a thread of its own, which steps back for those that serve: on Linux this is about the calling thread.
        let (answer, answered) = tokio::sync::oneshot::channel();
        let thread = std::thread::Builder::new().name("afterword-export".to_owned()).spawn(move || {
            // If it may not, it competes with them like any other.
            let _ = rustix::process::setpriority_process(None, NICENESS);
            let _ = answer.send(read());
        });
        thread.map_err(|error| StoreError::Io(error.to_string()))?;
        match answered.await {
            Ok(outcome) => outcome.map_err(StoreError::from),
            // Its end of the channel goes only with the thread.
            Err(_) => Err(StoreError::Panicked("the export".to_owned())),
        }
    }

    fn schema_version(&self) -> u64 {
        schema::CURRENT
    }
}
