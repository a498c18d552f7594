//! Guest sessions.

use async_trait::async_trait;

use super::RedbStore;
use super::keys;
use super::stored::people::StoredGuest;
use super::tables::CborRows;
use super::{claims, email_codes};
use crate::domain::accounts::TokenHash;
use crate::domain::{AccountId, Guest, SiteId, Timestamp};
use crate::storage::guests::{Claim, Claimed};
use crate::storage::sessions::{NewSession, PresentedCode};
use crate::storage::{Answer, Guests, StoreError};

#[async_trait]
impl Guests for RedbStore {
    async fn guest(&self, site: SiteId, token: TokenHash) -> Result<Option<Guest>, StoreError> {
        self.read(move |snapshot| {
            let row = snapshot.guests.read::<StoredGuest>(&keys::guest(site, token))?;
            Ok(row.map(|row| row.into_guest(site)))
        })
        .await
    }

    async fn redeem_email_code_as_guest(
        &self,
        presented: PresentedCode,
        new_account: AccountId,
        session: NewSession,
        claim: Claim,
        now: Timestamp,
    ) -> Answer<Claimed> {
        self.write(move |tables, effects| {
            let redeemed = email_codes::redeem(tables, &presented, new_account, &session, now)?;
            let (mut account, session) = match redeemed {
                Ok(redeemed) => redeemed,
                Err(refusal) => return Ok(Err(refusal)),
            };
            let comments = claims::claim(tables, effects, presented.site, &mut account, &claim, now)?;
            Ok(Ok(Claimed { account, session, comments }))
        })
        .await
    }
}
