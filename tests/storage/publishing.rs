//! Writing comments: checks in their order, numbers, places, repeats.

use std::time::Duration;

use afterword::domain::accounts::TokenHash;
use afterword::domain::comments::{RemovedBy, Verdict};
use afterword::domain::notices::{Notice, NoticeKind};
use afterword::domain::*;
use afterword::storage::comments::*;

use crate::support::world::*;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

conformance! {
    async fn the_first_comment_makes_its_thread(world: World) {
        let ada = world.member("Ada").await;
        assert_eq!(world.store.head(world.site.id, &page("/post")).await.unwrap(), None);
        let comment = world.post(&ada, "First!").await;
        let head = world.store.head(world.site.id, &page("/post")).await.unwrap().unwrap();
        assert_eq!(head.thread, comment.thread);
        let thread = world.thread(head.thread).await;
        assert_eq!(thread.version, head.version);
        assert_eq!(thread.published, 1);
        assert_eq!((thread.page, thread.url), (page("/post"), "https://blog.example/post".to_owned()));
        assert_eq!(comment.number, Some(Number(1)));
        assert_eq!((comment.root, comment.parent, comment.depth), (comment.place, None, 0));
        assert_eq!(world.comment(comment.id).await, comment);
        world.audit().await;
    }

    async fn a_reply_hangs_from_its_parent_and_counts_only_there(world: World) {
        let ada = world.member("Ada").await;
        let root = world.post(&ada, "root").await;
        let reply = world.reply(&ada, &root, "reply").await;
        let deeper = world.reply(&ada, &reply, "deeper").await;
        assert_eq!((deeper.root, deeper.depth), (root.place, 2));
        assert_eq!(deeper.parent.unwrap().id, reply.id);
        assert_eq!(world.comment(root.id).await.replies, 1);
        assert_eq!(world.comment(reply.id).await.replies, 1);
        assert_eq!(world.thread(root.thread).await.published, 3);
        world.audit().await;
    }

    async fn every_visible_write_moves_the_version_and_the_head_knows(world: World) {
        let ada = world.member("Ada").await;
        let first = world.post(&ada, "one").await;
        let mut before = world.version(first.thread).await;
        world.post(&ada, "two").await;
        let head = world.store.head(world.site.id, &page("/post")).await.unwrap().unwrap();
        assert!(head.version > before);
        before = head.version;
        world.hold(&world.guest("Bob"), None, "held").await;
        assert_eq!(world.version(first.thread).await, before, "nobody sees a held comment");
        world.remove(first.id, RemovedBy::Author).await;
        assert!(world.version(first.thread).await > before);
    }

    async fn an_unknown_parent_is_refused(world: World) {
        let ada = world.member("Ada").await;
        let nowhere = CommentId::from_random(world.unique());
        let draft = world.draft(&ada, Some(nowhere), "to nobody");
        assert_eq!(world.publish(draft).await.unwrap(), Err(Refusal::UnknownParent));
        assert_eq!(world.store.head(world.site.id, &page("/post")).await.unwrap(), None, "no thread was made");
    }

    async fn a_parent_on_another_page_or_site_is_refused(world: World) {
        let ada = world.member("Ada").await;
        let elsewhere = NewPage { is_settled: true,
            key: page("/other"),
            url: "https://blog.example/other".into(),
            title: String::new(),
        };
        let root = world.publish_new(NewComment { page: elsewhere, ..world.draft(&ada, None, "there") }).await;
        let draft = world.draft(&ada, Some(root.id), "here");
        assert_eq!(world.publish(draft.clone()).await.unwrap(), Err(Refusal::ParentElsewhere), "no thread yet");
        world.post(&ada, "here first").await;
        assert_eq!(world.publish(draft.clone()).await.unwrap(), Err(Refusal::ParentElsewhere));
        let other_site = world.add_site("other").await;
        let draft = NewComment { site: other_site.id, ..draft };
        assert_eq!(world.publish(draft).await.unwrap(), Err(Refusal::ParentElsewhere));
    }

    async fn a_parent_that_is_not_public_is_unknown_to_all_but_its_author(world: World) {
        let (ada, bob) = (world.member("Ada").await, world.guest("Bob"));
        let held = world.hold(&bob, None, "held").await;
        let draft = world.draft(&ada, Some(held.id), "I saw that");
        assert_eq!(world.publish(draft).await.unwrap(), Err(Refusal::UnknownParent));
        let own = world.hold(&bob, Some(&held), "and another thing").await;
        assert_eq!(own.parent.unwrap().id, held.id);

        let root = world.post(&ada, "soon gone").await;
        world.remove(root.id, RemovedBy::Author).await;
        let draft = world.draft(&world.stranger(), Some(root.id), "too late");
        assert_eq!(world.publish(draft).await.unwrap(), Err(Refusal::UnknownParent));
        world.audit().await;
    }

    async fn a_closed_thread_takes_comments_from_staff_only(world: World) {
        let ada = world.member("Ada").await;
        let root = world.post(&ada, "root").await;
        let closed = world.store.set_closed(world.site.id, root.thread, true, world.owner, world.now()).await;
        assert!(closed.unwrap().unwrap().closed.is_some());
        let draft = world.draft(&ada, None, "late");
        assert_eq!(world.publish(draft).await.unwrap(), Err(Refusal::ThreadClosed));
        let owner = Person { author: Author::Account(world.owner), token: None };
        world.post(&owner, "a last word").await;
        world.store.set_closed(world.site.id, root.thread, false, world.owner, world.now()).await.unwrap().unwrap();
        world.post(&ada, "open again").await;
    }

    async fn the_same_text_by_the_same_author_to_the_same_parent_within_a_day_is_a_duplicate(world: World) {
        let (ada, bob) = (world.member("Ada").await, world.member("Bob").await);
        let thanks = world.post(&ada, "Thanks!").await;
        let again = world.draft(&ada, None, "Thanks!");
        let duplicate = Err(Refusal::Duplicate { earlier: thanks.id });
        assert_eq!(world.publish(again.clone()).await.unwrap(), duplicate);
        world.post(&bob, "Thanks!").await;
        world.reply(&ada, &thanks, "Thanks!").await;
        world.reply(&ada, &world.post(&bob, "other").await, "Thanks!").await;

        world.pass(DAY - Duration::from_secs(1));
        let again = NewComment { posted_at: world.now(), ..again };
        assert_eq!(world.publish(again.clone()).await.unwrap(), duplicate);
        world.pass(Duration::from_secs(1));
        world.publish_new(NewComment { posted_at: world.now(), ..again }).await;
        world.audit().await;
    }

    async fn the_same_text_on_another_page_is_no_duplicate(world: World) {
        let ada = world.member("Ada").await;
        world.post(&ada, "First!").await;
        let elsewhere = NewPage { is_settled: true, key: page("/other"), url: "https://blog.example/other".into(), title: String::new() };
        world.publish_new(NewComment { page: elsewhere, ..world.draft(&ada, None, "First!") }).await;
    }

    async fn what_was_removed_or_edited_may_be_said_again(world: World) {
        let ada = world.member("Ada").await;
        let removed = world.post(&ada, "one").await;
        world.remove(removed.id, RemovedBy::Author).await;
        world.post(&ada, "one").await;

        let edited = world.post(&ada, "two").await;
        world.edit(edited.id, "three", Standing::Published).await;
        world.post(&ada, "two").await;
        let draft = world.draft(&ada, None, "three");
        assert_eq!(world.publish(draft).await.unwrap(), Err(Refusal::Duplicate { earlier: edited.id }));
    }

    async fn a_repeated_request_answers_what_it_answered(world: World) {
        let ada = world.member("Ada").await;
        let idempotency = Some(Idempotency { key: "k1".into(), request: TokenHash([1; 32]) });
        let draft = NewComment { idempotency, ..world.draft(&ada, None, "once") };
        let first = world.publish_new(draft.clone()).await;
        // The retry is a request of its own, with an id of its own.
        let retry = NewComment { id: CommentId::from_random(world.unique()), ..draft.clone() };
        let again = world.publish(retry.clone()).await.unwrap().unwrap();
        assert_eq!(again, Posted::Repeat(Box::new(first.clone())));
        assert_eq!(world.thread(first.thread).await.published, 1);

        let edited = world.edit(first.id, "once, edited", Standing::Published).await;
        let again = world.publish(retry.clone()).await.unwrap().unwrap();
        assert_eq!(again, Posted::Repeat(Box::new(edited)), "as it is now");

        let other = Some(Idempotency { key: "k1".into(), request: TokenHash([2; 32]) });
        let reused = NewComment { idempotency: other.clone(), ..world.draft(&ada, None, "twice") };
        assert_eq!(world.publish(reused.clone()).await.unwrap(), Err(Refusal::KeyReused));
        let bob = world.member("Bob").await;
        world.publish_new(NewComment { idempotency: other, ..world.draft(&bob, None, "twice") }).await;
        world.pass(DAY);
        world.publish_new(NewComment { posted_at: world.now(), ..reused }).await;
    }

    async fn a_repeat_is_answered_even_if_the_thread_was_closed_since(world: World) {
        let ada = world.member("Ada").await;
        let idempotency = Some(Idempotency { key: "k1".into(), request: TokenHash([1; 32]) });
        let draft = NewComment { idempotency, ..world.draft(&ada, None, "once") };
        let first = world.publish_new(draft.clone()).await;
        world.store.set_closed(world.site.id, first.thread, true, world.owner, world.now()).await.unwrap().unwrap();
        let again = world.publish(draft).await.unwrap().unwrap();
        assert_eq!(again, Posted::Repeat(Box::new(first)));
    }

    async fn a_guests_lost_first_answer_can_be_repeated_before_they_know_their_session(world: World) {
        let bob = world.guest("Bob");
        let idempotency = Some(Idempotency { key: "k1".into(), request: TokenHash([1; 32]) });
        let draft = NewComment { idempotency, standing: HELD, ..world.draft(&bob, None, "hello") };
        let first = world.publish_new(draft.clone()).await;
        // The server gave the retry another guest id: it did not know the token when it was asked.
        let stranger = Author::Guest { id: GuestId::from_random(world.unique()), name: name("Bob") };
        let retry = NewComment { author: stranger, ..draft };
        assert_eq!(world.publish(retry).await.unwrap().unwrap(), Posted::Repeat(Box::new(first)));
    }

    async fn numbers_are_given_at_first_publication_and_never_again(world: World) {
        let (ada, bob) = (world.member("Ada").await, world.guest("Bob"));
        let held = world.hold(&bob, None, "held").await;
        assert_eq!(held.number, None);
        assert_eq!(world.post(&ada, "one").await.number, Some(Number(1)));
        let two = world.post(&ada, "two").await;
        world.remove(two.id, RemovedBy::Author).await;
        assert_eq!(world.moderate(held.id, Verdict::Approve).await.unwrap().number, Some(Number(3)));
        world.moderate(held.id, Verdict::Spam).await.unwrap();
        assert_eq!(world.moderate(held.id, Verdict::Approve).await.unwrap().number, Some(Number(3)));
        assert_eq!(world.post(&ada, "four").await.number, Some(Number(4)));
        world.audit().await;
    }

    async fn places_grow_when_the_clock_is_set_back(world: World) {
        let ada = world.member("Ada").await;
        let first = world.post(&ada, "one").await;
        assert_eq!(first.place.0, u64::try_from(first.posted_at.as_millis()).unwrap());
        world.set_back(Duration::from_secs(3600));
        let second = world.post(&ada, "two").await;
        assert_eq!(second.place.0, first.place.0 + 1);
        assert!(second.posted_at < first.posted_at);
        world.pass(Duration::from_secs(7200));
        let third = world.post(&ada, "three").await;
        assert!(third.place > second.place);
        let page = world.first_page(first.thread, Order::Oldest, WHOLE).await;
        assert_eq!(drawn(&page.conversations), ["one", "two", "three"]);
    }

    async fn comments_of_one_millisecond_have_places_of_their_own(world: World) {
        let ada = world.member("Ada").await;
        let drafts: Vec<_> = (0..20).map(|n| world.draft(&ada, None, &format!("{n}"))).collect();
        let mut places = vec![];
        for draft in drafts {
            places.push(world.publish_new(draft).await.place);
        }
        let mut sorted = places.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(places, sorted);
    }

    async fn an_edit_adds_a_revision_and_shows(world: World) {
        let ada = world.member("Ada").await;
        let comment = world.post(&ada, "teh").await;
        let before = world.version(comment.thread).await;
        world.pass(Duration::from_secs(60));
        let edited = world.edit(comment.id, "the", Standing::Published).await;
        assert_eq!((said(&edited), edited.edited_at, edited.revisions), ("the".into(), Some(world.now()), 2));
        assert!(world.version(comment.thread).await > before);
        let texts = world.store.revisions(world.site.id, comment.id).await.unwrap();
        let texts: Vec<_> = texts.iter().map(|it| (it.number, it.markdown.as_str())).collect();
        assert_eq!(texts, [(1, "teh"), (2, "the")]);
        let other = world.add_site("other").await;
        assert_eq!(world.store.revisions(other.id, comment.id).await.unwrap(), []);
        world.audit().await;
    }

    async fn a_held_edit_waits_while_the_earlier_text_shows(world: World) {
        let ada = world.member("Ada").await;
        let comment = world.post(&ada, "plain").await;
        let before = world.version(comment.thread).await;
        let held = world.edit(comment.id, "with links", Standing::Pending(PendingReason::ManyLinks)).await;
        assert_eq!((said(&held).as_str(), held.waiting_revision, held.standing), ("plain", Some(2), Standing::Published));
        assert_eq!(world.version(comment.thread).await, before);
        let waiting = world.store.pending(world.site.id, comment.thread, 10).await.unwrap();
        assert_eq!(waiting.iter().map(said).collect::<Vec<_>>(), ["with links"], "the text to decide on");

        let newer = world.edit(comment.id, "with other links", Standing::Pending(PendingReason::ManyLinks)).await;
        assert_eq!(newer.waiting_revision, Some(3));
        world.audit().await;
        let approved = world.moderate(comment.id, Verdict::Approve).await.unwrap();
        assert_eq!((said(&approved).as_str(), approved.waiting_revision), ("with other links", None));
        assert!(world.version(comment.thread).await > before);
        world.audit().await;
    }

    async fn a_published_edit_takes_the_place_of_a_waiting_one(world: World) {
        let ada = world.member("Ada").await;
        let comment = world.post(&ada, "one").await;
        world.edit(comment.id, "two", Standing::Pending(PendingReason::ManyLinks)).await;
        let edited = world.edit(comment.id, "three", Standing::Published).await;
        assert_eq!((said(&edited).as_str(), edited.waiting_revision), ("three", None));
        let waiting = world.store.pending(world.site.id, comment.thread, 10).await.unwrap();
        assert_eq!(waiting, []);
        world.audit().await;
    }

    async fn an_edit_of_a_held_comment_replaces_its_text_and_cannot_undo_a_moderator(world: World) {
        let bob = world.guest("Bob");
        let held = world.hold(&bob, None, "one").await;
        let edited = world.edit(held.id, "two", HELD).await;
        assert_eq!((said(&edited).as_str(), edited.standing, edited.edited_at), ("two", HELD, None));
        world.moderate(held.id, Verdict::Spam).await.unwrap();
        let edited = world.edit(held.id, "three", Standing::Published).await;
        assert_eq!(edited.standing, Standing::Spam);
        world.audit().await;
    }

    async fn what_is_gone_cannot_be_edited(world: World) {
        let ada = world.member("Ada").await;
        let comment = world.post(&ada, "one").await;
        let edit = |id| Edit { comment: id, body: text("x"), markdown: "x".into(), edited_at: world.now(), standing: Standing::Published };
        let other = world.add_site("other").await;
        assert_eq!(world.store.edit(other.id, edit(comment.id)).await.unwrap(), Err(Refusal::UnknownComment));
        world.remove(comment.id, RemovedBy::Author).await;
        assert_eq!(world.store.edit(world.site.id, edit(comment.id)).await.unwrap(), Err(Refusal::UnknownComment));
        let nowhere = CommentId::from_random(world.unique());
        assert_eq!(world.store.edit(world.site.id, edit(nowhere)).await.unwrap(), Err(Refusal::UnknownComment));
    }

    async fn a_guest_is_made_with_their_first_comment_and_belongs_to_one_site(world: World) {
        let bob = world.guest("Bob");
        let token = bob.token.unwrap();
        assert_eq!(world.store.guest(world.site.id, token).await.unwrap(), None);
        world.hold(&bob, None, "hello").await;
        let guest = world.store.guest(world.site.id, token).await.unwrap().unwrap();
        assert_eq!((guest.id, guest.name, guest.approved), (bob.guest(), name("Bob"), 0));
        let other = world.add_site("other").await;
        assert_eq!(world.store.guest(other.id, token).await.unwrap(), None);

        let renamed = Author::Guest { id: GuestId::from_random(world.unique()), name: name("Robert") };
        let draft = NewComment { author: renamed, standing: HELD, ..world.draft(&bob, None, "me again") };
        let comment = world.publish_new(draft).await;
        assert_eq!(comment.author, Author::Guest { id: bob.guest(), name: name("Robert") });
        assert_eq!(world.store.guest(world.site.id, token).await.unwrap().unwrap().name, name("Robert"));
        world.audit().await;
    }

    async fn a_member_is_counted_when_a_comment_of_theirs_is_first_published(world: World) {
        let ada = world.member("Ada").await;
        assert_eq!(world.store.member(world.site.id, ada.account()).await.unwrap(), None);
        let held = world.hold(&ada, None, "held").await;
        let member = async || world.store.member(world.site.id, ada.account()).await.unwrap().unwrap();
        assert_eq!(member().await.published, 0);
        world.moderate(held.id, Verdict::Approve).await.unwrap();
        world.moderate(held.id, Verdict::Spam).await.unwrap();
        world.moderate(held.id, Verdict::Approve).await.unwrap();
        world.post(&ada, "another").await;
        assert_eq!(member().await.published, 2);
        world.audit().await;
    }

    async fn notices_are_queued_with_the_comment(world: World) {
        let ada = world.member("Ada").await;
        let notice = Notice { to: email("olga@example.org"), kind: NoticeKind::Test, expires_at: None };
        let draft = NewComment { notices: vec![notice.clone()], ..world.draft(&ada, None, "hello") };
        world.publish_new(draft.clone()).await;
        assert!(world.publish(draft).await.unwrap().is_err(), "a duplicate");
        let due = world.store.due(world.now(), 100).await.unwrap();
        assert_eq!(due.iter().filter(|it| it.notice == notice).count(), 1);
    }

    async fn a_hundred_writers_at_once_lose_nothing(world: World) {
        let ada = world.member("Ada").await;
        let root = world.post(&ada, "root").await;
        let mut writers = vec![];
        for n in 0..100 {
            let (store, draft) = (world.store.clone(), world.draft(&ada, Some(root.id), &format!("reply {n}")));
            writers.push(tokio::spawn(async move { store.publish(draft).await.unwrap().unwrap() }));
        }
        let mut numbers = vec![];
        for writer in writers {
            let Posted::New(comment) = writer.await.unwrap() else { panic!("a repeat") };
            numbers.push(comment.number.unwrap().0);
        }
        numbers.sort_unstable();
        assert_eq!(numbers, (2..=101).collect::<Vec<_>>());
        assert_eq!(world.comment(root.id).await.replies, 100);
        assert_eq!(world.thread(root.thread).await.published, 101);
        let figures = world.store.figures();
        assert!(figures.commits < figures.units, "some shared a commit: {figures:?}");
        world.audit().await;
    }
}
