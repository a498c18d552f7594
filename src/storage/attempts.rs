//! Passwords that were wrong, and browsers that are known: what throttles guessing and keeps the owner in.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::accounts::TokenHash;
use crate::domain::{AccountId, Timestamp};

#[async_trait]
pub trait Attempts: Send + Sync {
    /// Counts an attempt at a password or a code *before* it is checked, so that many at once are not more than their number;
    /// `false`, and nothing counted, if `most` have failed in a row. `subject` is the hash of an address, known or
    /// not, of a browser, or of a second factor.
    async fn begin_attempt(&self, subject: TokenHash, most: u32, now: Timestamp) -> Result<bool, StoreError>;
    /// The attempt was never made after all.
    async fn withdraw_attempt(&self, subject: TokenHash) -> Result<(), StoreError>;
    /// It was right: the count begins anew.
    async fn forget_attempts(&self, subject: TokenHash) -> Result<(), StoreError>;

    /// Whether this browser signed in to this account before.
    async fn knows_device(
        &self,
        account: AccountId,
        device: TokenHash,
        now: Timestamp,
    ) -> Result<bool, StoreError>;
    /// Remembers that it did.
    async fn remember_device(
        &self,
        account: AccountId,
        device: TokenHash,
        now: Timestamp,
    ) -> Result<(), StoreError>;
}
