//! What a provider posts when somebody there wants their data gone from here. Facebook lists no app without it.

use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::page::{frame, show};
use super::views::Deleted;
use crate::actions::{identities, providers};
use crate::domain::{ProviderId, Refusal};
use crate::web::openapi::Media;
use crate::web::route::{Class, KIB, RateClass, Route, route};
use crate::web::{Problem, Request, Response, response};

pub fn routes() -> Vec<Route> {
    vec![
        route(Method::POST, "/auth/{provider}/deletion")
            .class(Class::Machine)
            .rate(RateClass::SignIn)
            .cap(16 * KIB)
            .doc(
                "Where a provider says that somebody wants their data gone",
                "Signed with our client's secret, as Facebook does it. What tied that account there to one here is \
                 removed at once, and what signed in with it is signed out.",
            )
            .takes_form::<Asked>()
            .gives::<Confirmed>(StatusCode::OK)
            .to(delete),
        route(Method::GET, "/auth/{provider}/deletion")
            .class(Class::Machine)
            .doc("What became of that", "A page for the person who asked. Looking changes nothing.")
            .query("code", false, "The confirmation code")
            .gives_media(StatusCode::OK, Media::HTML)
            .to(status),
    ]
}

#[derive(Deserialize, ToSchema)]
#[schema(as = DeletionAsked)]
struct Asked {
    /// Two parts in base64url with a dot between: a signature, and the JSON that names the account there.
    signed_request: String,
}

#[derive(Deserialize)]
struct Status {
    code: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = DeletionConfirmed)]
struct Confirmed {
    /// Where the person who asked can see what became of it.
    url: String,
    confirmation_code: String,
}

async fn delete(provider: ProviderId, request: Request) -> Result<Response, Problem> {
    let sent: Asked = request.form().await?;
    let confirmation_code =
        identities::delete_as_asked(request.app(), &provider, &sent.signed_request).await?;
    let path = format!("/auth/{provider}/deletion?code={confirmation_code}");
    let url = request.app().config.server.base_url.join(&path);
    Ok(response::ok(&Confirmed { url, confirmation_code }))
}

async fn status(provider: ProviderId, request: Request) -> Result<Response, Problem> {
    let name = providers::name(request.app(), &provider).ok_or(Refusal::UnknownProvider)?;
    let asked: Status = request.query()?;
    let done = match &asked.code {
        Some(code) => Some(identities::was_deleted(request.app(), &provider, code).await?),
        None => None,
    };
    show(&Deleted { frame: frame(request.app(), None), provider: name.to_owned(), done })
}
