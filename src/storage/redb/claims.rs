//! A guest who signed in: what they wrote as a guest becomes their account's.
//!
//! Invariant: whoever holds the guest's token claims, once, and with the guest's row the token is worth nothing any more.
//! What a moderator decided stands; only what waited because a guest wrote it is judged anew, as a member's.

use super::accounts::rename;
use super::edit::{drop_waiting_body, waiting_text};
use super::expiry::{self, Kept, REMEMBERED};
use super::fault::Fault;
use super::history::{self, Record};
use super::keys::{self, CommentKey};
use super::ledger;
use super::recent_text;
use super::sites::member;
use super::stored::comment::CommentRow;
use super::stored::people::{StoredGuest, StoredMember};
use super::tables::{CborRows, FixedRows, Tables};
use super::unit::Effects;
use super::{catalog, votes};
use crate::domain::history::Deed;
use crate::domain::moderation::{self, Writer};
use crate::domain::{
    Account, AccountId, Author, GuestId, Member, PendingReason, Place, SiteId, Standing, ThreadId, Timestamp,
};
use crate::storage::guests::Claim;

/// Comments of one guest a transaction. A browser that wrote more is a rarity, and others' writes wait no longer for it.
const CHUNK: usize = 200;

/// Who becomes whom, and where.
#[derive(Clone, Copy)]
struct Turn {
    site: SiteId,
    guest: GuestId,
    account: AccountId,
}

/// How many comments become the account's: now, or, beyond the first ones, as soon as the pruning job comes by.
pub fn claim(
    tables: &mut Tables<'_>,
    effects: &mut Effects,
    site: SiteId,
    account: &mut Account,
    claim: &Claim,
    now: Timestamp,
) -> Result<u64, Fault> {
    let key = keys::guest(site, claim.token);
    let Some(guest) = tables.guests.read::<StoredGuest>(&key)? else { return Ok(0) };
    let guest = guest.into_guest(site).id;
    let known = member(&tables.members, site, account.id)?;
    if known.as_ref().is_some_and(|member| !member.standing.may_write(now)) {
        return Ok(0);
    }
    tables.guests.remove(&key)?;
    tables.guest_by_id.remove(guest.0.as_bytes())?;
    if account.name.is_none() && claim.name.is_some() {
        account.name.clone_from(&claim.name);
        rename(tables, effects, account)?;
    }
    if known.is_none() {
        let member = Member::new(site, account.id, now);
        tables.members.write(&keys::member(site, account.id), &StoredMember::from(&member))?;
    }
    let turn = Turn { site, guest, account: account.id };
    let count = written(tables, turn, usize::MAX)?.len() as u64;
    hand_over(tables, effects, turn, now)?;
    Ok(count)
}

/// Goes on where the last chunk ended.
pub fn go_on(
    tables: &mut Tables<'_>,
    effects: &mut Effects,
    key: &[u8],
    now: Timestamp,
) -> Result<(), Fault> {
    let turn = Turn {
        site: SiteId(u32::from_be_bytes(keys::part(key, 0))),
        guest: GuestId(uuid::Uuid::from_bytes(keys::part(key, 4))),
        account: AccountId(uuid::Uuid::from_bytes(keys::part(key, 20))),
    };
    hand_over(tables, effects, turn, now)
}

fn hand_over(
    tables: &mut Tables<'_>,
    effects: &mut Effects,
    turn: Turn,
    now: Timestamp,
) -> Result<(), Fault> {
    let theirs = written(tables, turn, CHUNK + 1)?;
    for key in theirs.iter().take(CHUNK) {
        let before = ledger::known_at(&tables.comments, key)?;
        hand_over_one(tables, effects, turn, before, now)?;
    }
    if theirs.len() > CHUNK {
        let Turn { site, guest, account } = turn;
        let rest: [u8; 36] = keys::join(&[&keys::site(site), guest.0.as_bytes(), account.0.as_bytes()]);
        expiry::schedule(tables, Kept::Claim, now, &rest)?;
    }
    Ok(())
}

/// What the guest wrote on the site, thread by thread and in order.
fn written(tables: &Tables<'_>, turn: Turn, limit: usize) -> Result<Vec<CommentKey>, Fault> {
    let mut theirs = Vec::new();
    for row in tables.comment_by_author.under(&keys::guest_author(turn.guest))? {
        let (key, value) = row?;
        let (thread, place) = (keys::u64_at(key.value(), 17), keys::u64_at(key.value(), 25));
        let key = keys::comment(ThreadId(thread), Place(value.value().0), Place(place));
        if ledger::known_at(&tables.comments, &key)?.comment.site == turn.site {
            theirs.push(key);
        }
        if theirs.len() == limit {
            break;
        }
    }
    Ok(theirs)
}

fn hand_over_one(
    tables: &mut Tables<'_>,
    effects: &mut Effects,
    turn: Turn,
    before: CommentRow,
    now: Timestamp,
) -> Result<(), Fault> {
    let mut thread = ledger::known_thread(&tables.threads, before.comment.thread)?;
    let mut after = before.clone();
    after.comment.author = Author::Account(turn.account);
    // It counted for a guest who is no more.
    after.vouched = false;
    judge(tables, turn, &before, &mut after)?;
    votes::take_back(tables, &mut after.comment, turn.account)?;
    if now.since(before.comment.posted_at) < REMEMBERED
        && let Some(markdown) = super::edit::latest_markdown(tables, &before.comment)?
    {
        recent_text::forget(tables, &before.comment, &markdown)?;
        recent_text::remember(tables, &after.comment, &markdown)?;
    }
    ledger::settle(tables, &mut thread, Some(&before), &mut after)?;
    ledger::save_thread(tables, effects, &thread)?;
    let record = Record {
        deed: Deed::Claimed,
        site: turn.site,
        thread: thread.thread.id,
        comment: Some(after.comment.id),
        by: Some(turn.account),
        at: now,
    };
    history::write(tables, &record)
}

/// What waited because a guest wrote it is judged as this member's.
fn judge(
    tables: &mut Tables<'_>,
    turn: Turn,
    before: &CommentRow,
    after: &mut CommentRow,
) -> Result<(), Fault> {
    if before.comment.removal.is_some() {
        return Ok(());
    }
    let Some(site) = catalog::stored(&tables.sites, turn.site)? else { return Ok(()) };
    // Read each time: what was published of theirs counts for what comes after.
    let Some(member) = member(&tables.members, turn.site, turn.account)? else { return Ok(()) };
    let verdict = |body| moderation::verdict(&Writer::Member(&member), body, &site.settings);
    let comment = &mut after.comment;
    match comment.standing {
        Standing::Pending(PendingReason::NewGuest | PendingReason::GuestLink) => {
            comment.standing = verdict(&comment.body);
        }
        Standing::Published => {
            if let Some((body, written_at)) = waiting_text(&tables.revisions, &before.comment)?
                && verdict(&body) == Standing::Published
                && let Some(number) = comment.waiting_revision.take()
            {
                comment.body = body;
                comment.edited_at = Some(written_at);
                drop_waiting_body(tables, comment.id, number)?;
            }
        }
        Standing::Pending(_) | Standing::Spam => {}
    }
    Ok(())
}
