//! What somebody does with their own account, on the comments host: being signed in there, and showing once more that it
//! is them before what they sign in with is changed.

pub mod addresses;
pub mod identities;
pub mod overview;
pub mod passwords;
pub mod second_factor;
pub mod sessions;

use super::password_proofs::{self, Attempt, Proved};
use super::sessions::{first_party, new_session};
use super::{Error, comments, limits::Subject};
use crate::app::App;
use crate::domain::sessions::{FRESH_FOR, Scope, Session};
use crate::domain::{Account, Name, Refusal, Timestamp, Via};

/// Somebody on the account page, or on the dashboard.
#[derive(Clone, Debug)]
pub struct Here {
    pub account: Account,
    pub session: Session,
}

/// Whose account page this is: by the value of its cookie.
pub async fn here(app: &App, cookie: &str) -> Result<Option<Here>, Error> {
    let found = first_party(app, cookie, &Scope::FirstParty).await?;
    Ok(found.map(|(account, session)| Here { account, session }))
}

impl Here {
    /// Whether they signed in so lately that it is still them.
    pub fn is_fresh(&self, app: &App) -> bool {
        self.session.is_fresh(app.clock.now())
    }

    /// When that ends, or ended.
    pub fn fresh_until(&self) -> Timestamp {
        self.session.created_at.plus(FRESH_FOR)
    }

    pub(super) fn must_be_fresh(&self, app: &App) -> Result<(), Refusal> {
        if self.is_fresh(app) { Ok(()) } else { Err(Refusal::FreshSignInNeeded) }
    }
}

/// Shows once more that it is them: a new session takes the place of the old one.
pub async fn confirm(
    app: &App,
    here: &Here,
    attempt: Attempt<'_>,
    device: &str,
) -> Result<(Proved, String), Error> {
    let proved = password_proofs::prove_again(app, &here.account, attempt).await?;
    let (session, cookie) = new_session(app, Some(&proved.account), Scope::FirstParty, device, Via::Password);
    app.store.add_session(session).await?;
    app.store.end_session(here.session.id).await?;
    Ok((proved, cookie))
}

/// The name that others see. It is worn on every site, so it must not be taken for the staff of any that they are a
/// member of.
pub async fn set_name(app: &App, here: &Here, name: &str) -> Result<Account, Error> {
    let name = Name::parse(name)?;
    app.limits.write.check(Subject::Account(here.account.id))?;
    for site in app.store.sites() {
        if app.store.member(site.id, here.account.id).await?.is_some() {
            comments::refuse_staff_names(app, &site, &name, Some(here.account.id)).await?;
        }
    }
    Ok(app.store.set_name(here.account.id, name).await??)
}
