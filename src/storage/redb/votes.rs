//! Likes.

use async_trait::async_trait;

use super::RedbStore;
use super::fault::Fault;
use super::keys;
use super::ledger;
use super::stored::thread::StoredVote;
use super::tables::{Rows, Tables};
use super::unit::Effects;
use crate::domain::votes::Tally;
use crate::domain::{AccountId, Author, Comment, CommentId, Refusal, SiteId, Timestamp};
use crate::storage::{Answer, Votes};

#[async_trait]
impl Votes for RedbStore {
    async fn set_like(
        &self,
        site: SiteId,
        comment: CommentId,
        account: AccountId,
        liked: bool,
        now: Timestamp,
    ) -> Answer<Tally> {
        self.write(move |tables, effects| set_like(tables, effects, site, comment, account, liked, now)).await
    }
}

fn set_like(
    tables: &mut Tables<'_>,
    effects: &mut Effects,
    site: SiteId,
    id: CommentId,
    account: AccountId,
    liked: bool,
    now: Timestamp,
) -> Result<Result<Tally, Refusal>, Fault> {
    let Some(before) = ledger::find_on(tables, site, id)?.filter(|row| row.comment.is_public()) else {
        return Ok(Err(Refusal::UnknownComment));
    };
    if before.comment.author == Author::Account(account) {
        return Ok(Err(Refusal::OwnComment));
    }
    let vote = keys::vote(id, account);
    if tables.votes.get(&vote)?.is_some() == liked {
        return Ok(Ok(tally(&before.comment, liked)));
    }
    let mut after = before.clone();
    let by_account = keys::vote_by_account(account, after.comment.thread, id);
    if liked {
        tables.votes.write(&vote, &StoredVote { at: now.as_millis() })?;
        tables.vote_by_account.insert(&by_account, now.as_millis())?;
        after.comment.likes = after.comment.likes.saturating_add(1);
    } else {
        tables.votes.remove(&vote)?;
        tables.vote_by_account.remove(&by_account)?;
        after.comment.likes = one_less(&after.comment)?;
    }
    let mut thread = ledger::known_thread(&tables.threads, after.comment.thread)?;
    ledger::settle(tables, &mut thread, Some(&before), &mut after)?;
    ledger::save_thread(tables, effects, &thread)?;
    Ok(Ok(tally(&after.comment, liked)))
}

/// Who turned out to have written a comment does not like it themselves.
pub fn take_back(tables: &mut Tables<'_>, comment: &mut Comment, account: AccountId) -> Result<(), Fault> {
    if !tables.votes.remove(&keys::vote(comment.id, account))? {
        return Ok(());
    }
    tables.vote_by_account.remove(&keys::vote_by_account(account, comment.thread, comment.id))?;
    comment.likes = one_less(comment)?;
    Ok(())
}

fn one_less(comment: &Comment) -> Result<u32, Fault> {
    let less = comment.likes.checked_sub(1);
    less.ok_or_else(|| Fault::corrupt(format!("comment {} has fewer likes than votes", comment.id)))
}

fn tally(comment: &Comment, liked: bool) -> Tally {
    Tally { likes: comment.likes, imported_likes: comment.imported_likes, liked }
}
