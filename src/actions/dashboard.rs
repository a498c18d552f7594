//! What an owner does on the comments host: sites, their origins, their own password, a test mail.

use std::sync::Arc;

use super::Error;
use super::limits::Subject;
use super::password_proofs::{self, Attempt, Proved};
use super::sessions::new_session;
use super::sightings::Seen;
use crate::app::App;
use crate::domain::notices::{Notice, NoticeKind};
use crate::domain::sessions::{Scope, Via};
use crate::domain::{Account, Email, Name, Origin, Refusal, Role, Site, SiteKey, SiteSettings};
use crate::outside::mails;
use crate::storage::sites::{Sighting, SiteChange};

/// Signs in to the dashboard by password: the cookie's value. Anybody with an account may try; only owners of a
/// site, and operators, get in.
pub async fn sign_in(app: &App, attempt: Attempt<'_>, device: &str) -> Result<(Proved, String), Error> {
    let proved = password_proofs::prove(app, attempt).await?;
    let account = &proved.account;
    if !account.operator && sites(app, account).await?.is_empty() {
        return Err(Refusal::NotAllowed.into());
    }
    let (session, cookie) = new_session(app, Some(account), Scope::Dashboard, device, Via::Password);
    app.store.add_session(session).await?;
    Ok((proved, cookie))
}

/// The sites this account owns; an operator has them all.
pub async fn sites(app: &App, account: &Account) -> Result<Vec<Arc<Site>>, Error> {
    let mut mine = Vec::new();
    for site in app.store.sites() {
        if account.operator || role(app, account, &site).await? == Role::Owner {
            mine.push(site);
        }
    }
    Ok(mine)
}

/// A new site as its owner describes it.
#[derive(Clone, Debug)]
pub struct NewSite {
    pub key: String,
    pub name: String,
    pub origins: Vec<String>,
    /// Whether pages on this machine count as the site's for the next 30 days.
    pub development: bool,
}

pub async fn add_site(app: &App, account: &Account, new: NewSite) -> Result<Arc<Site>, Error> {
    if !account.operator {
        return Err(Refusal::NotAllowed.into());
    }
    let now = app.clock.now();
    let key: SiteKey = new.key.parse()?;
    let name = Name::parse(&new.name)?;
    let origins = parse_origins(&new.origins)?;
    let development = new.development.then(|| now.plus(Site::DEVELOPMENT_PERIOD));
    Ok(app.store.add_site(key, name, origins, development, Some(account.id), now).await??)
}

/// What an owner changes; `None` leaves a thing as it is.
#[derive(Clone, Debug, Default)]
pub struct SiteEdit {
    pub name: Option<String>,
    pub origins: Option<Vec<String>>,
    pub development: Option<bool>,
    pub settings: Option<SiteSettings>,
}

pub async fn change_site(
    app: &App,
    account: &Account,
    key: &SiteKey,
    edit: SiteEdit,
) -> Result<Arc<Site>, Error> {
    let site = owned(app, account, key).await?;
    let change = SiteChange {
        name: edit.name.as_deref().map(Name::parse).transpose()?,
        origins: edit.origins.as_deref().map(parse_origins).transpose()?,
        development_until: edit
            .development
            .map(|on| on.then(|| app.clock.now().plus(Site::DEVELOPMENT_PERIOD))),
        settings: edit.settings,
        sso: None,
    };
    Ok(app.store.change_site(site.id, change).await??)
}

/// Changes a site's single sign-on; a new secret comes with it, once.
pub async fn change_sso(
    app: &App,
    account: &Account,
    key: &SiteKey,
    change: super::sso::Change,
) -> Result<(Arc<Site>, Option<String>), Error> {
    let site = owned(app, account, key).await?;
    super::sso::change(app, &site, change).await
}

/// Where a site's widget asked from.
pub struct SeenFrom {
    /// Since the server started.
    pub seen: Vec<Seen>,
    /// Refused, also before that.
    pub refused: Vec<Sighting>,
}

pub async fn seen(app: &App, account: &Account, key: &SiteKey) -> Result<SeenFrom, Error> {
    let site = owned(app, account, key).await?;
    let seen = app.sightings.of(site.id);
    let now = app.clock.now();
    let mut refused = app.store.refused_origins(site.id).await?;
    for fresh in seen.iter().filter(|seen| !seen.allowed) {
        if !refused.iter().any(|known| known.origin == fresh.origin) {
            refused.push(Sighting { origin: fresh.origin.clone(), at: fresh.at });
        }
    }
    refused.retain(|sighting| !site.allows(&sighting.origin, now));
    Ok(SeenFrom { seen, refused })
}

/// The address that an account signs in with: for its own eyes.
pub async fn address(app: &App, account: &Account) -> Result<Option<Email>, Error> {
    Ok(app.store.private_facts(account.id).await?.and_then(|facts| facts.email))
}

/// Sends a mail to the owner's own address, now; returns what the mail server said.
pub async fn send_test_mail(app: &App, account: &Account) -> Result<String, Error> {
    let mailer = app.mailer.as_ref().ok_or(Refusal::NoMailer)?;
    app.limits.sign_in.check(Subject::Account(account.id))?;
    let to = address(app, account).await?.ok_or(Refusal::InvalidEmail)?;
    let notice = Notice { to, kind: NoticeKind::Test, expires_at: None };
    Ok(mailer.send(&mails::render(&notice, &app.config.server.base_url)).await?)
}

async fn role(app: &App, account: &Account, site: &Site) -> Result<Role, Error> {
    Ok(app.store.member(site.id, account.id).await?.map_or(Role::None, |member| member.role))
}

async fn owned(app: &App, account: &Account, key: &SiteKey) -> Result<Arc<Site>, Error> {
    let site = app.store.site(key).ok_or(Refusal::UnknownSite)?;
    if account.operator || role(app, account, &site).await? == Role::Owner {
        return Ok(site);
    }
    // Somebody else's site is not there, as far as this account can tell.
    Err(Refusal::UnknownSite.into())
}

fn parse_origins(raw: &[String]) -> Result<Vec<Origin>, Refusal> {
    if raw.len() > Site::MAX_ORIGINS {
        return Err(Refusal::TooManyOrigins { max: Site::MAX_ORIGINS });
    }
    let mut origins = Vec::new();
    for raw in raw {
        let origin = Origin::parse(raw.trim()).ok_or(Refusal::InvalidOrigin)?;
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    Ok(origins)
}
