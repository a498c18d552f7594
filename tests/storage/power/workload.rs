//! An evening on a store whose disk is taped: what was done to the disk, and what had been acknowledged when.

use std::path::PathBuf;
use std::sync::Arc;

use afterword::storage::Store;
use afterword::storage::redb::{Options, RedbStore};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::accounts::{Accounts, KINDS};
use super::cut::Dice;
use super::tape::{Step, Tape};
use crate::property::Run;
use crate::property::operations::{self, Operation, Weights};

/// What people say and do to what was said in one recording. Around their accounts they do something each time.
const OPERATIONS: usize = 28;
/// Most posts that are sent at once.
const TOGETHER: usize = 7;

/// One thing after the other.
pub enum Doing {
    /// Together, as far as they are posts.
    Said(Vec<Operation>),
    AroundAccounts,
}

/// What somebody had been told when the tape was at `position`.
pub struct Acknowledged {
    /// Where the tape was before it was asked what there is: whoever shows a token of a session that is over ends it.
    pub done: usize,
    pub position: usize,
    run: Run,
    accounts: Accounts,
    told: Vec<String>,
}

pub struct Recording {
    pub steps: Vec<Step>,
    pub doings: Vec<Doing>,
    /// Before the first of these doings, and after each.
    pub acknowledged: Vec<Acknowledged>,
}

/// Half of the evenings share commits; some have a cache so small that pages go to the disk before their commit.
pub fn options(seed: u64) -> Options {
    Options {
        directory: PathBuf::from("a tape"),
        cache_bytes: if seed.is_multiple_of(3) { 64 << 10 } else { 4 << 20 },
        reserve_bytes: 0,
        one_commit_per_unit: seed.is_multiple_of(2),
    }
}

fn random_operations(seed: u64) -> Vec<Operation> {
    let weights = Weights { post: 10, edit: 4, remove: 2, moderate: 5, like: 6, close: 1, claim: 2, wait: 1 };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    let chance = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), chance);
    let sequence = proptest::collection::vec(operations::any(weights), OPERATIONS);
    sequence.new_tree(&mut runner).unwrap().current()
}

/// What is done in an evening; `together`, several things are sometimes said at once.
fn plan(seed: u64, together: bool) -> Vec<Doing> {
    let mut dice = Dice::new(seed);
    let (mut left, mut doings, mut kinds) = (random_operations(seed), vec![], 0);
    while !left.is_empty() || kinds < KINDS {
        let most = if dice.one_in(2) || !together { 1 } else { 2 + dice.below(TOGETHER - 1) };
        let said: Vec<Operation> = left.drain(..most.min(left.len())).collect();
        if !said.is_empty() {
            doings.push(Doing::Said(said));
        }
        doings.push(Doing::AroundAccounts);
        kinds += 1;
    }
    doings
}

/// Records an evening; the store's answers are compared with the model's as they come.
pub async fn record(seed: u64) -> Recording {
    recorded(seed, plan(seed, true)).await
}

/// The same with nothing said at once: what was under way is one thing.
pub async fn record_one_by_one(seed: u64) -> Recording {
    recorded(seed, plan(seed, false)).await
}

async fn recorded(seed: u64, doings: Vec<Doing>) -> Recording {
    let tape = Tape::default();
    let store = RedbStore::open_with_backend(options(seed), Arc::new(tape.clone())).unwrap();
    let mut run = Run::on(store).await;
    let mut accounts = Accounts::new(seed);
    let mut acknowledged = vec![Acknowledged::now(&tape, &run, &accounts).await];
    for doing in &doings {
        doing.perform(&mut run, &mut accounts).await;
        acknowledged.push(Acknowledged::now(&tape, &run, &accounts).await);
    }
    run.world.store.close().await;
    Recording { steps: tape.steps(), doings, acknowledged }
}

impl Doing {
    pub async fn perform(&self, run: &mut Run, accounts: &mut Accounts) {
        match self {
            Doing::AroundAccounts => accounts.go_on(&run.world).await,
            Doing::Said(operations) => match operations.as_slice() {
                [operation] => operation.perform(run).await,
                operations => {
                    operations::post_together(operations, run).await;
                    for operation in operations.iter().filter(|it| !matches!(it, Operation::Post { .. })) {
                        operation.perform(run).await;
                    }
                }
            },
        }
    }
}

impl Acknowledged {
    async fn now(tape: &Tape, run: &Run, accounts: &Accounts) -> Acknowledged {
        // A refused unit leaves an aborted transaction behind, which writes nothing.
        let done = tape.position();
        let told = accounts.told(&run.world, &*run.world.store).await;
        let position = tape.position();
        Acknowledged {
            done,
            position,
            run: run.elsewhere(run.world.store.clone()),
            accounts: accounts.clone(),
            told,
        }
    }

    /// The same people at the same moment, on this store.
    pub fn on(&self, store: Arc<dyn Store>) -> (Run, Accounts) {
        (self.run.elsewhere(store), self.accounts.clone())
    }

    /// Whether this was part of what could be read.
    pub fn tells_of(&self, text: &str) -> bool {
        self.told.iter().any(|told| told.contains(text))
    }

    /// Asserts that a store holds what had been acknowledged then, in every way it can be read.
    pub async fn is_held_by(&self, store: Arc<dyn Store>) {
        let (run, accounts) = self.on(store.clone());
        run.compare().await;
        assert_eq!(accounts.told(&run.world, &*store).await, self.told);
        accounts.are_spent(&run.world, &*store).await;
    }
}

impl Run {
    fn elsewhere(&self, store: Arc<dyn Store>) -> Run {
        Run { world: self.world.elsewhere(store), people: self.people.clone(), model: self.model.clone() }
    }
}
