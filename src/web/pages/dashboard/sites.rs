//! Sites in the dashboard: what its script asks for and sends.

use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::owner;
use crate::actions::dashboard::{self, NewSite, SiteEdit};
use crate::actions::sso::Change;
use crate::domain::sso::{SigningKey, SingleSignOn};
use crate::domain::{Name, Origin, Site, SiteKey, SiteSettings, Timestamp};
use crate::web::problem::kinds;
use crate::web::route::{Access, Class, Route, route};
use crate::web::{Problem, Request, Response, response};

pub fn routes() -> Vec<Route> {
    vec![
        route(Method::GET, "/dashboard/api/state")
            .class(Class::FirstParty)
            .access(Access::Owner)
            .doc("What the dashboard shows first", "")
            .gives::<State>(StatusCode::OK)
            .to(state),
        route(Method::POST, "/dashboard/api/sites")
            .class(Class::FirstParty)
            .access(Access::Operator)
            .doc("Add a site", "")
            .takes::<AddSite>()
            .gives::<SiteFacts>(StatusCode::CREATED)
            .to(add_site),
        route(Method::PATCH, "/dashboard/api/sites/{site}")
            .class(Class::FirstParty)
            .access(Access::Owner)
            .doc("Change a site", "What is not named stays as it is.")
            .takes::<ChangeSite>()
            .gives::<SiteFacts>(StatusCode::OK)
            .to(change_site),
        route(Method::POST, "/dashboard/api/sites/{site}/sso")
            .class(Class::FirstParty)
            .access(Access::Owner)
            .doc("Change a site's single sign-on", "A new secret is in the answer, and is never shown again.")
            .takes::<ChangeSso>()
            .gives::<ChangedSso>(StatusCode::OK)
            .to(change_sso),
        route(Method::GET, "/dashboard/api/sites/{site}/seen")
            .class(Class::FirstParty)
            .access(Access::Owner)
            .doc("Where a site's widget was seen", "")
            .gives::<SeenFrom>(StatusCode::OK)
            .to(seen),
    ]
}

#[derive(Serialize, ToSchema)]
#[schema(as = DashboardState)]
struct State {
    you: You,
    /// Where the script tag points to.
    base_url: String,
    /// Whether mail can be sent.
    mail: bool,
    sites: Vec<SiteFacts>,
}

#[derive(Serialize, ToSchema)]
struct You {
    name: String,
    email: Option<String>,
    operator: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = DashboardSite)]
struct SiteFacts {
    key: String,
    name: String,
    origins: Vec<String>,
    /// RFC 3339. Until when pages on this machine count as the site's.
    development_until: Option<String>,
    guests: bool,
    guest_proof: bool,
    likes: bool,
    /// `null` while it is off.
    #[schema(required)]
    sso: Option<Sso>,
}

/// Single sign-on, without what it signs with.
#[derive(Serialize, ToSchema)]
#[schema(as = DashboardSso)]
struct Sso {
    /// What tokens may be signed with, the current key first.
    keys: Vec<SsoKey>,
    /// Whether tokens may make somebody a viewer or a moderator.
    roles: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = DashboardSsoKey)]
struct SsoKey {
    /// Its name: `kid` of tokens.
    id: String,
    /// `HS256` for a secret, `EdDSA` or `ES256` for a public key.
    algorithm: &'static str,
    /// RFC 3339. Until when a key is taken that another took the place of.
    until: Option<String>,
}

impl Sso {
    fn of(sso: &SingleSignOn, now: Timestamp) -> Sso {
        let until = |key: &SigningKey| {
            let previous = sso.previous.as_ref().filter(|(previous, _)| previous.id == key.id);
            previous.map(|(_, until)| until.to_string())
        };
        let key = |key: &SigningKey| SsoKey {
            id: key.id.clone(),
            algorithm: key.check.algorithm(),
            until: until(key),
        };
        Sso { keys: sso.keys(now).map(key).collect(), roles: sso.roles }
    }
}

impl SiteFacts {
    fn of(site: &Site, now: Timestamp) -> SiteFacts {
        SiteFacts {
            sso: site.sso.as_ref().map(|sso| Sso::of(sso, now)),
            key: site.key.to_string(),
            name: site.name.to_string(),
            origins: site.origins.iter().map(Origin::to_string).collect(),
            development_until: site
                .development_until
                .filter(|until| now < *until)
                .map(|until| until.to_string()),
            guests: site.settings.guests,
            guest_proof: site.settings.guest_proof,
            likes: site.settings.likes,
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DashboardAddSite)]
struct AddSite {
    key: String,
    name: String,
    origins: Vec<String>,
    #[serde(default)]
    development: bool,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DashboardChangeSite)]
struct ChangeSite {
    name: Option<String>,
    origins: Option<Vec<String>>,
    /// On for 30 days, or off.
    development: Option<bool>,
    guests: Option<bool>,
    guest_proof: Option<bool>,
    likes: Option<bool>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DashboardChangeSso)]
struct ChangeSso {
    change: SsoChange,
    /// PEM, for `public_key`.
    public_key: Option<String>,
    /// On or off, for `roles`.
    roles: Option<bool>,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DashboardSsoChange)]
enum SsoChange {
    NewSecret,
    PublicKey,
    EndPrevious,
    Roles,
    Off,
}

#[derive(Serialize, ToSchema)]
#[schema(as = DashboardChangedSso)]
struct ChangedSso {
    site: SiteFacts,
    /// What the site signs with from now on.
    secret: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = DashboardSeen)]
struct SeenFrom {
    /// Pages that may, the latest first.
    seen: Vec<SeenAt>,
    /// Pages that may not.
    refused: Vec<SeenAt>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = DashboardSeenAt)]
struct SeenAt {
    origin: String,
    /// RFC 3339.
    at: String,
}

async fn state(request: Request) -> Result<Response, Problem> {
    let account = owner(&request).await?;
    let app = request.app();
    let now = app.clock.now();
    let sites = dashboard::sites(app, &account).await?;
    let email = dashboard::address(app, &account).await?;
    Ok(response::ok(&State {
        you: You {
            name: account.name.as_ref().map_or_else(String::new, Name::to_string),
            email: email.map(|email| email.as_str().to_owned()),
            operator: account.operator,
        },
        base_url: app.config.server.base_url.join(""),
        mail: app.mailer.is_some(),
        sites: sites.iter().map(|site| SiteFacts::of(site, now)).collect(),
    }))
}

async fn add_site(request: Request) -> Result<Response, Problem> {
    let account = owner(&request).await?;
    let AddSite { key, name, origins, development } = request.json().await?;
    let new = NewSite { key, name, origins, development };
    let site = dashboard::add_site(request.app(), &account, new).await?;
    let location = request.app().config.server.base_url.join(&format!("/dashboard#/sites/{}", site.key));
    Ok(response::created(&location, &SiteFacts::of(&site, request.app().clock.now())))
}

async fn change_site(key: SiteKey, request: Request) -> Result<Response, Problem> {
    let account = owner(&request).await?;
    let sent: ChangeSite = request.json().await?;
    let settings = if [sent.guests, sent.guest_proof, sent.likes].iter().any(Option::is_some) {
        let known = request.site(&key)?.settings.clone();
        Some(SiteSettings {
            guests: sent.guests.unwrap_or(known.guests),
            guest_proof: sent.guest_proof.unwrap_or(known.guest_proof),
            likes: sent.likes.unwrap_or(known.likes),
            ..known
        })
    } else {
        None
    };
    let edit = SiteEdit { name: sent.name, origins: sent.origins, development: sent.development, settings };
    let site = dashboard::change_site(request.app(), &account, &key, edit).await?;
    Ok(response::ok(&SiteFacts::of(&site, request.app().clock.now())))
}

async fn change_sso(key: SiteKey, request: Request) -> Result<Response, Problem> {
    let account = owner(&request).await?;
    let sent: ChangeSso = request.json().await?;
    let change = match (sent.change, sent.public_key, sent.roles) {
        (SsoChange::NewSecret, None, None) => Change::NewSecret,
        (SsoChange::PublicKey, Some(pem), None) => Change::PublicKey(pem),
        (SsoChange::EndPrevious, None, None) => Change::EndPrevious,
        (SsoChange::Roles, None, Some(on)) => Change::Roles(on),
        (SsoChange::Off, None, None) => Change::Off,
        _ => {
            let expected =
                "expected `public_key` with that change, `roles` with that one, and neither otherwise";
            return Err(Problem::new(&kinds::BAD_JSON, expected));
        }
    };
    let (site, secret) = dashboard::change_sso(request.app(), &account, &key, change).await?;
    Ok(response::ok(&ChangedSso { site: SiteFacts::of(&site, request.app().clock.now()), secret }))
}

async fn seen(key: SiteKey, request: Request) -> Result<Response, Problem> {
    let account = owner(&request).await?;
    let found = dashboard::seen(request.app(), &account, &key).await?;
    let at = |origin: &Origin, at: Timestamp| SeenAt { origin: origin.to_string(), at: at.to_string() };
    Ok(response::ok(&SeenFrom {
        seen: found.seen.iter().filter(|s| s.allowed).map(|s| at(&s.origin, s.at)).collect(),
        refused: found.refused.iter().map(|s| at(&s.origin, s.at)).collect(),
    }))
}
