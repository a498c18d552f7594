//! Second factors: they lie with what is private of an account.

use async_trait::async_trait;

use super::RedbStore;
use super::accounts::{account, private};
use super::fault::Fault;
use super::outbox;
use super::sessions::{begin_session, end_sessions};
use super::stored::people::StoredPrivate;
use super::tables::Tables;
use crate::domain::accounts::TokenHash;
use crate::domain::notices::Notice;
use crate::domain::second_factors::{SecondFactor, SecondProof, SharedSecret};
use crate::domain::{AccountId, Refusal, Timestamp};
use crate::storage::accounts::PrivateFacts;
use crate::storage::second_factors::TurnedOn;
use crate::storage::{Answer, SecondFactors, StoreError};

#[async_trait]
impl SecondFactors for RedbStore {
    async fn offer_second_factor(&self, account: AccountId, secret: SharedSecret) -> Answer<()> {
        self.write(move |tables, _| {
            let known = private(tables, account)?;
            if known.second_factor.is_some() {
                return Ok(Err(Refusal::SecondFactorOn));
            }
            let facts = PrivateFacts { offered_secret: Some(secret.clone()), ..known };
            save(tables, account, &facts).map(Ok)
        })
        .await
    }

    async fn turn_on_second_factor(&self, id: AccountId, on: TurnedOn) -> Answer<()> {
        self.write(move |tables, _| {
            let Some(account) = account(&tables.accounts, id)? else { return Ok(Err(Refusal::SessionEnded)) };
            let mut facts = private(tables, id)?;
            if facts.second_factor.is_some() {
                return Ok(Err(Refusal::SecondFactorOn));
            }
            let offered = facts.offered_secret.take().filter(|secret| *secret == on.secret);
            let Some(secret) = offered else { return Ok(Err(Refusal::CodeGone)) };
            let recovery = on.recovery.clone();
            facts.second_factor = Some(SecondFactor { secret, last_step: on.step, recovery });
            save(tables, id, &facts)?;
            let account = end_sessions(tables, account)?;
            begin_session(tables, &on.session, &account)?;
            outbox::tell(tables, on.tell.as_ref(), on.at).map(Ok)
        })
        .await
    }

    async fn spend_second_proof(&self, account: AccountId, proof: SecondProof) -> Result<bool, StoreError> {
        self.write(move |tables, _| {
            let mut facts = private(tables, account)?;
            let spent = facts.second_factor.as_mut().is_some_and(|factor| factor.spend(proof));
            if spent {
                save(tables, account, &facts)?;
            }
            Ok(spent)
        })
        .await
    }

    async fn set_recovery_codes(&self, account: AccountId, recovery: Vec<TokenHash>) -> Answer<()> {
        self.write(move |tables, _| {
            let mut facts = private(tables, account)?;
            let Some(factor) = facts.second_factor.as_mut() else { return Ok(Err(Refusal::CodeGone)) };
            factor.recovery = recovery.clone();
            save(tables, account, &facts).map(Ok)
        })
        .await
    }

    async fn turn_off_second_factor(
        &self,
        account: AccountId,
        tell: Option<Notice>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(move |tables, _| {
            let known = private(tables, account)?;
            // It was let be short because of the second factor: alone it is not enough.
            let password = known.password.clone().filter(|_| !known.password_is_short);
            let facts = PrivateFacts {
                second_factor: None,
                offered_secret: None,
                password,
                password_is_short: false,
                ..known
            };
            save(tables, account, &facts)?;
            outbox::tell(tables, tell.as_ref(), now)
        })
        .await
    }
}

fn save(tables: &mut Tables<'_>, account: AccountId, facts: &PrivateFacts) -> Result<(), Fault> {
    tables.account_private.write(account.0.as_bytes(), &StoredPrivate::from(facts))
}
