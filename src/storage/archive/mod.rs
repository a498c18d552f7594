//! Everything a store holds that is to outlive it: the way to another machine, another version, another engine.
//!
//! An entity is one fact in the domain's words. What can be counted or looked up from others (indexes, totals) is no
//! entity: whoever takes entities in computes it anew. Neither is what somebody signs in with for a while: sessions,
//! codes, links, sign-ins under way. They would come back to life with an old copy, after they were ended.
//!
//! Invariant: the same facts give the same entities in the same order, from every engine.

use async_trait::async_trait;

use super::StoreError;
use super::accounts::PrivateFacts;
use super::comments::{Revision, SentFrom};
use crate::domain::history::Deed;
use crate::domain::identities::LinkedIdentity;
use crate::domain::{
    Account, AccountId, Comment, CommentId, Document, Email, Guest, GuestId, Member, Origin, PageKey, Site,
    SiteId, Thread, ThreadId, Timestamp, TokenHash,
};

/// One fact. They come in this order, and within a kind by their keys; a comment is followed by what belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub enum Entity {
    /// The last number that was given to a kind of thing.
    Counter {
        of: Counted,
        last: u64,
    },
    Site(Box<Site>),
    /// A page asked from an origin that was not the site's.
    RefusedOrigin {
        site: SiteId,
        origin: Origin,
        at: Timestamp,
    },
    Account {
        account: Account,
        private: Option<PrivateFacts>,
    },
    Identity {
        account: AccountId,
        linked: LinkedIdentity,
    },
    /// `published` is counted anew.
    Member(Member),
    /// `approved` is counted anew.
    Guest {
        token: TokenHash,
        guest: Guest,
    },
    /// A page's thread: a thread has one page, and may have further names.
    Page {
        site: SiteId,
        page: PageKey,
        thread: ThreadId,
    },
    /// `published` is counted anew.
    Thread(ThreadFacts),
    /// Of the thread before it. `likes` and `replies` are counted anew.
    Comment(Box<CommentFacts>),
    /// Of the comment before it; `body` while it waits.
    Revision {
        comment: CommentId,
        revision: Revision,
        body: Option<Document>,
    },
    /// Of the comment before it.
    SentFrom {
        comment: CommentId,
        from: SentFrom,
    },
    /// Of the comment before it.
    Like {
        comment: CommentId,
        account: AccountId,
        at: Timestamp,
    },
    /// A guest signed in who wrote much: the rest becomes their account's.
    Claim {
        site: SiteId,
        guest: GuestId,
        account: AccountId,
        due_at: Timestamp,
    },
    /// A single sign-on token that may not come again.
    SpentToken {
        site: SiteId,
        id: TokenHash,
        until: Timestamp,
    },
    Notice(QueuedNotice),
    Record(Record),
}

/// What is numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counted {
    Sites,
    Threads,
    Notices,
    Records,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadFacts {
    pub thread: Thread,
    /// The last place and number it gave.
    pub last_place: u64,
    pub last_number: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub struct CommentFacts {
    pub comment: Comment,
    /// It counts towards its guest's trust.
    pub vouched: bool,
    /// Since when it is spam or removed: its texts go after a while.
    pub hidden_since: Option<Timestamp>,
    /// Its texts are gone.
    pub text_gone: bool,
}

/// A notice that waits. Those that carry a code or a link are over with the code or the link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedNotice {
    pub id: u64,
    pub to: Email,
    pub about: NoticeAbout,
    pub expires_at: Option<Timestamp>,
    pub due_at: Timestamp,
    pub tries: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoticeAbout {
    AddressChanged,
    PasswordChanged,
    SecondFactorOn,
    SecondFactorOff,
    /// As people call the provider.
    IdentityLinked {
        provider: String,
    },
    IdentityUnlinked {
        provider: String,
    },
}

/// Who did what to which thread or comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub site: SiteId,
    pub sequence: u64,
    pub deed: Deed,
    pub at: Timestamp,
    /// `None`: the author themselves, or the server.
    pub by: Option<AccountId>,
    pub thread: Option<ThreadId>,
    pub comment: Option<CommentId>,
}

/// Takes one entity after the other. An error of it ends the reading.
pub type Take<'a> = dyn FnMut(Entity) -> Result<(), StoreError> + Send + 'a;

#[async_trait]
pub trait Archive: Send + Sync {
    /// Hands over everything, from one snapshot: all that was answered before, nothing of what comes after. Writers
    /// go on meanwhile. The snapshot keeps pages from being used again, so `take` may wait for a disk, and for nothing
    /// slower.
    async fn export(&self, take: Box<Take<'static>>) -> Result<(), StoreError>;

    /// The schema version that the store has.
    fn schema_version(&self) -> u64;
}

#[cfg(test)]
pub mod samples;
