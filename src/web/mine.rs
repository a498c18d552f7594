//! What only this visitor sees of a thread, and closing one.

use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::actions;
use crate::domain::{PageRef, SiteKey, ThreadId};
use crate::web::problem::Problem;
use crate::web::route::{Access, Class, Route, route};
use crate::web::wire::{self, Audience};
use crate::web::{Request, Response, response};

pub fn routes() -> Vec<Route> {
    vec![
        route(Method::GET, "/api/v1/sites/{site}/mine")
            .class(Class::Api)
            .access(Access::Anyone)
            .doc(
                "What is mine in a thread",
                "My likes, my comments that wait or are new, and for staff what waits for approval.",
            )
            .query("page", true, "As for a thread.")
            .query("canonical", false, "As for a thread.")
            .gives::<Mine>(StatusCode::OK)
            .to(mine),
        route(Method::PUT, "/api/v1/sites/{site}/threads/{thread}/closed")
            .class(Class::Api)
            .access(Access::Moderator)
            .doc("Close or reopen a thread", "A closed one can be read; only staff can write in it.")
            .takes::<Close>()
            .gives::<Closed>(StatusCode::OK)
            .to(close),
    ]
}

#[derive(Deserialize)]
struct Page {
    page: String,
    canonical: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct Mine<'a> {
    visitor: wire::Visitor<'a>,
    /// Ids of comments of this thread that I like.
    liked: Vec<Uuid>,
    /// My comments that are not public, and those of the last ten minutes.
    comments: Vec<wire::Comment<'a>>,
    /// For staff: what waits for approval here.
    pending: Vec<wire::Comment<'a>>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Close {
    closed: bool,
}

#[derive(Serialize, ToSchema)]
struct Closed<'a> {
    thread: wire::Thread<'a>,
}

async fn mine(site: SiteKey, req: Request) -> Result<Response, Problem> {
    let site = req.site(&site)?;
    let visitor = req.visitor(&site).await?;
    let sent: Page = req.query()?;
    let page = page_ref(&sent.page, sent.canonical).key(&site, req.app().clock.now())?;
    let mine = actions::threads::mine(req.app(), &site, &visitor, &page).await?;
    let context = wire::CommentContext::new(&site, &mine.context.names);
    let now = req.app().clock.now();
    let author =
        if visitor.role().sees_pending() { Audience::AuthorAndStaff(now) } else { Audience::Author(now) };
    let one = |comment, audience| context.single(comment, &mine.context, audience);
    Ok(response::ok(&Mine {
        visitor: wire::Visitor::of(&visitor, site.id, req.app()),
        liked: mine.liked.iter().map(|id| id.0).collect(),
        comments: mine.own.iter().map(|comment| one(comment, author)).collect(),
        pending: mine.pending.iter().map(|comment| one(comment, Audience::Staff)).collect(),
    }))
}

async fn close(site: SiteKey, thread: ThreadId, req: Request) -> Result<Response, Problem> {
    let site = req.site(&site)?;
    let visitor = req.visitor(&site).await?;
    let sent: Close = req.json().await?;
    let thread = actions::threads::set_closed(req.app(), &site, &visitor, thread, sent.closed).await?;
    Ok(response::ok(&Closed { thread: wire::Thread::of(&thread) }))
}

/// A page as a query names it: `id:…`, or its address.
pub fn page_ref(page: &str, canonical: Option<String>) -> PageRef {
    match page.strip_prefix("id:") {
        Some(id) => PageRef { id: Some(id.to_owned()), url: String::new(), canonical: None },
        None => PageRef { id: None, url: page.to_owned(), canonical },
    }
}
