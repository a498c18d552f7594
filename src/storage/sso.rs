//! Single sign-on.

use async_trait::async_trait;

use super::sessions::NewSession;
use super::{Answer, StoreError};
use crate::domain::sessions::Session;
use crate::domain::sso::Vouched;
use crate::domain::{Account, AccountId, Identity, SiteId, Timestamp};

#[async_trait]
pub trait Sso: Send + Sync {
    /// Whose account an identity leads to.
    async fn account_of(&self, identity: &Identity) -> Result<Option<AccountId>, StoreError>;
    /// Signs in whom `site` vouches for, all in one: the token is used up (`SsoRefused`, if it was before), the account
    /// of the identity is found or made as `new_account`, takes the token's name and role, if they differ, and
    /// `session` (whose account and epoch are filled in here) is stored. Who may not write here any more is refused
    /// (`Banned`). An owner stays one, whatever the token says.
    async fn sign_in_by_site(
        &self,
        site: SiteId,
        vouched: Vouched,
        new_account: AccountId,
        session: NewSession,
        now: Timestamp,
    ) -> Answer<(Account, Session)>;
}
