//! Reading threads, and closing them.

use super::Error;
use crate::app::App;
use crate::domain::threads::{Head, RootCursor};
use crate::domain::{
    Comment, CommentId, Order, PageKey, Place, Refusal, Site, SiteId, Thread, ThreadId, Visitor,
};
use crate::storage::threads::{Around, Context, Conversation, Mineness, Names, ThreadPage, Window};

/// One page of a thread.
pub const PAGE: Window = Window { roots: 50, replies: 100 };
/// One page of a conversation.
pub const REPLIES: usize = 100;
/// Pages counted in one request.
pub const MAX_COUNTS: usize = 100;
/// Comments waiting for approval that staff see in a thread.
const PENDING: usize = 50;
/// How long one's own comments are repeated apart from the public page, which a CDN may keep a while.
const RECENT: std::time::Duration = std::time::Duration::from_secs(10 * 60);

/// A page's head, if it is in memory: never waits for the disk. `None` says nothing about the page.
pub fn known_head(app: &App, site: SiteId, page: &PageKey) -> Option<Head> {
    app.store.known_head(site, page)
}

pub async fn head(app: &App, site: SiteId, page: &PageKey) -> Result<Option<Head>, Error> {
    Ok(app.store.head(site, page).await?)
}

pub async fn page(
    app: &App,
    thread: ThreadId,
    order: Order,
    after: Option<RootCursor>,
) -> Result<Option<ThreadPage>, Error> {
    Ok(app.store.thread_page(thread, order, after, PAGE).await?)
}

pub async fn replies(
    app: &App,
    thread: ThreadId,
    root: Place,
    after: Place,
) -> Result<Option<(Conversation, Names)>, Error> {
    Ok(app.store.replies(thread, root, after, REPLIES).await?)
}

/// The surroundings of a comment that everybody may see.
pub async fn around(app: &App, site: SiteId, comment: CommentId) -> Result<Around, Error> {
    Ok(app.store.around(site, comment, REPLIES, false).await?.ok_or(Refusal::UnknownComment)?)
}

pub async fn counts(app: &App, site: SiteId, pages: &[PageKey]) -> Result<Vec<u64>, Error> {
    Ok(app.store.counts(site, pages).await?)
}

/// What only `visitor` sees of a page.
#[derive(Default)]
pub struct Mine {
    pub liked: Vec<CommentId>,
    pub own: Vec<Comment>,
    /// For staff: what waits for approval in this thread.
    pub pending: Vec<Comment>,
    pub context: Context,
}

pub async fn mine(app: &App, site: &Site, visitor: &Visitor, page: &PageKey) -> Result<Mine, Error> {
    let who = match visitor {
        Visitor::Anonymous | Visitor::Guest { known: None, .. } => return Ok(Mine::default()),
        Visitor::Guest { known: Some(guest), .. } => Mineness::Guest(guest.id),
        Visitor::Member { account, .. } => Mineness::Account(account.id),
    };
    let Some(Head { thread, .. }) = app.store.head(site.id, page).await? else { return Ok(Mine::default()) };
    let mine = app.store.mine(site.id, thread, who, app.clock.now().minus(RECENT)).await?;
    let pending = if visitor.role().sees_pending() {
        app.store.pending(site.id, thread, PENDING).await?
    } else {
        Vec::new()
    };
    let all: Vec<_> = mine.comments.iter().chain(&pending).cloned().collect();
    let context = app.store.context(thread, &all).await?;
    Ok(Mine { liked: mine.liked, own: mine.comments, pending, context })
}

pub async fn set_closed(
    app: &App,
    site: &Site,
    visitor: &Visitor,
    thread: ThreadId,
    closed: bool,
) -> Result<Thread, Error> {
    let Visitor::Member { account, member, .. } = visitor else { return Err(Refusal::SignInNeeded.into()) };
    if !member.role.moderates() {
        return Err(Refusal::NotAllowed.into());
    }
    Ok(app.store.set_closed(site.id, thread, closed, account.id, app.clock.now()).await??)
}

/// A thread of this site by its id.
pub async fn thread(app: &App, site: SiteId, id: ThreadId) -> Result<Thread, Error> {
    let thread = app.store.thread(id).await?.filter(|thread| thread.site == site);
    Ok(thread.ok_or(Refusal::UnknownComment)?)
}

/// Where the conversation that begins with `root` stands in its thread.
pub async fn conversation(
    app: &App,
    site: SiteId,
    thread: ThreadId,
    root: CommentId,
) -> Result<Place, Error> {
    let root = app.store.comment(site, root).await?;
    let root = root.filter(|root| root.thread == thread && root.is_root()).ok_or(Refusal::UnknownComment)?;
    Ok(root.place)
}

/// The address of the page that a public comment stands on.
pub async fn page_of(app: &App, id: CommentId) -> Result<String, Error> {
    // Links to comments name no site. An instance has few, and ids are unique in all of them.
    for site in app.store.sites() {
        if let Some(comment) = app.store.comment(site.id, id).await?.filter(|comment| comment.is_public()) {
            return Ok(thread(app, site.id, comment.thread).await?.url);
        }
    }
    Err(Refusal::UnknownComment.into())
}
