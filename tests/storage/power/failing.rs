//! Evenings on a disk that fails once, at every write and sync in turn, or is full: what was acknowledged stays, what
//! was under way is there as a whole or not at all, the audit finds nothing, and writing goes on.

use std::io;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use afterword::storage::redb::RedbStore;
use afterword::storage::{Health, Outbox};
use futures_util::FutureExt;

use super::contents::{self, Contents};
use super::tape::{Step, Tape};
use super::workload::{self, Recording};
use super::{cut, quietly, runtime, synced_by};
use crate::scale;
use crate::support::disk::{SharedDisk, Trouble};
use crate::support::world::{email, test_notice};

#[derive(Clone, Copy, Debug)]
enum Failure {
    /// One write or sync, after so many that succeed.
    Once(io::ErrorKind, usize),
    Full(Trouble),
}

#[derive(Default)]
struct Figures {
    failures: usize,
    unacknowledged: usize,
    undone: usize,
}

/// One thing that was done, again and again on a disk that fails.
struct Trial<'a> {
    seed: u64,
    recording: &'a Recording,
    number: usize,
    /// What the disk held before, and after every sync of it: the last is the whole of it.
    allowed: Vec<Contents>,
}

impl Trial<'_> {
    fn of(seed: u64, recording: &Recording, number: usize) -> Trial<'_> {
        let before = recording.acknowledged[number].position;
        let after = recording.acknowledged[number + 1].done;
        let mut file = synced_by(&recording.steps[..before]);
        let mut allowed = vec![contents::of(&Tape::over(file.clone()))];
        for step in &recording.steps[before..after] {
            cut::apply(&mut file, step);
            if matches!(step, Step::Sync) {
                allowed.push(contents::of(&Tape::over(file.clone())));
            }
        }
        Trial { seed, recording, number, allowed }
    }

    /// Whether the disk got to fail; or what is not as it must be.
    async fn with(&self, failure: Failure, figures: &mut Figures) -> Result<bool, String> {
        let before = &self.recording.acknowledged[self.number];
        let disk = SharedDisk::over(synced_by(&self.recording.steps[..before.position]));
        let store =
            RedbStore::open_with_backend(workload::options(self.seed), Arc::new(disk.clone())).unwrap();
        let (mut run, mut accounts) = before.on(store.clone());
        match failure {
            Failure::Once(kind, count) => {
                disk.fails_as(kind);
                disk.fail_once_after(i64::try_from(count).unwrap());
            }
            Failure::Full(trouble) => disk.set_trouble(trouble),
        }
        let doing = self.recording.doings[self.number].perform(&mut run, &mut accounts);
        let done = AssertUnwindSafe(doing).catch_unwind().await;
        let failed = !disk.has_not_failed_yet();
        disk.set_trouble(Trouble::None);
        if let Err(panic) = &done {
            // Whoever does it unwraps the store's answer.
            let message = panic.downcast_ref::<String>().map_or("", String::as_str);
            if !["`Err` value: Io(", "`Err` value: Full("].iter().any(|it| message.contains(it)) {
                return Err(message.to_owned());
            }
        }

        let audit = store.audit(false).await.map_err(|error| format!("the audit failed: {error}"))?;
        if !audit.differences.is_empty() {
            return Err(format!("the audit found {:?}", audit.differences));
        }
        let found = contents::of(&Tape::over(disk.bytes()));
        let allowed = if done.is_ok() { &self.allowed[self.allowed.len() - 1..] } else { &self.allowed[..] };
        if !allowed.contains(&found) {
            let differs: Vec<_> = allowed.iter().map(|it| contents::difference(it, &found)).collect();
            return Err(format!("acknowledged: {}, but differs in {differs:?}", done.is_ok()));
        }
        let notice = test_notice(&email("ada@example.org"));
        store.queue(notice, run.world.now()).await.map_err(|error| format!("writing ended: {error}"))?;
        store.close().await;
        figures.failures += usize::from(failed);
        figures.unacknowledged += usize::from(done.is_err());
        figures.undone += usize::from(done.is_err() && found == self.allowed[0]);
        Ok(failed)
    }
}

#[test]
fn wherever_the_disk_fails_in_an_evening_what_was_acknowledged_stays_and_the_rest_is_whole_or_absent() {
    let (mut figures, mut full, mut broken) = (Figures::default(), Figures::default(), vec![]);
    let every = scale::of(3, 1);
    let look = async {
        for seed in 0..scale::of(1, 6) {
            let recording = workload::record_one_by_one(seed).await;
            for number in 0..recording.doings.len() {
                let trial = Trial::of(seed, &recording, number);
                let mut note = |failure, outcome: Result<bool, String>| match outcome {
                    Ok(failed) => failed,
                    Err(what) => {
                        broken.push(format!("evening {seed}, {number}, {failure:?}: {what}"));
                        false
                    }
                };
                for count in (number % every..).step_by(every) {
                    let kind = [io::ErrorKind::Other, io::ErrorKind::StorageFull][count % 2];
                    let failure = Failure::Once(kind, count);
                    if !note(failure, trial.with(failure, &mut figures).await) {
                        break;
                    }
                }
                for trouble in [Trouble::Full, Trouble::FullToTheLastBlock].map(Failure::Full) {
                    note(trouble, trial.with(trouble, &mut full).await);
                }
            }
        }
    };
    quietly(|| runtime().block_on(look));
    scale::tell(&format!(
        "the disk failed {} times: {} not acknowledged, {} of them not done; on a full disk {} not acknowledged",
        figures.failures, figures.unacknowledged, figures.undone, full.unacknowledged
    ));
    assert_eq!(broken, Vec::<String>::new());
    assert!(figures.failures >= scale::of(300, 4_000), "only {} failures", figures.failures);
    assert!(figures.undone > 100 && figures.undone < figures.unacknowledged, "both come about");
    assert!(full.unacknowledged > 20, "only {} on a full disk", full.unacknowledged);
}
