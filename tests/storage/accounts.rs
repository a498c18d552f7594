//! Accounts, operators, links, passwords.

use std::time::Duration;

use afterword::domain::sessions::Scope;
use afterword::domain::*;
use afterword::storage::accounts::*;
use afterword::storage::sessions::NewSession;

use crate::support::world::*;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn owner(world: &World) -> NewOwner {
    NewOwner {
        id: AccountId::from_random(world.unique()),
        name: name("Olga"),
        email: email("olga@example.org"),
        password: "$argon2id$…".into(),
    }
}

async fn set_up(world: &World, token: afterword::domain::TokenHash) -> Result<Account, Refusal> {
    let session = world.session(AccountId::from_random([0; 16]), Scope::Dashboard);
    world.store.set_up(token, owner(world), session, world.now()).await.unwrap()
}

fn password(world: &World, phc: Option<&str>, session: NewSession, ways: Ways) -> PasswordChange {
    PasswordChange {
        password: phc.map(str::to_owned),
        is_short: false,
        ways,
        session,
        tell: None,
        at: world.now(),
    }
}

conformance! {
    async fn a_set_up_link_makes_the_first_owner_once(world: World) {
        assert!(!world.store.has_operator().await.unwrap());
        let token = world.token();
        world.store.add_link(token, LinkPurpose::SetUp, world.now()).await.unwrap();
        let purpose = world.store.link(token, world.now()).await.unwrap();
        assert_eq!(purpose, Some(LinkPurpose::SetUp));
        assert_eq!(world.store.link(token, world.now()).await.unwrap(), purpose, "reading uses nothing up");

        let owner = owner(&world);
        let session = world.session(AccountId::from_random([0; 16]), Scope::Dashboard);
        let account =
            world.store.set_up(token, owner.clone(), session.clone(), world.now()).await.unwrap().unwrap();
        assert_eq!((account.id, account.name.clone(), account.operator), (owner.id, Some(name("Olga")), true));
        let presented = world.store.presented(session.refresh, world.now()).await.unwrap().unwrap();
        assert_eq!(presented.account, account);
        let facts = world.store.private_facts(account.id).await.unwrap().unwrap();
        assert_eq!((facts.email_verified, facts.password), (true, Some(owner.password)));
        assert!(world.store.has_operator().await.unwrap());
        assert_eq!(world.store.operators().await.unwrap(), [account]);

        assert_eq!(set_up(&world, token).await, Err(Refusal::LinkGone));
        let second = world.token();
        world.store.add_link(second, LinkPurpose::SetUp, world.now()).await.unwrap();
        assert_eq!(set_up(&world, second).await, Err(Refusal::LinkGone), "there is an owner already");
        world.audit().await;
    }

    async fn a_new_set_up_link_ends_the_old_one_and_both_end_after_a_day(world: World) {
        let (old, new) = (world.token(), world.token());
        world.store.add_link(old, LinkPurpose::SetUp, world.now()).await.unwrap();
        world.store.add_link(new, LinkPurpose::SetUp, world.now()).await.unwrap();
        assert_eq!(world.store.link(old, world.now()).await.unwrap(), None);
        assert_eq!(set_up(&world, old).await, Err(Refusal::LinkGone));
        world.pass(DAY);
        assert_eq!(world.store.link(new, world.now()).await.unwrap(), None);
        assert_eq!(set_up(&world, new).await, Err(Refusal::LinkGone));
    }

    async fn a_sign_in_link_signs_in_once(world: World) {
        let ada = world.member("Ada").await;
        let token = world.token();
        let purpose = LinkPurpose::SignIn(ada.account());
        world.store.add_link(token, purpose, world.now()).await.unwrap();
        world.store.add_link(world.token(), LinkPurpose::SetUp, world.now()).await.unwrap();
        let sign_in = async || {
            let session = world.session(AccountId::from_random([0; 16]), Scope::Dashboard);
            let answer = world.store.sign_in_by_link(token, session.clone(), world.now()).await.unwrap();
            answer.map(|account| (account, session))
        };
        let (account, session) = sign_in().await.unwrap();
        assert_eq!(account.id, ada.account());
        assert!(world.store.presented(session.refresh, world.now()).await.unwrap().is_some());
        assert_eq!(sign_in().await.map(|_| ()), Err(Refusal::LinkGone));
        assert_eq!(set_up(&world, token).await, Err(Refusal::LinkGone), "it never was for that");
    }

    async fn an_operator_is_made_or_the_account_with_the_address_becomes_one(world: World) {
        let address = email("olga@example.org");
        let id = AccountId::from_random(world.unique());
        let made = world.store.add_operator(id, name("Olga"), address.clone(), world.now()).await.unwrap().unwrap();
        assert_eq!((made.id, made.operator), (id, true));
        let other = AccountId::from_random(world.unique());
        let again = world.store.add_operator(other, name("Olga II"), email("OLGA@example.org"), world.now()).await;
        assert_eq!(again.unwrap().unwrap().id, id);
        assert_eq!(world.store.operators().await.unwrap().len(), 1);
        assert_eq!(world.store.account(id).await.unwrap().unwrap().name, Some(name("Olga II")));
        world.audit().await;
    }

    async fn a_new_name_moves_the_versions_of_the_sites_where_it_shows(world: World) {
        let (ada, bob) = (world.member("Ada").await, world.member("Bob").await);
        let other = world.add_site("other").await;
        world.post(&ada, "hello").await;
        let versions = || {
            let version = |id| world.store.site_by_id(id).unwrap().version;
            (version(world.site.id), version(other.id))
        };
        let before = versions();
        let account = world.store.set_name(ada.account(), name("Ada L.")).await.unwrap().unwrap();
        assert_eq!(account.name, Some(name("Ada L.")));
        assert_eq!(versions(), (before.0.next(), before.1));
        world.store.set_name(bob.account(), name("Bobby")).await.unwrap().unwrap();
        assert_eq!(versions(), (before.0.next(), before.1), "he wrote nowhere");
        let nobody = AccountId::from_random(world.unique());
        assert_eq!(world.store.set_name(nobody, name("X")).await.unwrap(), Err(Refusal::SessionEnded));
    }

    async fn a_new_password_ends_all_sessions_and_a_better_hash_of_the_same_ends_none(world: World) {
        let ada = world.member("Ada").await.account();
        let session = world.session(ada, Scope::Dashboard);
        world.store.add_session(session.clone()).await.unwrap();
        let before = world.store.account(ada).await.unwrap().unwrap();
        world.store.rehash_password(ada, "better".into()).await.unwrap();
        assert_eq!(world.store.private_facts(ada).await.unwrap().unwrap().password, None, "there was none");
        assert!(world.store.presented(session.refresh, world.now()).await.unwrap().is_some());

        let next = world.session(ada, Scope::Dashboard);
        let change = password(&world, Some("first"), next.clone(), Ways::default());
        let after = world.store.change_password(ada, change).await.unwrap().unwrap();
        assert_eq!(after.epoch, before.epoch + 1);
        assert!(world.store.presented(session.refresh, world.now()).await.unwrap().is_none());
        assert!(world.store.presented(next.refresh, world.now()).await.unwrap().is_some(), "the one that goes on");
        world.store.rehash_password(ada, "better".into()).await.unwrap();
        let facts = world.store.private_facts(ada).await.unwrap().unwrap();
        assert_eq!(facts.password.as_deref(), Some("better"));
        assert!(facts.email.is_some(), "nothing else was touched");
        assert!(world.store.presented(next.refresh, world.now()).await.unwrap().is_some());
    }

    async fn the_last_way_in_is_not_taken_away(world: World) {
        let ada = world.member("Ada").await.account();
        let take = async |ways: Ways| {
            let session = world.session(ada, Scope::FirstParty);
            let change = password(&world, None, session, ways);
            world.store.change_password(ada, change).await.unwrap().map(|_| ())
        };
        assert_eq!(take(Ways::default()).await, Err(Refusal::LastWayIn));
        assert_eq!(take(Ways { mail: true, ..Ways::default() }).await, Ok(()), "her address is verified");
    }

    async fn a_new_address_is_taken_from_who_never_showed_it_is_theirs_and_from_nobody_else(world: World) {
        let ada = world.member("Ada").await.account();
        let bob = world.member("Bob").await.account();
        let address = async |id| {
            let facts = world.store.private_facts(id).await.unwrap().unwrap();
            facts.email.unwrap().as_str().to_owned()
        };
        let old = address(ada).await;
        let change = async |to: &str| {
            let token = world.token();
            let purpose = LinkPurpose::ConfirmEmail { account: ada, email: email(to) };
            world.store.add_link(token, purpose, world.now()).await.unwrap();
            let session = world.session(ada, Scope::FirstParty);
            let elsewhere = world.session(bob, Scope::FirstParty);
            let stolen = world.store.change_email(token, bob, elsewhere, world.now()).await.unwrap();
            assert_eq!(stolen, Err(Refusal::LinkGone), "the link is another account's");
            let changed = world.store.change_email(token, ada, session.clone(), world.now()).await.unwrap();
            let again = world.session(ada, Scope::FirstParty);
            let twice = world.store.change_email(token, ada, again, world.now()).await.unwrap();
            changed.map(|_| (twice, session))
        };
        assert_eq!(change(&address(bob).await).await.map(|_| ()), Err(Refusal::AddressTaken));
        let (twice, session) = change("countess@example.org").await.unwrap();
        assert_eq!(twice, Err(Refusal::LinkGone), "a link works once");
        let presented = world.store.presented(session.refresh, world.now()).await.unwrap().unwrap();
        assert_eq!(presented.account.id, ada);
        let found = world.store.account_by_email(&email("countess@example.org")).await.unwrap();
        assert_eq!(found.map(|account| account.id), Some(ada));
        assert_eq!(world.store.account_by_email(&email(&old)).await.unwrap(), None);
        let told = world.store.due(world.now(), 10).await.unwrap();
        let told = told.iter().find(|queued| queued.notice.kind == notices::NoticeKind::AddressChanged).unwrap();
        assert_eq!(told.notice.to, email(&old), "the old address is told");
        world.audit().await;
    }

    async fn what_is_not_there_is_none(world: World) {
        let nobody = AccountId::from_random(world.unique());
        assert_eq!(world.store.account(nobody).await.unwrap(), None);
        assert_eq!(world.store.private_facts(nobody).await.unwrap(), None);
        assert_eq!(world.store.account_by_email(&email("x@example.org")).await.unwrap(), None);
        assert_eq!(world.store.link(world.token(), world.now()).await.unwrap(), None);
    }
}
