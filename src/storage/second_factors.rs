//! Second factors: offered, confirmed, used, taken away.

use async_trait::async_trait;

use super::{Answer, StoreError};
use crate::domain::AccountId;
use crate::domain::accounts::TokenHash;
use crate::domain::second_factors::{SecondProof, SharedSecret};

#[async_trait]
pub trait SecondFactors: Send + Sync {
    /// Keeps a secret that its owner has yet to confirm with a code; an earlier one is forgotten. Refuses with
    /// `SecondFactorOn` while one is on: nothing replaces it but a code of it.
    async fn offer_second_factor(&self, account: AccountId, secret: SharedSecret) -> Answer<()>;
    /// Turns on the secret that was offered: `step` is the one of the code that confirmed it. Refuses with `CodeGone` if
    /// none waits, with `SecondFactorOn` if one is on.
    async fn turn_on_second_factor(
        &self,
        account: AccountId,
        step: u64,
        recovery: Vec<TokenHash>,
    ) -> Answer<()>;
    /// Uses a proof up, once: `false` if it was used before, or if there is no second factor.
    async fn spend_second_proof(&self, account: AccountId, proof: SecondProof) -> Result<bool, StoreError>;
    /// New codes on paper; the old ones are worth nothing.
    async fn set_recovery_codes(&self, account: AccountId, recovery: Vec<TokenHash>) -> Answer<()>;
    async fn turn_off_second_factor(&self, account: AccountId) -> Result<(), StoreError>;
}
