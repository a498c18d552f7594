//! What a permalink shows: the comment, what leads to it, what follows.

use std::collections::HashSet;

use super::conversation;
use super::fault::Fault;
use super::keys;
use super::ledger;
use super::names;
use super::stored::comment::CommentRow;
use super::tables::{FixedRows, Snapshot};
use crate::domain::{Comment, CommentId, Place, SiteId};
use crate::storage::threads::{Around, Conversation, MoreReplies};

pub fn read(
    snapshot: &Snapshot<'_>,
    site: SiteId,
    id: CommentId,
    limit: usize,
    all: bool,
) -> Result<Option<Around>, Fault> {
    let row = ledger::find(&snapshot.comment_by_id, &snapshot.comments, id)?;
    let Some(target) = row.map(|row| row.comment).filter(|it| it.site == site && (all || it.is_public()))
    else {
        return Ok(None);
    };
    let thread = ledger::known_thread(&snapshot.threads, target.thread)?.thread;
    let pinned = thread.pinned.contains(&target.root);

    // Short conversations are shown whole, as the thread's own page shows them.
    let whole = conversation::whole(snapshot, thread.id, target.root, pinned, limit)?;
    let conversation = match whole {
        Some(whole) if whole.comments.iter().any(|it| it.id == id) => with(whole, target),
        whole => {
            let published = whole.map_or(0, |it| it.published);
            let (comments, more) = in_part(snapshot, &target, limit)?;
            Conversation { root: target.root, pinned, comments, published, more }
        }
    };
    let named = conversation.comments.iter().filter(|it| it.is_public() || it.id == id);
    let names = names::of(snapshot, site, named)?;
    Ok(Some(Around { thread, conversation, names }))
}

/// The comment itself with its text: who asks for all may see it even if it is hidden.
fn with(mut conversation: Conversation, target: Comment) -> Conversation {
    for comment in &mut conversation.comments {
        if comment.id == target.id {
            *comment = target;
            break;
        }
    }
    conversation
}

/// The root, the nearest ancestors, the comment, then what hangs from any of these; `limit` comments in all.
fn in_part(
    snapshot: &Snapshot<'_>,
    target: &Comment,
    limit: usize,
) -> Result<(Vec<Comment>, Option<MoreReplies>), Fault> {
    let mut comments = vec![target.clone()];
    let mut parent = target.parent;
    // Half for what leads here, half for what follows.
    while let Some(it) = parent
        && (it.place == target.root || comments.len() < limit / 2)
    {
        let key = keys::comment(target.thread, target.root, it.place);
        let mut ancestor = ledger::known_at(&snapshot.comments, &key)?.comment;
        conversation::without_hidden_text(&mut ancestor);
        parent = ancestor.parent;
        comments.push(ancestor);
    }
    if let Some(skipped) = parent
        && skipped.place != target.root
    {
        let key = keys::comment(target.thread, target.root, target.root);
        let mut root = ledger::known_at(&snapshot.comments, &key)?.comment;
        conversation::without_hidden_text(&mut root);
        comments.push(root);
    }
    comments.reverse();
    let last = follow(snapshot, target, &mut comments, limit)?;
    let left = conversation::count_after(snapshot, target.thread, target.root, last)?;
    let more = (left > 0).then_some(MoreReplies { after: last, count: left });
    Ok((comments, more))
}

/// Adds public replies to what is there already, in order of place; says how far it read.
fn follow(
    snapshot: &Snapshot<'_>,
    target: &Comment,
    comments: &mut Vec<Comment>,
    limit: usize,
) -> Result<Place, Fault> {
    let mut shown: HashSet<Place> = comments.iter().map(|it| it.place).collect();
    let from = keys::comment(target.thread, target.root, Place(target.place.0.saturating_add(1)));
    let to = keys::comment(target.thread, target.root, Place(u64::MAX));
    let mut last = target.place;
    for row in snapshot.comments.span(&from, &to)?.take(limit.saturating_mul(4)) {
        if comments.len() >= limit {
            break;
        }
        let (key, value) = row?;
        let comment = CommentRow::decode(key.value(), value.value())?.comment;
        last = comment.place;
        let hangs_here = comment.parent.is_some_and(|parent| shown.contains(&parent.place));
        if comment.is_public() && hangs_here {
            shown.insert(comment.place);
            comments.push(comment);
        }
    }
    Ok(last)
}
