//! A moderator's verdict on one comment.

use super::edit::{drop_waiting_body, hide_or_show, waiting_text};
use super::fault::Fault;
use super::history::{self, Record};
use super::ledger;
use super::stored::comment::CommentRow;
use super::stored::people::StoredGuest;
use super::stored::thread::ThreadRow;
use super::tables::{CborRows, Rows, Tables};
use super::unit::Effects;
use crate::domain::comments::{RemovedBy, Verdict};
use crate::domain::history::Deed;
use crate::domain::{
    AccountId, Author, Comment, CommentId, Guest, Refusal, SiteId, Standing, Thread, Timestamp,
};

/// Who decides, and when.
#[derive(Clone, Copy)]
pub struct Decision {
    pub site: SiteId,
    pub comment: CommentId,
    pub verdict: Verdict,
    pub by: AccountId,
    pub now: Timestamp,
}

pub fn moderate(
    tables: &mut Tables<'_>,
    effects: &mut Effects,
    decision: Decision,
) -> Result<Result<Comment, Refusal>, Fault> {
    let Decision { site, comment, verdict, by, now } = decision;
    if verdict == Verdict::Remove {
        return super::edit::remove(tables, effects, site, comment, RemovedBy::Moderator, Some(by), now);
    }
    let Some(before) = ledger::find_on(tables, site, comment)? else {
        return Ok(Err(Refusal::UnknownComment));
    };
    let thread = ledger::known_thread(&tables.threads, before.comment.thread)?;
    match verdict {
        Verdict::Approve => approve(tables, effects, decision, thread, before),
        Verdict::Spam => mark_spam(tables, effects, decision, thread, before).map(Ok),
        Verdict::Pin => pin(tables, effects, decision, thread, before.comment),
        Verdict::Unpin => unpin(tables, effects, decision, thread, before.comment),
        Verdict::Remove => unreachable!("answered above"),
    }
}

fn approve(
    tables: &mut Tables<'_>,
    effects: &mut Effects,
    decision: Decision,
    mut thread: ThreadRow,
    before: CommentRow,
) -> Result<Result<Comment, Refusal>, Fault> {
    let theirs_to_restore = before.comment.removal.is_none_or(|removal| removal.by == RemovedBy::Moderator);
    if before.text_gone || !theirs_to_restore {
        return Ok(Err(Refusal::UnknownComment));
    }
    if before.comment.is_public() && before.comment.waiting_revision.is_none() {
        return Ok(Ok(before.comment));
    }
    let mut after = before.clone();
    let comment = &mut after.comment;
    comment.removal = None;
    comment.standing = Standing::Published;
    if let Some((body, written_at)) = waiting_text(&tables.revisions, &before.comment)? {
        comment.body = body;
        comment.edited_at = Some(written_at);
    }
    if let Some(number) = comment.waiting_revision.take() {
        drop_waiting_body(tables, comment.id, number)?;
    }
    vouch(tables, &mut after, true)?;
    hide_or_show(tables, &before, &mut after, decision.now)?;
    ledger::settle(tables, &mut thread, Some(&before), &mut after)?;
    ledger::save_thread(tables, effects, &thread)?;
    record(tables, Deed::Approved, decision, &thread)?;
    Ok(Ok(after.comment))
}

fn mark_spam(
    tables: &mut Tables<'_>,
    effects: &mut Effects,
    decision: Decision,
    mut thread: ThreadRow,
    before: CommentRow,
) -> Result<Comment, Fault> {
    if before.comment.standing == Standing::Spam {
        return Ok(before.comment);
    }
    let mut after = before.clone();
    after.comment.standing = Standing::Spam;
    vouch(tables, &mut after, false)?;
    hide_or_show(tables, &before, &mut after, decision.now)?;
    ledger::settle(tables, &mut thread, Some(&before), &mut after)?;
    ledger::save_thread(tables, effects, &thread)?;
    record(tables, Deed::MarkedSpam, decision, &thread)?;
    Ok(after.comment)
}

/// Lets a comment count towards its guest's trust, once, or no longer.
fn vouch(tables: &mut Tables<'_>, row: &mut CommentRow, vouched: bool) -> Result<(), Fault> {
    if row.vouched == vouched {
        return Ok(());
    }
    let Author::Guest { id, .. } = &row.comment.author else { return Ok(()) };
    let Some(key) = tables.guest_by_id.get(id.0.as_bytes())?.map(|row| *row.value()) else { return Ok(()) };
    let Some(guest) = tables.guests.read::<StoredGuest>(&key)? else { return Ok(()) };
    let guest = guest.into_guest(row.comment.site);
    let approved = if vouched { guest.approved.saturating_add(1) } else { guest.approved.saturating_sub(1) };
    tables.guests.write(&key, &StoredGuest::from(&Guest { approved, ..guest }))?;
    row.vouched = vouched;
    Ok(())
}

fn pin(
    tables: &mut Tables<'_>,
    effects: &mut Effects,
    decision: Decision,
    mut thread: ThreadRow,
    comment: Comment,
) -> Result<Result<Comment, Refusal>, Fault> {
    if !comment.is_root() {
        return Ok(Err(Refusal::NotARoot));
    }
    if !comment.is_public() {
        return Ok(Err(Refusal::UnknownComment));
    }
    if thread.thread.pinned.contains(&comment.place) {
        return Ok(Ok(comment));
    }
    if thread.thread.pinned.len() >= Thread::MAX_PINNED {
        return Ok(Err(Refusal::TooManyPinned { max: Thread::MAX_PINNED }));
    }
    thread.thread.pinned.push(comment.place);
    thread.thread.version = thread.thread.version.next();
    ledger::save_thread(tables, effects, &thread)?;
    record(tables, Deed::Pinned, decision, &thread)?;
    Ok(Ok(comment))
}

fn unpin(
    tables: &mut Tables<'_>,
    effects: &mut Effects,
    decision: Decision,
    mut thread: ThreadRow,
    comment: Comment,
) -> Result<Result<Comment, Refusal>, Fault> {
    if !comment.is_root() {
        return Ok(Err(Refusal::NotARoot));
    }
    if !thread.thread.pinned.contains(&comment.place) {
        return Ok(Ok(comment));
    }
    thread.thread.pinned.retain(|root| *root != comment.place);
    thread.thread.version = thread.thread.version.next();
    ledger::save_thread(tables, effects, &thread)?;
    record(tables, Deed::Unpinned, decision, &thread)?;
    Ok(Ok(comment))
}

fn record(tables: &mut Tables<'_>, deed: Deed, decision: Decision, thread: &ThreadRow) -> Result<(), Fault> {
    history::write(
        tables,
        &Record {
            deed,
            site: decision.site,
            thread: thread.thread.id,
            comment: Some(decision.comment),
            by: Some(decision.by),
            at: decision.now,
        },
    )
}
