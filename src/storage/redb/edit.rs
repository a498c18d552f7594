//! A new text for a comment, the texts it had, and taking a comment away.

use super::expiry::{self, Kept, RETENTION};
use super::fault::Fault;
use super::history::{self, Record};
use super::keys;
use super::ledger;
use super::recent_text;
use super::stored::comment::CommentRow;
use super::stored::thread::{StoredBody, StoredRevision};
use super::tables::{CborRows, Fixed, FixedRows, Rows, Tables};
use super::unit::Effects;
use crate::domain::comments::RemovedBy;
use crate::domain::history::Deed;
use crate::domain::{
    AccountId, Comment, CommentId, Document, PendingReason, Refusal, Removal, SiteId, Standing, Timestamp,
};
use crate::storage::comments::{Edit, Revision};

pub fn edit(
    tables: &mut Tables<'_>,
    effects: &mut Effects,
    site: SiteId,
    edit: &Edit,
) -> Result<Result<Comment, Refusal>, Fault> {
    let Some(before) = ledger::find_on(tables, site, edit.comment)?
        .filter(|row| row.comment.removal.is_none() && !row.text_gone)
    else {
        return Ok(Err(Refusal::UnknownComment));
    };
    let mut thread = ledger::known_thread(&tables.threads, before.comment.thread)?;
    let mut after = before.clone();
    let comment = &mut after.comment;
    let superseded = comment.waiting_revision.take();
    comment.revisions += 1;

    // A held text does not take the place of one that shows.
    let held = comment.standing == Standing::Published && edit.standing != Standing::Published;
    if held {
        comment.waiting_revision = Some(comment.revisions);
    } else {
        comment.body = edit.body.clone();
        if comment.number.is_some() {
            comment.edited_at = Some(edit.edited_at);
        }
        // What a moderator decided stands, whatever the new text is.
        let decided =
            matches!(comment.standing, Standing::Spam | Standing::Pending(PendingReason::ByModerator));
        if !decided {
            comment.standing = edit.standing;
        }
    }

    let previous = latest_markdown(tables, &before.comment)?;
    if let Some(number) = superseded {
        drop_waiting_body(tables, before.comment.id, number)?;
    }
    let revision = StoredRevision {
        markdown: edit.markdown.clone(),
        written_at: edit.edited_at.as_millis(),
        body: held.then(|| StoredBody(edit.body.clone())),
    };
    tables.revisions.write(&keys::revision(edit.comment, after.comment.revisions), &revision)?;
    if let Some(previous) = previous {
        recent_text::forget(tables, &before.comment, &previous)?;
    }
    recent_text::remember(tables, &after.comment, &edit.markdown)?;
    hide_or_show(tables, &before, &mut after, edit.edited_at)?;
    ledger::settle(tables, &mut thread, Some(&before), &mut after)?;
    ledger::save_thread(tables, effects, &thread)?;
    Ok(Ok(after.comment))
}

/// Notes since when a comment is spam or removed, so that its texts go after a while.
pub fn hide_or_show(
    tables: &mut Tables<'_>,
    before: &CommentRow,
    after: &mut CommentRow,
    now: Timestamp,
) -> Result<(), Fault> {
    let hidden = after.comment.removal.is_some() || after.comment.standing == Standing::Spam;
    after.hidden_since = match (hidden, before.hidden_since) {
        (false, _) => None,
        (true, Some(since)) => Some(since),
        (true, None) => {
            let due_at = now.plus(RETENTION);
            expiry::schedule(tables, Kept::HiddenText, due_at, after.comment.id.0.as_bytes())?;
            Some(now)
        }
    };
    Ok(())
}

pub fn latest_markdown(tables: &Tables<'_>, comment: &Comment) -> Result<Option<String>, Fault> {
    let key = keys::revision(comment.id, comment.revisions);
    Ok(tables.revisions.read::<StoredRevision>(&key)?.map(|row| row.markdown))
}

/// A waiting text that was approved, or that a newer one took the place of.
pub fn drop_waiting_body(tables: &mut Tables<'_>, comment: CommentId, number: u32) -> Result<(), Fault> {
    let key = keys::revision(comment, number);
    if let Some(mut revision) = tables.revisions.read::<StoredRevision>(&key)? {
        revision.body = None;
        tables.revisions.write(&key, &revision)?;
    }
    Ok(())
}

/// The text that waits: its tree, and when it was written.
pub fn waiting_text(
    revisions: &impl CborRows<Fixed<20>>,
    comment: &Comment,
) -> Result<Option<(Document, Timestamp)>, Fault> {
    let Some(number) = comment.waiting_revision else { return Ok(None) };
    let revision = revisions.read::<StoredRevision>(&keys::revision(comment.id, number))?;
    Ok(revision.and_then(|row| row.body.map(|body| (body.0, Timestamp::from_millis(row.written_at)))))
}

pub fn revisions(
    revisions: &impl Rows<Fixed<20>, super::tables::Row>,
    comment: CommentId,
) -> Result<Vec<Revision>, Fault> {
    let mut all = Vec::new();
    for row in revisions.under(comment.0.as_bytes())? {
        let (key, value) = row?;
        let number = u32::from_be_bytes(keys::part(key.value(), 16));
        all.push(super::codec::decode::<StoredRevision>(value.value())?.into_revision(number));
    }
    Ok(all)
}

pub fn remove(
    tables: &mut Tables<'_>,
    effects: &mut Effects,
    site: SiteId,
    id: CommentId,
    by: RemovedBy,
    who: Option<AccountId>,
    now: Timestamp,
) -> Result<Result<Comment, Refusal>, Fault> {
    let Some(before) = ledger::find_on(tables, site, id)? else {
        return Ok(Err(Refusal::UnknownComment));
    };
    if before.comment.removal.is_some() {
        return Ok(Ok(before.comment));
    }
    let mut thread = ledger::known_thread(&tables.threads, before.comment.thread)?;
    let mut after = before.clone();
    after.comment.removal = Some(Removal { by, at: now });
    hide_or_show(tables, &before, &mut after, now)?;
    ledger::settle(tables, &mut thread, Some(&before), &mut after)?;
    ledger::save_thread(tables, effects, &thread)?;
    let thread = thread.thread.id;
    history::write(
        tables,
        &Record { deed: Deed::Removed, site, thread, comment: Some(id), by: who, at: now },
    )?;
    Ok(Ok(after.comment))
}
