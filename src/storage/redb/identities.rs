//! Identities: where an account is linked to.

use async_trait::async_trait;

use super::RedbStore;
use super::fault::Fault;
use super::keys;
use super::stored::identity::StoredIdentity;
use super::tables::{CborRows, Fixed, FixedRows, Rows, Tables};
use super::{arrivals, departures, outbox, sessions, ways_in};
use crate::domain::departures::{Back, Departed, Proof};
use crate::domain::identities::LinkedIdentity;
use crate::domain::notices::Notice;
use crate::domain::{Account, AccountId, IdentityKey, Profile, ProviderId, Timestamp, TokenHash, Via};
use crate::storage::accounts::Ways;
use crate::storage::identities::Arrived;
use crate::storage::{Answer, Identities, StoreError};

#[async_trait]
impl Identities for RedbStore {
    async fn depart(&self, departed: Departed) -> Result<(), StoreError> {
        self.write(move |tables, _| departures::leave(tables, &departed)).await
    }

    async fn departed(&self, state: TokenHash, now: Timestamp) -> Result<Option<Departed>, StoreError> {
        self.read(move |snapshot| departures::live(&snapshot.departures, state, now)).await
    }

    async fn keep_back(
        &self,
        state: TokenHash,
        provider: ProviderId,
        back: Back,
        now: Timestamp,
    ) -> Answer<()> {
        self.write(move |tables, _| departures::keep_back(tables, state, &provider, &back, now)).await
    }

    async fn come_back(
        &self,
        state: TokenHash,
        provider: ProviderId,
        transaction: String,
        now: Timestamp,
    ) -> Answer<Departed> {
        self.write(move |tables, _| departures::come_back(tables, state, &provider, &transaction, now)).await
    }

    async fn arrive(
        &self,
        profile: Profile,
        new_account: AccountId,
        transaction: String,
        now: Timestamp,
    ) -> Result<Arrived, StoreError> {
        self.write(move |tables, _| arrivals::arrive(tables, &profile, new_account, &transaction, now)).await
    }

    async fn proof(&self, transaction: String, now: Timestamp) -> Result<Option<Proof>, StoreError> {
        self.read(move |snapshot| arrivals::proof(&snapshot.proofs, &transaction, now)).await
    }

    async fn prove(
        &self,
        transaction: String,
        wanted: Proof,
        tell: Option<Notice>,
        now: Timestamp,
    ) -> Answer<Account> {
        self.write(move |tables, _| arrivals::prove(tables, &transaction, &wanted, tell.as_ref(), now)).await
    }

    async fn take_proof(
        &self,
        transaction: String,
        given: Proof,
        tell: Option<Notice>,
        now: Timestamp,
    ) -> Answer<(Account, Option<Profile>)> {
        self.write(move |tables, _| arrivals::take_proof(tables, &transaction, &given, tell.as_ref(), now))
            .await
    }

    async fn identities_of(&self, account: AccountId) -> Result<Vec<LinkedIdentity>, StoreError> {
        self.read(move |snapshot| {
            let mut linked = Vec::new();
            for key in keys_of(&snapshot.identity_by_account, account)? {
                if let Some(row) = snapshot.identities.read::<StoredIdentity>(&key.0)? {
                    linked.push(row.into_linked()?);
                }
            }
            linked.sort_by_key(|linked| std::cmp::Reverse(linked.used_at));
            Ok(linked)
        })
        .await
    }

    async fn link_identity(
        &self,
        account: AccountId,
        profile: Profile,
        tell: Option<Notice>,
        now: Timestamp,
    ) -> Answer<()> {
        self.write(move |tables, _| {
            Ok(arrivals::link_to(tables, account, &profile, tell.as_ref(), now)?.map(drop))
        })
        .await
    }

    async fn unlink_identity(
        &self,
        account: AccountId,
        identity: IdentityKey,
        ways: Ways,
        tell: Option<Notice>,
        now: Timestamp,
    ) -> Answer<()> {
        self.write(move |tables, _| {
            let unlinked = ways_in::unlink(tables, account, identity, &ways)?;
            if unlinked == Ok(true) {
                outbox::tell(tables, tell.as_ref(), now)?;
            }
            Ok(unlinked.map(drop))
        })
        .await
    }

    async fn forget_identity(&self, identity: IdentityKey) -> Result<Option<AccountId>, StoreError> {
        self.write(move |tables, _| {
            let row = tables.identities.read::<StoredIdentity>(&identity.0)?;
            let Some(account) = row.map(|row| row.account()) else { return Ok(None) };
            unlink(tables, account, identity)?;
            Ok(Some(account))
        })
        .await
    }
}

/// All identities of an account.
pub fn keys_of(index: &impl Rows<Fixed<48>, ()>, account: AccountId) -> Result<Vec<IdentityKey>, Fault> {
    let mut found = Vec::new();
    for row in index.under(account.0.as_bytes())? {
        found.push(IdentityKey(keys::part(row?.0.value(), 16)));
    }
    Ok(found)
}

/// Whether an account is linked to one at this provider.
pub fn is_linked_at(tables: &Tables<'_>, account: AccountId, provider: &ProviderId) -> Result<bool, Fault> {
    for key in keys_of(&tables.identity_by_account, account)? {
        let row = tables.identities.read::<StoredIdentity>(&key.0)?;
        if let Some(row) = row
            && row.into_linked()?.identity.provider == *provider
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Unlinks an identity, and ends what was signed in by way of its provider: who holds the account there has no part in
/// this one any more.
pub fn unlink(tables: &mut Tables<'_>, account: AccountId, identity: IdentityKey) -> Result<(), Fault> {
    if let Some(row) = tables.identities.read::<StoredIdentity>(&identity.0)? {
        sessions::end_sessions_by(tables, account, &Via::Provider(row.into_linked()?.identity.provider))?;
    }
    tables.identities.remove(&identity.0)?;
    tables.identity_by_account.remove(&keys::identity_of(account, identity)).map(drop)
}

pub fn unlink_all(tables: &mut Tables<'_>, account: AccountId) -> Result<(), Fault> {
    for key in keys_of(&tables.identity_by_account, account)? {
        unlink(tables, account, key)?;
    }
    Ok(())
}
