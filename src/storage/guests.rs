//! Guest sessions.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::accounts::TokenHash;
use crate::domain::{Guest, SiteId};

#[async_trait]
pub trait Guests: Send + Sync {
    /// The guest that a token names on this site. A token of another site is unknown here.
    async fn guest(&self, site: SiteId, token: TokenHash) -> Result<Option<Guest>, StoreError>;
}
