//! Single sign-on: the widget brings what the site signed.

use http::{Method, StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use super::problem::Problem;
use super::route::{Class, RateClass, Route, route};
use super::sessions::{Session, session};
use super::{Request, Response};
use crate::actions;
use crate::domain::SiteKey;

pub fn routes() -> Vec<Route> {
    vec![
        route(Method::POST, "/api/v1/sites/{site}/auth/sso")
            .class(Class::CookieCors)
            .rate(RateClass::SignIn)
            .doc(
                "Sign in by a token of the site",
                "The site says who its member is, in a JSON Web Token that it signed within the last five minutes. Once.",
            )
            .takes::<SignIn>()
            .gives::<Session<'_>>(StatusCode::OK)
            .to(sign_in),
    ]
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SignInBySite)]
struct SignIn {
    /// Signed by the site; see `docs/single-sign-on.md`.
    token: String,
    /// Whether the probe showed that this browser keeps our cookie.
    #[serde(default)]
    cookie: bool,
}

async fn sign_in(site: SiteKey, req: Request) -> Result<Response, Problem> {
    let site = req.site(&site)?;
    let origin = req.site_origin(&site)?;
    let sent: SignIn = req.json().await?;
    let signed_in =
        actions::sso::sign_in(req.app(), &site, &origin, &sent.token, req.user_agent(), req.ip()).await?;
    Ok(session(&req, &site, signed_in, sent.cookie))
}
