//! What rows hold: stored types, apart from the domain's so that either can change without the other.
//!
//! Each has integer keys that are never given a second meaning; enums are stored as numbers.

pub mod codes;
pub mod comment;
pub mod document;
pub mod identity;
pub mod notice;
pub mod people;
pub mod record;
pub mod session;
pub mod site;
pub mod thread;

use minicbor::bytes::ByteArray;
use uuid::Uuid;

use super::fault::Fault;

/// A UUID.
pub type Id = ByteArray<16>;
/// A SHA-256.
pub type Hash = ByteArray<32>;

pub fn id(uuid: Uuid) -> Id {
    Id::from(uuid.into_bytes())
}

pub fn uuid(id: &Id) -> Uuid {
    Uuid::from_bytes(**id)
}

/// A number that stands for nothing this binary knows.
fn unknown(what: &str, code: u8) -> Fault {
    Fault::corrupt(format!("a {what} with the unknown code {code}"))
}

#[cfg(test)]
#[path = "../../../../tests/fuzz/records.rs"]
mod fuzz;
