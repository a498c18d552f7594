//! Signing in: codes, refresh tokens, sessions and how they end.

use std::time::Duration;

use afterword::domain::sessions::*;
use afterword::domain::*;
use afterword::storage::sessions::*;

use crate::support::world::*;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn ada() -> Email {
    email("Ada@example.org")
}

/// A sign-in that waits for its code.
async fn started(world: &World, to: &Email) -> EmailCode {
    let code = world.email_code(to);
    world.store.start_email_code(code.clone(), test_notice(to)).await.unwrap();
    code
}

async fn redeem(world: &World, presented: PresentedCode) -> Result<(Account, Session), Refusal> {
    let account = AccountId::from_random(world.unique());
    let session = world.widget_session(account);
    world.store.redeem_email_code(presented, account, session, world.now()).await.unwrap()
}

/// The same sign-in with another code.
fn wrong(world: &World, code: &EmailCode) -> PresentedCode {
    PresentedCode { code: world.token(), ..presented(code) }
}

/// Somebody who is signed in, and their first token.
async fn signed_in(world: &World) -> (Account, NewSession) {
    let code = started(world, &email(&format!("{}@example.org", world.unique::<1>()[0]))).await;
    let session = world.widget_session(AccountId::from_random(world.unique()));
    let answer = world
        .store
        .redeem_email_code(presented(&code), session.session.account, session.clone(), world.now())
        .await;
    let (account, stored) = answer.unwrap().unwrap();
    (account, NewSession { session: stored, refresh: session.refresh })
}

/// What the popup left for the widget of a site.
async fn left_by_popup(world: &World, account: AccountId) -> ExchangeCode {
    let code = ExchangeCode {
        code: world.token(),
        pasted: world.token(),
        challenge: world.token(),
        site: world.site.id,
        origin: origin("https://blog.example"),
        account,
        epoch: world.store.account(account).await.unwrap().map_or(0, |account| account.epoch),
        created_at: world.now(),
        wrong_tries: 0,
        redeemed: None,
        via: Via::Password,
        suggested_name: None,
    };
    world.store.add_exchange_code(code.clone()).await.unwrap();
    code
}

fn brought_back(code: &ExchangeCode) -> PresentedCode {
    let ExchangeCode { challenge, code, site, origin, .. } = code.clone();
    PresentedCode { challenge, code, site, origin }
}

fn pasted(code: &ExchangeCode) -> PresentedCode {
    PresentedCode { code: code.pasted, ..brought_back(code) }
}

async fn exchange(world: &World, presented: PresentedCode) -> Result<(Account, Session), Refusal> {
    let session = world.widget_session(AccountId::from_random([0; 16]));
    let answer = world.store.redeem_exchange_code(presented, session, world.now()).await.unwrap();
    answer.map(|it| (it.account, it.session))
}

async fn paste(world: &World, presented: PresentedCode) -> Result<(Account, Session), Refusal> {
    let session = world.widget_session(AccountId::from_random([0; 16]));
    let answer = world.store.redeem_pasted_code(presented, session, world.now()).await.unwrap();
    answer.map(|it| (it.account, it.session))
}

conformance! {
    async fn the_right_code_makes_an_account_and_its_session(world: World) {
        let code = started(&world, &ada()).await;
        let id = AccountId::from_random(world.unique());
        let session = world.widget_session(AccountId::from_random([0; 16]));
        let (account, stored) =
            world.store.redeem_email_code(presented(&code), id, session.clone(), world.now()).await.unwrap().unwrap();
        assert_eq!((account.id, &account.name, account.operator), (id, &None, false));
        assert_eq!((stored.account, stored.epoch, stored.id), (id, account.epoch, session.session.id));
        assert_eq!(world.store.session(stored.id).await.unwrap(), Some(stored));
        let facts = world.store.private_facts(id).await.unwrap().unwrap();
        assert_eq!((facts.email, facts.email_verified, facts.password), (Some(ada()), true, None));
        assert_eq!(world.store.account_by_email(&email("ADA@example.org")).await.unwrap(), Some(account));
        assert_eq!(redeem(&world, presented(&code)).await, Err(Refusal::CodeGone), "only once");
        world.audit().await;
    }

    async fn the_same_address_leads_to_the_same_account(world: World) {
        let first = redeem(&world, presented(&started(&world, &ada()).await)).await.unwrap().0;
        let second = redeem(&world, presented(&started(&world, &email("ada@example.org")).await)).await.unwrap().0;
        assert_eq!(first, second);
    }

    async fn the_mail_is_queued_with_the_code(world: World) {
        let before = world.store.due(world.now(), 100).await.unwrap().len();
        started(&world, &ada()).await;
        let due = world.store.due(world.now(), 100).await.unwrap();
        assert_eq!(due.len(), before + 1);
        assert_eq!(due.last().unwrap().notice.to, ada());
    }

    async fn five_wrong_codes_end_a_sign_in(world: World) {
        let code = started(&world, &ada()).await;
        for tries_left in [4, 3, 2, 1, 0] {
            assert_eq!(redeem(&world, wrong(&world, &code)).await, Err(Refusal::WrongCode { tries_left }));
        }
        assert_eq!(redeem(&world, presented(&code)).await, Err(Refusal::CodeGone), "the right one came too late");
        let again = started(&world, &ada()).await;
        redeem(&world, presented(&again)).await.unwrap();
    }

    async fn a_code_asked_for_again_under_the_same_challenge_has_all_its_tries(world: World) {
        let code = started(&world, &ada()).await;
        for _ in 0..4 {
            redeem(&world, wrong(&world, &code)).await.unwrap_err();
        }
        let again = EmailCode { code: world.token(), ..code.clone() };
        world.store.start_email_code(again.clone(), test_notice(&ada())).await.unwrap();
        assert_eq!(redeem(&world, presented(&code)).await, Err(Refusal::WrongCode { tries_left: 4 }), "the old code");
        redeem(&world, presented(&again)).await.unwrap();
    }

    async fn ten_wrong_codes_within_a_day_shut_an_address_out(world: World) {
        for _ in 0..2 {
            let code = started(&world, &ada()).await;
            for _ in 0..5 {
                assert!(matches!(redeem(&world, wrong(&world, &code)).await, Err(Refusal::WrongCode { .. })));
            }
            world.pass(Duration::from_secs(60));
        }
        let code = started(&world, &email("ADA@EXAMPLE.ORG")).await;
        let shut = redeem(&world, presented(&code)).await;
        assert_eq!(shut, Err(Refusal::TooManyWrongCodes), "even with the right code");
        let other = started(&world, &email("bob@example.org")).await;
        redeem(&world, presented(&other)).await.unwrap();
        world.pass(DAY);
        let code = started(&world, &ada()).await;
        redeem(&world, presented(&code)).await.unwrap();
    }

    async fn a_code_works_for_ten_minutes_on_its_own_site_and_origin(world: World) {
        let code = started(&world, &ada()).await;
        let other = world.add_site("other").await;
        let elsewhere = PresentedCode { site: other.id, ..presented(&code) };
        assert_eq!(redeem(&world, elsewhere).await, Err(Refusal::CodeGone));
        let elsewhere = PresentedCode { origin: origin("https://evil.example"), ..presented(&code) };
        assert_eq!(redeem(&world, elsewhere).await, Err(Refusal::CodeGone));
        let unknown = PresentedCode { challenge: world.token(), ..presented(&code) };
        assert_eq!(redeem(&world, unknown).await, Err(Refusal::CodeGone));
        world.pass(EMAIL_CODE_TTL - Duration::from_millis(1));
        redeem(&world, presented(&code)).await.unwrap();
        let late = started(&world, &ada()).await;
        world.pass(EMAIL_CODE_TTL);
        assert_eq!(redeem(&world, presented(&late)).await, Err(Refusal::CodeGone));
    }

    async fn an_exchange_code_is_good_once_for_the_widget_that_asked(world: World) {
        let (account, _) = signed_in(&world).await;
        let code = left_by_popup(&world, account.id).await;
        for other in [
            PresentedCode { challenge: world.token(), ..brought_back(&code) },
            PresentedCode { site: SiteId(99), ..brought_back(&code) },
            PresentedCode { origin: origin("https://evil.example"), ..brought_back(&code) },
            PresentedCode { code: world.token(), ..brought_back(&code) },
        ] {
            assert_eq!(exchange(&world, other).await, Err(Refusal::CodeGone));
        }
        world.pass(EXCHANGE_CODE_TTL - Duration::from_millis(1));
        let (who, session) = exchange(&world, brought_back(&code)).await.unwrap();
        assert_eq!((who.id, session.account), (account.id, account.id));

        let late = left_by_popup(&world, account.id).await;
        world.pass(EXCHANGE_CODE_TTL);
        assert_eq!(exchange(&world, brought_back(&late)).await, Err(Refusal::CodeGone));
    }

    async fn a_second_use_of_an_exchange_code_ends_the_session_of_the_first(world: World) {
        let (account, before) = signed_in(&world).await;
        let code = left_by_popup(&world, account.id).await;
        let (_, session) = exchange(&world, brought_back(&code)).await.unwrap();
        assert!(world.store.session(session.id).await.unwrap().is_some());
        assert_eq!(exchange(&world, brought_back(&code)).await, Err(Refusal::CodeGone));
        assert_eq!(world.store.session(session.id).await.unwrap(), None);
        assert!(world.store.session(before.session.id).await.unwrap().is_some(), "no other session");
        world.audit().await;
    }

    async fn what_ends_an_accounts_sessions_ends_its_codes_too(world: World) {
        let (account, _) = signed_in(&world).await;
        let code = left_by_popup(&world, account.id).await;
        world.store.end_all_sessions(account.id).await.unwrap();
        assert_eq!(exchange(&world, brought_back(&code)).await, Err(Refusal::CodeGone));
        assert_eq!(paste(&world, pasted(&code)).await, Err(Refusal::CodeGone));
        assert_eq!(world.store.sessions_of(account.id, world.now()).await.unwrap(), []);
    }

    async fn a_pasted_code_has_two_minutes_and_five_tries(world: World) {
        let (account, _) = signed_in(&world).await;
        let code = left_by_popup(&world, account.id).await;
        world.pass(PASTED_CODE_TTL - Duration::from_millis(1));
        let guess = || PresentedCode { code: world.token(), ..pasted(&code) };
        assert_eq!(paste(&world, guess()).await, Err(Refusal::WrongCode { tries_left: 4 }));
        let elsewhere = PresentedCode { origin: origin("https://evil.example"), ..pasted(&code) };
        assert_eq!(paste(&world, elsewhere).await, Err(Refusal::CodeGone));
        let (who, session) = paste(&world, pasted(&code)).await.unwrap();
        assert_eq!(who.id, account.id);
        assert_eq!(paste(&world, pasted(&code)).await, Err(Refusal::CodeGone), "a second use");
        assert_eq!(world.store.session(session.id).await.unwrap(), None);

        let tried = left_by_popup(&world, account.id).await;
        for tries_left in [4, 3, 2, 1, 0] {
            let guess = PresentedCode { code: world.token(), ..pasted(&tried) };
            assert_eq!(paste(&world, guess).await, Err(Refusal::WrongCode { tries_left }));
        }
        assert_eq!(paste(&world, pasted(&tried)).await, Err(Refusal::CodeGone));
        let late = left_by_popup(&world, account.id).await;
        world.pass(PASTED_CODE_TTL);
        assert_eq!(paste(&world, pasted(&late)).await, Err(Refusal::CodeGone));
    }

    async fn a_token_is_marked_used_then_kept_then_replaced_after_an_hour(world: World) {
        let (account, new) = signed_in(&world).await;
        let first = new.refresh;
        let step = async |token, fresh| world.store.refresh(token, fresh, world.now()).await.unwrap().unwrap().0;
        let (second, unused) = (world.token(), world.token());
        assert_eq!(step(first, unused).await, RefreshStep::MarkUsed);
        assert_eq!(step(first, unused).await, RefreshStep::Keep);
        assert_eq!(world.store.presented(unused, world.now()).await.unwrap().map(|_| ()), None, "not stored");
        world.pass(ROTATION_PERIOD);
        assert_eq!(step(first, second).await, RefreshStep::Issue { to: 2 });
        let found = world.store.presented(second, world.now()).await.unwrap().unwrap();
        assert_eq!((found.token.generation, found.account, found.session.id), (2, account, new.session.id));
        // The answer was lost: the first token still works, and gives a sibling of the second.
        let sibling = world.token();
        assert_eq!(step(first, sibling).await, RefreshStep::Issue { to: 2 });
        assert_eq!(step(sibling, unused).await, RefreshStep::MarkUsed);
        assert_eq!(step(second, unused).await, RefreshStep::Keep);
        world.audit().await;
        let replayed = world.store.refresh(first, unused, world.now()).await.unwrap();
        assert_eq!(replayed.map(|_| ()), Err(Refusal::SessionEnded), "its successor was used");
        for token in [first, second, sibling] {
            assert!(world.store.presented(token, world.now()).await.unwrap().is_none(), "the family ended");
        }
        world.audit().await;
    }

    async fn a_generation_has_at_most_eight_siblings(world: World) {
        let (_, new) = signed_in(&world).await;
        world.pass(ROTATION_PERIOD);
        for sibling in 1..=MAX_SIBLINGS + 3 {
            let (step, ..) = world.store.refresh(new.refresh, world.token(), world.now()).await.unwrap().unwrap();
            let expected =
                if sibling <= MAX_SIBLINGS { RefreshStep::Issue { to: 2 } } else { RefreshStep::Keep };
            assert_eq!(step, expected, "{sibling}");
        }
    }

    async fn a_hundred_races_of_two_tabs_sign_nobody_out(world: World) {
        let (_, new) = signed_in(&world).await;
        // Each tab holds a token of its own, as tabs without shared storage do.
        let mut tabs = [new.refresh, new.refresh];
        for round in 0..100 {
            world.pass(ROTATION_PERIOD);
            let fresh = [world.token(), world.token()];
            let ask = |tab: usize| {
                let (store, token, fresh, now) = (world.store.clone(), tabs[tab], fresh[tab], world.now());
                tokio::spawn(async move { store.refresh(token, fresh, now).await.unwrap() })
            };
            let (first, second) = (ask(0), ask(1));
            for (tab, answer) in [first.await.unwrap(), second.await.unwrap()].into_iter().enumerate() {
                let (step, ..) = answer.unwrap_or_else(|refusal| panic!("round {round}: {refusal}"));
                if matches!(step, RefreshStep::Issue { .. }) {
                    tabs[tab] = fresh[tab];
                }
            }
            // Each uses what it got once before the next race.
            for token in tabs {
                world.store.refresh(token, world.token(), world.now()).await.unwrap().unwrap();
            }
        }
        world.audit().await;
    }

    async fn a_token_nobody_gave_is_refused(world: World) {
        let answer = world.store.refresh(world.token(), world.token(), world.now()).await.unwrap();
        assert_eq!(answer.map(|_| ()), Err(Refusal::SessionEnded));
        assert!(world.store.presented(world.token(), world.now()).await.unwrap().is_none());
    }

    async fn a_session_ends_after_thirty_idle_days_and_after_ninety_in_any_case(world: World) {
        let (account, new) = signed_in(&world).await;
        let mut token = new.refresh;
        world.pass(IDLE_TTL - Duration::from_secs(1));
        assert!(world.store.presented(token, world.now()).await.unwrap().is_some());
        let mut passed = IDLE_TTL - Duration::from_secs(1);
        while passed + DAY * 20 < ABSOLUTE_TTL {
            let fresh = world.token();
            let (step, ..) = world.store.refresh(token, fresh, world.now()).await.unwrap().unwrap();
            assert!(matches!(step, RefreshStep::Issue { .. }));
            token = fresh;
            world.pass(DAY * 20);
            passed += DAY * 20;
        }
        assert_eq!(world.store.sessions_of(account.id, world.now()).await.unwrap().len(), 1);
        world.pass(ABSOLUTE_TTL - passed);
        assert!(world.store.presented(token, world.now()).await.unwrap().is_none());
        assert_eq!(world.store.sessions_of(account.id, world.now()).await.unwrap(), []);

        let (_, idle) = signed_in(&world).await;
        world.pass(IDLE_TTL);
        let answer = world.store.refresh(idle.refresh, world.token(), world.now()).await.unwrap();
        assert_eq!(answer.map(|_| ()), Err(Refusal::SessionEnded));
    }

    async fn nobody_is_signed_in_by_a_session_that_is_over_or_of_an_epoch_that_is_past(world: World) {
        let (account, one) = signed_in(&world).await;
        let is_in = async |id| world.store.visitor(id, world.site.id, world.now()).await.unwrap().is_some();
        world.pass(IDLE_TTL - Duration::from_secs(1));
        assert!(is_in(one.session.id).await);
        world.pass(Duration::from_secs(1));
        assert!(!is_in(one.session.id).await);
        let other = world.session(account.id, Scope::FirstParty);
        world.store.end_all_sessions(account.id).await.unwrap();
        world.store.add_session(other.clone()).await.unwrap();
        assert!(!is_in(other.session.id).await);
    }

    async fn ending_a_session_ends_its_tokens_and_ending_all_moves_the_epoch(world: World) {
        let (account, one) = signed_in(&world).await;
        let other = world.session(account.id, Scope::Dashboard);
        world.store.add_session(other.clone()).await.unwrap();
        world.pass(Duration::from_secs(1));
        let third = world.session(account.id, Scope::FirstParty);
        world.store.add_session(third.clone()).await.unwrap();
        let ids = |sessions: Vec<Session>| sessions.into_iter().map(|it| it.id).collect::<Vec<_>>();
        let live = ids(world.store.sessions_of(account.id, world.now()).await.unwrap());
        assert_eq!(live[0], third.session.id, "the latest used first");
        assert_eq!(live.len(), 3);
        world.store.end_session(one.session.id).await.unwrap();
        world.store.end_session(one.session.id).await.unwrap();
        assert!(world.store.presented(one.refresh, world.now()).await.unwrap().is_none());
        assert!(world.store.presented(other.refresh, world.now()).await.unwrap().is_some());
        let moved = world.store.end_all_sessions(account.id).await.unwrap();
        assert_eq!(moved.epoch, account.epoch + 1);
        assert!(world.store.presented(other.refresh, world.now()).await.unwrap().is_none());
        assert_eq!(world.store.sessions_of(account.id, world.now()).await.unwrap(), []);
        world.audit().await;
    }

    async fn pruning_takes_what_is_over_and_leaves_what_lives(world: World) {
        let (account, kept) = signed_in(&world).await;
        let (_, idle) = signed_in(&world).await;
        let code = started(&world, &ada()).await;
        redeem(&world, wrong(&world, &code)).await.unwrap_err();
        left_by_popup(&world, account.id).await;
        let link = world.token();
        let purpose = afterword::storage::accounts::LinkPurpose::SignIn(account.id);
        world.store.add_link(link, purpose, world.now()).await.unwrap();
        assert_eq!(world.store.prune_sessions(world.now(), 100).await.unwrap(), 0, "nothing is over");

        let fresh = world.token();
        world.pass(IDLE_TTL - DAY);
        world.store.refresh(kept.refresh, fresh, world.now()).await.unwrap().unwrap();
        world.pass(DAY);
        // Two used-up codes leave no row; the waiting one, its wrong code, the popup's and the link go with the session.
        let mut gone = 0;
        while let count @ 1.. = world.store.prune_sessions(world.now(), 2).await.unwrap() {
            gone += count;
        }
        gone += world.store.prune_sessions(world.now(), 100).await.unwrap();
        assert!(gone >= 5, "{gone}");
        assert_eq!(world.store.session(idle.session.id).await.unwrap(), None);
        assert!(world.store.presented(fresh, world.now()).await.unwrap().is_some());
        world.pass(IDLE_TTL);
        world.store.prune_sessions(world.now(), 100).await.unwrap();
        assert_eq!(world.store.session(kept.session.id).await.unwrap(), None, "it was looked at again");
        world.audit().await;
    }
}
