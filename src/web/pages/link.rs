//! Sign-in links from the command line. Opening one uses nothing up: mail scanners and previews open links too.

use http::{Method, StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use super::dashboard::signed_in;
use super::page::{frame, show};
use super::views::Link;
use crate::actions::setup;
use crate::web::openapi::Media;
use crate::web::route::{Class, KIB, RateClass, Route, route};
use crate::web::{Problem, Request, Response};

pub fn routes() -> Vec<Route> {
    vec![
        route(Method::GET, "/auth/link")
            .class(Class::FirstParty)
            .doc("A sign-in link", "The token stays in the fragment.")
            .gives_media(StatusCode::OK, Media::HTML)
            .to(page),
        route(Method::POST, "/auth/link")
            .class(Class::FirstParty)
            .rate(RateClass::Address)
            .cap(4 * KIB)
            .doc("Use a sign-in link", "Signs in to the dashboard, once.")
            .takes::<UseLink>()
            .gives_nothing(StatusCode::NO_CONTENT)
            .to(sign_in),
    ]
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UseLink {
    token: String,
    /// Of an authenticator, or a recovery code: for accounts that ask for one.
    code: Option<String>,
}

async fn page(request: Request) -> Result<Response, Problem> {
    show(&Link { frame: frame(request.app(), Some("link")) })
}

async fn sign_in(request: Request) -> Result<Response, Problem> {
    let sent: UseLink = request.json().await?;
    let (_, session) =
        setup::sign_in_by_link(request.app(), &sent.token, sent.code.as_deref(), request.user_agent())
            .await?;
    signed_in(&request, &session)
}
