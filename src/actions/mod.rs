//! One function per thing a person can do. Each unwraps nothing and answers with domain types; limits, permissions and
//! moderation are asked here, and nowhere else.

pub mod access_tokens;
pub mod account;
pub mod comments;
pub mod dashboard;
pub mod departures;
pub mod email_sign_in;
pub mod guests;
pub mod health;
pub mod idempotency;
pub mod identities;
pub mod limits;
pub mod mail_links;
mod new_page;
mod notices;
pub mod password_proofs;
pub mod passwords;
pub mod popup;
pub mod proofs;
pub mod providers;
pub mod second_factors;
pub mod senders;
pub mod sessions;
pub mod setup;
pub mod sightings;
pub mod sites;
pub mod sso;
pub mod threads;
pub mod tokens;
pub mod visitors;
pub mod votes;

pub use limits::Limits;

use crate::domain::Refusal;
use crate::outside::OutsideError;
use crate::storage::StoreError;

/// Why an action did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Outside(#[from] OutsideError),
}
