//! `/sites/{site}/t`: a thread as a page of its own, for readers without JavaScript. It holds no script.

use askama::Template;

use super::asked::Asked;
use crate::actions;
use crate::domain::{Comment, Site, SiteKey};
use crate::storage::threads::{Names, ThreadPage};
use crate::text::html::html;
use crate::web::cursor;
use crate::web::problem::Problem;
use crate::web::response::Nonce;
use crate::web::thread_cache::Part;
use crate::web::wire::{Author, AuthorKind, Order, PublicIds, Role};
use crate::web::{Request, Response, response};

/// Deeper replies are not moved further to the right.
const MAX_INDENT: u32 = 6;

#[derive(Template)]
#[template(path = "thread/standalone.html")]
struct Page<'a> {
    nonce: &'a Nonce,
    site: &'a str,
    title: &'a str,
    url: Option<&'a str>,
    count: u64,
    closed: bool,
    orders: [Link; 3],
    conversations: Vec<Vec<Shown<'a>>>,
    /// The query of the next page.
    next: Option<String>,
}

/// An order, the query that leads to it, and whether this is it.
struct Link {
    name: &'static str,
    query: String,
    current: bool,
}

/// A comment, or the place where one was.
struct Shown<'a> {
    id: String,
    indent: u32,
    number: Option<u32>,
    posted_at: String,
    posted_on: String,
    edited: bool,
    likes: i64,
    /// `None` is a tombstone.
    said: Option<Said<'a>>,
}

struct Said<'a> {
    name: &'a str,
    badge: Option<&'static str>,
    /// Made from the document tree by `text::html`, which escapes everything in it.
    body: String,
}

pub async fn thread(key: SiteKey, request: Request) -> Result<Response, Problem> {
    let asked: Asked = request.query()?;
    let site = request.site(&key)?;
    let understood = asked.understood(&request, &site)?;
    let Part::Page { order, after } = understood.part else {
        return Err(Problem::internal("no page of a thread"));
    };
    let found = match actions::threads::head(request.app(), site.id, &understood.page).await? {
        Some(head) => actions::threads::page(request.app(), head.thread, order, after).await?,
        None => None,
    };
    let nonce = Nonce::new(&*request.app().chance);
    let work = move || render(&site, &asked, found.as_ref(), &nonce).map(|html| (html, nonce));
    let rendered = request.shared().renderers.run(work).await;
    let (html, nonce) = rendered.map_err(Problem::internal)?.map_err(Problem::internal)?;
    Ok(response::html(html, &nonce))
}

fn render(
    site: &Site,
    asked: &Asked,
    found: Option<&ThreadPage>,
    nonce: &Nonce,
) -> Result<String, askama::Error> {
    let ids = PublicIds::of(site.id);
    let conversations = found.map_or(&[][..], |page| &page.conversations).iter().map(|conversation| {
        let names = found.map(|page| &page.names);
        conversation.comments.iter().filter_map(|comment| Some(shown(comment, names?, &ids))).collect()
    });
    let page = Page {
        nonce,
        site: site.name.as_str(),
        // A title is what somebody's browser sent: until one of theirs is approved, it shows to nobody.
        title: found.filter(|page| page.thread.published > 0).map_or("", |page| &page.thread.title),
        url: found.map(|page| page.thread.url.as_str()),
        count: found.map_or(0, |page| page.thread.published),
        closed: found.is_some_and(|page| page.thread.closed.is_some()),
        orders: [("Oldest", Order::Oldest), ("Newest", Order::Newest), ("Best", Order::Best)].map(
            |(name, order)| Link { name, query: query(asked, order, None), current: order == asked.order },
        ),
        conversations: conversations.collect(),
        next: found
            .and_then(|page| page.next)
            .map(|next| query(asked, asked.order, Some(&cursor::roots(next)))),
    };
    page.render()
}

fn query(asked: &Asked, order: Order, after: Option<&str>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("page", &asked.page);
    if let Some(canonical) = &asked.canonical {
        query.append_pair("canonical", canonical);
    }
    query.append_pair("order", order.name());
    if let Some(after) = after {
        query.append_pair("after", after);
    }
    query.finish()
}

fn shown<'a>(comment: &'a Comment, names: &'a Names, ids: &PublicIds) -> Shown<'a> {
    let posted_at = comment.posted_at.to_string();
    Shown {
        id: comment.id.to_string(),
        indent: comment.depth.min(MAX_INDENT),
        number: comment.number.map(|number| number.0),
        posted_on: posted_at.replace('T', " ").chars().take(16).collect(),
        posted_at,
        edited: comment.edited_at.is_some(),
        likes: comment.score(),
        said: comment.is_public().then(|| {
            let author = Author::of(&comment.author, names, ids);
            let badge = match (author.role, author.kind) {
                (Some(Role::Owner), _) => Some("owner"),
                (Some(Role::Moderator), _) => Some("moderator"),
                (None, AuthorKind::Guest) => Some("guest"),
                (None, AuthorKind::Member | AuthorKind::Imported) => None,
            };
            Said { name: author.name, badge, body: html(&comment.body) }
        }),
    }
}
