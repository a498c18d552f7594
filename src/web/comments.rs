//! Writing comments over HTTP.

use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::actions;
use crate::actions::comments::{Draft, GuestDetails};
use crate::actions::guests::Solution;
use crate::domain::comments::Verdict;
use crate::domain::{Comment, CommentId, PageRef, Site, SiteKey, Visitor};
use crate::web::problem::{Problem, kinds};
use crate::web::route::{Access, Class, KIB, RateClass, Route, route};
use crate::web::wire::{self, Audience};
use crate::web::{Request, Response, response};

/// A body of 10,000 characters of four bytes each, escaped, and room for the rest.
const COMMENT_CAP: usize = 192 * KIB;

pub fn routes() -> Vec<Route> {
    vec![
        route(Method::POST, "/api/v1/sites/{site}/comments")
            .class(Class::Api)
            .access(Access::Visitor)
            .rate(RateClass::Write)
            .cap(COMMENT_CAP)
            .doc("Post a comment", "The first one on a page makes its thread. Repeat it safely with an `Idempotency-Key` of at most 64 printable ASCII characters.")
            .takes::<PostComment>()
            .gives::<Posted>(StatusCode::CREATED)
            .to(post),
        route(Method::PATCH, "/api/v1/sites/{site}/comments/{comment}")
            .class(Class::Api)
            .access(Access::Author)
            .rate(RateClass::Write)
            .cap(COMMENT_CAP)
            .doc("Edit a comment", "Within the site's window. The new text is moderated again; while it waits the old one shows.")
            .takes::<Text>()
            .gives::<Changed>(StatusCode::OK)
            .to(edit),
        route(Method::DELETE, "/api/v1/sites/{site}/comments/{comment}")
            .class(Class::Api)
            .access(Access::Author)
            .doc("Remove one's comment", "Its replies stay; while they show, a tombstone stands in its place.")
            .gives::<Changed>(StatusCode::OK)
            .to(remove),
        route(Method::GET, "/api/v1/sites/{site}/comments/{comment}/source")
            .class(Class::Api)
            .access(Access::AuthorOrStaff)
            .doc("The Markdown of a comment", "What was typed last, for editing it.")
            .gives::<Source>(StatusCode::OK)
            .to(source),
        route(Method::GET, "/api/v1/sites/{site}/comments/{comment}/revisions")
            .class(Class::Api)
            .access(Access::Staff)
            .doc("Every text a comment had", "The first first.")
            .gives::<Revisions>(StatusCode::OK)
            .to(revisions),
        route(Method::POST, "/api/v1/sites/{site}/comments/{comment}/moderation")
            .class(Class::Api)
            .access(Access::Moderator)
            .doc("Give a verdict on a comment", "Approving also brings back what a moderator removed.")
            .takes::<Moderate>()
            .gives::<Changed>(StatusCode::OK)
            .to(moderate),
        route(Method::POST, "/api/v1/sites/{site}/preview")
            .class(Class::Api)
            .rate(RateClass::Preview)
            .cap(COMMENT_CAP)
            .doc("What a text would look like", "Stores nothing.")
            .takes::<Text>()
            .gives::<Preview>(StatusCode::OK)
            .to(preview),
    ]
}

/// A page as the widget names it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PostPage {
    /// What the owner calls the page (`data-page`).
    id: Option<String>,
    /// Its location, on one of the site's origins.
    url: String,
    /// Its canonical link, if that differs from its location.
    canonical: Option<String>,
    title: String,
}

impl From<PostPage> for PageRef {
    fn from(sent: PostPage) -> PageRef {
        PageRef { id: sent.id, url: sent.url, canonical: sent.canonical }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PostComment {
    page: PostPage,
    /// The comment replied to.
    parent: Option<Uuid>,
    /// Markdown.
    body: String,
    /// Who a guest says they are; with a guest token, and only then.
    guest: Option<PostGuest>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PostGuest {
    name: String,
    /// Never shown.
    email: Option<String>,
    /// The work that this browser did; see `guests/proof`.
    proof: Option<PostProof>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PostProof {
    challenge: String,
    /// Decimal: SHA-256 of `challenge`, a colon and this begins with as many zero bits as were asked for.
    nonce: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Text {
    /// Markdown.
    body: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Moderate {
    verdict: SentVerdict,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SentVerdict {
    Approve,
    Spam,
    Remove,
    Pin,
    Unpin,
}

impl From<SentVerdict> for Verdict {
    fn from(sent: SentVerdict) -> Verdict {
        match sent {
            SentVerdict::Approve => Verdict::Approve,
            SentVerdict::Spam => Verdict::Spam,
            SentVerdict::Remove => Verdict::Remove,
            SentVerdict::Pin => Verdict::Pin,
            SentVerdict::Unpin => Verdict::Unpin,
        }
    }
}

#[derive(Serialize, ToSchema)]
struct Posted<'a> {
    comment: wire::Comment<'a>,
    visitor: wire::Visitor<'a>,
}

#[derive(Serialize, ToSchema)]
struct Changed<'a> {
    comment: wire::Comment<'a>,
}

#[derive(Serialize, ToSchema)]
struct Source {
    markdown: String,
}

#[derive(Serialize, ToSchema)]
struct Revisions {
    revisions: Vec<Revision>,
}

#[derive(Serialize, ToSchema)]
struct Revision {
    number: u32,
    markdown: String,
    written_at: wire::Moment,
}

#[derive(Serialize, ToSchema)]
struct Preview<'a> {
    body: wire::Tree<'a>,
}

async fn post(site: SiteKey, req: Request) -> Result<Response, Problem> {
    let site = req.site(&site)?;
    let visitor = req.visitor(&site).await?;
    let idempotency_key = match req.header("idempotency-key") {
        Some(raw) => Some(actions::idempotency::parse_key(raw).ok_or_else(|| {
            Problem::new(
                &kinds::HEADERS_MISSING,
                "Idempotency-Key: expected 1 to 64 printable ASCII characters",
            )
        })?),
        None => None,
    };
    let sent: PostComment = req.json().await?;
    if sent.guest.is_some() && matches!(visitor, Visitor::Member { .. }) {
        return Err(Problem::new(&kinds::BAD_JSON, "guest: only with a guest token; you are signed in"));
    }
    let draft = Draft {
        title: sent.page.title.clone(),
        page: sent.page.into(),
        parent: sent.parent.map(CommentId),
        body: sent.body,
        guest: sent.guest.map(|guest| GuestDetails {
            name: guest.name,
            email: guest.email,
            proof: guest.proof.map(|proof| Solution { challenge: proof.challenge, nonce: proof.nonce }),
        }),
        idempotency_key,
    };
    let (comment, context) = actions::comments::post(req.app(), &site, &visitor, draft, req.sender()).await?;
    let visitor = match visitor {
        // Their first comment made them known.
        Visitor::Guest { .. } => req.visitor(&site).await?,
        Visitor::Member { .. } | Visitor::Anonymous => visitor,
    };
    let location =
        req.app().config.server.base_url.join(&format!("/api/v1/sites/{}/comments/{}", site.key, comment.id));
    let shown = wire::CommentContext::new(&site, &context.names).single(
        &comment,
        &context,
        audience(&req, &visitor, &comment),
    );
    Ok(response::created(
        &location,
        &Posted { comment: shown, visitor: wire::Visitor::of(&visitor, site.id, req.app()) },
    ))
}

async fn edit(site: SiteKey, comment: CommentId, req: Request) -> Result<Response, Problem> {
    let site = req.site(&site)?;
    let visitor = req.visitor(&site).await?;
    let sent: Text = req.json().await?;
    let comment =
        actions::comments::edit(req.app(), &site, &visitor, comment, &sent.body, &req.sender()).await?;
    changed(&req, &site, &visitor, &comment).await
}

async fn remove(site: SiteKey, comment: CommentId, req: Request) -> Result<Response, Problem> {
    let site = req.site(&site)?;
    let visitor = req.visitor(&site).await?;
    let comment = actions::comments::remove(req.app(), &site, &visitor, comment).await?;
    changed(&req, &site, &visitor, &comment).await
}

async fn moderate(site: SiteKey, comment: CommentId, req: Request) -> Result<Response, Problem> {
    let site = req.site(&site)?;
    let visitor = req.visitor(&site).await?;
    let sent: Moderate = req.json().await?;
    let comment =
        actions::comments::moderate(req.app(), &site, &visitor, comment, sent.verdict.into()).await?;
    changed(&req, &site, &visitor, &comment).await
}

async fn source(site: SiteKey, comment: CommentId, req: Request) -> Result<Response, Problem> {
    let site = req.site(&site)?;
    let visitor = req.visitor(&site).await?;
    let markdown = actions::comments::source(req.app(), &site, &visitor, comment).await?;
    Ok(response::ok(&Source { markdown }))
}

async fn revisions(site: SiteKey, comment: CommentId, req: Request) -> Result<Response, Problem> {
    let site = req.site(&site)?;
    let visitor = req.visitor(&site).await?;
    let revisions = actions::comments::revisions(req.app(), &site, &visitor, comment).await?;
    let revisions = revisions.into_iter().map(|revision| Revision {
        number: revision.number,
        markdown: revision.markdown,
        written_at: revision.written_at.into(),
    });
    Ok(response::ok(&Revisions { revisions: revisions.collect() }))
}

async fn preview(site: SiteKey, req: Request) -> Result<Response, Problem> {
    let site = req.site(&site)?;
    req.site_origin(&site)?;
    let sent: Text = req.json().await?;
    let document = actions::comments::preview(req.app(), &site, &sent.body, &req.sender()).await?;
    Ok(response::ok(&Preview { body: wire::Tree(&document) }))
}

async fn changed(
    req: &Request,
    site: &Site,
    visitor: &Visitor,
    comment: &Comment,
) -> Result<Response, Problem> {
    let context = actions::comments::context(req.app(), comment).await?;
    let shown = wire::CommentContext::new(site, &context.names).single(
        comment,
        &context,
        audience(req, visitor, comment),
    );
    Ok(response::ok(&Changed { comment: shown }))
}

/// Who reads the answer to a write: its author, a moderator, or both in one.
fn audience(req: &Request, visitor: &Visitor, comment: &Comment) -> Audience {
    let now = req.app().clock.now();
    match (actions::comments::wrote(visitor, comment), visitor.role().sees_pending()) {
        (true, true) => Audience::AuthorAndStaff(now),
        (true, false) => Audience::Author(now),
        (false, true) => Audience::Staff,
        (false, false) => Audience::Everybody,
    }
}
