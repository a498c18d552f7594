//! Deleting what was kept only for a while, about comments.

use super::claims;
use super::expiry::{self, Due, Family, Kept, REMEMBERED, RETENTION};
use super::fault::Fault;
use super::keys;
use super::ledger;
use super::stored::thread::{StoredRequest, StoredText};
use super::tables::{CborRows, Tables};
use super::unit::Effects;
use crate::domain::{CommentId, Document, Timestamp};

/// Looks at no more than `limit` entries; says at how many, so that who asks knows when to ask again.
pub fn prune(
    tables: &mut Tables<'_>,
    effects: &mut Effects,
    now: Timestamp,
    limit: usize,
) -> Result<usize, Fault> {
    let mut seen = 0;
    for due in expiry::due(tables, Family::Comments, now, limit)? {
        // First: a claim that goes on gets a new entry, which must stay.
        expiry::done(tables, &due)?;
        prune_one(tables, effects, &due, now)?;
        seen += 1;
    }
    Ok(seen)
}

fn prune_one(
    tables: &mut Tables<'_>,
    effects: &mut Effects,
    due: &Due,
    now: Timestamp,
) -> Result<bool, Fault> {
    match due.kept {
        Kept::RecentText => {
            let key: [u8; 65] = keys::part(&due.key, 0);
            let over = tables
                .recent_text
                .read::<StoredText>(&key)?
                .is_some_and(|row| now.since(row.posted_at()) >= REMEMBERED);
            Ok(over && tables.recent_text.remove(&key)?)
        }
        Kept::Idempotency => {
            let over = tables
                .idempotency
                .read::<StoredRequest>(due.key.as_slice())?
                .is_some_and(|row| now.since(row.at()) >= REMEMBERED);
            Ok(over && tables.idempotency.remove(due.key.as_slice())?)
        }
        Kept::Origin => tables.origins.remove(&keys::part::<16>(&due.key, 0)),
        Kept::Claim => claims::go_on(tables, effects, &due.key, now).map(|()| true),
        Kept::HiddenText => forget_text(tables, effects, &due.key, now),
        _ => Err(Fault::corrupt("an expiry of a session among those of comments")),
    }
}

/// Empties a comment that has been spam or removed for long enough, and drops its revisions. Its row stays: replies
/// hang from it, and its number is not used again.
fn forget_text(
    tables: &mut Tables<'_>,
    effects: &mut Effects,
    key: &[u8],
    now: Timestamp,
) -> Result<bool, Fault> {
    let id = CommentId(uuid::Uuid::from_bytes(keys::part(key, 0)));
    let Some(before) = ledger::find(&tables.comment_by_id, &tables.comments, id)? else { return Ok(false) };
    let over = before.hidden_since.is_some_and(|since| now.since(since) >= RETENTION);
    if !over || before.text_gone {
        return Ok(false);
    }
    let mut thread = ledger::known_thread(&tables.threads, before.comment.thread)?;
    let mut after = before.clone();
    after.text_gone = true;
    after.comment.body = Document::default();
    after.comment.waiting_revision = None;
    for number in 1..=after.comment.revisions {
        tables.revisions.remove(&keys::revision(id, number))?;
    }
    tables.origins.remove(id.0.as_bytes())?;
    ledger::settle(tables, &mut thread, Some(&before), &mut after)?;
    ledger::save_thread(tables, effects, &thread)?;
    Ok(true)
}
