//! A thread: the discussion of a page. It exists from its first comment.

use super::{AccountId, PageKey, Place, SiteId, ThreadId, Timestamp, Version};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    pub id: ThreadId,
    pub site: SiteId,
    /// The key of the page as it was when the thread began; other keys may lead here too.
    pub page: PageKey,
    /// Where the page was last seen, on one of the site's origins.
    pub url: String,
    pub title: String,
    pub closed: Option<Closed>,
    pub created_at: Timestamp,
    /// Moves with every change that readers can see.
    pub version: Version,
    /// Published comments, replies included, tombstones not.
    pub published: u64,
    /// Roots shown above all others, the first pinned first.
    pub pinned: Vec<Place>,
}

impl Thread {
    pub const MAX_PINNED: usize = 3;
    pub const MAX_TITLE_CHARS: usize = 300;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed {
    pub at: Timestamp,
    pub by: AccountId,
}

/// In which order conversations are listed. Replies inside one are always oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Order {
    #[default]
    Oldest,
    Newest,
    /// By score of the first comment, the newer first among equals.
    Best,
}

/// Where a page of conversations begins: after the root this names, in this order. Nothing is skipped or repeated
/// under writes for `Oldest` and `Newest`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RootCursor {
    pub order: Order,
    /// The root's score when its page was read; 0 unless `order` is `Best`.
    pub score: i64,
    pub root: Place,
}

/// What a reader's copy of a thread is compared with: known in memory, so that an unchanged thread costs no disk read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    pub thread: ThreadId,
    pub version: Version,
}
