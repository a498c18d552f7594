//! Accounts, their addresses and their passwords.

use std::time::Duration;

use async_trait::async_trait;

use super::sessions::NewSession;
use super::{Answer, StoreError};
use crate::domain::accounts::TokenHash;
use crate::domain::notices::Notice;
use crate::domain::second_factors::{SecondFactor, SharedSecret};
use crate::domain::sessions::{ADDRESS_LINK_TTL, OWNER_LINK_TTL};
use crate::domain::{Account, AccountId, Email, Name, ProviderId, Timestamp};

/// What an account can sign in with, apart from its name: never shown, never logged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrivateFacts {
    pub email: Option<Email>,
    pub email_verified: bool,
    /// A PHC string (Argon2id).
    pub password: Option<String>,
    /// It is as short as only one of two factors may be.
    pub password_is_short: bool,
    pub second_factor: Option<SecondFactor>,
    /// A secret that waits for its first code.
    pub offered_secret: Option<SharedSecret>,
}

/// What a link is for: one that only the command line hands out, one that was mailed, or one that a provider shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Makes the first owner. One is live at a time: a new one ends the old.
    SetUp,
    /// Signs this account in to the dashboard.
    SignIn(AccountId),
    /// Shows that the account's new address is theirs.
    ConfirmEmail { account: AccountId, email: Email },
    /// Tells who asked this provider to have their data deleted here that it was done.
    Deleted { provider: ProviderId },
}

impl LinkPurpose {
    /// How long a link for this is good.
    pub fn lasts(&self) -> Duration {
        /// For so long somebody can look up that what they asked for was done.
        const SHOWN_FOR: Duration = Duration::from_secs(90 * 24 * 60 * 60);
        match self {
            LinkPurpose::SetUp | LinkPurpose::SignIn(_) => OWNER_LINK_TTL,
            LinkPurpose::ConfirmEmail { .. } => ADDRESS_LINK_TTL,
            LinkPurpose::Deleted { .. } => SHOWN_FOR,
        }
    }
}

/// How people can sign in here besides a password, when it is asked whether a way is the last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// Whether this server sends mail, so that a verified address is a way in.
    pub mail: bool,
    /// The providers that are switched on: an identity elsewhere leads nowhere.
    pub providers: Vec<ProviderId>,
}

/// A new password, or none.
#[derive(Clone, Debug)]
pub struct PasswordChange {
    /// A PHC string; `None` takes the password away.
    pub password: Option<String>,
    /// It is as short as only one of two factors may be.
    pub is_short: bool,
    pub ways: Ways,
    /// The session that goes on.
    pub session: NewSession,
    /// A mail that tells the account's owner.
    pub tell: Option<Notice>,
    pub at: Timestamp,
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
    /// Sets a password or takes it away, ends all sessions and begins the one that goes on. Refuses with `LastWayIn` if
    /// nothing would be left to sign in with.
    async fn change_password(&self, id: AccountId, change: PasswordChange) -> Answer<Account>;
    /// Replaces a password's hash by one with better parameters; ends nothing.
    async fn rehash_password(&self, id: AccountId, phc: String) -> Result<(), StoreError>;

    /// Uses a link of [`LinkPurpose::ConfirmEmail`]: the account has the new address, verified, and all its sessions end
    /// but `session`, which begins. Tells the old address. Whoever held the new address without having shown that it is
    /// theirs loses it, with password and sessions. Refuses with `LinkGone`, or with `AddressTaken` if another account
    /// has shown that it is theirs.
    async fn change_email(
        &self,
        token: TokenHash,
        account: AccountId,
        session: NewSession,
        now: Timestamp,
    ) -> Answer<Account>;

    /// Stores a link's token, for as long as its purpose lasts.
    async fn add_link(
        &self,
        token: TokenHash,
        purpose: LinkPurpose,
        now: Timestamp,
    ) -> Result<(), StoreError>;
    /// The same, and queues the mail that carries it.
    async fn mail_link(
        &self,
        token: TokenHash,
        purpose: LinkPurpose,
        notice: Notice,
        now: Timestamp,
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
