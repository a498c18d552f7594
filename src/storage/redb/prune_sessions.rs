//! Deleting sessions, codes and links that are over.

use super::expiry::{self, Due, Family, Kept};
use super::fault::Fault;
use super::keys;
use super::mail_links;
use super::sessions::{end_session, over_at, session};
use super::stored::identity::{StoredDeparted, StoredProof};
use super::stored::people::StoredLink;
use super::stored::session::{StoredEmailCode, StoredWrongCodes};
use super::tables::{CborRows, Rows, Tables};
use super::{attempts, exchange};
use crate::domain::accounts::TokenHash;
use crate::domain::departures::DEPARTURE_TTL;
use crate::domain::sessions::{EMAIL_CODE_TTL, PASTED_CODE_TTL, WRONG_CODE_PERIOD};
use crate::domain::{SessionId, Timestamp};

/// Looks at no more than `limit` entries; says at how many.
pub fn prune(tables: &mut Tables<'_>, now: Timestamp, limit: usize) -> Result<usize, Fault> {
    let mut seen = 0;
    for due in expiry::due(tables, Family::Sessions, now, limit)? {
        // First: a session that lives on gets a new entry, which must stay.
        expiry::done(tables, &due)?;
        prune_one(tables, &due, now)?;
        seen += 1;
    }
    Ok(seen)
}

fn prune_one(tables: &mut Tables<'_>, due: &Due, now: Timestamp) -> Result<bool, Fault> {
    match due.kept {
        Kept::EmailCode => {
            let challenge: [u8; 32] = keys::part(&due.key, 0);
            let Some(row) = tables.email_codes.read::<StoredEmailCode>(&challenge)? else { return Ok(false) };
            let code = row.into_code(TokenHash(challenge))?;
            // Asked for again since: that has its own entry.
            Ok(now >= code.created_at.plus(EMAIL_CODE_TTL) && tables.email_codes.remove(&challenge)?)
        }
        Kept::WrongCodes => {
            let Some(wrong) = tables.wrong_codes.read::<StoredWrongCodes>(due.key.as_slice())? else {
                return Ok(false);
            };
            let over =
                wrong.moments.iter().all(|at| now.since(Timestamp::from_millis(*at)) >= WRONG_CODE_PERIOD);
            Ok(over && tables.wrong_codes.remove(due.key.as_slice())?)
        }
        Kept::ExchangeCode => {
            let hash = TokenHash(keys::part(&due.key, 0));
            let Some(code) = exchange::stored(tables, hash)? else { return Ok(false) };
            if now < code.created_at.plus(PASTED_CODE_TTL) {
                return Ok(false);
            }
            let challenge = &code.challenge.0;
            // A later popup of the same widget may have left another.
            let found = tables.exchange_by_challenge.get(challenge)?.map(|row| *row.value());
            if found == Some(hash.0) {
                tables.exchange_by_challenge.remove(challenge)?;
            }
            tables.exchange_codes.remove(&hash.0)
        }
        Kept::Session => {
            let id = SessionId(uuid::Uuid::from_bytes(keys::part(&due.key, 0)));
            let Some(session) = session(&tables.sessions, id)? else { return Ok(false) };
            if now < over_at(&session) {
                expiry::schedule(tables, Kept::Session, over_at(&session), &due.key)?;
                return Ok(false);
            }
            end_session(tables, id)?;
            Ok(true)
        }
        Kept::Link => {
            let token: [u8; 32] = keys::part(&due.key, 0);
            let over = tables.links.read::<StoredLink>(&token)?.is_some_and(|link| now >= link.expires_at());
            Ok(over && tables.links.remove(&token)?)
        }
        Kept::SpentToken => {
            let key: [u8; 36] = keys::part(&due.key, 0);
            let until = tables.spent_tokens.get(&key)?.map(|row| Timestamp::from_millis(row.value()));
            Ok(until.is_some_and(|until| now >= until) && tables.spent_tokens.remove(&key)?)
        }
        Kept::Departed => {
            let state: [u8; 32] = keys::part(&due.key, 0);
            let row = tables.departures.read::<StoredDeparted>(&state)?;
            let left_at =
                row.map(|row| row.into_departed(TokenHash(state))).transpose()?.map(|it| it.left_at);
            Ok(left_at.is_some_and(|at| now >= at.plus(DEPARTURE_TTL)) && tables.departures.remove(&state)?)
        }
        Kept::Proof => {
            let key: [u8; 32] = keys::part(&due.key, 0);
            let at = tables.proofs.read::<StoredProof>(&key)?.map(|row| row.at());
            // Another step of the same transaction has its own entry.
            Ok(at.is_some_and(|at| now >= at.plus(DEPARTURE_TTL)) && tables.proofs.remove(&key)?)
        }
        Kept::MailLink => {
            let token: [u8; 32] = keys::part(&due.key, 0);
            let over = mail_links::live(&tables.mail_links, TokenHash(token), now)?.is_none();
            Ok(over && tables.mail_links.remove(&token)?)
        }
        Kept::WrongPasswords => attempts::prune_attempts(tables, &due.key, now).map(|()| true),
        Kept::KnownDevice => attempts::prune_device(tables, &due.key, now).map(|()| true),
        _ => Err(Fault::corrupt("an expiry of a comment among those of sessions")),
    }
}
