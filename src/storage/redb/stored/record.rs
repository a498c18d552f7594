//! A row of history: who did what, when, to what. Ids and facts, never text, names or addresses.

use minicbor::{Decode, Encode};

use super::super::fault::Fault;
use super::{Id, codes, id, uuid};
use crate::domain::history::Deed;
use crate::domain::{AccountId, CommentId, SiteId, ThreadId, Timestamp};
use crate::storage::archive::Record;

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

impl StoredRecord {
    pub fn new(
        deed: Deed,
        at: Timestamp,
        by: Option<AccountId>,
        thread: Option<ThreadId>,
        comment: Option<CommentId>,
    ) -> StoredRecord {
        StoredRecord {
            deed: codes::of_deed(deed),
            at: at.as_millis(),
            by: by.map(|account| id(account.0)),
            thread: thread.map(|thread| thread.0),
            comment: comment.map(|comment| id(comment.0)),
        }
    }

    pub fn into_record(self, site: SiteId, sequence: u64) -> Result<Record, Fault> {
        Ok(Record {
            site,
            sequence,
            deed: codes::deed(self.deed)?,
            at: Timestamp::from_millis(self.at),
            by: self.by.map(|it| AccountId(uuid(&it))),
            thread: self.thread.map(ThreadId),
            comment: self.comment.map(|it| CommentId(uuid(&it))),
        })
    }
}
