//! Proving an account that has the address of somebody who came from a provider, so that the two are linked by the one
//! who has both.

use std::net::IpAddr;

use super::Error;
use super::popup::{self, Finished, Shown, Transaction};
use crate::app::App;
use crate::domain::departures::Proof;
use crate::domain::{AccountId, Refusal, Via};

/// The account's password links the identity that waits, and the sign-in goes on.
pub async fn by_password(
    app: &App,
    transaction: &Transaction,
    password: &str,
    ip: Option<IpAddr>,
    device: &str,
) -> Result<Finished, Error> {
    let (wanted, provider) = wanted(app, transaction).await?;
    let facts = app.store.private_facts(wanted).await?.ok_or(Refusal::CodeGone)?;
    let email = facts.email.filter(|_| facts.email_verified).ok_or(Refusal::CodeGone)?;
    let account = popup::check_password(app, email.as_str(), password, ip).await?;
    if account.id != wanted {
        return Err(Refusal::CodeGone.into());
    }
    let account = app.store.prove(transaction.id.clone(), app.clock.now()).await??;
    let shown = Shown { account: &account, via: provider, device: Some(device), called: None };
    popup::finish(app, transaction, shown).await
}

/// Which account a transaction waits for, and by what the sign-in began.
pub(super) async fn wanted(app: &App, transaction: &Transaction) -> Result<(AccountId, Via), Error> {
    match app.store.proof(transaction.id.clone(), app.clock.now()).await? {
        Some(Proof::Wanted { account, profile }) => Ok((account, Via::Provider(profile.identity.provider))),
        _ => Err(Refusal::CodeGone.into()),
    }
}
