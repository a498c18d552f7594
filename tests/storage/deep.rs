//! Reply chains of any depth: nothing recurses.

use afterword::domain::comments::RemovedBy;
use afterword::domain::*;
use afterword::storage::threads::Window;

const DEPTH: usize = 100_000;

conformance! {
    async fn a_chain_of_a_hundred_thousand_replies_is_written_and_read(world: World) {
        let ada = world.stranger();
        let mut last = world.post(&ada, "0").await;
        let root = last.clone();
        let mut middle = None;
        // Written in bulk: drafts name their parents by id, and one writer keeps their order.
        for chunk in (1..=DEPTH).collect::<Vec<_>>().chunks(1_000) {
            let mut writes = vec![];
            let mut parent = last.id;
            for n in chunk {
                let draft = world.draft(&ada, Some(parent), &n.to_string());
                parent = draft.id;
                if *n == DEPTH / 2 {
                    middle = Some(draft.id);
                }
                let store = world.store.clone();
                let (queued, order) = tokio::sync::oneshot::channel();
                writes.push(tokio::spawn(async move {
                    let mut write = store.publish(draft);
                    // Polled once: it is queued, in order.
                    let first = futures_util::poll!(&mut write);
                    queued.send(()).unwrap();
                    if let std::task::Poll::Ready(answer) = first { answer } else { write.await }
                }));
                order.await.unwrap();
            }
            for write in writes {
                write.await.unwrap().unwrap().unwrap();
            }
            last = world.comment(parent).await;
        }
        assert_eq!(last.depth as usize, DEPTH);
        let window = Window { roots: 50, replies: 100 };
        let page = world.first_page(root.thread, Order::Oldest, window).await;
        assert_eq!(page.conversations[0].comments.len(), 101);
        assert_eq!(page.conversations[0].more.unwrap().count as usize, DEPTH - 100);
        let whole = Window { roots: 1, replies: usize::MAX };
        let page = world.first_page(root.thread, Order::Oldest, whole).await;
        assert_eq!(page.conversations[0].comments.len(), DEPTH + 1);

        let around = world.store.around(world.site.id, last.id, 100, false).await.unwrap().unwrap();
        assert_eq!(around.conversation.comments[0].id, root.id);
        assert_eq!(around.conversation.comments.last().unwrap().id, last.id);
        world.remove(middle.unwrap(), RemovedBy::Author).await;
        world.remove(root.id, RemovedBy::Author).await;
        let page = world.first_page(root.thread, Order::Best, window).await;
        assert_eq!(page.conversations[0].published as usize, DEPTH - 1);
        world.audit().await;
    }
}
