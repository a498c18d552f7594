//! Heads in memory: which thread a page has, and that thread's version, so that a reader whose copy is current costs
//! neither a disk read nor a blocking thread.
//!
//! Invariant: nothing here is older than the last commit that was answered. The writer puts in what it changed before
//! it answers. A reader that loads what was not there can bring something older only if the writer's own entry was
//! evicted in between; so a load counts only if nothing was evicted since it began ([`Ticket`]), and it never
//! replaces what is there. Versions only grow.

use std::collections::HashMap;
use std::hash::Hash;

use parking_lot::RwLock;

use crate::domain::threads::Head;
use crate::domain::{PageKey, SiteId, ThreadId, Version};

/// A page, as the first half of a BLAKE3 hash of its site and key: pages that nobody commented on are asked for too,
/// with keys of up to 2,000 bytes of a stranger's choice.
type PageHash = [u8; 16];

pub struct Heads {
    inner: RwLock<Inner>,
    /// Entries of one generation: there are two of pages and two of versions.
    capacity: usize,
}

struct Inner {
    /// `None`: the page has no thread.
    pages: TwoGenerations<PageHash, Option<ThreadId>>,
    versions: TwoGenerations<ThreadId, Version>,
    evictions: u64,
}

/// What was evicted when a load began.
#[derive(Clone, Copy)]
pub struct Ticket(u64);

/// What is known of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    Nothing,
    NoThread,
    Head(Head),
}

impl Heads {
    /// For about `pages` pages and as many threads.
    pub fn new(pages: usize) -> Heads {
        let inner = Inner { pages: TwoGenerations::new(), versions: TwoGenerations::new(), evictions: 0 };
        Heads { inner: RwLock::new(inner), capacity: (pages / 2).max(1) }
    }

    pub fn get(&self, site: SiteId, page: &PageKey) -> (Known, Ticket) {
        let page = hash(site, page);
        let inner = self.inner.read();
        let (found, old) = inner.pages.find(&page);
        let known = match found {
            None => Known::Nothing,
            Some(None) => Known::NoThread,
            Some(Some(thread)) => match inner.versions.get(thread) {
                Some(&version) => Known::Head(Head { thread: *thread, version }),
                None => Known::Nothing,
            },
        };
        let ticket = Ticket(inner.evictions);
        drop(inner);
        if old && known != Known::Nothing {
            self.keep(page);
        }
        (known, ticket)
    }

    /// Moves what is asked for out of the generation that goes next.
    fn keep(&self, page: PageHash) {
        let mut inner = self.inner.write();
        let Some(thread) = inner.pages.get(&page).copied() else { return };
        inner.pages.insert(page, thread);
        if let Some((thread, version)) =
            thread.and_then(|thread| inner.versions.get(&thread).map(|version| (thread, *version)))
        {
            inner.versions.insert(thread, version);
        }
        inner.evict(self.capacity);
    }

    /// What a reader found, if it may be kept.
    pub fn load(&self, ticket: Ticket, site: SiteId, page: &PageKey, found: Option<Head>) {
        let page = hash(site, page);
        let mut inner = self.inner.write();
        if inner.evictions != ticket.0 {
            return;
        }
        if inner.pages.get(&page).is_none() {
            inner.pages.insert(page, found.map(|head| head.thread));
        }
        if let Some(head) = found {
            inner.move_on(head.thread, head.version);
        }
        inner.evict(self.capacity);
    }

    /// What a commit changed.
    pub fn put(&self, pages: &[(SiteId, PageKey, ThreadId)], versions: &[(ThreadId, Version)]) {
        if pages.is_empty() && versions.is_empty() {
            return;
        }
        let mut inner = self.inner.write();
        for (site, page, thread) in pages {
            inner.pages.insert(hash(*site, page), Some(*thread));
        }
        for (thread, version) in versions {
            inner.move_on(*thread, *version);
        }
        inner.evict(self.capacity);
    }

    /// After the file was reopened nobody knows what of the last batch it holds.
    pub fn forget(&self) {
        let mut inner = self.inner.write();
        inner.pages = TwoGenerations::new();
        inner.versions = TwoGenerations::new();
        inner.evictions += 1;
    }
}

impl Inner {
    fn move_on(&mut self, thread: ThreadId, version: Version) {
        if self.versions.get(&thread).is_none_or(|known| *known < version) {
            self.versions.insert(thread, version);
        }
    }

    fn evict(&mut self, capacity: usize) {
        let pages = self.pages.turn(capacity);
        let versions = self.versions.turn(capacity);
        self.evictions += u64::from(pages) + u64::from(versions);
    }
}

fn hash(site: SiteId, page: &PageKey) -> PageHash {
    /// Most keys are shorter, and hashed without setting up a hasher, which costs more than hashing them.
    const SHORT: usize = 128;
    let (site, page) = (site.0.to_be_bytes(), page.as_str().as_bytes());
    let whole = site.len() + page.len();
    let hash = if whole <= SHORT {
        let mut bytes = [0; SHORT];
        bytes[..site.len()].copy_from_slice(&site);
        bytes[site.len()..whole].copy_from_slice(page);
        blake3::hash(&bytes[..whole])
    } else {
        blake3::hash(&[&site[..], page].concat())
    };
    super::keys::part(hash.as_bytes(), 0)
}

/// A map that forgets what was not asked for since it last filled up.
struct TwoGenerations<K, V> {
    young: Map<K, V>,
    old: Map<K, V>,
}

/// No stranger chooses these keys: they are numbers of ours and hashes already.
type Map<K, V> = HashMap<K, V, foldhash::fast::RandomState>;

impl<K: Eq + Hash, V> TwoGenerations<K, V> {
    fn new() -> Self {
        TwoGenerations { young: Map::default(), old: Map::default() }
    }

    fn get(&self, key: &K) -> Option<&V> {
        self.find(key).0
    }

    /// The same, and whether it goes next if nobody moves it.
    fn find(&self, key: &K) -> (Option<&V>, bool) {
        match self.young.get(key) {
            Some(value) => (Some(value), false),
            None => (self.old.get(key), true),
        }
    }

    fn insert(&mut self, key: K, value: V) {
        self.old.remove(&key);
        self.young.insert(key, value);
    }

    /// Drops the older half when the younger is full; says whether it did.
    fn turn(&mut self, capacity: usize) -> bool {
        if self.young.len() < capacity {
            return false;
        }
        self.old = std::mem::take(&mut self.young);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(n: u32) -> PageKey {
        PageKey::from_stored(format!("path:/{n}"))
    }

    fn head(thread: u64, version: u64) -> Head {
        Head { thread: ThreadId(thread), version: Version(version) }
    }

    const SITE: SiteId = SiteId(1);

    #[test]
    fn a_load_never_replaces_what_a_commit_put() {
        let heads = Heads::new(100);
        let (known, ticket) = heads.get(SITE, &page(1));
        assert_eq!(known, Known::Nothing);
        heads.put(&[(SITE, page(1), ThreadId(7))], &[(ThreadId(7), Version(2))]);
        heads.load(ticket, SITE, &page(1), None);
        assert_eq!(heads.get(SITE, &page(1)).0, Known::Head(head(7, 2)), "not back to no thread");
        heads.load(ticket, SITE, &page(1), Some(head(7, 1)));
        assert_eq!(heads.get(SITE, &page(1)).0, Known::Head(head(7, 2)), "not back to version 1");
        assert_eq!(heads.get(SiteId(2), &page(1)).0, Known::Nothing, "a page of another site");
    }

    #[test]
    fn a_load_that_began_before_an_eviction_is_not_kept() {
        let heads = Heads::new(4);
        let (_, ticket) = heads.get(SITE, &page(1));
        heads.put(&[(SITE, page(1), ThreadId(1))], &[(ThreadId(1), Version(5))]);
        for n in 10..20 {
            heads.put(&[(SITE, page(n), ThreadId(n.into()))], &[(ThreadId(n.into()), Version(1))]);
        }
        heads.load(ticket, SITE, &page(1), Some(head(1, 4)));
        assert_eq!(heads.get(SITE, &page(1)).0, Known::Nothing);
    }

    #[test]
    fn memory_is_bounded_and_what_is_asked_for_stays() {
        let heads = Heads::new(100);
        let (_, ticket) = heads.get(SITE, &page(0));
        heads.load(ticket, SITE, &page(0), Some(head(1, 1)));
        for n in 1..10_000 {
            let (_, ticket) = heads.get(SITE, &page(n));
            heads.load(ticket, SITE, &page(n), None);
            assert_ne!(heads.get(SITE, &page(0)).0, Known::Nothing, "asked for all the time: {n}");
        }
        let inner = heads.inner.read();
        assert!(inner.pages.young.len() + inner.pages.old.len() <= 100);
    }

    #[test]
    fn nothing_is_known_after_the_file_was_reopened() {
        let heads = Heads::new(100);
        let (_, ticket) = heads.get(SITE, &page(1));
        heads.put(&[(SITE, page(1), ThreadId(7))], &[(ThreadId(7), Version(2))]);
        heads.forget();
        heads.load(ticket, SITE, &page(1), Some(head(7, 2)));
        assert_eq!(heads.get(SITE, &page(1)).0, Known::Nothing);
    }
}
