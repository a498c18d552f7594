//! Second factors: offered, confirmed, used, taken away.

use async_trait::async_trait;

use super::sessions::NewSession;
use super::{Answer, StoreError};
use crate::domain::accounts::TokenHash;
use crate::domain::notices::Notice;
use crate::domain::second_factors::{SecondProof, SharedSecret};
use crate::domain::{AccountId, Timestamp};

/// A second factor that was confirmed.
#[derive(Clone, Debug)]
pub struct TurnedOn {
    /// The secret whose code was shown.
    pub secret: SharedSecret,
    /// The step of that code.
    pub step: u64,
    pub recovery: Vec<TokenHash>,
    /// The session that goes on.
    pub session: NewSession,
    /// A mail that tells the account's owner.
    pub tell: Option<Notice>,
    pub at: Timestamp,
}

#[async_trait]
pub trait SecondFactors: Send + Sync {
    /// Keeps a secret that its owner has yet to confirm with a code; an earlier one is forgotten. Refuses with
    /// `SecondFactorOn` while one is on: nothing replaces it but a code of it.
    async fn offer_second_factor(&self, account: AccountId, secret: SharedSecret) -> Answer<()>;
    /// Turns on the secret that was offered, ends all sessions and begins the one that goes on: none is left that was not
    /// asked for a code. Refuses with `CodeGone` if another one waits, or none, with `SecondFactorOn` if one is on.
    async fn turn_on_second_factor(&self, account: AccountId, on: TurnedOn) -> Answer<()>;
    /// Uses a proof up, once: `false` if it was used before, or if there is no second factor.
    async fn spend_second_proof(&self, account: AccountId, proof: SecondProof) -> Result<bool, StoreError>;
    /// New codes on paper; the old ones are worth nothing.
    async fn set_recovery_codes(&self, account: AccountId, recovery: Vec<TokenHash>) -> Answer<()>;
    /// Turns it off, and takes away a password that was let be short because of it.
    async fn turn_off_second_factor(
        &self,
        account: AccountId,
        tell: Option<Notice>,
        now: Timestamp,
    ) -> Result<(), StoreError>;
}
