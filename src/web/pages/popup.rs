//! The sign-in popup that a widget opens: a page, and the two ways to get through it.

use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::cookies::{Cookie, is_transaction_id};
use super::credentials::{attempt, known_device};
use super::page::{failed, frame, show};
use super::views::{Known, Popup};
use crate::actions::popup::{self, Finished, TRANSACTION_TTL, Transaction};
use crate::actions::sessions;
use crate::domain::sessions::{ABSOLUTE_TTL, Scope};
use crate::domain::{Account, Origin, Refusal, SiteKey};
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
            .gives_media(StatusCode::OK, Media::HTML)
            .to(page),
        route(Method::POST, "/auth/popup/password")
            .class(Class::FirstParty)
            .rate(RateClass::SignIn)
            .cap(4 * KIB)
            .doc("Sign in by password", "")
            .takes::<ByPassword>()
            .gives::<Code>(StatusCode::OK)
            .to(by_password),
        route(Method::POST, "/auth/popup/continue")
            .class(Class::FirstParty)
            .access(Access::Member)
            .rate(RateClass::Address)
            .cap(4 * KIB)
            .doc("Continue with the session of this browser", "")
            .takes::<Continue>()
            .gives::<Code>(StatusCode::OK)
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

/// What the page hands to its opener.
#[derive(Serialize, ToSchema)]
#[schema(as = PopupCode)]
struct Code {
    /// Posted to the opener; good for 60 seconds, once.
    code: String,
    /// Shown if there is no opener to post to; good for two minutes.
    pasted: String,
    origin: String,
    st: String,
    /// Where to go, with the code in the fragment, if there is no opener.
    return_to: Option<String>,
}

async fn page(request: Request) -> Result<Response, Problem> {
    match open(&request).await {
        Ok(response) => Ok(response),
        Err(problem) => {
            let hints: &[&str] = if *problem.kind() == kinds::ORIGIN_NOT_ALLOWED {
                &["Is this your site? Add its address in the dashboard, and try again."]
            } else {
                &["Close this window, and sign in from the article again."]
            };
            failed(&request, problem, hints)
        }
    }
}

async fn open(request: &Request) -> Result<Response, Problem> {
    let asked: Asked = request.query()?;
    let app = &*request.app;
    let key: SiteKey = asked.site.parse().map_err(|_| Refusal::UnknownSite)?;
    let site = request.site(&key)?;
    let origin = Origin::parse(&asked.origin).ok_or(Refusal::InvalidOrigin)?;
    let transaction = popup::begin(app, &site, &origin, &asked.ch, &asked.st, asked.return_to.as_deref())?;
    let known = known(request).await?.map(|account| {
        let name = account.name.map_or_else(|| "yourself".to_owned(), |name| name.to_string());
        Known { initial: name.chars().next().into_iter().flat_map(char::to_uppercase).collect(), name }
    });
    let sealed = app.sealer.seal(&transaction, &*app.chance);
    let cookie = Cookie::Transaction(&transaction.id);
    let response = show(&Popup {
        frame: frame(app, Some("popup")),
        transaction: transaction.id.clone(),
        site: site.name.to_string(),
        host: host(&origin).to_owned(),
        origin: origin.to_string(),
        known,
        email_sign_in: app.mailer.is_some(),
    })?;
    response::set_cookie(response, &cookie.set(&app.config.server.base_url, &sealed, TRANSACTION_TTL))
}

async fn by_password(request: Request) -> Result<Response, Problem> {
    let sent: ByPassword = request.json().await?;
    let transaction = transaction(&request, &sent.tx)?;
    let attempt = attempt(&request, &sent.email, &sent.password, sent.code.as_deref());
    let (finished, proved) =
        popup::by_password(&request.app, &transaction, attempt, request.user_agent()).await?;
    known_device(&request, hand_over(&request, &transaction, finished)?, &proved)
}

async fn by_session(request: Request) -> Result<Response, Problem> {
    let sent: Continue = request.json().await?;
    let transaction = transaction(&request, &sent.tx)?;
    let account = known(&request).await?.ok_or(Refusal::SessionEnded)?;
    let finished = popup::by_session(&request.app, &transaction, &account).await?;
    hand_over(&request, &transaction, finished)
}

/// For whoever finds somebody else's name on this machine.
async fn sign_out(request: Request) -> Result<Response, Problem> {
    let base = &request.app.config.server.base_url;
    if let Some(token) = request.cookie(&Cookie::Session.name(base)) {
        sessions::sign_out(&request.app, token, false).await?;
    }
    response::set_cookie(response::no_content(), &Cookie::Session.clear(base))
}

/// The transaction whose cookie this browser holds.
fn transaction(request: &Request, id: &str) -> Result<Transaction, Problem> {
    let app = &request.app;
    let cookie = is_transaction_id(id)
        .then(|| request.cookie(&Cookie::Transaction(id).name(&app.config.server.base_url)))
        .flatten();
    cookie.and_then(|sealed| app.sealer.open(id, sealed, app.clock.now())).ok_or_else(|| {
        Problem::new(
            &kinds::CODE_GONE,
            "this window was open for too long: close it, and sign in from the article again",
        )
    })
}

/// Who this browser is signed in as on this host.
async fn known(request: &Request) -> Result<Option<Account>, Problem> {
    let app = &request.app;
    let Some(cookie) = request.cookie(&Cookie::Session.name(&app.config.server.base_url)) else {
        return Ok(None);
    };
    let session = sessions::first_party(app, cookie, &Scope::FirstParty).await?;
    Ok(session.map(|(account, _)| account))
}

fn hand_over(request: &Request, transaction: &Transaction, done: Finished) -> Result<Response, Problem> {
    let base = &request.app.config.server.base_url;
    let mut response = response::ok(&Code {
        code: done.code,
        pasted: done.pasted,
        origin: transaction.origin.to_string(),
        st: transaction.state.clone(),
        return_to: transaction.return_to.clone(),
    });
    if let Some(session) = done.cookie {
        response = response::set_cookie(response, &Cookie::Session.set(base, &session, ABSOLUTE_TTL))?;
    }
    response::set_cookie(response, &Cookie::Transaction(&transaction.id).clear(base))
}

/// An origin as people say it.
fn host(origin: &Origin) -> &str {
    origin.as_str().split_once("://").map_or(origin.as_str(), |(_, host)| host)
}
