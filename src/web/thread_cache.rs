//! Rendered pages of threads, in memory, compressed.
//!
//! Nobody invalidates anything: an entry knows the versions it was made from, and one that lags is made again. Only so
//! often, though: a page is rendered at most [`RENDERS`] times in any [`PERIOD`], and between two renderings its last
//! bytes are sent, with their own ETag. Invariant: what is sent was true less than [`PERIOD`] before it was asked for,
//! and however many ask at once, one renders.

use std::future::Future;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use bytes::Bytes;
use quick_cache::sync::{Cache, DefaultLifecycle, EntryAction, EntryResult, PlaceholderGuard};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};

use super::encoding::Encoding;
use super::etag::ETag;
use super::prepared::Variant;
use super::problem::Problem;
use crate::domain::threads::RootCursor;
use crate::domain::{Order, Place, SiteId, ThreadId, Timestamp, Version};

/// How often one page is rendered at most…
const RENDERS: usize = 4;
/// …in this long, however often the thread changes: with the time that it takes to be rendered and sent, no reader sees
/// what is older than a second.
const PERIOD: Duration = Duration::from_millis(900);

/// What is rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    pub site: SiteId,
    pub thread: ThreadId,
    pub part: Part,
    pub encoding: Encoding,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    Page { order: Order, after: Option<RootCursor> },
    Replies { root: Place, after: Place },
}

/// What a rendering was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Versions {
    pub site: Version,
    pub thread: Version,
}

impl Versions {
    fn covers(self, asked: Versions) -> bool {
        self.site >= asked.site && self.thread >= asked.thread
    }
}

impl Key {
    /// The ETag of this, made from `versions`: known before anything is rendered. `variety` is what else the bytes
    /// depend on.
    pub fn etag(&self, versions: Versions, variety: u8) -> ETag {
        static BUILD: LazyLock<[u8; 32]> =
            LazyLock::new(|| blake3::derive_key("ETag of a thread", env!("AFTERWORD_BUILD").as_bytes()));
        // All of it fits into one block of the hash, where each further one would cost as much again.
        let mut bytes = [0; 64];
        let mut end = 0;
        let mut put = |part: &[u8]| {
            bytes[end..end + part.len()].copy_from_slice(part);
            end += part.len();
        };
        put(&self.site.0.to_be_bytes());
        put(&versions.site.0.to_be_bytes());
        put(&self.thread.0.to_be_bytes());
        put(&versions.thread.0.to_be_bytes());
        put(&[variety, self.encoding as u8]);
        match self.part {
            Part::Page { order, after } => {
                put(&[0, order as u8]);
                if let Some(after) = after {
                    put(&after.score.to_be_bytes());
                    put(&after.root.0.to_be_bytes());
                }
            }
            Part::Replies { root, after } => {
                put(&[1]);
                put(&root.0.to_be_bytes());
                put(&after.0.to_be_bytes());
            }
        }
        ETag::of(&blake3::keyed_hash(&BUILD, &bytes[..end]))
    }
}

pub struct Rendered {
    pub variant: Variant,
    versions: Versions,
    /// When this page was rendered last, the latest first.
    renders: [Option<Timestamp>; RENDERS],
}

impl Rendered {
    /// Whether this may be sent to one who would be shown `asked`.
    fn serves(&self, asked: Versions, now: Timestamp) -> bool {
        let often = self.renders[RENDERS - 1].is_some_and(|earliest| {
            // A clock that was set back must not keep old bytes.
            earliest <= now && now.since(earliest) < PERIOD
        });
        self.versions.covers(asked) || often
    }
}

/// Bytes that were just made, and from which versions.
pub struct Fresh {
    pub bytes: Bytes,
    /// What the bytes are encoded in: as asked, or not at all if that would not have made them smaller.
    pub encoding: Encoding,
    pub versions: Versions,
}

/// Bytes, and what an entry costs beside them.
#[derive(Clone)]
struct Weight;

impl Weighter<Key, Arc<Rendered>> for Weight {
    fn weight(&self, _: &Key, rendered: &Arc<Rendered>) -> u64 {
        const OVERHEAD: usize = 500;
        (rendered.variant.bytes.len() + OVERHEAD) as u64
    }
}

type Guard<'c> = PlaceholderGuard<
    'c,
    Key,
    Arc<Rendered>,
    Weight,
    DefaultHashBuilder,
    DefaultLifecycle<Key, Arc<Rendered>>,
>;

pub struct ThreadCache(Cache<Key, Arc<Rendered>, Weight>);

/// A page that is being rendered: whoever else wants it waits. If that comes to nothing, what was there is there again.
struct Rendering<'c> {
    guard: Option<Guard<'c>>,
    before: Option<Arc<Rendered>>,
}

impl Rendering<'_> {
    fn put(&mut self, rendered: Arc<Rendered>) {
        if let Some(guard) = self.guard.take() {
            // Refused only if the entry was taken out of the cache meanwhile: then it is not missed.
            let _ = guard.insert(rendered);
        }
    }
}

impl Drop for Rendering<'_> {
    fn drop(&mut self) {
        if let Some(before) = self.before.take() {
            self.put(before);
        }
    }
}

impl ThreadCache {
    pub fn new(max_bytes: u64) -> ThreadCache {
        /// The largest page that is kept is one of so many parts of the whole.
        const SHARDS: usize = 4;
        /// About how large a page is, for the cache to plan with.
        const USUAL_BYTES: u64 = 8 << 10;
        let options = OptionsBuilder::new()
            .shards(SHARDS)
            .estimated_items_capacity((max_bytes / USUAL_BYTES) as usize)
            .weight_capacity(max_bytes)
            .build()
            .expect("all that is needed is set");
        ThreadCache(Cache::with_options(options, Weight, Default::default(), Default::default()))
    }

    /// The bytes for one who would be shown `asked` now, if they lie here.
    pub fn at_once(
        &self,
        key: &Key,
        asked: Versions,
        now: impl FnOnce() -> Timestamp,
    ) -> Option<Arc<Rendered>> {
        let known = self.0.get(key)?;
        (known.versions.covers(asked) || known.serves(asked, now())).then_some(known)
    }

    /// The bytes for one who would be shown `asked` now; rendered if need be. `None` if there is nothing to render.
    pub async fn get<R>(
        &self,
        key: Key,
        asked: Versions,
        variety: u8,
        now: impl Fn() -> Timestamp + Send,
        render: impl FnOnce() -> R + Send,
    ) -> Result<Option<Arc<Rendered>>, Problem>
    where
        R: Future<Output = Result<Option<Fresh>, Problem>> + Send,
    {
        if let Some(known) = self.at_once(&key, asked, &now) {
            return Ok(Some(known));
        }
        let now = now();
        // Whoever waits here while somebody else renders is given what that one made, even if it is not kept.
        let (guard, before) = match self.0.get_value_or_guard_async(&key).await {
            Ok(known) if known.serves(asked, now) => return Ok(Some(known)),
            Ok(_) => {
                let entry = self.0.entry_async(&key, |_, known| {
                    if known.serves(asked, now) {
                        EntryAction::Retain(known.clone())
                    } else {
                        EntryAction::ReplaceWithGuard
                    }
                });
                match entry.await {
                    EntryResult::Retained(known) => return Ok(Some(known)),
                    EntryResult::Replaced(guard, before) => (guard, Some(before)),
                    EntryResult::Vacant(guard) => (guard, None),
                    EntryResult::Removed(..) | EntryResult::Timeout => unreachable!("not asked for"),
                }
            }
            Err(guard) => (guard, None),
        };
        let mut rendering = Rendering { guard: Some(guard), before };
        let Some(fresh) = render().await? else {
            rendering.before = None;
            return Ok(None);
        };
        let before = rendering.before.take().map_or([None; RENDERS], |before| before.renders);
        let mut renders = [Some(now); RENDERS];
        renders[1..].copy_from_slice(&before[..RENDERS - 1]);
        let etag = key.etag(fresh.versions, variety);
        let variant = Variant { encoding: fresh.encoding, etag, bytes: fresh.bytes };
        let rendered = Arc::new(Rendered { variant, versions: fresh.versions, renders });
        rendering.put(rendered.clone());
        Ok(Some(rendered))
    }

    /// Bytes held, and entries.
    pub fn figures(&self) -> (u64, u64) {
        (self.0.weight(), self.0.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    use super::*;

    const KEY: Key = Key {
        site: SiteId(1),
        thread: ThreadId(7),
        part: Part::Page { order: Order::Oldest, after: None },
        encoding: Encoding::Identity,
    };

    fn versions(thread: u64) -> Versions {
        Versions { site: Version(1), thread: Version(thread) }
    }

    async fn read(cache: &ThreadCache, thread: u64, millis: i64, renders: &AtomicUsize) -> String {
        let now = Timestamp::from_millis(millis);
        let render = || async {
            renders.fetch_add(1, SeqCst);
            tokio::task::yield_now().await;
            let bytes = Bytes::from(format!("version {thread}"));
            Ok(Some(Fresh { bytes, encoding: Encoding::Identity, versions: versions(thread) }))
        };
        let rendered = cache.get(KEY, versions(thread), 0, || now, render).await.unwrap().unwrap();
        String::from_utf8(rendered.variant.bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn however_many_ask_at_once_one_renders() {
        // Also of what is too large to be kept.
        for bytes in [1 << 20, 0] {
            let (cache, renders) = (ThreadCache::new(bytes), AtomicUsize::new(0));
            let all = (0..50).map(|_| read(&cache, 1, 0, &renders));
            for text in futures_util::future::join_all(all).await {
                assert_eq!(text, "version 1");
            }
            assert_eq!(renders.load(SeqCst), 1, "with {bytes} bytes");
        }
    }

    #[tokio::test]
    async fn a_change_shows_at_once_and_a_busy_thread_within_a_second() {
        let (cache, renders) = (ThreadCache::new(1 << 20), AtomicUsize::new(0));
        for version in 1..=4 {
            assert_eq!(read(&cache, version, 100, &renders).await, format!("version {version}"));
        }
        // The fifth within the period gets what the fourth saw.
        assert_eq!(read(&cache, 5, 999, &renders).await, "version 4");
        assert_eq!(read(&cache, 5, 1_000, &renders).await, "version 5");
        assert_eq!(renders.load(SeqCst), 5);
    }

    #[tokio::test]
    async fn bytes_keep_the_etag_of_what_they_were_made_from() {
        let (cache, renders) = (ThreadCache::new(1 << 20), AtomicUsize::new(0));
        read(&cache, 1, 0, &renders).await;
        let nothing = || async { Ok(None) };
        let kept = cache.get(KEY, versions(1), 0, || Timestamp::EPOCH, nothing).await.unwrap().unwrap();
        assert_eq!(kept.variant.etag, KEY.etag(versions(1), 0));
        assert_ne!(KEY.etag(versions(1), 0), KEY.etag(versions(2), 0));
        assert_ne!(KEY.etag(versions(1), 0), KEY.etag(versions(1), 1));
        assert_ne!(KEY.etag(versions(1), 0), Key { encoding: Encoding::Gzip, ..KEY }.etag(versions(1), 0));
    }

    #[tokio::test]
    async fn a_rendering_that_nobody_waits_for_any_more_leaves_what_was_there() {
        let (cache, renders) = (ThreadCache::new(1 << 20), AtomicUsize::new(0));
        read(&cache, 1, 0, &renders).await;
        let never = || std::future::pending();
        let mut given_up = Box::pin(cache.get(KEY, versions(2), 0, || Timestamp::EPOCH, never));
        assert!(futures_util::poll!(&mut given_up).is_pending());
        let mut waiting = Box::pin(read(&cache, 2, 0, &renders));
        assert!(futures_util::poll!(&mut waiting).is_pending(), "one renders");
        drop(given_up);
        assert_eq!(waiting.await, "version 2", "and if that one goes, another does");
        let mut given_up = Box::pin(cache.get(KEY, versions(3), 0, || Timestamp::EPOCH, never));
        assert!(futures_util::poll!(&mut given_up).is_pending());
        drop(given_up);
        assert_eq!(read(&cache, 2, 0, &renders).await, "version 2");
        assert_eq!(renders.load(SeqCst), 2);
    }

    #[tokio::test]
    async fn what_is_kept_stays_within_its_bytes() {
        const MAX: u64 = 64 << 10;
        let cache = ThreadCache::new(MAX);
        for thread in 0..200 {
            let key = Key { thread: ThreadId(thread), ..KEY };
            let page = || async {
                Ok(Some(Fresh {
                    bytes: vec![0; 1_000].into(),
                    encoding: Encoding::Identity,
                    versions: versions(1),
                }))
            };
            cache.get(key, versions(1), 0, || Timestamp::EPOCH, page).await.unwrap().unwrap();
            assert!(cache.figures().0 <= MAX, "{:?}", cache.figures());
        }
        assert!(cache.figures().1 > 20, "{:?}", cache.figures());
    }

    #[tokio::test]
    async fn a_failed_rendering_is_not_kept() {
        let (cache, renders) = (ThreadCache::new(1 << 20), AtomicUsize::new(0));
        let failing = || async { Err(Problem::internal("no disk")) };
        assert!(cache.get(KEY, versions(1), 0, || Timestamp::EPOCH, failing).await.is_err());
        assert_eq!(read(&cache, 1, 0, &renders).await, "version 1");
    }
}
