//! How the store is, and whether what it counts agrees with what it holds.

use async_trait::async_trait;

use super::StoreError;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    Ok,
    /// Writes are refused, reads go on: the disk is full.
    Full,
    /// The last attempt to reopen the data file failed.
    Failing,
}

/// What `doctor` found: counters and indexes recomputed from primary rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    pub sites: u64,
    pub threads: u64,
    pub comments: u64,
    pub accounts: u64,
    /// One sentence each: what is stored, what was found.
    pub differences: Vec<String>,
}

/// Figures for the operator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub commits: u64,
    pub units: u64,
    pub file_bytes: u64,
    pub free_bytes: u64,
}

#[async_trait]
pub trait Health: Send + Sync {
    fn condition(&self) -> Condition;
    fn figures(&self) -> Figures;
    /// Recomputes every counter and index. With `repair`, writes what was found; without, changes nothing.
    async fn audit(&self, repair: bool) -> Result<Audit, StoreError>;
    /// Whether what stood against writing is over: writes something that nobody sees, and [`Health::condition`] is what
    /// came of that. For when nobody else writes.
    async fn probe(&self) -> Result<(), StoreError>;
    /// Finishes what is queued, then refuses further writes.
    async fn close(&self);
}
