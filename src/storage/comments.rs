//! Writing comments: each method is one transaction over the comment, its indexes, the counters, the thread's
//! version, history and the outbox.

use std::net::IpAddr;

use async_trait::async_trait;

use super::{Answer, StoreError};
use crate::domain::accounts::TokenHash;
use crate::domain::comments::{RemovedBy, Verdict};
use crate::domain::notices::Notice;
use crate::domain::{
    AccountId, Author, Comment, CommentId, Document, Email, PageKey, SiteId, Standing, Timestamp,
};

/// A comment about to be written.
#[derive(Clone, Debug)]
pub struct NewComment {
    pub id: CommentId,
    pub site: SiteId,
    /// The page; its thread is made if need be.
    pub page: NewPage,
    pub parent: Option<CommentId>,
    pub author: Author,
    /// The guest token of a guest: its session is made if need be.
    pub guest_token: Option<TokenHash>,
    pub body: Document,
    /// The Markdown it was parsed from: revision 1.
    pub markdown: String,
    pub posted_at: Timestamp,
    pub standing: Standing,
    pub sent_from: SentFrom,
    pub idempotency: Option<Idempotency>,
    pub notices: Vec<Notice>,
}

#[derive(Clone, Debug)]
pub struct NewPage {
    pub key: PageKey,
    pub url: String,
    pub title: String,
    /// Whether links to the page may lead to `url` from now on: it is on a listed origin, and is this page by itself.
    pub is_settled: bool,
}

/// Where a comment came from. Personal data: kept apart from it and pruned after 30 days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SentFrom {
    pub ip: Option<IpAddr>,
    pub user_agent: String,
    pub guest_email: Option<Email>,
}

/// A client's name for a request it may repeat: answers are remembered for 24 hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// At most 64 bytes.
    pub key: String,
    /// What the request asked for.
    pub request: TokenHash,
}

/// What posting led to.
#[derive(Clone, Debug, PartialEq)]
pub enum Posted {
    New(Box<Comment>),
    /// The same request came before; this is its comment as it is now.
    Repeat(Box<Comment>),
}

/// A new text for a comment.
#[derive(Clone, Debug)]
pub struct Edit {
    pub comment: CommentId,
    pub body: Document,
    pub markdown: String,
    pub edited_at: Timestamp,
    /// What moderation says of the new text: if it is held while an earlier one shows, that one goes on showing.
    pub standing: Standing,
}

/// One text a comment had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    pub number: u32,
    pub markdown: String,
    pub written_at: Timestamp,
}

#[async_trait]
pub trait Comments: Send + Sync {
    /// Writes a comment, in this order of checks: a repeat of the same request answers what it answered
    /// (`KeyReused` if it asked for something else), then `UnknownParent`, `ParentElsewhere` (the parent is on another
    /// page or site), `ThreadClosed` (staff may still write), `Duplicate` (same author, same Markdown, same parent,
    /// within 24 hours, not removed). A parent that is not public counts as unknown, unless its author replies.
    async fn publish(&self, new: NewComment) -> Answer<Posted>;

    /// Whether `publish` would find this request to be a repeat of an earlier one.
    async fn is_repeat(
        &self,
        site: SiteId,
        author: &Author,
        request: &Idempotency,
    ) -> Result<bool, StoreError>;

    /// The comment, on this site, whatever its state.
    async fn comment(&self, site: SiteId, id: CommentId) -> Result<Option<Comment>, StoreError>;

    /// A new revision. Whether the visitor may, the caller has asked. Refuses with `UnknownComment` if it is gone.
    async fn edit(&self, site: SiteId, edit: Edit) -> Answer<Comment>;
    /// All texts a comment had, the first first.
    async fn revisions(&self, site: SiteId, id: CommentId) -> Result<Vec<Revision>, StoreError>;

    /// Removes: its replies stay. Removing twice changes nothing.
    async fn remove(
        &self,
        site: SiteId,
        id: CommentId,
        by: RemovedBy,
        who: Option<AccountId>,
        now: Timestamp,
    ) -> Answer<Comment>;
    /// A moderator's verdict on one comment. Approving a guest's comment counts towards their trust, once per comment.
    /// Refuses with `TooManyPinned`, `NotARoot`.
    async fn moderate(
        &self,
        site: SiteId,
        id: CommentId,
        verdict: Verdict,
        by: AccountId,
        now: Timestamp,
    ) -> Answer<Comment>;

    /// Deletes what was kept only for a while: where comments came from, spam and removed comments' texts older than
    /// their 30 days, duplicates and idempotency keys older than a day. Looks at no more than `limit` entries; returns at how many: when that is `limit`, there may be more.
    async fn prune(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError>;
}
