//! What only one visitor sees of a thread, and what waits there for a moderator.

use std::collections::BTreeMap;

use super::edit::waiting_text;
use super::fault::Fault;
use super::keys;
use super::ledger;
use super::tables::{FixedRows, Rows, Snapshot};
use crate::domain::{AccountId, Comment, CommentId, Place, SiteId, ThreadId, Timestamp};
use crate::storage::threads::{Mine, Mineness};

/// Most of each kind that are handed out.
const MOST: usize = 100;
const MOST_LIKES: usize = 1_000;

pub fn read(
    snapshot: &Snapshot<'_>,
    site: SiteId,
    thread: ThreadId,
    author: Mineness,
    since: Timestamp,
) -> Result<Mine, Fault> {
    if ledger::thread(&snapshot.threads, thread)?.is_none_or(|row| row.thread.site != site) {
        return Ok(Mine::default());
    }
    let (author_key, liked) = match author {
        Mineness::Account(account) => (keys::account_author(account), liked(snapshot, account, thread)?),
        Mineness::Guest(guest) => (keys::guest_author(guest), Vec::new()),
    };
    let prefix = [&author_key[..], &keys::thread(thread)].concat();
    let (mut hidden, mut recent) = (0, 0);
    let mut comments: BTreeMap<std::cmp::Reverse<Place>, Comment> = BTreeMap::new();
    for row in snapshot.comment_by_author.under(&prefix)?.rev() {
        let (key, value) = row?;
        let ((root, is_public), place) = (value.value(), Place(keys::u64_at(key.value(), 25)));
        // A place is never earlier than its comment, unless it was imported: places tell when to stop looking.
        let may_be_recent = recent < MOST && i128::from(place.0) >= i128::from(since.as_millis());
        if is_public && !may_be_recent && hidden >= MOST {
            break;
        }
        let waiting = snapshot.pending.get(&keys::pending(site, thread, place))?.is_some();
        if is_public && !may_be_recent && !waiting {
            continue;
        }
        let comment =
            ledger::known_at(&snapshot.comments, &keys::comment(thread, Place(root), place))?.comment;
        if comment.removal.is_some() {
            continue;
        }
        let is_hidden = !is_public || waiting;
        let is_recent = comment.posted_at >= since;
        if (is_hidden && hidden < MOST) || (is_recent && recent < MOST) {
            hidden += usize::from(is_hidden);
            recent += usize::from(is_recent);
            comments.insert(std::cmp::Reverse(place), with_waiting_text(snapshot, comment)?);
        }
    }
    let comments: Vec<Comment> = comments.into_values().collect();
    Ok(Mine { liked, comments })
}

/// The latest liked first.
fn liked(snapshot: &Snapshot<'_>, account: AccountId, thread: ThreadId) -> Result<Vec<CommentId>, Fault> {
    let prefix = [&account.0.as_bytes()[..], &keys::thread(thread)].concat();
    let mut liked = Vec::new();
    for row in snapshot.vote_by_account.under(&prefix)? {
        let (key, at) = row?;
        liked.push((at.value(), CommentId(uuid::Uuid::from_bytes(keys::part(key.value(), 24)))));
    }
    liked.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    Ok(liked.into_iter().take(MOST_LIKES).map(|(_, comment)| comment).collect())
}

pub fn pending(
    snapshot: &Snapshot<'_>,
    site: SiteId,
    thread: ThreadId,
    limit: usize,
) -> Result<Vec<Comment>, Fault> {
    let prefix = [&keys::site(site)[..], &keys::thread(thread)].concat();
    let mut comments = Vec::new();
    for row in snapshot.pending.under(&prefix)?.take(limit) {
        let (key, root) = row?;
        let place = Place(keys::u64_at(key.value(), 12));
        let key = keys::comment(thread, Place(root.value()), place);
        comments.push(with_waiting_text(snapshot, ledger::known_at(&snapshot.comments, &key)?.comment)?);
    }
    Ok(comments)
}

/// The text that waits in place of the one that shows: its author and the moderators are who may see it.
fn with_waiting_text(snapshot: &Snapshot<'_>, mut comment: Comment) -> Result<Comment, Fault> {
    if let Some((body, _)) = waiting_text(&snapshot.revisions, &comment)? {
        comment.body = body;
    }
    Ok(comment)
}
