//! What the popup leaves for the widget: a code of 32 bytes, or eight characters to paste.

use super::accounts::account;
use super::expiry::{self, Kept};
use super::fault::Fault;
use super::identities;
use super::sessions::{begin_session, end_session};
use super::stored::session::StoredExchangeCode;
use super::tables::{CborRows, Rows, Tables};
use crate::domain::accounts::TokenHash;
use crate::domain::sessions::{EXCHANGE_CODE_TTL, ExchangeCode, PASTED_CODE_TRIES, PASTED_CODE_TTL};
use crate::domain::{Refusal, Timestamp, Via};
use crate::storage::sessions::{NewSession, PresentedCode, Redeemed};

pub fn add(tables: &mut Tables<'_>, code: &ExchangeCode) -> Result<(), Fault> {
    tables.exchange_codes.write(&code.code.0, &StoredExchangeCode::from(code))?;
    tables.exchange_by_challenge.insert(&code.challenge.0, &code.code.0)?;
    // As long as either way of using it lasts.
    expiry::schedule(tables, Kept::ExchangeCode, code.created_at.plus(PASTED_CODE_TTL), &code.code.0)
}

pub fn redeem(
    tables: &mut Tables<'_>,
    presented: &PresentedCode,
    session: &NewSession,
    now: Timestamp,
) -> Result<Result<Redeemed, Refusal>, Fault> {
    let Some(code) = stored(tables, presented.code)? else { return Ok(Err(Refusal::CodeGone)) };
    if used_twice(tables, &code)? {
        return Ok(Err(Refusal::CodeGone));
    }
    let theirs = code.challenge == presented.challenge && is_from(&code, presented);
    if !theirs || !now.is_within(EXCHANGE_CODE_TTL, code.created_at) {
        return Ok(Err(Refusal::CodeGone));
    }
    hand_over(tables, code, session)
}

pub fn redeem_pasted(
    tables: &mut Tables<'_>,
    presented: &PresentedCode,
    session: &NewSession,
    now: Timestamp,
) -> Result<Result<Redeemed, Refusal>, Fault> {
    let hash = tables.exchange_by_challenge.get(&presented.challenge.0)?.map(|row| TokenHash(*row.value()));
    let Some(hash) = hash else { return Ok(Err(Refusal::CodeGone)) };
    let Some(mut code) = stored(tables, hash)? else { return Ok(Err(Refusal::CodeGone)) };
    let over = !now.is_within(PASTED_CODE_TTL, code.created_at) || code.wrong_tries >= PASTED_CODE_TRIES;
    if over || !is_from(&code, presented) {
        return Ok(Err(Refusal::CodeGone));
    }
    if code.pasted != presented.code {
        code.wrong_tries += 1;
        tables.exchange_codes.write(&code.code.0, &StoredExchangeCode::from(&code))?;
        let tries_left = PASTED_CODE_TRIES.saturating_sub(code.wrong_tries);
        return Ok(Err(Refusal::WrongCode { tries_left }));
    }
    if used_twice(tables, &code)? {
        return Ok(Err(Refusal::CodeGone));
    }
    hand_over(tables, code, session)
}

pub fn stored(tables: &Tables<'_>, hash: TokenHash) -> Result<Option<ExchangeCode>, Fault> {
    tables.exchange_codes.read::<StoredExchangeCode>(&hash.0)?.map(|row| row.into_code(hash)).transpose()
}

fn is_from(code: &ExchangeCode, presented: &PresentedCode) -> bool {
    code.site == presented.site && code.origin == presented.origin
}

/// Two parties hold the same code, and one of them should not: the session it led to ends.
fn used_twice(tables: &mut Tables<'_>, code: &ExchangeCode) -> Result<bool, Fault> {
    if let Some(session) = code.redeemed {
        end_session(tables, session)?;
    }
    Ok(code.redeemed.is_some())
}

fn hand_over(
    tables: &mut Tables<'_>,
    mut code: ExchangeCode,
    session: &NewSession,
) -> Result<Result<Redeemed, Refusal>, Fault> {
    let account = account(&tables.accounts, code.account)?.filter(|account| account.epoch == code.epoch);
    let Some(account) = account else { return Ok(Err(Refusal::CodeGone)) };
    // Whom it was unlinked from meanwhile, an account elsewhere signs in to no more.
    if let Via::Provider(provider) = &code.via
        && !identities::is_linked_at(tables, account.id, provider)?
    {
        return Ok(Err(Refusal::CodeGone));
    }
    code.redeemed = Some(session.session.id);
    tables.exchange_codes.write(&code.code.0, &StoredExchangeCode::from(&code))?;
    let mut session = session.clone();
    session.session.via = code.via;
    let session = begin_session(tables, &session, &account)?;
    Ok(Ok(Redeemed { account, session, suggested_name: code.suggested_name }))
}
