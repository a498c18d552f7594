//! The dashboard: a page, its session, and what its script asks for. [`sites`] has the requests about sites.

mod sites;

use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::cookies::Cookie;
use super::credentials::{attempt, known_device, old_password};
use super::page::{frame, show};
use super::views::{Dashboard, SignIn};
use crate::actions::account::{Here, passwords};
use crate::actions::{self, sessions};
use crate::domain::sessions::{ABSOLUTE_TTL, Scope, Session};
use crate::domain::{Account, Name, Origin, Refusal};
use crate::web::openapi::Media;
use crate::web::route::{Access, Class, KIB, RateClass, Route, route};
use crate::web::{Problem, Request, Response, response};

pub fn routes() -> Vec<Route> {
    let mut routes = vec![
        route(Method::GET, "/dashboard")
            .class(Class::FirstParty)
            .doc("The dashboard", "Shows a sign-in form to who has no session.")
            .gives_media(StatusCode::OK, Media::HTML)
            .to(page),
        route(Method::POST, "/dashboard/sign-in")
            .class(Class::FirstParty)
            .rate(RateClass::SignIn)
            .cap(4 * KIB)
            .doc("Sign in to the dashboard by password", "")
            .takes::<Credentials>()
            .gives_nothing(StatusCode::NO_CONTENT)
            .to(sign_in),
        route(Method::POST, "/dashboard/api/sign-out")
            .class(Class::FirstParty)
            .doc("Sign out of the dashboard", "")
            .gives_nothing(StatusCode::NO_CONTENT)
            .to(sign_out),
        route(Method::POST, "/dashboard/api/password")
            .class(Class::FirstParty)
            .access(Access::Member)
            .rate(RateClass::SignIn)
            .cap(4 * KIB)
            .doc("Change one's password", "Ends all other sessions.")
            .takes::<ChangePassword>()
            .gives_nothing(StatusCode::NO_CONTENT)
            .to(change_password),
        route(Method::POST, "/dashboard/api/test-mail")
            .class(Class::FirstParty)
            .access(Access::Owner)
            .rate(RateClass::SignIn)
            .doc("Send a test mail", "To the owner's own address; answers what the mail server said.")
            .gives::<TestMail>(StatusCode::OK)
            .to(test_mail),
    ];
    routes.extend(sites::routes());
    routes
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Credentials {
    email: String,
    password: String,
    /// Of an authenticator, or a recovery code: for accounts that ask for one.
    code: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangePassword {
    /// `null` if the account has none yet, or if it was forgotten and they have just come by a link.
    old: Option<String>,
    new: String,
}

#[derive(Serialize, ToSchema)]
struct TestMail {
    sent: bool,
    /// The mail server's own words.
    answer: String,
}

async fn page(request: Request) -> Result<Response, Problem> {
    let app = request.app();
    match session(&request).await? {
        Some((account, _)) => show(&Dashboard {
            frame: frame(app, Some("dashboard")),
            name: account.name.as_ref().map_or_else(String::new, Name::to_string),
        }),
        None => show(&SignIn {
            frame: frame(app, Some("sign-in")),
            // The dashboard's cookie does not travel with links from other sites: the page itself has to ask again.
            from_elsewhere: request.header("sec-fetch-site").is_some_and(|site| site == "cross-site"),
        }),
    }
}

async fn sign_in(request: Request) -> Result<Response, Problem> {
    let sent: Credentials = request.json().await?;
    let attempt = attempt(&request, &sent.email, &sent.password, sent.code.as_deref());
    let (proved, session) = actions::dashboard::sign_in(request.app(), attempt, request.user_agent()).await?;
    known_device(&request, signed_in(&request, &session)?, &proved)
}

/// The answer that begins a dashboard session.
pub(super) fn signed_in(request: &Request, session: &str) -> Result<Response, Problem> {
    let cookie = Cookie::Dashboard.set(&request.app().config.server.base_url, session, ABSOLUTE_TTL);
    response::set_cookie(response::no_content(), &cookie)
}

async fn sign_out(request: Request) -> Result<Response, Problem> {
    let base = &request.app().config.server.base_url;
    if let Some(token) = request.cookie(&Cookie::Dashboard.name(base)) {
        sessions::sign_out(request.app(), token, false).await?;
    }
    response::set_cookie(response::no_content(), &Cookie::Dashboard.clear(base))
}

async fn change_password(request: Request) -> Result<Response, Problem> {
    let (account, session) = owner_session(&request).await?;
    let sent: ChangePassword = request.json().await?;
    let old = old_password(&request, sent.old.as_deref());
    let here = Here { account, session };
    let session = passwords::set(request.app(), &here, old, &sent.new, request.user_agent()).await?;
    signed_in(&request, &session)
}

async fn test_mail(request: Request) -> Result<Response, Problem> {
    let account = owner(&request).await?;
    match actions::dashboard::send_test_mail(request.app(), &account).await {
        Ok(answer) => Ok(response::ok(&TestMail { sent: true, answer })),
        // What the mail server said is what the owner asked to see.
        Err(actions::Error::Outside(error)) => {
            Ok(response::ok(&TestMail { sent: false, answer: error.to_string() }))
        }
        Err(error) => Err(error.into()),
    }
}

/// Whose dashboard session this request carries.
async fn session(request: &Request) -> Result<Option<(Account, Session)>, Problem> {
    let app = request.app();
    let Some(cookie) = request.cookie(&Cookie::Dashboard.name(&app.config.server.base_url)) else {
        return Ok(None);
    };
    Ok(sessions::first_party(app, cookie, &Scope::Dashboard).await?)
}

/// The same, for what only somebody signed in may do. A read must say that it comes from a page of ours; of writes the
/// class has checked that already.
async fn owner(request: &Request) -> Result<Account, Problem> {
    Ok(owner_session(request).await?.0)
}

async fn owner_session(request: &Request) -> Result<(Account, Session), Problem> {
    let ours = Origin::parse(&request.app().config.server.base_url.origin);
    if request.origin() != ours {
        return Err(Refusal::OriginNotAllowed { origin: "another site".to_owned() }.into());
    }
    session(request).await?.ok_or_else(|| Refusal::SignInNeeded.into())
}
