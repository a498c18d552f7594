//! A guest who signs in: what they wrote becomes the account's.

use afterword::domain::comments::{RemovedBy, Verdict};
use afterword::domain::document::{Block, Href, Inline};
use afterword::domain::*;
use afterword::storage::comments::NewComment;
use afterword::storage::guests::{Claim, Claimed};

use crate::support::world::*;

impl World {
    /// Signs in with this address, and brings the guest's token along.
    pub async fn claim_as(&self, address: &str, guest: &Person) -> Claimed {
        self.claim_for(address, AccountId::from_random(self.unique()), guest).await
    }

    /// The same, for an account that is made under this id if the address is new.
    pub async fn claim_for(&self, address: &str, id: AccountId, guest: &Person) -> Claimed {
        let code = self.email_code(&email(address));
        self.store.start_email_code(code.clone(), test_notice(&email(address))).await.unwrap();
        let name = match &guest.author {
            Author::Guest { name, .. } => Some(name.clone()),
            _ => None,
        };
        let claim = Claim { token: guest.token.unwrap(), name };
        let session = self.widget_session(id);
        let answer =
            self.store.redeem_email_code_as_guest(presented(&code), id, session, claim, self.now()).await;
        answer.unwrap().unwrap()
    }
}

fn with_links(count: usize) -> Document {
    let href = Href::parse("https://a.example/").unwrap();
    let link = || Inline::Link { href: href.clone(), children: vec![Inline::Text("a".to_owned())] };
    Document { blocks: vec![Block::Paragraph((0..count).map(|_| link()).collect())] }
}

conformance! {
    async fn what_a_guest_wrote_becomes_the_accounts_and_what_waited_is_published(world: World) {
        let guest = world.guest("Gil");
        let first = world.hold(&guest, None, "first").await;
        let second = world.hold(&guest, None, "second").await;
        let before = world.version(first.thread).await;
        let claimed = world.claim_as("gil@example.org", &guest).await;
        assert_eq!(claimed.comments, 2);
        assert_eq!(claimed.account.name, Some(name("Gil")), "the account is called as the guest was");
        for (comment, number) in [(&first, 1), (&second, 2)] {
            let now = world.comment(comment.id).await;
            assert_eq!(now.author, Author::Account(claimed.account.id));
            assert_eq!((now.standing, now.number), (Standing::Published, Some(Number(number))));
        }
        assert!(world.version(first.thread).await > before);
        let member = world.store.member(world.site.id, claimed.account.id).await.unwrap().unwrap();
        assert_eq!(member.published, 2);
        assert_eq!(world.store.guest(world.site.id, guest.token.unwrap()).await.unwrap(), None, "the guest is no more");
        world.audit().await;

        let again = world.claim_as("eve@example.org", &guest).await;
        assert_eq!(again.comments, 0, "the token is worth nothing any more");
        assert_eq!(world.comment(first.id).await.author, Author::Account(claimed.account.id));
        // Who says it again is told that they did.
        let me = Person { author: Author::Account(claimed.account.id), token: None };
        let repeated = world.publish(world.draft(&me, None, "first")).await.unwrap();
        assert_eq!(repeated.map(|_| ()), Err(Refusal::Duplicate { earlier: first.id }));
        world.audit().await;
    }

    async fn what_showed_already_changes_hands_and_moves_the_version(world: World) {
        let guest = world.guest("Gil");
        let shown = world.post(&guest, "shown").await;
        world.moderate(shown.id, Verdict::Approve).await.unwrap();
        let before = world.version(shown.thread).await;
        let claimed = world.claim_as("gil@example.org", &guest).await;
        assert!(world.version(shown.thread).await > before, "readers see another author");
        assert_eq!(world.comment(shown.id).await.number, shown.number);
        let member = world.store.member(world.site.id, claimed.account.id).await.unwrap().unwrap();
        assert_eq!(member.published, 1);
        world.audit().await;
    }

    async fn what_a_moderator_decided_stands(world: World) {
        let guest = world.guest("Gil");
        let spam = world.hold(&guest, None, "spam").await;
        let removed = world.hold(&guest, None, "removed").await;
        let own = world.hold(&guest, None, "removed by its author").await;
        let back = world.publish_new(NewComment {
            standing: Standing::Pending(PendingReason::ByModerator),
            ..world.draft(&guest, None, "put back")
        }).await;
        world.moderate(spam.id, Verdict::Spam).await.unwrap();
        world.remove(removed.id, RemovedBy::Moderator).await;
        world.remove(own.id, RemovedBy::Author).await;
        assert_eq!(world.claim_as("gil@example.org", &guest).await.comments, 4);
        assert_eq!(world.comment(spam.id).await.standing, Standing::Spam);
        for comment in [removed.id, own.id] {
            assert!(world.comment(comment).await.removal.is_some());
            assert_eq!(world.comment(comment).await.number, None);
        }
        assert_eq!(world.comment(back.id).await.standing, Standing::Pending(PendingReason::ByModerator));
        assert_eq!(world.thread(spam.thread).await.published, 0);
        world.audit().await;
    }

    async fn the_rules_for_members_hold(world: World) {
        let guest = world.guest("Gil");
        let link = |count: usize, text: &str| NewComment {
            standing: HELD, body: with_links(count), ..world.draft(&guest, None, text)
        };
        // In the order in which they were written: the first has a link, the second makes them known.
        let first = world.publish_new(link(1, "a first link")).await;
        let plain = world.hold(&guest, None, "plain").await;
        let later = world.publish_new(link(1, "a later link")).await;
        let many = world.publish_new(link(3, "many links")).await;
        world.claim_as("gil@example.org", &guest).await;
        for (comment, standing) in [
            (first, Standing::Pending(PendingReason::FirstWithLink)),
            (plain, Standing::Published),
            (later, Standing::Published),
            (many, Standing::Pending(PendingReason::ManyLinks)),
        ] {
            assert_eq!(world.comment(comment.id).await.standing, standing, "{comment:?}");
        }
        world.audit().await;
    }

    async fn a_watched_member_stays_watched_and_a_banned_one_claims_nothing(world: World) {
        for (standing, claimed, expected) in [
            (MemberStanding::Watched, 1, Standing::Pending(PendingReason::Watched)),
            (MemberStanding::Muted, 1, Standing::Pending(PendingReason::Watched)),
            (MemberStanding::Banned, 0, HELD),
        ] {
            let (guest, address) = (world.guest("Gil"), format!("{claimed}-{standing:?}@example.org"));
            let account = world.claim_as(&address, &world.guest("Nobody")).await.account.id;
            let member = Member { standing, ..Member::new(world.site.id, account, world.now()) };
            world.store.set_member(member).await.unwrap();
            let comment = world.hold(&guest, None, &address).await;
            assert_eq!(world.claim_as(&address, &guest).await.comments, claimed, "{standing:?}");
            assert_eq!(world.comment(comment.id).await.standing, expected, "{standing:?}");
            world.audit().await;
        }
    }

    async fn an_edit_that_waited_is_judged_as_well(world: World) {
        let guest = world.guest("Gil");
        let comment = world.post(&guest, "before").await;
        let held = Standing::Pending(PendingReason::GuestLink);
        assert!(world.edit(comment.id, "after", held).await.waiting_revision.is_some());
        world.claim_as("gil@example.org", &guest).await;
        let now = world.comment(comment.id).await;
        assert_eq!((said(&now).as_str(), now.waiting_revision), ("after", None));
        world.audit().await;
    }

    async fn nobody_likes_what_turns_out_to_be_their_own(world: World) {
        let (guest, ada) = (world.guest("Gil"), world.member("Ada").await);
        let account = world.claim_as("gil@example.org", &world.guest("Nobody")).await.account.id;
        let me = Person { author: Author::Account(account), token: None };
        let comment = world.post(&guest, "mine").await;
        for who in [&me, &ada] {
            world.like(comment.id, who, true).await.unwrap();
        }
        world.claim_as("gil@example.org", &guest).await;
        assert_eq!(world.comment(comment.id).await.likes, 1, "Ada's");
        assert_eq!(world.like(comment.id, &me, true).await.map(|_| ()), Err(Refusal::OwnComment));
        world.audit().await;
    }

    async fn a_wrong_code_claims_nothing(world: World) {
        let guest = world.guest("Gil");
        let comment = world.hold(&guest, None, "mine").await;
        let code = world.email_code(&email("eve@example.org"));
        world.store.start_email_code(code.clone(), test_notice(&code.email)).await.unwrap();
        let wrong = afterword::storage::sessions::PresentedCode { code: world.token(), ..presented(&code) };
        let id = AccountId::from_random(world.unique());
        let claim = Claim { token: guest.token.unwrap(), name: None };
        let session = world.widget_session(id);
        let answer = world.store.redeem_email_code_as_guest(wrong, id, session, claim, world.now()).await.unwrap();
        assert!(matches!(answer, Err(Refusal::WrongCode { .. })));
        assert_eq!(world.comment(comment.id).await, comment);
        assert!(world.store.guest(world.site.id, guest.token.unwrap()).await.unwrap().is_some());
    }

    async fn only_the_codes_own_site_is_claimed(world: World) {
        let guest = world.guest("Gil");
        world.hold(&guest, None, "here").await;
        let second = world.add_site("second").await;
        let there = world.publish_new(NewComment {
            site: second.id, standing: HELD, ..world.draft(&guest, None, "there")
        }).await;
        world.claim_as("gil@example.org", &guest).await;
        let there = world.store.comment(second.id, there.id).await.unwrap().unwrap();
        assert!(matches!(there.author, Author::Guest { .. }), "{there:?}");
        assert_eq!(there.standing, HELD);
    }

    async fn a_guest_who_wrote_very_much_is_claimed_in_chunks_that_a_restart_does_not_stop(world: World) {
        let guest = world.guest("Gil");
        let mut last = None;
        for n in 0..450 {
            last = Some(world.hold(&guest, None, &n.to_string()).await);
        }
        let thread = last.as_ref().unwrap().thread;
        let claimed = world.claim_as("gil@example.org", &guest).await;
        assert_eq!((claimed.comments, world.thread(thread).await.published), (450, 200));
        // The first of a round goes on, and the round ends; the next one does the rest.
        for published in [400, 450, 450] {
            world.store.prune(world.now(), 1).await.unwrap();
            assert_eq!(world.thread(thread).await.published, published);
            world.audit().await;
        }
        assert_eq!(world.comment(last.unwrap().id).await.author, Author::Account(claimed.account.id));
    }
}
