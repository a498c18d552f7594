//! Pages, threads and comments.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::document::{self, BlockLine};
use super::{moment, ms};
use crate::domain::comments::{Parent, RemovedBy, Source};
use crate::domain::threads::Closed;
use crate::domain::{
    AccountId, Author, Comment, CommentId, GuestId, Name, Number, PageKey, PendingReason, Place, Removal,
    SiteId, Standing, Thread, ThreadId, Version,
};
use crate::storage::archive::{CommentFacts, Entity, ThreadFacts};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageLine {
    pub site: u32,
    pub page: String,
    pub thread: u64,
}

impl PageLine {
    pub fn into_entity(self) -> Entity {
        Entity::Page {
            site: SiteId(self.site),
            page: PageKey::from_stored(self.page),
            thread: ThreadId(self.thread),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThreadLine {
    id: u64,
    site: u32,
    page: String,
    url: String,
    title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    closed: Option<ClosedLine>,
    created_at: i64,
    version: u64,
    pinned: Vec<u64>,
    last_place: u64,
    last_number: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClosedLine {
    at: i64,
    by: Uuid,
}

impl From<ThreadFacts> for ThreadLine {
    fn from(facts: ThreadFacts) -> ThreadLine {
        let ThreadFacts { thread, last_place, last_number } = facts;
        let Thread { id, site, page, url, title, closed, created_at, version, published: _, pinned } = thread;
        ThreadLine {
            id: id.0,
            site: site.0,
            page: page.to_string(),
            url,
            title,
            closed: closed.map(|Closed { at, by }| ClosedLine { at: ms(at), by: by.0 }),
            created_at: ms(created_at),
            version: version.0,
            pinned: pinned.into_iter().map(|place| place.0).collect(),
            last_place,
            last_number,
        }
    }
}

impl ThreadLine {
    pub fn into_entity(self) -> Entity {
        let thread = Thread {
            id: ThreadId(self.id),
            site: SiteId(self.site),
            page: PageKey::from_stored(self.page),
            url: self.url,
            title: self.title,
            closed: self.closed.map(|it| Closed { at: moment(it.at), by: AccountId(it.by) }),
            created_at: moment(self.created_at),
            version: Version(self.version),
            published: 0,
            pinned: self.pinned.into_iter().map(Place).collect(),
        };
        Entity::Thread(ThreadFacts { thread, last_place: self.last_place, last_number: self.last_number })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommentLine {
    id: Uuid,
    site: u32,
    thread: u64,
    root: u64,
    place: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent: Option<ParentLine>,
    depth: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<u32>,
    author: AuthorLine,
    body: Vec<BlockLine>,
    posted_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    edited_at: Option<i64>,
    revisions: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    waiting_revision: Option<u32>,
    standing: StandingWord,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    removal: Option<RemovalLine>,
    imported_likes: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<SourceLine>,
    vouched: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hidden_since: Option<i64>,
    text_gone: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ParentLine {
    id: Uuid,
    place: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum AuthorLine {
    Account(Uuid),
    Guest { id: Uuid, name: String },
    Imported { name: String },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StandingWord {
    Published,
    Spam,
    Pending(ReasonWord),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ReasonWord {
    NewGuest,
    FirstWithLink,
    GuestLink,
    ManyLinks,
    Watched,
    ByModerator,
    Checking,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RemovalLine {
    by: RemoverWord,
    at: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RemoverWord {
    Author,
    Moderator,
    Erasure,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceLine {
    system: String,
    id: String,
}

impl From<CommentFacts> for CommentLine {
    fn from(facts: CommentFacts) -> CommentLine {
        let CommentFacts { comment, vouched, hidden_since, text_gone } = facts;
        let Comment {
            id,
            site,
            thread,
            root,
            place,
            parent,
            depth,
            number,
            author,
            body,
            posted_at,
            edited_at,
            revisions,
            waiting_revision,
            standing,
            removal,
            likes: _,
            imported_likes,
            replies: _,
            source,
        } = comment;
        CommentLine {
            id: id.0,
            site: site.0,
            thread: thread.0,
            root: root.0,
            place: place.0,
            parent: parent.map(|Parent { id, place }| ParentLine { id: id.0, place: place.0 }),
            depth,
            number: number.map(|number| number.0),
            author: author.into(),
            body: document::of(body),
            posted_at: ms(posted_at),
            edited_at: edited_at.map(ms),
            revisions,
            waiting_revision,
            standing: standing.into(),
            removal: removal.map(RemovalLine::from),
            imported_likes,
            source: source.map(|Source { system, id }| SourceLine { system, id }),
            vouched,
            hidden_since: hidden_since.map(ms),
            text_gone,
        }
    }
}

impl CommentLine {
    pub fn into_entity(self) -> Result<Entity, String> {
        let comment = Comment {
            id: CommentId(self.id),
            site: SiteId(self.site),
            thread: ThreadId(self.thread),
            root: Place(self.root),
            place: Place(self.place),
            parent: self.parent.map(|it| Parent { id: CommentId(it.id), place: Place(it.place) }),
            depth: self.depth,
            number: self.number.map(Number),
            author: self.author.into(),
            body: document::document(self.body)?,
            posted_at: moment(self.posted_at),
            edited_at: self.edited_at.map(moment),
            revisions: self.revisions,
            waiting_revision: self.waiting_revision,
            standing: self.standing.into(),
            removal: self.removal.map(Removal::from),
            likes: 0,
            imported_likes: self.imported_likes,
            replies: 0,
            source: self.source.map(|it| Source { system: it.system, id: it.id }),
        };
        Ok(Entity::Comment(Box::new(CommentFacts {
            comment,
            vouched: self.vouched,
            hidden_since: self.hidden_since.map(moment),
            text_gone: self.text_gone,
        })))
    }
}

impl From<Author> for AuthorLine {
    fn from(author: Author) -> AuthorLine {
        match author {
            Author::Account(account) => AuthorLine::Account(account.0),
            Author::Guest { id, name } => AuthorLine::Guest { id: id.0, name: name.to_string() },
            Author::Imported { name } => AuthorLine::Imported { name: name.to_string() },
        }
    }
}

impl From<AuthorLine> for Author {
    fn from(line: AuthorLine) -> Author {
        match line {
            AuthorLine::Account(account) => Author::Account(AccountId(account)),
            AuthorLine::Guest { id, name } => {
                Author::Guest { id: GuestId(id), name: Name::from_stored(name) }
            }
            AuthorLine::Imported { name } => Author::Imported { name: Name::from_stored(name) },
        }
    }
}

/// Words that stand for the same variants on both sides, and back.
macro_rules! words {
    ($domain:ident, $word:ident: $($variant:ident),*) => {
        impl From<$domain> for $word {
            fn from(it: $domain) -> $word {
                match it { $($domain::$variant => $word::$variant,)* }
            }
        }
        impl From<$word> for $domain {
            fn from(it: $word) -> $domain {
                match it { $($word::$variant => $domain::$variant,)* }
            }
        }
    };
}

words!(PendingReason, ReasonWord: NewGuest, FirstWithLink, GuestLink, ManyLinks, Watched, ByModerator, Checking);
words!(RemovedBy, RemoverWord: Author, Moderator, Erasure);

impl From<Standing> for StandingWord {
    fn from(standing: Standing) -> StandingWord {
        match standing {
            Standing::Published => StandingWord::Published,
            Standing::Spam => StandingWord::Spam,
            Standing::Pending(reason) => StandingWord::Pending(reason.into()),
        }
    }
}

impl From<StandingWord> for Standing {
    fn from(word: StandingWord) -> Standing {
        match word {
            StandingWord::Published => Standing::Published,
            StandingWord::Spam => Standing::Spam,
            StandingWord::Pending(reason) => Standing::Pending(reason.into()),
        }
    }
}

impl From<Removal> for RemovalLine {
    fn from(removal: Removal) -> RemovalLine {
        let Removal { by, at } = removal;
        RemovalLine { by: by.into(), at: ms(at) }
    }
}

impl From<RemovalLine> for Removal {
    fn from(line: RemovalLine) -> Removal {
        Removal { by: line.by.into(), at: moment(line.at) }
    }
}
