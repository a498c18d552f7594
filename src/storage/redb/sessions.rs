//! Sessions and their refresh tokens.

use async_trait::async_trait;

use super::RedbStore;
use super::accounts::{self, account};
use super::expiry::{self, Kept};
use super::fault::Fault;
use super::keys;
use super::sites::member;
use super::stored::session::{StoredSession, StoredToken};
use super::tables::{CborRows, Fixed, FixedRows, Rows, Tables};
use super::{email_codes, exchange, prune_sessions};
use crate::domain::accounts::TokenHash;
use crate::domain::notices::Notice;
use crate::domain::sessions::{
    ABSOLUTE_TTL, EmailCode, ExchangeCode, IDLE_TTL, RefreshStep, RefreshToken, Session, Via,
};
use crate::domain::{Account, AccountId, Refusal, SessionId, SiteId, Timestamp};
use crate::storage::sessions::{NewSession, Presented, PresentedCode, Redeemed, SignedIn};
use crate::storage::{Answer, Sessions, StoreError};

#[async_trait]
impl Sessions for RedbStore {
    async fn start_email_code(&self, code: EmailCode, notice: Notice) -> Result<(), StoreError> {
        self.write(move |tables, _| email_codes::start(tables, &code, &notice)).await
    }

    async fn redeem_email_code(
        &self,
        presented: PresentedCode,
        new_account: AccountId,
        session: NewSession,
        now: Timestamp,
    ) -> Answer<(Account, Session)> {
        self.write(move |tables, _| email_codes::redeem(tables, &presented, new_account, &session, now)).await
    }

    async fn add_exchange_code(&self, code: ExchangeCode) -> Result<(), StoreError> {
        self.write(move |tables, _| exchange::add(tables, &code)).await
    }

    async fn redeem_exchange_code(
        &self,
        presented: PresentedCode,
        session: NewSession,
        now: Timestamp,
    ) -> Answer<Redeemed> {
        self.write(move |tables, _| exchange::redeem(tables, &presented, &session, now)).await
    }

    async fn redeem_pasted_code(
        &self,
        presented: PresentedCode,
        session: NewSession,
        now: Timestamp,
    ) -> Answer<Redeemed> {
        self.write(move |tables, _| exchange::redeem_pasted(tables, &presented, &session, now)).await
    }

    async fn add_session(&self, session: NewSession) -> Result<(), StoreError> {
        self.write(move |tables, _| store_session(tables, &session.session, session.refresh)).await
    }

    async fn touch_session(&self, id: SessionId, now: Timestamp) -> Result<(), StoreError> {
        self.write(move |tables, _| match session(&tables.sessions, id)? {
            Some(known) => {
                let used = Session { used_at: known.used_at.max(now), ..known };
                tables.sessions.write(id.0.as_bytes(), &StoredSession::from(&used))
            }
            None => Ok(()),
        })
        .await
    }

    async fn presented(&self, token: TokenHash, now: Timestamp) -> Result<Option<Presented>, StoreError> {
        let found = self
            .read(move |snapshot| {
                look_up(&snapshot.refresh_tokens, &snapshot.sessions, &snapshot.accounts, token)
            })
            .await?;
        let Some(found) = found else { return Ok(None) };
        if found.session.is_alive(now, found.account.epoch) {
            return Ok(Some(found));
        }
        // Refused once, it is over: a clock that is set back must not bring it back. A disk that takes no write is
        // no reason to answer anything else.
        let _ = self.end_session(found.session.id).await;
        Ok(None)
    }

    async fn refresh(
        &self,
        token: TokenHash,
        fresh: TokenHash,
        now: Timestamp,
    ) -> Answer<(RefreshStep, Session, Account)> {
        // Most often there is nothing to write: then nothing waits for the writer either.
        if let Some(Presented { token, session, account }) = self.presented(token, now).await?
            && session.refresh_step(token.generation, now) == RefreshStep::Keep
        {
            return Ok(Ok((RefreshStep::Keep, session, account)));
        }
        self.write(move |tables, _| refresh(tables, token, fresh, now)).await
    }

    async fn session(&self, id: SessionId) -> Result<Option<Session>, StoreError> {
        self.read(move |snapshot| session(&snapshot.sessions, id)).await
    }

    async fn visitor(
        &self,
        id: SessionId,
        site: SiteId,
        now: Timestamp,
    ) -> Result<Option<SignedIn>, StoreError> {
        self.read(move |snapshot| {
            let Some(session) = session(&snapshot.sessions, id)? else { return Ok(None) };
            let Some(account) = account(&snapshot.accounts, session.account)? else { return Ok(None) };
            if !session.is_alive(now, account.epoch) {
                return Ok(None);
            }
            let member = member(&snapshot.members, site, account.id)?;
            Ok(Some(SignedIn { session, account, member }))
        })
        .await
    }

    async fn sessions_of(&self, owner: AccountId, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        self.read(move |snapshot| {
            let Some(account) = account(&snapshot.accounts, owner)? else { return Ok(Vec::new()) };
            let mut live = Vec::new();
            for id in ids_of(&snapshot.session_by_account, owner)? {
                live.extend(session(&snapshot.sessions, id)?.filter(|it| it.is_alive(now, account.epoch)));
            }
            live.sort_by_key(|session| std::cmp::Reverse(session.used_at));
            Ok(live)
        })
        .await
    }

    async fn end_session(&self, id: SessionId) -> Result<(), StoreError> {
        self.write(move |tables, _| end_session(tables, id)).await
    }

    async fn end_all_sessions(&self, owner: AccountId) -> Result<Account, StoreError> {
        self.write(move |tables, _| match account(&tables.accounts, owner)? {
            Some(account) => end_sessions(tables, account),
            None => Err(Fault::corrupt(format!("no account {owner}, though it was signed in"))),
        })
        .await
    }

    async fn prune_sessions(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        self.write(move |tables, _| prune_sessions::prune(tables, now, limit)).await
    }
}

pub fn session(sessions: &impl CborRows<Fixed<16>>, id: SessionId) -> Result<Option<Session>, Fault> {
    sessions.read::<StoredSession>(id.0.as_bytes())?.map(|row| row.into_session(id)).transpose()
}

fn look_up(
    tokens: &impl CborRows<Fixed<32>>,
    sessions: &impl CborRows<Fixed<16>>,
    accounts: &impl CborRows<Fixed<16>>,
    token: TokenHash,
) -> Result<Option<Presented>, Fault> {
    let Some(token) = tokens.read::<StoredToken>(&token.0)?.map(RefreshToken::from) else { return Ok(None) };
    let Some(session) = session(sessions, token.session)? else { return Ok(None) };
    let Some(account) = account(accounts, session.account)? else { return Ok(None) };
    Ok(Some(Presented { token, session, account }))
}

fn refresh(
    tables: &mut Tables<'_>,
    token: TokenHash,
    fresh: TokenHash,
    now: Timestamp,
) -> Result<Result<(RefreshStep, Session, Account), Refusal>, Fault> {
    let found = look_up(&tables.refresh_tokens, &tables.sessions, &tables.accounts, token)?;
    let alive = found.filter(|it| it.session.is_alive(now, it.account.epoch));
    let Some(Presented { token, mut session, account }) = alive else {
        return Ok(Err(Refusal::SessionEnded));
    };
    let step = session.refresh_step(token.generation, now);
    match step {
        RefreshStep::Keep => return Ok(Ok((step, session, account))),
        RefreshStep::MarkUsed => session.generation_used = true,
        RefreshStep::Issue { to } => {
            if to == session.generation {
                session.siblings += 1;
            } else {
                session.generation = to;
                session.generation_used = false;
                session.siblings = 1;
                session.rotated_at = now;
            }
            store_token(tables, fresh, RefreshToken { session: session.id, generation: to })?;
        }
        RefreshStep::Revoke => {
            end_session(tables, session.id)?;
            return Ok(Err(Refusal::SessionEnded));
        }
    }
    session.used_at = now;
    tables.sessions.write(session.id.0.as_bytes(), &StoredSession::from(&session))?;
    Ok(Ok((step, session, account)))
}

/// Stores `new` as a session of `account`.
pub fn begin_session(tables: &mut Tables<'_>, new: &NewSession, account: &Account) -> Result<Session, Fault> {
    let session = Session { account: account.id, epoch: account.epoch, ..new.session.clone() };
    store_session(tables, &session, new.refresh)?;
    Ok(session)
}

fn store_session(tables: &mut Tables<'_>, session: &Session, refresh: TokenHash) -> Result<(), Fault> {
    tables.sessions.write(session.id.0.as_bytes(), &StoredSession::from(session))?;
    tables.session_by_account.insert(&keys::session_of(session.account, session.id), ())?;
    store_token(tables, refresh, RefreshToken { session: session.id, generation: session.generation })?;
    expiry::schedule(tables, Kept::Session, over_at(session), session.id.0.as_bytes())
}

/// When a session is over, unless it is used again.
pub fn over_at(session: &Session) -> Timestamp {
    session.used_at.plus(IDLE_TTL).min(session.created_at.plus(ABSOLUTE_TTL))
}

fn store_token(tables: &mut Tables<'_>, hash: TokenHash, token: RefreshToken) -> Result<(), Fault> {
    tables.refresh_tokens.write(&hash.0, &StoredToken::from(token))?;
    tables.token_by_session.insert(&keys::token_of(token.session, hash), ())
}

/// Drops a session and all tokens it ever had.
pub fn end_session(tables: &mut Tables<'_>, id: SessionId) -> Result<(), Fault> {
    let Some(session) = session(&tables.sessions, id)? else { return Ok(()) };
    let mut tokens = Vec::new();
    for row in tables.token_by_session.under(id.0.as_bytes())? {
        tokens.push(*row?.0.value());
    }
    for key in tokens {
        tables.token_by_session.remove(&key)?;
        tables.refresh_tokens.remove(&keys::part::<32>(&key, 16))?;
    }
    tables.session_by_account.remove(&keys::session_of(session.account, id))?;
    tables.sessions.remove(id.0.as_bytes())?;
    Ok(())
}

/// Ends all of an account's sessions: its epoch moves, and their rows go.
pub fn end_sessions(tables: &mut Tables<'_>, account: Account) -> Result<Account, Fault> {
    for id in ids_of(&tables.session_by_account, account.id)? {
        end_session(tables, id)?;
    }
    let account = Account { epoch: account.epoch.saturating_add(1), ..account };
    accounts::save(tables, &account)?;
    Ok(account)
}

/// Ends those of an account's sessions that were begun in one way.
pub fn end_sessions_by(tables: &mut Tables<'_>, owner: AccountId, via: &Via) -> Result<(), Fault> {
    for id in ids_of(&tables.session_by_account, owner)? {
        if session(&tables.sessions, id)?.is_some_and(|session| session.via == *via) {
            end_session(tables, id)?;
        }
    }
    Ok(())
}

fn ids_of(index: &impl Rows<Fixed<32>, ()>, owner: AccountId) -> Result<Vec<SessionId>, Fault> {
    let mut ids = Vec::new();
    for row in index.under(owner.0.as_bytes())? {
        ids.push(SessionId(uuid::Uuid::from_bytes(keys::part(row?.0.value(), 16))));
    }
    Ok(ids)
}
