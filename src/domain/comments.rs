//! A comment: written by an author, top-level or a reply to a parent.
//!
//! Invariant: a comment keeps its id, its place and its parent for ever; only merging two threads moves it.

use super::{
    AccountId, CommentId, Document, GuestId, Name, Number, Place, Refusal, SiteId, ThreadId, Timestamp,
};

#[derive(Clone, Debug, PartialEq)]
pub struct Comment {
    pub id: CommentId,
    pub site: SiteId,
    pub thread: ThreadId,
    /// The place of the conversation's first comment; its own place if it is that comment.
    pub root: Place,
    pub place: Place,
    pub parent: Option<Parent>,
    /// 0 for a root, its parent's depth plus one for a reply.
    pub depth: u32,
    /// Given when it is first published.
    pub number: Option<Number>,
    pub author: Author,
    pub body: Document,
    pub posted_at: Timestamp,
    /// When its public text last changed.
    pub edited_at: Option<Timestamp>,
    /// How many revisions were written; the first is 1.
    pub revisions: u32,
    /// The revision that waits for approval, while an earlier one shows.
    pub waiting_revision: Option<u32>,
    pub standing: Standing,
    pub removal: Option<Removal>,
    pub likes: u32,
    /// Likes it had in the system it was imported from.
    pub imported_likes: u32,
    /// Direct replies that are published.
    pub replies: u32,
    /// Where it came from, if it was imported: the system and its id there.
    pub source: Option<Source>,
}

impl Comment {
    /// Shown to everybody.
    pub fn is_public(&self) -> bool {
        self.standing == Standing::Published && self.removal.is_none()
    }

    pub fn is_root(&self) -> bool {
        self.parent.is_none()
    }

    pub fn score(&self) -> i64 {
        i64::from(self.likes) + i64::from(self.imported_likes)
    }

    /// Whether its author may still change it at `now`.
    pub fn is_editable(&self, now: Timestamp, window: std::time::Duration) -> bool {
        self.removal.is_none() && now.since(self.posted_at) < window
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parent {
    pub id: CommentId,
    pub place: Place,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Author {
    Account(AccountId),
    /// The name is what the guest called themselves then.
    Guest {
        id: GuestId,
        name: Name,
    },
    /// Written elsewhere by somebody who has no account here.
    Imported {
        name: Name,
    },
}

/// What moderation decided. Whether the comment was removed is another matter: [`Removal`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    Published,
    Pending(PendingReason),
    Spam,
}

/// Why a comment waits for approval: told to moderators, never to readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PendingReason {
    /// A guest without an approved comment.
    NewGuest,
    /// A first comment with a link in it.
    FirstWithLink,
    /// A guest's comment with a link in it.
    GuestLink,
    /// As many links as the site holds comments for.
    ManyLinks,
    /// The author is watched, or muted: to them it reads the same.
    Watched,
    /// A moderator put it back.
    ByModerator,
    /// A spam check has not answered yet.
    Checking,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Removal {
    pub by: RemovedBy,
    pub at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RemovedBy {
    Author,
    Moderator,
    /// Its author's data was erased.
    Erasure,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Source {
    pub system: String,
    pub id: String,
}

/// The Markdown somebody typed: trimmed, not empty, within the site's limit, without NUL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body(String);

impl Body {
    pub fn parse(raw: &str, max_chars: usize) -> Result<Body, Refusal> {
        let body = raw.trim();
        if body.is_empty() {
            return Err(Refusal::EmptyBody);
        }
        if body.chars().count() > max_chars {
            return Err(Refusal::BodyTooLong { max_chars });
        }
        Ok(Body(body.replace("\r\n", "\n").replace('\0', "\u{FFFD}")))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

/// What a moderator may do to one comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Publish it (and the revision that waits); also brings back what a moderator removed.
    Approve,
    Spam,
    Remove,
    Pin,
    Unpin,
}
