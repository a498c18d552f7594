//! Random sequences of what people do, against a simple model: answers, pages in every order and of every size,
//! counts, versions; and after each sequence the audit finds nothing.

pub mod model;
pub mod operations;
mod reading;

use std::sync::Arc;

use afterword::domain::*;
use afterword::storage::Store;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::support::disk::SharedDisk;
use crate::support::engines;
use crate::support::world::*;
use model::{GUESTS, MEMBERS, Model, PAGES};
use operations::Operation;

/// Sequences that also go through a real file, which takes longer.
const SEQUENCES_OUT_AND_IN: u32 = 60;
/// Sequences per test; there are four tests, so that they can run side by side.
const SEQUENCES: u32 = 500;
const OPERATIONS: usize = 50;

/// One sequence on one store.
pub struct Run {
    pub world: World,
    pub people: Vec<Person>,
    pub model: Model,
}

fn check(weights: operations::Weights) {
    check_so_many(SEQUENCES, weights, false);
}

/// With `out_and_in`, what is there at the end also goes through an export and comes back.
fn check_so_many(sequences: u32, weights: operations::Weights, out_and_in: bool) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let config = Config { cases: sequences, failure_persistence: None, ..Config::default() };
    let sequences = prop::collection::vec(operations::any(weights), OPERATIONS);
    // The same sequences every time: what fails here fails everywhere. More of them are tried by raising the number.
    let chance = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let ran = TestRunner::new_with_rng(config, chance).run(&sequences, |sequence| {
        runtime.block_on(run(&sequence, out_and_in));
        Ok(())
    });
    if let Err(failure) = ran {
        panic!("{failure}");
    }
}

async fn run(sequence: &[Operation], out_and_in: bool) {
    let mut run = Run::on(engines::redb_on(&SharedDisk::new())).await;
    for operation in sequence {
        let before = run.heads().await;
        let views: Vec<_> = (0..PAGES).map(|page| run.model.view(page)).collect();
        operation.perform(&mut run).await;
        for (page, (before, after)) in before.into_iter().zip(run.heads().await).enumerate() {
            if run.model.view(page) != views[page] {
                assert_ne!(before, after, "page {page} shows something else under the same version");
            }
        }
    }
    run.compare().await;
    run.world.audit().await;
    if out_and_in {
        crate::archive::comes_back(&*run.world.store).await;
    }
    run.world.store.close().await;
}

impl Run {
    /// Before anything was said, on an empty store.
    pub async fn on(store: Arc<dyn Store>) -> Run {
        let mut world = World::empty(store);
        world.site = world.add_site("blog").await;
        let mut people: Vec<Person> = (0..MEMBERS).map(|_| world.stranger()).collect();
        people.extend((0..GUESTS).map(|n| world.guest(&format!("Guest {n}"))));
        Run { world, people, model: Model::default() }
    }

    async fn heads(&self) -> Vec<Option<threads::Head>> {
        let mut heads = vec![];
        for page in 0..PAGES {
            heads.push(self.world.store.head(self.world.site.id, &model::page_key(page)).await.unwrap());
        }
        heads
    }
}

#[test]
fn a_lively_discussion_stays_as_the_model_says() {
    check(operations::Weights {
        post: 10,
        edit: 3,
        remove: 3,
        moderate: 5,
        like: 5,
        close: 1,
        claim: 1,
        wait: 1,
    });
}

#[test]
fn a_moderated_discussion_stays_as_the_model_says() {
    check(operations::Weights {
        post: 8,
        edit: 2,
        remove: 2,
        moderate: 12,
        like: 2,
        close: 1,
        claim: 1,
        wait: 1,
    });
}

#[test]
fn a_liked_and_edited_discussion_stays_as_the_model_says() {
    check(operations::Weights {
        post: 6,
        edit: 8,
        remove: 2,
        moderate: 3,
        like: 12,
        close: 1,
        claim: 1,
        wait: 1,
    });
}

#[test]
fn a_discussion_over_weeks_stays_as_the_model_says() {
    check(operations::Weights {
        post: 10,
        edit: 3,
        remove: 5,
        moderate: 6,
        like: 3,
        close: 1,
        claim: 1,
        wait: 8,
    });
}

#[test]
fn any_discussion_comes_back_from_its_export() {
    let weights = operations::Weights {
        post: 10,
        edit: 4,
        remove: 3,
        moderate: 6,
        like: 6,
        close: 1,
        claim: 1,
        wait: 3,
    };
    check_so_many(SEQUENCES_OUT_AND_IN, weights, true);
}
