//! Rows about threads: the thread, its conversations, what was said lately, revisions, where a comment came from.

use std::net::IpAddr;

use minicbor::{Decode, Encode};

use super::{Hash, Id, id, uuid};
use crate::domain::accounts::TokenHash;
use crate::domain::threads::Closed;
use crate::domain::{
    AccountId, CommentId, Document, Email, PageKey, Place, SiteId, Thread, ThreadId, Timestamp, Version,
};
use crate::storage::comments::{Idempotency, Revision, SentFrom};

/// A thread, and the last place and number it gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadRow {
    pub thread: Thread,
    pub last_place: u64,
    pub last_number: u32,
}

#[derive(Encode, Decode)]
#[cbor(map)]
pub struct StoredThread {
    #[n(0)]
    site: u32,
    #[n(1)]
    page: String,
    #[n(2)]
    url: String,
    #[n(3)]
    title: String,
    #[n(4)]
    closed: Option<StoredClosed>,
    #[n(5)]
    created_at: i64,
    #[n(6)]
    version: u64,
    #[n(7)]
    published: u64,
    #[n(8)]
    pinned: Vec<u64>,
    #[n(9)]
    last_place: u64,
    #[n(10)]
    last_number: u32,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct StoredClosed {
    #[n(0)]
    at: i64,
    #[n(1)]
    by: Id,
}

impl From<&ThreadRow> for StoredThread {
    fn from(row: &ThreadRow) -> StoredThread {
        let thread = &row.thread;
        StoredThread {
            site: thread.site.0,
            page: thread.page.to_string(),
            url: thread.url.clone(),
            title: thread.title.clone(),
            closed: thread.closed.map(|it| StoredClosed { at: it.at.as_millis(), by: id(it.by.0) }),
            created_at: thread.created_at.as_millis(),
            version: thread.version.0,
            published: thread.published,
            pinned: thread.pinned.iter().map(|place| place.0).collect(),
            last_place: row.last_place,
            last_number: row.last_number,
        }
    }
}

impl StoredThread {
    pub fn into_row(self, thread: ThreadId) -> ThreadRow {
        ThreadRow {
            thread: Thread {
                id: thread,
                site: SiteId(self.site),
                page: PageKey::from_stored(self.page),
                url: self.url,
                title: self.title,
                closed: self
                    .closed
                    .map(|it| Closed { at: Timestamp::from_millis(it.at), by: AccountId(uuid(&it.by)) }),
                created_at: Timestamp::from_millis(self.created_at),
                version: Version(self.version),
                published: self.published,
                pinned: self.pinned.into_iter().map(Place).collect(),
            },
            last_place: self.last_place,
            last_number: self.last_number,
        }
    }
}

/// How many are published in a conversation, and the score it is ranked by.
#[derive(Encode, Decode, Clone, Copy, Debug, PartialEq, Eq)]
#[cbor(map)]
pub struct StoredConversation {
    #[n(0)]
    pub published: u64,
    #[n(1)]
    pub score: i64,
}

#[derive(Encode, Decode)]
#[cbor(map)]
pub struct StoredText {
    #[n(0)]
    posted_at: i64,
}

impl StoredText {
    pub fn new(posted_at: Timestamp) -> StoredText {
        StoredText { posted_at: posted_at.as_millis() }
    }

    pub fn posted_at(&self) -> Timestamp {
        Timestamp::from_millis(self.posted_at)
    }
}

#[derive(Encode, Decode)]
#[cbor(map)]
pub struct StoredRequest {
    #[n(0)]
    request: Hash,
    #[n(1)]
    comment: Id,
    #[n(2)]
    at: i64,
}

impl StoredRequest {
    pub fn new(asked: &Idempotency, comment: CommentId, at: Timestamp) -> StoredRequest {
        StoredRequest { request: asked.request.0.into(), comment: id(comment.0), at: at.as_millis() }
    }

    pub fn request(&self) -> TokenHash {
        TokenHash(*self.request)
    }

    pub fn comment(&self) -> CommentId {
        CommentId(uuid(&self.comment))
    }

    pub fn at(&self) -> Timestamp {
        Timestamp::from_millis(self.at)
    }
}

/// One text of a comment. `body` is kept only while it waits.
#[derive(Encode, Decode)]
#[cbor(map)]
pub struct StoredRevision {
    #[n(0)]
    pub markdown: String,
    #[n(1)]
    pub written_at: i64,
    #[n(2)]
    pub body: Option<StoredBody>,
}

#[derive(Encode, Decode)]
#[cbor(transparent)]
pub struct StoredBody(#[cbor(n(0), with = "super::document")] pub Document);

impl StoredRevision {
    pub fn into_revision(self, number: u32) -> Revision {
        Revision { number, markdown: self.markdown, written_at: Timestamp::from_millis(self.written_at) }
    }
}

#[derive(Encode, Decode)]
#[cbor(map)]
pub struct StoredOrigin {
    #[n(0)]
    ip: Option<IpAddr>,
    #[n(1)]
    user_agent: String,
    #[n(2)]
    guest_email: Option<String>,
}

impl From<&SentFrom> for StoredOrigin {
    fn from(from: &SentFrom) -> StoredOrigin {
        StoredOrigin {
            ip: from.ip,
            user_agent: from.user_agent.clone(),
            guest_email: from.guest_email.as_ref().map(|it| it.as_str().to_owned()),
        }
    }
}

impl From<StoredOrigin> for SentFrom {
    fn from(stored: StoredOrigin) -> SentFrom {
        SentFrom {
            ip: stored.ip,
            user_agent: stored.user_agent,
            guest_email: stored.guest_email.map(Email::from_stored),
        }
    }
}

/// A like.
#[derive(Encode, Decode)]
#[cbor(map)]
pub struct StoredVote {
    #[n(0)]
    pub at: i64,
}
