//! Whose account an identity leads to: the linking rule, and the proof it may ask for.
//!
//! Invariant: an identity is linked to an account that was made for it, or after that account was proven; an address
//! alone never links anything.

use super::accounts::{account, by_email, private, save};
use super::expiry::{self, Kept};
use super::fault::Fault;
use super::keys;
use super::outbox;
use super::stored::identity::{StoredIdentity, StoredProof};
use super::stored::people::StoredPrivate;
use super::tables::{CborRows, Fixed, Tables};
use super::ways_in::give_up_address;
use crate::domain::departures::{DEPARTURE_TTL, Proof};
use crate::domain::identities::LinkedIdentity;
use crate::domain::notices::Notice;
use crate::domain::{Account, AccountId, Email, Identity, Profile, Refusal, Timestamp};
use crate::storage::accounts::PrivateFacts;
use crate::storage::identities::Arrived;

pub fn arrive(
    tables: &mut Tables<'_>,
    profile: &Profile,
    new_account: AccountId,
    transaction: &str,
    now: Timestamp,
) -> Result<Arrived, Fault> {
    if let Some(account) = owner(tables, &profile.identity)? {
        if private(tables, account.id)?.second_factor.is_some() {
            give_proof(tables, transaction, &account, Some(profile.clone()), now)?;
            return Ok(Arrived::SecondFactorWanted(account.id));
        }
        link(tables, account.id, profile, now)?;
        return Ok(Arrived::At(account));
    }
    let verified = profile.email.as_ref().filter(|email| email.verified).map(|email| &email.address);
    if let Some(address) = verified
        && let Some(holder) = by_email(&tables.account_by_email, &tables.accounts, address)?
    {
        if private(tables, holder.id)?.email_verified {
            let id = holder.id;
            let wanted = Proof::Wanted { account: id, profile: profile.clone() };
            keep_proof(tables, transaction, &wanted, now)?;
            return Ok(Arrived::ProofWanted(id));
        }
        give_up_address(tables, holder, address)?;
    }
    let account = make(tables, new_account, verified, now)?;
    link(tables, account.id, profile, now)?;
    Ok(Arrived::At(account))
}

/// The account an identity is linked to.
pub fn owner(tables: &Tables<'_>, identity: &Identity) -> Result<Option<Account>, Fault> {
    match tables.identities.read::<StoredIdentity>(&identity.key().0)? {
        Some(row) => account(&tables.accounts, row.account()),
        None => Ok(None),
    }
}

fn make(
    tables: &mut Tables<'_>,
    id: AccountId,
    email: Option<&Email>,
    now: Timestamp,
) -> Result<Account, Fault> {
    let account = Account { id, name: None, created_at: now, epoch: 0, operator: false };
    save(tables, &account)?;
    if let Some(email) = email {
        let facts = PrivateFacts { email: Some(email.clone()), email_verified: true, ..Default::default() };
        tables.account_private.write(id.0.as_bytes(), &StoredPrivate::from(&facts))?;
        tables.account_by_email.insert(email.lookup().as_bytes(), id.0.as_bytes())?;
    }
    Ok(account)
}

/// Links an identity to an account, or notes that it was used.
pub fn link(tables: &mut Tables<'_>, to: AccountId, profile: &Profile, now: Timestamp) -> Result<(), Fault> {
    let key = profile.identity.key();
    let known = tables.identities.read::<StoredIdentity>(&key.0)?.filter(|row| row.account() == to);
    let linked_at = known.map(StoredIdentity::into_linked).transpose()?.map_or(now, |it| it.linked_at);
    let linked = LinkedIdentity {
        identity: profile.identity.clone(),
        label: profile.label.clone(),
        linked_at,
        used_at: now,
    };
    tables.identities.write(&key.0, &StoredIdentity::new(&linked, to))?;
    tables.identity_by_account.insert(&keys::identity_of(to, key), ())
}

/// Links an identity to an account that was proven; if that is new to it, `tell` is queued. The refusal comes before the
/// first write.
pub fn link_to(
    tables: &mut Tables<'_>,
    to: AccountId,
    profile: &Profile,
    tell: Option<&Notice>,
    now: Timestamp,
) -> Result<Result<Account, Refusal>, Fault> {
    let Some(account) = account(&tables.accounts, to)? else { return Ok(Err(Refusal::SessionEnded)) };
    let owner = owner(tables, &profile.identity)?;
    if owner.as_ref().is_some_and(|owner| owner.id != to) {
        return Ok(Err(Refusal::IdentityTaken));
    }
    link(tables, to, profile, now)?;
    outbox::tell(tables, tell.filter(|_| owner.is_none()), now)?;
    Ok(Ok(account))
}

/// Somebody showed that the account is theirs: the popup may go on.
pub fn give_proof(
    tables: &mut Tables<'_>,
    transaction: &str,
    account: &Account,
    profile: Option<Profile>,
    now: Timestamp,
) -> Result<(), Fault> {
    let given = Proof::Given { account: account.id, epoch: account.epoch, profile };
    keep_proof(tables, transaction, &given, now)
}

fn keep_proof(
    tables: &mut Tables<'_>,
    transaction: &str,
    proof: &Proof,
    now: Timestamp,
) -> Result<(), Fault> {
    let key = keys::transaction(transaction);
    tables.proofs.write(&key, &StoredProof::new(proof, now))?;
    expiry::schedule(tables, Kept::Proof, now.plus(DEPARTURE_TTL), &key)
}

pub fn proof(
    proofs: &impl CborRows<Fixed<32>>,
    transaction: &str,
    now: Timestamp,
) -> Result<Option<Proof>, Fault> {
    match proofs.read::<StoredProof>(&keys::transaction(transaction))? {
        Some(row) if now.is_within(DEPARTURE_TTL, row.at()) => row.into_proof().map(Some),
        _ => Ok(None),
    }
}

/// The proof of a transaction, if it is the one that the caller looked at: whoever holds its cookie may have come to another
/// account in between.
fn same_proof(
    tables: &Tables<'_>,
    transaction: &str,
    seen: &Proof,
    now: Timestamp,
) -> Result<Option<Proof>, Fault> {
    Ok(proof(&tables.proofs, transaction, now)?.filter(|stored| stored == seen))
}

pub fn prove(
    tables: &mut Tables<'_>,
    transaction: &str,
    wanted: &Proof,
    tell: Option<&Notice>,
    now: Timestamp,
) -> Result<Result<Account, Refusal>, Fault> {
    let Some(Proof::Wanted { account, profile }) = same_proof(tables, transaction, wanted, now)? else {
        return Ok(Err(Refusal::CodeGone));
    };
    let linked = link_to(tables, account, &profile, tell, now)?;
    if linked.is_ok() {
        tables.proofs.remove(&keys::transaction(transaction))?;
    }
    Ok(linked)
}

pub fn take_proof(
    tables: &mut Tables<'_>,
    transaction: &str,
    given: &Proof,
    tell: Option<&Notice>,
    now: Timestamp,
) -> Result<Result<(Account, Option<Profile>), Refusal>, Fault> {
    let Some(Proof::Given { account: id, epoch, profile }) = same_proof(tables, transaction, given, now)?
    else {
        return Ok(Err(Refusal::CodeGone));
    };
    let account = account(&tables.accounts, id)?.filter(|account| account.epoch == epoch);
    let Some(account) = account else { return Ok(Err(Refusal::CodeGone)) };
    if let Some(profile) = &profile
        && let Err(refusal) = link_to(tables, id, profile, tell, now)?
    {
        return Ok(Err(refusal));
    }
    tables.proofs.remove(&keys::transaction(transaction))?;
    Ok(Ok((account, profile)))
}

#[cfg(test)]
mod tests;
