//! Notices that wait to be sent. They are queued by the transaction that causes them.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::Timestamp;
use crate::domain::notices::{Notice, Queued};

#[async_trait]
pub trait Outbox: Send + Sync {
    /// Queues a notice by itself.
    async fn queue(&self, notice: Notice, due_at: Timestamp) -> Result<u64, StoreError>;
    /// What is due, the longest due first, at most `limit`.
    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Queued>, StoreError>;
    /// When the next one is due.
    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError>;
    /// Sent, or given up.
    async fn done(&self, id: u64) -> Result<(), StoreError>;
    /// Failed: tried again at `due_at`.
    async fn postpone(&self, id: u64, due_at: Timestamp) -> Result<(), StoreError>;
}
