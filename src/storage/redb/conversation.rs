//! Reading one conversation, or a part of it, without reading all of it.
//!
//! A comment shows if it is public, or if something public is below it: then it is a tombstone, handed out without
//! its text. Whether something is below is seen from the rows that were read, last row first, and from the count of
//! public replies each row has; nothing here recurses, however deep replies go.
//!
//! Invariant: a part read later never holds a comment whose parent was shown nowhere: hidden ancestors that an
//! earlier part could not know to show come first.

use std::collections::{BTreeMap, HashMap};

use super::fault::Fault;
use super::keys;
use super::ledger;
use super::stored::comment::{CommentRow, is_public};
use super::stored::thread::StoredConversation;
use super::tables::{CborRows, FixedRows, Snapshot};
use crate::domain::{Comment, Document, Place, ThreadId};
use crate::storage::threads::{Conversation, MoreReplies};

/// How many rows beyond those that can show one read goes through: a heap of spam between two replies.
const HIDDEN_ROWS: usize = 1_000;
/// How far replies that follow are counted exactly.
const COUNTED: usize = 10_000;

/// Rows of one conversation, in order of place.
struct Part {
    rows: Vec<Comment>,
    /// Published ones among them.
    published: u64,
    /// Whether rows follow that were not read.
    cut: bool,
}

/// A whole conversation up to `replies` replies; `None` if nothing in it shows.
pub fn whole(
    snapshot: &Snapshot<'_>,
    thread: ThreadId,
    root: Place,
    pinned: bool,
    replies: usize,
) -> Result<Option<Conversation>, Fault> {
    let Some(totals) = totals(snapshot, thread, root)? else { return Ok(None) };
    let part = read(snapshot, thread, root, root, replies.saturating_add(1), Some(totals.published))?;
    let left = totals.published.saturating_sub(part.published);
    let more = more_after(&part, left);
    let mut comments = part.rows;
    let mut shows = what_shows(&comments);
    // Something is published somewhere below a root, or there would be no totals.
    if let Some(root) = shows.first_mut() {
        *root = true;
    }
    retain(&mut comments, &shows);
    Ok(Some(Conversation { root, pinned, comments, published: totals.published, more }))
}

/// Up to `limit` replies after a place; `None` if nothing in the conversation shows.
pub fn after(
    snapshot: &Snapshot<'_>,
    thread: ThreadId,
    root: Place,
    pinned: bool,
    after: Place,
    limit: usize,
) -> Result<Option<Conversation>, Fault> {
    let Some(totals) = totals(snapshot, thread, root)? else { return Ok(None) };
    let after = after.max(root);
    let first = Place(after.0.saturating_add(1));
    let part = read(snapshot, thread, root, first, limit, None)?;
    let left = match part.rows.last() {
        Some(last) if part.cut => count_after(snapshot, thread, root, last.place)?,
        _ => 0,
    };
    let more = more_after(&part, left);
    let mut comments = part.rows;
    let shows = what_shows(&comments);
    retain(&mut comments, &shows);
    let missing = hidden_ancestors(snapshot, &comments, root, after)?;
    comments.splice(0..0, missing);
    Ok(Some(Conversation { root, pinned, comments, published: totals.published, more }))
}

pub fn totals(
    snapshot: &Snapshot<'_>,
    thread: ThreadId,
    root: Place,
) -> Result<Option<StoredConversation>, Fault> {
    snapshot.conversations.read(&keys::conversation(thread, root))
}

/// Reads from `first` on, until `limit` rows can show, all `published` ones were met, or too many rows were hidden.
fn read(
    snapshot: &Snapshot<'_>,
    thread: ThreadId,
    root: Place,
    first: Place,
    limit: usize,
    published: Option<u64>,
) -> Result<Part, Fault> {
    let from = keys::comment(thread, root, first);
    let to = keys::comment(thread, root, Place(u64::MAX));
    let mut part = Part { rows: Vec::new(), published: 0, cut: false };
    let mut may_show = 0;
    for row in snapshot.comments.span(&from, &to)? {
        if published == Some(part.published) {
            // What follows is hidden, with nothing below it.
            return Ok(part);
        }
        if may_show >= limit || part.rows.len() >= limit.saturating_add(HIDDEN_ROWS) {
            part.cut = true;
            return Ok(part);
        }
        let (key, value) = row?;
        let comment = CommentRow::decode(key.value(), value.value())?.comment;
        part.published += u64::from(comment.is_public());
        // The first row is the root, which shows whatever it is.
        may_show += usize::from(comment.is_public() || comment.replies > 0 || comment.is_root());
        part.rows.push(comment);
    }
    Ok(part)
}

fn more_after(part: &Part, left: u64) -> Option<MoreReplies> {
    let last = part.rows.last()?.place;
    (left > 0).then_some(MoreReplies { after: last, count: left })
}

/// Which of these rows show, as far as they tell.
fn what_shows(rows: &[Comment]) -> Vec<bool> {
    let index: HashMap<Place, usize> = rows.iter().enumerate().map(|(i, row)| (row.place, i)).collect();
    let mut shows: Vec<bool> = rows.iter().map(|row| row.is_public() || row.replies > 0).collect();
    // A reply's place is after its parent's: backwards, every row is settled before its parent is looked at.
    for i in (0..rows.len()).rev() {
        if shows[i]
            && let Some(parent) = rows[i].parent.and_then(|parent| index.get(&parent.place))
        {
            shows[*parent] = true;
        }
    }
    shows
}

fn retain(comments: &mut Vec<Comment>, shows: &[bool]) {
    let mut shows = shows.iter();
    comments.retain(|_| shows.next().copied().unwrap_or(false));
    comments.iter_mut().for_each(without_hidden_text);
}

/// What everybody may see of a comment: of a hidden one, that it was there.
pub fn without_hidden_text(comment: &mut Comment) {
    if !comment.is_public() {
        comment.body = Document::default();
        comment.likes = 0;
        comment.imported_likes = 0;
        comment.source = None;
    }
}

/// Hidden ancestors at or before `after` that the part before could not know to show, at most [`HIDDEN_ROWS`]: a part may
/// be short and the way up from it long.
fn hidden_ancestors(
    snapshot: &Snapshot<'_>,
    comments: &[Comment],
    root: Place,
    after: Place,
) -> Result<Vec<Comment>, Fault> {
    let mut found: BTreeMap<Place, Comment> = BTreeMap::new();
    for comment in comments {
        let mut parent = comment.parent;
        while let Some(it) = parent
            && it.place <= after
            && it.place != root
            && !found.contains_key(&it.place)
            && found.len() < HIDDEN_ROWS
        {
            let key = keys::comment(comment.thread, root, it.place);
            let mut row = ledger::known_at(&snapshot.comments, &key)?.comment;
            // Public ones were shown, and so was every hidden one with a public reply, and what is above either.
            if row.is_public() || row.replies > 0 {
                break;
            }
            parent = row.parent;
            without_hidden_text(&mut row);
            found.insert(row.place, row);
        }
    }
    Ok(found.into_values().collect())
}

/// Published comments after a place; exact up to [`COUNTED`] rows, a lower bound beyond.
pub fn count_after(
    snapshot: &Snapshot<'_>,
    thread: ThreadId,
    root: Place,
    after: Place,
) -> Result<u64, Fault> {
    let from = keys::comment(thread, root, Place(after.0.saturating_add(1)));
    let to = keys::comment(thread, root, Place(u64::MAX));
    let mut count = 0;
    for row in snapshot.comments.span(&from, &to)?.take(COUNTED) {
        count += u64::from(is_public(row?.1.value())?);
    }
    Ok(count)
}
