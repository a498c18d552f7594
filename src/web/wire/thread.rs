//! Threads and their parts, as everybody sees them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Moment;
use super::comment::{Audience, Comment, CommentContext};
use crate::domain::{self, CommentId, Origin};
use crate::storage::threads::{self, ThreadPage};
use crate::web::cursor;

/// What a widget has to know of a site.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Site)]
pub struct Site<'a> {
    pub key: &'a str,
    pub name: &'a str,
    /// Where its pages live: comments are taken from these only.
    pub origins: Vec<&'a str>,
    /// Whether people may comment without an account.
    pub guests: bool,
    pub likes: bool,
    /// Whether a code can be sent by e-mail.
    pub email_sign_in: bool,
    pub password_sign_in: bool,
    /// Whether there is a provider to sign in with: then the list of them is worth asking for.
    pub providers: bool,
    /// Whether the site itself signs its members in.
    pub sso: bool,
    pub body_max_chars: usize,
    pub edit_window_secs: u64,
    /// Until when pages on this machine count as the site's too.
    #[schema(required)]
    pub development_until: Option<Moment>,
}

/// What the server, rather than the site, lets people sign in with.
#[derive(Clone, Copy, Debug)]
pub struct SignIn {
    pub email: bool,
    pub providers: bool,
}

impl<'a> Site<'a> {
    pub fn of(site: &'a domain::Site, sign_in: SignIn) -> Site<'a> {
        Site {
            key: site.key.as_str(),
            name: site.name.as_str(),
            origins: site.origins.iter().map(Origin::as_str).collect(),
            guests: site.settings.guests,
            likes: site.settings.likes,
            email_sign_in: sign_in.email,
            password_sign_in: true,
            providers: sign_in.providers,
            sso: site.sso.is_some(),
            body_max_chars: site.settings.body_max_chars,
            edit_window_secs: site.settings.edit_window.as_secs(),
            development_until: site.development_until.map(Moment::from),
        }
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Thread)]
pub struct Thread<'a> {
    /// Null before the first comment.
    #[schema(required)]
    pub id: Option<String>,
    /// Where the page was last seen; as it was asked for, before the first comment.
    pub url: &'a str,
    /// Published comments, replies included.
    pub count: u64,
    #[schema(required)]
    pub closed_at: Option<Moment>,
}

impl<'a> Thread<'a> {
    pub fn of(thread: &'a domain::Thread) -> Thread<'a> {
        Thread {
            id: Some(thread.id.to_string()),
            url: &thread.url,
            count: thread.published,
            closed_at: thread.closed.map(|closed| closed.at.into()),
        }
    }

    /// A page that nobody has commented on.
    pub fn empty(url: &'a str) -> Thread<'a> {
        Thread { id: None, url, count: 0, closed_at: None }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    #[default]
    Oldest,
    Newest,
    Best,
}

impl Order {
    /// As a query names it.
    pub fn name(self) -> &'static str {
        match self {
            Order::Oldest => "oldest",
            Order::Newest => "newest",
            Order::Best => "best",
        }
    }
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

/// Where to go on, and how much there is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct More {
    pub after: String,
    /// Published comments that follow.
    pub count: u64,
}

impl More {
    fn of(more: threads::MoreReplies) -> More {
        More { after: cursor::replies(more.after), count: more.count }
    }
}

/// A conversation, or a part of one: the first comment, then replies; a comment always precedes what replies to it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Conversation)]
pub struct Conversation<'a> {
    pub root: Uuid,
    pub pinned: bool,
    /// Published comments of the whole conversation.
    pub count: u64,
    pub comments: Vec<Comment<'a>>,
    #[schema(required)]
    pub more: Option<More>,
}

impl<'a> Conversation<'a> {
    /// `None` if it is empty: then there is nothing to show.
    pub fn of(
        conversation: &'a threads::Conversation,
        context: &CommentContext<'a>,
    ) -> Option<Conversation<'a>> {
        let root = conversation.comments.first()?.id;
        Some(Conversation {
            root: root.0,
            pinned: conversation.pinned,
            count: conversation.published,
            comments: comments(conversation, root, context),
            more: conversation.more.map(More::of),
        })
    }
}

fn comments<'a>(
    conversation: &'a threads::Conversation,
    root: CommentId,
    context: &CommentContext<'a>,
) -> Vec<Comment<'a>> {
    let shown = |comment| context.comment(comment, root, conversation.pinned, Audience::Everybody);
    conversation.comments.iter().map(shown).collect()
}

/// One page of a thread.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ThreadPage)]
pub struct Page<'a> {
    pub site: Site<'a>,
    pub thread: Thread<'a>,
    pub order: Order,
    /// Pinned ones first, on the first page.
    pub conversations: Vec<Conversation<'a>>,
    /// What `after` takes for the next page; null on the last.
    #[schema(required)]
    pub next: Option<String>,
}

impl<'a> Page<'a> {
    pub fn of(site: Site<'a>, page: &'a ThreadPage, order: Order, context: &CommentContext<'a>) -> Page<'a> {
        Page {
            site,
            thread: Thread::of(&page.thread),
            order,
            conversations: page.conversations.iter().filter_map(|c| Conversation::of(c, context)).collect(),
            next: page.next.map(cursor::roots),
        }
    }

    pub fn empty(site: Site<'a>, url: &'a str, order: Order) -> Page<'a> {
        Page { site, thread: Thread::empty(url), order, conversations: Vec::new(), next: None }
    }
}

/// What follows in one conversation.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Replies)]
pub struct Replies<'a> {
    pub comments: Vec<Comment<'a>>,
    #[schema(required)]
    pub more: Option<More>,
}

impl<'a> Replies<'a> {
    pub fn of(
        conversation: &'a threads::Conversation,
        root: CommentId,
        context: &CommentContext<'a>,
    ) -> Replies<'a> {
        Replies { comments: comments(conversation, root, context), more: conversation.more.map(More::of) }
    }
}

/// One comment in its surroundings: what a permalink shows.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CommentInThread)]
pub struct OneComment<'a> {
    pub thread: Thread<'a>,
    pub conversation: Conversation<'a>,
}

/// Published comments of each page, in the order asked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Counts {
    pub counts: Vec<u64>,
}
