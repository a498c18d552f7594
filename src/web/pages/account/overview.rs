//! What the account page shows: the account, its sessions, and everything that is stored about its owner.

use http::{Method, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::here;
use crate::actions::account::Here;
use crate::actions::account::overview::{self, Overview};
use crate::actions::providers;
use crate::app::App;
use crate::domain::identities::LinkedIdentity;
use crate::domain::sessions::{Scope, Session};
use crate::domain::{Email, Name, ProviderId, SiteId, Timestamp, Via, devices};
use crate::storage::holdings::Holdings;
use crate::web::route::{Access, Class, Route, route};
use crate::web::{Problem, Request, Response, response};

pub fn routes() -> Vec<Route> {
    vec![
        route(Method::GET, "/account/api/state")
            .class(Class::FirstParty)
            .access(Access::Member)
            .doc("What the account page shows first", "")
            .gives::<State>(StatusCode::OK)
            .to(state),
        route(Method::GET, "/account/api/stored")
            .class(Class::FirstParty)
            .access(Access::Member)
            .doc("What is stored about you", "All of it, with the actual values, to read and to keep.")
            .gives::<Stored>(StatusCode::OK)
            .to(stored),
    ]
}

#[derive(Serialize, ToSchema)]
#[schema(as = AccountState)]
struct State {
    name: Option<String>,
    email: Option<String>,
    email_verified: bool,
    has_password: bool,
    /// Recovery codes that are left; null while no second factor is on.
    second_factor: Option<usize>,
    /// Whether a second factor is offered: to people whose account can do harm.
    offers_second_factor: bool,
    /// Whether this server sends mail.
    mail: bool,
    /// RFC 3339. Until when what one signs in with can be changed without showing again that it is you.
    fresh_until: String,
    identities: Vec<IdentityFacts>,
    /// Where one could link an account.
    providers: Vec<OfferedProvider>,
    sessions: Vec<SessionFacts>,
}

/// An account elsewhere that leads here.
#[derive(Serialize, ToSchema)]
#[schema(as = AccountIdentity)]
struct IdentityFacts {
    /// What it is unlinked by.
    key: String,
    provider: String,
    /// What people call the provider.
    name: String,
    /// What the provider shows of one: a login.
    label: Option<String>,
    /// RFC 3339.
    linked_at: String,
    used_at: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AccountProvider)]
struct OfferedProvider {
    id: String,
    name: String,
    asks_for_server: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AccountSession)]
struct SessionFacts {
    id: String,
    /// `Firefox on Windows`.
    device: String,
    place: SessionPlace,
    /// What one signed in with: `by email`, `with Google`.
    via: String,
    /// RFC 3339.
    began_at: String,
    used_at: String,
    /// Whether it is the one that asks.
    here: bool,
}

/// Where somebody is signed in.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum SessionPlace {
    Site { name: String, origin: String },
    Account,
    Dashboard,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AccountStored)]
struct Stored {
    name: Option<String>,
    email: Option<String>,
    email_verified: bool,
    /// RFC 3339.
    since: String,
    has_password: bool,
    has_second_factor: bool,
    identities: Vec<IdentityFacts>,
    sessions: Vec<SessionFacts>,
    sites: Vec<SiteFacts>,
    likes: u64,
    origins: Vec<OriginFacts>,
    known_browsers: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = StoredSite)]
struct SiteFacts {
    site: String,
    comments: u64,
}

/// Where comments were sent from.
#[derive(Serialize, ToSchema)]
#[schema(as = StoredOrigin)]
struct OriginFacts {
    address: Option<String>,
    browser: String,
    comments: u64,
    /// Whole days until the last of them is deleted.
    days_left: u64,
}

async fn state(request: Request) -> Result<Response, Problem> {
    let here = here(&request).await?;
    let app = request.app();
    let seen = overview::overview(app, &here).await?;
    Ok(response::ok(&State {
        name: here.account.name.as_ref().map(Name::to_string),
        email: address(&seen),
        email_verified: seen.email_verified,
        has_password: seen.has_password,
        second_factor: seen.second_factor,
        offers_second_factor: seen.is_staff || seen.second_factor.is_some(),
        mail: app.mailer.is_some(),
        fresh_until: here.fresh_until().to_string(),
        identities: identities(app, &seen.identities),
        providers: providers::offered(app)
            .map(|offered| OfferedProvider {
                id: offered.id.to_string(),
                name: offered.name.to_owned(),
                asks_for_server: offered.asks_for_server,
            })
            .collect(),
        sessions: sessions(app, &here, &seen.sessions),
    }))
}

async fn stored(request: Request) -> Result<Response, Problem> {
    let here = here(&request).await?;
    let app = request.app();
    let seen = overview::overview(app, &here).await?;
    let Holdings { sites, likes, origins, known_devices } = overview::holdings(app, &here).await?;
    let now = app.clock.now();
    Ok(response::ok(&Stored {
        name: here.account.name.as_ref().map(Name::to_string),
        email: address(&seen),
        email_verified: seen.email_verified,
        since: here.account.created_at.to_string(),
        has_password: seen.has_password,
        has_second_factor: seen.second_factor.is_some(),
        identities: identities(app, &seen.identities),
        sessions: sessions(app, &here, &seen.sessions),
        sites: sites
            .iter()
            .map(|held| SiteFacts { site: site_name(app, held.site), comments: held.comments })
            .collect(),
        likes,
        origins: origins
            .into_iter()
            .map(|held| OriginFacts {
                address: held.ip.map(|ip| ip.to_string()),
                browser: held.user_agent,
                comments: held.comments,
                days_left: days(now, held.until),
            })
            .collect(),
        known_browsers: known_devices,
    }))
}

fn address(seen: &Overview) -> Option<String> {
    seen.email.as_ref().map(|email: &Email| email.as_str().to_owned())
}

fn sessions(app: &App, here: &Here, sessions: &[Session]) -> Vec<SessionFacts> {
    sessions
        .iter()
        .map(|session| SessionFacts {
            id: session.id.to_string(),
            device: devices::described(&session.device),
            place: match &session.scope {
                Scope::Widget { site, origin } => {
                    SessionPlace::Site { name: site_name(app, *site), origin: origin.to_string() }
                }
                Scope::FirstParty => SessionPlace::Account,
                Scope::Dashboard => SessionPlace::Dashboard,
            },
            via: via(app, &session.via),
            began_at: session.created_at.to_string(),
            used_at: session.used_at.to_string(),
            here: session.id == here.session.id,
        })
        .collect()
}

fn identities(app: &App, linked: &[LinkedIdentity]) -> Vec<IdentityFacts> {
    linked
        .iter()
        .map(|linked| IdentityFacts {
            key: linked.identity.key().to_string(),
            provider: linked.identity.provider.to_string(),
            name: provider_name(app, &linked.identity.provider),
            label: linked.label.clone(),
            linked_at: linked.linked_at.to_string(),
            used_at: linked.used_at.to_string(),
        })
        .collect()
}

fn provider_name(app: &App, id: &ProviderId) -> String {
    if *id == ProviderId::single_sign_on() {
        return "the site itself".to_owned();
    }
    providers::name(app, id).map_or_else(|| id.to_string(), str::to_owned)
}

fn via(app: &App, via: &Via) -> String {
    match via {
        Via::Email => "by a code in an email".to_owned(),
        Via::Password => "by password".to_owned(),
        Via::Provider(id) => format!("with {}", provider_name(app, id)),
        Via::SingleSignOn => "by the site itself".to_owned(),
        Via::Link => "by a link".to_owned(),
    }
}

fn site_name(app: &App, id: SiteId) -> String {
    overview::site(app, id).map_or_else(|| "a site that is gone".to_owned(), |site| site.name.to_string())
}

/// Rounded up: what goes today has a day left at most.
fn days(now: Timestamp, until: Timestamp) -> u64 {
    until.since(now).as_secs().div_ceil(24 * 60 * 60)
}
