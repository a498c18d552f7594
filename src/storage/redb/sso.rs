//! Single sign-on: a token is used up, and leads to the account of its identity.
//!
//! Invariant: the identity is the site's own. No address takes part: what a site says of one is not shown to be true,
//! and an account that was found by it would be somebody else's.

use async_trait::async_trait;
use sha2::{Digest, Sha256};

use super::RedbStore;
use super::accounts::rename;
use super::arrivals::{link, owner};
use super::expiry::{self, Kept};
use super::fault::Fault;
use super::keys;
use super::sessions::begin_session;
use super::sites::{member, move_version};
use super::stored::identity::StoredIdentity;
use super::stored::people::StoredMember;
use super::tables::{CborRows, Rows, Tables};
use super::unit::Effects;
use crate::domain::accounts::TokenHash;
use crate::domain::sessions::Session;
use crate::domain::sso::{TokenFault, Vouched};
use crate::domain::{Account, AccountId, Identity, Member, Profile, Refusal, Role, SiteId, Timestamp};
use crate::storage::sessions::NewSession;
use crate::storage::{Answer, Sso, StoreError};

#[async_trait]
impl Sso for RedbStore {
    async fn account_of(&self, identity: &Identity) -> Result<Option<AccountId>, StoreError> {
        let key = identity.key();
        self.read(move |snapshot| {
            Ok(snapshot.identities.read::<StoredIdentity>(&key.0)?.map(|row| row.account()))
        })
        .await
    }

    async fn sign_in_by_site(
        &self,
        site: SiteId,
        vouched: Vouched,
        new_account: AccountId,
        session: NewSession,
        now: Timestamp,
    ) -> Answer<(Account, Session)> {
        self.write(move |tables, effects| {
            sign_in(tables, effects, site, &vouched, new_account, &session, now)
        })
        .await
    }
}

fn sign_in(
    tables: &mut Tables<'_>,
    effects: &mut Effects,
    site: SiteId,
    vouched: &Vouched,
    new_account: AccountId,
    session: &NewSession,
    now: Timestamp,
) -> Result<Result<(Account, Session), Refusal>, Fault> {
    let spent = keys::spent_token(site, TokenHash(Sha256::digest(&vouched.token_id).into()));
    if tables.spent_tokens.get(&spent)?.is_some() {
        return Ok(Err(Refusal::SsoRefused(TokenFault::Used)));
    }
    let known = owner(tables, &vouched.identity)?;
    let membership = match &known {
        Some(account) => member(&tables.members, site, account.id)?,
        None => None,
    };
    if membership.as_ref().is_some_and(|member| !member.standing.may_write(now)) {
        return Ok(Err(Refusal::Banned));
    }

    tables.spent_tokens.insert(&spent, vouched.expires_at.as_millis())?;
    expiry::schedule(tables, Kept::SpentToken, vouched.expires_at, &spent)?;
    let is_new = known.is_none();
    let mut account =
        known.unwrap_or(Account { id: new_account, name: None, created_at: now, epoch: 0, operator: false });
    let renamed = vouched.name.as_ref().is_some_and(|name| account.name.as_ref() != Some(name));
    if renamed {
        account.name.clone_from(&vouched.name);
    }
    if is_new || renamed {
        rename(tables, effects, &account)?;
    }
    let profile = Profile { identity: vouched.identity.clone(), email: None, name: None, label: None };
    link(tables, account.id, &profile, now)?;
    // Badges show on every page they wrote on.
    if take_role(tables, site, account.id, membership.as_ref(), vouched.role, now)? {
        move_version(tables, effects, site)?;
    }
    let session = begin_session(tables, session, &account)?;
    Ok(Ok((account, session)))
}

/// Whether it changed something.
fn take_role(
    tables: &mut Tables<'_>,
    site: SiteId,
    account: AccountId,
    known: Option<&Member>,
    role: Option<Role>,
    now: Timestamp,
) -> Result<bool, Fault> {
    let has = known.map_or(Role::None, |member| member.role);
    let Some(role) = role.filter(|role| *role != has && *role < Role::Owner && has < Role::Owner) else {
        return Ok(false);
    };
    let member = known.cloned().unwrap_or_else(|| Member::new(site, account, now));
    let member = Member { role, ..member };
    tables.members.write(&keys::member(site, account), &StoredMember::from(&member))?;
    Ok(true)
}
