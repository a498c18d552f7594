//! What travels: the JSON forms of domain types.
//!
//! Invariant: a form for everybody holds nothing that only some may see. What is private has its own constructor, and
//! there is no field that is hidden by a flag.

mod body;
mod comment;
mod thread;
mod visitor;

pub use body::Body;
pub use comment::{Author, AuthorKind, Comment, OwnFacts, State};
pub use thread::{Around, Conversation, More, Order, Replies, SiteFacts, Thread, ThreadPage};
pub use visitor::Visitor;

use crate::domain::{Role, SiteId};

/// A name for somebody that readers may see: 16 hexadecimal characters, the same on one site, unlinkable between
/// sites, and no way back to the account.
pub(super) fn public_id(site: SiteId, id: uuid::Uuid) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("afterword public author id v1");
    hasher.update(&site.0.to_be_bytes());
    hasher.update(id.as_bytes());
    hasher.finalize().to_hex()[..16].to_owned()
}

/// A colour for somebody's avatar, in degrees: from their id, never from an address.
pub(super) fn hue(public_id: &str) -> u16 {
    u16::from_str_radix(public_id.get(..4).unwrap_or("0"), 16).unwrap_or(0) % 360
}

/// The badge readers see.
pub(super) fn badge(role: Role) -> Option<&'static str> {
    match role {
        Role::Owner => Some("owner"),
        Role::Moderator => Some("moderator"),
        Role::Viewer | Role::None => None,
    }
}
