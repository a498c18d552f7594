//! Accounts, their addresses and their passwords.

use async_trait::async_trait;

use super::sessions::NewSession;
use super::{Answer, StoreError};
use crate::domain::accounts::TokenHash;
use crate::domain::{Account, AccountId, Email, Name, Timestamp};

/// What an account can sign in with, apart from its name: never shown, never logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivateFacts {
    pub email: Option<Email>,
    pub email_verified: bool,
    /// A PHC string (Argon2id).
    pub password: Option<String>,
}

/// A link that only the command line hands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Makes the first owner. One is live at a time: a new one ends the old.
    SetUp,
    /// Signs this account in to the dashboard.
    SignIn(AccountId),
}

/// The first owner, as the set-up page sends them.
#[derive(Clone, Debug)]
pub struct NewOwner {
    pub id: AccountId,
    pub name: Name,
    pub email: Email,
    pub password: String,
}

#[async_trait]
pub trait Accounts: Send + Sync {
    async fn account(&self, id: AccountId) -> Result<Option<Account>, StoreError>;
    async fn private_facts(&self, id: AccountId) -> Result<Option<PrivateFacts>, StoreError>;
    async fn account_by_email(&self, email: &Email) -> Result<Option<Account>, StoreError>;
    /// Whether any operator exists: before the first one, set-up is open to who has its link.
    async fn has_operator(&self) -> Result<bool, StoreError>;
    async fn operators(&self) -> Result<Vec<Account>, StoreError>;

    /// Gives an account its name, and moves the versions of the sites where it wrote or has a role. Refuses with
    /// `SessionEnded` if there is no such account; so do the others that take one.
    async fn set_name(&self, id: AccountId, name: Name) -> Answer<Account>;
    /// Sets a password and ends all sessions: the caller begins the one that goes on.
    async fn set_password(&self, id: AccountId, phc: String) -> Answer<Account>;
    /// Replaces a password's hash by one with better parameters; ends nothing.
    async fn rehash_password(&self, id: AccountId, phc: String) -> Result<(), StoreError>;

    /// Stores a link's token for `expires_at`.
    async fn add_link(
        &self,
        token: TokenHash,
        purpose: LinkPurpose,
        expires_at: Timestamp,
    ) -> Result<(), StoreError>;
    /// What a link is for, if it is live; reading does not use it up.
    async fn link(&self, token: TokenHash, now: Timestamp) -> Result<Option<LinkPurpose>, StoreError>;
    /// Uses a set-up link: makes the owner (an operator, address verified by being the one who has the link) and their
    /// dashboard session. Refuses with `LinkGone`.
    async fn set_up(
        &self,
        token: TokenHash,
        owner: NewOwner,
        session: NewSession,
        now: Timestamp,
    ) -> Answer<Account>;
    /// Uses a sign-in link. Refuses with `LinkGone`.
    async fn sign_in_by_link(&self, token: TokenHash, session: NewSession, now: Timestamp)
    -> Answer<Account>;
    /// Makes an operator by the command line, or makes the account with this address one.
    async fn add_operator(&self, id: AccountId, name: Name, email: Email, now: Timestamp) -> Answer<Account>;
}
