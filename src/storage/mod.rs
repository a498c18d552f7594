//! What the rest of the house asks of a store: one trait per feature, one method per transaction.
//!
//! Every method that writes returns only after its transaction is durable. A method that may refuse decides before
//! its first write, and a refusal is a value: `Result<Result<T, Refusal>, StoreError>` ([`Answer`]). Everything that
//! varies (ids, moments, tokens) is fixed by the caller before the call, so that a unit of work can be run again.
//!
//! Each trait's promises are tested once, by the `conformance!` suite, on every engine.

pub mod accounts;
pub mod archive;
pub mod attempts;
pub mod comments;
pub mod guests;
pub mod health;
pub mod holdings;
pub mod identities;
pub mod mail_links;
pub mod outbox;
pub mod redb;
pub mod second_factors;
pub mod sessions;
pub mod sites;
pub mod sso;
pub mod threads;
pub mod votes;

use crate::domain::Refusal;

pub use accounts::Accounts;
pub use archive::Archive;
pub use attempts::Attempts;
pub use comments::Comments;
pub use guests::Guests;
pub use health::Health;
pub use holdings::HoldingsOf;
pub use identities::Identities;
pub use mail_links::MailLinks;
pub use outbox::Outbox;
pub use second_factors::SecondFactors;
pub use sessions::Sessions;
pub use sites::Sites;
pub use sso::Sso;
pub use threads::Threads;
pub use votes::Votes;

/// A store: every feature's trait together.
pub trait Store:
    Accounts
    + Archive
    + Attempts
    + Comments
    + Guests
    + Health
    + HoldingsOf
    + Identities
    + MailLinks
    + Outbox
    + SecondFactors
    + Sessions
    + Sites
    + Sso
    + Threads
    + Votes
{
}
impl<T> Store for T where
    T: Accounts
        + Archive
        + Attempts
        + Comments
        + Guests
        + Health
        + HoldingsOf
        + Identities
        + MailLinks
        + Outbox
        + SecondFactors
        + Sessions
        + Sites
        + Sso
        + Threads
        + Votes
{
}

/// What a transaction that may refuse answers.
pub type Answer<T> = Result<Result<T, Refusal>, StoreError>;

/// What went wrong below: for the operator, never shown to a visitor.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    #[error("the disk is full: {0}")]
    Full(String),
    #[error("the data file could not be read or written: {0}")]
    Io(String),
    #[error("the data file holds something unexpected: {0}")]
    Corrupt(String),
    #[error("a unit of work panicked: {0}")]
    Panicked(String),
    #[error("the store is shutting down")]
    ShuttingDown,
}
