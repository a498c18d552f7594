//! What only one visitor sees, and what waits for a moderator.

use std::time::Duration;

use afterword::domain::comments::{RemovedBy, Verdict};
use afterword::domain::*;
use afterword::storage::comments::{NewComment, NewPage};
use afterword::storage::threads::*;

use crate::support::world::*;

conformance! {
    async fn mine_is_what_waits_and_what_is_recent_without_what_was_removed_and_nobody_elses(world: World) {
        let (ada, bob) = (world.member("Ada").await, world.guest("Bob"));
        let old = world.post(&ada, "old").await;
        let removed = world.post(&ada, "removed").await;
        world.remove(removed.id, RemovedBy::Author).await;
        world.pass(Duration::from_secs(3600));
        let since = world.now();
        let held = world.hold(&ada, None, "held").await;
        let recent = world.post(&ada, "recent").await;
        let bobs = world.hold(&bob, None, "bob's").await;
        let mine = async |who: &Person| {
            let mine = world.store.mine(world.site.id, old.thread, who.mineness(), since).await.unwrap();
            mine.comments.iter().map(|it| it.id).collect::<Vec<_>>()
        };
        assert_eq!(mine(&ada).await, [recent.id, held.id], "the latest first");
        assert_eq!(mine(&bob).await, [bobs.id]);
        assert_eq!(mine(&world.stranger()).await, []);
        let other = world.add_site("other").await;
        let there = world.store.mine(other.id, old.thread, ada.mineness(), since).await.unwrap();
        assert_eq!(there, Mine::default());
    }

    async fn mine_holds_a_text_that_waits_and_at_most_a_hundred_comments(world: World) {
        let ada = world.member("Ada").await;
        let edited = world.post(&ada, "as it shows").await;
        world.edit(edited.id, "as it waits", Standing::Pending(PendingReason::ManyLinks)).await;
        for n in 0..120 {
            world.hold(&ada, None, &format!("held {n}")).await;
        }
        world.pass(Duration::from_secs(3600));
        let mine =
            world.store.mine(world.site.id, edited.thread, ada.mineness(), world.now()).await.unwrap();
        assert_eq!(mine.comments.len(), 100);
        assert_eq!(said(&mine.comments[0]), "held 119");
        let other = NewPage { is_settled: true, key: page("/b"), url: "https://blog.example/b".into(), title: String::new() };
        let there = world.publish_new(NewComment { page: other, ..world.draft(&ada, None, "b") }).await;
        world.edit(there.id, "b waits", Standing::Pending(PendingReason::ManyLinks)).await;
        let mine = world.store.mine(world.site.id, there.thread, ada.mineness(), world.now().plus(Duration::from_secs(9))).await.unwrap();
        assert_eq!(mine.comments.iter().map(said).collect::<Vec<_>>(), ["b waits"]);
    }

    async fn mine_lists_what_they_like_the_latest_first(world: World) {
        let (ada, eve) = (world.member("Ada").await, world.member("Eve").await);
        let (one, two) = (world.post(&ada, "one").await, world.post(&ada, "two").await);
        world.like(two.id, &eve, true).await.unwrap();
        world.pass(Duration::from_secs(1));
        world.like(one.id, &eve, true).await.unwrap();
        let mine = world.store.mine(world.site.id, one.thread, eve.mineness(), world.now()).await.unwrap();
        assert_eq!(mine.liked, [one.id, two.id]);
    }

    async fn what_waits_is_listed_oldest_first_until_it_is_decided(world: World) {
        let bob = world.guest("Bob");
        let one = world.hold(&bob, None, "one").await;
        let two = world.hold(&bob, None, "two").await;
        let three = world.hold(&bob, None, "three").await;
        let waiting = async |limit| {
            let waiting = world.store.pending(world.site.id, one.thread, limit).await.unwrap();
            waiting.iter().map(said).collect::<Vec<_>>()
        };
        assert_eq!(waiting(2).await, ["one", "two"]);
        world.moderate(one.id, Verdict::Approve).await.unwrap();
        world.moderate(two.id, Verdict::Spam).await.unwrap();
        assert_eq!(waiting(10).await, ["three"]);
        world.remove(three.id, RemovedBy::Author).await;
        assert_eq!(waiting(10).await, Vec::<String>::new());
        let other = world.add_site("other").await;
        assert_eq!(world.store.pending(other.id, one.thread, 10).await.unwrap(), []);
        world.audit().await;
    }
}
