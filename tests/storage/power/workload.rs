//! An evening on a store whose disk is taped: what was done to the disk, and what had been acknowledged when.

use std::path::PathBuf;
use std::sync::Arc;

use afterword::domain::*;
use afterword::storage::redb::{Options, RedbStore};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::cut::Dice;
use super::tape::{Step, Tape};
use crate::property::Run;
use crate::property::model::Model;
use crate::property::operations::{self, Operation, Weights};

/// What people do in one recording.
const OPERATIONS: usize = 40;
/// Most posts that are sent at once.
const TOGETHER: usize = 7;

/// What somebody had been told when the tape was at `position`.
pub struct Acknowledged {
    pub position: usize,
    pub model: Model,
    /// Who had signed in, besides the people of the model.
    pub members: usize,
}

pub struct Recording {
    pub steps: Vec<Step>,
    pub acknowledged: Vec<Acknowledged>,
    pub members: Vec<AccountId>,
    /// As it was at the end.
    pub run: Run,
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

/// Records an evening; the store's answers are compared with the model's as they come.
pub async fn record(seed: u64) -> Recording {
    let tape = Tape::default();
    let store = RedbStore::open_with_backend(options(seed), Arc::new(tape.clone())).unwrap();
    let mut run = Run::on(store).await;
    let mut dice = Dice::new(seed);
    let (mut acknowledged, mut members) = (vec![], vec![]);
    let operations = random_operations(seed);
    let mut left = operations.as_slice();
    while !left.is_empty() {
        let count = if dice.one_in(2) { 1 } else { left.len().min(2 + dice.below(TOGETHER - 1)) };
        let (now, later) = left.split_at(count);
        left = later;
        if let [operation] = now {
            operation.perform(&mut run).await;
        } else {
            operations::post_together(now, &mut run).await;
            for operation in now.iter().filter(|it| !matches!(it, Operation::Post { .. })) {
                operation.perform(&mut run).await;
            }
        }
        if dice.one_in(6) {
            members.push(run.world.member("Mia").await.account());
        }
        // A refused unit leaves an aborted transaction behind, which writes nothing.
        let (position, model) = (tape.position(), run.model.clone());
        acknowledged.push(Acknowledged { position, model, members: members.len() });
    }
    run.world.store.close().await;
    Recording { steps: tape.steps(), acknowledged, members, run }
}

impl Recording {
    /// Asserts that a store holds what had been acknowledged then, in every way it can be read.
    pub async fn holds(&self, store: Arc<dyn afterword::storage::Store>, then: &Acknowledged) {
        for member in &self.members[..then.members] {
            assert!(store.account(*member).await.unwrap().is_some(), "who signed in is known");
        }
        let world = self.run.world.elsewhere(store);
        let run = Run { world, people: self.run.people.clone(), model: then.model.clone() };
        run.compare().await;
    }
}
