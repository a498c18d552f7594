//! Links in mails: to sign in, or to prove an account.

use async_trait::async_trait;

use super::{Answer, StoreError};
use crate::domain::departures::MailLink;
use crate::domain::notices::Notice;
use crate::domain::{Account, AccountId, Timestamp, TokenHash};

#[async_trait]
pub trait MailLinks: Send + Sync {
    /// Stores a link and queues its mail.
    async fn add_mail_link(&self, link: MailLink, notice: Notice) -> Result<(), StoreError>;
    /// A link of the last ten minutes. Looking does not use it up.
    async fn mailed_link(&self, token: TokenHash, now: Timestamp) -> Result<Option<MailLink>, StoreError>;
    /// Uses a link, once, and leaves the proof for its transaction. To sign in: as the account of its address, found, or
    /// made as `new_account` (address verified, no name). To prove: as the one that the identity waits for. `LinkGone` if it is
    /// used or too old, if nothing waits for proof any more, or if the account has another address now.
    async fn use_mail_link(
        &self,
        token: TokenHash,
        new_account: AccountId,
        now: Timestamp,
    ) -> Answer<Account>;
}
