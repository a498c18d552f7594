//! How the store is.

use std::sync::atomic::Ordering;

use async_trait::async_trait;
use tokio::sync::oneshot;

use super::RedbStore;
use super::audit;
use super::fault::Fault;
use super::handle::Openness;
use super::probe;
use super::writer::Command;
use crate::storage::health::{Audit, Condition, Figures};
use crate::storage::{Health, StoreError};

#[async_trait]
impl Health for RedbStore {
    fn condition(&self) -> Condition {
        let engine = &self.engine;
        let refused_for_space = engine.refused_for_space.load(Ordering::Relaxed);
        let writable = engine.handle.openness() == Openness::Writable;
        // Asked of the disk as well: nobody may have tried to write since it filled up.
        match engine.check_space() {
            Ok(()) if writable && !refused_for_space => Condition::Ok,
            Ok(()) if refused_for_space => Condition::Full,
            Err(StoreError::Full(_)) => Condition::Full,
            _ => Condition::Failing,
        }
    }

    fn figures(&self) -> Figures {
        let engine = &self.engine;
        Figures {
            commits: engine.commits.load(Ordering::Relaxed),
            units: engine.units.load(Ordering::Relaxed),
            file_bytes: engine.disk.file_bytes().unwrap_or(0),
            free_bytes: engine.disk.free_bytes().unwrap_or(0),
        }
    }

    async fn audit(&self, repair: bool) -> Result<Audit, StoreError> {
        if !repair {
            return self.read_at_length(|snapshot| audit::audit(snapshot).map(|found| found.audit)).await;
        }
        // Alone: what is found must still be so when it is repaired.
        let (answer, answered) = oneshot::channel();
        let work = Command::Alone(Box::new(move |engine| {
            let audited = audit::audit_and_repair(engine);
            if audited.as_ref().is_err_and(Fault::needs_reopening) {
                // Reported with the audit's own error, and tried again by whoever reads next.
                let _ = engine.reopen(engine.handle.generation());
            }
            let _ = answer.send(audited.map_err(StoreError::from));
        }));
        self.commands.send(work).await.map_err(|_| StoreError::ShuttingDown)?;
        answered.await.unwrap_or_else(|_| Err(StoreError::Panicked("the audit".to_owned())))
    }

    async fn probe(&self) -> Result<(), StoreError> {
        let (answer, answered) = oneshot::channel();
        let work = Command::Alone(Box::new(move |engine| drop(answer.send(probe::probe(engine)))));
        self.commands.send(work).await.map_err(|_| StoreError::ShuttingDown)?;
        answered.await.unwrap_or_else(|_| Err(StoreError::Panicked("the probe".to_owned())))
    }

    async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.commands.send(Command::Close(done)).await.is_ok() {
            // An error means that somebody else closed it in the meantime.
            let _ = closed.await;
        }
        let writer = self.writer.lock().take();
        if let Some(writer) = writer {
            // It has nothing left to do but to end.
            let _ = tokio::task::spawn_blocking(move || writer.join()).await;
        }
    }
}
