//! The power is cut at every step of random evenings, while the disk loses, reorders and tears what was not synced.
//!
//! What was acknowledged is there afterwards; what was under way is there as a whole or not at all; and the audit finds
//! every counter and index right. The disk's tape is replayed, so that one evening gives hundreds of cuts.

mod accounts;
mod contents;
mod cut;
mod failing;
mod replay;
mod tape;
mod upgrade;
mod workload;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use afterword::storage::redb::RedbStore;
use parking_lot::Mutex;

use crate::scale;
use replay::{Outcome, Replay, Syncs};
use tape::{Step, Tape};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().build().unwrap()
}

/// What the controls break panics again and again: nobody needs to read that.
fn quietly<T>(work: impl FnOnce() -> T) -> T {
    let loud = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let done = work();
    std::panic::set_hook(loud);
    done
}

/// Replays evenings, as many side by side as there are cores when the whole is asked for.
fn evenings(count: u64, replay: impl Fn(u64) -> Replay + Sync) -> Outcome {
    let threads = scale::of(1, std::thread::available_parallelism().map_or(1, usize::from));
    let (next, total) = (AtomicU64::new(0), Mutex::new(Outcome::default()));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let runtime = runtime();
                loop {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed >= count {
                        break;
                    }
                    let recording = runtime.block_on(workload::record(seed));
                    let outcome = runtime.block_on(replay(seed).run(&recording.steps));
                    let mut total = total.lock();
                    total.points += outcome.points;
                    total.nested += outcome.nested;
                    total.broken.extend(outcome.broken.iter().map(|it| format!("evening {seed}, {it}")));
                }
            });
        }
    });
    total.into_inner()
}

#[test]
fn wherever_the_power_is_cut_what_was_acknowledged_is_there_and_nothing_is_there_by_half() {
    let outcome = evenings(scale::of(2, 40), |seed| Replay {
        seed,
        nested_one_in: scale::of(40, 60),
        syncs: Syncs::Honoured,
    });
    scale::tell(&format!("{} power cuts, {} during recovery", outcome.points, outcome.nested));
    assert_eq!(outcome.broken, Vec::<String>::new());
    assert!(outcome.points >= scale::of(1_200, 30_000), "only {} cuts", outcome.points);
    assert!(outcome.nested >= scale::of(50, 2_000), "only {} cuts during recovery", outcome.nested);
}

/// The states between which the cuts above are judged are those that people were told of.
#[test]
fn with_every_acknowledgement_all_of_it_is_synced() {
    let runtime = runtime();
    let mut compared = 0;
    // What came of the kinds of things that are done around accounts: else they were all refused.
    let mut missing = vec![
        "password: Some",
        "second_factor: Some",
        "generation: 2",
        "epoch: 2",
        "tries: 1",
        "guests: false",
        "role: Moderator",
    ];
    for seed in 0..scale::of(4, 40) {
        runtime.block_on(async {
            let recording = workload::record(seed).await;
            for then in &recording.acknowledged {
                missing.retain(|text| !then.tells_of(text));
                let disk = synced_by(&recording.steps[..then.position]);
                let tape = Arc::new(Tape::over(disk));
                let store = RedbStore::open_with_backend(workload::options(seed), tape).unwrap();
                then.is_held_by(store).await;
                compared += 1;
            }
        });
    }
    scale::tell(&format!(
        "{compared} acknowledged states compared with the model, each from what was synced"
    ));
    assert!(compared >= scale::of(20, 200), "only {compared}");
    assert_eq!(missing, Vec::<&str>::new(), "what never came about");
}

/// A control: on a disk that only says it had synced, the first test must find losses, in every evening.
#[test]
fn on_a_disk_that_drops_syncs_the_losses_are_found() {
    for seed in 0..scale::of(1, 6) {
        let runtime = runtime();
        let recording = runtime.block_on(workload::record(seed));
        let replay = Replay { seed, nested_one_in: 0, syncs: Syncs::Dropped };
        let outcome = quietly(|| runtime.block_on(replay.run(&recording.steps)));
        scale::tell(&format!(
            "syncs dropped: {} of {} cuts lose something",
            outcome.broken.len(),
            outcome.points
        ));
        assert!(outcome.points > 100, "the evening was replayed: {:?}", outcome.broken);
        assert!(outcome.broken.len() * 2 > outcome.points, "{} of {}", outcome.broken.len(), outcome.points);
    }
}

/// A control: a promise that is given one sync too early is a promise that the second test sees broken.
#[test]
fn an_acknowledgement_that_comes_one_sync_too_early_is_found() {
    let runtime = runtime();
    let look = async {
        let mut broken = 0;
        for seed in 0..3 {
            let recording = workload::record(seed).await;
            for then in &recording.acknowledged {
                let told = &recording.steps[..then.position];
                let last = told.iter().rposition(|step| matches!(step, Step::Sync)).expect("there was one");
                let tape = Arc::new(Tape::over(synced_by(&told[..last])));
                let store = RedbStore::open_with_backend(workload::options(seed), tape).unwrap();
                let held = std::panic::AssertUnwindSafe(then.is_held_by(store));
                broken += usize::from(futures_util::FutureExt::catch_unwind(held).await.is_err());
            }
        }
        broken
    };
    let broken = quietly(|| runtime.block_on(look));
    assert!(broken > 10, "only {broken}");
}

/// What a disk holds that kept only what was synced.
fn synced_by(steps: &[Step]) -> Vec<u8> {
    let end = steps.iter().rposition(|step| matches!(step, Step::Sync)).map_or(0, |last| last + 1);
    let mut file = vec![];
    steps[..end].iter().for_each(|step| cut::apply(&mut file, step));
    file
}
