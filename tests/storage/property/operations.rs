//! What people do, at random.

use std::time::Duration;

use afterword::domain::TokenHash;
use afterword::domain::comments::{RemovedBy, Verdict};
use afterword::domain::*;
use afterword::storage::comments::*;
use proptest::prelude::*;

use super::Run;
use super::model::{self, MEMBERS, PAGES, PEOPLE};
use crate::support::world::*;

/// How often each kind comes up, relative to the others.
#[derive(Clone, Copy)]
pub struct Weights {
    pub post: u32,
    pub edit: u32,
    pub remove: u32,
    pub moderate: u32,
    pub like: u32,
    pub close: u32,
    pub claim: u32,
    pub wait: u32,
}

/// Comments are named by the order they were written in, modulo how many there are.
#[derive(Clone, Debug)]
pub enum Operation {
    Post {
        by: usize,
        page: usize,
        parent: Option<usize>,
        text: u8,
        held: bool,
        key: Option<u8>,
        clock: i8,
    },
    Edit {
        comment: usize,
        text: u8,
        standing: Standing,
    },
    Remove {
        comment: usize,
        by: RemovedBy,
    },
    Moderate {
        comment: usize,
        verdict: Verdict,
    },
    Like {
        comment: usize,
        by: usize,
        liked: bool,
    },
    Close {
        page: usize,
        closed: bool,
    },
    /// A guest signs in.
    Claim {
        guest: usize,
        by: usize,
    },
    /// Time passes, and what is over is pruned.
    Wait {
        hours: u16,
    },
}

pub fn any(weights: Weights) -> impl Strategy<Value = Operation> {
    let held = Just(Standing::Pending(PendingReason::ManyLinks));
    let standing = prop_oneof![2 => Just(Standing::Published), 1 => held];
    let remover = prop_oneof![Just(RemovedBy::Author), Just(RemovedBy::Moderator)];
    let verdict = prop_oneof![
        3 => Just(Verdict::Approve),
        2 => Just(Verdict::Spam),
        1 => Just(Verdict::Remove),
        2 => Just(Verdict::Pin),
        1 => Just(Verdict::Unpin),
    ];
    let comment = || 0..60usize;
    let parent = prop::option::weighted(0.7, comment());
    let key = prop::option::weighted(0.2, 0..4u8);
    prop_oneof![
        weights.post => (0..PEOPLE, 0..PAGES, parent, 0..30u8, prop::bool::weighted(0.3), key, -5..20i8).prop_map(
            |(by, page, parent, text, held, key, clock)| Operation::Post { by, page, parent, text, held, key, clock }
        ),
        weights.edit => (comment(), 0..30u8, standing)
            .prop_map(|(comment, text, standing)| Operation::Edit { comment, text, standing }),
        weights.remove => (comment(), remover).prop_map(|(comment, by)| Operation::Remove { comment, by }),
        weights.moderate => (comment(), verdict)
            .prop_map(|(comment, verdict)| Operation::Moderate { comment, verdict }),
        weights.like => (comment(), 0..MEMBERS, prop::bool::weighted(0.8))
            .prop_map(|(comment, by, liked)| Operation::Like { comment, by, liked }),
        weights.close => (0..PAGES, any_bool()).prop_map(|(page, closed)| Operation::Close { page, closed }),
        weights.claim => (MEMBERS..PEOPLE, 0..MEMBERS).prop_map(|(guest, by)| Operation::Claim { guest, by }),
        weights.wait => prop_oneof![1..30u16, 200..800u16].prop_map(|hours| Operation::Wait { hours }),
    ]
}

fn any_bool() -> impl Strategy<Value = bool> {
    prop::bool::weighted(0.3)
}

/// Posts all at once, in this order: they share commits as far as they can. Other operations are left out.
pub async fn post_together(operations: &[Operation], run: &mut Run) {
    // Each is written before the clock goes on.
    let written = operations.iter().filter_map(|it| {
        let post = it.post_in(run)?;
        let draft = draft(run, &post);
        Some((post, draft))
    });
    let (posts, drafts): (Vec<model::Post>, Vec<NewComment>) = written.unzip();
    // Joined, they are first asked in their order: so they are queued.
    let answers =
        futures_util::future::join_all(drafts.into_iter().map(|draft| run.world.store.publish(draft))).await;
    for (post, answer) in posts.into_iter().zip(answers) {
        answered(run, post, answer.unwrap());
    }
}

impl Operation {
    /// The post it is, if it is one, at the moment it is sent.
    fn post_in(&self, run: &Run) -> Option<model::Post> {
        let Operation::Post { by, page, parent, text, held, key, clock } = *self else { return None };
        run.world.pass_or_go_back(clock);
        let standing = if held { HELD } else { Standing::Published };
        let parent = parent.and_then(|it| run.model.nth(it));
        Some(model::Post { by, page, parent, text, standing, key, at: run.world.now() })
    }

    /// Does it to the store and to the model; their answers must agree.
    pub async fn perform(&self, run: &mut Run) {
        match *self {
            Operation::Post { .. } => {
                let Some(sent) = self.post_in(run) else { return };
                post(run, sent).await;
            }
            Operation::Edit { comment, text, standing } => {
                let Some(comment) = run.model.nth(comment) else { return };
                let expected = run.model.edit(comment, text, standing, run.world.now());
                let edit = Edit {
                    comment: run.model.id(comment),
                    body: crate::support::world::text(&text.to_string()),
                    markdown: text.to_string(),
                    edited_at: run.world.now(),
                    standing,
                };
                let answer = run.world.store.edit(run.world.site.id, edit).await.unwrap();
                assert_eq!(answer.map(|_| ()), expected, "{self:?}");
            }
            Operation::Remove { comment, by } => {
                let Some(comment) = run.model.nth(comment) else { return };
                run.model.remove(comment, by, run.world.now());
                run.world.remove(run.model.id(comment), by).await;
            }
            Operation::Moderate { comment, verdict } => {
                let Some(comment) = run.model.nth(comment) else { return };
                let expected = run.model.moderate(comment, verdict, run.world.now());
                let answer = run.world.moderate(run.model.id(comment), verdict).await;
                assert_eq!(answer.map(|_| ()), expected, "{self:?}");
            }
            Operation::Like { comment, by, liked } => {
                let Some(comment) = run.model.nth(comment) else { return };
                let expected = run.model.like(comment, by, liked);
                let answer = run.world.like(run.model.id(comment), &run.people[by], liked).await;
                assert_eq!(answer.map(|tally| tally.likes), expected, "{self:?}");
            }
            Operation::Close { page, closed } => {
                let Some(thread) = run.model.thread(page) else { return };
                run.model.closed[page] = closed;
                let (site, by, now) = (run.world.site.id, run.world.owner, run.world.now());
                run.world.store.set_closed(site, thread, closed, by, now).await.unwrap().unwrap();
            }
            Operation::Claim { guest, by } => {
                let expected = run.model.claim(guest, by, run.world.now());
                let address = format!("member-{by}@example.org");
                let claimed =
                    run.world.claim_for(&address, run.people[by].account(), &run.people[guest]).await;
                assert_eq!(
                    (claimed.account.id, claimed.comments),
                    (run.people[by].account(), expected),
                    "{self:?}"
                );
            }
            Operation::Wait { hours } => {
                run.world.pass(Duration::from_secs(u64::from(hours) * 3600));
                run.model.prune(run.world.now());
                run.world.store.prune(run.world.now(), 10_000).await.unwrap();
            }
        }
    }
}

/// What somebody would send to post this.
fn draft(run: &Run, post: &model::Post) -> NewComment {
    let key = model::page_key(post.page);
    let url = format!("https://blog.example/{}", post.page);
    let request = TokenHash([post.text; 32]);
    NewComment {
        page: NewPage { is_settled: true, key, url, title: String::new() },
        standing: post.standing,
        idempotency: post.key.map(|key| Idempotency { key: key.to_string(), request }),
        ..run.world.draft(
            &run.people[post.by],
            post.parent.map(|it| run.model.id(it)),
            &post.text.to_string(),
        )
    }
}

async fn post(run: &mut Run, post: model::Post) {
    let draft = draft(run, &post);
    let answer = run.world.store.publish(draft).await.unwrap();
    answered(run, post, answer);
}

/// Compares an answer with the model's, and lets the model have it.
fn answered(run: &mut Run, post: model::Post, answer: Result<Posted, Refusal>) {
    match (run.model.check(&post), answer) {
        (model::Answer::New, Ok(Posted::New(comment))) => run.model.post(post, *comment),
        (model::Answer::Repeat(earlier), Ok(Posted::Repeat(comment))) => {
            assert_eq!(run.model.id(earlier), comment.id);
        }
        (model::Answer::Duplicate(earlier), Err(Refusal::Duplicate { earlier: named })) => {
            assert!(earlier.iter().any(|it| run.model.id(*it) == named), "another one: {post:?}");
        }
        (model::Answer::Refused(expected), Err(refusal)) => assert_eq!(refusal, expected),
        (expected, answer) => panic!("{post:?}: expected {expected:?}, got {answer:?}"),
    }
}
