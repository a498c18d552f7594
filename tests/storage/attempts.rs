//! Wrong passwords, known browsers, second factors, and what is kept about somebody.

use std::time::Duration;

use afterword::domain::second_factors::{SecondProof, SharedSecret};
use afterword::domain::*;
use afterword::storage::second_factors::TurnedOn;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

conformance! {
    async fn failures_in_a_row_are_counted_up_to_their_number_and_a_success_begins_anew(world: World) {
        let subject = world.token();
        let begin = async || world.store.begin_attempt(subject, 3, world.now()).await.unwrap();
        assert!(begin().await && begin().await && begin().await);
        assert!(!begin().await, "that was the last one");
        world.store.withdraw_attempt(subject).await.unwrap();
        assert!(begin().await, "one was never made");
        assert!(!begin().await);
        world.store.forget_attempts(subject).await.unwrap();
        assert!(begin().await);
        assert!(world.store.begin_attempt(world.token(), 3, world.now()).await.unwrap(), "each for itself");
    }

    async fn counts_and_browsers_are_forgotten_when_nobody_comes_back(world: World) {
        let (subject, device) = (world.token(), world.token());
        let ada = world.member("Ada").await.account();
        world.store.begin_attempt(subject, 1, world.now()).await.unwrap();
        world.store.remember_device(ada, device, world.now()).await.unwrap();
        world.pass(89 * DAY);
        world.store.prune_sessions(world.now(), 1_000).await.unwrap();
        assert!(!world.store.begin_attempt(subject, 1, world.now()).await.unwrap());
        world.store.remember_device(ada, device, world.now()).await.unwrap();
        world.pass(2 * DAY);
        world.store.prune_sessions(world.now(), 1_000).await.unwrap();
        assert!(world.store.begin_attempt(subject, 1, world.now()).await.unwrap());
        world.pass(100 * DAY);
        world.store.prune_sessions(world.now(), 1_000).await.unwrap();
        assert!(world.store.knows_device(ada, device, world.now()).await.unwrap(), "it came back on day 89");
        world.pass(100 * DAY);
        assert!(!world.store.knows_device(ada, device, world.now()).await.unwrap());
        world.store.prune_sessions(world.now(), 1_000).await.unwrap();
        assert_eq!(world.store.holdings(ada, world.now()).await.unwrap().known_devices, 0);
    }

    async fn a_browser_is_known_to_the_account_it_signed_in_to_only(world: World) {
        let (ada, bob) = (world.member("Ada").await.account(), world.member("Bob").await.account());
        let device = world.token();
        world.store.remember_device(ada, device, world.now()).await.unwrap();
        assert!(world.store.knows_device(ada, device, world.now()).await.unwrap());
        assert!(!world.store.knows_device(bob, device, world.now()).await.unwrap());
        assert!(!world.store.knows_device(ada, world.token(), world.now()).await.unwrap());
    }

    async fn a_second_factor_is_on_once_confirmed_and_each_proof_is_good_once(world: World) {
        let ada = world.member("Ada").await.account();
        let paper = [world.token(), world.token()];
        let turned_on = || TurnedOn {
            secret: SharedSecret(vec![1; 20]),
            step: 7,
            recovery: paper.to_vec(),
            session: world.widget_session(ada),
            tell: None,
            at: world.now(),
        };
        let on = world.store.turn_on_second_factor(ada, turned_on()).await.unwrap();
        assert_eq!(on, Err(Refusal::CodeGone), "nothing was offered");
        world.store.offer_second_factor(ada, SharedSecret(vec![1; 20])).await.unwrap().unwrap();
        assert_eq!(world.store.private_facts(ada).await.unwrap().unwrap().second_factor, None);
        let other = TurnedOn { secret: SharedSecret(vec![2; 20]), ..turned_on() };
        let refused = world.store.turn_on_second_factor(ada, other).await.unwrap();
        assert_eq!(refused, Err(Refusal::CodeGone), "a code of another secret");
        world.store.turn_on_second_factor(ada, turned_on()).await.unwrap().unwrap();
        let sessions = world.store.sessions_of(ada, world.now()).await.unwrap();
        assert_eq!(sessions.len(), 1, "the one that goes on");

        let spend = async |proof| world.store.spend_second_proof(ada, proof).await.unwrap();
        assert!(!spend(SecondProof::Step(7)).await, "the code that confirmed it");
        assert!(spend(SecondProof::Step(8)).await);
        assert!(!spend(SecondProof::Step(8)).await);
        assert!(spend(SecondProof::Recovery(paper[0])).await);
        assert!(!spend(SecondProof::Recovery(paper[0])).await);
        let fresh = world.token();
        world.store.set_recovery_codes(ada, vec![fresh]).await.unwrap().unwrap();
        assert!(!spend(SecondProof::Recovery(paper[1])).await, "the old ones are worth nothing");
        assert!(spend(SecondProof::Recovery(fresh)).await);
        world.store.turn_off_second_factor(ada, None, world.now()).await.unwrap();
        assert!(!spend(SecondProof::Step(99)).await);
        let facts = world.store.private_facts(ada).await.unwrap().unwrap();
        assert!(facts.email.is_some() && facts.offered_secret.is_none(), "nothing else was touched");
    }

    async fn use_of_a_session_keeps_it_from_being_idle(world: World) {
        let ada = world.member("Ada").await.account();
        let session = world.session(ada, afterword::domain::sessions::Scope::FirstParty);
        world.store.add_session(session.clone()).await.unwrap();
        world.pass(29 * DAY);
        world.store.touch_session(session.session.id, world.now()).await.unwrap();
        world.pass(29 * DAY);
        assert!(world.store.presented(session.refresh, world.now()).await.unwrap().is_some());
        world.store.end_session(session.session.id).await.unwrap();
        world.store.touch_session(session.session.id, world.now()).await.unwrap();
        assert!(world.store.session(session.session.id).await.unwrap().is_none(), "gone stays gone");
    }
}
