//! One's own password: set, changed, taken away.

use super::Here;
use crate::actions::identities::ways;
use crate::actions::password_proofs::Attempt;
use crate::actions::passwords::NewPassword;
use crate::actions::sessions::continued;
use crate::actions::{Error, notices, password_proofs};
use crate::app::App;
use crate::domain::notices::NoticeKind;
use crate::domain::sessions::{Session, Via};
use crate::domain::{Name, Refusal};
use crate::storage::accounts::PasswordChange;

/// A new password for who knows the old one, or has just signed in: that is how somebody who forgot theirs, and came by
/// a link, gets another. Ends all other sessions: the answer is the cookie of the one that goes on.
pub async fn set(
    app: &App,
    here: &Here,
    old: Option<Attempt<'_>>,
    new: &str,
    device: &str,
) -> Result<String, Error> {
    let Here { account, session } = here;
    let facts = app.store.private_facts(account.id).await?.unwrap_or_default();
    let email = facts.email.clone().ok_or(Refusal::AddressNeeded)?;
    let is_fresh = here.is_fresh(app);
    match (&facts.password, old) {
        (Some(_), Some(old)) => password_proofs::check_old(app, account, &email, old).await?,
        (Some(_), None) if !may_skip_old(session, is_fresh) => return Err(Refusal::WrongPassword.into()),
        (None, _) if !is_fresh => return Err(Refusal::FreshSignInNeeded.into()),
        _ => {}
    }
    let sites: Vec<String> =
        app.store.sites().iter().flat_map(|site| [site.name.to_string(), site.key.to_string()]).collect();
    let mut about = vec![account.name.as_ref().map_or("", Name::as_str), email.as_str()];
    about.extend(sites.iter().map(String::as_str));
    let password = NewPassword::parse(new, &about, facts.second_factor.is_some())?;
    let is_short = password.is_short();
    let phc = app.passwords.hash(password, &*app.chance).await?;
    change(app, here, Some(phc), is_short, device).await
}

/// Takes the password away, if it is not the last way in.
pub async fn remove(app: &App, here: &Here, device: &str) -> Result<String, Error> {
    here.must_be_fresh(app)?;
    change(app, here, None, false, device).await
}

/// Whether somebody may do without the old password: they have just signed in by other means, which would be the way to
/// a new one had they forgotten it.
fn may_skip_old(session: &Session, is_fresh: bool) -> bool {
    is_fresh && session.via != Via::Password
}

async fn change(
    app: &App,
    here: &Here,
    password: Option<String>,
    is_short: bool,
    device: &str,
) -> Result<String, Error> {
    let Here { account, session } = here;
    let (session, cookie) = continued(app, account, session, device);
    let tell = notices::to_owner(app, account.id, NoticeKind::PasswordChanged).await?;
    let change = PasswordChange { password, is_short, ways: ways(app), session, tell, at: app.clock.now() };
    let account = app.store.change_password(account.id, change).await??;
    app.access_tokens.end_account(account.id);
    app.wakeup.wake();
    Ok(cookie)
}
