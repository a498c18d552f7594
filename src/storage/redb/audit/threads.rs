//! Threads, conversations and the people who wrote: totals against what the comments add up to.

use super::super::fault::Fault;
use super::super::keys;
use super::super::ledger;
use super::super::stored::people::{StoredGuest, StoredMember};
use super::super::stored::thread::{StoredConversation, StoredThread, ThreadRow};
use super::super::tables::{CborRows, Rows, Snapshot};
use super::super::{codec, sites};
use super::Findings;
use super::comments::{ThreadTotals, Totals};
use crate::domain::{AccountId, Guest, Member, Place, SiteId, ThreadId};

pub fn check(snapshot: &Snapshot<'_>, totals: &Totals, found: &mut Findings) -> Result<(), Fault> {
    check_threads(snapshot, totals, found)?;
    check_conversations(snapshot, totals, found)?;
    check_members(snapshot, totals, found)?;
    check_guests(snapshot, totals, found)
}

fn check_threads(snapshot: &Snapshot<'_>, totals: &Totals, found: &mut Findings) -> Result<(), Fault> {
    for row in snapshot.threads.all()? {
        let (key, value) = row?;
        let id = ThreadId(u64::from_be_bytes(*key.value()));
        let row = codec::decode::<StoredThread>(value.value())?.into_row(id);
        found.audit.threads += 1;
        check_thread(&row, totals.threads.get(&id).unwrap_or(&ThreadTotals::default()), found);
        let page = keys::page(row.thread.site, &row.thread.page);
        if snapshot.page_keys.get(page.as_slice())?.is_none() {
            found.differs(format!("thread {id} is not found by its page"), move |tables| {
                tables.page_keys.insert(page.as_slice(), id.0)
            });
        }
    }
    for id in totals.threads.keys() {
        if ledger::thread(&snapshot.threads, *id)?.is_none() {
            found.is_lost(format!("thread {id} has comments and no row"));
        }
    }
    for row in snapshot.page_keys.all()? {
        let (page, thread) = row?;
        let (page, thread) = (page.value().to_vec(), ThreadId(thread.value()));
        if ledger::thread(&snapshot.threads, thread)?.is_none() {
            found.differs(format!("a page leads to thread {thread}, which is not there"), move |tables| {
                tables.page_keys.remove(page.as_slice()).map(drop)
            });
        }
    }
    Ok(())
}

fn check_thread(row: &ThreadRow, totals: &ThreadTotals, found: &mut Findings) {
    let id = row.thread.id;
    let mut right = row.clone();
    right.thread.published = totals.published;
    right.last_place = row.last_place.max(totals.last_place);
    right.last_number = row.last_number.max(totals.last_number);
    right.thread.pinned.retain(|root| totals.public_roots.contains(root));
    let mut sentences = Vec::new();
    if right.thread.published != row.thread.published {
        let (stored, counted) = (row.thread.published, totals.published);
        sentences.push(format!("thread {id}: its row says {stored} published comments, found {counted}"));
    }
    if right.last_place != row.last_place || right.last_number != row.last_number {
        sentences.push(format!("thread {id}: its last place or number is before its last comment's"));
    }
    if right.thread.pinned != row.thread.pinned {
        sentences.push(format!("thread {id}: something is pinned that is not the first of a conversation"));
    }
    if u64::from(totals.last_number) < totals.numbered {
        found.is_lost(format!("thread {id}: a number was given twice"));
    }
    for sentence in sentences {
        let right = StoredThread::from(&right);
        found.differs(sentence, move |tables| tables.threads.write(&keys::thread(id), &right));
    }
}

fn check_conversations(snapshot: &Snapshot<'_>, totals: &Totals, found: &mut Findings) -> Result<(), Fault> {
    for ((thread, root), right) in &totals.conversations {
        let (thread, root, right) = (*thread, *root, *right);
        let key = keys::conversation(thread, root);
        let stored: Option<StoredConversation> = snapshot.conversations.read(&key)?;
        if stored != Some(right) {
            found.differs(
                format!(
                    "thread {thread}: the conversation at {root} is stored as {stored:?}, found {right:?}"
                ),
                move |tables| tables.conversations.write(&key, &right),
            );
        }
        let ranked = keys::ranked_root(thread, right.score, root);
        if snapshot.root_by_score.get(&ranked)?.is_none() {
            found.differs(
                format!("thread {thread}: the conversation at {root} is not among the best"),
                move |tables| tables.root_by_score.insert(&ranked, ()),
            );
        }
    }
    for row in snapshot.conversations.all()? {
        let key = *row?.0.value();
        let (thread, root) = (ThreadId(keys::u64_at(&key, 0)), Place(keys::u64_at(&key, 8)));
        if !totals.conversations.contains_key(&(thread, root)) {
            found.differs(
                format!("thread {thread}: the conversation at {root} shows, and nothing in it is published"),
                move |tables| tables.conversations.remove(&key).map(drop),
            );
        }
    }
    for row in snapshot.root_by_score.all()? {
        let key = *row?.0.value();
        let thread = ThreadId(keys::u64_at(&key, 0));
        let (score, root) = keys::of_ranked_root(&key);
        if totals.conversations.get(&(thread, root)).map(|it| it.score) != Some(score) {
            found.differs(
                format!(
                    "thread {thread}: the conversation at {root} is ranked by {score}, which is not its score"
                ),
                move |tables| tables.root_by_score.remove(&key).map(drop),
            );
        }
    }
    Ok(())
}

fn check_members(snapshot: &Snapshot<'_>, totals: &Totals, found: &mut Findings) -> Result<(), Fault> {
    for (&(site, account), &counted) in &totals.members {
        if sites::member(&snapshot.members, site, account)?.is_none() {
            found
                .is_lost(format!("site {site}: account {account} wrote {counted} comments and is no member"));
        }
    }
    for row in snapshot.members.all()? {
        let (key, value) = row?;
        let key = *key.value();
        let site = SiteId(u32::from_be_bytes(keys::part(&key, 0)));
        let account = AccountId(uuid::Uuid::from_bytes(keys::part(&key, 4)));
        let member = codec::decode::<StoredMember>(value.value())?.into_member(site, account)?;
        let counted = totals.members.get(&(site, account)).copied().unwrap_or(0);
        if member.published != counted {
            let stored = member.published;
            let right = StoredMember::from(&Member { published: counted, ..member });
            found.differs(
                format!("site {site}: member {account} is said to have {stored} published comments, found {counted}"),
                move |tables| tables.members.write(&key, &right),
            );
        }
    }
    Ok(())
}

fn check_guests(snapshot: &Snapshot<'_>, totals: &Totals, found: &mut Findings) -> Result<(), Fault> {
    for row in snapshot.guests.all()? {
        let (key, value) = row?;
        let key = *key.value();
        let site = SiteId(u32::from_be_bytes(keys::part(&key, 0)));
        let guest = codec::decode::<StoredGuest>(value.value())?.into_guest(site);
        let (id, stored) = (guest.id, guest.approved);
        let counted = totals.guests.get(&id).copied().unwrap_or(0);
        if stored != counted {
            let right = StoredGuest::from(&Guest { approved: counted, ..guest });
            found.differs(
                format!("guest {id} is said to have {stored} approved comments, found {counted}"),
                move |tables| tables.guests.write(&key, &right),
            );
        }
        if snapshot.guest_by_id.get(id.0.as_bytes())?.map(|row| *row.value()) != Some(key) {
            found.differs(format!("guest {id} is not found by their id"), move |tables| {
                tables.guest_by_id.insert(id.0.as_bytes(), &key)
            });
        }
    }
    for row in snapshot.guest_by_id.all()? {
        let (id, key) = row?;
        let (id, key) = (*id.value(), *key.value());
        if snapshot.guests.get(&key)?.is_none() {
            found.differs("the id of a guest leads to nobody".to_owned(), move |tables| {
                tables.guest_by_id.remove(&id).map(drop)
            });
        }
    }
    Ok(())
}
