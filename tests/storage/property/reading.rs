//! Reading back: what every page says must be what the model says, however it is cut into parts.

use std::collections::HashSet;

use afterword::domain::*;
use afterword::storage::threads::*;

use super::Run;
use super::model::{MEMBERS, PAGES, PEOPLE, page_key};
use crate::support::world::*;

impl Run {
    pub async fn compare(&self) {
        let pages: Vec<PageKey> = (0..PAGES).map(page_key).collect();
        let counts = self.world.store.counts(self.world.site.id, &pages).await.unwrap();
        assert_eq!(counts, (0..PAGES).map(|page| self.model.published(page)).collect::<Vec<_>>());
        for page in 0..PAGES {
            let Some(thread) = self.model.thread(page) else { continue };
            for order in [Order::Oldest, Order::Newest, Order::Best] {
                self.compare_whole(page, thread, order).await;
            }
            self.compare_in_parts(page, thread, Window { roots: 1, replies: 1 }).await;
            self.compare_in_parts(page, thread, Window { roots: 3, replies: 2 }).await;
            self.compare_pending(page, thread).await;
            self.compare_mine(page, thread).await;
        }
        self.compare_trust().await;
    }

    async fn compare_whole(&self, page: usize, thread: ThreadId, order: Order) {
        let found = self.world.first_page(thread, order, WHOLE).await;
        assert_eq!(found.next, None);
        assert_eq!(found.thread.published, self.model.published(page));
        assert_eq!(found.thread.closed.is_some(), self.model.closed[page]);
        let roots = self.model.roots(page, order);
        assert_eq!(found.conversations.len(), roots.len(), "conversations in {order:?}");
        for (conversation, root) in found.conversations.iter().zip(roots) {
            assert_eq!(conversation.pinned, self.model.pinned[page].contains(&root));
            assert_eq!(conversation.more, None);
            let expected: Vec<String> =
                self.model.conversation(root).into_iter().map(|it| self.model.shown(it)).collect();
            assert_eq!(conversation.comments.iter().map(shown).collect::<Vec<_>>(), expected);
            let published = conversation.comments.iter().filter(|it| it.is_public()).count();
            assert_eq!(conversation.published, published as u64);
        }
    }

    /// Page after page, part after part: every public comment once and in order, and nobody without their parent.
    async fn compare_in_parts(&self, page: usize, thread: ThreadId, window: Window) {
        let (mut after, mut roots) = (None, vec![]);
        loop {
            let found =
                self.world.store.thread_page(thread, Order::Oldest, after, window).await.unwrap().unwrap();
            for conversation in found.conversations {
                roots.push(conversation.root);
                self.read_to_its_end(thread, conversation, window.replies).await;
            }
            after = found.next;
            if after.is_none() {
                break;
            }
        }
        let expected = self.model.roots(page, Order::Oldest);
        assert_eq!(roots, expected.iter().map(|it| self.model.comments[*it].place).collect::<Vec<_>>());
    }

    async fn read_to_its_end(&self, thread: ThreadId, first: Conversation, limit: usize) {
        let root = first.root;
        let mut seen: HashSet<CommentId> = HashSet::new();
        let mut public = vec![];
        let mut part = first;
        loop {
            for comment in &part.comments {
                let hangs = comment.parent.is_none_or(|parent| seen.contains(&parent.id));
                assert!(hangs, "{} came before its parent", comment.id);
                seen.insert(comment.id);
                if comment.is_public() {
                    public.push(comment.id);
                }
            }
            let Some(more) = part.more else { break };
            assert_eq!(more.count + public.len() as u64, part.published, "how many more");
            part = self.world.store.replies(thread, root, more.after, limit).await.unwrap().unwrap().0;
        }
        let root = self.model.comments.iter().position(|it| it.thread == thread && it.place == root).unwrap();
        let shows = self.model.conversation(root);
        let expected = shows.iter().filter(|it| self.model.comments[**it].is_public());
        assert_eq!(public, expected.map(|it| self.model.id(*it)).collect::<Vec<_>>());
        let all: HashSet<CommentId> = shows.iter().map(|it| self.model.id(*it)).collect();
        assert!(seen.is_subset(&all), "something was shown that should not");
    }

    async fn compare_pending(&self, page: usize, thread: ThreadId) {
        let waits = |it: &&super::model::Said| {
            let pending = matches!(it.standing, Standing::Pending(_));
            let waiting = it.standing == Standing::Published && it.waiting.is_some();
            it.post.page == page && it.removed.is_none() && (pending || waiting)
        };
        let expected: Vec<(CommentId, String)> =
            self.model.comments.iter().filter(waits).map(|it| (it.id, it.latest.to_string())).collect();
        let found = self.world.store.pending(self.world.site.id, thread, 1_000).await.unwrap();
        assert_eq!(found.iter().map(|it| (it.id, said(it))).collect::<Vec<_>>(), expected);
    }

    async fn compare_mine(&self, page: usize, thread: ThreadId) {
        for by in 0..PEOPLE {
            let theirs = |it: &&super::model::Said| {
                let hidden = it.removed.is_none() && (!it.is_public() || it.waiting.is_some());
                it.post.page == page && it.post.by == by && hidden
            };
            let mut expected: Vec<CommentId> =
                self.model.comments.iter().filter(theirs).map(|it| it.id).collect();
            expected.reverse();
            // From tomorrow on, nothing is recent.
            let since = self.world.now().plus(std::time::Duration::from_secs(24 * 60 * 60));
            let who = self.people[by].mineness();
            let mine = self.world.store.mine(self.world.site.id, thread, who, since).await.unwrap();
            assert_eq!(mine.comments.iter().map(|it| it.id).collect::<Vec<_>>(), expected);
            let likes = |it: &&super::model::Said| it.post.page == page && it.likes.contains(&by);
            let expected: HashSet<CommentId> =
                self.model.comments.iter().filter(likes).map(|it| it.id).collect();
            assert_eq!(mine.liked.into_iter().collect::<HashSet<_>>(), expected);
        }
    }

    async fn compare_trust(&self) {
        for by in MEMBERS..PEOPLE {
            let vouched = self.model.comments.iter().filter(|it| it.post.by == by && it.vouched).count();
            let guest =
                self.world.store.guest(self.world.site.id, self.people[by].token.unwrap()).await.unwrap();
            assert_eq!(guest.map_or(0, |guest| guest.approved as usize), vouched);
        }
    }
}

/// A comment of the store, as the model writes them.
fn shown(comment: &Comment) -> String {
    if !comment.is_public() {
        return format!("{} removed by {:?}", comment.id, comment.removal.map(|it| it.by));
    }
    let number = comment.number.map(|it| it.0);
    format!("{} #{number:?} {} {:?} {}", comment.id, said(comment), comment.edited_at, comment.score())
}
