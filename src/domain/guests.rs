//! People who comment without an account: a name, and a token in their browser that makes them the same person
//! next time, on this site only.

use super::{GuestId, Name, SiteId, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    pub id: GuestId,
    pub site: SiteId,
    pub name: Name,
    pub created_at: Timestamp,
    /// How many of their comments a moderator approved: with one, the next are published.
    pub approved: u32,
}
