//! One's own password: set, changed, taken away.

use crate::actions::Error;
use crate::actions::identities::ways;
use crate::actions::limits::Subject;
use crate::actions::passwords::{Checked, NewPassword};
use crate::actions::sessions::new_session;
use crate::app::App;
use crate::domain::notices::{Notice, NoticeKind};
use crate::domain::sessions::{Session, Via};
use crate::domain::{Account, Name, Refusal, Timestamp};
use crate::storage::accounts::{PasswordChange, PrivateFacts};

/// A new password for who knows the old one, or has just signed in: that is how somebody who forgot theirs, and came by
/// a link, gets another. Ends all other sessions: the answer is the cookie of the one that goes on.
pub async fn set(
    app: &App,
    account: &Account,
    session: &Session,
    old: Option<&str>,
    new: &str,
    device: &str,
) -> Result<String, Error> {
    let facts = app.store.private_facts(account.id).await?.unwrap_or_default();
    let email = facts.email.clone().ok_or(Refusal::AddressNeeded)?;
    let is_fresh = session.is_fresh(app.clock.now(), facts.second_factor.is_some());
    match (&facts.password, old.filter(|old| !old.is_empty())) {
        (Some(phc), Some(old)) => {
            app.limits.sign_in.check(Subject::Account(account.id))?;
            let place = app.passwords.place()?;
            if app.passwords.verify(place, old, Some(phc)).await? == Checked::Wrong {
                return Err(Refusal::WrongPassword.into());
            }
        }
        (Some(_), None) if !may_skip_old(session, is_fresh) => return Err(Refusal::WrongPassword.into()),
        (None, _) if !is_fresh => return Err(Refusal::FreshSignInNeeded.into()),
        _ => {}
    }
    let sites: Vec<String> =
        app.store.sites().iter().flat_map(|site| [site.name.to_string(), site.key.to_string()]).collect();
    let mut about = vec![account.name.as_ref().map_or("", Name::as_str), email.as_str()];
    about.extend(sites.iter().map(String::as_str));
    let password = NewPassword::parse(new, &about, facts.second_factor.is_some())?;
    let phc = app.passwords.hash(password, &*app.chance).await?;
    change(app, account, session, &facts, Some(phc), device).await
}

/// Takes the password away, if it is not the last way in.
pub async fn remove(app: &App, account: &Account, session: &Session, device: &str) -> Result<String, Error> {
    let facts = app.store.private_facts(account.id).await?.unwrap_or_default();
    if !session.is_fresh(app.clock.now(), facts.second_factor.is_some()) {
        return Err(Refusal::FreshSignInNeeded.into());
    }
    change(app, account, session, &facts, None, device).await
}

/// Whether somebody may do without the old password: they have just signed in by other means, which would be the way to
/// a new one had they forgotten it.
fn may_skip_old(session: &Session, is_fresh: bool) -> bool {
    is_fresh && session.via != Via::Password
}

async fn change(
    app: &App,
    account: &Account,
    session: &Session,
    facts: &PrivateFacts,
    password: Option<String>,
    device: &str,
) -> Result<String, Error> {
    let (scope, via) = (session.scope.clone(), session.via.clone());
    let (session, cookie) = new_session(app, Some(account), scope, device, via);
    let at = app.clock.now();
    let tell = facts.email.clone().filter(|_| facts.email_verified && app.mailer.is_some());
    let change =
        PasswordChange { password, ways: ways(app), session, tell: tell.map(|to| notice(to, at)), at };
    let account = app.store.change_password(account.id, change).await??;
    app.access_tokens.end_account(account.id);
    app.wakeup.wake();
    Ok(cookie)
}

fn notice(to: crate::domain::Email, at: Timestamp) -> Notice {
    // Late news of this kind only frighten.
    let expires_at = Some(at.plus(std::time::Duration::from_secs(3 * 24 * 60 * 60)));
    Notice { to, kind: NoticeKind::PasswordChanged, expires_at }
}
