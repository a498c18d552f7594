//! Identities, sign-ins on their way, proofs and links in mails.

use std::time::Duration;

use afterword::domain::departures::*;
use afterword::domain::identities::ProfileEmail;
use afterword::domain::*;
use afterword::storage::accounts::Ways;
use afterword::storage::identities::Arrived;

use crate::support::world::*;

const MAIL: Ways = Ways { mail: true, providers: Vec::new() };
const NO_MAIL: Ways = Ways { mail: false, providers: Vec::new() };

fn provider(id: &str) -> ProviderId {
    id.parse().unwrap()
}

fn profile(subject: &str, address: Option<(&str, bool)>) -> Profile {
    Profile {
        identity: Identity {
            provider: provider("google"),
            issuer: "https://accounts.google.com".into(),
            subject: subject.into(),
        },
        email: address.map(|(address, verified)| ProfileEmail { address: email(address), verified }),
        name: None,
        label: Some(format!("@{subject}")),
    }
}

async fn arrive(world: &World, profile: Profile, transaction: &str) -> (Arrived, AccountId) {
    let new = AccountId::from_random(world.unique());
    (world.store.arrive(profile, new, transaction.into(), world.now()).await.unwrap(), new)
}

/// Somebody with an address that is shown to be theirs.
async fn with_address(world: &World, address: &str) -> AccountId {
    let code = world.email_code(&email(address));
    world.store.start_email_code(code.clone(), test_notice(&email(address))).await.unwrap();
    let id = AccountId::from_random(world.unique());
    let session = world.widget_session(id);
    let redeemed = world.store.redeem_email_code(presented(&code), id, session, world.now()).await;
    redeemed.unwrap().unwrap().0.id
}

fn departed(world: &World) -> Departed {
    Departed {
        state: world.token(),
        transaction: "tx".into(),
        provider: provider("google"),
        nonce: "nonce".into(),
        verifier: "verifier".into(),
        server: Some("social.example".into()),
        memo: "memo".into(),
        left_at: world.now(),
        posted: None,
    }
}

async fn come_back(world: &World, left: &Departed) -> Result<Departed, Refusal> {
    let (state, provider, transaction) = (left.state, left.provider.clone(), left.transaction.clone());
    world.store.come_back(state, provider, transaction, world.now()).await.unwrap()
}

fn link(world: &World, purpose: MailLinkPurpose, to: &str) -> MailLink {
    MailLink {
        token: world.token(),
        transaction: "tx".into(),
        purpose,
        email: email(to),
        asker: Some(Asker { site: world.site.key.clone(), origin: origin("https://blog.example") }),
        asked_at: world.now(),
    }
}

async fn sent(world: &World, purpose: MailLinkPurpose, to: &str) -> MailLink {
    let link = link(world, purpose, to);
    world.store.add_mail_link(link.clone(), test_notice(&email(to))).await.unwrap();
    link
}

async fn use_up(world: &World, link: &MailLink) -> Result<Account, Refusal> {
    let new = AccountId::from_random(world.unique());
    world.store.use_mail_link(link.token, new, world.now()).await.unwrap()
}

/// Gives the proof that is wanted.
async fn prove(world: &World, transaction: &str) -> Result<Account, Refusal> {
    match world.store.proof(transaction.into(), world.now()).await.unwrap() {
        Some(wanted) => world.store.prove(transaction.into(), wanted, None, world.now()).await.unwrap(),
        None => Err(Refusal::CodeGone),
    }
}

/// Takes the proof that was given.
async fn take_proof(world: &World, transaction: &str) -> Result<(Account, Option<Profile>), Refusal> {
    match world.store.proof(transaction.into(), world.now()).await.unwrap() {
        Some(given) => world.store.take_proof(transaction.into(), given, None, world.now()).await.unwrap(),
        None => Err(Refusal::CodeGone),
    }
}

conformance! {
    async fn a_departure_comes_back_once_where_it_left_from(world: World) {
        let left = departed(&world);
        world.store.depart(left.clone()).await.unwrap();
        assert_eq!(world.store.departed(left.state, world.now()).await.unwrap(), Some(left.clone()));
        for other in [
            Departed { state: world.token(), ..left.clone() },
            Departed { transaction: "another".into(), ..left.clone() },
            Departed { provider: provider("github"), ..left.clone() },
        ] {
            assert_eq!(come_back(&world, &other).await, Err(Refusal::CodeGone));
        }
        world.pass(DEPARTURE_TTL - Duration::from_millis(1));
        assert_eq!(come_back(&world, &left).await, Ok(left.clone()));
        assert_eq!(come_back(&world, &left).await, Err(Refusal::CodeGone), "once");

        let late = departed(&world);
        world.store.depart(late.clone()).await.unwrap();
        world.pass(DEPARTURE_TTL);
        assert_eq!(world.store.departed(late.state, world.now()).await.unwrap(), None);
        assert_eq!(come_back(&world, &late).await, Err(Refusal::CodeGone));
    }

    async fn what_was_posted_is_kept_once(world: World) {
        let left = departed(&world);
        world.store.depart(left.clone()).await.unwrap();
        let back = |code: &str| Back { code: Some(code.into()), ..Back::default() };
        let keep = async |state, to, code| {
            world.store.keep_back(state, provider(to), back(code), world.now()).await.unwrap()
        };
        assert_eq!(keep(world.token(), "google", "1").await, Err(Refusal::CodeGone));
        assert_eq!(keep(left.state, "github", "1").await, Err(Refusal::CodeGone));
        assert_eq!(keep(left.state, "google", "1").await, Ok(()));
        assert_eq!(keep(left.state, "google", "2").await, Err(Refusal::CodeGone));
        assert_eq!(come_back(&world, &left).await.unwrap().posted, Some(back("1")));
    }

    async fn an_identity_makes_one_account_and_leads_to_it(world: World) {
        let (first, id) = arrive(&world, profile("1", Some(("ada@example.org", true))), "a").await;
        let Arrived::At(account) = first else { panic!("{first:?}") };
        assert_eq!((account.id, &account.name), (id, &None));
        let facts = world.store.private_facts(id).await.unwrap().unwrap();
        assert_eq!((facts.email, facts.email_verified), (Some(email("ada@example.org")), true));
        world.pass(Duration::from_secs(60));
        let (again, _) = arrive(&world, Profile { label: Some("@new".into()), ..profile("1", None) }, "b").await;
        assert_eq!(again, Arrived::At(account));
        let linked = world.store.identities_of(id).await.unwrap();
        assert_eq!(linked.len(), 1);
        assert_eq!((linked[0].label.as_deref(), linked[0].identity.subject.as_str()), (Some("@new"), "1"));
        assert_eq!(linked[0].used_at.since(linked[0].linked_at), Duration::from_secs(60));
        // By the code in a mail it is the same account.
        assert_eq!(with_address(&world, "ada@example.org").await, id);
        world.audit().await;
    }

    async fn the_same_subject_elsewhere_is_somebody_else(world: World) {
        let (_, google) = arrive(&world, profile("1", None), "a").await;
        let mut other = profile("1", None);
        other.identity.issuer = "https://other.example".into();
        let (arrived, new) = arrive(&world, other, "b").await;
        assert!(matches!(arrived, Arrived::At(account) if account.id == new && new != google));
    }

    async fn a_verified_address_of_somebody_wants_proof_and_links_nothing(world: World) {
        let ada = with_address(&world, "ada@example.org").await;
        let theirs = profile("1", Some(("ADA@example.org", true)));
        let (arrived, _) = arrive(&world, theirs.clone(), "tx").await;
        assert_eq!(arrived, Arrived::ProofWanted(ada));
        assert_eq!(world.store.identities_of(ada).await.unwrap(), []);
        let wanted = Proof::Wanted { account: ada, profile: theirs };
        assert_eq!(world.store.proof("tx".into(), world.now()).await.unwrap(), Some(wanted.clone()));
        assert_eq!(world.store.proof("other".into(), world.now()).await.unwrap(), None);
        assert_eq!(take_proof(&world, "tx").await, Err(Refusal::CodeGone), "it was not given");
        let elsewhere = world.store.prove("other".into(), wanted.clone(), None, world.now()).await.unwrap();
        assert_eq!(elsewhere, Err(Refusal::CodeGone));
        assert_eq!(prove(&world, "tx").await.unwrap().id, ada);
        assert_eq!(world.store.identities_of(ada).await.unwrap().len(), 1);
        let again = world.store.prove("tx".into(), wanted, None, world.now()).await.unwrap();
        assert_eq!(again, Err(Refusal::CodeGone), "once");
        world.audit().await;

        arrive(&world, profile("2", Some(("ada@example.org", true))), "late").await;
        let seen = world.store.proof("late".into(), world.now()).await.unwrap().unwrap();
        world.pass(DEPARTURE_TTL);
        let late = world.store.prove("late".into(), seen, None, world.now()).await.unwrap();
        assert_eq!(late, Err(Refusal::CodeGone));
    }

    async fn an_identity_that_became_anothers_meanwhile_is_not_taken(world: World) {
        let ada = with_address(&world, "ada@example.org").await;
        arrive(&world, profile("1", Some(("ada@example.org", true))), "tx").await;
        let bob = with_address(&world, "bob@example.org").await;
        world.store.link_identity(bob, profile("1", None), None, world.now()).await.unwrap().unwrap();
        assert_eq!(prove(&world, "tx").await, Err(Refusal::IdentityTaken));
        let taken = world.store.link_identity(ada, profile("1", None), None, world.now()).await.unwrap();
        assert_eq!(taken, Err(Refusal::IdentityTaken));
        assert_eq!(world.store.link_identity(bob, profile("1", None), None, world.now()).await.unwrap(), Ok(()), "again");
        world.audit().await;
    }

    async fn the_last_way_in_is_not_unlinked(world: World) {
        let (_, id) = arrive(&world, profile("1", None), "a").await;
        world.store.link_identity(id, profile("2", None), None, world.now()).await.unwrap().unwrap();
        let key = |subject: &str| profile(subject, None).identity.key();
        let unlink = async |id, subject: &str, ways| {
            world.store.unlink_identity(id, key(subject), ways, None, world.now()).await.unwrap()
        };
        assert_eq!(unlink(with_address(&world, "bob@example.org").await, "1", MAIL).await, Ok(()), "not theirs");
        assert_eq!(world.store.identities_of(id).await.unwrap().len(), 2);
        assert_eq!(unlink(id, "1", MAIL).await, Err(Refusal::LastWayIn), "the other one's provider is switched off");
        let on = || Ways { mail: true, providers: vec![profile("2", None).identity.provider] };
        assert_eq!(unlink(id, "1", on()).await, Ok(()));
        assert_eq!(unlink(id, "2", on()).await, Err(Refusal::LastWayIn), "without an address a mail is no way in");
        let (_, ada) = arrive(&world, profile("3", Some(("ada@example.org", true))), "b").await;
        assert_eq!(unlink(ada, "3", NO_MAIL).await, Err(Refusal::LastWayIn), "without mail an address is none");
        assert_eq!(unlink(ada, "3", MAIL).await, Ok(()));
        assert_eq!(world.store.identities_of(ada).await.unwrap(), []);
        world.audit().await;
    }

    async fn a_link_in_a_mail_signs_in_once(world: World) {
        let link = sent(&world, MailLinkPurpose::SignIn, "ada@example.org").await;
        assert_eq!(world.store.mailed_link(link.token, world.now()).await.unwrap(), Some(link.clone()));
        assert_eq!(world.store.account_by_email(&email("ada@example.org")).await.unwrap(), None);
        world.pass(DEPARTURE_TTL - Duration::from_millis(1));
        let account = use_up(&world, &link).await.unwrap();
        assert!(world.store.private_facts(account.id).await.unwrap().unwrap().email_verified);
        assert_eq!(use_up(&world, &link).await, Err(Refusal::LinkGone));
        assert_eq!(world.store.mailed_link(link.token, world.now()).await.unwrap(), None);
        assert_eq!(take_proof(&world, "tx").await, Ok((account.clone(), None)));
        assert_eq!(take_proof(&world, "tx").await, Err(Refusal::CodeGone));
        let again = sent(&world, MailLinkPurpose::SignIn, "ADA@example.org").await;
        assert_eq!(use_up(&world, &again).await.unwrap().id, account.id);
        // What ends her sessions ends what a link has led to, too.
        world.store.end_all_sessions(account.id).await.unwrap();
        assert_eq!(take_proof(&world, "tx").await, Err(Refusal::CodeGone));
        let late = sent(&world, MailLinkPurpose::SignIn, "ada@example.org").await;
        world.pass(DEPARTURE_TTL);
        assert_eq!(use_up(&world, &late).await, Err(Refusal::LinkGone));
    }

    async fn a_link_proves_an_account_as_long_as_it_has_the_address(world: World) {
        let ada = with_address(&world, "ada@example.org").await;
        let early = sent(&world, MailLinkPurpose::Prove, "ada@example.org").await;
        assert_eq!(use_up(&world, &early).await, Err(Refusal::LinkGone), "nothing waits for proof");
        arrive(&world, profile("1", Some(("ada@example.org", true))), "tx").await;
        let elsewhere = sent(&world, MailLinkPurpose::Prove, "old@example.org").await;
        assert_eq!(use_up(&world, &elsewhere).await, Err(Refusal::LinkGone));
        let link = sent(&world, MailLinkPurpose::Prove, "ada@example.org").await;
        assert_eq!(use_up(&world, &link).await.unwrap().id, ada);
        assert_eq!(world.store.identities_of(ada).await.unwrap(), [], "a second factor may stand before it");
        let (account, came_as) = take_proof(&world, "tx").await.unwrap();
        assert_eq!((account.id, came_as.map(|it| it.identity.subject)), (ada, Some("1".into())));
        assert_eq!(world.store.identities_of(ada).await.unwrap().len(), 1);
        world.audit().await;
    }

    async fn a_proof_of_one_account_is_no_proof_of_another_that_the_transaction_came_to_meanwhile(world: World) {
        let (ada, vic) = (with_address(&world, "ada@example.org").await, with_address(&world, "vic@example.org").await);
        // Somebody shows what Ada is asked for, and has the same transaction come to Vic before it is taken.
        let own = sent(&world, MailLinkPurpose::SignIn, "ada@example.org").await;
        use_up(&world, &own).await.unwrap();
        let seen = world.store.proof("tx".into(), world.now()).await.unwrap().unwrap();
        let other = sent(&world, MailLinkPurpose::SignIn, "vic@example.org").await;
        use_up(&world, &other).await.unwrap();
        let taken = world.store.take_proof("tx".into(), seen, None, world.now()).await.unwrap();
        assert_eq!(taken, Err(Refusal::CodeGone));
        // Nor does one account's password link what waits for another's.
        arrive(&world, profile("1", Some(("ada@example.org", true))), "tx").await;
        let seen = world.store.proof("tx".into(), world.now()).await.unwrap().unwrap();
        arrive(&world, profile("2", Some(("vic@example.org", true))), "tx").await;
        let linked = world.store.prove("tx".into(), seen, None, world.now()).await.unwrap();
        assert_eq!(linked, Err(Refusal::CodeGone));
        for id in [ada, vic] {
            assert_eq!(world.store.identities_of(id).await.unwrap(), []);
        }
    }

    async fn what_is_over_is_pruned_and_what_is_not_stays(world: World) {
        let (old, mail) = (departed(&world), sent(&world, MailLinkPurpose::SignIn, "ada@example.org").await);
        world.store.depart(old.clone()).await.unwrap();
        with_address(&world, "bob@example.org").await;
        arrive(&world, profile("1", Some(("bob@example.org", true))), "tx").await;
        world.pass(DEPARTURE_TTL / 2);
        let young = departed(&world);
        world.store.depart(young.clone()).await.unwrap();
        arrive(&world, profile("1", Some(("bob@example.org", true))), "tx").await;
        world.pass(DEPARTURE_TTL / 2);
        while world.store.prune_sessions(world.now(), 2).await.unwrap() > 0 {}
        // Seen as they were when they lived: what is left is there, what is gone is not.
        let then = world.now().minus(DEPARTURE_TTL);
        assert_eq!(world.store.departed(old.state, then).await.unwrap(), None);
        assert_eq!(world.store.mailed_link(mail.token, then).await.unwrap(), None);
        assert!(world.store.departed(young.state, world.now()).await.unwrap().is_some());
        assert!(world.store.proof("tx".into(), world.now()).await.unwrap().is_some(), "asked for again since");
        world.pass(DEPARTURE_TTL);
        while world.store.prune_sessions(world.now(), 100).await.unwrap() > 0 {}
        assert_eq!(world.store.proof("tx".into(), then).await.unwrap(), None);
    }
}
