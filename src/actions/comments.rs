//! Writing comments: who may, what moderation says, and then one transaction.

use std::net::IpAddr;

use super::guests::Solution;
use super::limits::Subject;
use super::new_page::new_page;
use super::{Error, idempotency};
use crate::app::{App, random};
use crate::domain::comments::{Body, RemovedBy, Verdict};
use crate::domain::moderation::{self, Writer};
use crate::domain::{
    Account, AccountId, Author, Comment, CommentId, Document, Email, GuestId, Name, PageKey, PageRef,
    Refusal, Site, SiteId, TokenHash, Visitor,
};
use crate::storage::comments::{Edit, Idempotency, NewComment, Posted, Revision, SentFrom};
use crate::storage::threads::{AuthorFacts, Context, Names};
use crate::text::markdown;

/// A comment as a visitor sends it.
#[derive(Clone, Debug)]
pub struct Draft {
    pub page: PageRef,
    pub title: String,
    pub parent: Option<CommentId>,
    pub body: String,
    /// Who a guest says they are.
    pub guest: Option<GuestDetails>,
    /// The client's name for this request.
    pub idempotency_key: Option<String>,
}

#[derive(Clone, Debug)]
pub struct GuestDetails {
    pub name: String,
    pub email: Option<String>,
    /// The work that their browser did.
    pub proof: Option<Solution>,
}

/// Where a request came from, as far as it is known.
#[derive(Clone, Debug)]
pub struct Sender {
    pub ip: Option<IpAddr>,
    pub user_agent: String,
}

/// Posts a comment. The answer is the comment as it stands now, and what it takes to show it; a repeat of a request
/// answers with the comment that the first one made.
pub async fn post(
    app: &App,
    site: &Site,
    visitor: &Visitor,
    draft: Draft,
    sender: Sender,
) -> Result<(Comment, Context), Error> {
    let now = app.clock.now();
    let idempotency = draft
        .idempotency_key
        .clone()
        .map(|key| Idempotency { key, request: idempotency::fingerprint(&draft) });
    let key = draft.page.key(site, now)?;
    let url = draft.page.address(site, now)?;
    let body = Body::parse(&draft.body, site.settings.body_max_chars)?;
    let author = author_of(app, site, visitor, draft.guest.as_ref())?;
    let email = draft
        .guest
        .as_ref()
        .and_then(|guest| guest.email.as_deref())
        .filter(|email| !email.trim().is_empty());
    let email = email.map(Email::parse).transpose()?;
    // A repeat is not a second comment: it must not be refused for being too fast, and needs no work of its own.
    let is_repeat = match &idempotency {
        Some(request) => app.store.is_repeat(site.id, &author, request).await?,
        None => false,
    };
    if !is_repeat {
        may_post_now(app, site, visitor, &key, draft.guest.as_ref(), &sender)?;
    }
    match (&author, visitor) {
        (Author::Guest { name, .. }, _) => refuse_staff_names(app, site, name, None).await?,
        // A name is taken on one site and worn on all.
        (_, Visitor::Member { account: Account { id, name: Some(name), .. }, .. }) => {
            refuse_staff_names(app, site, name, Some(*id)).await?;
        }
        _ => {}
    }
    let document = parse(&body).await;
    let new = NewComment {
        id: CommentId::at(now, random(&*app.chance)),
        site: site.id,
        page: new_page(site, &draft, key, url, now),
        parent: draft.parent,
        standing: moderation::verdict(&writer(visitor), &document, &site.settings),
        author,
        guest_token: match visitor {
            Visitor::Guest { token, .. } => Some(*token),
            _ => None,
        },
        body: document,
        markdown: body.into_string(),
        posted_at: now,
        sent_from: SentFrom { ip: sender.ip, user_agent: sender.user_agent, guest_email: email },
        idempotency,
        notices: Vec::new(),
    };
    match app.store.publish(new).await?? {
        Posted::New(comment) if comment.is_root() => {
            let context = context_of_new(visitor, &comment);
            Ok((*comment, context))
        }
        Posted::New(comment) | Posted::Repeat(comment) => {
            let context = context(app, &comment).await?;
            Ok((*comment, context))
        }
    }
}

/// Changes one's own comment within the site's window. The new text goes through moderation again.
pub async fn edit(
    app: &App,
    site: &Site,
    visitor: &Visitor,
    id: CommentId,
    body: &str,
    sender: &Sender,
) -> Result<Comment, Error> {
    let comment = visible(app, site, visitor, id).await?;
    may_write(app, visitor)?;
    let staff = visitor.role().moderates();
    if !wrote(visitor, &comment) {
        return Err(Refusal::NotAllowed.into());
    }
    if comment.removal.is_some() {
        return Err(Refusal::UnknownComment.into());
    }
    let now = app.clock.now();
    if !staff && !comment.is_editable(now, site.settings.edit_window) {
        return Err(Refusal::EditWindowOver.into());
    }
    let body = Body::parse(body, site.settings.body_max_chars)?;
    app.limits.write.check(subject(visitor, sender))?;
    let document = parse(&body).await;
    let standing = moderation::verdict(&writer(visitor), &document, &site.settings);
    let edit = Edit { comment: id, body: document, markdown: body.into_string(), edited_at: now, standing };
    Ok(app.store.edit(site.id, edit).await??)
}

/// Removes one's own comment, at any time.
pub async fn remove(app: &App, site: &Site, visitor: &Visitor, id: CommentId) -> Result<Comment, Error> {
    let comment = visible(app, site, visitor, id).await?;
    if !wrote(visitor, &comment) {
        return Err(Refusal::NotAllowed.into());
    }
    Ok(app.store.remove(site.id, id, RemovedBy::Author, account_of(visitor), app.clock.now()).await??)
}

/// A moderator's verdict on a comment.
pub async fn moderate(
    app: &App,
    site: &Site,
    visitor: &Visitor,
    id: CommentId,
    verdict: Verdict,
) -> Result<Comment, Error> {
    let Visitor::Member { account, member, .. } = visitor else { return Err(Refusal::SignInNeeded.into()) };
    if !member.role.moderates() {
        return Err(Refusal::NotAllowed.into());
    }
    Ok(app.store.moderate(site.id, id, verdict, account.id, app.clock.now()).await??)
}

/// What its author typed last, for editing it; staff may look too.
pub async fn source(app: &App, site: &Site, visitor: &Visitor, id: CommentId) -> Result<String, Error> {
    let comment = visible(app, site, visitor, id).await?;
    if !wrote(visitor, &comment) && !visitor.role().sees_pending() {
        return Err(Refusal::NotAllowed.into());
    }
    let last = app.store.revisions(site.id, id).await?.pop();
    Ok(last.ok_or(Refusal::UnknownComment)?.markdown)
}

/// Every text a comment had, for staff.
pub async fn revisions(
    app: &App,
    site: &Site,
    visitor: &Visitor,
    id: CommentId,
) -> Result<Vec<Revision>, Error> {
    match visitor {
        Visitor::Member { member, .. } if member.role.sees_pending() => {
            visible(app, site, visitor, id).await?;
            Ok(app.store.revisions(site.id, id).await?)
        }
        Visitor::Member { .. } | Visitor::Guest { .. } => Err(Refusal::NotAllowed.into()),
        Visitor::Anonymous => Err(Refusal::SignInNeeded.into()),
    }
}

/// What a text would look like.
pub async fn preview(app: &App, site: &Site, body: &str, sender: &Sender) -> Result<Document, Error> {
    if let Some(ip) = sender.ip {
        app.limits.preview.check(Subject::address(ip))?;
    }
    Ok(parse(&Body::parse(body, site.settings.body_max_chars)?).await)
}

/// What it takes to show one comment to the one who wrote or moderated it.
pub async fn context(app: &App, comment: &Comment) -> Result<Context, Error> {
    Ok(app.store.context(comment.thread, std::slice::from_ref(comment)).await?)
}

/// The same for one that begins a conversation and was written just now, without asking the store.
fn context_of_new(visitor: &Visitor, comment: &Comment) -> Context {
    let names = match visitor {
        Visitor::Member { account, member, .. } => {
            Names::from([(account.id, AuthorFacts { name: account.name.clone(), role: member.role })])
        }
        Visitor::Guest { .. } | Visitor::Anonymous => Names::new(),
    };
    Context { roots: [(comment.root, comment.id)].into(), pinned: Vec::new(), names }
}

/// Refuses a name that readers could take for one of the people who run the site.
pub async fn refuse_staff_names(
    app: &App,
    site: &Site,
    name: &Name,
    own: Option<AccountId>,
) -> Result<(), Error> {
    let staff = app.store.staff(site.id).await?;
    let taken = staff.iter().any(|staff| {
        Some(staff.account) != own && staff.name.as_ref().is_some_and(|theirs| theirs.looks_like(name))
    });
    if taken { Err(Refusal::NameTaken.into()) } else { Ok(()) }
}

/// Whether the visitor may write at all.
pub(super) fn may_write(app: &App, visitor: &Visitor) -> Result<(), Refusal> {
    match visitor {
        Visitor::Anonymous => Err(Refusal::SignInNeeded),
        Visitor::Guest { .. } => Ok(()),
        Visitor::Member { member, .. } if !member.standing.may_write(app.clock.now()) => Err(Refusal::Banned),
        Visitor::Member { .. } => Ok(()),
    }
}

/// Work and limits. The work first: what has not cost its sender anything must not use up what their address may do.
fn may_post_now(
    app: &App,
    site: &Site,
    visitor: &Visitor,
    page: &PageKey,
    guest: Option<&GuestDetails>,
    sender: &Sender,
) -> Result<(), Refusal> {
    let now = app.clock.now();
    let is_guest = matches!(visitor, Visitor::Guest { .. });
    let taken = match is_guest && site.settings.guest_proof {
        true => {
            let proof = guest.and_then(|guest| guest.proof.as_ref());
            Some(app.guest_work.take(site.id, page, proof, now, &*app.chance)?)
        }
        false => None,
    };
    note_sender(app, sender);
    if let Err(too_fast) = app.limits.write.check(subject(visitor, sender)) {
        if let Some(taken) = taken {
            app.guest_work.give_back(taken);
        }
        return Err(too_fast);
    }
    if is_guest {
        app.guest_work.note_comment(site.id, now);
    }
    Ok(())
}

fn author_of(
    app: &App,
    site: &Site,
    visitor: &Visitor,
    details: Option<&GuestDetails>,
) -> Result<Author, Refusal> {
    may_write(app, visitor)?;
    match visitor {
        Visitor::Anonymous => Err(Refusal::SignInNeeded),
        Visitor::Guest { .. } if !site.settings.guests => Err(Refusal::GuestsOff),
        Visitor::Guest { known, token } => {
            let name = details.ok_or(Refusal::NameNeeded).and_then(|details| Name::parse(&details.name))?;
            Ok(Author::Guest {
                id: known.as_ref().map_or_else(|| new_guest(site.id, *token), |guest| guest.id),
                name,
            })
        }
        Visitor::Member { account, .. } if account.name.is_none() => Err(Refusal::NameNeeded),
        Visitor::Member { account, .. } => Ok(Author::Account(account.id)),
    }
}

/// A guest's id follows from their token and site, so that two first requests at once, or a repeated one, make one guest.
fn new_guest(site: SiteId, token: TokenHash) -> GuestId {
    let hash = blake3::derive_key("afterword guest id v2", &[&token.0[..], &site.0.to_be_bytes()].concat());
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    GuestId::from_random(id)
}

fn writer(visitor: &Visitor) -> Writer<'_> {
    match visitor {
        Visitor::Member { member, .. } => Writer::Member(member),
        Visitor::Guest { known, .. } => Writer::Guest(known.as_ref()),
        Visitor::Anonymous => Writer::Guest(None),
    }
}

/// Tells the operator when nobody can be told apart. On their own machine nobody needs to be.
fn note_sender(app: &App, sender: &Sender) {
    if sender.ip.is_some_and(|ip| app.senders.note(ip)) && !app.config.server.base_url.is_local() {
        tracing::warn!(
            "all comments come from one private address, so all visitors share its limits: \
             `afterword doctor` says what to do"
        );
    }
}

fn subject(visitor: &Visitor, sender: &Sender) -> Subject {
    match (visitor, sender.ip) {
        (Visitor::Member { account, .. }, _) => Subject::Account(account.id),
        // A guest makes their own token, so it is the address that is counted.
        (_, Some(ip)) => Subject::address(ip),
        (Visitor::Guest { token, .. }, None) => Subject::Guest(*token),
        (Visitor::Anonymous, None) => Subject::Guest(TokenHash([0; 32])),
    }
}

fn account_of(visitor: &Visitor) -> Option<AccountId> {
    match visitor {
        Visitor::Member { account, .. } => Some(account.id),
        _ => None,
    }
}

/// Whether this visitor is the author.
pub fn wrote(visitor: &Visitor, comment: &Comment) -> bool {
    match (visitor, &comment.author) {
        (Visitor::Member { account, .. }, Author::Account(id)) => account.id == *id,
        (Visitor::Guest { known: Some(guest), .. }, Author::Guest { id, .. }) => guest.id == *id,
        _ => false,
    }
}

/// The comment, if this visitor may know that it exists.
async fn visible(app: &App, site: &Site, visitor: &Visitor, id: CommentId) -> Result<Comment, Error> {
    if *visitor == Visitor::Anonymous {
        return Err(Refusal::SignInNeeded.into());
    }
    let comment = app.store.comment(site.id, id).await?;
    let comment = comment
        .filter(|comment| comment.is_public() || wrote(visitor, comment) || visitor.role().sees_pending());
    Ok(comment.ok_or(Refusal::UnknownComment)?)
}

/// Parsed away from the async threads: a long comment takes a while.
async fn parse(body: &Body) -> Document {
    /// Below this a parse costs less than handing it over.
    const SHORT: usize = 2_000;
    if body.as_str().len() <= SHORT {
        return markdown::parse(body.as_str());
    }
    let text = body.as_str().to_owned();
    let plain = text.clone();
    let parsed = tokio::task::spawn_blocking(move || markdown::parse(&text)).await;
    // A parser that panics must not lose a comment: it is kept as one paragraph of text.
    parsed.unwrap_or_else(|_| Document {
        blocks: vec![crate::domain::document::Block::Paragraph(vec![crate::domain::document::Inline::Text(
            plain,
        )])],
    })
}
