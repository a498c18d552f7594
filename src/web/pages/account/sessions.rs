//! Signing out: here, in another browser, everywhere.

use http::{Method, StatusCode};

use super::super::cookies::Cookie;
use super::here;
use crate::actions::account::sessions;
use crate::domain::{Refusal, SessionId};
use crate::web::route::{Access, Class, RateClass, Route, route};
use crate::web::{Problem, Request, Response, response};

pub fn routes() -> Vec<Route> {
    vec![
        route(Method::POST, "/account/api/sign-out")
            .class(Class::FirstParty)
            .doc("Sign out of the account page", "In this browser only.")
            .gives_nothing(StatusCode::NO_CONTENT)
            .to(sign_out),
        route(Method::DELETE, "/account/api/sessions/{session}")
            .class(Class::FirstParty)
            .access(Access::Member)
            .rate(RateClass::Address)
            .doc("Sign out in another browser", "")
            .gives_nothing(StatusCode::NO_CONTENT)
            .to(end),
        route(Method::DELETE, "/account/api/sessions")
            .class(Class::FirstParty)
            .access(Access::Member)
            .rate(RateClass::Address)
            .doc("Sign out everywhere", "On every site, and here.")
            .gives_nothing(StatusCode::NO_CONTENT)
            .to(end_all),
    ]
}

async fn sign_out(request: Request) -> Result<Response, Problem> {
    let base = &request.app().config.server.base_url;
    if let Some(token) = request.cookie(&Cookie::Session.name(base)) {
        crate::actions::sessions::sign_out(request.app(), token, false).await?;
    }
    response::set_cookie(response::no_content(), &Cookie::Session.clear(base))
}

async fn end(id: String, request: Request) -> Result<Response, Problem> {
    let here = here(&request).await?;
    let id: SessionId = id.parse().map_err(|_| Refusal::UnknownSession)?;
    sessions::end(request.app(), here.account.id, id).await?;
    Ok(response::no_content())
}

async fn end_all(request: Request) -> Result<Response, Problem> {
    let here = here(&request).await?;
    sessions::end_all(request.app(), here.account.id).await?;
    response::set_cookie(
        response::no_content(),
        &Cookie::Session.clear(&request.app().config.server.base_url),
    )
}
