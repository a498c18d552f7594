//! Guest sessions.

use async_trait::async_trait;

use super::sessions::{NewSession, PresentedCode};
use super::{Answer, StoreError};
use crate::domain::accounts::TokenHash;
use crate::domain::sessions::Session;
use crate::domain::{Account, AccountId, Guest, Name, SiteId, Timestamp};

/// A guest's token, brought along to signing in.
#[derive(Clone, Debug)]
pub struct Claim {
    pub token: TokenHash,
    /// What an account without a name is called from now on, if the guest's own name may be shown.
    pub name: Option<Name>,
}

/// A guest who signed in.
#[derive(Clone, Debug)]
pub struct Claimed {
    pub account: Account,
    pub session: Session,
    /// How many comments became the account's. Beyond the first 200 they follow within minutes.
    pub comments: u64,
}

#[async_trait]
pub trait Guests: Send + Sync {
    /// The guest that a token names on this site. A token of another site is unknown here.
    async fn guest(&self, site: SiteId, token: TokenHash) -> Result<Option<Guest>, StoreError>;

    /// Redeems a code as `Sessions::redeem_email_code` does, and in the same transaction makes what the guest of `claim`
    /// wrote on the code's site the account's: what waited because a guest wrote it is judged as the member's, and
    /// published if that is the verdict. What was removed or is spam stays so. The guest is no more. Without such a guest,
    /// or if the account may not write here, nothing is claimed.
    async fn redeem_email_code_as_guest(
        &self,
        presented: PresentedCode,
        new_account: AccountId,
        session: NewSession,
        claim: Claim,
        now: Timestamp,
    ) -> Answer<Claimed>;
}
