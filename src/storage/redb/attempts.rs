//! Passwords that were wrong, and browsers that are known.

use std::time::Duration;

use async_trait::async_trait;
use minicbor::{Decode, Encode};

use super::RedbStore;
use super::expiry::{self, Kept};
use super::fault::Fault;
use super::keys;
use super::tables::{CborRows, Rows, Tables};
use crate::domain::accounts::TokenHash;
use crate::domain::{AccountId, Timestamp, devices};
use crate::storage::{Attempts, StoreError};

/// After so long without another, failures are forgotten: attackers type addresses that nobody has, too.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(90 * 24 * 60 * 60);

#[derive(Encode, Decode, Clone, Copy, Default)]
#[cbor(map)]
struct StoredAttempts {
    #[n(0)]
    in_a_row: u32,
    #[n(1)]
    last_at: i64,
}

#[async_trait]
impl Attempts for RedbStore {
    async fn begin_attempt(&self, subject: TokenHash, most: u32, now: Timestamp) -> Result<bool, StoreError> {
        self.write(move |tables, _| {
            let known: StoredAttempts = tables.wrong_passwords.read(&subject.0)?.unwrap_or_default();
            if known.in_a_row >= most {
                return Ok(false);
            }
            let counted = StoredAttempts { in_a_row: known.in_a_row + 1, last_at: now.as_millis() };
            tables.wrong_passwords.write(&subject.0, &counted)?;
            if known.in_a_row == 0 {
                expiry::schedule(tables, Kept::WrongPasswords, now.plus(FORGOTTEN_AFTER), &subject.0)?;
            }
            Ok(true)
        })
        .await
    }

    async fn withdraw_attempt(&self, subject: TokenHash) -> Result<(), StoreError> {
        self.write(move |tables, _| {
            let Some(known) = tables.wrong_passwords.read::<StoredAttempts>(&subject.0)? else {
                return Ok(());
            };
            let left = StoredAttempts { in_a_row: known.in_a_row.saturating_sub(1), ..known };
            tables.wrong_passwords.write(&subject.0, &left)
        })
        .await
    }

    async fn forget_attempts(&self, subject: TokenHash) -> Result<(), StoreError> {
        self.write(move |tables, _| tables.wrong_passwords.remove(&subject.0).map(drop)).await
    }

    async fn knows_device(
        &self,
        account: AccountId,
        device: TokenHash,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let key = keys::known_device(account, device);
        self.read(move |snapshot| {
            let known = snapshot.known_devices.get(&key)?.map(|row| Timestamp::from_millis(row.value()));
            Ok(known.is_some_and(|at| now < at.plus(devices::KNOWN_FOR)))
        })
        .await
    }

    async fn remember_device(
        &self,
        account: AccountId,
        device: TokenHash,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let key = keys::known_device(account, device);
        self.write(move |tables, _| {
            let is_new = tables.known_devices.get(&key)?.is_none();
            tables.known_devices.insert(&key, now.as_millis())?;
            if is_new {
                expiry::schedule(tables, Kept::KnownDevice, now.plus(devices::KNOWN_FOR), &key)?;
            }
            Ok(())
        })
        .await
    }
}

/// Deletes a count that nobody added to for long, or comes back for it later.
pub fn prune_attempts(tables: &mut Tables<'_>, key: &[u8], now: Timestamp) -> Result<(), Fault> {
    let subject: [u8; 32] = keys::part(key, 0);
    let Some(known) = tables.wrong_passwords.read::<StoredAttempts>(&subject)? else { return Ok(()) };
    let over_at = Timestamp::from_millis(known.last_at).plus(FORGOTTEN_AFTER);
    if now < over_at {
        return expiry::schedule(tables, Kept::WrongPasswords, over_at, key);
    }
    tables.wrong_passwords.remove(&subject).map(drop)
}

/// The same for a browser that signed in last long ago.
pub fn prune_device(tables: &mut Tables<'_>, key: &[u8], now: Timestamp) -> Result<(), Fault> {
    let device: [u8; 48] = keys::part(key, 0);
    let Some(known) = tables.known_devices.get(&device)?.map(|row| Timestamp::from_millis(row.value()))
    else {
        return Ok(());
    };
    if now < known.plus(devices::KNOWN_FOR) {
        return expiry::schedule(tables, Kept::KnownDevice, known.plus(devices::KNOWN_FOR), key);
    }
    tables.known_devices.remove(&device).map(drop)
}
