//! Clearing away, every few minutes: what was kept only for a while, and what memory gathers.

use std::future::Future;
use std::time::Duration;

use tokio::sync::watch;

use super::stopped;
use crate::app::App;
use crate::storage::StoreError;

const PERIOD: Duration = Duration::from_secs(5 * 60);
/// The first round does not compete with a server that starts.
const FIRST_AFTER: Duration = Duration::from_secs(30);
/// Rows a transaction: writers wait for one chunk at most.
const CHUNK: usize = 200;
/// Chunks a round. What is left waits for the next one.
const MAX_CHUNKS: usize = 250;

pub(super) async fn run(app: &App, mut stop: watch::Receiver<bool>) {
    let mut wait = FIRST_AFTER;
    loop {
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = stopped(&mut stop) => return,
        }
        tokio::select! {
            () = round(app) => {}
            () = stopped(&mut stop) => return,
        }
        wait = PERIOD;
    }
}

async fn round(app: &App) {
    let now = app.clock.now();
    app.limits.sweep();
    app.access_tokens.sweep(now);
    app.guest_work.sweep(now);
    report("refused origins", keep_sightings(app).await);
    report("comments", in_chunks(|limit| app.store.prune(now, limit)).await);
    report("sessions", in_chunks(|limit| app.store.prune_sessions(now, limit)).await);
}

/// Refused origins are noted in memory, since a read never writes; here they reach the store.
async fn keep_sightings(app: &App) -> Result<usize, StoreError> {
    let mut count = 0;
    for (site, seen) in app.sightings.take_refused() {
        count += seen.len();
        app.store.note_refused_origins(site, seen).await?;
    }
    Ok(count)
}

/// Goes on while chunks come out full.
async fn in_chunks<F: Future<Output = Result<usize, StoreError>>>(
    mut prune: impl FnMut(usize) -> F,
) -> Result<usize, StoreError> {
    let mut total = 0;
    for _ in 0..MAX_CHUNKS {
        let pruned = prune(CHUNK).await?;
        total += pruned;
        if pruned < CHUNK {
            break;
        }
        // Between chunks it is others' turn.
        tokio::task::yield_now().await;
    }
    Ok(total)
}

fn report(what: &str, result: Result<usize, StoreError>) {
    match result {
        Ok(0) => {}
        Ok(count) => tracing::debug!(count, "pruned or kept: {what}"),
        Err(error) => tracing::warn!(%error, "could not prune or keep: {what}"),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test]
    async fn pruning_goes_on_in_chunks_until_nothing_is_left() {
        let (left, calls) = (Cell::new(2 * CHUNK + 7), Cell::new(0));
        let prune = |limit: usize| {
            calls.set(calls.get() + 1);
            let pruned = left.get().min(limit);
            left.set(left.get() - pruned);
            async move { Ok(pruned) }
        };
        assert_eq!(in_chunks(prune).await.unwrap(), 2 * CHUNK + 7);
        assert_eq!((left.get(), calls.get()), (0, 3));
    }

    #[tokio::test]
    async fn one_round_never_takes_for_ever() {
        let calls = Cell::new(0);
        let prune = |limit| {
            calls.set(calls.get() + 1);
            async move { Ok(limit) }
        };
        in_chunks(prune).await.unwrap();
        assert_eq!(calls.get(), MAX_CHUNKS);
    }

    #[tokio::test]
    async fn a_failing_store_ends_the_round() {
        let prune = |_| async { Err(StoreError::Full("0 bytes left".to_owned())) };
        assert!(in_chunks(prune).await.is_err());
    }
}
