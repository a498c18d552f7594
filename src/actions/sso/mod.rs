//! Single sign-on: people whom the site itself signs in, and how its owner sets that up.

mod tokens;

use std::net::IpAddr;
use std::sync::Arc;

use super::Error;
use super::limits::Subject;
use super::sessions::{SignedIn, new_session, signed_in};
use super::tokens::{self as random_tokens, TokenKind};
use crate::app::{App, random};
use crate::domain::sessions::{Scope, Via};
use crate::domain::sso::{Check, SigningKey, SingleSignOn, Vouched};
use crate::domain::{AccountId, Origin, Refusal, Site};
use crate::storage::sites::SiteChange;

/// Signs in whom `token` names, if the site signed it.
pub async fn sign_in(
    app: &App,
    site: &Site,
    origin: &Origin,
    token: &str,
    device: &str,
    ip: Option<IpAddr>,
) -> Result<SignedIn, Error> {
    let sso = site.sso.as_ref().ok_or(Refusal::SsoOff)?;
    let now = app.clock.now();
    let vouched = match tokens::check(site, sso, token, now) {
        Ok(vouched) => vouched,
        // Only tokens that were not signed are counted: everybody in a company may come from one address.
        Err(fault) => {
            if let Some(ip) = ip {
                app.limits.sso.check(Subject::address(ip))?;
            }
            return Err(Refusal::SsoRefused(fault).into());
        }
    };
    let vouched = Vouched { name: shown_name(app, site, &vouched).await?, ..vouched };
    let scope = Scope::Widget { site: site.id, origin: origin.clone() };
    let (new, refresh) = new_session(app, None, scope, device, Via::SingleSignOn);
    let account = AccountId::from_random(random(&*app.chance));
    let (account, session) = app.store.sign_in_by_site(site.id, vouched, account, new, now).await??;
    signed_in(app, site, origin, account, &session, Some(refresh)).await
}

/// The token's name, unless readers could take it for one of the people who run the site. Whoever has that name already
/// is one of them, and keeps it.
async fn shown_name(app: &App, site: &Site, vouched: &Vouched) -> Result<Option<crate::domain::Name>, Error> {
    let Some(name) = &vouched.name else { return Ok(None) };
    let own = app.store.account_of(&vouched.identity).await?;
    match super::comments::refuse_staff_names(app, site, name, own).await {
        Ok(()) => Ok(Some(name.clone())),
        Err(Error::Refused(Refusal::NameTaken)) => Ok(None),
        Err(other) => Err(other),
    }
}

/// What an owner does with their site's single sign-on.
#[derive(Clone, Debug)]
pub enum Change {
    /// Sign with a new secret from now on. Switches it on.
    NewSecret,
    /// Sign with the private half of this key (PEM) from now on. Switches it on.
    PublicKey(String),
    /// The key before the current one is not taken any more.
    EndPrevious,
    /// Whether tokens may make somebody a viewer or a moderator.
    Roles(bool),
    Off,
}

/// Carries it out. A new secret is in the answer, and nowhere else: it is shown once.
pub async fn change(app: &App, site: &Site, change: Change) -> Result<(Arc<Site>, Option<String>), Error> {
    let now = app.clock.now();
    let known = site.sso.clone();
    let sign_with = |check| {
        let key = SigningKey { id: random_tokens::eight_characters(&*app.chance).to_lowercase(), check };
        match known.clone() {
            Some(known) => known.changed_to(key, now),
            None => SingleSignOn::new(key, now),
        }
    };
    let mut shown = None;
    let sso = match change {
        Change::NewSecret => {
            let (secret, _) = random_tokens::mint(TokenKind::SiteSecret, &*app.chance);
            shown = Some(secret.clone());
            Some(sign_with(Check::Hs256(secret)))
        }
        Change::PublicKey(pem) => Some(sign_with(Check::parse_public_key(&pem)?)),
        Change::EndPrevious => Some(SingleSignOn { previous: None, ..known.clone().ok_or(Refusal::SsoOff)? }),
        Change::Roles(roles) => Some(SingleSignOn { roles, ..known.clone().ok_or(Refusal::SsoOff)? }),
        Change::Off => None,
    };
    let change = SiteChange { sso: Some(sso), ..SiteChange::default() };
    let site = app.store.change_site(site.id, change).await??;
    Ok((site, shown))
}
