//! Which providers a site's widget offers. Asked for when the sign-in panel opens, so that reading a thread carries none
//! of it.

use http::header::HeaderValue;
use http::{Method, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::prepared::Prepared;
use super::problem::Problem;
use super::route::{Class, Route, route};
use super::{Request, Response};
use crate::actions;
use crate::app::App;
use crate::domain::SiteKey;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const ALWAYS_ASK: HeaderValue = HeaderValue::from_static("public, max-age=0, must-revalidate");

pub fn routes() -> Vec<Route> {
    vec![
        route(Method::GET, "/api/v1/sites/{site}/providers")
            .class(Class::Public)
            .doc(
                "Where people can sign in with an account they have",
                "In the order in which they are offered.",
            )
            .gives::<Providers<'_>>(StatusCode::OK)
            .to(providers),
    ]
}

#[derive(Serialize, ToSchema)]
struct Providers<'a> {
    providers: Vec<Provider<'a>>,
}

#[derive(Serialize, ToSchema)]
struct Provider<'a> {
    id: &'a str,
    /// As people know it: "Google".
    name: &'a str,
    icon: Icon<'a>,
    /// A person names the server they have their account on, such as `mastodon.social`, before they go there.
    asks_for_server: bool,
}

/// One path in a square box, to be filled with the text's colour.
#[derive(Serialize, ToSchema)]
struct Icon<'a> {
    view_box: u16,
    path: &'a str,
}

async fn providers(site: SiteKey, request: Request) -> Result<Response, Problem> {
    request.site(&site)?;
    Ok(request.shared().providers()?.answer(&request))
}

/// The list, ready to send: it changes with the configuration only.
pub fn prepared(app: &App) -> Result<Prepared, Problem> {
    let providers = actions::providers::offered(app)
        .map(|offered| Provider {
            id: offered.id.as_str(),
            name: offered.name,
            icon: Icon { view_box: offered.view_box, path: offered.path },
            asks_for_server: offered.asks_for_server,
        })
        .collect();
    let bytes = serde_json::to_vec(&Providers { providers }).map_err(Problem::internal)?;
    Ok(Prepared::new(JSON, ALWAYS_ASK, bytes))
}
