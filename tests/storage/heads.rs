//! What is known of a thread without reading it: its head, its count, whether it is closed.

use afterword::domain::comments::RemovedBy;
use afterword::domain::*;
use afterword::storage::comments::{NewComment, NewPage};

use crate::support::world::*;

conformance! {
    async fn counts_are_given_in_the_order_asked(world: World) {
        let ada = world.member("Ada").await;
        let root = world.post(&ada, "one").await;
        world.reply(&ada, &root, "two").await;
        let gone = world.post(&ada, "three").await;
        world.remove(gone.id, RemovedBy::Author).await;
        let elsewhere = NewPage { is_settled: true, key: page("/b"), url: "https://blog.example/b".into(), title: String::new() };
        world.publish_new(NewComment { page: elsewhere, ..world.draft(&ada, None, "b") }).await;
        let pages = [page("/none"), page("/b"), page("/post"), page("/b")];
        assert_eq!(world.store.counts(world.site.id, &pages).await.unwrap(), [0, 1, 2, 1]);
        let other = world.add_site("other").await;
        assert_eq!(world.store.counts(other.id, &pages).await.unwrap(), [0, 0, 0, 0]);
    }

    async fn closing_and_reopening_move_the_version_once_each(world: World) {
        let ada = world.member("Ada").await;
        let root = world.post(&ada, "root").await;
        let mut before = world.version(root.thread).await;
        for closed in [true, false] {
            for _ in 0..2 {
                let answer =
                    world.store.set_closed(world.site.id, root.thread, closed, world.owner, world.now()).await;
                assert_eq!(answer.unwrap().unwrap().closed.is_some(), closed);
            }
            assert_eq!(world.version(root.thread).await, before.next());
            before = before.next();
        }
        let other = world.add_site("other").await;
        let elsewhere = world.store.set_closed(other.id, root.thread, true, world.owner, world.now()).await;
        assert_eq!(elsewhere.unwrap(), Err(Refusal::UnknownComment));
    }

    async fn a_head_asked_for_before_the_first_comment_is_known_after_it(world: World) {
        let ada = world.member("Ada").await;
        for n in 0..20 {
            let key = page(&format!("/{n}"));
            assert_eq!(world.store.head(world.site.id, &key).await.unwrap(), None);
            let place = NewPage { is_settled: true, key: key.clone(), url: "https://blog.example/x".into(), title: String::new() };
            let comment = world.publish_new(NewComment { page: place, ..world.draft(&ada, None, "x") }).await;
            assert_eq!(world.store.head(world.site.id, &key).await.unwrap().unwrap().thread, comment.thread);
        }
    }

    async fn a_head_is_never_older_than_an_answered_write(world: World) {
        let ada = world.member("Ada").await;
        let root = world.post(&ada, "root").await;
        let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        let mut readers = vec![];
        for _ in 0..4 {
            let (store, site, stop) = (world.store.clone(), world.site.id, stop.clone());
            readers.push(tokio::spawn(async move {
                let mut last = Version(0);
                while !stop.load(std::sync::atomic::Ordering::SeqCst) {
                    let head = store.head(site, &page("/post")).await.unwrap().unwrap();
                    assert!(head.version >= last, "a head went back");
                    last = head.version;
                    tokio::task::yield_now().await;
                }
            }));
        }
        for n in 0..100 {
            world.reply(&ada, &root, &format!("{n}")).await;
            let stored = world.version(root.thread).await;
            let head = world.store.head(world.site.id, &page("/post")).await.unwrap().unwrap();
            assert!(head.version >= stored);
        }
        stop.store(true, std::sync::atomic::Ordering::SeqCst);
        for reader in readers {
            reader.await.unwrap();
        }
    }
}
