//! A conversation while it comes in: its comments are held until the last one is known, then counted and written.
//!
//! Invariant: what [`super::super::audit`] counts afterwards is what was written here.

use std::collections::BTreeMap;

use super::super::expiry::{self, Kept, RETENTION};
use super::super::fault::Fault;
use super::super::keys;
use super::super::ledger;
use super::super::stored::comment::CommentRow;
use super::super::stored::people::{StoredGuest, StoredMember};
use super::super::stored::thread::{StoredConversation, StoredThread, ThreadRow};
use super::super::tables::{CborRows, Rows, Tables};
use crate::domain::{Author, CommentId, Place, ThreadId};
use crate::storage::archive::CommentFacts;

/// The thread that comes in, and the conversation of it.
#[derive(Default)]
pub struct Incoming {
    thread: Option<ThreadRow>,
    root: Option<Place>,
    rows: BTreeMap<Place, CommentRow>,
    /// Whose texts and likes come now.
    last: Option<Place>,
}

impl Incoming {
    pub fn begin_thread(&mut self, tables: &mut Tables<'_>, mut row: ThreadRow) -> Result<(), Fault> {
        self.end_thread(tables)?;
        row.thread.published = 0;
        self.thread = Some(row);
        Ok(())
    }

    pub fn add(&mut self, tables: &mut Tables<'_>, facts: CommentFacts) -> Result<(), Fault> {
        let CommentFacts { mut comment, vouched, hidden_since, text_gone } = facts;
        let Some(thread) = &self.thread else { return Err(Fault::corrupt("a comment before any thread")) };
        if thread.thread.id != comment.thread || thread.thread.site != comment.site {
            return Err(Fault::corrupt(format!(
                "a comment of thread {}, expected one of thread {}, which came last",
                comment.thread, thread.thread.id
            )));
        }
        if self.root != Some(comment.root) {
            self.end_conversation(tables)?;
            self.root = Some(comment.root);
        }
        if comment.is_root() != (comment.place == comment.root) {
            return Err(Fault::corrupt("only the first comment of a conversation has no parent"));
        }
        if let Some(parent) = comment.parent
            && self.rows.get(&parent.place).is_none_or(|row| row.comment.id != parent.id)
        {
            return Err(Fault::corrupt(format!("no parent {} in this conversation, before it", parent.id)));
        }
        (comment.likes, comment.replies) = (0, 0);
        let (place, id) = (comment.place, comment.id);
        if self.rows.insert(place, CommentRow { comment, vouched, hidden_since, text_gone }).is_some() {
            return Err(Fault::corrupt(format!("comment {id} has the place of another")));
        }
        self.last = Some(place);
        Ok(())
    }

    /// The comment that came last; what belongs to a comment follows it.
    pub fn last(&mut self, expected: CommentId) -> Result<&mut CommentRow, Fault> {
        let last = self.last.and_then(|place| self.rows.get_mut(&place));
        last.filter(|row| row.comment.id == expected).ok_or_else(|| {
            Fault::corrupt(format!("something of comment {expected}, expected the comment itself before it"))
        })
    }

    pub fn end_thread(&mut self, tables: &mut Tables<'_>) -> Result<(), Fault> {
        self.end_conversation(tables)?;
        if let Some(row) = self.thread.take() {
            tables.threads.write(&keys::thread(row.thread.id), &StoredThread::from(&row))?;
        }
        Ok(())
    }

    fn end_conversation(&mut self, tables: &mut Tables<'_>) -> Result<(), Fault> {
        self.last = None;
        let mut rows = std::mem::take(&mut self.rows);
        let (Some(thread), Some(root)) = (&mut self.thread, self.root.take()) else { return Ok(()) };
        count_replies(&mut rows);
        let published = rows.values().filter(|row| row.comment.is_public()).count() as u64;
        let first =
            rows.get(&root).ok_or_else(|| Fault::corrupt("a conversation without its first comment"))?;
        if published > 0 {
            let row = StoredConversation { published, score: ledger::rank(&first.comment) };
            let id = first.comment.thread;
            tables.conversations.write(&keys::conversation(id, root), &row)?;
            tables.root_by_score.insert(&keys::ranked_root(id, row.score, root), ())?;
        }
        thread.thread.published += published;
        for row in rows.values() {
            write(tables, thread.thread.id, row)?;
        }
        Ok(())
    }
}

fn count_replies(rows: &mut BTreeMap<Place, CommentRow>) {
    let parents: Vec<Place> = rows
        .values()
        .filter(|row| row.comment.is_public())
        .filter_map(|row| row.comment.parent.map(|parent| parent.place))
        .collect();
    for parent in parents {
        if let Some(row) = rows.get_mut(&parent) {
            row.comment.replies += 1;
        }
    }
}

/// A comment and what is found or counted by it.
fn write(tables: &mut Tables<'_>, thread: ThreadId, row: &CommentRow) -> Result<(), Fault> {
    let (comment, key) = (&row.comment, row.key());
    if tables.comment_by_id.get(comment.id.0.as_bytes())?.is_some() {
        return Err(Fault::corrupt(format!("comment {} comes twice", comment.id)));
    }
    tables.comments.insert(&key, row.encode().as_slice())?;
    tables.comment_by_id.insert(comment.id.0.as_bytes(), &key)?;
    if let Some(author) = keys::author(&comment.author) {
        let at = keys::by_author(&author, thread, comment.place);
        tables.comment_by_author.insert(&at, (comment.root.0, comment.is_public()))?;
    }
    if ledger::waits(comment) {
        tables.pending.insert(&keys::pending(comment.site, thread, comment.place), comment.root.0)?;
    }
    if let Some(since) = row.hidden_since.filter(|_| !row.text_gone) {
        expiry::schedule(tables, Kept::HiddenText, since.plus(RETENTION), comment.id.0.as_bytes())?;
    }
    count_for_author(tables, row)
}

fn count_for_author(tables: &mut Tables<'_>, row: &CommentRow) -> Result<(), Fault> {
    let comment = &row.comment;
    match &comment.author {
        Author::Account(account) if comment.number.is_some() => {
            let key = keys::member(comment.site, *account);
            if let Some(stored) = tables.members.read::<StoredMember>(&key)? {
                let mut member = stored.into_member(comment.site, *account)?;
                member.published = member.published.saturating_add(1);
                tables.members.write(&key, &StoredMember::from(&member))?;
            }
        }
        Author::Guest { id, .. } if row.vouched => {
            let key = tables.guest_by_id.get(id.0.as_bytes())?.map(|row| *row.value());
            if let Some(key) = key
                && let Some(stored) = tables.guests.read::<StoredGuest>(&key)?
            {
                let mut guest = stored.into_guest(comment.site);
                guest.approved = guest.approved.saturating_add(1);
                tables.guests.write(&key, &StoredGuest::from(&guest))?;
            }
        }
        _ => {}
    }
    Ok(())
}
