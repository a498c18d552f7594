//! A few threads for work that blocks and is short: reads of the data file, rendering.
//!
//! tokio's own pool begins a thread for each piece of work that finds none free, a hundred of them under load, and the
//! allocator keeps memory for every one. More threads than cores make such work no faster. What takes long, or waits for
//! somebody else's machine, still belongs to tokio's pool.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crossbeam_channel::{Receiver, Sender, unbounded};
use tokio::sync::oneshot;

type Job = Box<dyn FnOnce() + Send>;

/// Work panicked. What it said is on standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("work panicked")]
pub struct Panicked;

/// The threads end when this is dropped and what was queued is done.
pub struct Workers {
    jobs: Sender<Job>,
}

impl Workers {
    /// Fails where no thread can be started.
    pub fn new(name: &str, threads: usize) -> io::Result<Workers> {
        let (jobs, queue) = unbounded::<Job>();
        for _ in 0..threads {
            let queue: Receiver<Job> = queue.clone();
            let work = move || queue.iter().for_each(|job| job());
            std::thread::Builder::new().name(name.to_owned()).spawn(work)?;
        }
        Ok(Workers { jobs })
    }

    /// Runs it when a thread is free, in order. If whoever waits goes away before, it is not run at all.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Panicked> {
        let (answer, answered) = oneshot::channel();
        let job = move || {
            if !answer.is_closed() {
                let _ = answer.send(catch_unwind(AssertUnwindSafe(work)).map_err(|_| Panicked));
            }
        };
        // The threads are there as long as this is.
        let _ = self.jobs.send(Box::new(job));
        answered.await.unwrap_or(Err(Panicked))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn work_that_panics_is_told_and_the_thread_goes_on() {
        let workers = Workers::new("test", 1).unwrap();
        assert_eq!(workers.run(|| panic!("on purpose")).await, Err::<(), _>(Panicked));
        assert_eq!(workers.run(|| 7).await, Ok(7));
    }

    #[tokio::test]
    async fn nothing_is_run_for_who_has_gone() {
        let workers = Workers::new("test", 1).unwrap();
        let (release, held) = mpsc::channel::<()>();
        let mut first = Box::pin(workers.run(move || held.recv().is_err()));
        assert!(futures_util::poll!(&mut first).is_pending());
        let ran = Arc::new(AtomicBool::new(false));
        let mut second = Box::pin({
            let ran = ran.clone();
            workers.run(move || ran.store(true, Ordering::SeqCst))
        });
        // Queued by now, behind the first.
        assert!(futures_util::poll!(&mut second).is_pending());
        drop(second);
        drop(release);
        assert_eq!(first.await, Ok(true));
        assert_eq!(workers.run(|| ()).await, Ok(()), "what was queued before is done");
        assert!(!ran.load(Ordering::SeqCst));
    }
}
