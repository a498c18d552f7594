//! What surrounds single comments: permalinks, and the conversations they stand in.

use crate::support::world::*;

conformance! {
    async fn around_a_comment_stands_its_whole_conversation_if_that_is_short(world: World) {
        let ada = world.member("Ada").await;
        let root = world.post(&ada, "root").await;
        let reply = world.reply(&ada, &root, "reply").await;
        world.reply(&ada, &root, "sibling").await;
        world.post(&ada, "another").await;
        let around = world.store.around(world.site.id, reply.id, 100, false).await.unwrap().unwrap();
        assert_eq!(drawn([&around.conversation]), ["root", "  reply", "  sibling"]);
        assert_eq!((around.thread.id, around.conversation.more), (root.thread, None));
        assert!(around.names.contains_key(&ada.account()));
        let other = world.add_site("other").await;
        assert_eq!(world.store.around(other.id, reply.id, 100, false).await.unwrap(), None);
    }

    async fn around_a_comment_of_a_long_conversation_stand_its_ancestors_and_what_follows(world: World) {
        let ada = world.member("Ada").await;
        let root = world.post(&ada, "root").await;
        for n in 0..30 {
            world.reply(&ada, &root, &format!("noise {n}")).await;
        }
        let a = world.reply(&ada, &root, "a").await;
        let b = world.reply(&ada, &a, "b").await;
        world.reply(&ada, &b, "c").await;
        world.reply(&ada, &root, "later").await;
        let around = world.store.around(world.site.id, b.id, 20, false).await.unwrap().unwrap();
        assert_eq!(drawn([&around.conversation]), ["root", "  a", "    b", "      c", "  later"]);
        assert_eq!(around.conversation.more, None);
        assert_eq!(around.conversation.published, 35);
        let tight = world.store.around(world.site.id, b.id, 4, false).await.unwrap().unwrap();
        assert_eq!(drawn([&tight.conversation])[0], "root");
        assert!(tight.conversation.comments.iter().any(|it| it.id == b.id));
        assert!(tight.conversation.comments.len() <= 4);
    }

    async fn who_asks_for_all_sees_around_a_hidden_comment(world: World) {
        let (ada, bob) = (world.member("Ada").await, world.guest("Bob"));
        let root = world.post(&ada, "root").await;
        let held = world.hold(&bob, Some(&root), "held").await;
        let around = world.store.around(world.site.id, held.id, 10, true).await.unwrap().unwrap();
        assert_eq!(drawn([&around.conversation]), ["root", "  held"]);
        let alone = world.hold(&bob, None, "alone").await;
        let around = world.store.around(world.site.id, alone.id, 10, true).await.unwrap().unwrap();
        assert_eq!(drawn([&around.conversation]), ["alone"]);
        assert_eq!(around.conversation.published, 0);
    }

    async fn context_names_the_conversations_that_single_comments_stand_in(world: World) {
        let (ada, bob) = (world.member("Ada").await, world.guest("Bob"));
        let root = world.post(&ada, "root").await;
        let held = world.hold(&bob, Some(&root), "held").await;
        let context = world.store.context(root.thread, &[held, root.clone()]).await.unwrap();
        assert_eq!(context.roots.into_iter().collect::<Vec<_>>(), [(root.place, root.id)]);
        assert_eq!(context.names.len(), 1);
    }
}
