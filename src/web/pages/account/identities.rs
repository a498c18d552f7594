//! Accounts elsewhere that lead into this one: linked and unlinked.

use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::cookies::Cookie;
use super::here;
use crate::actions::account::identities;
use crate::actions::popup::TRANSACTION_TTL;
use crate::domain::{IdentityKey, ProviderId, Refusal};
use crate::web::problem::kinds;
use crate::web::route::{Access, Class, KIB, RateClass, Route, route};
use crate::web::{Problem, Request, Response, response};

pub fn routes() -> Vec<Route> {
    vec![
        route(Method::POST, "/account/api/identities")
            .class(Class::FirstParty)
            .access(Access::Member)
            .rate(RateClass::SignIn)
            .cap(4 * KIB)
            .doc(
                "Link an account elsewhere",
                "Says where to go. The provider sends the browser back to the account page.",
            )
            .takes::<Link>()
            .gives::<Away>(StatusCode::OK)
            .to(link),
        route(Method::DELETE, "/account/api/identities/{identity}")
            .class(Class::FirstParty)
            .access(Access::Member)
            .rate(RateClass::Address)
            .doc("Unlink an account elsewhere", "If it is not the last way in. Needs a fresh sign-in.")
            .gives_nothing(StatusCode::NO_CONTENT)
            .to(unlink),
    ]
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AccountLinkIdentity)]
struct Link {
    provider: String,
    /// For a provider that asks for it: the server one has an account on.
    server: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AccountAway)]
struct Away {
    location: String,
}

async fn link(request: Request) -> Result<Response, Problem> {
    let here = here(&request).await?;
    let sent: Link = request.json().await?;
    let provider = sent.provider.parse::<ProviderId>().map_err(|_| Refusal::UnknownProvider)?;
    let app = request.app();
    let (transaction, location) = identities::link(app, &here, &provider, sent.server, request.ip()).await?;
    let sealed = app.sealer.seal(&transaction, &*app.chance);
    let cookie = Cookie::Transaction(&transaction.id);
    response::set_cookie(
        response::ok(&Away { location }),
        &cookie.set(&app.config.server.base_url, &sealed, TRANSACTION_TTL),
    )
}

async fn unlink(key: String, request: Request) -> Result<Response, Problem> {
    let here = here(&request).await?;
    let key: IdentityKey = key.parse().map_err(|_| Problem::of(&kinds::NOT_FOUND))?;
    identities::unlink(request.app(), &here, key).await?;
    Ok(response::no_content())
}
