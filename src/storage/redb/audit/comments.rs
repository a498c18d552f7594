//! Comments: their counters, and the indexes that point at them.

use std::collections::{BTreeMap, HashMap};

use super::super::fault::Fault;
use super::super::keys::{self, CommentKey};
use super::super::ledger;
use super::super::stored::comment::CommentRow;
use super::super::stored::thread::StoredConversation;
use super::super::tables::{FixedRows, Rows, Snapshot};
use super::Findings;
use crate::domain::{AccountId, Author, Comment, CommentId, GuestId, Place, SiteId, ThreadId};

/// What the comments add up to.
#[derive(Default)]
pub struct Totals {
    pub threads: BTreeMap<ThreadId, ThreadTotals>,
    /// The conversations that show.
    pub conversations: BTreeMap<(ThreadId, Place), StoredConversation>,
    /// Comments with a number.
    pub members: HashMap<(SiteId, AccountId), u32>,
    /// Comments that count towards trust.
    pub guests: HashMap<GuestId, u32>,
}

#[derive(Default)]
pub struct ThreadTotals {
    pub published: u64,
    pub last_place: u64,
    pub last_number: u32,
    pub numbered: u64,
    pub public_roots: Vec<Place>,
}

/// One conversation while it is read: what its replies say of their parents.
#[derive(Default)]
struct Reading {
    of: Option<(ThreadId, Place)>,
    /// place → (id, stored count, public replies found)
    replies: BTreeMap<Place, (CommentId, u32, u32)>,
    published: u64,
    score: i64,
}

pub fn check(snapshot: &Snapshot<'_>, found: &mut Findings) -> Result<Totals, Fault> {
    let mut totals = Totals::default();
    let mut reading = Reading::default();
    for row in snapshot.comments.all()? {
        let (key, value) = row?;
        let mut row = CommentRow::decode(key.value(), value.value())?;
        found.audit.comments += 1;
        let of = (row.comment.thread, row.comment.root);
        if reading.of != Some(of) {
            finish(std::mem::take(&mut reading), &mut totals, found);
            reading.of = Some(of);
        }
        // First: what follows is ranked by the likes that were found.
        row.comment.likes = check_likes(snapshot, &row.comment, found)?;
        follow(&mut reading, &row.comment, found);
        add_up(&mut totals, &row);
        check_indexes(snapshot, &row.comment, found)?;
    }
    finish(reading, &mut totals, found);
    check_stray(snapshot, found)?;
    Ok(totals)
}

fn follow(reading: &mut Reading, comment: &Comment, found: &mut Findings) {
    reading.replies.insert(comment.place, (comment.id, comment.replies, 0));
    reading.published += u64::from(comment.is_public());
    match comment.parent {
        None => reading.score = ledger::rank(comment),
        // A parent's place is before its reply's, so its row was read.
        Some(parent) => match reading.replies.get_mut(&parent.place) {
            Some((id, _, count)) if *id == parent.id => *count += u32::from(comment.is_public()),
            _ => found.is_lost(format!("comment {}: its parent {} is not there", comment.id, parent.id)),
        },
    }
}

/// The end of a conversation: now its parents' counts are known.
fn finish(reading: Reading, totals: &mut Totals, found: &mut Findings) {
    let Some((thread, root)) = reading.of else { return };
    for (place, (id, stored, counted)) in reading.replies {
        if stored != counted {
            let key = keys::comment(thread, root, place);
            found.differs(
                format!("comment {id}: its row says {stored} published replies, found {counted}"),
                move |tables| set(tables, &key, |comment| comment.replies = counted),
            );
        }
    }
    if reading.published > 0 {
        let row = StoredConversation { published: reading.published, score: reading.score };
        totals.conversations.insert((thread, root), row);
    }
}

fn set(
    tables: &mut super::super::tables::Tables<'_>,
    key: &CommentKey,
    change: impl FnOnce(&mut Comment),
) -> Result<(), Fault> {
    let mut row = ledger::known_at(&tables.comments, key)?;
    change(&mut row.comment);
    tables.comments.insert(key, row.encode().as_slice())
}

fn add_up(totals: &mut Totals, row: &CommentRow) {
    let comment = &row.comment;
    let thread = totals.threads.entry(comment.thread).or_default();
    thread.published += u64::from(comment.is_public());
    thread.last_place = thread.last_place.max(comment.place.0);
    if let Some(number) = comment.number {
        thread.last_number = thread.last_number.max(number.0);
        thread.numbered += 1;
    }
    if comment.is_root() && comment.is_public() {
        thread.public_roots.push(comment.place);
    }
    match &comment.author {
        Author::Account(account) if comment.number.is_some() => {
            *totals.members.entry((comment.site, *account)).or_default() += 1;
        }
        Author::Guest { id, .. } if row.vouched => *totals.guests.entry(*id).or_default() += 1,
        _ => {}
    }
}

/// What should point at this comment, does.
fn check_indexes(snapshot: &Snapshot<'_>, comment: &Comment, found: &mut Findings) -> Result<(), Fault> {
    let (id, key) = (comment.id, keys::comment(comment.thread, comment.root, comment.place));
    if snapshot.comment_by_id.get(id.0.as_bytes())?.map(|row| *row.value()) != Some(key) {
        found.differs(format!("comment {id} is not found by its id"), move |tables| {
            tables.comment_by_id.insert(id.0.as_bytes(), &key)
        });
    }
    if let Some(author) = keys::author(&comment.author) {
        let at = keys::by_author(&author, comment.thread, comment.place);
        let right = (comment.root.0, comment.is_public());
        if snapshot.comment_by_author.get(&at)?.map(|row| row.value()) != Some(right) {
            found.differs(format!("comment {id} is not found by its author"), move |tables| {
                tables.comment_by_author.insert(&at, right)
            });
        }
    }
    let at = keys::pending(comment.site, comment.thread, comment.place);
    if ledger::waits(comment) && snapshot.pending.get(&at)?.is_none() {
        let root = comment.root.0;
        found.differs(format!("comment {id} waits for approval and is not in the list"), move |tables| {
            tables.pending.insert(&at, root)
        });
    }
    Ok(())
}

/// Says how many there are.
fn check_likes(snapshot: &Snapshot<'_>, comment: &Comment, found: &mut Findings) -> Result<u32, Fault> {
    let mut counted = 0;
    for row in snapshot.votes.under(comment.id.0.as_bytes())? {
        let (key, value) = row?;
        counted += 1;
        let account = AccountId(uuid::Uuid::from_bytes(keys::part(key.value(), 16)));
        let at = keys::vote_by_account(account, comment.thread, comment.id);
        if snapshot.vote_by_account.get(&at)?.is_none() {
            let when =
                super::super::codec::decode::<super::super::stored::thread::StoredVote>(value.value())?.at;
            found.differs(
                format!("a like of comment {} is not found by who likes it", comment.id),
                move |tables| tables.vote_by_account.insert(&at, when),
            );
        }
    }
    if comment.likes != counted {
        let key = keys::comment(comment.thread, comment.root, comment.place);
        found.differs(
            format!("comment {}: its row says {} likes, found {counted}", comment.id, comment.likes),
            move |tables| set(tables, &key, |comment| comment.likes = counted),
        );
    }
    Ok(counted)
}

/// What points at a comment points at one that is there.
fn check_stray(snapshot: &Snapshot<'_>, found: &mut Findings) -> Result<(), Fault> {
    for row in snapshot.comment_by_id.all()? {
        let (id, key) = row?;
        let (id, key) = (*id.value(), *key.value());
        let there = ledger::at(&snapshot.comments, &key)?;
        if there.is_none_or(|row| *row.comment.id.0.as_bytes() != id) {
            let comment = CommentId(uuid::Uuid::from_bytes(id));
            found.differs(format!("the id {comment} leads to a comment that is not there"), move |tables| {
                tables.comment_by_id.remove(&id).map(drop)
            });
        }
    }
    for row in snapshot.comment_by_author.all()? {
        let (key, value) = row?;
        let (at, (root, _)) = (*key.value(), value.value());
        let key = keys::comment(ThreadId(keys::u64_at(&at, 17)), Place(root), Place(keys::u64_at(&at, 25)));
        let there = ledger::at(&snapshot.comments, &key)?;
        let theirs = there.and_then(|row| keys::author(&row.comment.author));
        if theirs.is_none_or(|author| author != keys::part::<17>(&at, 0)) {
            found.differs("an author's list names a comment that is not theirs".to_owned(), move |tables| {
                tables.comment_by_author.remove(&at).map(drop)
            });
        }
    }
    for row in snapshot.pending.all()? {
        let (key, root) = row?;
        let (at, root) = (*key.value(), root.value());
        let key = keys::comment(ThreadId(keys::u64_at(&at, 4)), Place(root), Place(keys::u64_at(&at, 12)));
        if ledger::at(&snapshot.comments, &key)?.is_none_or(|row| !ledger::waits(&row.comment)) {
            found.differs("the list of what waits names a comment that does not".to_owned(), move |tables| {
                tables.pending.remove(&at).map(drop)
            });
        }
    }
    for row in snapshot.vote_by_account.all()? {
        let at = *row?.0.value();
        let account = AccountId(uuid::Uuid::from_bytes(keys::part(&at, 0)));
        let comment = CommentId(uuid::Uuid::from_bytes(keys::part(&at, 24)));
        if snapshot.votes.get(&keys::vote(comment, account))?.is_none() {
            found.differs(
                format!("an account's likes name comment {comment}, which it does not like"),
                move |tables| tables.vote_by_account.remove(&at).map(drop),
            );
        }
    }
    Ok(())
}
