//! Rendered pages of threads, in memory, compressed.
//!
//! Nobody invalidates anything: an entry knows the versions it was made from, and one that lags is made again. Only so
//! often, though: a page is rendered at most [`RENDERS`] times in any [`PERIOD`], and between two renderings its last
//! bytes are sent, with their own ETag. Invariant: what is sent was true less than [`PERIOD`] before it was asked for,
//! and however many ask at once, one renders.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use moka::future::Cache;
use moka::ops::compute::{CompResult, Op};

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
        const BUILD: &[u8] = env!("AFTERWORD_BUILD").as_bytes();
        // Written in one piece: setting up a hasher costs more than hashing so little.
        let mut bytes = [0; 9 * size_of::<u64>() + BUILD.len()];
        let mut end = 0;
        let mut put = |part: &[u8]| {
            bytes[end..end + part.len()].copy_from_slice(part);
            end += part.len();
        };
        let mut number = |n: u64| put(&n.to_be_bytes());
        number(u64::from(self.site.0));
        number(versions.site.0);
        number(self.thread.0);
        number(versions.thread.0);
        number(u64::from(variety));
        number(self.encoding as u64);
        match self.part {
            Part::Page { order, after } => {
                number(order as u64);
                if let Some(after) = after {
                    number(after.score as u64);
                    number(after.root.0);
                }
            }
            Part::Replies { root, after } => {
                number(u64::MAX);
                number(root.0);
                number(after.0);
            }
        }
        put(BUILD);
        ETag::of(&blake3::hash(&bytes[..end]))
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

pub struct ThreadCache(Cache<Key, Arc<Rendered>>);

impl ThreadCache {
    pub fn new(max_bytes: u64) -> ThreadCache {
        /// What an entry costs beside its bytes.
        const OVERHEAD: usize = 500;
        let weight = |_: &Key, rendered: &Arc<Rendered>| {
            u32::try_from(rendered.variant.bytes.len() + OVERHEAD).unwrap_or(u32::MAX)
        };
        ThreadCache(Cache::builder().max_capacity(max_bytes).weigher(weight).build())
    }

    /// The bytes for one who would be shown `asked` now; rendered if need be. `None` if there is nothing to render.
    pub async fn get<R>(
        &self,
        key: Key,
        asked: Versions,
        variety: u8,
        now: impl FnOnce() -> Timestamp + Send,
        render: impl FnOnce() -> R + Send,
    ) -> Result<Option<Arc<Rendered>>, Problem>
    where
        R: Future<Output = Result<Option<Fresh>, Problem>> + Send,
    {
        let known = self.0.get(&key).await;
        if let Some(known) = known.as_ref().filter(|known| known.versions.covers(asked)) {
            return Ok(Some(known.clone()));
        }
        let now = now();
        if let Some(known) = known.filter(|known| known.serves(asked, now)) {
            return Ok(Some(known));
        }
        let outcome = self
            .0
            .entry(key)
            .and_try_compute_with(|known| async move {
                // Whoever waited here while somebody else rendered finds it done.
                let known = known.map(|entry| entry.into_value());
                if known.as_ref().is_some_and(|known| known.serves(asked, now)) {
                    return Ok(Op::Nop);
                }
                let Some(fresh) = render().await? else { return Ok(Op::Remove) };
                let mut renders = [Some(now); RENDERS];
                renders[1..]
                    .copy_from_slice(&known.map_or([None; RENDERS], |known| known.renders)[..RENDERS - 1]);
                let etag = key.etag(fresh.versions, variety);
                let variant = Variant { encoding: fresh.encoding, etag, bytes: fresh.bytes };
                Ok::<_, Problem>(Op::Put(Arc::new(Rendered { variant, versions: fresh.versions, renders })))
            })
            .await?;
        Ok(match outcome {
            CompResult::Inserted(entry) | CompResult::ReplacedWith(entry) | CompResult::Unchanged(entry) => {
                Some(entry.into_value())
            }
            CompResult::StillNone(_) | CompResult::Removed(_) => None,
        })
    }

    /// Bytes held, and entries.
    pub fn figures(&self) -> (u64, u64) {
        (self.0.weighted_size(), self.0.entry_count())
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
        let (cache, renders) = (ThreadCache::new(1 << 20), AtomicUsize::new(0));
        let all = (0..50).map(|_| read(&cache, 1, 0, &renders));
        for text in futures_util::future::join_all(all).await {
            assert_eq!(text, "version 1");
        }
        assert_eq!(renders.load(SeqCst), 1);
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
    async fn a_failed_rendering_is_not_kept() {
        let (cache, renders) = (ThreadCache::new(1 << 20), AtomicUsize::new(0));
        let failing = || async { Err(Problem::internal("no disk")) };
        assert!(cache.get(KEY, versions(1), 0, || Timestamp::EPOCH, failing).await.is_err());
        assert_eq!(read(&cache, 1, 0, &renders).await, "version 1");
    }
}
