//! A comment as it travels: to everybody, to its author, to staff.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Body, badge, hue, public_id};
use crate::domain::comments::RemovedBy;
use crate::domain::{self, PendingReason, SiteId, Standing, Timestamp};
use crate::storage::threads::{Context, Names};

/// A comment. One that is not public, but has something public below it, is a tombstone: `removed`, without author and
/// text.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Comment {
    pub id: Uuid,
    /// The conversation's first comment.
    pub root: Uuid,
    pub parent: Option<Uuid>,
    /// 0 for a conversation's first comment, its parent's plus one for a reply.
    pub depth: u32,
    /// The `42` of `#42`, from its first publication on.
    pub number: Option<u32>,
    pub state: State,
    pub author: Option<Author>,
    /// RFC 3339.
    pub posted_at: String,
    pub edited_at: Option<String>,
    pub body: Option<Body>,
    /// Here and in the system it was imported from.
    pub likes: u32,
    /// Published direct replies.
    pub replies: u32,
    pub pinned: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removed_by: Option<&'static str>,
    /// For its author: an edit waits for approval, while this text shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_edit: Option<bool>,
    /// For its author: until when it can be edited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub editable_until: Option<String>,
    /// For staff: why it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pending_reason: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Published,
    /// Waits for approval. Its author is told the same of spam.
    Pending,
    /// Told to staff only.
    Spam,
    Removed,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Author {
    /// The same for one person on one site; nothing else follows from it.
    pub id: Option<String>,
    pub name: String,
    pub kind: AuthorKind,
    /// `owner` or `moderator`.
    pub role: Option<&'static str>,
    /// Of their avatar, in degrees.
    pub hue: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuthorKind {
    Member,
    Guest,
    /// Written elsewhere, by somebody who has no account here.
    Imported,
}

impl Author {
    fn of(site: SiteId, author: &domain::Author, names: &Names) -> Author {
        match author {
            domain::Author::Account(account) => {
                let id = public_id(site, account.0);
                let facts = names.get(account);
                let name =
                    facts.and_then(|facts| facts.name.as_ref()).map_or("…", |name| name.as_str()).to_owned();
                let role = facts.and_then(|facts| badge(facts.role));
                Author { hue: hue(&id), id: Some(id), name, kind: AuthorKind::Member, role }
            }
            domain::Author::Guest { id, name } => {
                let id = public_id(site, id.0);
                Author {
                    hue: hue(&id),
                    id: Some(id),
                    name: name.to_string(),
                    kind: AuthorKind::Guest,
                    role: None,
                }
            }
            domain::Author::Imported { name } => {
                let hue = hue(&blake3::hash(name.as_str().as_bytes()).to_hex()[..16]);
                Author { id: None, name: name.to_string(), kind: AuthorKind::Imported, role: None, hue }
            }
        }
    }
}

/// Of one's own comment, what only its author is told besides.
#[derive(Clone, Copy)]
pub struct OwnFacts {
    pub now: Timestamp,
    pub edit_window: std::time::Duration,
}

impl Comment {
    /// What everybody may see: the comment if it is public, else its tombstone. `root` is the conversation's first
    /// comment.
    pub fn public(comment: &domain::Comment, root: Uuid, pinned: bool, names: &Names) -> Comment {
        if comment.is_public() {
            Comment::whole(comment, root, pinned, names, State::Published)
        } else {
            Comment::tombstone(comment, root)
        }
    }

    /// What its author sees: also while it waits. Spam reads the same as waiting.
    pub fn own(comment: &domain::Comment, context: &Context, facts: OwnFacts) -> Comment {
        let (root, pinned, names) = placed(comment, context);
        let state = match (comment.removal, comment.standing) {
            (Some(_), _) => return Comment::tombstone(comment, root),
            (None, Standing::Published) => State::Published,
            (None, Standing::Pending(_) | Standing::Spam) => State::Pending,
        };
        let editable = comment.is_editable(facts.now, facts.edit_window);
        Comment {
            waiting_edit: Some(comment.waiting_revision.is_some()),
            editable_until: editable.then(|| comment.posted_at.plus(facts.edit_window).to_string()),
            ..Comment::whole(comment, root, pinned, names, state)
        }
    }

    /// What staff see.
    pub fn for_staff(comment: &domain::Comment, context: &Context) -> Comment {
        let (root, pinned, names) = placed(comment, context);
        let (state, reason) = match (comment.removal, comment.standing) {
            (Some(_), _) => return Comment::tombstone(comment, root),
            (None, Standing::Published) => (State::Published, None),
            (None, Standing::Spam) => (State::Spam, None),
            (None, Standing::Pending(reason)) => (State::Pending, Some(reason_slug(reason))),
        };
        Comment {
            pending_reason: reason,
            waiting_edit: Some(comment.waiting_revision.is_some()),
            ..Comment::whole(comment, root, pinned, names, state)
        }
    }

    fn whole(comment: &domain::Comment, root: Uuid, pinned: bool, names: &Names, state: State) -> Comment {
        Comment {
            id: comment.id.0,
            root,
            parent: comment.parent.map(|parent| parent.id.0),
            depth: comment.depth,
            number: comment.number.map(|number| number.0),
            state,
            author: Some(Author::of(comment.site, &comment.author, names)),
            posted_at: comment.posted_at.to_string(),
            edited_at: comment.edited_at.map(|at| at.to_string()),
            body: Some(Body(comment.body.clone())),
            likes: comment.likes.saturating_add(comment.imported_likes),
            replies: comment.replies,
            pinned,
            removed_by: None,
            waiting_edit: None,
            editable_until: None,
            pending_reason: None,
        }
    }

    fn tombstone(comment: &domain::Comment, root: Uuid) -> Comment {
        let by_author = comment.removal.is_some_and(|removal| removal.by == RemovedBy::Author);
        Comment {
            id: comment.id.0,
            root,
            parent: comment.parent.map(|parent| parent.id.0),
            depth: comment.depth,
            // Whoever was held never had one that readers saw; not to tell the two apart, nobody keeps it here.
            number: None,
            state: State::Removed,
            author: None,
            posted_at: comment.posted_at.to_string(),
            edited_at: None,
            body: None,
            likes: 0,
            replies: comment.replies,
            pinned: false,
            removed_by: Some(if by_author { "author" } else { "moderator" }),
            waiting_edit: None,
            editable_until: None,
            pending_reason: None,
        }
    }
}

/// Where a comment stands: its conversation's first comment, and whether that is pinned.
fn placed<'c>(comment: &domain::Comment, context: &'c Context) -> (Uuid, bool, &'c Names) {
    let root = context.roots.get(&comment.root).map_or(comment.id.0, |root| root.0);
    (root, comment.is_root() && context.pinned.contains(&comment.place), &context.names)
}

fn reason_slug(reason: PendingReason) -> &'static str {
    match reason {
        PendingReason::NewGuest => "new_guest",
        PendingReason::FirstWithLink => "first_with_link",
        PendingReason::GuestLink => "guest_link",
        PendingReason::ManyLinks => "many_links",
        PendingReason::Watched => "watched",
        PendingReason::ByModerator => "by_moderator",
        PendingReason::Checking => "checking",
    }
}
