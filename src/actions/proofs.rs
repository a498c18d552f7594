//! Proving an account: what a popup still waits for after somebody came back from a provider, or opened a mailed link.
//!
//! Invariant: nobody gets past a second factor here, and an identity is linked only after it was shown.

use super::limits::Subject;
use super::password_proofs::{self, Attempt, Proved};
use super::popup::{self, Finished, Shown, Transaction};
use super::{Error, notices, providers, second_factors};
use crate::app::App;
use crate::domain::departures::Proof;
use crate::domain::notices::{Notice, NoticeKind};
use crate::domain::{AccountId, Email, ProviderId, Refusal, Via};

/// The account's password links the identity that waits, and the sign-in goes on. The attempt's address is not looked at.
pub async fn by_password(
    app: &App,
    transaction: &Transaction,
    attempt: Attempt<'_>,
    device: &str,
) -> Result<(Finished, Proved), Error> {
    let proof = app.store.proof(transaction.id.clone(), app.clock.now()).await?.ok_or(Refusal::CodeGone)?;
    let (wanted, provider) = wanted_by(&proof).ok_or(Refusal::CodeGone)?;
    let account = app.store.account(wanted).await?.ok_or(Refusal::CodeGone)?;
    let proved = password_proofs::prove_again(app, &account, attempt).await?;
    let tell = news_of_link(app, wanted, &provider).await?;
    let account = app.store.prove(transaction.id.clone(), proof, tell, app.clock.now()).await??;
    app.wakeup.wake();
    let via = Via::Provider(provider);
    let shown = Shown { account: &account, via, device: Some(device), called: None };
    Ok((popup::finish(app, transaction, shown).await?, proved))
}

/// What the popup goes on with once the account was shown to be theirs, by a mailed link or by an identity of it; `None`
/// as long as it was not. `code` is for accounts that have a second factor.
pub async fn finish(
    app: &App,
    transaction: &Transaction,
    code: Option<&str>,
    device: &str,
) -> Result<Option<Finished>, Error> {
    let now = app.clock.now();
    let proof = app.store.proof(transaction.id.clone(), now).await?;
    let Some(given @ Proof::Given { account, .. }) = proof else { return Ok(None) };
    app.limits.sign_in.check(Subject::Account(account))?;
    second_factors::check(app, account, code).await?;
    let tell = match &given {
        Proof::Given { profile: Some(profile), .. } => {
            news_of_link(app, account, &profile.identity.provider).await?
        }
        _ => None,
    };
    let (account, profile) = app.store.take_proof(transaction.id.clone(), given, tell, now).await??;
    app.wakeup.wake();
    let called = profile.as_ref().and_then(|profile| profile.name.clone());
    let via = profile.map_or(Via::Link, |profile| Via::Provider(profile.identity.provider));
    let shown = Shown { account: &account, via, device: Some(device), called: called.as_deref() };
    popup::finish(app, transaction, shown).await.map(Some)
}

/// What a popup waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// An account has the address of who came from this provider.
    Proof {
        provider: ProviderId,
        ways: Ways,
    },
    SecondFactor,
    /// For nothing: [`finish`] goes on.
    Nothing,
}

/// How an account can be proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ways {
    /// The address that both have.
    pub email: Email,
    pub by_password: bool,
    pub by_mail: bool,
}

/// What a transaction waits for; `None` if it has come to no account yet. Looking uses nothing up.
pub async fn waiting(app: &App, transaction: &Transaction) -> Result<Option<Waiting>, Error> {
    let Some(proof) = app.store.proof(transaction.id.clone(), app.clock.now()).await? else {
        return Ok(None);
    };
    let (Proof::Wanted { account, .. } | Proof::Given { account, .. }) = &proof;
    let facts = app.store.private_facts(*account).await?.unwrap_or_default();
    Ok(Some(match wanted_by(&proof) {
        Some((_, provider)) => {
            let email = facts.email.ok_or(Refusal::CodeGone)?;
            let ways = Ways { email, by_password: facts.password.is_some(), by_mail: app.mailer.is_some() };
            Waiting::Proof { provider, ways }
        }
        None if facts.second_factor.is_some() => Waiting::SecondFactor,
        None => Waiting::Nothing,
    }))
}

/// Which account a transaction waits for, and by which provider the sign-in began.
pub(super) async fn wanted(app: &App, transaction: &Transaction) -> Result<(AccountId, ProviderId), Error> {
    let proof = app.store.proof(transaction.id.clone(), app.clock.now()).await?;
    Ok(proof.as_ref().and_then(wanted_by).ok_or(Refusal::CodeGone)?)
}

fn wanted_by(proof: &Proof) -> Option<(AccountId, ProviderId)> {
    match proof {
        Proof::Wanted { account, profile } => Some((*account, profile.identity.provider.clone())),
        Proof::Given { .. } => None,
    }
}

/// What the owner is told once an account at this provider leads to theirs.
pub(super) async fn news_of_link(
    app: &App,
    account: AccountId,
    provider: &ProviderId,
) -> Result<Option<Notice>, Error> {
    let provider = providers::name_or_id(app, provider).to_owned();
    notices::to_owner(app, account, NoticeKind::IdentityLinked { provider }).await
}
