//! What an account is signed in to with: a new address, a new password or none. The last way in stays.

use super::accounts::{account, by_email, live_link, private};
use super::fault::Fault;
use super::identities;
use super::outbox;
use super::sessions::{begin_session, end_sessions};
use super::stored::identity::StoredIdentity;
use super::stored::people::StoredPrivate;
use super::tables::{CborRows, Tables};
use crate::domain::accounts::TokenHash;
use crate::domain::notices::{Notice, NoticeKind};
use crate::domain::{Account, AccountId, Email, IdentityKey, Refusal, Timestamp};
use crate::storage::accounts::{LinkPurpose, PasswordChange, PrivateFacts, Ways};
use crate::storage::sessions::NewSession;

pub fn change_email(
    tables: &mut Tables<'_>,
    token: TokenHash,
    id: AccountId,
    session: &NewSession,
    now: Timestamp,
) -> Result<Result<Account, Refusal>, Fault> {
    let email = match live_link(&tables.links, token, now)? {
        Some(LinkPurpose::ConfirmEmail { account, email }) if account == id => email,
        _ => return Ok(Err(Refusal::LinkGone)),
    };
    let Some(known) = account(&tables.accounts, id)? else { return Ok(Err(Refusal::SessionEnded)) };
    let holder = by_email(&tables.account_by_email, &tables.accounts, &email)?.filter(|other| other.id != id);
    if let Some(holder) = &holder
        && private(tables, holder.id)?.email_verified
    {
        return Ok(Err(Refusal::AddressTaken));
    }
    tables.links.remove(&token.0)?;
    if let Some(holder) = holder {
        give_up_address(tables, holder, &email)?;
    }
    let before = private(tables, id)?;
    if let Some(old) = &before.email {
        tables.account_by_email.remove(old.lookup().as_bytes())?;
        if before.email_verified && old.lookup() != email.lookup() {
            let notice = Notice { to: old.clone(), kind: NoticeKind::AddressChanged, expires_at: None };
            outbox::queue(tables, &notice, now)?;
        }
    }
    tables.account_by_email.insert(email.lookup().as_bytes(), id.0.as_bytes())?;
    let facts = PrivateFacts { email: Some(email), email_verified: true, ..before };
    tables.account_private.write(id.0.as_bytes(), &StoredPrivate::from(&facts))?;
    let account = end_sessions(tables, known)?;
    begin_session(tables, session, &account)?;
    Ok(Ok(account))
}

pub fn change_password(
    tables: &mut Tables<'_>,
    id: AccountId,
    change: &PasswordChange,
) -> Result<Result<Account, Refusal>, Fault> {
    let Some(known) = account(&tables.accounts, id)? else { return Ok(Err(Refusal::SessionEnded)) };
    let facts = private(tables, id)?;
    if change.password.is_none() && !other_ways(tables, id, &facts, &change.ways, None)? {
        return Ok(Err(Refusal::LastWayIn));
    }
    let (password, password_is_short) = (change.password.clone(), change.is_short);
    let facts = PrivateFacts { password, password_is_short, ..facts };
    tables.account_private.write(id.0.as_bytes(), &StoredPrivate::from(&facts))?;
    let account = end_sessions(tables, known)?;
    begin_session(tables, &change.session, &account)?;
    outbox::tell(tables, change.tell.as_ref(), change.at)?;
    Ok(Ok(account))
}

/// Takes an address from somebody who has not shown that it is theirs, with all they could sign in with: they may have
/// put it there to wait for its owner.
pub fn give_up_address(tables: &mut Tables<'_>, holder: Account, address: &Email) -> Result<(), Fault> {
    identities::unlink_all(tables, holder.id)?;
    tables.account_private.remove(holder.id.0.as_bytes())?;
    tables.account_by_email.remove(address.lookup().as_bytes())?;
    end_sessions(tables, holder).map(drop)
}

/// Unlinks an identity: whether it was theirs. One that is not changes nothing.
pub fn unlink(
    tables: &mut Tables<'_>,
    id: AccountId,
    identity: IdentityKey,
    ways: &Ways,
) -> Result<Result<bool, Refusal>, Fault> {
    let linked = identities::keys_of(&tables.identity_by_account, id)?;
    if !linked.contains(&identity) {
        return Ok(Ok(false));
    }
    let facts = private(tables, id)?;
    if facts.password.is_none() && !other_ways(tables, id, &facts, ways, Some(identity))? {
        return Ok(Err(Refusal::LastWayIn));
    }
    identities::unlink(tables, id, identity)?;
    Ok(Ok(true))
}

/// Whether somebody can sign in to the account by other means than a password, and than the identity that is to go.
fn other_ways(
    tables: &Tables<'_>,
    id: AccountId,
    facts: &PrivateFacts,
    ways: &Ways,
    without: Option<IdentityKey>,
) -> Result<bool, Fault> {
    if ways.mail && facts.email.is_some() && facts.email_verified {
        return Ok(true);
    }
    for key in identities::keys_of(&tables.identity_by_account, id)? {
        let row = tables.identities.read::<StoredIdentity>(&key.0)?.filter(|_| Some(key) != without);
        let linked = row.map(StoredIdentity::into_linked).transpose()?;
        if linked.is_some_and(|linked| ways.providers.contains(&linked.identity.provider)) {
            return Ok(true);
        }
    }
    Ok(false)
}
