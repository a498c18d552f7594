//! Writing comments.

use async_trait::async_trait;

use super::RedbStore;
use super::moderation::Decision;
use super::stored::thread::StoredRequest;
use super::tables::CborRows;
use super::{edit, keys, ledger, moderation, prune, publish};
use crate::domain::comments::{RemovedBy, Verdict};
use crate::domain::{AccountId, Author, Comment, CommentId, SiteId, Timestamp};
use crate::storage::comments::{Edit, Idempotency, NewComment, Posted, Revision};
use crate::storage::{Answer, Comments, StoreError};

#[async_trait]
impl Comments for RedbStore {
    async fn publish(&self, new: NewComment) -> Answer<Posted> {
        // The text is written as Markdown and as a tree.
        let bytes = 1_000 + 3 * new.markdown.len();
        self.write_of(bytes, move |tables, effects| publish::publish(tables, effects, &new)).await
    }

    async fn is_repeat(
        &self,
        site: SiteId,
        author: &Author,
        request: &Idempotency,
    ) -> Result<bool, StoreError> {
        let Some(author) = keys::author(author) else { return Ok(false) };
        let key = keys::idempotency(site, &author, &request.key);
        let asked = request.request;
        self.read(move |snapshot| {
            let earlier = snapshot.idempotency.read::<StoredRequest>(key.as_slice())?;
            Ok(earlier.is_some_and(|earlier| earlier.request() == asked))
        })
        .await
    }

    async fn comment(&self, site: SiteId, id: CommentId) -> Result<Option<Comment>, StoreError> {
        self.read(move |snapshot| {
            let row = ledger::find(&snapshot.comment_by_id, &snapshot.comments, id)?;
            Ok(row.map(|row| row.comment).filter(|comment| comment.site == site))
        })
        .await
    }

    async fn edit(&self, site: SiteId, edit: Edit) -> Answer<Comment> {
        let bytes = 1_000 + 3 * edit.markdown.len();
        self.write_of(bytes, move |tables, effects| edit::edit(tables, effects, site, &edit)).await
    }

    async fn revisions(&self, site: SiteId, id: CommentId) -> Result<Vec<Revision>, StoreError> {
        self.read(move |snapshot| {
            let row = ledger::find(&snapshot.comment_by_id, &snapshot.comments, id)?;
            if row.is_none_or(|row| row.comment.site != site) {
                return Ok(Vec::new());
            }
            edit::revisions(&snapshot.revisions, id)
        })
        .await
    }

    async fn remove(
        &self,
        site: SiteId,
        id: CommentId,
        by: RemovedBy,
        who: Option<AccountId>,
        now: Timestamp,
    ) -> Answer<Comment> {
        self.write(move |tables, effects| edit::remove(tables, effects, site, id, by, who, now)).await
    }

    async fn moderate(
        &self,
        site: SiteId,
        id: CommentId,
        verdict: Verdict,
        by: AccountId,
        now: Timestamp,
    ) -> Answer<Comment> {
        let decision = Decision { site, comment: id, verdict, by, now };
        self.write(move |tables, effects| moderation::moderate(tables, effects, decision)).await
    }

    async fn prune(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        self.write(move |tables, effects| prune::prune(tables, effects, now, limit)).await
    }
}
