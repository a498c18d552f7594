//! Cuts the power at every step of a tape, opens what is left, and compares it with what it must be.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use afterword::storage::Health;
use afterword::storage::redb::RedbStore;
use futures_util::FutureExt;

use super::contents::{self, Contents};
use super::cut::{self, Dice};
use super::tape::{Step, Tape};
use super::workload;

/// Whether the disk keeps its word.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Syncs {
    Honoured,
    /// It says that it has written, and has not: what the control does.
    Dropped,
}

/// How a replay went.
#[derive(Default)]
pub struct Outcome {
    pub points: usize,
    /// Cuts during what the store does when it opens such a disk.
    pub nested: usize,
    pub broken: Vec<String>,
}

pub struct Replay {
    pub seed: u64,
    /// One in so many is opened on a tape, and the power is cut again; 0: none.
    pub nested_one_in: usize,
    pub syncs: Syncs,
}

/// Opens a disk with the real store; what it holds, if the audit finds nothing.
async fn opened(seed: u64, tape: &Tape) -> Result<Contents, String> {
    // The engine panics over some of what only the control gives it to read.
    AssertUnwindSafe(audited(seed, tape)).catch_unwind().await.unwrap_or_else(|_| Err("it panics".to_owned()))
}

async fn audited(seed: u64, tape: &Tape) -> Result<Contents, String> {
    let store = RedbStore::open_with_backend(workload::options(seed), Arc::new(tape.clone()))
        .map_err(|error| format!("it does not open: {error}"))?;
    let audit = store.audit(false).await.map_err(|error| format!("the audit failed: {error}"));
    store.close().await;
    let audit = audit?;
    if !audit.differences.is_empty() {
        return Err(format!("the audit found {:?}", audit.differences));
    }
    Ok(contents::of(tape))
}

/// What the disk holds after each sync, if nothing goes wrong: the only states a client can have seen.
async fn states(seed: u64, file: &[u8], steps: &[Step]) -> Result<Vec<Contents>, String> {
    let mut file = file.to_vec();
    let mut states = vec![opened(seed, &Tape::over(file.clone())).await?];
    for (number, step) in steps.iter().enumerate() {
        cut::apply(&mut file, step);
        if matches!(step, Step::Sync) || number + 1 == steps.len() {
            states.push(opened(seed, &Tape::over(file.clone())).await?);
        }
    }
    Ok(states)
}

impl Replay {
    pub async fn run(&self, steps: &[Step]) -> Outcome {
        let mut outcome = Outcome::default();
        let mut dice = Dice::new(self.seed);
        let mut synced = vec![];
        // Before and after what was being written: there is nothing in between.
        let states = match states(self.seed, &synced, steps).await {
            Ok(states) => states,
            Err(error) => {
                outcome.broken.push(format!("undisturbed: {error}"));
                return outcome;
            }
        };
        let (mut at, mut first_pending) = (0, 0);
        for (number, step) in steps.iter().enumerate() {
            let pending = &steps[first_pending..=number];
            let disk = cut::after(&synced, pending, &mut dice);
            outcome.points += 1;
            let found = opened(self.seed, &Tape::over(disk.clone())).await;
            if let Err(error) = among([&states[at], &states[at + 1]], &found) {
                outcome.broken.push(format!("power cut at step {number}: {error}"));
            } else if self.nested_one_in > 0 && dice.one_in(self.nested_one_in) {
                self.again(&disk, &found.unwrap_or_default(), &mut dice, &mut outcome).await;
            }
            if matches!(step, Step::Sync) {
                at += 1;
                if self.syncs == Syncs::Honoured {
                    pending.iter().for_each(|step| cut::apply(&mut synced, step));
                    first_pending = number + 1;
                }
            }
        }
        outcome
    }

    /// Cuts the power at every step of the recovery, which must not change what was found.
    async fn again(&self, disk: &[u8], found: &Contents, dice: &mut Dice, outcome: &mut Outcome) {
        let tape = Tape::over(disk.to_vec());
        let options = workload::options(self.seed);
        let store = RedbStore::open_with_backend(options, Arc::new(tape.clone())).expect("it opened before");
        let steps = tape.steps();
        drop(store);
        let mut synced = disk.to_vec();
        let mut first_pending = 0;
        for (number, step) in steps.iter().enumerate() {
            let pending = &steps[first_pending..=number];
            let disk = cut::after(&synced, pending, dice);
            outcome.nested += 1;
            let again = opened(self.seed, &Tape::over(disk)).await;
            if let Err(error) = among([found, found], &again) {
                outcome.broken.push(format!("power cut at step {number} of the recovery: {error}"));
            }
            if matches!(step, Step::Sync) {
                pending.iter().for_each(|step| cut::apply(&mut synced, step));
                first_pending = number + 1;
            }
        }
    }
}

fn among(allowed: [&Contents; 2], found: &Result<Contents, String>) -> Result<(), String> {
    let found = found.as_ref().map_err(String::clone)?;
    if allowed.contains(&found) {
        return Ok(());
    }
    let differs = allowed.map(|state| contents::difference(state, found));
    Err(format!("it holds neither what was before ({:?}) nor what was after ({:?})", differs[0], differs[1]))
}
