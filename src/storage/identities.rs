//! Who people are elsewhere, and sign-ins on their way to find that out.

use async_trait::async_trait;

use super::accounts::Ways;
use super::{Answer, StoreError};
use crate::domain::departures::{Back, Departed, Proof};
use crate::domain::identities::LinkedIdentity;
use crate::domain::notices::Notice;
use crate::domain::{Account, AccountId, IdentityKey, Profile, ProviderId, Timestamp, TokenHash};

/// What an identity led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrived {
    /// The account it is linked to, known or made just now.
    At(Account),
    /// The account it is linked to has a second factor, which must be shown first.
    SecondFactorWanted(AccountId),
    /// This account has its address, and must be proven first.
    ProofWanted(AccountId),
}

#[async_trait]
pub trait Identities: Send + Sync {
    /// Stores a sign-in that leaves for a provider.
    async fn depart(&self, departed: Departed) -> Result<(), StoreError>;
    /// A sign-in that left within the last ten minutes. Looking does not use it up.
    async fn departed(&self, state: TokenHash, now: Timestamp) -> Result<Option<Departed>, StoreError>;
    /// Keeps what a browser brought back without our cookie. Once: `CodeGone` if something is kept already, if it left
    /// too long ago, or for another provider.
    async fn keep_back(
        &self,
        state: TokenHash,
        provider: ProviderId,
        back: Back,
        now: Timestamp,
    ) -> Answer<()>;
    /// Takes a departure, once. `CodeGone` if it left too long ago, for another provider, or in another transaction;
    /// then it stays.
    async fn come_back(
        &self,
        state: TokenHash,
        provider: ProviderId,
        transaction: String,
        now: Timestamp,
    ) -> Answer<Departed>;

    /// The linking rule. An identity that is known leads to its account; if that has a second factor, the proof that the
    /// identity gives is stored under `transaction`. Else, if its address is verified:
    ///
    /// - and an account has it verified: nothing is linked. The proof that is wanted is stored under `transaction`.
    /// - and an account has it unverified: that one loses address, password, identities and sessions.
    ///
    /// Then, and for everybody else, `new_account` is made, with the address if it is verified, without a name.
    async fn arrive(
        &self,
        profile: Profile,
        new_account: AccountId,
        transaction: String,
        now: Timestamp,
    ) -> Result<Arrived, StoreError>;
    /// What a transaction has come to within the last ten minutes.
    async fn proof(&self, transaction: String, now: Timestamp) -> Result<Option<Proof>, StoreError>;
    /// The `wanted` proof was given by a password: links the identity to the account, once. `CodeGone` unless exactly this
    /// proof is still wanted (one transaction may have come to another account meanwhile), `IdentityTaken` if the
    /// identity became another account's. `tell` is queued once it is linked; so it is by the next two, if the identity is
    /// new to the account.
    async fn prove(
        &self,
        transaction: String,
        wanted: Proof,
        tell: Option<Notice>,
        now: Timestamp,
    ) -> Answer<Account>;
    /// Takes a proof that was `given`, once, and links the identity that came with it, if one did. `CodeGone` unless
    /// exactly this one is there, `IdentityTaken` if the identity became another account's meanwhile.
    async fn take_proof(
        &self,
        transaction: String,
        given: Proof,
        tell: Option<Notice>,
        now: Timestamp,
    ) -> Answer<(Account, Option<Profile>)>;

    /// Where an account is linked to, the latest used first.
    async fn identities_of(&self, account: AccountId) -> Result<Vec<LinkedIdentity>, StoreError>;
    /// Links an identity to an account that is signed in. `IdentityTaken` if it is another account's.
    async fn link_identity(
        &self,
        account: AccountId,
        profile: Profile,
        tell: Option<Notice>,
        now: Timestamp,
    ) -> Answer<()>;
    /// Unlinks one, and ends the sessions that were begun by way of its provider; `tell` is queued. `LastWayIn` if nothing
    /// would be left to sign in with: no other identity, no password, and no verified address that a mail can be sent to.
    /// One that is not theirs changes nothing.
    async fn unlink_identity(
        &self,
        account: AccountId,
        identity: IdentityKey,
        ways: Ways,
        tell: Option<Notice>,
        now: Timestamp,
    ) -> Answer<()>;
    /// Removes an identity because its provider was asked to have it deleted, even if it is the last way in, and ends the
    /// sessions that were begun by way of it. Whose it was.
    async fn forget_identity(&self, identity: IdentityKey) -> Result<Option<AccountId>, StoreError>;
}
