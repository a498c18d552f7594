//! Writing a comment: what may stand against it, then its row and all that comes with it.

use super::expiry::{self, Kept, REMEMBERED, RETENTION};
use super::fault::Fault;
use super::keys::{self, AuthorKey};
use super::ledger;
use super::outbox;
use super::recent_text;
use super::stored::comment::CommentRow;
use super::stored::people::{StoredGuest, StoredMember};
use super::stored::thread::{StoredOrigin, StoredRequest, StoredRevision, ThreadRow};
use super::tables::{CborRows, Rows, Tables};
use super::unit::Effects;
use crate::domain::comments::Parent;
use crate::domain::{Author, Comment, Guest, Member, Refusal, Thread, ThreadId};
use crate::storage::comments::{NewComment, Posted};

/// Where the comment goes, as far as the checks found out.
struct Destination {
    /// `None` before the first comment of the page.
    thread: Option<ThreadRow>,
    parent: Option<Comment>,
    author: Author,
    author_key: Option<AuthorKey>,
}

pub fn publish(
    tables: &mut Tables<'_>,
    effects: &mut Effects,
    new: &NewComment,
) -> Result<Result<Posted, Refusal>, Fault> {
    let author = known_author(tables, new)?;
    let author_key = keys::author(&author);
    if let Some(repeat) = repeated(tables, new, author_key.as_ref())? {
        return Ok(repeat);
    }
    let thread = thread_of(tables, new)?;
    let parent = match parent_of(tables, new, author_key.as_ref(), thread.as_ref())? {
        Ok(parent) => parent,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let closed = thread.as_ref().is_some_and(|row| row.thread.closed.is_some());
    if closed && !is_staff(tables, new, &author)? {
        return Ok(Err(Refusal::ThreadClosed));
    }
    if let Some(thread) = &thread
        && let Some(earlier) =
            recent_text::earlier(tables, &author, thread.thread.id, new.parent, &new.markdown, new.posted_at)?
    {
        return Ok(Err(Refusal::Duplicate { earlier }));
    }
    let to = Destination { thread, parent, author, author_key };
    write(tables, effects, new, to).map(|comment| Ok(Posted::New(Box::new(comment))))
}

/// A guest is who their token says: two first requests at once must not make two of them.
fn known_author(tables: &Tables<'_>, new: &NewComment) -> Result<Author, Fault> {
    let (Author::Guest { name, .. }, Some(token)) = (&new.author, new.guest_token) else {
        return Ok(new.author.clone());
    };
    let known = tables.guests.read::<StoredGuest>(&keys::guest(new.site, token))?;
    Ok(match known.map(|row| row.into_guest(new.site)) {
        Some(guest) => Author::Guest { id: guest.id, name: name.clone() },
        None => new.author.clone(),
    })
}

fn repeated(
    tables: &Tables<'_>,
    new: &NewComment,
    author: Option<&AuthorKey>,
) -> Result<Option<Result<Posted, Refusal>>, Fault> {
    let (Some(asked), Some(author)) = (&new.idempotency, author) else { return Ok(None) };
    let key = keys::idempotency(new.site, author, &asked.key);
    let Some(earlier) = tables.idempotency.read::<StoredRequest>(key.as_slice())? else { return Ok(None) };
    if new.posted_at.since(earlier.at()) >= REMEMBERED {
        return Ok(None);
    }
    if earlier.request() != asked.request {
        return Ok(Some(Err(Refusal::KeyReused)));
    }
    let row = ledger::find(&tables.comment_by_id, &tables.comments, earlier.comment())?;
    Ok(row.map(|row| Ok(Posted::Repeat(Box::new(row.comment)))))
}

fn thread_of(tables: &Tables<'_>, new: &NewComment) -> Result<Option<ThreadRow>, Fault> {
    let key = keys::page(new.site, &new.page.key);
    let Some(id) = tables.page_keys.get(key.as_slice())?.map(|row| ThreadId(row.value())) else {
        return Ok(None);
    };
    ledger::known_thread(&tables.threads, id).map(Some)
}

/// The comment replied to, if this author may know of it.
fn parent_of(
    tables: &Tables<'_>,
    new: &NewComment,
    author: Option<&AuthorKey>,
    thread: Option<&ThreadRow>,
) -> Result<Result<Option<Comment>, Refusal>, Fault> {
    let Some(id) = new.parent else { return Ok(Ok(None)) };
    let Some(row) = ledger::find(&tables.comment_by_id, &tables.comments, id)? else {
        return Ok(Err(Refusal::UnknownParent));
    };
    let parent = row.comment;
    let theirs = author.is_some() && keys::author(&parent.author).as_ref() == author;
    if !parent.is_public() && !theirs {
        return Ok(Err(Refusal::UnknownParent));
    }
    if thread.is_none_or(|row| row.thread.id != parent.thread) {
        return Ok(Err(Refusal::ParentElsewhere));
    }
    Ok(Ok(Some(parent)))
}

fn is_staff(tables: &Tables<'_>, new: &NewComment, author: &Author) -> Result<bool, Fault> {
    let Author::Account(account) = *author else { return Ok(false) };
    let member = tables.members.read::<StoredMember>(&keys::member(new.site, account))?;
    Ok(match member {
        Some(row) => row.into_member(new.site, account)?.role.moderates(),
        None => false,
    })
}

/// All of it. From here on nothing is refused.
fn write(
    tables: &mut Tables<'_>,
    effects: &mut Effects,
    new: &NewComment,
    to: Destination,
) -> Result<Comment, Fault> {
    let mut thread = match to.thread {
        Some(thread) => thread,
        None => begin_thread(tables, effects, new)?,
    };
    let place = ledger::next_place(&mut thread, new.posted_at);
    let (root, depth) = match &to.parent {
        Some(parent) => (parent.root, parent.depth.saturating_add(1)),
        None => (place, 0),
    };
    remember_author(tables, new, &to.author)?;
    let mut row = CommentRow::new(Comment {
        id: new.id,
        site: new.site,
        thread: thread.thread.id,
        root,
        place,
        parent: to.parent.as_ref().map(|parent| Parent { id: parent.id, place: parent.place }),
        depth,
        number: None,
        author: to.author,
        body: new.body.clone(),
        posted_at: new.posted_at,
        edited_at: None,
        revisions: 1,
        waiting_revision: None,
        standing: new.standing,
        removal: None,
        likes: 0,
        imported_likes: 0,
        replies: 0,
        source: None,
    });
    ledger::settle(tables, &mut thread, None, &mut row)?;
    if row.comment.is_public() && new.page.is_settled {
        // Where the page was last seen. What waits for approval must not show in any way, and the version has moved.
        thread.thread.url.clone_from(&new.page.url);
        thread.thread.title.clone_from(&new.page.title);
    }
    ledger::save_thread(tables, effects, &thread)?;
    keep_text(tables, new)?;
    remember_request(tables, new, to.author_key.as_ref())?;
    recent_text::remember(tables, &row.comment, &new.markdown)?;
    for notice in &new.notices {
        outbox::queue(tables, notice, new.posted_at)?;
    }
    Ok(row.comment)
}

fn begin_thread(
    tables: &mut Tables<'_>,
    effects: &mut Effects,
    new: &NewComment,
) -> Result<ThreadRow, Fault> {
    let id = ThreadId(ledger::next_number(tables, "last_thread")?);
    tables.page_keys.insert(keys::page(new.site, &new.page.key).as_slice(), id.0)?;
    effects.pages.push((new.site, new.page.key.clone(), id));
    Ok(ThreadRow {
        thread: Thread {
            id,
            site: new.site,
            page: new.page.key.clone(),
            url: new.page.url.clone(),
            title: new.page.title.clone(),
            closed: None,
            created_at: new.posted_at,
            version: ledger::first_version(),
            published: 0,
            pinned: Vec::new(),
        },
        last_place: 0,
        last_number: 0,
    })
}

/// A guest gets a session with their first comment, an account its membership.
fn remember_author(tables: &mut Tables<'_>, new: &NewComment, author: &Author) -> Result<(), Fault> {
    match author {
        Author::Guest { id, name } => {
            let Some(token) = new.guest_token else { return Ok(()) };
            let key = keys::guest(new.site, token);
            let known = tables.guests.read::<StoredGuest>(&key)?.map(|row| row.into_guest(new.site));
            let guest = match known {
                Some(guest) if guest.name == *name => return Ok(()),
                Some(guest) => Guest { name: name.clone(), ..guest },
                None => Guest {
                    id: *id,
                    site: new.site,
                    name: name.clone(),
                    created_at: new.posted_at,
                    approved: 0,
                },
            };
            tables.guests.write(&key, &StoredGuest::from(&guest))?;
            tables.guest_by_id.insert(guest.id.0.as_bytes(), &key)
        }
        Author::Account(account) => {
            let key = keys::member(new.site, *account);
            if tables.members.get(&key)?.is_some() {
                return Ok(());
            }
            let member = Member::new(new.site, *account, new.posted_at);
            tables.members.write(&key, &StoredMember::from(&member))
        }
        Author::Imported { .. } => Ok(()),
    }
}

/// The first revision, and where it came from.
fn keep_text(tables: &mut Tables<'_>, new: &NewComment) -> Result<(), Fault> {
    let revision =
        StoredRevision { markdown: new.markdown.clone(), written_at: new.posted_at.as_millis(), body: None };
    tables.revisions.write(&keys::revision(new.id, 1), &revision)?;
    tables.origins.write(new.id.0.as_bytes(), &StoredOrigin::from(&new.sent_from))?;
    expiry::schedule(tables, Kept::Origin, new.posted_at.plus(RETENTION), new.id.0.as_bytes())
}

fn remember_request(
    tables: &mut Tables<'_>,
    new: &NewComment,
    author: Option<&AuthorKey>,
) -> Result<(), Fault> {
    let (Some(asked), Some(author)) = (&new.idempotency, author) else { return Ok(()) };
    let key = keys::idempotency(new.site, author, &asked.key);
    tables.idempotency.write(key.as_slice(), &StoredRequest::new(asked, new.id, new.posted_at))?;
    expiry::schedule(tables, Kept::Idempotency, new.posted_at.plus(REMEMBERED), &key)
}
