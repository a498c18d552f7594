//! Proving an account that has the address of somebody who came from a provider, so that the two are linked by the one
//! who has both.

use super::Error;
use super::password_proofs::{self, Attempt, Proved};
use super::popup::{self, Finished, Shown, Transaction};
use crate::app::App;
use crate::domain::departures::Proof;
use crate::domain::{AccountId, Refusal, Via};

/// The account's password links the identity that waits, and the sign-in goes on. The attempt's address is not looked at.
pub async fn by_password(
    app: &App,
    transaction: &Transaction,
    attempt: Attempt<'_>,
    device: &str,
) -> Result<(Finished, Proved), Error> {
    let (wanted, via) = wanted(app, transaction).await?;
    let account = app.store.account(wanted).await?.ok_or(Refusal::CodeGone)?;
    let proved = password_proofs::prove_again(app, &account, attempt).await?;
    let account = app.store.prove(transaction.id.clone(), app.clock.now()).await??;
    let shown = Shown { account: &account, via, device: Some(device), called: None };
    Ok((popup::finish(app, transaction, shown).await?, proved))
}

/// Which account a transaction waits for, and by what the sign-in began.
pub(super) async fn wanted(app: &App, transaction: &Transaction) -> Result<(AccountId, Via), Error> {
    match app.store.proof(transaction.id.clone(), app.clock.now()).await? {
        Some(Proof::Wanted { account, profile }) => Ok((account, Via::Provider(profile.identity.provider))),
        _ => Err(Refusal::CodeGone.into()),
    }
}
