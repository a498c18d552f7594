//! Reading threads, and closing them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use async_trait::async_trait;

use super::RedbStore;
use super::fault::Fault;
use super::heads::Known;
use super::history::{self, Record};
use super::keys;
use super::ledger;
use super::names;
use super::tables::{Rows, Snapshot};
use super::{around, conversation, mine, pages};
use crate::domain::history::Deed;
use crate::domain::threads::{Closed, Head, RootCursor};
use crate::domain::{
    AccountId, Comment, CommentId, Order, PageKey, Place, Refusal, SiteId, Thread, ThreadId, Timestamp,
};
use crate::storage::threads::{Around, Context, Conversation, Mine, Mineness, Names, ThreadPage, Window};
use crate::storage::{Answer, StoreError, Threads};

#[async_trait]
impl Threads for RedbStore {
    fn known_head(&self, site: SiteId, page: &PageKey) -> Option<Head> {
        match self.engine.heads.get(site, page) {
            (Known::Head(head), _) => Some(head),
            (Known::NoThread | Known::Nothing, _) => None,
        }
    }

    async fn head(&self, site: SiteId, page: &PageKey) -> Result<Option<Head>, StoreError> {
        let ticket = match self.engine.heads.get(site, page) {
            (Known::Head(head), _) => return Ok(Some(head)),
            (Known::NoThread, _) => return Ok(None),
            (Known::Nothing, ticket) => ticket,
        };
        let key = page.clone();
        let found = self
            .read(move |snapshot| {
                let Some(id) = thread_of(snapshot, site, &key)? else { return Ok(None) };
                let row = ledger::known_thread(&snapshot.threads, id)?;
                Ok(Some(Head { thread: id, version: row.thread.version }))
            })
            .await?;
        self.engine.heads.load(ticket, site, page, found);
        Ok(found)
    }

    async fn thread(&self, thread: ThreadId) -> Result<Option<Thread>, StoreError> {
        self.read(move |snapshot| Ok(ledger::thread(&snapshot.threads, thread)?.map(|row| row.thread))).await
    }

    async fn thread_page(
        &self,
        thread: ThreadId,
        order: Order,
        after: Option<RootCursor>,
        window: Window,
    ) -> Result<Option<ThreadPage>, StoreError> {
        self.read(move |snapshot| pages::read(snapshot, thread, order, after, window)).await
    }

    async fn replies(
        &self,
        thread: ThreadId,
        root: Place,
        after: Place,
        limit: usize,
    ) -> Result<Option<(Conversation, Names)>, StoreError> {
        self.read(move |snapshot| {
            let Some(row) = ledger::thread(&snapshot.threads, thread)? else { return Ok(None) };
            let pinned = row.thread.pinned.contains(&root);
            let Some(part) = conversation::after(snapshot, thread, root, pinned, after, limit)? else {
                return Ok(None);
            };
            let shown = part.comments.iter().filter(|comment| comment.is_public());
            let names = names::of(snapshot, row.thread.site, shown)?;
            Ok(Some((part, names)))
        })
        .await
    }

    async fn around(
        &self,
        site: SiteId,
        comment: CommentId,
        limit: usize,
        all: bool,
    ) -> Result<Option<Around>, StoreError> {
        self.read(move |snapshot| around::read(snapshot, site, comment, limit, all)).await
    }

    async fn context(&self, thread: ThreadId, comments: &[Comment]) -> Result<Context, StoreError> {
        let comments = comments.to_vec();
        self.read(move |snapshot| context(snapshot, thread, &comments)).await
    }

    async fn counts(&self, site: SiteId, pages: &[PageKey]) -> Result<Vec<u64>, StoreError> {
        let pages = pages.to_vec();
        self.read(move |snapshot| pages.iter().map(|page| count(snapshot, site, page)).collect()).await
    }

    async fn mine(
        &self,
        site: SiteId,
        thread: ThreadId,
        author: Mineness,
        since: Timestamp,
    ) -> Result<Mine, StoreError> {
        self.read(move |snapshot| mine::read(snapshot, site, thread, author, since)).await
    }

    async fn pending(
        &self,
        site: SiteId,
        thread: ThreadId,
        limit: usize,
    ) -> Result<Vec<Comment>, StoreError> {
        self.read(move |snapshot| mine::pending(snapshot, site, thread, limit)).await
    }

    async fn set_closed(
        &self,
        site: SiteId,
        thread: ThreadId,
        closed: bool,
        by: AccountId,
        now: Timestamp,
    ) -> Answer<Thread> {
        self.write(move |tables, effects| {
            let row = ledger::thread(&tables.threads, thread)?.filter(|row| row.thread.site == site);
            let Some(mut row) = row else { return Ok(Err(Refusal::UnknownComment)) };
            if row.thread.closed.is_some() == closed {
                return Ok(Ok(row.thread));
            }
            row.thread.closed = closed.then_some(Closed { at: now, by });
            row.thread.version = row.thread.version.next();
            ledger::save_thread(tables, effects, &row)?;
            let deed = if closed { Deed::Closed } else { Deed::Reopened };
            history::write(tables, &Record { deed, site, thread, comment: None, by: Some(by), at: now })?;
            Ok(Ok(row.thread))
        })
        .await
    }
}

fn thread_of(snapshot: &Snapshot<'_>, site: SiteId, page: &PageKey) -> Result<Option<ThreadId>, Fault> {
    let key = keys::page(site, page);
    Ok(snapshot.page_keys.get(key.as_slice())?.map(|row| ThreadId(row.value())))
}

fn count(snapshot: &Snapshot<'_>, site: SiteId, page: &PageKey) -> Result<u64, Fault> {
    let Some(id) = thread_of(snapshot, site, page)? else { return Ok(0) };
    Ok(ledger::known_thread(&snapshot.threads, id)?.thread.published)
}

fn context(snapshot: &Snapshot<'_>, thread: ThreadId, comments: &[Comment]) -> Result<Context, Fault> {
    let Some(row) = ledger::thread(&snapshot.threads, thread)? else { return Ok(Context::default()) };
    let mut roots = HashMap::new();
    for comment in comments.iter().filter(|comment| comment.thread == thread) {
        if let Entry::Vacant(vacant) = roots.entry(comment.root) {
            let is_it = comment.is_root();
            vacant.insert(if is_it { comment.id } else { id_at(snapshot, thread, comment.root)? });
        }
    }
    Ok(Context { roots, pinned: row.thread.pinned, names: names::of(snapshot, row.thread.site, comments)? })
}

/// The id of a conversation's first comment.
fn id_at(snapshot: &Snapshot<'_>, thread: ThreadId, root: Place) -> Result<CommentId, Fault> {
    Ok(ledger::known_at(&snapshot.comments, &keys::comment(thread, root, root))?.comment.id)
}
