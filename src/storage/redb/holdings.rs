//! What is kept about one person: read from the indexes by author, and row by row only for the last 30 days.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::RedbStore;
use super::expiry::RETENTION;
use super::fault::Fault;
use super::keys;
use super::ledger;
use super::stored::thread::StoredOrigin;
use super::tables::{CborRows, FixedRows, Snapshot};
use crate::domain::{AccountId, Place, SiteId, ThreadId, Timestamp};
use crate::storage::comments::SentFrom;
use crate::storage::holdings::{Holdings, OriginHolding, SiteHoldings};
use crate::storage::{HoldingsOf, StoreError};

#[async_trait]
impl HoldingsOf for RedbStore {
    async fn holdings(&self, account: AccountId, now: Timestamp) -> Result<Holdings, StoreError> {
        self.read(move |snapshot| read(snapshot, account, now)).await
    }
}

fn read(snapshot: &Snapshot<'_>, account: AccountId, now: Timestamp) -> Result<Holdings, Fault> {
    let mut sites: BTreeMap<u32, u64> = BTreeMap::new();
    let mut origins: BTreeMap<(Option<std::net::IpAddr>, String), OriginHolding> = BTreeMap::new();
    let mut thread_of: Option<(ThreadId, SiteId)> = None;
    for row in snapshot.comment_by_author.under(&keys::account_author(account))? {
        let (key, value) = row?;
        let (thread, place) = (ThreadId(keys::u64_at(key.value(), 17)), Place(keys::u64_at(key.value(), 25)));
        // One author's comments of a thread stand together.
        let site = match thread_of {
            Some((known, site)) if known == thread => site,
            _ => ledger::known_thread(&snapshot.threads, thread)?.thread.site,
        };
        thread_of = Some((thread, site));
        *sites.entry(site.0).or_default() += 1;
        // A place is never earlier than its comment, unless it was imported.
        let age = i128::from(now.as_millis()) - i128::from(place.0);
        if age > RETENTION.as_millis() as i128 {
            continue;
        }
        let root = Place(value.value().0);
        let comment = ledger::known_at(&snapshot.comments, &keys::comment(thread, root, place))?.comment;
        let Some(stored) = snapshot.origins.read::<StoredOrigin>(comment.id.0.as_bytes())? else { continue };
        let SentFrom { ip, user_agent, .. } = stored.into();
        let until = comment.posted_at.plus(RETENTION);
        let held = origins.entry((ip, user_agent.clone())).or_insert(OriginHolding {
            ip,
            user_agent,
            comments: 0,
            until,
        });
        held.comments += 1;
        held.until = held.until.max(until);
    }
    let mut origins: Vec<OriginHolding> = origins.into_values().collect();
    origins.sort_by_key(|held| std::cmp::Reverse(held.until));
    Ok(Holdings {
        sites: sites
            .into_iter()
            .map(|(site, comments)| SiteHoldings { site: SiteId(site), comments })
            .collect(),
        likes: count(snapshot.vote_by_account.under(account.0.as_bytes())?)?,
        origins,
        known_devices: count(snapshot.known_devices.under(account.0.as_bytes())?)?,
    })
}

fn count<T>(rows: impl Iterator<Item = Result<T, redb::StorageError>>) -> Result<u64, Fault> {
    let mut count = 0;
    for row in rows {
        row?;
        count += 1;
    }
    Ok(count)
}
