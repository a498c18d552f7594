//! What was said within the last day: how a duplicate is found.
//!
//! A comment is entered under its latest text, whichever shows; an edit moves the entry.

use super::expiry::{self, Kept, REMEMBERED};
use super::fault::Fault;
use super::keys;
use super::ledger;
use super::stored::thread::StoredText;
use super::tables::{FixedRows, Tables};
use crate::domain::{Author, Comment, CommentId, ThreadId, Timestamp};

/// What the same author saying the same thing in the same place has in common. `None` for who wrote elsewhere.
fn prefix(author: &Author, thread: ThreadId, parent: Option<CommentId>, markdown: &str) -> Option<[u8; 49]> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&thread.0.to_be_bytes());
    // A nil UUID is never a comment's.
    hasher.update(&parent.map_or([0; 16], |parent| parent.0.into_bytes()));
    hasher.update(markdown.as_bytes());
    keys::author(author).map(|author| keys::join(&[&author, hasher.finalize().as_bytes()]))
}

fn key_of(comment: &Comment, markdown: &str) -> Option<[u8; 65]> {
    let parent = comment.parent.map(|parent| parent.id);
    let prefix = prefix(&comment.author, comment.thread, parent, markdown)?;
    Some(keys::join(&[&prefix, comment.id.0.as_bytes()]))
}

/// The comment that said this before, if it was not removed since.
pub fn earlier(
    tables: &Tables<'_>,
    author: &Author,
    thread: ThreadId,
    parent: Option<CommentId>,
    markdown: &str,
    now: Timestamp,
) -> Result<Option<CommentId>, Fault> {
    let Some(prefix) = prefix(author, thread, parent, markdown) else { return Ok(None) };
    for row in tables.recent_text.under(&prefix)? {
        let (key, value) = row?;
        let id = CommentId(uuid::Uuid::from_bytes(keys::part(key.value(), prefix.len())));
        let posted_at = super::codec::decode::<StoredText>(value.value())?.posted_at();
        let comment = ledger::find(&tables.comment_by_id, &tables.comments, id)?;
        let stands = comment.is_some_and(|row| row.comment.removal.is_none());
        if stands && now.since(posted_at) < REMEMBERED {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

pub fn remember(tables: &mut Tables<'_>, comment: &Comment, markdown: &str) -> Result<(), Fault> {
    let Some(key) = key_of(comment, markdown) else { return Ok(()) };
    tables.recent_text.write(&key, &StoredText::new(comment.posted_at))?;
    expiry::schedule(tables, Kept::RecentText, comment.posted_at.plus(REMEMBERED), &key)
}

/// The comment says something else now.
pub fn forget(tables: &mut Tables<'_>, comment: &Comment, markdown: &str) -> Result<(), Fault> {
    if let Some(key) = key_of(comment, markdown) {
        tables.recent_text.remove(&key)?;
    }
    Ok(())
}
