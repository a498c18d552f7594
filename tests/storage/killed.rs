//! Killed while it writes: a process of its own posts from many threads and tells what was answered; then it gets
//! SIGKILL, and the file must hold all of that, at once.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use afterword::domain::*;
use afterword::storage::redb::{Options, RedbStore};
use afterword::storage::{Comments, Health, Sites};

use crate::support::engines;
use crate::support::world::*;

const DIRECTORY: &str = "AFTERWORD_TEST_KILLED_DIRECTORY";

fn options(directory: &Path) -> Options {
    Options { directory: directory.to_owned(), ..engines::options() }
}

/// The process that gets killed: posts without end, and prints the id of each comment that was answered. Without a
/// directory, as in an ordinary run of the tests, there is nothing to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn post_until_killed() {
    #[allow(clippy::disallowed_methods, reason = "how the test tells this process where")]
    let Some(directory) = std::env::var_os(DIRECTORY) else { return };
    let store = RedbStore::open(options(Path::new(&directory))).unwrap();
    let mut world = World::empty(store.clone());
    world.site = match store.site(&"blog".parse().unwrap()) {
        Some(site) => site,
        None => world.add_site("blog").await,
    };
    let world = std::sync::Arc::new(world);
    let process = std::process::id();
    let posters = (0..32u32).map(|poster| {
        let world = world.clone();
        tokio::spawn(async move {
            for n in 0u64.. {
                let mut draft = world.draft(&world.stranger(), None, &format!("{process} {poster} {n}"));
                let mut name = [0; 16];
                name[..4].copy_from_slice(&process.to_be_bytes());
                name[4..8].copy_from_slice(&poster.to_be_bytes());
                name[8..].copy_from_slice(&n.to_be_bytes());
                draft.id = CommentId(uuid::Uuid::from_bytes(name));
                let id = draft.id;
                world.publish(draft).await.unwrap().unwrap();
                // One write a line: a kill cuts at most the last.
                std::io::stdout().write_all(format!("answered {id}\n").as_bytes()).unwrap();
            }
        })
    });
    for poster in posters.collect::<Vec<_>>() {
        poster.await.unwrap();
    }
}

/// Starts the process, lets it answer so many posts, kills it; gives what it answered.
fn answered_before_the_kill(directory: &Path, count: usize) -> HashSet<CommentId> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed::post_until_killed", "--nocapture"])
        .env(DIRECTORY, directory)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut answered = HashSet::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        if let Some(id) = line.strip_prefix("answered ").and_then(|id| id.parse().ok()) {
            answered.insert(id);
        }
        if answered.len() == count {
            // The pipe still holds what was answered in the meantime.
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(answered.len() >= count, "it ended by itself after {}", answered.len());
    answered
}

#[tokio::test]
async fn what_was_answered_before_a_kill_is_there_and_the_file_opens_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let mut answered = HashSet::new();
    let cycles = crate::scale::of(4, 40);
    for cycle in 1..=cycles {
        let count = 200 + 137 * (cycle % 5);
        answered.extend(answered_before_the_kill(directory.path(), count));

        let before = Instant::now();
        let store = RedbStore::open(options(directory.path())).unwrap();
        let took = before.elapsed();
        assert!(took < Duration::from_secs(1), "opening took {took:?}");
        let site = store.site(&"blog".parse().unwrap()).unwrap().id;
        for id in &answered {
            assert!(store.comment(site, *id).await.unwrap().is_some(), "{id} was answered and is gone");
        }
        let audit = store.audit(false).await.unwrap();
        assert_eq!(audit.differences, Vec::<String>::new());
        assert!(audit.comments >= answered.len() as u64);
        store.close().await;
    }
    crate::scale::tell(&format!(
        "{cycles} kills of the store alone, {} comments answered, 0 lost",
        answered.len()
    ));
}
