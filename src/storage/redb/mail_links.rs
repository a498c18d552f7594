//! Links in mails.

use async_trait::async_trait;

use super::RedbStore;
use super::accounts::{account, found_or_made, private};
use super::expiry::{self, Kept};
use super::fault::Fault;
use super::stored::identity::StoredMailLink;
use super::tables::{CborRows, Fixed, Tables};
use super::{arrivals, outbox};
use crate::domain::departures::{DEPARTURE_TTL, MailLink, MailLinkPurpose, Proof};
use crate::domain::notices::Notice;
use crate::domain::{Account, AccountId, Email, Profile, Refusal, Timestamp, TokenHash};
use crate::storage::{Answer, MailLinks, StoreError};

#[async_trait]
impl MailLinks for RedbStore {
    async fn add_mail_link(&self, link: MailLink, notice: Notice) -> Result<(), StoreError> {
        self.write(move |tables, _| {
            tables.mail_links.write(&link.token.0, &StoredMailLink::from(&link))?;
            expiry::schedule(tables, Kept::MailLink, link.asked_at.plus(DEPARTURE_TTL), &link.token.0)?;
            outbox::queue(tables, &notice, link.asked_at).map(drop)
        })
        .await
    }

    async fn mailed_link(&self, token: TokenHash, now: Timestamp) -> Result<Option<MailLink>, StoreError> {
        self.read(move |snapshot| live(&snapshot.mail_links, token, now)).await
    }

    async fn use_mail_link(
        &self,
        token: TokenHash,
        new_account: AccountId,
        now: Timestamp,
    ) -> Answer<Account> {
        self.write(move |tables, _| {
            let Some(link) = live(&tables.mail_links, token, now)? else { return Ok(Err(Refusal::LinkGone)) };
            let (account, profile) = match link.purpose {
                MailLinkPurpose::SignIn => (found_or_made(tables, new_account, &link.email, now)?, None),
                MailLinkPurpose::Prove => match proven(tables, &link, now)? {
                    Some((account, profile)) => (account, Some(profile)),
                    None => return Ok(Err(Refusal::LinkGone)),
                },
            };
            tables.mail_links.remove(&token.0)?;
            arrivals::give_proof(tables, &link.transaction, &account, profile, now)?;
            Ok(Ok(account))
        })
        .await
    }
}

pub fn live(
    links: &impl CborRows<Fixed<32>>,
    token: TokenHash,
    now: Timestamp,
) -> Result<Option<MailLink>, Fault> {
    let link = links.read::<StoredMailLink>(&token.0)?.map(|row| row.into_link(token)).transpose()?;
    Ok(link.filter(|link| now.is_within(DEPARTURE_TTL, link.asked_at)))
}

/// A mail proves the account only as long as the account has the address it went to.
fn proven(tables: &Tables<'_>, link: &MailLink, now: Timestamp) -> Result<Option<(Account, Profile)>, Fault> {
    let proof = arrivals::proof(&tables.proofs, &link.transaction, now)?;
    let Some(Proof::Wanted { account: id, profile }) = proof else { return Ok(None) };
    let facts = private(tables, id)?;
    let lookup = facts.email.as_ref().map(Email::lookup).filter(|_| facts.email_verified);
    if lookup != Some(link.email.lookup()) {
        return Ok(None);
    }
    Ok(account(&tables.accounts, id)?.map(|account| (account, profile)))
}
