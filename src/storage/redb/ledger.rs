//! A comment's row and everything that is counted or indexed from it, changed together.
//!
//! Invariant: whoever changes a comment calls [`settle`] with the row before and after, and nobody else writes
//! `comments`, `conversations`, `root_by_score`, `comment_by_author` or `pending`. So each counter has one place
//! where it moves, and the audit one place to agree with.

use super::fault::Fault;
use super::keys::{self, CommentKey};
use super::stored::comment::CommentRow;
use super::stored::people::StoredMember;
use super::stored::thread::{StoredConversation, StoredThread, ThreadRow};
use super::tables::{CborRows, Fixed, Row, Rows, Tables};
use super::unit::Effects;
use crate::domain::{Author, Comment, CommentId, Member, Number, Place, SiteId, Standing, ThreadId, Version};

pub fn thread(threads: &impl CborRows<Fixed<8>>, id: ThreadId) -> Result<Option<ThreadRow>, Fault> {
    Ok(threads.read::<StoredThread>(&keys::thread(id))?.map(|row| row.into_row(id)))
}

/// A thread that another row names.
pub fn known_thread(threads: &impl CborRows<Fixed<8>>, id: ThreadId) -> Result<ThreadRow, Fault> {
    thread(threads, id)?.ok_or_else(|| Fault::corrupt(format!("thread {id} has comments and no row")))
}

pub fn at(comments: &impl Rows<Fixed<24>, Row>, key: &CommentKey) -> Result<Option<CommentRow>, Fault> {
    comments.get(key)?.map(|row| CommentRow::decode(key, row.value())).transpose()
}

/// A comment that another row names by its place.
pub fn known_at(comments: &impl Rows<Fixed<24>, Row>, key: &CommentKey) -> Result<CommentRow, Fault> {
    at(comments, key)?.ok_or_else(|| {
        let (thread, _, place) = keys::of_comment(key);
        Fault::corrupt(format!("thread {thread}: no comment at place {place}, though another row names it"))
    })
}

pub fn find(
    by_id: &impl Rows<Fixed<16>, Fixed<24>>,
    comments: &impl Rows<Fixed<24>, Row>,
    id: CommentId,
) -> Result<Option<CommentRow>, Fault> {
    let Some(key) = by_id.get(id.0.as_bytes())?.map(|row| *row.value()) else { return Ok(None) };
    known_at(comments, &key).map(Some)
}

/// The same, if it is on this site.
pub fn find_on(tables: &Tables<'_>, site: SiteId, id: CommentId) -> Result<Option<CommentRow>, Fault> {
    Ok(find(&tables.comment_by_id, &tables.comments, id)?.filter(|row| row.comment.site == site))
}

/// What a conversation is ranked by: a hidden first comment has no score.
pub fn rank(root: &Comment) -> i64 {
    if root.is_public() { root.score() } else { 0 }
}

/// Whether a moderator has to look at it: the comment, or its latest text.
pub fn waits(comment: &Comment) -> bool {
    comment.removal.is_none()
        && match comment.standing {
            Standing::Pending(_) => true,
            Standing::Published => comment.waiting_revision.is_some(),
            Standing::Spam => false,
        }
}

/// Writes `after` in place of `before`, and moves what depends on it. Gives a number when it is published for the
/// first time, and moves the thread's version if readers see a difference; the caller then saves the thread.
pub fn settle(
    tables: &mut Tables<'_>,
    thread: &mut ThreadRow,
    before: Option<&CommentRow>,
    after: &mut CommentRow,
) -> Result<(), Fault> {
    let was_public = before.is_some_and(|row| row.comment.is_public());
    let is_public = after.comment.is_public();
    let author_before = before.and_then(|row| keys::author(&row.comment.author));
    let changed_hands = before.is_some() && author_before != keys::author(&after.comment.author);
    if is_public && after.comment.number.is_none() {
        thread.last_number += 1;
        after.comment.number = Some(Number(thread.last_number));
        count_for_member(tables, &after.comment)?;
    } else if changed_hands && after.comment.number.is_some() {
        count_for_member(tables, &after.comment)?;
    }

    let key = after.key();
    tables.comments.insert(&key, after.encode().as_slice())?;
    let comment = &after.comment;
    if before.is_none() {
        tables.comment_by_id.insert(comment.id.0.as_bytes(), &key)?;
    }
    if let Some(former) = author_before.filter(|_| changed_hands) {
        tables.comment_by_author.remove(&keys::by_author(&former, comment.thread, comment.place))?;
    }
    if let Some(author) = keys::author(&comment.author)
        && (before.is_none() || changed_hands || was_public != is_public)
    {
        let key = keys::by_author(&author, comment.thread, comment.place);
        tables.comment_by_author.insert(&key, (comment.root.0, is_public))?;
    }
    let pending = keys::pending(comment.site, comment.thread, comment.place);
    match (before.is_some_and(|row| waits(&row.comment)), waits(comment)) {
        (false, true) => tables.pending.insert(&pending, comment.root.0)?,
        (true, false) => {
            tables.pending.remove(&pending)?;
        }
        _ => {}
    }

    if was_public != is_public {
        thread.thread.published = moved(thread.thread.published, is_public, "a thread's published comments")?;
        if let Some(parent) = comment.parent {
            let key = keys::comment(comment.thread, comment.root, parent.place);
            let mut parent = known_at(&tables.comments, &key)?;
            let replies = moved(parent.comment.replies.into(), is_public, "a comment's replies")?;
            parent.comment.replies = u32::try_from(replies).unwrap_or(u32::MAX);
            tables.comments.insert(&key, parent.encode().as_slice())?;
        }
    }
    let in_conversation = settle_conversation(tables, was_public, comment)?;
    if !is_public {
        thread.thread.pinned.retain(|root| *root != comment.place);
    }

    if shows_differently(before, comment, in_conversation > 0) {
        thread.thread.version = thread.thread.version.next();
    }
    Ok(())
}

/// Whether readers can see that `after` took the place of `before`.
fn shows_differently(before: Option<&CommentRow>, after: &Comment, conversation_shows: bool) -> bool {
    let Some(before) = before.map(|row| &row.comment) else { return after.is_public() };
    match (before.is_public(), after.is_public()) {
        (true, true) => {
            let text = (&before.body, before.edited_at) != (&after.body, after.edited_at);
            text || before.score() != after.score() || before.author != after.author
        }
        // A tombstone, if something below it is published: it says who removed it.
        (false, false) => {
            conversation_shows && (before.standing, before.removal) != (after.standing, after.removal)
        }
        _ => true,
    }
}

/// Moves the conversation's total and its rank; says how many are published in it now.
fn settle_conversation(tables: &mut Tables<'_>, was_public: bool, comment: &Comment) -> Result<u64, Fault> {
    let key = keys::conversation(comment.thread, comment.root);
    let before: Option<StoredConversation> = tables.conversations.read(&key)?;
    let mut published = before.map_or(0, |row| row.published);
    if was_public != comment.is_public() {
        published = moved(published, comment.is_public(), "a conversation's published comments")?;
    }
    let score = match before {
        _ if comment.is_root() => rank(comment),
        Some(row) => row.score,
        None if published == 0 => 0,
        None => rank(
            &known_at(&tables.comments, &keys::comment(comment.thread, comment.root, comment.root))?.comment,
        ),
    };
    let after = (published > 0).then_some(StoredConversation { published, score });
    if before == after {
        return Ok(published);
    }
    match after {
        Some(row) => tables.conversations.write(&key, &row)?,
        None => {
            tables.conversations.remove(&key)?;
        }
    }
    let ranked = |score| keys::ranked_root(comment.thread, score, comment.root);
    match (before.map(|row| row.score), after.map(|row| row.score)) {
        (Some(old), Some(new)) if old == new => {}
        (old, new) => {
            if let Some(old) = old {
                tables.root_by_score.remove(&ranked(old))?;
            }
            if let Some(new) = new {
                tables.root_by_score.insert(&ranked(new), ())?;
            }
        }
    }
    Ok(published)
}

/// One more, or one less.
fn moved(count: u64, up: bool, what: &str) -> Result<u64, Fault> {
    if up { count.checked_add(1) } else { count.checked_sub(1) }
        .ok_or_else(|| Fault::corrupt(format!("{what}: the count would fall below zero")))
}

fn count_for_member(tables: &mut Tables<'_>, comment: &Comment) -> Result<(), Fault> {
    let Author::Account(account) = comment.author else { return Ok(()) };
    let key = keys::member(comment.site, account);
    let mut member = match tables.members.read::<StoredMember>(&key)? {
        Some(row) => row.into_member(comment.site, account)?,
        None => Member::new(comment.site, account, comment.posted_at),
    };
    member.published = member.published.saturating_add(1);
    tables.members.write(&key, &StoredMember::from(&member))
}

/// Writes a thread's row, and tells memory its version.
pub fn save_thread(tables: &mut Tables<'_>, effects: &mut Effects, row: &ThreadRow) -> Result<(), Fault> {
    effects.versions.push((row.thread.id, row.thread.version));
    tables.threads.write(&keys::thread(row.thread.id), &StoredThread::from(row))
}

/// A thread that begins.
pub fn first_version() -> Version {
    Version(1)
}

/// The next number of a kind, starting with 1.
pub fn next_number(tables: &mut Tables<'_>, kind: &'static str) -> Result<u64, Fault> {
    let last = tables.meta.get(kind.as_bytes())?.map_or(0, |row| row.value());
    tables.meta.insert(kind.as_bytes(), last + 1)?;
    Ok(last + 1)
}

/// The place a comment gets that was posted at `posted_at`: after all others.
pub fn next_place(thread: &mut ThreadRow, posted_at: crate::domain::Timestamp) -> Place {
    let now = u64::try_from(posted_at.as_millis()).unwrap_or(0);
    thread.last_place = now.max(thread.last_place + 1);
    Place(thread.last_place)
}
