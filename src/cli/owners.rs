//! `afterword owner …`: people who run the instance, and the links that only this machine hands out.

use std::fmt;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use super::arguments::NewOwner;
use crate::actions::second_factors;
use crate::actions::setup;
use crate::app::{App, random};
use crate::domain::sessions::OWNER_LINK_TTL;
use crate::domain::{Account, AccountId, Email, Member, Name, Role};
use crate::storage::accounts::LinkPurpose;

/// A link and what it does.
#[derive(Debug, Serialize, Deserialize)]
pub struct Link {
    pub url: String,
    /// Whom it signs in; `None`: it sets up the first owner.
    pub signs_in: Option<String>,
}

/// Makes an owner, gives them the sites that nobody owns yet, and signs them in.
pub async fn add(app: &App, new: NewOwner) -> anyhow::Result<Link> {
    let name = Name::parse(&new.name)?;
    let email = Email::parse(&new.email)?;
    let now = app.clock.now();
    let id = AccountId::from_random(random(&*app.chance));
    let account = app.store.add_operator(id, name, email, now).await??;
    for site in app.store.sites() {
        let staff = app.store.staff(site.id).await?;
        if !staff.iter().any(|staff| staff.role == Role::Owner) {
            let known = app.store.member(site.id, account.id).await?;
            let member = known.unwrap_or_else(|| Member::new(site.id, account.id, now));
            app.store.set_member(Member { role: Role::Owner, ..member }).await?;
        }
    }
    sign_in_link(app, &account).await
}

pub async fn link(app: &App, email: Option<&str>, forget_second_factor: bool) -> anyhow::Result<Link> {
    let owner = match email {
        Some(email) => by_email(app, email).await?,
        None => match app.store.operators().await?.as_slice() {
            [] => return set_up_link(app).await,
            [only] => only.clone(),
            several => bail!(
                "there are {} owners ({}): say whose link with --email",
                several.len(),
                several.iter().map(name_of).collect::<Vec<_>>().join(", ")
            ),
        },
    };
    if forget_second_factor {
        second_factors::turn_off(app, owner.id).await?;
    }
    sign_in_link(app, &owner).await
}

/// The link that makes the first owner. The one before it ends.
pub async fn set_up_link(app: &App) -> anyhow::Result<Link> {
    let token = setup::mint_link(app, LinkPurpose::SetUp).await?;
    Ok(Link { url: app.config.server.base_url.join(&format!("/setup#{token}")), signs_in: None })
}

/// The operator with this address.
pub async fn by_email(app: &App, email: &str) -> anyhow::Result<Account> {
    let parsed = Email::parse(email)?;
    let account = app.store.account_by_email(&parsed).await?;
    account
        .filter(|account| account.operator)
        .with_context(|| format!("no owner has the address {email}: `afterword owner add` makes one"))
}

/// The operator, if there is exactly one.
pub async fn only(app: &App) -> anyhow::Result<Option<Account>> {
    Ok(match app.store.operators().await?.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    })
}

async fn sign_in_link(app: &App, account: &Account) -> anyhow::Result<Link> {
    let token = setup::mint_link(app, LinkPurpose::SignIn(account.id)).await?;
    Ok(Link {
        url: app.config.server.base_url.join(&format!("/auth/link#{token}")),
        signs_in: Some(name_of(account)),
    })
}

fn name_of(account: &Account) -> String {
    account.name.as_ref().map_or_else(|| "an owner without a name".to_owned(), Name::to_string)
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hours = OWNER_LINK_TTL.as_secs() / 3600;
        match &self.signs_in {
            Some(name) => writeln!(f, "This link signs {name} in, once, within {hours} hours:")?,
            None => writeln!(
                f,
                "There is no owner yet. This link makes the first one, once, within {hours} hours:"
            )?,
        }
        write!(f, "\n  {}", self.url)
    }
}
