//! A comment, as its audience may see it.
//!
//! Invariant: a comment that its audience may not see is a tombstone: no author, no text, no likes. Hidden and removed
//! ones look the same, so that moderation does not show.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::author::{Author, PublicIds};
use super::{Moment, Tree};
use crate::domain::{self, CommentId, Site, Standing, Timestamp, comments};
use crate::storage::threads::{Context, Names};

/// Who is going to read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    Everybody,
    /// Who wrote it, at this moment: what can be edited depends on it.
    Author(Timestamp),
    Staff,
    /// Staff who wrote it themselves.
    AuthorAndStaff(Timestamp),
}

impl Audience {
    fn sees_moderation(self) -> bool {
        matches!(self, Audience::Staff | Audience::AuthorAndStaff(_))
    }

    fn wrote_it(self) -> Option<Timestamp> {
        match self {
            Audience::Author(now) | Audience::AuthorAndStaff(now) => Some(now),
            Audience::Everybody | Audience::Staff => None,
        }
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Comment)]
pub struct Comment<'a> {
    pub id: Uuid,
    /// The first comment of its conversation; itself, if it is that.
    pub root: Uuid,
    /// The comment it replies to.
    #[schema(required)]
    pub parent: Option<Uuid>,
    /// 0 for a first comment, one more for each reply.
    pub depth: u32,
    /// The 42 of #42; given when it is first published.
    #[schema(required)]
    pub number: Option<u32>,
    pub state: State,
    /// Null on a tombstone.
    #[schema(required)]
    pub author: Option<Author<'a>>,
    pub posted_at: Moment,
    #[schema(required)]
    pub edited_at: Option<Moment>,
    /// Null on a tombstone.
    #[schema(required)]
    pub body: Option<Tree<'a>>,
    /// Likes here, and where it was imported from.
    pub likes: u64,
    /// Direct replies that show.
    pub replies: u32,
    /// Whether its conversation stands above the others.
    pub pinned: bool,
    /// Only on tombstones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removed_by: Option<RemovedBy>,
    /// Only for staff: why it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pending_reason: Option<PendingReason>,
    /// Only on one's own: whether a newer text waits for approval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_edit: Option<bool>,
    /// Only on one's own, while it can be edited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub editable_until: Option<Moment>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CommentState)]
pub enum State {
    Published,
    Pending,
    Spam,
    Removed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RemovedBy {
    Author,
    Moderator,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PendingReason {
    NewGuest,
    FirstWithLink,
    GuestLink,
    ManyLinks,
    Watched,
    ByModerator,
    Checking,
}

/// Where comments are shown: what all of one answer share.
pub struct CommentContext<'a> {
    pub site: &'a Site,
    pub names: &'a Names,
    ids: PublicIds,
}

impl<'a> CommentContext<'a> {
    pub fn new(site: &'a Site, names: &'a Names) -> CommentContext<'a> {
        CommentContext { site, names, ids: PublicIds::of(site.id) }
    }

    /// `comment` of the conversation that begins with `root`, for `audience`.
    pub fn comment(
        &self,
        comment: &'a domain::Comment,
        root: CommentId,
        pinned: bool,
        audience: Audience,
    ) -> Comment<'a> {
        let state = state(comment, audience);
        let shows = state != State::Removed;
        let own = audience.wrote_it().filter(|_| shows);
        let window = self.site.settings.edit_window;
        Comment {
            id: comment.id.0,
            root: root.0,
            parent: comment.parent.map(|parent| parent.id.0),
            depth: comment.depth,
            number: comment.number.map(|number| number.0),
            state,
            author: shows.then(|| Author::of(&comment.author, self.names, &self.ids)),
            posted_at: comment.posted_at.into(),
            edited_at: comment.edited_at.filter(|_| shows).map(Moment::from),
            body: shows.then_some(Tree(&comment.body)),
            likes: if shows { u64::try_from(comment.score()).unwrap_or(0) } else { 0 },
            replies: comment.replies,
            pinned: pinned && comment.is_root(),
            removed_by: (!shows).then(|| removed_by(comment)),
            pending_reason: match comment.standing {
                Standing::Pending(reason) if shows && audience.sees_moderation() => Some(reason.into()),
                _ => None,
            },
            waiting_edit: own.map(|_| comment.waiting_revision.is_some()),
            editable_until: own
                .filter(|now| comment.is_editable(*now, window))
                .map(|_| comment.posted_at.plus(window).into()),
        }
    }
}

impl<'a> CommentContext<'a> {
    /// A comment by itself: where it stands, its own context says.
    pub fn single(&self, comment: &'a domain::Comment, context: &Context, audience: Audience) -> Comment<'a> {
        let root = context.roots.get(&comment.root).copied().unwrap_or(comment.id);
        self.comment(comment, root, context.pinned.contains(&comment.root), audience)
    }
}

fn state(comment: &domain::Comment, audience: Audience) -> State {
    if comment.removal.is_some() {
        return State::Removed;
    }
    match (comment.standing, audience) {
        (Standing::Published, _) => State::Published,
        (_, Audience::Everybody) => State::Removed,
        // Its author is not told that it was taken for spam: it reads like any other that waits.
        (Standing::Pending(_), _) | (Standing::Spam, Audience::Author(_)) => State::Pending,
        (Standing::Spam, _) => State::Spam,
    }
}

fn removed_by(comment: &domain::Comment) -> RemovedBy {
    match comment.removal.map(|removal| removal.by) {
        Some(comments::RemovedBy::Author | comments::RemovedBy::Erasure) => RemovedBy::Author,
        Some(comments::RemovedBy::Moderator) | None => RemovedBy::Moderator,
    }
}

impl From<comments::PendingReason> for PendingReason {
    fn from(reason: comments::PendingReason) -> PendingReason {
        match reason {
            comments::PendingReason::NewGuest => PendingReason::NewGuest,
            comments::PendingReason::FirstWithLink => PendingReason::FirstWithLink,
            comments::PendingReason::GuestLink => PendingReason::GuestLink,
            comments::PendingReason::ManyLinks => PendingReason::ManyLinks,
            comments::PendingReason::Watched => PendingReason::Watched,
            comments::PendingReason::ByModerator => PendingReason::ByModerator,
            comments::PendingReason::Checking => PendingReason::Checking,
        }
    }
}
