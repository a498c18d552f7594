//! Proving who somebody is by a password, and what keeps others from guessing it.
//!
//! - Each network address, and each account, may try so often in a while; in memory.
//! - A hundred failures in a row close an address for passwords until one is right, or its owner signs in another way;
//!   on disk. Addresses that nobody has are counted the same, so that nobody learns which are known.
//! - A browser that signed in before has a count of its own: who guesses from elsewhere does not keep the owner out. Once
//!   a hundred were wrong in it, it is a stranger until one is right.

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

/// The old password of somebody who sets a new one.
pub(super) async fn check_old(
    app: &App,
    account: &Account,
    email: &Email,
    attempt: Attempt<'_>,
) -> Result<(), Error> {
    app.limits.sign_in.check(Subject::Account(account.id))?;
    let guess = guess(app, Some(account.id), email, attempt).await?;
    guess.forget(app, email).await
}

async fn check(
    app: &App,
    account: Option<Account>,
    email: &Email,
    attempt: Attempt<'_>,
) -> Result<Proved, Error> {
    let guess = guess(app, account.as_ref().map(|account| account.id), email, attempt).await?;
    let account = account.ok_or(Refusal::WrongPassword)?;
    match second_factors::check(app, account.id, attempt.code).await {
        Ok(()) => {}
        // The password was right: asking for what else is needed is no failure.
        Err(Error::Refused(Refusal::SecondFactorNeeded)) => {
            app.store.withdraw_attempt(guess.subject).await?;
            return Err(Refusal::SecondFactorNeeded.into());
        }
        Err(error) => return Err(error),
    }
    guess.forget(app, email).await?;
    let device = attempt.device.and_then(|token| tokens::recognise(TokenKind::Device, token));
    if guess.outdated
        && let Some(rehashed) = app.passwords.rehash(attempt.password, &*app.chance).await
    {
        app.store.rehash_password(account.id, rehashed).await?;
    }
    let (device, hash) = match (attempt.device, device) {
        (Some(held), Some(hash)) => (held.to_owned(), hash),
        _ => tokens::mint(TokenKind::Device, &*app.chance),
    };
    app.store.remember_device(account.id, hash, app.clock.now()).await?;
    Ok(Proved { account, device })
}

/// A password that was right.
struct Guess {
    /// What it was counted under.
    subject: TokenHash,
    /// The own count of a known browser, whether or not it still had one.
    of_device: Option<TokenHash>,
    /// Its hash was made with weaker parameters than are used now.
    outdated: bool,
}

impl Guess {
    /// The counts begin anew.
    async fn forget(&self, app: &App, email: &Email) -> Result<(), Error> {
        for subject in self.of_device.into_iter().chain([address_subject(email)]) {
            app.store.forget_attempts(subject).await?;
        }
        Ok(())
    }
}

/// Checks a password, counted before that.
async fn guess(
    app: &App,
    account: Option<AccountId>,
    email: &Email,
    attempt: Attempt<'_>,
) -> Result<Guess, Error> {
    // Asked for unknown accounts too, with an id nobody has, so that both cost the same.
    let id = account.unwrap_or_else(|| AccountId::from_random([0; 16]));
    let known = known_device(app, id, attempt).await?;
    if known.is_none() {
        app.limits.sign_in_account.check(Subject::recipient(email))?;
    }
    let place = app.passwords.place()?;
    let of_device = known.map(|device| device_subject(id, device));
    let subject = count(app, email, of_device).await?;
    let facts = app.store.private_facts(id).await?;
    let phc = facts.and_then(|facts| facts.password);
    match app.passwords.verify(place, attempt.password, phc.as_deref()).await {
        Ok(Checked::Right { outdated }) if account.is_some() => Ok(Guess { subject, of_device, outdated }),
        Ok(_) => Err(Refusal::WrongPassword.into()),
        Err(error) => {
            app.store.withdraw_attempt(subject).await?;
            Err(error)
        }
    }
}

async fn known_device(
    app: &App,
    account: AccountId,
    attempt: Attempt<'_>,
) -> Result<Option<TokenHash>, Error> {
    let device = attempt.device.and_then(|token| tokens::recognise(TokenKind::Device, token));
    match device {
        Some(device) if app.store.knows_device(account, device, app.clock.now()).await? => Ok(Some(device)),
        _ => Ok(None),
    }
}

/// Counts an attempt: what under. A known browser in which a hundred were wrong is a stranger again.
async fn count(app: &App, email: &Email, of_device: Option<TokenHash>) -> Result<TokenHash, Error> {
    for subject in of_device.into_iter().chain([address_subject(email)]) {
        if app.store.begin_attempt(subject, FAILURES_PER_ACCOUNT, app.clock.now()).await? {
            return Ok(subject);
        }
    }
    Err(Refusal::TooManyWrongPasswords.into())
}

/// Somebody signed in to this account by other means than its password: what others guessed is forgotten.
pub(super) async fn forget_failures(app: &App, account: AccountId) -> Result<(), Error> {
    match app.store.private_facts(account).await?.and_then(|facts| facts.email) {
        Some(email) => Ok(app.store.forget_attempts(address_subject(&email)).await?),
        None => Ok(()),
    }
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
