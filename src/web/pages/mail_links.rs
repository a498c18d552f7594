//! Links in mails. Opening one uses nothing up: mail scanners and previews open links too.

use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::page::{frame, show};
use super::transactions::{held, transaction};
use super::views::MailLink;
use crate::actions::mail_links;
use crate::domain::Refusal;
use crate::web::openapi::Media;
use crate::web::route::{Class, KIB, RateClass, Route, route};
use crate::web::wire::Moment;
use crate::web::{Problem, Request, Response, response};

pub fn routes() -> Vec<Route> {
    let post = |pattern| route(Method::POST, pattern).class(Class::FirstParty).cap(4 * KIB);
    vec![
        post("/auth/popup/mail")
            .rate(RateClass::SignInMail)
            .doc(
                "Ask for a sign-in link by mail",
                "The answer is the same whether or not the address is known.",
            )
            .takes::<Send>()
            .gives_nothing(StatusCode::ACCEPTED)
            .to(send),
        post("/auth/popup/prove/mail")
            .rate(RateClass::SignInMail)
            .doc("Ask for a link that proves an account", "To its own address.")
            .takes::<Prove>()
            .gives_nothing(StatusCode::ACCEPTED)
            .to(prove),
        route(Method::GET, "/auth/mail")
            .class(Class::FirstParty)
            .doc("A link from a mail", "The token stays in the fragment.")
            .gives_media(StatusCode::OK, Media::HTML)
            .to(page),
        post("/auth/mail/look")
            .rate(RateClass::Address)
            .doc("What is this link about?", "Uses nothing up.")
            .takes::<Token>()
            .gives::<Seen>(StatusCode::OK)
            .to(look),
        post("/auth/mail/use")
            .rate(RateClass::Address)
            .doc("Use a link from a mail", "Once, and only in the browser where it was asked for.")
            .takes::<Token>()
            .gives::<Used>(StatusCode::OK)
            .to(use_up),
    ]
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PopupMail)]
struct Send {
    /// The transaction that the page was shown for.
    tx: String,
    email: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ProofMail)]
struct Prove {
    tx: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MailToken)]
struct Token {
    /// What stands behind the `#` of the link.
    token: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = MailSeen)]
struct Seen {
    /// The site's name; null if the account page asked.
    site: Option<String>,
    origin: Option<String>,
    asked_at: Moment,
    /// Whether this is the browser that asked: in another one the link does nothing.
    here: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = MailUsed)]
struct Used {
    /// The transaction that goes on now, in the window that waits.
    tx: String,
}

async fn send(request: Request) -> Result<Response, Problem> {
    let sent: Send = request.json().await?;
    let transaction = transaction(&request, &sent.tx)?;
    mail_links::send(request.app(), &transaction, &sent.email, request.ip()).await?;
    Ok(response::accepted())
}

async fn prove(request: Request) -> Result<Response, Problem> {
    let sent: Prove = request.json().await?;
    let transaction = transaction(&request, &sent.tx)?;
    mail_links::send_proof(request.app(), &transaction, request.ip()).await?;
    Ok(response::accepted())
}

async fn page(request: Request) -> Result<Response, Problem> {
    show(&MailLink { frame: frame(request.app(), Some("mail")) })
}

async fn look(request: Request) -> Result<Response, Problem> {
    let sent: Token = request.json().await?;
    let seen = mail_links::look(request.app(), &sent.token).await?;
    let here = held(&request, &seen.transaction).is_some();
    let (site, origin) = seen.asker.map(|(name, asker)| (name.to_string(), asker.origin.to_string())).unzip();
    Ok(response::ok(&Seen { site, origin, asked_at: seen.asked_at.into(), here }))
}

async fn use_up(request: Request) -> Result<Response, Problem> {
    let sent: Token = request.json().await?;
    let seen = mail_links::look(request.app(), &sent.token).await?;
    let transaction = held(&request, &seen.transaction).ok_or(Refusal::OpenedElsewhere)?;
    mail_links::use_up(request.app(), &sent.token, &transaction).await?;
    Ok(response::ok(&Used { tx: transaction.id }))
}
