//! Signing in on the comments host itself, in a popup that the widget opened.
//!
//! Until its first POST a transaction is a sealed cookie and no row. What comes back to the widget is a code that only
//! the widget's verifier can redeem, so whoever started a transaction with somebody else's link gains nothing.

mod transaction;

pub use transaction::{
    Purpose, Sealer, TRANSACTION_TTL, Transaction, Widget, begin, begin_account, begin_link,
};

use super::password_proofs::{self, Attempt, Proved};
use super::sessions::new_session;
use super::tokens::{self, TokenKind};
use super::{Error, comments};
use crate::app::App;
use crate::domain::sessions::{ExchangeCode, Scope};
use crate::domain::{Account, Name, Refusal, Site, Via};

/// What the popup's last page hands over.
#[derive(Debug)]
pub struct Finished {
    /// For the widget; `None` if the account page asked.
    pub handed: Option<Handed>,
    /// The cookie of the first-party session, if one was made.
    pub cookie: Option<String>,
}

/// What the widget gets, and where it is.
#[derive(Debug)]
pub struct Handed {
    /// Posted to the opener.
    pub code: String,
    /// Shown if there is no opener, as `ABCD-2345`.
    pub pasted: String,
    pub widget: Widget,
}

/// Somebody who has shown who they are.
pub(super) struct Shown<'a> {
    pub account: &'a Account,
    pub via: Via,
    /// The browser that did it, which gets a first-party session; `None` if it has one.
    pub device: Option<&'a str>,
    /// What a provider calls them.
    pub called: Option<&'a str>,
}

/// Proves a password. The answer and its time are the same for an unknown address and a wrong password.
pub async fn by_password(
    app: &App,
    transaction: &Transaction,
    attempt: Attempt<'_>,
    device: &str,
) -> Result<(Finished, Proved), Error> {
    let proved = password_proofs::prove(app, attempt).await?;
    let shown = Shown { account: &proved.account, via: Via::Password, device: Some(device), called: None };
    let finished = finish(app, transaction, shown).await?;
    Ok((finished, proved))
}

/// "Continue as NAME": the click of somebody whose first-party session lives, and how that one began.
pub async fn by_session(
    app: &App,
    transaction: &Transaction,
    account: &Account,
    via: Via,
) -> Result<Finished, Error> {
    finish(app, transaction, Shown { account, via, device: None, called: None }).await
}

/// Hands over what the transaction is for.
pub(super) async fn finish(
    app: &App,
    transaction: &Transaction,
    shown: Shown<'_>,
) -> Result<Finished, Error> {
    let handed = match &transaction.purpose {
        Purpose::Widget(widget) => Some(hand_over(app, widget, &shown).await?),
        Purpose::Account => None,
        // Only an identity can be linked, and it was not an identity that was shown.
        Purpose::Link(_) => return Err(Refusal::NotAllowed.into()),
    };
    let cookie = match shown.device {
        Some(device) => {
            if shown.via != Via::Password {
                password_proofs::forget_failures(app, shown.account.id).await?;
            }
            let (session, cookie) =
                new_session(app, Some(shown.account), Scope::FirstParty, device, shown.via);
            app.store.add_session(session).await?;
            Some(cookie)
        }
        None => None,
    };
    Ok(Finished { handed, cookie })
}

/// Leaves a code for the widget that asked.
async fn hand_over(app: &App, widget: &Widget, shown: &Shown<'_>) -> Result<Handed, Error> {
    let now = app.clock.now();
    let (account, origin) = (shown.account, &widget.asker.origin);
    let site = app.store.site(&widget.asker.site).ok_or(Refusal::UnknownSite)?;
    if !site.allows(origin, now) {
        return Err(Refusal::OriginNotAllowed { origin: origin.to_string() }.into());
    }
    if app.store.member(site.id, account.id).await?.is_some_and(|member| !member.standing.may_write(now)) {
        return Err(Refusal::Banned.into());
    }
    let challenge = tokens::parse_challenge(&widget.challenge).ok_or(Refusal::CodeGone)?;
    let (code, code_hash) = tokens::mint(TokenKind::Exchange, &*app.chance);
    let pasted = tokens::eight_characters(&*app.chance);
    let exchange = ExchangeCode {
        code: code_hash,
        pasted: tokens::short_code_hash(challenge, &pasted),
        challenge,
        site: site.id,
        origin: origin.clone(),
        account: account.id,
        epoch: account.epoch,
        created_at: now,
        wrong_tries: 0,
        redeemed: None,
        via: shown.via.clone(),
        suggested_name: suggested_name(app, &site, shown).await?,
    };
    app.store.add_exchange_code(exchange).await?;
    let pasted = format!("{}-{}", &pasted[..4], &pasted[4..]);
    Ok(Handed { code, pasted, widget: widget.clone() })
}

/// What a provider calls somebody who has no name here yet, if it may be worn on this site.
async fn suggested_name(app: &App, site: &Site, shown: &Shown<'_>) -> Result<Option<Name>, Error> {
    let called = shown.called.filter(|_| shown.account.name.is_none());
    let Some(name) = called.and_then(|called| Name::parse(called).ok()) else { return Ok(None) };
    match comments::refuse_staff_names(app, site, &name, Some(shown.account.id)).await {
        Ok(()) => Ok(Some(name)),
        Err(Error::Refused(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
