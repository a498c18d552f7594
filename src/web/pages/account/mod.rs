//! The account page: a page, its session, and what its script asks for and sends.

mod changes;
mod identities;
mod overview;
mod second_factor;
mod sessions;

use http::{Method, StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use super::cookies::Cookie;
use super::credentials::{attempt, known_device};
use super::page::{frame, show};
use super::popup::begin;
use super::views;
use crate::actions::account::{self, Here};
use crate::actions::popup::begin_account;
use crate::domain::sessions::ABSOLUTE_TTL;
use crate::domain::{Name, Origin, Refusal};
use crate::web::openapi::Media;
use crate::web::route::{Access, Class, KIB, RateClass, Route, route};
use crate::web::{Problem, Request, Response, response};

pub fn routes() -> Vec<Route> {
    let mut routes = vec![
        route(Method::GET, "/account")
            .class(Class::FirstParty)
            .doc("The account page", "Shows the ways in to who is not signed in.")
            .gives_media(StatusCode::OK, Media::HTML)
            .to(page),
        route(Method::POST, "/account/api/confirm")
            .class(Class::FirstParty)
            .access(Access::Member)
            .rate(RateClass::SignIn)
            .cap(4 * KIB)
            .doc("Show once more that it is you", "A new session takes the place of the old one.")
            .takes::<Confirmation>()
            .gives_nothing(StatusCode::NO_CONTENT)
            .to(confirm),
    ];
    routes.extend(overview::routes());
    routes.extend(changes::routes());
    routes.extend(identities::routes());
    routes.extend(sessions::routes());
    routes.extend(second_factor::routes());
    routes
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AccountConfirmation)]
struct Confirmation {
    password: String,
    code: Option<String>,
}

async fn page(request: Request) -> Result<Response, Problem> {
    let app = request.app();
    match session(&request).await? {
        Some(here) => show(&views::Account {
            frame: frame(app, Some("account")),
            name: here.account.name.as_ref().map_or_else(String::new, Name::to_string),
        }),
        None => begin(app, &begin_account(app)),
    }
}

async fn confirm(request: Request) -> Result<Response, Problem> {
    let here = here(&request).await?;
    let sent: Confirmation = request.json().await?;
    let attempt = attempt(&request, "", &sent.password, sent.code.as_deref());
    let (proved, session) = account::confirm(request.app(), &here, attempt, request.user_agent()).await?;
    known_device(&request, signed_in(&request, &session, response::no_content())?, &proved)
}

/// The answer that begins a session of this page.
fn signed_in(request: &Request, session: &str, answer: Response) -> Result<Response, Problem> {
    let cookie = Cookie::Session.set(&request.app().config.server.base_url, session, ABSOLUTE_TTL);
    response::set_cookie(answer, &cookie)
}

async fn session(request: &Request) -> Result<Option<Here>, Problem> {
    let app = request.app();
    match request.cookie(&Cookie::Session.name(&app.config.server.base_url)) {
        Some(cookie) => Ok(account::here(app, cookie).await?),
        None => Ok(None),
    }
}

/// Whose account page asks. A read must say that it comes from a page of ours; of writes the class has checked that
/// already.
async fn here(request: &Request) -> Result<Here, Problem> {
    let ours = Origin::parse(&request.app().config.server.base_url.origin);
    if request.origin() != ours {
        return Err(Refusal::OriginNotAllowed { origin: "another site".to_owned() }.into());
    }
    session(request).await?.ok_or_else(|| Refusal::SignInNeeded.into())
}
