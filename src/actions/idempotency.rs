//! Requests that a client may repeat: under a key of its own, for the same thing.

use super::comments::Draft;
use crate::domain::TokenHash;

/// What a request asked for, so that a key used for another one is noticed.
pub(super) fn fingerprint(draft: &Draft) -> TokenHash {
    let mut hasher = blake3::Hasher::new();
    let parent = draft.parent.map(|parent| parent.to_string()).unwrap_or_default();
    let page = draft.page.id.as_deref().unwrap_or(&draft.page.url);
    for part in [page, &parent, &draft.body, draft.guest.as_ref().map_or("", |guest| &guest.name)] {
        hasher.update(&(part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    TokenHash(*hasher.finalize().as_bytes())
}

/// The key under which a client may repeat a request: 1 to 64 printable ASCII characters.
pub fn parse_key(raw: &str) -> Option<String> {
    ((1..=64).contains(&raw.len()) && raw.bytes().all(|b| b.is_ascii_graphic())).then(|| raw.to_owned())
}
