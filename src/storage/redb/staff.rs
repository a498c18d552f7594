//! Who has a role on a site: a handful among thousands of members, and asked for by everyone who posts, whose name must
//! not be theirs. So they are kept in memory.
//!
//! Invariant: whatever gives or takes a role, or names somebody, moves the version of their sites in the same
//! transaction. So what was read at a version or later is right as long as the site has that version.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;

use parking_lot::Mutex;

use super::accounts::account;
use super::fault::Fault;
use super::keys;
use super::stored::people::StoredMember;
use super::tables::{FixedRows, Snapshot};
use crate::domain::{AccountId, Name, Role, SiteId, Version};
use crate::storage::StoreError;
use crate::storage::sites::Staff;

/// Who they are, and which version the site had before that was read.
type Read = (Version, Arc<[Staff]>);

#[derive(Default)]
pub struct StaffInMemory(Mutex<HashMap<SiteId, Arc<OfSite>>>);

#[derive(Default)]
struct OfSite {
    known: Mutex<Option<Read>>,
    /// Who holds it reads, for all who wait.
    reading: tokio::sync::Mutex<()>,
}

impl StaffInMemory {
    /// A site's staff as they are now, or became while this waited. However many ask after a change, one reads.
    pub async fn of<R>(
        &self,
        site: SiteId,
        version: impl Fn() -> Option<Version> + Send,
        read: impl FnOnce() -> R + Send,
    ) -> Result<Arc<[Staff]>, StoreError>
    where
        R: Future<Output = Result<Arc<[Staff]>, StoreError>> + Send,
    {
        let Some(asked_at) = version() else { return Ok(Arc::new([])) };
        let of_site = self.0.lock().entry(site).or_default().clone();
        if let Some(known) = of_site.known(asked_at) {
            return Ok(known);
        }
        let _reading = of_site.reading.lock().await;
        // The site may have moved on meanwhile: that is for who asks then.
        if let Some(known) = of_site.known(asked_at) {
            return Ok(known);
        }
        let before = version().unwrap_or(asked_at);
        let staff = read().await?;
        *of_site.known.lock() = Some((before, staff.clone()));
        Ok(staff)
    }

    /// After the file was reopened nobody knows what of the last batch it holds.
    pub fn forget(&self) {
        for of_site in self.0.lock().values() {
            *of_site.known.lock() = None;
        }
    }
}

impl OfSite {
    /// What was read when the site had this version, or a later one.
    fn known(&self, version: Version) -> Option<Arc<[Staff]>> {
        self.known.lock().as_ref().filter(|(read_at, _)| *read_at >= version).map(|(_, staff)| staff.clone())
    }
}

/// Goes through all members.
pub fn read(snapshot: &Snapshot<'_>, site: SiteId) -> Result<Arc<[Staff]>, Fault> {
    let mut staff = Vec::new();
    for row in snapshot.members.under(&keys::site(site))? {
        let (key, value) = row?;
        let id = AccountId(uuid::Uuid::from_bytes(keys::part(key.value(), 4)));
        let member = super::codec::decode::<StoredMember>(value.value())?.into_member(site, id)?;
        if member.role != Role::None {
            let name = account(&snapshot.accounts, id)?.and_then(|account| account.name);
            staff.push(Staff { account: id, role: member.role, name });
        }
    }
    let name = |staff: &Staff| staff.name.as_ref().map(Name::to_string);
    staff.sort_by(|a, b| b.role.cmp(&a.role).then_with(|| name(a).cmp(&name(b))));
    Ok(staff.into())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use futures_util::future::join_all;
    use tokio::sync::Notify;

    use super::*;

    const SITE: SiteId = SiteId(1);

    #[tokio::test]
    async fn however_many_ask_after_a_change_one_reads() {
        let (memory, version, reads) = (StaffInMemory::default(), AtomicU64::new(1), AtomicU64::new(0));
        let ask = || {
            let version = || Some(Version(version.load(Ordering::SeqCst)));
            memory.of(SITE, version, async || {
                reads.fetch_add(1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                Ok(Arc::new([]) as Arc<[Staff]>)
            })
        };
        for changes in 1..4 {
            version.store(changes, Ordering::SeqCst);
            join_all((0..50).map(|_| ask())).await;
            assert_eq!(reads.load(Ordering::SeqCst), changes);
        }
        memory.forget();
        join_all((0..50).map(|_| ask())).await;
        assert_eq!(reads.load(Ordering::SeqCst), 4);
    }

    #[tokio::test]
    async fn what_changes_during_a_reading_is_read_by_who_asks_after_it() {
        let (memory, version, go_on) = (StaffInMemory::default(), AtomicU64::new(1), Notify::new());
        let now = || Some(Version(version.load(Ordering::SeqCst)));
        let nobody = || Arc::new([]) as Arc<[Staff]>;
        let staff =
            || Arc::new([Staff { account: AccountId::from_random([1; 16]), role: Role::Owner, name: None }]);
        let early = memory.of(SITE, now, async || {
            go_on.notified().await;
            Ok(nobody())
        });
        let change = async {
            version.store(2, Ordering::SeqCst);
            go_on.notify_one();
            memory.of(SITE, now, async || Ok(staff() as Arc<[Staff]>)).await
        };
        let (early, late) = tokio::join!(early, change);
        assert_eq!((early.unwrap().len(), late.unwrap().len()), (0, 1));
        let again = memory.of(SITE, now, async || Ok(nobody())).await;
        assert_eq!(again.unwrap().len(), 1, "nobody reads what is known");
    }
}
