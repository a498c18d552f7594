//! Public reads: a thread's pages, the rest of a conversation, one comment, counts. The same bytes for everybody.
//!
//! Invariant: an unchanged thread is answered from memory: its head is compared with what the client has, and no disk
//! and no blocking thread is touched.

mod asked;
mod render;
mod single;
mod standalone;

pub use asked::Remembered;
use asked::Understood;

use std::sync::Arc;

use http::header::HeaderValue;
use http::{Method, StatusCode, header};
use serde::Deserialize;

use super::cursor;
use super::encoding::Encoding;
use super::mine::page_ref;
use super::openapi::Media;
use super::prepared::{self, Variant};
use super::problem::Problem;
use super::request::Arrival;
use super::route::{Class, Route, admit, route};
use super::thread_cache::{Key, Part, Versions};
use super::wire;
use super::{Request, Response};
use crate::actions;
use crate::domain::threads::Head;
use crate::domain::{CommentId, Site, SiteKey, ThreadId, Timestamp};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const ALWAYS_ASK: HeaderValue = HeaderValue::from_static("public, max-age=0, must-revalidate");

pub fn routes() -> Vec<Route> {
    let read = |pattern| route(Method::GET, pattern).class(Class::Public);
    vec![
        read("/api/v1/sites/{site}/thread")
            .doc(
                "A page of a thread",
                "50 conversations a page, each with up to 100 comments. A page that nobody has commented on is an empty thread.",
            )
            .query("page", true, "`id:` and what the owner calls the page, or its address: absolute, or a path.")
            .query("canonical", false, "Its canonical link, if that differs from its location.")
            .query("order", false, "`oldest` (the default), `newest` or `best`.")
            .query("after", false, "`next` of the page before, in the same order.")
            .gives::<wire::Page<'_>>(StatusCode::OK)
            .to(thread),
        read("/api/v1/sites/{site}/counts")
            .doc("How many comments pages have", "Up to 100 pages; published comments, replies included.")
            .query_many("page", "As for a thread; once for every page.")
            .gives::<wire::Counts>(StatusCode::OK)
            .to(single::counts),
        read("/api/v1/sites/{site}/replies")
            .doc("What follows in a conversation", "100 comments a page, oldest first.")
            .query("thread", true, "The thread's `id`.")
            .query("root", true, "The id of the conversation's first comment.")
            .query("after", true, "`after` of the part before.")
            .gives::<wire::Replies<'_>>(StatusCode::OK)
            .to(replies),
        read("/api/v1/sites/{site}/comments/{comment}")
            .doc("One comment in its surroundings", "The conversation's first comment, those it answers, itself, and what follows.")
            .gives::<wire::OneComment<'_>>(StatusCode::OK)
            .to(single::comment),
        route(Method::GET, "/c/{comment}")
            .class(Class::Public)
            .doc("A comment's permanent link", "Leads to it on its page.")
            .gives_nothing(StatusCode::FOUND)
            .to(single::permalink),
        route(Method::GET, "/sites/{site}/t")
            .class(Class::FirstParty)
            .doc("A thread as a page of its own", "For readers without JavaScript. Takes what a thread takes.")
            .query("page", true, "As for a thread.")
            .query("order", false, "As for a thread.")
            .query("after", false, "As for a thread.")
            .gives_media(StatusCode::OK, Media::HTML)
            .to(standalone::thread),
    ]
}

async fn thread(key: SiteKey, request: Request) -> Result<Response, Problem> {
    let site = request.site(&key)?;
    let asked = request.shared().asked.understand(&request, &site)?;
    page(&request, &site, &asked).await
}

/// The answer to a page's address that was asked before, if all that it takes is in memory; `None`: ask the routes.
pub fn at_once(arrival: &Arc<Arrival>) -> Option<Response> {
    let (request, site, meaning) = arrival.shared().asked.recall(arrival)?;
    let asked = &meaning.understood;
    if let Err(problem) = admit(&request) {
        return Some(problem.unrendered());
    }
    let head = actions::threads::known_head(request.app(), site.id, &asked.page)?;
    let sought = Sought::new(&request, &site, head, asked.part);
    let response = match sought.unchanged(&request) {
        Some(response) => response,
        None => {
            let now = || request.app().clock.now();
            let rendered = request.shared().threads.at_once(&sought.key, sought.versions, now)?;
            answer(&request, &rendered.variant)
        }
    };
    note_reader(&request, &site, |origin, now| meaning.is_news(origin, now));
    Some(response)
}

async fn page(request: &Request, site: &Arc<Site>, asked: &Understood) -> Result<Response, Problem> {
    note_reader(request, site, |_, _| true);
    let head = actions::threads::head(request.app(), site.id, &asked.page).await?;
    if let Some(head) = head {
        let sought = Sought::new(request, site, head, asked.part);
        let render = render::Page { site, order: asked.order };
        if let Some(response) = cached(request, sought, render).await? {
            return Ok(response);
        }
    }
    render::empty(request, site, &asked.page, asked.order)
}

#[derive(Deserialize)]
struct AskedReplies {
    thread: u64,
    root: String,
    after: String,
}

async fn replies(key: SiteKey, request: Request) -> Result<Response, Problem> {
    let asked: AskedReplies = request.query()?;
    let site = request.site(&key)?;
    let after = cursor::parse_replies(&asked.after)?;
    let root: CommentId = super::route::PathParam::from_segment(&asked.root)?;
    let thread = actions::threads::thread(request.app(), site.id, ThreadId(asked.thread)).await?;
    let place = actions::threads::conversation(request.app(), site.id, thread.id, root).await?;
    let head = Head { thread: thread.id, version: thread.version };
    let sought = Sought::new(&request, &site, head, Part::Replies { root: place, after });
    let render = render::Replies { site: &site, root, version: thread.version };
    let response = cached(&request, sought, render).await?;
    response.ok_or_else(|| crate::domain::Refusal::UnknownComment.into())
}

/// What is looked for in the cache, as this reader would be shown it now.
struct Sought {
    key: Key,
    versions: Versions,
    /// What else the bytes depend on.
    variety: u8,
}

impl Sought {
    fn new(request: &Request, site: &Site, head: Head, part: Part) -> Sought {
        let encoding = Encoding::accepted(request.headers());
        Sought {
            key: Key { site: site.id, thread: head.thread, part, encoding },
            versions: Versions { site: site.version, thread: head.version },
            variety: render::variety(request.app()),
        }
    }

    /// `304`, if the client has it.
    fn unchanged(&self, request: &Request) -> Option<Response> {
        if !request.headers().contains_key(header::IF_NONE_MATCH) {
            return None;
        }
        let etag = self.key.etag(self.versions, self.variety);
        etag.is_known(request.headers()).then(|| prepared::unchanged(etag, ALWAYS_ASK))
    }
}

/// `304`, or the bytes from the cache, rendered if need be. `None` if there is nothing to render.
async fn cached(
    request: &Request,
    sought: Sought,
    render: impl render::Render,
) -> Result<Option<Response>, Problem> {
    if let Some(unchanged) = sought.unchanged(request) {
        return Ok(Some(unchanged));
    }
    let Sought { key, versions, variety } = sought;
    let now = || request.app().clock.now();
    let make = || render.render(request, key.thread, key.part, key.encoding);
    let rendered = request.shared().threads.get(key, versions, variety, now, make).await?;
    Ok(rendered.map(|rendered| answer(request, &rendered.variant)))
}

fn answer(request: &Request, variant: &Variant) -> Response {
    prepared::answer(request, variant, JSON, ALWAYS_ASK)
}

/// Tells the owner where their comments were read. The site's own pages are known by their text, and noted if that
/// `is_news`; only a stranger's origin is parsed.
fn note_reader(request: &Request, site: &Site, is_news: impl FnOnce(usize, Timestamp) -> bool) {
    let Some(sent) = request.header(header::ORIGIN) else { return };
    let now = request.app().clock.now();
    match site.origins.iter().position(|origin| origin.as_str() == sent) {
        Some(ours) if !is_news(ours, now) => {}
        Some(ours) => request.app().sightings.note(site.id, &site.origins[ours], true, now),
        None => {
            if let Some(origin) = request.origin() {
                request.app().sightings.note(site.id, &origin, site.allows(&origin, now), now);
            }
        }
    }
}
