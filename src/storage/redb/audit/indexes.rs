//! Indexes of people, sessions, notices and sites: each entry has its row, and each row its entry.

use super::super::fault::Fault;
use super::super::stored::people::{StoredAccount, StoredPrivate};
use super::super::stored::session::{StoredSession, StoredToken};
use super::super::stored::site::StoredSite;
use super::super::tables::{CborRows, Rows, Snapshot};
use super::super::{accounts, codec, keys};
use super::Findings;
use crate::domain::accounts::TokenHash;
use crate::domain::sessions::RefreshToken;
use crate::domain::{AccountId, Email, SessionId, SiteId};
use crate::storage::accounts::PrivateFacts;

pub fn check(snapshot: &Snapshot<'_>, found: &mut Findings) -> Result<(), Fault> {
    check_accounts(snapshot, found)?;
    check_sessions(snapshot, found)?;
    check_outbox(snapshot, found)?;
    check_sites(snapshot, found)
}

fn account_id(key: &[u8; 16]) -> AccountId {
    AccountId(uuid::Uuid::from_bytes(*key))
}

fn check_accounts(snapshot: &Snapshot<'_>, found: &mut Findings) -> Result<(), Fault> {
    for row in snapshot.accounts.all()? {
        let (key, value) = row?;
        let key = *key.value();
        let account = codec::decode::<StoredAccount>(value.value())?.into_account(account_id(&key));
        if account.operator && snapshot.operators.get(&key)?.is_none() {
            found.differs(format!("operator {} is not in their list", account.id), move |tables| {
                tables.operators.insert(&key, ())
            });
        }
    }
    for row in snapshot.operators.all()? {
        let key = *row?.0.value();
        let id = account_id(&key);
        if accounts::account(&snapshot.accounts, id)?.is_none_or(|account| !account.operator) {
            found.differs(format!("account {id} is listed as operator and is none"), move |tables| {
                tables.operators.remove(&key).map(drop)
            });
        }
    }
    for row in snapshot.account_private.all()? {
        let (key, value) = row?;
        let key = *key.value();
        let facts = PrivateFacts::from(codec::decode::<StoredPrivate>(value.value())?);
        let Some(address) = facts.email.as_ref().map(Email::lookup) else { continue };
        if snapshot.account_by_email.get(address.as_bytes())?.is_none() {
            let id = account_id(&key);
            found.differs(format!("account {id} is not found by its address"), move |tables| {
                tables.account_by_email.insert(address.as_bytes(), &key)
            });
        }
    }
    for row in snapshot.account_by_email.all()? {
        let (address, key) = row?;
        let (address, key) = (address.value().to_vec(), *key.value());
        let facts = snapshot.account_private.read::<StoredPrivate>(&key)?.map(PrivateFacts::from);
        let theirs = facts.and_then(|facts| facts.email).map(|email| email.lookup().into_bytes());
        if theirs.as_deref() != Some(address.as_slice()) {
            let id = account_id(&key);
            found.differs(format!("an address leads to account {id}, which has another"), move |tables| {
                tables.account_by_email.remove(address.as_slice()).map(drop)
            });
        }
    }
    Ok(())
}

fn check_sessions(snapshot: &Snapshot<'_>, found: &mut Findings) -> Result<(), Fault> {
    for row in snapshot.sessions.all()? {
        let (key, value) = row?;
        let id = SessionId(uuid::Uuid::from_bytes(*key.value()));
        let session = codec::decode::<StoredSession>(value.value())?.into_session(id)?;
        let at = keys::session_of(session.account, id);
        if snapshot.session_by_account.get(&at)?.is_none() {
            found.differs("a session is not found by its account".to_owned(), move |tables| {
                tables.session_by_account.insert(&at, ())
            });
        }
    }
    for row in snapshot.session_by_account.all()? {
        let at = *row?.0.value();
        if snapshot.sessions.get(&keys::part::<16>(&at, 16))?.is_none() {
            found.differs("an account's list names a session that is not there".to_owned(), move |tables| {
                tables.session_by_account.remove(&at).map(drop)
            });
        }
    }
    for row in snapshot.refresh_tokens.all()? {
        let (key, value) = row?;
        let hash = TokenHash(*key.value());
        let token = RefreshToken::from(codec::decode::<StoredToken>(value.value())?);
        let at = keys::token_of(token.session, hash);
        if snapshot.sessions.get(token.session.0.as_bytes())?.is_none() {
            found.differs("a token belongs to a session that is not there".to_owned(), move |tables| {
                tables.token_by_session.remove(&at)?;
                tables.refresh_tokens.remove(&hash.0).map(drop)
            });
        } else if snapshot.token_by_session.get(&at)?.is_none() {
            found.differs("a token is not found by its session".to_owned(), move |tables| {
                tables.token_by_session.insert(&at, ())
            });
        }
    }
    for row in snapshot.token_by_session.all()? {
        let at = *row?.0.value();
        if snapshot.refresh_tokens.get(&keys::part::<32>(&at, 16))?.is_none() {
            found.differs("a session's list names a token that is not there".to_owned(), move |tables| {
                tables.token_by_session.remove(&at).map(drop)
            });
        }
    }
    Ok(())
}

fn check_outbox(snapshot: &Snapshot<'_>, found: &mut Findings) -> Result<(), Fault> {
    for row in snapshot.outbox.all()? {
        let key = *row?.0.value();
        let (due_at, id) = (keys::moment_at(&key, 0), keys::u64_at(&key, 8));
        let listed = snapshot.outbox_by_id.get(&id.to_be_bytes())?.map(|row| row.value());
        if listed != Some(due_at.as_millis()) {
            found.differs(format!("notice {id} is not found by its id"), move |tables| {
                tables.outbox_by_id.insert(&id.to_be_bytes(), due_at.as_millis())
            });
        }
    }
    for row in snapshot.outbox_by_id.all()? {
        let (key, due_at) = row?;
        let (id, due_at) = (u64::from_be_bytes(*key.value()), due_at.value());
        let due_at = crate::domain::Timestamp::from_millis(due_at);
        if snapshot.outbox.get(&keys::outbox(due_at, id))?.is_none() {
            found.differs(format!("the id of notice {id} leads to nothing"), move |tables| {
                // Unless a repair before this one pointed it at its row.
                let listed = tables.outbox_by_id.get(&id.to_be_bytes())?.map(|row| row.value());
                if listed == Some(due_at.as_millis()) {
                    tables.outbox_by_id.remove(&id.to_be_bytes())?;
                }
                Ok(())
            });
        }
    }
    Ok(())
}

fn check_sites(snapshot: &Snapshot<'_>, found: &mut Findings) -> Result<(), Fault> {
    for row in snapshot.sites.all()? {
        let (key, value) = row?;
        let key = *key.value();
        let site = codec::decode::<StoredSite>(value.value())?.into_site(SiteId(u32::from_be_bytes(key)))?;
        let name = site.key.as_str().as_bytes().to_vec();
        if snapshot.site_by_key.get(name.as_slice())?.map(|row| *row.value()) != Some(key) {
            found.differs(format!("site {} is not found by its key", site.key), move |tables| {
                tables.site_by_key.insert(name.as_slice(), &key)
            });
        }
    }
    for row in snapshot.site_by_key.all()? {
        let (name, key) = row?;
        let (name, key) = (name.value().to_vec(), *key.value());
        let stored = snapshot.sites.read::<StoredSite>(&key)?;
        let site = stored.map(|row| row.into_site(SiteId(u32::from_be_bytes(key)))).transpose()?;
        if site.is_none_or(|site| site.key.as_str().as_bytes() != name) {
            found.differs("a site key leads to a site that has another".to_owned(), move |tables| {
                tables.site_by_key.remove(name.as_slice()).map(drop)
            });
        }
    }
    Ok(())
}
