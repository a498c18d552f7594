//! Something of a provider's that is fetched once and kept for a while: its endpoints, its keys.
//!
//! Invariant: whoever asks at once waits for one fetch, and however often somebody asks, there are no more fetches than
//! the limits here allow. What a stranger puts into a token cannot make us flood a provider.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

use super::ProviderError;
use crate::domain::Timestamp;

/// How long what was fetched counts as true.
pub const FRESH: Duration = Duration::from_secs(60 * 60);
/// How soon it may be fetched anew because it seems out of date.
pub const REFETCH: Duration = Duration::from_secs(60);
/// How soon after a failure the next attempt is made.
pub const RETRY: Duration = Duration::from_secs(5);

pub struct Kept<T> {
    last: Mutex<Last<T>>,
}

struct Last<T> {
    good: Option<(Arc<T>, Timestamp)>,
    failure: Option<(ProviderError, Timestamp)>,
}

impl<T> Default for Kept<T> {
    fn default() -> Kept<T> {
        Kept { last: Mutex::new(Last { good: None, failure: None }) }
    }
}

impl<T> Kept<T> {
    /// What is kept, fetched if need be.
    pub async fn get<F>(&self, now: Timestamp, fetch: impl FnOnce() -> F) -> Result<Arc<T>, ProviderError>
    where
        F: Future<Output = Result<T, ProviderError>>,
    {
        self.not_older_than(FRESH, RETRY, now, fetch).await
    }

    /// The same for one who did not find what they looked for: fetched anew if the last attempt is a minute ago.
    pub async fn get_newer<F>(
        &self,
        now: Timestamp,
        fetch: impl FnOnce() -> F,
    ) -> Result<Arc<T>, ProviderError>
    where
        F: Future<Output = Result<T, ProviderError>>,
    {
        self.not_older_than(REFETCH, REFETCH, now, fetch).await
    }

    /// The same for what stays true for longer, or shorter.
    pub async fn not_older_than<F>(
        &self,
        age: Duration,
        retry: Duration,
        now: Timestamp,
        fetch: impl FnOnce() -> F,
    ) -> Result<Arc<T>, ProviderError>
    where
        F: Future<Output = Result<T, ProviderError>>,
    {
        let mut last = self.last.lock().await;
        if let Some((good, at)) = &last.good
            && now.since(*at) < age
        {
            return Ok(good.clone());
        }
        if let Some((failure, at)) = &last.failure
            && now.since(*at) < retry
        {
            return Err(failure.clone());
        }
        match fetch().await {
            Ok(fetched) => {
                let fetched = Arc::new(fetched);
                *last = Last { good: Some((fetched.clone(), now)), failure: None };
                Ok(fetched)
            }
            Err(failure) => {
                last.failure = Some((failure.clone(), now));
                Err(failure)
            }
        }
    }
}
