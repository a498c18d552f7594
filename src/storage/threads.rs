//! Reading threads: heads from memory, pages of conversations from one snapshot each.

use std::collections::HashMap;

use async_trait::async_trait;

use super::{Answer, StoreError};
use crate::domain::threads::{Head, RootCursor};
use crate::domain::{
    AccountId, Comment, CommentId, Name, Order, PageKey, Place, Role, SiteId, Thread, ThreadId, Timestamp,
};

/// How much of a thread one read takes.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// Conversations that show.
    pub roots: usize,
    /// Replies of one conversation, in order of place, tombstones that show included.
    pub replies: usize,
}

/// One page of a thread, from one snapshot. Holds only what everybody may see: published comments, and as
/// tombstones those hidden ones that have something published below them.
#[derive(Clone, Debug, PartialEq)]
pub struct ThreadPage {
    pub thread: Thread,
    /// Pinned conversations first (on the first page only), then in the order asked for.
    pub conversations: Vec<Conversation>,
    pub next: Option<RootCursor>,
    pub names: Names,
}

/// A conversation or a part of one.
#[derive(Clone, Debug, PartialEq)]
pub struct Conversation {
    pub root: Place,
    pub pinned: bool,
    /// In order of place, so that a parent always precedes its replies.
    pub comments: Vec<Comment>,
    /// Published comments of the whole conversation, the root included.
    pub published: u64,
    /// If there are more: after which place, and how many published ones (a lower bound beyond 10,000 rows).
    pub more: Option<MoreReplies>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MoreReplies {
    pub after: Place,
    pub count: u64,
}

/// Names and badges of the accounts that wrote what was read.
pub type Names = HashMap<AccountId, AuthorFacts>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorFacts {
    pub name: Option<Name>,
    pub role: Role,
}

/// One comment with what a permalink needs: the conversation's root, its ancestors, itself, and what follows.
#[derive(Clone, Debug, PartialEq)]
pub struct Around {
    pub thread: Thread,
    pub conversation: Conversation,
    pub names: Names,
}

/// What it takes to show single comments of a thread.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Context {
    /// Of every conversation the comments stand in: the id of its first comment.
    pub roots: HashMap<Place, CommentId>,
    pub pinned: Vec<Place>,
    pub names: Names,
}

/// What only one visitor sees of a thread.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Mine {
    /// Comments of this thread they like.
    pub liked: Vec<CommentId>,
    /// Their own that are not public, their own with a text that waits (and that text), and their own since the
    /// moment asked for, latest first.
    pub comments: Vec<Comment>,
}

#[async_trait]
pub trait Threads: Send + Sync {
    /// The thread of a page and its version, if they are in memory: never waits for the disk. `None` says nothing about the page.
    fn known_head(&self, site: SiteId, page: &PageKey) -> Option<Head>;
    /// The thread of a page and its version: from memory, loaded once. `None` before the first comment.
    async fn head(&self, site: SiteId, page: &PageKey) -> Result<Option<Head>, StoreError>;
    /// The same for a thread that is known.
    async fn thread(&self, thread: ThreadId) -> Result<Option<Thread>, StoreError>;

    /// A page of conversations; `after: None` is the first. `None` if there is no such thread.
    async fn thread_page(
        &self,
        thread: ThreadId,
        order: Order,
        after: Option<RootCursor>,
        window: Window,
    ) -> Result<Option<ThreadPage>, StoreError>;
    /// Replies of one conversation after a place, up to `limit`.
    async fn replies(
        &self,
        thread: ThreadId,
        root: Place,
        after: Place,
        limit: usize,
    ) -> Result<Option<(Conversation, Names)>, StoreError>;
    /// The surroundings of a published comment; `None` if there is none such on this site, or it is not public and
    /// `all` is not set.
    async fn around(
        &self,
        site: SiteId,
        comment: CommentId,
        limit: usize,
        all: bool,
    ) -> Result<Option<Around>, StoreError>;

    /// What it takes to show these comments, all of one thread.
    async fn context(&self, thread: ThreadId, comments: &[Comment]) -> Result<Context, StoreError>;

    /// Published comments of each page, 0 for one without a thread, in the order asked.
    async fn counts(&self, site: SiteId, pages: &[PageKey]) -> Result<Vec<u64>, StoreError>;

    /// What `author` alone sees of a thread: their likes, their comments that are not public or of which a new text
    /// waits, and all of theirs posted at or after `since`; at most 100 of each and 1,000 likes, the latest first. What was removed is
    /// not among them: its tombstone, if it has one, everybody sees.
    async fn mine(
        &self,
        site: SiteId,
        thread: ThreadId,
        author: Mineness,
        since: Timestamp,
    ) -> Result<Mine, StoreError>;
    /// A thread's comments that wait for approval, the oldest first: held ones, and published ones of which a new text
    /// waits, with that text.
    async fn pending(&self, site: SiteId, thread: ThreadId, limit: usize)
    -> Result<Vec<Comment>, StoreError>;

    /// Closes or reopens. Moves the version; writes history. Refuses with `UnknownComment` if there is no such thread.
    async fn set_closed(
        &self,
        site: SiteId,
        thread: ThreadId,
        closed: bool,
        by: AccountId,
        now: Timestamp,
    ) -> Answer<Thread>;
}

/// Whose view is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mineness {
    Account(AccountId),
    Guest(crate::domain::GuestId),
}
