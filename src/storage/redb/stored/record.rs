//! A row of history: who did what, when, to what. Ids and facts, never text, names or addresses.

use minicbor::{Decode, Encode};

use super::{Id, id};
use crate::domain::{AccountId, CommentId, ThreadId, Timestamp};

#[derive(Encode, Decode, Debug, PartialEq, Eq)]
#[cbor(map)]
pub struct StoredRecord {
    #[n(0)]
    deed: u8,
    #[n(1)]
    at: i64,
    /// `None`: the author themselves, or the server.
    #[n(2)]
    by: Option<Id>,
    #[n(3)]
    thread: Option<u64>,
    #[n(4)]
    comment: Option<Id>,
}

/// What was done. The numbers are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Deed {
    Approved = 0,
    MarkedSpam = 1,
    Removed = 2,
    Pinned = 3,
    Unpinned = 4,
    Closed = 5,
    Reopened = 6,
    /// A guest signed in, and their comment became the account's.
    Claimed = 7,
}

impl StoredRecord {
    pub fn new(
        deed: Deed,
        at: Timestamp,
        by: Option<AccountId>,
        thread: ThreadId,
        comment: Option<CommentId>,
    ) -> StoredRecord {
        StoredRecord {
            deed: deed as u8,
            at: at.as_millis(),
            by: by.map(|account| id(account.0)),
            thread: Some(thread.0),
            comment: comment.map(|comment| id(comment.0)),
        }
    }
}
