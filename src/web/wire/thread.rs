//! A thread as everybody reads it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Comment;
use crate::domain::{self, Site};
use crate::storage;
use crate::storage::threads::Names;

/// In which order conversations are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    #[default]
    Oldest,
    Newest,
    Best,
}

impl From<Order> for domain::Order {
    fn from(order: Order) -> domain::Order {
        match order {
            Order::Oldest => domain::Order::Oldest,
            Order::Newest => domain::Order::Newest,
            Order::Best => domain::Order::Best,
        }
    }
}

/// What a widget must know of its site.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SiteFacts {
    pub key: String,
    pub name: String,
    /// Where its pages live: writes are taken from these only.
    pub origins: Vec<String>,
    /// Until when pages on `http://localhost` count too. RFC 3339.
    pub development_until: Option<String>,
    pub guests: bool,
    pub likes: bool,
    pub email_sign_in: bool,
    pub password_sign_in: bool,
    pub body_max_chars: usize,
    pub edit_window_secs: u64,
}

impl SiteFacts {
    pub fn of(site: &Site, has_mailer: bool) -> SiteFacts {
        SiteFacts {
            key: site.key.to_string(),
            name: site.name.to_string(),
            origins: site.origins.iter().map(|origin| origin.to_string()).collect(),
            development_until: site.development_until.map(|until| until.to_string()),
            guests: site.settings.guests,
            likes: site.settings.likes,
            email_sign_in: has_mailer,
            password_sign_in: true,
            body_max_chars: site.settings.body_max_chars,
            edit_window_secs: site.settings.edit_window.as_secs(),
        }
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Thread {
    /// `null` before its first comment.
    pub id: Option<String>,
    /// Where its page was last seen.
    pub url: Option<String>,
    /// Published comments, replies included.
    pub count: u64,
    /// RFC 3339.
    pub closed_at: Option<String>,
}

impl Thread {
    pub fn of(thread: &domain::Thread) -> Thread {
        Thread {
            id: Some(thread.id.to_string()),
            url: Some(thread.url.clone()),
            count: thread.published,
            closed_at: thread.closed.map(|closed| closed.at.to_string()),
        }
    }

    pub fn empty() -> Thread {
        Thread { id: None, url: None, count: 0, closed_at: None }
    }
}

/// A page of a thread.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ThreadPage {
    pub site: SiteFacts,
    pub thread: Thread,
    pub order: Order,
    pub conversations: Vec<Conversation>,
    /// The cursor of the next page.
    pub next: Option<String>,
}

/// A conversation, or its beginning.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Conversation {
    pub root: Uuid,
    pub pinned: bool,
    /// Published comments of the whole conversation.
    pub count: u64,
    /// The first comment, then replies, the oldest first: a parent always precedes its replies.
    pub comments: Vec<Comment>,
    pub more: Option<More>,
}

/// How a conversation goes on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct More {
    /// For `after`.
    pub after: String,
    /// How many published comments follow.
    pub count: u64,
}

/// More replies of a conversation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Replies {
    pub comments: Vec<Comment>,
    pub more: Option<More>,
}

/// A comment with its surroundings.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Around {
    pub thread: Thread,
    pub conversation: Conversation,
}

impl Conversation {
    /// `root` is the id of the first comment; `more` is the cursor of the rest, made by the caller.
    pub fn of(
        conversation: &storage::threads::Conversation,
        root: Uuid,
        names: &Names,
        more: Option<More>,
    ) -> Conversation {
        Conversation {
            root,
            pinned: conversation.pinned,
            count: conversation.published,
            comments: conversation
                .comments
                .iter()
                .map(|comment| {
                    Comment::public(comment, root, conversation.pinned && comment.is_root(), names)
                })
                .collect(),
            more,
        }
    }
}
