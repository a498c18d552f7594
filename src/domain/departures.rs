//! Signing in by way of another server, or of a mail: what is remembered in between.
//!
//! Invariant: each belongs to one transaction of the popup, and goes on only in the browser that holds its cookie.

use std::fmt;
use std::time::Duration;

use super::accounts::{Email, TokenHash};
use super::identities::{Profile, ProviderId};
use super::{AccountId, Origin, SiteKey, Timestamp};

/// How long somebody may take at a provider, for proving an account, or until they open a mail.
pub const DEPARTURE_TTL: Duration = Duration::from_secs(10 * 60);

/// A sign-in that has gone to a provider and not come back.
#[derive(Clone, PartialEq, Eq)]
pub struct Departed {
    /// SHA-256 of `state`: what it is found under, once.
    pub state: TokenHash,
    /// The popup's transaction.
    pub transaction: String,
    pub provider: ProviderId,
    pub nonce: String,
    /// PKCE, towards the provider.
    pub verifier: String,
    /// What the person typed, where a provider asks for their server.
    pub server: Option<String>,
    /// What the provider wants to be told again. May hold secrets.
    pub memo: String,
    pub left_at: Timestamp,
    /// What the browser brought back by a cross-site POST, which has no cookie of ours; a GET that has one follows.
    pub posted: Option<Back>,
}

impl fmt::Debug for Departed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Departed({:?} to {}, …)", self.state, self.provider)
    }
}

/// What the browser brought back, as it came.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Back {
    pub code: Option<String>,
    pub error: Option<String>,
    /// RFC 9207.
    pub iss: Option<String>,
    /// Apple's `user` field: JSON with the name, at the first consent only.
    pub user: Option<String>,
}

impl fmt::Debug for Back {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Back(code: {}, error: {:?}, …)", self.code.is_some(), self.error)
    }
}

/// What a transaction has come to, where one step is not enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// An account has this identity's address: whoever proves that it is theirs gets the identity linked to it.
    Wanted { account: AccountId, profile: Profile },
    /// The account was shown to be theirs, by a mailed link or by an identity of it: the popup may go on as this account
    /// once it has shown its second factor, if it has one. `profile` is who they came as from a provider: linked when
    /// the proof is taken. `epoch` is the account's then: what ends its sessions ends this, too.
    Given { account: AccountId, epoch: u32, profile: Option<Profile> },
}

/// A link in a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailLink {
    pub token: TokenHash,
    pub transaction: String,
    pub purpose: MailLinkPurpose,
    pub email: Email,
    /// Who asked; `None` for the account page.
    pub asker: Option<Asker>,
    pub asked_at: Timestamp,
}

/// The page for whose widget somebody signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asker {
    pub site: SiteKey,
    pub origin: Origin,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailLinkPurpose {
    /// As the account of the address, which is made if there is none.
    SignIn,
    /// Proves the account that an identity waits for.
    Prove,
}
