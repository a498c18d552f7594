//! The writer: what shares a commit, and what happens to a batch in which something goes wrong.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use redb::StorageBackend;
use redb::backends::InMemoryBackend;

use super::disk::Disk;
use super::fault::Fault;
use super::tables::Rows;
use super::{Options, RedbStore};
use crate::storage::{Health, StoreError};

/// A disk that forgets everything when it is closed.
pub struct Memory;

impl Disk for Memory {
    fn backend(&self) -> io::Result<Box<dyn StorageBackend>> {
        Ok(Box::new(InMemoryBackend::new()))
    }
    fn backend_for_reading(&self) -> io::Result<Box<dyn StorageBackend>> {
        Err(io::ErrorKind::NotFound.into())
    }
    fn free_bytes(&self) -> io::Result<u64> {
        Ok(u64::MAX)
    }
    fn file_bytes(&self) -> io::Result<u64> {
        Ok(0)
    }
}

pub fn in_memory(one_commit_per_unit: bool) -> Arc<RedbStore> {
    let options =
        Options { directory: PathBuf::new(), cache_bytes: 1 << 20, reserve_bytes: 0, one_commit_per_unit };
    RedbStore::open_with_backend(options, Arc::new(Memory)).unwrap()
}

type Answer = tokio::task::JoinHandle<Result<(), StoreError>>;

/// What a unit does after it wrote its row.
#[derive(Clone, Copy, PartialEq)]
enum Then {
    Succeed,
    Panic,
    Fail,
}

/// Queues a unit that writes a row under `name`, and waits until it is queued.
async fn queue(store: &Arc<RedbStore>, name: &'static str, then: Then, runs: &Arc<AtomicUsize>) -> Answer {
    let queued = store.commands.max_capacity() - store.commands.capacity();
    let (writing, runs) = (Arc::clone(store), Arc::clone(runs));
    let answer = tokio::spawn(async move {
        let work = move |tables: &mut super::Tables<'_>, _: &mut super::Effects| {
            runs.fetch_add(1, Ordering::SeqCst);
            tables.meta.insert(name.as_bytes(), 1)?;
            match then {
                Then::Succeed => Ok(()),
                Then::Panic => panic!("as asked"),
                Then::Fail => Err(Fault::corrupt("as asked")),
            }
        };
        writing.write(work).await
    });
    while store.commands.max_capacity() - store.commands.capacity() == queued {
        tokio::task::yield_now().await;
    }
    answer
}

/// Keeps the writer busy until the sender is dropped, so that what is queued meanwhile is one batch.
async fn occupied(store: &Arc<RedbStore>) -> mpsc::Sender<()> {
    let (release, released) = mpsc::channel::<()>();
    let (started, running) = tokio::sync::oneshot::channel();
    let (mut started, released) = (Some(started), std::sync::Mutex::new(released));
    let store = Arc::clone(store);
    tokio::spawn(async move {
        let wait = move |_: &mut super::Tables<'_>, _: &mut super::Effects| {
            if let Some(started) = started.take() {
                let _ = started.send(());
            }
            let _ = released.lock().unwrap().recv();
            Ok(())
        };
        store.write(wait).await
    });
    running.await.unwrap();
    release
}

async fn is_written(store: &RedbStore, name: &'static str) -> bool {
    store.read(move |snapshot| Ok(snapshot.meta.get(name.as_bytes())?.is_some())).await.unwrap()
}

/// Four units in one batch, of which the third goes wrong.
async fn batch_with(then: Then) -> (Arc<RedbStore>, Vec<Result<(), StoreError>>, usize) {
    let store = in_memory(false);
    let release = occupied(&store).await;
    let runs = Arc::new(AtomicUsize::new(0));
    let mut answers = Vec::new();
    for (name, then) in
        [("one", Then::Succeed), ("two", Then::Succeed), ("bad", then), ("three", Then::Succeed)]
    {
        answers.push(queue(&store, name, then, &runs).await);
    }
    drop(release);
    let mut outcomes = Vec::new();
    for answer in answers {
        outcomes.push(answer.await.unwrap());
    }
    let runs = runs.load(Ordering::SeqCst);
    (store, outcomes, runs)
}

#[tokio::test]
async fn what_queues_up_shares_a_commit() {
    let (store, outcomes, runs) = batch_with(Then::Succeed).await;
    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!((store.figures().commits, store.figures().units, runs), (1, 4, 4));
}

#[tokio::test]
async fn a_panic_fails_its_unit_and_the_others_share_a_commit_without_it() {
    let (store, outcomes, runs) = batch_with(Then::Panic).await;
    assert!(matches!(&outcomes[2], Err(StoreError::Panicked(message)) if message == "as asked"));
    assert_eq!(outcomes.iter().filter(|it| it.is_ok()).count(), 3);
    assert!(!is_written(&store, "bad").await, "what it wrote before is gone");
    for name in ["one", "two", "three"] {
        assert!(is_written(&store, name).await, "{name}");
    }
    assert_eq!((store.figures().commits, runs), (1, 6), "two ran twice");
}

#[tokio::test]
async fn an_error_fails_its_unit_and_the_others_run_again_each_alone() {
    let (store, outcomes, _) = batch_with(Then::Fail).await;
    assert!(matches!(&outcomes[2], Err(StoreError::Corrupt(message)) if message == "as asked"));
    assert_eq!(outcomes.iter().filter(|it| it.is_ok()).count(), 3);
    assert!(!is_written(&store, "bad").await);
    for name in ["one", "two", "three"] {
        assert!(is_written(&store, name).await, "{name}");
    }
    assert_eq!(store.figures().commits, 3);
}

#[tokio::test]
async fn a_unit_that_writes_nothing_costs_no_commit() {
    let store = in_memory(false);
    store.write(|tables, _| Ok(tables.meta.get(&b"x"[..])?.is_none())).await.unwrap();
    assert_eq!(store.figures().commits, 0);
}

#[tokio::test]
async fn the_benchmarks_engine_commits_each_unit_by_itself() {
    let store = in_memory(true);
    let release = occupied(&store).await;
    let runs = Arc::new(AtomicUsize::new(0));
    let mut answers = Vec::new();
    for name in ["one", "two", "three"] {
        answers.push(queue(&store, name, Then::Succeed, &runs).await);
    }
    drop(release);
    for answer in answers {
        answer.await.unwrap().unwrap();
    }
    assert_eq!((store.figures().commits, store.figures().units), (3, 3));
}

#[tokio::test]
async fn closing_finishes_what_is_queued_and_refuses_what_comes_after() {
    let store = in_memory(false);
    let release = occupied(&store).await;
    let runs = Arc::new(AtomicUsize::new(0));
    let queued = queue(&store, "queued", Then::Succeed, &runs).await;
    let closing = tokio::spawn({
        let store = Arc::clone(&store);
        async move { store.close().await }
    });
    drop(release);
    queued.await.unwrap().unwrap();
    closing.await.unwrap();
    let late = store.write(|tables, _| tables.meta.insert(&b"late"[..], 1)).await;
    assert!(matches!(late, Err(StoreError::ShuttingDown)));
    let read = store.read(|snapshot| Ok(snapshot.meta.get(&b"x"[..])?.is_some())).await;
    assert!(matches!(read, Err(StoreError::ShuttingDown)));
    store.close().await;
}

#[tokio::test]
async fn a_panic_while_reading_fails_that_read_only() {
    let store = in_memory(false);
    let read = store.read(|_| -> Result<(), Fault> { panic!("as asked") }).await;
    assert!(matches!(read, Err(StoreError::Panicked(_))));
    assert!(!is_written(&store, "x").await);
}

#[tokio::test]
async fn large_units_do_not_pile_up_in_one_commit() {
    let store = in_memory(false);
    let release = occupied(&store).await;
    let mut answers = Vec::new();
    for n in 0..4u64 {
        let writing = Arc::clone(&store);
        answers.push(tokio::spawn(async move {
            writing.write_of(5 << 20, move |tables, _| tables.meta.insert(&b"large"[..], n)).await
        }));
    }
    while store.commands.max_capacity() - store.commands.capacity() < 4 {
        tokio::task::yield_now().await;
    }
    drop(release);
    for answer in answers {
        answer.await.unwrap().unwrap();
    }
    assert_eq!(store.figures().commits, 2, "two of five mebibytes each are more than eight");
}
