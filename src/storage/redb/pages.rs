//! One page of a thread: which conversations are on it, in which order.
//!
//! `conversations` and `root_by_score` hold exactly the conversations that show, so a page reads as many rows of them
//! as it has conversations, whatever else was removed or marked as spam.

use super::conversation;
use super::fault::Fault;
use super::keys;
use super::ledger;
use super::names;
use super::tables::{FixedRows, Rows, Snapshot};
use crate::domain::threads::RootCursor;
use crate::domain::{Order, Place, ThreadId};
use crate::storage::threads::{ThreadPage, Window};

pub fn read(
    snapshot: &Snapshot<'_>,
    thread: ThreadId,
    order: Order,
    after: Option<RootCursor>,
    window: Window,
) -> Result<Option<ThreadPage>, Fault> {
    let Some(row) = ledger::thread(&snapshot.threads, thread)? else { return Ok(None) };
    let pinned = &row.thread.pinned;
    let mut conversations = Vec::new();
    if after.is_none() {
        for root in pinned {
            conversations.extend(conversation::whole(snapshot, thread, *root, true, window.replies)?);
        }
    }
    // Pinned ones count, but never fill a page: its cursor must name a root that is not pinned.
    let room = window.roots.saturating_sub(conversations.len()).max(1);
    let mut roots = roots(snapshot, thread, order, after, pinned, room + 1)?;
    let has_more = roots.len() > room;
    roots.truncate(room);
    let next = if has_more { roots.last().copied() } else { None };
    for root in roots {
        conversations.extend(conversation::whole(snapshot, thread, root.root, false, window.replies)?);
    }
    let shown = conversations.iter().flat_map(|it| &it.comments).filter(|comment| comment.is_public());
    let names = names::of(snapshot, row.thread.site, shown)?;
    Ok(Some(ThreadPage { thread: row.thread, conversations, next, names }))
}

/// The next `limit` conversations that show and are not pinned.
fn roots(
    snapshot: &Snapshot<'_>,
    thread: ThreadId,
    order: Order,
    after: Option<RootCursor>,
    pinned: &[Place],
    limit: usize,
) -> Result<Vec<RootCursor>, Fault> {
    let cursor = |score, root| RootCursor { order, score, root };
    let first = keys::conversation(thread, Place(0));
    let last = keys::conversation(thread, Place(u64::MAX));
    let mut found = Vec::new();
    let mut take = |it: RootCursor| {
        if !pinned.contains(&it.root) {
            found.push(it);
        }
        found.len() < limit
    };
    match (order, after) {
        (Order::Oldest, after) => {
            let Some(from) = after.map_or(Some(0), |it| it.root.0.checked_add(1)) else { return Ok(found) };
            for row in snapshot.conversations.span(&keys::conversation(thread, Place(from)), &last)? {
                if !take(cursor(0, Place(keys::u64_at(row?.0.value(), 8)))) {
                    break;
                }
            }
        }
        (Order::Newest, after) => {
            let before = after.map_or(last, |it| keys::conversation(thread, it.root));
            for row in snapshot.conversations.range::<&[u8; 16]>(&first..&before)?.rev() {
                if !take(cursor(0, Place(keys::u64_at(row?.0.value(), 8)))) {
                    break;
                }
            }
        }
        (Order::Best, after) => {
            let (first, last) = keys::all_under::<24>(&keys::thread(thread));
            let from = match after {
                // Keys have one length: the next one after this is this with one added, as bytes.
                Some(it) => next_key(keys::ranked_root(thread, it.score, it.root)),
                None => first,
            };
            for row in snapshot.root_by_score.span(&from, &last)? {
                let (score, root) = keys::of_ranked_root(row?.0.value());
                if !take(cursor(score, root)) {
                    break;
                }
            }
        }
    }
    Ok(found)
}

fn next_key(mut key: [u8; 24]) -> [u8; 24] {
    for byte in key.iter_mut().rev() {
        let (next, carry) = byte.overflowing_add(1);
        *byte = next;
        if !carry {
            break;
        }
    }
    key
}
