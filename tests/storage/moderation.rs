//! Verdicts, removal, trust, and what goes after a while.

use std::time::Duration;

use afterword::domain::comments::{RemovedBy, Verdict};
use afterword::domain::*;
use afterword::storage::comments::*;

use crate::support::world::*;

const MONTH: Duration = Duration::from_secs(30 * 24 * 60 * 60);

conformance! {
    async fn approving_publishes_and_counts(world: World) {
        let (ada, bob) = (world.member("Ada").await, world.guest("Bob"));
        let root = world.post(&ada, "root").await;
        let held = world.hold(&bob, Some(&root), "held").await;
        let approved = world.moderate(held.id, Verdict::Approve).await.unwrap();
        assert!(approved.is_public());
        assert_eq!(world.comment(root.id).await.replies, 1);
        assert_eq!(world.thread(root.thread).await.published, 2);
        world.audit().await;
    }

    async fn every_way_between_standings_keeps_the_counters_right(world: World) {
        let (ada, bob) = (world.member("Ada").await, world.guest("Bob"));
        let root = world.post(&ada, "root").await;
        let reply = world.hold(&bob, Some(&root), "reply").await;
        world.reply(&bob, &reply, "reply to own").await;
        let verdicts = [
            Verdict::Spam, Verdict::Approve, Verdict::Approve, Verdict::Remove, Verdict::Remove, Verdict::Spam,
            Verdict::Approve, Verdict::Spam, Verdict::Remove, Verdict::Approve,
        ];
        for verdict in verdicts {
            world.moderate(reply.id, verdict).await.unwrap();
            world.audit().await;
        }
        assert!(world.comment(reply.id).await.is_public());
        for verdict in verdicts {
            world.moderate(root.id, verdict).await.unwrap();
            world.audit().await;
        }
        assert_eq!(world.thread(root.thread).await.published, 3);
    }

    async fn a_guests_trust_counts_each_approved_comment_once_and_spam_takes_it_back(world: World) {
        let bob = world.guest("Bob");
        let approved = async || world.store.guest(world.site.id, bob.token.unwrap()).await.unwrap().unwrap().approved;
        let one = world.hold(&bob, None, "one").await;
        let two = world.hold(&bob, None, "two").await;
        world.moderate(one.id, Verdict::Approve).await.unwrap();
        world.moderate(one.id, Verdict::Approve).await.unwrap();
        assert_eq!(approved().await, 1);
        world.moderate(one.id, Verdict::Remove).await.unwrap();
        world.moderate(one.id, Verdict::Approve).await.unwrap();
        assert_eq!(approved().await, 1, "the same comment again");
        world.moderate(two.id, Verdict::Approve).await.unwrap();
        assert_eq!(approved().await, 2);
        world.moderate(one.id, Verdict::Spam).await.unwrap();
        world.moderate(two.id, Verdict::Spam).await.unwrap();
        assert_eq!(approved().await, 0);
        world.audit().await;
    }

    async fn removing_twice_changes_nothing(world: World) {
        let ada = world.member("Ada").await;
        let comment = world.post(&ada, "one").await;
        let removed = world.remove(comment.id, RemovedBy::Author).await;
        let version = world.version(comment.thread).await;
        world.pass(Duration::from_secs(5));
        assert_eq!(world.remove(comment.id, RemovedBy::Moderator).await, removed);
        assert_eq!(world.version(comment.thread).await, version);
        assert_eq!(removed.removal.unwrap().by, RemovedBy::Author);
    }

    async fn what_an_author_removed_no_moderator_brings_back(world: World) {
        let ada = world.member("Ada").await;
        let comment = world.post(&ada, "one").await;
        world.remove(comment.id, RemovedBy::Author).await;
        assert_eq!(world.moderate(comment.id, Verdict::Approve).await, Err(Refusal::UnknownComment));
        let other = world.post(&ada, "two").await;
        world.moderate(other.id, Verdict::Remove).await.unwrap();
        assert!(world.moderate(other.id, Verdict::Approve).await.unwrap().is_public());
    }

    async fn a_verdict_on_another_sites_comment_is_refused(world: World) {
        let ada = world.member("Ada").await;
        let comment = world.post(&ada, "one").await;
        let other = world.add_site("other").await;
        for verdict in [Verdict::Approve, Verdict::Spam, Verdict::Remove, Verdict::Pin, Verdict::Unpin] {
            let answer = world.store.moderate(other.id, comment.id, verdict, world.owner, world.now()).await;
            assert_eq!(answer.unwrap(), Err(Refusal::UnknownComment), "{verdict:?}");
        }
        let removed = world.store.remove(other.id, comment.id, RemovedBy::Author, None, world.now()).await;
        assert_eq!(removed.unwrap(), Err(Refusal::UnknownComment));
        assert_eq!(world.store.comment(other.id, comment.id).await.unwrap(), None);
    }

    async fn three_roots_can_be_pinned_and_no_reply(world: World) {
        let ada = world.member("Ada").await;
        let mut roots = vec![];
        for n in 0..4 {
            roots.push(world.post(&ada, &format!("{n}")).await);
        }
        let reply = world.reply(&ada, &roots[0], "reply").await;
        assert_eq!(world.moderate(reply.id, Verdict::Pin).await, Err(Refusal::NotARoot));
        assert_eq!(world.moderate(reply.id, Verdict::Unpin).await, Err(Refusal::NotARoot));
        for root in &roots[..3] {
            world.moderate(root.id, Verdict::Pin).await.unwrap();
            world.moderate(root.id, Verdict::Pin).await.unwrap();
        }
        assert_eq!(world.moderate(roots[3].id, Verdict::Pin).await, Err(Refusal::TooManyPinned { max: 3 }));
        world.moderate(roots[1].id, Verdict::Unpin).await.unwrap();
        world.moderate(roots[3].id, Verdict::Pin).await.unwrap();
        let pinned = world.thread(roots[0].thread).await.pinned;
        assert_eq!(pinned, [roots[0].place, roots[2].place, roots[3].place]);
    }

    async fn a_hidden_root_loses_its_pin_and_cannot_get_one(world: World) {
        let ada = world.member("Ada").await;
        let root = world.post(&ada, "root").await;
        world.moderate(root.id, Verdict::Pin).await.unwrap();
        world.moderate(root.id, Verdict::Spam).await.unwrap();
        assert_eq!(world.thread(root.thread).await.pinned, []);
        assert_eq!(world.moderate(root.id, Verdict::Pin).await, Err(Refusal::UnknownComment));
        world.audit().await;
    }

    async fn texts_of_spam_and_removed_comments_go_after_a_month(world: World) {
        let ada = world.member("Ada").await;
        let kept = world.post(&ada, "kept").await;
        let spam = world.post(&ada, "spam").await;
        let removed = world.post(&ada, "removed").await;
        let reply = world.reply(&ada, &removed, "reply").await;
        world.moderate(spam.id, Verdict::Spam).await.unwrap();
        world.remove(removed.id, RemovedBy::Author).await;
        let rescued = world.post(&ada, "rescued").await;
        world.moderate(rescued.id, Verdict::Remove).await.unwrap();
        world.moderate(rescued.id, Verdict::Approve).await.unwrap();

        world.pass(MONTH - Duration::from_secs(60));
        world.store.prune(world.now(), 1_000).await.unwrap();
        assert_eq!(said(&world.comment(spam.id).await), "spam");
        world.pass(Duration::from_secs(120));
        assert!(world.store.prune(world.now(), 1_000).await.unwrap() > 0);
        for id in [spam.id, removed.id] {
            assert_eq!(said(&world.comment(id).await), "-");
            assert_eq!(world.store.revisions(world.site.id, id).await.unwrap(), []);
            assert_eq!(world.moderate(id, Verdict::Approve).await, Err(Refusal::UnknownComment), "nothing to bring back");
        }
        for comment in [kept, rescued, reply] {
            assert_ne!(said(&world.comment(comment.id).await), "-");
            assert_eq!(world.store.revisions(world.site.id, comment.id).await.unwrap().len(), 1);
        }
        assert_eq!(world.store.prune(world.now(), 1_000).await.unwrap(), 0, "nothing is left to do");
        world.audit().await;
    }

    async fn a_comment_hidden_again_is_kept_for_a_month_from_then(world: World) {
        let ada = world.member("Ada").await;
        let comment = world.post(&ada, "text").await;
        world.moderate(comment.id, Verdict::Spam).await.unwrap();
        world.pass(MONTH / 2);
        world.moderate(comment.id, Verdict::Approve).await.unwrap();
        world.moderate(comment.id, Verdict::Spam).await.unwrap();
        world.pass(MONTH / 2 + Duration::from_secs(60));
        world.store.prune(world.now(), 1_000).await.unwrap();
        assert_eq!(said(&world.comment(comment.id).await), "text");
        world.pass(MONTH / 2);
        world.store.prune(world.now(), 1_000).await.unwrap();
        assert_eq!(said(&world.comment(comment.id).await), "-");
    }

    async fn pruning_stops_at_its_limit_and_goes_on_next_time(world: World) {
        let ada = world.member("Ada").await;
        for n in 0..10 {
            let idempotency = Some(Idempotency { key: format!("{n}"), request: world.token() });
            let draft = world.draft(&ada, None, &format!("{n}"));
            world.publish_new(NewComment { idempotency, ..draft }).await;
        }
        world.pass(MONTH * 2);
        let mut rounds = vec![];
        loop {
            match world.store.prune(world.now(), 7).await.unwrap() {
                0 => break,
                gone => rounds.push(gone),
            }
        }
        // A recent text, a request and an origin each.
        assert_eq!(rounds, [7, 7, 7, 7, 2]);
        world.audit().await;
    }
}
