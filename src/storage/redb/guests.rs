//! Guest sessions.

use async_trait::async_trait;

use super::RedbStore;
use super::keys;
use super::stored::people::StoredGuest;
use super::tables::CborRows;
use crate::domain::accounts::TokenHash;
use crate::domain::{Guest, SiteId};
use crate::storage::{Guests, StoreError};

#[async_trait]
impl Guests for RedbStore {
    async fn guest(&self, site: SiteId, token: TokenHash) -> Result<Option<Guest>, StoreError> {
        self.read(move |snapshot| {
            let row = snapshot.guests.read::<StoredGuest>(&keys::guest(site, token))?;
            Ok(row.map(|row| row.into_guest(site)))
        })
        .await
    }
}
