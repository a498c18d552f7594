//! Six digits, mailed: a sign-in that waits for its code.

use super::accounts::{by_email, found_or_made, private};
use super::expiry::{self, Kept};
use super::fault::Fault;
use super::outbox;
use super::sessions::begin_session;
use super::stored::session::{StoredEmailCode, StoredWrongCodes};
use super::tables::{CborRows, Tables};
use crate::domain::notices::Notice;
use crate::domain::sessions::{
    EMAIL_CODE_TRIES, EMAIL_CODE_TTL, EmailCode, Session, WRONG_CODE_PERIOD, WRONG_CODES_PER_ADDRESS,
};
use crate::domain::{Account, AccountId, Email, Refusal, Timestamp};
use crate::storage::sessions::{NewSession, PresentedCode};

pub fn start(tables: &mut Tables<'_>, code: &EmailCode, notice: &Notice) -> Result<(), Fault> {
    tables.email_codes.write(&code.challenge.0, &StoredEmailCode::from(code))?;
    expiry::schedule(tables, Kept::EmailCode, code.created_at.plus(EMAIL_CODE_TTL), &code.challenge.0)?;
    outbox::queue(tables, notice, code.created_at).map(|_| ())
}

pub fn redeem(
    tables: &mut Tables<'_>,
    presented: &PresentedCode,
    new_account: AccountId,
    session: &NewSession,
    now: Timestamp,
) -> Result<Result<(Account, Session), Refusal>, Fault> {
    let Some(mut code) = live(tables, presented, now)? else { return Ok(Err(Refusal::CodeGone)) };
    if wrong_codes(tables, &code.email, now)?.moments.len() >= WRONG_CODES_PER_ADDRESS as usize {
        return Ok(Err(Refusal::TooManyWrongCodes));
    }
    if code.code != presented.code {
        code.wrong_tries += 1;
        tables.email_codes.write(&code.challenge.0, &StoredEmailCode::from(&code))?;
        note_wrong_code(tables, &code.email, now)?;
        let tries_left = EMAIL_CODE_TRIES.saturating_sub(code.wrong_tries);
        return Ok(Err(Refusal::WrongCode { tries_left }));
    }
    // A widget is no place for such codes: whoever has more than the mailbox signs in in the popup.
    let holder = by_email(&tables.account_by_email, &tables.accounts, &code.email)?;
    if let Some(holder) = holder
        && private(tables, holder.id)?.second_factor.is_some()
    {
        return Ok(Err(Refusal::SecondFactorElsewhere));
    }
    tables.email_codes.remove(&code.challenge.0)?;
    let account = found_or_made(tables, new_account, &code.email, now)?;
    let session = begin_session(tables, session, &account)?;
    Ok(Ok((account, session)))
}

/// The sign-in that was presented, if it can still succeed.
fn live(tables: &Tables<'_>, presented: &PresentedCode, now: Timestamp) -> Result<Option<EmailCode>, Fault> {
    let Some(row) = tables.email_codes.read::<StoredEmailCode>(&presented.challenge.0)? else {
        return Ok(None);
    };
    let code = row.into_code(presented.challenge)?;
    let theirs = code.site == presented.site && code.origin == presented.origin;
    let fresh = now.is_within(EMAIL_CODE_TTL, code.created_at) && code.wrong_tries < EMAIL_CODE_TRIES;
    Ok(Some(code).filter(|_| theirs && fresh))
}

/// Wrong codes of the last day, over all sign-ins of the address.
fn wrong_codes(tables: &Tables<'_>, email: &Email, now: Timestamp) -> Result<StoredWrongCodes, Fault> {
    let key = email.lookup();
    let mut wrong: StoredWrongCodes = tables.wrong_codes.read(key.as_bytes())?.unwrap_or_default();
    wrong.moments.retain(|at| now.since(Timestamp::from_millis(*at)) < WRONG_CODE_PERIOD);
    Ok(wrong)
}

fn note_wrong_code(tables: &mut Tables<'_>, email: &Email, now: Timestamp) -> Result<(), Fault> {
    let mut wrong = wrong_codes(tables, email, now)?;
    wrong.moments.push(now.as_millis());
    let key = email.lookup();
    tables.wrong_codes.write(key.as_bytes(), &wrong)?;
    expiry::schedule(tables, Kept::WrongCodes, now.plus(WRONG_CODE_PERIOD), key.as_bytes())
}
