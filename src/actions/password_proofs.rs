//! Proving who somebody is by a password, and what keeps others from guessing it.
//!
//! - Each network address, and each account, may try so often in a while; in memory.
//! - A hundred failures in a row close an address for passwords until one is right, or its owner signs in another way;
//!   on disk. Addresses that nobody has are counted the same, so that nobody learns which are known.
//! - A browser that signed in before has a count of its own: who guesses from elsewhere does not keep the owner out.

use std::net::IpAddr;

use sha2::{Digest, Sha256};

use super::limits::{FAILURES_PER_ACCOUNT, Subject};
use super::passwords::Checked;
use super::tokens::{self, TokenKind};
use super::{Error, second_factors};
use crate::app::App;
use crate::domain::{Account, AccountId, Email, Refusal, TokenHash};

/// What somebody types to prove who they are, and where from.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    pub email: &'a str,
    pub password: &'a str,
    /// Of an authenticator, or a recovery code: for accounts that ask for one.
    pub code: Option<&'a str>,
    pub ip: Option<IpAddr>,
    /// The cookie of a browser that signed in before.
    pub device: Option<&'a str>,
}

/// Somebody who proved who they are.
#[derive(Clone, Debug)]
pub struct Proved {
    pub account: Account,
    /// What this browser is known by from now on: for its cookie.
    pub device: String,
}

/// The account whose password this is. The answer and its time are the same for an unknown address and a wrong
/// password.
pub async fn prove(app: &App, attempt: Attempt<'_>) -> Result<Proved, Error> {
    if let Some(ip) = attempt.ip {
        app.limits.sign_in.check(Subject::address(ip))?;
    }
    let email = Email::parse(attempt.email)?;
    let account = app.store.account_by_email(&email).await?;
    check(app, account, &email, attempt).await
}

/// The same for an account that is signed in already: `attempt.email` is not looked at.
pub async fn prove_again(app: &App, account: &Account, attempt: Attempt<'_>) -> Result<Proved, Error> {
    if let Some(ip) = attempt.ip {
        app.limits.sign_in.check(Subject::address(ip))?;
    }
    let email = app.store.private_facts(account.id).await?.and_then(|facts| facts.email);
    let email = email.ok_or(Refusal::WrongPassword)?;
    check(app, Some(account.clone()), &email, attempt).await
}

async fn check(
    app: &App,
    account: Option<Account>,
    email: &Email,
    attempt: Attempt<'_>,
) -> Result<Proved, Error> {
    let now = app.clock.now();
    // Asked for unknown accounts too, with an id nobody has, so that both cost the same.
    let id = account.as_ref().map_or_else(|| AccountId::from_random([0; 16]), |account| account.id);
    let device = attempt.device.and_then(|token| tokens::recognise(TokenKind::Device, token));
    let known_device = match device {
        Some(device) if app.store.knows_device(id, device, now).await? => Some(device),
        _ => None,
    };
    let subject = match known_device {
        Some(device) => device_subject(id, device),
        None => {
            app.limits.sign_in_account.check(Subject::recipient(email))?;
            address_subject(email)
        }
    };
    let place = app.passwords.place()?;
    if !app.store.begin_attempt(subject, FAILURES_PER_ACCOUNT, now).await? {
        return Err(Refusal::TooManyWrongPasswords.into());
    }
    let facts = app.store.private_facts(id).await?;
    let phc = facts.and_then(|facts| facts.password);
    let checked = match app.passwords.verify(place, attempt.password, phc.as_deref()).await {
        Ok(checked) => checked,
        Err(error) => {
            app.store.withdraw_attempt(subject).await?;
            return Err(error);
        }
    };
    let (Checked::Right { outdated }, Some(account)) = (checked, account) else {
        return Err(Refusal::WrongPassword.into());
    };
    match second_factors::check(app, account.id, attempt.code).await {
        Ok(()) => {}
        // The password was right: asking for what else is needed is no failure.
        Err(Error::Refused(Refusal::SecondFactorNeeded)) => {
            app.store.withdraw_attempt(subject).await?;
            return Err(Refusal::SecondFactorNeeded.into());
        }
        Err(error) => return Err(error),
    }
    app.store.forget_attempts(address_subject(email)).await?;
    if let Some(device) = known_device {
        app.store.forget_attempts(device_subject(id, device)).await?;
    }
    if outdated && let Some(rehashed) = app.passwords.rehash(attempt.password, &*app.chance).await {
        app.store.rehash_password(account.id, rehashed).await?;
    }
    let (device, hash) = match (attempt.device, device) {
        (Some(held), Some(hash)) => (held.to_owned(), hash),
        _ => tokens::mint(TokenKind::Device, &*app.chance),
    };
    app.store.remember_device(account.id, hash, now).await?;
    Ok(Proved { account, device })
}

/// Somebody signed in to this address by other means than its password: what others guessed is forgotten.
pub async fn forget_failures(app: &App, email: &Email) -> Result<(), Error> {
    Ok(app.store.forget_attempts(address_subject(email)).await?)
}

fn address_subject(email: &Email) -> TokenHash {
    TokenHash(Sha256::digest(email.lookup().as_bytes()).into())
}

fn device_subject(account: AccountId, device: TokenHash) -> TokenHash {
    let mut hasher = Sha256::new();
    hasher.update(b"device");
    hasher.update(account.0.as_bytes());
    hasher.update(device.0);
    TokenHash(hasher.finalize().into())
}
