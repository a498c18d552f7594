//! Identities: filed under what they say, owned by somebody, and found by their owner.

use super::Findings;
use crate::domain::{AccountId, IdentityKey};
use crate::storage::redb::fault::Fault;
use crate::storage::redb::stored::identity::StoredIdentity;
use crate::storage::redb::tables::{Rows, Snapshot};
use crate::storage::redb::{accounts, codec, identities, keys};

pub fn check(snapshot: &Snapshot<'_>, found: &mut Findings) -> Result<(), Fault> {
    for row in snapshot.identities.all()? {
        let (key, value) = row?;
        let key = IdentityKey(*key.value());
        let stored = codec::decode::<StoredIdentity>(value.value())?;
        let owner = stored.account();
        let at = keys::identity_of(owner, key);
        if stored.into_linked()?.identity.key() != key {
            found.is_lost("an identity is filed under another one's key".to_owned());
        } else if accounts::account(&snapshot.accounts, owner)?.is_none() {
            found.differs(
                format!("an identity belongs to account {owner}, which is not there"),
                move |tables| identities::unlink(tables, owner, key),
            );
        } else if snapshot.identity_by_account.get(&at)?.is_none() {
            found.differs(format!("an identity is not found by account {owner}"), move |tables| {
                tables.identity_by_account.insert(&at, ())
            });
        }
    }
    for row in snapshot.identity_by_account.all()? {
        let at = *row?.0.value();
        let owner = AccountId(uuid::Uuid::from_bytes(keys::part(&at, 0)));
        let identity: [u8; 32] = keys::part(&at, 16);
        let stored = snapshot.identities.get(&identity)?;
        let stored = stored.map(|row| codec::decode::<StoredIdentity>(row.value())).transpose()?;
        if stored.is_none_or(|stored| stored.account() != owner) {
            found.differs(format!("account {owner} lists an identity that is not its own"), move |tables| {
                tables.identity_by_account.remove(&at).map(drop)
            });
        }
    }
    Ok(())
}
