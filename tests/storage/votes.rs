//! Likes.

use afterword::domain::comments::{RemovedBy, Verdict};
use afterword::domain::votes::Tally;
use afterword::domain::*;
use afterword::storage::threads::Mineness;

conformance! {
    async fn a_like_counts_once_however_often_it_is_asked_for(world: World) {
        let (ada, eve) = (world.member("Ada").await, world.member("Eve").await);
        let comment = world.post(&ada, "one").await;
        let before = world.version(comment.thread).await;
        let tally = |likes, liked| Ok(Tally { likes, imported_likes: 0, liked });
        assert_eq!(world.like(comment.id, &eve, true).await, tally(1, true));
        assert_eq!(world.like(comment.id, &eve, true).await, tally(1, true));
        assert_eq!(world.version(comment.thread).await, before.next());
        assert_eq!(world.like(comment.id, &world.stranger(), true).await, tally(2, true));
        assert_eq!(world.like(comment.id, &eve, false).await, tally(1, false));
        assert_eq!(world.like(comment.id, &eve, false).await, tally(1, false));
        assert_eq!(world.comment(comment.id).await.likes, 1);
        world.audit().await;
    }

    async fn ones_own_comment_and_what_is_not_public_cannot_be_liked(world: World) {
        let (ada, eve) = (world.member("Ada").await, world.member("Eve").await);
        let comment = world.post(&ada, "one").await;
        assert_eq!(world.like(comment.id, &ada, true).await, Err(Refusal::OwnComment));
        let held = world.hold(&world.guest("Bob"), None, "held").await;
        assert_eq!(world.like(held.id, &eve, true).await, Err(Refusal::UnknownComment));
        world.remove(comment.id, RemovedBy::Author).await;
        assert_eq!(world.like(comment.id, &eve, true).await, Err(Refusal::UnknownComment));
        let nowhere = CommentId::from_random(world.unique());
        assert_eq!(world.like(nowhere, &eve, true).await, Err(Refusal::UnknownComment));
        let other = world.add_site("other").await;
        let elsewhere = world.store.set_like(other.id, held.id, eve.account(), true, world.now()).await;
        assert_eq!(elsewhere.unwrap(), Err(Refusal::UnknownComment));
    }

    async fn likes_outlast_a_removal_that_is_taken_back(world: World) {
        let (ada, eve) = (world.member("Ada").await, world.member("Eve").await);
        let comment = world.post(&ada, "one").await;
        world.like(comment.id, &eve, true).await.unwrap();
        world.moderate(comment.id, Verdict::Remove).await.unwrap();
        world.audit().await;
        assert_eq!(world.moderate(comment.id, Verdict::Approve).await.unwrap().likes, 1);
        world.audit().await;
    }

    async fn a_hundred_toggles_at_once_leave_the_score_equal_to_the_votes(world: World) {
        let ada = world.member("Ada").await;
        let comment = world.post(&ada, "one").await;
        let people: Vec<AccountId> = (0..10).map(|_| world.stranger().account()).collect();
        let mut toggles = vec![];
        for n in 0..100 {
            let (store, site, now) = (world.store.clone(), world.site.id, world.now());
            let (who, liked) = (people[n % 10], n % 3 != 0);
            toggles.push(tokio::spawn(async move {
                store.set_like(site, comment.id, who, liked, now).await.unwrap().unwrap()
            }));
        }
        for toggle in toggles {
            toggle.await.unwrap();
        }
        let mut votes = 0;
        for who in people {
            let mine = world.store.mine(world.site.id, comment.thread, Mineness::Account(who), world.now()).await;
            votes += u32::try_from(mine.unwrap().liked.len()).unwrap();
        }
        assert_eq!(world.comment(comment.id).await.likes, votes);
        world.audit().await;
    }
}
