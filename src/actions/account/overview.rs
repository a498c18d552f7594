//! What the account page shows: the account as its owner may see it, and what is kept about them.

use std::sync::Arc;

use super::Here;
use crate::actions::{Error, identities};
use crate::app::App;
use crate::domain::identities::LinkedIdentity;
use crate::domain::sessions::Session;
use crate::domain::{Email, Role, Site};
use crate::storage::accounts::PrivateFacts;
use crate::storage::holdings::Holdings;

#[derive(Debug)]
pub struct Overview {
    pub email: Option<Email>,
    pub email_verified: bool,
    pub has_password: bool,
    /// Recovery codes that are left, if a second factor is on.
    pub second_factor: Option<usize>,
    /// Whether to offer one: to people whose account can do harm.
    pub is_staff: bool,
    pub identities: Vec<LinkedIdentity>,
    pub sessions: Vec<Session>,
}

pub async fn overview(app: &App, here: &Here) -> Result<Overview, Error> {
    let PrivateFacts { email, email_verified, password, second_factor, .. } =
        app.store.private_facts(here.account.id).await?.unwrap_or_default();
    Ok(Overview {
        email,
        email_verified,
        has_password: password.is_some(),
        second_factor: second_factor.map(|factor| factor.recovery.len()),
        is_staff: is_staff(app, here).await?,
        identities: identities::list(app, &here.account).await?,
        sessions: super::sessions::list(app, here).await?,
    })
}

/// Everything that is kept about them, beyond that.
pub async fn holdings(app: &App, here: &Here) -> Result<Holdings, Error> {
    Ok(app.store.holdings(here.account.id, app.clock.now()).await?)
}

/// A site by what its sessions and comments say.
pub fn site(app: &App, id: crate::domain::SiteId) -> Option<Arc<Site>> {
    app.store.site_by_id(id)
}

async fn is_staff(app: &App, here: &Here) -> Result<bool, Error> {
    if here.account.operator {
        return Ok(true);
    }
    for site in app.store.sites() {
        let member = app.store.member(site.id, here.account.id).await?;
        if member.is_some_and(|member| member.role > Role::None) {
            return Ok(true);
        }
    }
    Ok(false)
}
