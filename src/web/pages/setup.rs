//! Set-up: the page behind the link that the first start prints, and what it sends.

use http::{Method, StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use super::dashboard::signed_in;
use super::page::{frame, show};
use super::views::SetUp;
use crate::actions::setup;
use crate::web::openapi::Media;
use crate::web::route::{Class, KIB, RateClass, Route, route};
use crate::web::{Problem, Request, Response};

pub fn routes() -> Vec<Route> {
    vec![
        route(Method::GET, "/setup")
            .class(Class::FirstParty)
            .doc("Set-up", "The token of its link stays in the fragment.")
            .gives_media(StatusCode::OK, Media::HTML)
            .to(page),
        route(Method::POST, "/setup/owner")
            .class(Class::FirstParty)
            .rate(RateClass::Address)
            .cap(4 * KIB)
            .doc("Make the first owner", "Uses up the link, and signs in to the dashboard.")
            .takes::<FirstOwner>()
            .gives_nothing(StatusCode::NO_CONTENT)
            .to(make_owner),
    ]
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FirstOwner {
    /// What stands behind the `#` of the link.
    token: String,
    name: String,
    email: String,
    password: String,
}

async fn page(request: Request) -> Result<Response, Problem> {
    show(&SetUp { frame: frame(request.app(), Some("setup")) })
}

async fn make_owner(request: Request) -> Result<Response, Problem> {
    let sent: FirstOwner = request.json().await?;
    let FirstOwner { token, name, email, password } = &sent;
    let (_, session) =
        setup::make_owner(request.app(), token, name, email, password, request.user_agent()).await?;
    signed_in(&request, &session)
}
