//! The sign-in popup that a widget opens: a page, and the two ways to get through it.

use http::{Method, StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use super::cookies::Cookie;
use super::credentials::{attempt, known_device};
use super::page::{failed, frame, show};
use super::transactions::{Done, START_AGAIN, hand_over, host, known, transaction};
use super::views::{Button, Known, Popup, Step};
use crate::actions::popup::{self, TRANSACTION_TTL, Transaction};
use crate::actions::{providers, sessions, sites};
use crate::app::App;
use crate::domain::{Origin, ProviderId, Refusal, SiteKey};
use crate::web::openapi::Media;
use crate::web::problem::kinds;
use crate::web::route::{Access, Class, KIB, RateClass, Route, route};
use crate::web::{Problem, Request, Response, response};

pub fn routes() -> Vec<Route> {
    vec![
        route(Method::GET, "/auth/popup")
            .class(Class::FirstParty)
            .doc("The sign-in popup", "Opened by a widget; stores nothing but a sealed cookie.")
            .query("site", true, "The site's key")
            .query("origin", true, "The origin of the page that opened it: the only one that hears the code")
            .query("ch", true, "base64url(SHA-256(verifier)): only who has the verifier can redeem the code")
            .query("st", true, "The widget's own mark, 16 to 64 of A-Z a-z 0-9 - _, returned untouched")
            .query("return_to", false, "A page of that origin to go back to, where no popup could be opened")
            .query("provider", false, "A provider to go straight on to")
            .gives_media(StatusCode::OK, Media::HTML)
            .refuses_with_page()
            .to(page),
        route(Method::POST, "/auth/popup/password")
            .class(Class::FirstParty)
            .rate(RateClass::SignIn)
            .cap(4 * KIB)
            .doc("Sign in by password", "")
            .takes::<ByPassword>()
            .gives::<Done>(StatusCode::OK)
            .to(by_password),
        route(Method::POST, "/auth/popup/continue")
            .class(Class::FirstParty)
            .access(Access::Member)
            .rate(RateClass::Address)
            .cap(4 * KIB)
            .doc("Continue with the session of this browser", "")
            .takes::<Continue>()
            .gives::<Done>(StatusCode::OK)
            .to(by_session),
        route(Method::POST, "/auth/popup/sign-out")
            .class(Class::FirstParty)
            .rate(RateClass::Address)
            .doc(
                "End the session of this browser",
                "On the comments host only: widgets have sessions of their own.",
            )
            .gives_nothing(StatusCode::NO_CONTENT)
            .to(sign_out),
    ]
}

#[derive(Deserialize)]
struct Asked {
    site: String,
    origin: String,
    ch: String,
    st: String,
    return_to: Option<String>,
    provider: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PopupPassword)]
struct ByPassword {
    /// The transaction that the page was shown for.
    tx: String,
    email: String,
    password: String,
    /// Of an authenticator, or a recovery code: for accounts that ask for one.
    code: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PopupContinue)]
struct Continue {
    tx: String,
}

async fn page(request: Request) -> Result<Response, Problem> {
    match open(&request).await {
        Ok(response) => Ok(response),
        Err(problem) => {
            let hints: &[&str] = if *problem.kind() == kinds::ORIGIN_NOT_ALLOWED {
                &["Is this your site? Add its address in the dashboard, and try again."]
            } else {
                START_AGAIN
            };
            failed(&request, problem, hints)
        }
    }
}

async fn open(request: &Request) -> Result<Response, Problem> {
    let asked: Asked = request.query()?;
    let app = request.app();
    let key: SiteKey = asked.site.parse().map_err(|_| Refusal::UnknownSite)?;
    let site = request.site(&key)?;
    let origin = Origin::parse(&asked.origin).ok_or(Refusal::InvalidOrigin)?;
    let transaction = popup::begin(app, &site, &origin, &asked.ch, &asked.st, asked.return_to.as_deref())?;
    let known = known(request).await?.map(|(account, _)| {
        let name = account.name.map_or_else(|| "yourself".to_owned(), |name| name.to_string());
        Known { initial: name.chars().next().into_iter().flat_map(char::to_uppercase).collect(), name }
    });
    // Who is known here is not told to a page without a click, not even by way of a provider that asks for none.
    let straight_to = asked.provider.filter(|_| known.is_none()).and_then(|id| id.parse::<ProviderId>().ok());
    let page = Popup { known, straight_to: straight_to.map(|id| id.to_string()), ..popup(app, &transaction) };
    shown(app, &transaction, &page)
}

/// The first page of a transaction that was begun for a page of ours.
pub fn begin(app: &App, transaction: &Transaction) -> Result<Response, Problem> {
    shown(app, transaction, &popup(app, transaction))
}

fn shown(app: &App, transaction: &Transaction, page: &Popup) -> Result<Response, Problem> {
    let sealed = app.sealer.seal(transaction, &*app.chance);
    let cookie = Cookie::Transaction(&transaction.id);
    response::set_cookie(show(page)?, &cookie.set(&app.config.server.base_url, &sealed, TRANSACTION_TTL))
}

/// The page of a transaction, at its first step.
pub fn popup(app: &App, transaction: &Transaction) -> Popup {
    let asker = transaction.asker();
    let site = asker.and_then(|asker| sites::find(app, &asker.site).ok().map(|site| site.name.to_string()));
    let button = |offered: providers::Offered<'_>| Button {
        id: offered.id.to_string(),
        name: offered.name.to_owned(),
        view_box: offered.view_box,
        path: offered.path.to_owned(),
        asks_for_server: offered.asks_for_server,
    };
    Popup {
        frame: frame(app, Some("popup")),
        transaction: transaction.id.clone(),
        site: site.unwrap_or_else(|| "your account".to_owned()),
        host: asker.map(|asker| host(&asker.origin).to_owned()).unwrap_or_default(),
        origin: asker.map(|asker| asker.origin.to_string()),
        known: None,
        email_sign_in: app.mailer.is_some(),
        providers: providers::offered(app).map(button).collect(),
        straight_to: None,
        step: Step::SignIn,
    }
}

async fn by_password(request: Request) -> Result<Response, Problem> {
    let sent: ByPassword = request.json().await?;
    let transaction = transaction(&request, &sent.tx)?;
    let attempt = attempt(&request, &sent.email, &sent.password, sent.code.as_deref());
    let (finished, proved) =
        popup::by_password(request.app(), &transaction, attempt, request.user_agent()).await?;
    known_device(&request, hand_over(&request, &transaction, finished)?, &proved)
}

async fn by_session(request: Request) -> Result<Response, Problem> {
    let sent: Continue = request.json().await?;
    let transaction = transaction(&request, &sent.tx)?;
    let (account, via) = known(&request).await?.ok_or(Refusal::SessionEnded)?;
    let finished = popup::by_session(request.app(), &transaction, &account, via).await?;
    hand_over(&request, &transaction, finished)
}

/// For whoever finds somebody else's name on this machine.
async fn sign_out(request: Request) -> Result<Response, Problem> {
    let base = &request.app().config.server.base_url;
    if let Some(token) = request.cookie(&Cookie::Session.name(base)) {
        sessions::sign_out(request.app(), token, false).await?;
    }
    response::set_cookie(response::no_content(), &Cookie::Session.clear(base))
}
