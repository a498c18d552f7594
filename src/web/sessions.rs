//! Signing in by e-mail code, and keeping a widget signed in.
//!
//! The refresh token travels in a partitioned cookie if the browser was seen to keep one, else in the body.

use http::{HeaderValue, Method, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::actions;
use crate::actions::sessions::{PopupCode, SignedIn};
use crate::domain::sessions::{ABSOLUTE_TTL, ACCESS_TTL, EMAIL_CODE_TTL};
use crate::domain::{Name, Refusal, Site, SiteKey};
use crate::web::problem::{Problem, kinds};
use crate::web::route::{Access, Class, RateClass, Route, route};
use crate::web::wire;
use crate::web::{Request, Response, response};

const REFRESH_COOKIE: &str = "__Host-aw-rt";
const PROBE_COOKIE: &str = "__Host-aw-probe";

pub fn routes() -> Vec<Route> {
    let cookie_cors =
        |pattern| route(Method::POST, pattern).class(Class::CookieCors).rate(RateClass::Address);
    vec![
        route(Method::POST, "/api/v1/sites/{site}/auth/email")
            .class(Class::Api)
            .rate(RateClass::SignInMail)
            .doc(
                "Ask for a sign-in code by mail",
                "The answer is the same whether or not the address is known.",
            )
            .takes::<StartEmail>()
            .gives::<Started>(StatusCode::ACCEPTED)
            .to(start_email),
        // Its answer may set the refresh cookie, so it is asked with credentials.
        cookie_cors("/api/v1/sites/{site}/auth/email/code")
            .rate(RateClass::SignIn)
            .doc(
                "Sign in with a code from a mail",
                "Five tries; only with the verifier of the challenge it was asked with.",
            )
            .takes::<FinishEmail>()
            .gives::<Session>(StatusCode::OK)
            .to(finish_email),
        cookie_cors("/api/v1/sites/{site}/auth/probe")
            .doc(
                "Does this browser keep a partitioned cookie?",
                "Called twice: the first sets it, the second tells.",
            )
            .takes::<Empty>()
            .gives::<Probed>(StatusCode::OK)
            .to(probe),
        cookie_cors("/api/v1/sites/{site}/auth/exchange")
            .doc("Sign in with what the popup left", "Once, within its time, from the origin that asked.")
            .takes::<Exchange>()
            .gives::<Session>(StatusCode::OK)
            .to(exchange),
        cookie_cors("/api/v1/sites/{site}/auth/refresh")
            .doc("A new access token", "And a new refresh token, at most once an hour.")
            .takes::<Refresh>()
            .gives::<Session>(StatusCode::OK)
            .to(refresh),
        cookie_cors("/api/v1/sites/{site}/auth/logout")
            .doc("Sign out", "Here, or with `everywhere` in every browser.")
            .takes::<Logout>()
            .gives::<Empty>(StatusCode::OK)
            .to(logout),
        route(Method::PUT, "/api/v1/sites/{site}/me/name")
            .class(Class::Api)
            .access(Access::Member)
            .rate(RateClass::Address)
            .doc("Choose one's display name", "1 to 60 characters, shown on all one's comments.")
            .takes::<Rename>()
            .gives::<Renamed>(StatusCode::OK)
            .to(rename),
    ]
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StartEmail {
    email: String,
    /// base64url of the SHA-256 of a verifier (RFC 7636, S256).
    challenge: String,
}

#[derive(Serialize, ToSchema)]
struct Started {
    expires_in_secs: u64,
    resend_after_secs: u64,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FinishEmail {
    verifier: String,
    /// Six digits; spaces do not matter.
    code: String,
    /// The guest token that this browser wrote with: what it wrote on this site becomes the account's.
    guest: Option<String>,
    /// Whether the probe showed that this browser keeps our cookie.
    #[serde(default)]
    cookie: bool,
}

#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Empty {}

#[derive(Serialize, ToSchema)]
struct Probed {
    partitioned: bool,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Exchange {
    /// What the popup posted.
    code: Option<String>,
    /// Or the eight characters it showed.
    pasted: Option<String>,
    verifier: String,
    #[serde(default)]
    cookie: bool,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Refresh {
    /// If it is not in the cookie.
    refresh: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Logout {
    refresh: Option<String>,
    #[serde(default)]
    everywhere: bool,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Rename {
    name: String,
}

#[derive(Serialize, ToSchema)]
struct Renamed<'a> {
    visitor: wire::Visitor<'a>,
}

/// A signed-in widget.
#[derive(Serialize, ToSchema)]
pub(super) struct Session<'a> {
    /// For `Authorization: Bearer`.
    access: String,
    expires_in_secs: u64,
    /// To keep instead of the last one; absent if that still serves, or if it is in the cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh: Option<String>,
    visitor: wire::Visitor<'a>,
    /// What a provider calls somebody who has no name here yet: for them to take, or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    suggested_name: Option<&'a str>,
    /// How many comments that this browser wrote as a guest became theirs, if it asked for that. Many follow within minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed: Option<u64>,
}

async fn start_email(site: SiteKey, req: Request) -> Result<Response, Problem> {
    let site = req.site(&site)?;
    let origin = req.site_origin(&site)?;
    let sent: StartEmail = req.json().await?;
    actions::email_sign_in::start(req.app(), &site, &origin, &sent.email, &sent.challenge, req.ip()).await?;
    let started = Started { expires_in_secs: EMAIL_CODE_TTL.as_secs(), resend_after_secs: 30 };
    Ok(response::json(StatusCode::ACCEPTED, &started))
}

async fn finish_email(site: SiteKey, req: Request) -> Result<Response, Problem> {
    let site = req.site(&site)?;
    let origin = req.site_origin(&site)?;
    let sent: FinishEmail = req.json().await?;
    let device = req.user_agent();
    let signed_in = actions::email_sign_in::finish(
        req.app(),
        &site,
        &origin,
        &sent.verifier,
        &sent.code,
        sent.guest.as_deref(),
        device,
        req.ip(),
    )
    .await?;
    Ok(session(&req, &site, signed_in, sent.cookie))
}

async fn probe(site: SiteKey, req: Request) -> Result<Response, Problem> {
    req.site(&site)?;
    let _: Empty = req.json().await?;
    let partitioned = req.cookie(PROBE_COOKIE).is_some();
    let mut answer = response::ok(&Probed { partitioned });
    if req.app().config.server.base_url.is_https() {
        set_cookie(&mut answer, PROBE_COOKIE, "1", 60);
    }
    Ok(answer)
}

async fn exchange(site: SiteKey, req: Request) -> Result<Response, Problem> {
    let site = req.site(&site)?;
    let origin = req.site_origin(&site)?;
    let sent: Exchange = req.json().await?;
    let code = match (&sent.code, &sent.pasted) {
        (Some(code), None) => PopupCode::Posted(code),
        (None, Some(pasted)) => PopupCode::Pasted(pasted),
        _ => return Err(Problem::new(&kinds::BAD_JSON, "expected either code or pasted")),
    };
    let signed_in =
        actions::sessions::exchange(req.app(), &site, &origin, code, &sent.verifier, req.user_agent())
            .await?;
    Ok(session(&req, &site, signed_in, sent.cookie))
}

async fn refresh(site: SiteKey, req: Request) -> Result<Response, Problem> {
    let site = req.site(&site)?;
    let origin = req.site_origin(&site)?;
    let sent: Refresh = req.json().await?;
    let in_cookie = sent.refresh.is_none();
    let token =
        sent.refresh.as_deref().or_else(|| req.cookie(REFRESH_COOKIE)).ok_or(Refusal::SessionEnded)?;
    let signed_in = actions::sessions::refresh(req.app(), &site, &origin, token).await?;
    Ok(session(&req, &site, signed_in, in_cookie))
}

async fn logout(site: SiteKey, req: Request) -> Result<Response, Problem> {
    req.site(&site)?;
    let sent: Logout = req.json().await?;
    if let Some(token) = sent.refresh.as_deref().or_else(|| req.cookie(REFRESH_COOKIE)) {
        actions::sessions::sign_out(req.app(), token, sent.everywhere).await?;
    }
    let mut answer = response::ok(&Empty {});
    if req.cookie(REFRESH_COOKIE).is_some() {
        set_cookie(&mut answer, REFRESH_COOKIE, "", 0);
    }
    Ok(answer)
}

async fn rename(site: SiteKey, req: Request) -> Result<Response, Problem> {
    let site = req.site(&site)?;
    let visitor = req.visitor(&site).await?;
    let sent: Rename = req.json().await?;
    let visitor = actions::sessions::set_name(req.app(), &site, &visitor, &sent.name).await?;
    Ok(response::ok(&Renamed { visitor: wire::Visitor::of(&visitor, site.id, req.app()) }))
}

pub(super) fn session(req: &Request, site: &Site, signed_in: SignedIn, cookie: bool) -> Response {
    // A cookie without `Secure` cannot be partitioned, and browsers refuse it from another site.
    let cookie = cookie && req.app().config.server.base_url.is_https();
    let visitor = wire::Visitor::of(&signed_in.visitor, site.id, req.app());
    let (in_cookie, in_body) = if cookie { (signed_in.refresh, None) } else { (None, signed_in.refresh) };
    let session = Session {
        access: signed_in.access,
        expires_in_secs: ACCESS_TTL.as_secs(),
        refresh: in_body,
        visitor,
        suggested_name: signed_in.suggested_name.as_ref().map(Name::as_str),
        claimed: signed_in.claimed,
    };
    let mut answer = response::ok(&session);
    if let Some(token) = in_cookie {
        set_cookie(&mut answer, REFRESH_COOKIE, &token, ABSOLUTE_TTL.as_secs());
    }
    answer
}

fn set_cookie(answer: &mut Response, name: &str, value: &str, max_age_secs: u64) {
    let cookie = format!(
        "{name}={value}; Path=/; Max-Age={max_age_secs}; Secure; HttpOnly; SameSite=None; Partitioned"
    );
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
}
