//! Accounts, their private facts, and links that the command line hands out.

use async_trait::async_trait;

use super::RedbStore;
use super::expiry::{self, Kept};
use super::fault::Fault;
use super::identities;
use super::keys;
use super::outbox;
use super::sessions::{begin_session, end_sessions};
use super::sites::move_version;
use super::stored::people::{StoredAccount, StoredLink, StoredPrivate};
use super::tables::{CborRows, Fixed, Open, Rows, Tables};
use super::unit::Effects;
use super::ways_in;
use crate::domain::accounts::TokenHash;
use crate::domain::notices::Notice;
use crate::domain::{Account, AccountId, Email, Name, Refusal, SiteId, Timestamp};
use crate::storage::accounts::{LinkPurpose, NewOwner, PasswordChange, PrivateFacts};
use crate::storage::sessions::NewSession;
use crate::storage::{Accounts, Answer, StoreError};

#[async_trait]
impl Accounts for RedbStore {
    async fn account(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        self.read(move |snapshot| account(&snapshot.accounts, id)).await
    }

    async fn private_facts(&self, id: AccountId) -> Result<Option<PrivateFacts>, StoreError> {
        self.read(move |snapshot| {
            Ok(snapshot.account_private.read::<StoredPrivate>(id.0.as_bytes())?.map(PrivateFacts::from))
        })
        .await
    }

    async fn account_by_email(&self, email: &Email) -> Result<Option<Account>, StoreError> {
        let email = email.clone();
        self.read(move |snapshot| by_email(&snapshot.account_by_email, &snapshot.accounts, &email)).await
    }

    async fn has_operator(&self) -> Result<bool, StoreError> {
        self.read(|snapshot| Ok(snapshot.operators.all()?.next().transpose()?.is_some())).await
    }

    async fn operators(&self) -> Result<Vec<Account>, StoreError> {
        self.read(|snapshot| {
            let mut operators = Vec::new();
            for row in snapshot.operators.all()? {
                let id = AccountId(uuid::Uuid::from_bytes(*row?.0.value()));
                operators.extend(account(&snapshot.accounts, id)?);
            }
            Ok(operators)
        })
        .await
    }

    async fn set_name(&self, id: AccountId, name: Name) -> Answer<Account> {
        self.write(move |tables, effects| {
            let Some(known) = account(&tables.accounts, id)? else { return Ok(Err(Refusal::SessionEnded)) };
            let account = Account { name: Some(name.clone()), ..known };
            rename(tables, effects, &account)?;
            Ok(Ok(account))
        })
        .await
    }

    async fn change_password(&self, id: AccountId, change: PasswordChange) -> Answer<Account> {
        self.write(move |tables, _| ways_in::change_password(tables, id, &change)).await
    }

    async fn rehash_password(&self, id: AccountId, phc: String) -> Result<(), StoreError> {
        self.write(move |tables, _| {
            let facts = private(tables, id)?;
            if facts.password.is_none() {
                return Ok(());
            }
            let facts = PrivateFacts { password: Some(phc.clone()), ..facts };
            tables.account_private.write(id.0.as_bytes(), &StoredPrivate::from(&facts))
        })
        .await
    }

    async fn change_email(
        &self,
        token: TokenHash,
        account: AccountId,
        session: NewSession,
        now: Timestamp,
    ) -> Answer<Account> {
        self.write(move |tables, _| ways_in::change_email(tables, token, account, &session, now)).await
    }

    async fn add_link(
        &self,
        token: TokenHash,
        purpose: LinkPurpose,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(move |tables, _| {
            if purpose == LinkPurpose::SetUp {
                end_set_up_links(tables)?;
            }
            add_link(tables, token, &purpose, now)
        })
        .await
    }

    async fn mail_link(
        &self,
        token: TokenHash,
        purpose: LinkPurpose,
        notice: Notice,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(move |tables, _| {
            add_link(tables, token, &purpose, now)?;
            outbox::queue(tables, &notice, now).map(|_| ())
        })
        .await
    }

    async fn link(&self, token: TokenHash, now: Timestamp) -> Result<Option<LinkPurpose>, StoreError> {
        self.read(move |snapshot| live_link(&snapshot.links, token, now)).await
    }

    async fn set_up(
        &self,
        token: TokenHash,
        owner: NewOwner,
        session: NewSession,
        now: Timestamp,
    ) -> Answer<Account> {
        self.write(move |tables, effects| {
            let is_first = tables.operators.all()?.next().transpose()?.is_none();
            if live_link(&tables.links, token, now)? != Some(LinkPurpose::SetUp) || !is_first {
                return Ok(Err(Refusal::LinkGone));
            }
            tables.links.remove(&token.0)?;
            let account = make_operator(tables, effects, owner.id, &owner.name, &owner.email, now)?;
            let facts = PrivateFacts {
                email: Some(owner.email.clone()),
                email_verified: true,
                password: Some(owner.password.clone()),
                ..PrivateFacts::default()
            };
            tables.account_private.write(account.id.0.as_bytes(), &StoredPrivate::from(&facts))?;
            begin_session(tables, &session, &account)?;
            Ok(Ok(account))
        })
        .await
    }

    async fn sign_in_by_link(
        &self,
        token: TokenHash,
        session: NewSession,
        now: Timestamp,
    ) -> Answer<Account> {
        self.write(move |tables, _| {
            let Some(LinkPurpose::SignIn(id)) = live_link(&tables.links, token, now)? else {
                return Ok(Err(Refusal::LinkGone));
            };
            let Some(account) = account(&tables.accounts, id)? else { return Ok(Err(Refusal::LinkGone)) };
            tables.links.remove(&token.0)?;
            begin_session(tables, &session, &account)?;
            Ok(Ok(account))
        })
        .await
    }

    async fn add_operator(&self, id: AccountId, name: Name, email: Email, now: Timestamp) -> Answer<Account> {
        self.write(move |tables, effects| make_operator(tables, effects, id, &name, &email, now).map(Ok))
            .await
    }
}

pub fn account(accounts: &impl CborRows<Fixed<16>>, id: AccountId) -> Result<Option<Account>, Fault> {
    Ok(accounts.read::<StoredAccount>(id.0.as_bytes())?.map(|row| row.into_account(id)))
}

pub fn by_email(
    emails: &impl Rows<Open, Fixed<16>>,
    accounts: &impl CborRows<Fixed<16>>,
    email: &Email,
) -> Result<Option<Account>, Fault> {
    let Some(id) = emails.get(email.lookup().as_bytes())?.map(|row| *row.value()) else { return Ok(None) };
    account(accounts, AccountId(uuid::Uuid::from_bytes(id)))
}

pub fn save(tables: &mut Tables<'_>, account: &Account) -> Result<(), Fault> {
    tables.accounts.write(account.id.0.as_bytes(), &StoredAccount::from(account))
}

/// Saves an account with a new name, which shows wherever it wrote or has a role. Every thread's ETag holds its site's
/// version, so the sites are enough, however many threads it wrote in; who is staff in memory counts on it, too.
pub fn rename(tables: &mut Tables<'_>, effects: &mut Effects, account: &Account) -> Result<(), Fault> {
    save(tables, account)?;
    for site in sites_of(tables, account.id)? {
        move_version(tables, effects, site)?;
    }
    Ok(())
}

pub fn private(tables: &Tables<'_>, id: AccountId) -> Result<PrivateFacts, Fault> {
    Ok(match tables.account_private.read::<StoredPrivate>(id.0.as_bytes())? {
        Some(row) => row.into(),
        None => PrivateFacts::default(),
    })
}

/// An account with this address, verified. Whoever held the address without having shown that it is theirs loses
/// password, identities and sessions: they may have put it there to wait for its owner.
pub fn found_or_made(
    tables: &mut Tables<'_>,
    id: AccountId,
    email: &Email,
    now: Timestamp,
) -> Result<Account, Fault> {
    let facts = PrivateFacts { email: Some(email.clone()), email_verified: true, ..PrivateFacts::default() };
    let known = by_email(&tables.account_by_email, &tables.accounts, email)?;
    let Some(account) = known else {
        let account = Account { id, name: None, created_at: now, epoch: 0, operator: false };
        save(tables, &account)?;
        tables.account_private.write(id.0.as_bytes(), &StoredPrivate::from(&facts))?;
        tables.account_by_email.insert(email.lookup().as_bytes(), id.0.as_bytes())?;
        return Ok(account);
    };
    if private(tables, account.id)?.email_verified {
        return Ok(account);
    }
    identities::unlink_all(tables, account.id)?;
    tables.account_private.write(account.id.0.as_bytes(), &StoredPrivate::from(&facts))?;
    end_sessions(tables, account)
}

/// The account with this address runs the instance from now on. Its address counts as verified: who may make
/// operators runs the machine.
fn make_operator(
    tables: &mut Tables<'_>,
    effects: &mut Effects,
    id: AccountId,
    name: &Name,
    email: &Email,
    now: Timestamp,
) -> Result<Account, Fault> {
    let account =
        Account { name: Some(name.clone()), operator: true, ..found_or_made(tables, id, email, now)? };
    rename(tables, effects, &account)?;
    tables.operators.insert(account.id.0.as_bytes(), ())?;
    Ok(account)
}

/// The sites where an account is a member: it wrote there, or was given a role.
fn sites_of(tables: &Tables<'_>, id: AccountId) -> Result<Vec<SiteId>, Fault> {
    let mut sites = Vec::new();
    for row in tables.sites.all()? {
        let site = SiteId(u32::from_be_bytes(*row?.0.value()));
        if tables.members.get(&keys::member(site, id))?.is_some() {
            sites.push(site);
        }
    }
    Ok(sites)
}

fn add_link(
    tables: &mut Tables<'_>,
    token: TokenHash,
    purpose: &LinkPurpose,
    now: Timestamp,
) -> Result<(), Fault> {
    let expires_at = now.plus(purpose.lasts());
    tables.links.write(&token.0, &StoredLink::new(purpose, expires_at))?;
    expiry::schedule(tables, Kept::Link, expires_at, &token.0)
}

pub fn live_link(
    links: &impl CborRows<Fixed<32>>,
    token: TokenHash,
    now: Timestamp,
) -> Result<Option<LinkPurpose>, Fault> {
    let Some(row) = links.read::<StoredLink>(&token.0)? else { return Ok(None) };
    let purpose = row.purpose()?;
    let began = row.expires_at().minus(purpose.lasts());
    Ok(now.is_within(purpose.lasts(), began).then_some(purpose))
}

/// There are never many links: the command line makes them.
fn end_set_up_links(tables: &mut Tables<'_>) -> Result<(), Fault> {
    let mut ended = Vec::new();
    for row in tables.links.all()? {
        let (token, value) = row?;
        if super::codec::decode::<StoredLink>(value.value())?.purpose()? == LinkPurpose::SetUp {
            ended.push(*token.value());
        }
    }
    for token in ended {
        tables.links.remove(&token)?;
    }
    Ok(())
}
