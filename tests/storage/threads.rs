//! Reading threads: what shows, in which order, page by page.

use afterword::domain::comments::{RemovedBy, Verdict};
use afterword::domain::*;
use afterword::storage::threads::*;

use crate::support::world::*;

const TWO: Window = Window { roots: 2, replies: 10 };

conformance! {
    async fn a_page_shows_conversations_oldest_first_with_their_replies_in_order(world: World) {
        let ada = world.member("Ada").await;
        let one = world.post(&ada, "one").await;
        let two = world.post(&ada, "two").await;
        let reply = world.reply(&ada, &one, "re: one").await;
        world.reply(&ada, &two, "re: two").await;
        world.reply(&ada, &reply, "re: re: one").await;
        world.reply(&ada, &one, "re: one, again").await;
        let page = world.first_page(one.thread, Order::Oldest, WHOLE).await;
        let expected = ["one", "  re: one", "    re: re: one", "  re: one, again", "two", "  re: two"];
        assert_eq!(drawn(&page.conversations), expected);
        assert_eq!(page.conversations.iter().map(|it| it.published).collect::<Vec<_>>(), [4, 2]);
        assert_eq!(page.next, None);
        assert_eq!(page.names.get(&ada.account()).unwrap().name, Some(name("Ada")));
        let newest = world.first_page(one.thread, Order::Newest, WHOLE).await;
        assert_eq!(drawn(&newest.conversations)[0], "two");
    }

    async fn an_unknown_thread_has_no_page(world: World) {
        let nowhere = ThreadId(99);
        assert_eq!(world.store.thread_page(nowhere, Order::Oldest, None, WHOLE).await.unwrap(), None);
        assert_eq!(world.store.replies(nowhere, Place(1), Place(1), 10).await.unwrap(), None);
        assert_eq!(world.store.thread(nowhere).await.unwrap(), None);
        let closed = world.store.set_closed(world.site.id, nowhere, true, world.owner, world.now()).await;
        assert_eq!(closed.unwrap(), Err(Refusal::UnknownComment));
    }

    async fn a_removed_comment_stays_as_a_tombstone_only_above_what_shows(world: World) {
        let ada = world.member("Ada").await;
        let root = world.post(&ada, "root").await;
        let middle = world.reply(&ada, &root, "middle").await;
        let leaf = world.reply(&ada, &middle, "leaf").await;
        let lonely = world.reply(&ada, &root, "lonely").await;
        for id in [root.id, middle.id, lonely.id] {
            world.remove(id, RemovedBy::Author).await;
        }
        let page = world.first_page(root.thread, Order::Oldest, WHOLE).await;
        assert_eq!(drawn(&page.conversations), ["-", "  -", "    leaf"]);
        assert_eq!(page.thread.published, 1);
        assert_eq!(page.conversations[0].published, 1);
        world.audit().await;

        world.remove(leaf.id, RemovedBy::Author).await;
        let page = world.first_page(root.thread, Order::Oldest, WHOLE).await;
        assert_eq!(drawn(&page.conversations), Vec::<String>::new());
        assert_eq!((page.thread.published, page.names.len()), (0, 0));
        world.audit().await;
    }

    async fn a_hidden_comment_is_nowhere_in_public_reads(world: World) {
        let (ada, bob) = (world.member("Ada").await, world.guest("Bob"));
        let root = world.post(&ada, "root").await;
        let held = world.hold(&bob, Some(&root), "held").await;
        let held_root = world.hold(&bob, None, "held root").await;
        let page = world.first_page(root.thread, Order::Newest, WHOLE).await;
        assert_eq!(drawn(&page.conversations), ["root"]);
        assert_eq!(page.thread.published, 1);
        let (replies, _) = world.store.replies(root.thread, root.place, root.place, 10).await.unwrap().unwrap();
        assert_eq!(replies.comments, []);
        assert_eq!(world.store.replies(root.thread, held_root.place, held_root.place, 10).await.unwrap(), None);
        assert_eq!(world.store.around(world.site.id, held.id, 10, false).await.unwrap(), None);
        assert_eq!(world.store.counts(world.site.id, &[crate::support::world::page("/post")]).await.unwrap(), [1]);
    }

    async fn a_tombstone_says_nothing_of_what_stood_there(world: World) {
        let (ada, eve) = (world.member("Ada").await, world.member("Eve").await);
        let root = world.post(&ada, "secret").await;
        world.like(root.id, &eve, true).await.unwrap();
        world.reply(&eve, &root, "reply").await;
        world.moderate(root.id, Verdict::Remove).await.unwrap();
        let page = world.first_page(root.thread, Order::Best, WHOLE).await;
        let tombstone = &page.conversations[0].comments[0];
        assert_eq!((said(tombstone).as_str(), tombstone.score()), ("-", 0));
        assert!(!page.names.contains_key(&ada.account()));
    }

    async fn pages_follow_each_other_in_every_order(world: World) {
        let (ada, eve) = (world.member("Ada").await, world.member("Eve").await);
        let mut roots = vec![];
        for n in 0..7 {
            roots.push(world.post(&ada, &format!("{n}")).await);
        }
        // 2 and 5 have one like each, 3 has two: among equals the newer is first.
        world.like(roots[3].id, &eve, true).await.unwrap();
        world.like(roots[3].id, &world.stranger(), true).await.unwrap();
        world.like(roots[2].id, &eve, true).await.unwrap();
        world.like(roots[5].id, &eve, true).await.unwrap();
        for per_page in 1..=8 {
            for (order, expected) in [
                (Order::Oldest, [0, 1, 2, 3, 4, 5, 6]),
                (Order::Newest, [6, 5, 4, 3, 2, 1, 0]),
                (Order::Best, [3, 5, 2, 6, 4, 1, 0]),
            ] {
                let found = world.all_roots(roots[0].thread, order, per_page).await;
                let expected: Vec<Place> = expected.iter().map(|n: &usize| roots[*n].place).collect();
                assert_eq!(found, expected, "{order:?} by {per_page}");
            }
        }
        world.audit().await;
    }

    async fn nothing_is_skipped_or_repeated_while_others_write(world: World) {
        let ada = world.member("Ada").await;
        let mut roots = vec![];
        for n in 0..6 {
            roots.push(world.post(&ada, &format!("{n}")).await);
        }
        let thread = roots[0].thread;
        for order in [Order::Oldest, Order::Newest] {
            let first = world.first_page(thread, order, TWO).await;
            let seen: Vec<Place> = first.conversations.iter().map(|it| it.root).collect();
            // What was seen goes, what was not yet seen goes, and something comes.
            let (gone, ahead) = match order {
                Order::Oldest => (roots[0].id, roots[3].id),
                _ => (roots[5].id, roots[3].id),
            };
            world.remove(gone, RemovedBy::Author).await;
            world.remove(ahead, RemovedBy::Author).await;
            world.post(&ada, &format!("new while {order:?}")).await;
            let mut found = seen;
            let mut after = first.next;
            while let Some(cursor) = after {
                let page = world.store.thread_page(thread, order, Some(cursor), TWO).await.unwrap().unwrap();
                found.extend(page.conversations.iter().map(|it| it.root));
                after = page.next;
            }
            let mut sorted = found.clone();
            sorted.sort();
            sorted.dedup();
            assert_eq!(sorted.len(), found.len(), "none twice: {order:?}");
            let still: Vec<Place> = world.all_roots(thread, Order::Oldest, 100).await;
            let old: Vec<Place> = roots.iter().map(|it| it.place).collect();
            for place in still.iter().filter(|it| old.contains(it)) {
                assert!(found.contains(place), "{place} was skipped in {order:?}");
            }
        }
    }

    async fn the_cursor_is_none_exactly_when_nothing_shows_after_it(world: World) {
        let ada = world.member("Ada").await;
        let first = world.post(&ada, "0").await;
        world.post(&ada, "1").await;
        assert_eq!(world.first_page(first.thread, Order::Oldest, TWO).await.next, None);
        let held = world.hold(&world.guest("Bob"), None, "held").await;
        assert_eq!(world.first_page(first.thread, Order::Oldest, TWO).await.next, None, "a held one does not show");
        world.moderate(held.id, Verdict::Approve).await.unwrap();
        assert!(world.first_page(first.thread, Order::Oldest, TWO).await.next.is_some());
    }

    async fn pinned_conversations_come_first_and_once(world: World) {
        let ada = world.member("Ada").await;
        let mut roots = vec![];
        for n in 0..6 {
            roots.push(world.post(&ada, &format!("{n}")).await);
        }
        world.moderate(roots[4].id, Verdict::Pin).await.unwrap();
        world.moderate(roots[1].id, Verdict::Pin).await.unwrap();
        for (order, expected) in
            [(Order::Oldest, [4, 1, 0, 2, 3, 5]), (Order::Newest, [4, 1, 5, 3, 2, 0]), (Order::Best, [4, 1, 5, 3, 2, 0])]
        {
            for per_page in [1, 2, 3, 10] {
                let found = world.all_roots(roots[0].thread, order, per_page).await;
                let expected: Vec<Place> = expected.iter().map(|n: &usize| roots[*n].place).collect();
                assert_eq!(found, expected, "{order:?} by {per_page}");
            }
        }
        let page = world.first_page(roots[0].thread, Order::Oldest, Window { roots: 3, replies: 1 }).await;
        assert_eq!(page.conversations.iter().map(|it| it.pinned).collect::<Vec<_>>(), [true, true, false]);
    }

    async fn a_long_conversation_is_cut_and_goes_on_after_the_cut(world: World) {
        let ada = world.member("Ada").await;
        let root = world.post(&ada, "root").await;
        for n in 0..25 {
            world.reply(&ada, &root, &format!("{n}")).await;
        }
        let page = world.first_page(root.thread, Order::Oldest, Window { roots: 5, replies: 10 }).await;
        let conversation = &page.conversations[0];
        assert_eq!((conversation.comments.len(), conversation.published), (11, 26));
        let mut more = conversation.more;
        assert_eq!(more.unwrap().count, 15);
        let mut found: Vec<String> = conversation.comments[1..].iter().map(said).collect();
        while let Some(next) = more {
            let (part, names) =
                world.store.replies(root.thread, root.place, next.after, 10).await.unwrap().unwrap();
            assert!(names.contains_key(&ada.account()));
            found.extend(part.comments.iter().map(said));
            assert_eq!(part.more.map_or(0, |it| it.count), 25 - found.len() as u64);
            more = part.more;
        }
        assert_eq!(found, (0..25).map(|n| n.to_string()).collect::<Vec<_>>());
    }

    async fn a_heap_of_hidden_replies_is_not_read_through(world: World) {
        let (ada, bob) = (world.member("Ada").await, world.guest("Bob"));
        let root = world.post(&ada, "root").await;
        for n in 0..50 {
            world.hold(&bob, Some(&root), &format!("held {n}")).await;
        }
        let last = world.reply(&ada, &root, "last").await;
        let page = world.first_page(root.thread, Order::Oldest, Window { roots: 5, replies: 1 }).await;
        assert_eq!(drawn(&page.conversations), ["root", "  last"]);
        assert_eq!(page.conversations[0].more, None);
        world.remove(last.id, RemovedBy::Author).await;
        let page = world.first_page(root.thread, Order::Oldest, Window { roots: 5, replies: 1 }).await;
        assert_eq!(drawn(&page.conversations), ["root"]);
    }

    async fn a_part_read_later_brings_the_hidden_ancestors_nobody_saw(world: World) {
        let ada = world.member("Ada").await;
        let root = world.post(&ada, "root").await;
        let a = world.reply(&ada, &root, "a").await;
        world.reply(&ada, &root, "between").await;
        let b = world.reply(&ada, &a, "b").await;
        let c = world.reply(&ada, &b, "c").await;
        world.reply(&ada, &c, "d").await;
        for id in [a.id, b.id, c.id] {
            world.remove(id, RemovedBy::Author).await;
        }
        let page = world.first_page(root.thread, Order::Oldest, Window { roots: 5, replies: 1 }).await;
        assert_eq!(drawn(&page.conversations), ["root", "  between"], "a and b have no public reply");
        let more = page.conversations[0].more.unwrap();
        let (part, _) = world.store.replies(root.thread, root.place, more.after, 10).await.unwrap().unwrap();
        assert_eq!(drawn([&part]), ["  -", "    -", "      -", "        d"]);
    }
}
