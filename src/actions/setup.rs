//! The first owner, and links that only the command line hands out.

use super::limits::Subject;
use super::passwords::NewPassword;
use super::sessions::new_session;
use super::tokens::{self, TokenKind};
use super::{Error, password_proofs, second_factors};
use crate::app::{App, random};
use crate::domain::sessions::{Scope, Via};
use crate::domain::{Account, AccountId, Email, Member, Name, Refusal, Role, TokenHash};
use crate::storage::accounts::{LinkPurpose, NewOwner};

/// A new link: what goes behind the `#` of `/setup` or `/auth/link`.
pub async fn mint_link(app: &App, purpose: LinkPurpose) -> Result<String, Error> {
    let (token, hash) = tokens::mint(TokenKind::Link, &*app.chance);
    app.store.add_link(hash, purpose, app.clock.now()).await?;
    Ok(token)
}

/// What a link's token is for; `None` once it is used or too old. Looking does not use it up.
pub async fn purpose(app: &App, token: &str) -> Result<Option<LinkPurpose>, Error> {
    let Some(hash) = tokens::recognise(TokenKind::Link, token) else { return Ok(None) };
    Ok(app.store.link(hash, app.clock.now()).await?)
}

/// Makes the first owner and signs them in to the dashboard: the cookie's value.
pub async fn make_owner(
    app: &App,
    token: &str,
    name: &str,
    email: &str,
    password: &str,
    device: &str,
) -> Result<(Account, String), Error> {
    let token = link_hash(token)?;
    let name = Name::parse(name)?;
    let email = Email::parse(email)?;
    let password = new_password(app, password, &name, &email)?;
    // Hashing costs; somebody without a link does not get to make us work.
    app.store
        .link(token, app.clock.now())
        .await?
        .filter(|purpose| *purpose == LinkPurpose::SetUp)
        .ok_or(Refusal::LinkGone)?;
    let password = app.passwords.hash(password, &*app.chance).await?;
    let owner = NewOwner { id: AccountId::from_random(random(&*app.chance)), name, email, password };
    let (mut session, cookie) = new_session(app, None, Scope::Dashboard, device, Via::Link);
    session.session.account = owner.id;
    let account = app.store.set_up(token, owner, session, app.clock.now()).await??;
    own_sites_without_owner(app, &account).await?;
    Ok((account, cookie))
}

/// Sites that were added on the command line before anybody was there to own them.
async fn own_sites_without_owner(app: &App, account: &Account) -> Result<(), Error> {
    for site in app.store.sites() {
        let staff = app.store.staff(site.id).await?;
        if !staff.iter().any(|staff| staff.role == Role::Owner) {
            let member = Member::new(site.id, account.id, app.clock.now());
            app.store.set_member(Member { role: Role::Owner, ..member }).await?;
        }
    }
    Ok(())
}

/// Uses a sign-in link: the dashboard cookie's value.
pub async fn sign_in_by_link(
    app: &App,
    token: &str,
    code: Option<&str>,
    device: &str,
) -> Result<(Account, String), Error> {
    let token = link_hash(token)?;
    if let Some(LinkPurpose::SignIn(account)) = app.store.link(token, app.clock.now()).await? {
        app.limits.sign_in.check(Subject::Account(account))?;
        second_factors::check(app, account, code).await?;
    }
    let (session, cookie) = new_session(app, None, Scope::Dashboard, device, Via::Link);
    let account = app.store.sign_in_by_link(token, session, app.clock.now()).await??;
    password_proofs::forget_failures(app, account.id).await?;
    Ok((account, cookie))
}

/// The first owner's password must not be one of the names they give things.
fn new_password(app: &App, password: &str, name: &Name, email: &Email) -> Result<NewPassword, Refusal> {
    let sites: Vec<String> = app.store.sites().iter().map(|site| site.name.to_string()).collect();
    let mut about = vec![name.as_str(), email.as_str()];
    about.extend(sites.iter().map(String::as_str));
    NewPassword::parse(password, &about, false)
}

fn link_hash(token: &str) -> Result<TokenHash, Refusal> {
    tokens::recognise(TokenKind::Link, token).ok_or(Refusal::LinkGone)
}
