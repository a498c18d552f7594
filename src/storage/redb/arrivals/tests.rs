//! Somebody puts an address into their account that is not theirs, and waits for its owner. (Better Auth CVE-2026-53516,
//! AshAuthentication CVE-2026-49757.)

use std::sync::Arc;

use super::super::RedbStore;
use super::super::stored::people::StoredPrivate;
use super::super::tests::in_memory;
use super::*;
use crate::domain::identities::ProfileEmail;
use crate::domain::sessions::{EmailCode, Scope, Session};
use crate::domain::{Origin, SessionId, SiteId, TokenHash, Via};
use crate::storage::sessions::{NewSession, PresentedCode};
use crate::storage::{Accounts, Health, Identities, Sessions};

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

fn address() -> Email {
    Email::parse("ada@example.org").unwrap()
}

fn id(n: u8) -> AccountId {
    AccountId::from_random([n; 16])
}

fn profile(subject: &str, verified: bool) -> Profile {
    Profile {
        identity: Identity {
            provider: "google".parse().unwrap(),
            issuer: "https://accounts.google.com".into(),
            subject: subject.into(),
        },
        email: Some(ProfileEmail { address: address(), verified }),
        name: None,
        label: None,
    }
}

fn session(n: u8) -> NewSession {
    let session = Session {
        id: SessionId::from_random([n; 16]),
        account: id(n),
        scope: Scope::FirstParty,
        epoch: 0,
        created_at: NOW,
        used_at: NOW,
        rotated_at: NOW,
        generation: 1,
        generation_used: false,
        siblings: 1,
        device: String::new(),
        via: Via::Password,
    };
    NewSession { session, refresh: TokenHash([n; 32]) }
}

/// An attacker's account: it holds the victim's address unverified, has a password, an identity and a session.
async fn with_attacker() -> (Arc<RedbStore>, AccountId) {
    let store = in_memory(false);
    let attacker = id(66);
    let own = Profile { email: None, ..profile("666", false) };
    assert!(matches!(store.arrive(own, attacker, "tx".into(), NOW).await.unwrap(), Arrived::At(_)));
    store.add_session(session(66)).await.unwrap();
    let planted = store.write(move |tables, _| {
        let facts = PrivateFacts {
            email: Some(address()),
            email_verified: false,
            password: Some("phc".into()),
            ..Default::default()
        };
        tables.account_private.write(attacker.0.as_bytes(), &StoredPrivate::from(&facts))?;
        tables.account_by_email.insert(address().lookup().as_bytes(), attacker.0.as_bytes())
    });
    planted.await.unwrap();
    (store, attacker)
}

async fn has_nothing_left(store: &RedbStore, attacker: AccountId) {
    let facts = store.private_facts(attacker).await.unwrap();
    assert!(facts.is_none_or(|facts| facts.password.is_none()), "no password");
    assert!(store.identities_of(attacker).await.unwrap().is_empty(), "no identity");
    assert!(store.sessions_of(attacker, NOW).await.unwrap().is_empty(), "no session");
    assert!(store.presented(TokenHash([66; 32]), NOW).await.unwrap().is_none(), "no token");
    assert_eq!(store.audit(false).await.unwrap().differences, Vec::<String>::new());
}

#[tokio::test]
async fn its_owner_comes_from_a_provider_and_gets_an_account_of_their_own() {
    let (store, attacker) = with_attacker().await;
    let arrived = store.arrive(profile("1815", true), id(1), "tx".into(), NOW).await.unwrap();
    let Arrived::At(account) = arrived else { panic!("{arrived:?}") };
    assert_eq!(account.id, id(1), "a fresh one");
    assert_eq!(store.account_by_email(&address()).await.unwrap().unwrap().id, id(1));
    assert!(store.private_facts(id(1)).await.unwrap().unwrap().email_verified);
    assert!(store.private_facts(attacker).await.unwrap().is_none_or(|facts| facts.email.is_none()));
    has_nothing_left(&store, attacker).await;
    // And the attacker's identity leads to nobody else's account afterwards.
    let again = store.arrive(profile("666", false), id(67), "tx".into(), NOW).await.unwrap();
    assert!(matches!(again, Arrived::At(account) if account.id == id(67)));
}

#[tokio::test]
async fn its_owner_comes_by_a_code_and_nothing_that_was_linked_before_leads_to_them() {
    let (store, attacker) = with_attacker().await;
    let code = EmailCode {
        challenge: TokenHash([1; 32]),
        site: SiteId(1),
        origin: Origin::parse("https://blog.example").unwrap(),
        email: address(),
        code: TokenHash([2; 32]),
        wrong_tries: 0,
        created_at: NOW,
    };
    let notice = crate::domain::notices::Notice {
        to: address(),
        kind: crate::domain::notices::NoticeKind::Test,
        expires_at: None,
    };
    store.start_email_code(code.clone(), notice).await.unwrap();
    let EmailCode { challenge, code, site, origin, .. } = code;
    let presented = PresentedCode { challenge, code, site, origin };
    let (owner, _) = store.redeem_email_code(presented, id(1), session(1), NOW).await.unwrap().unwrap();
    assert!(store.private_facts(owner.id).await.unwrap().unwrap().password.is_none());
    assert!(store.presented(TokenHash([66; 32]), NOW).await.unwrap().is_none());
    let back = store.arrive(profile("666", false), id(67), "tx".into(), NOW).await.unwrap();
    assert!(matches!(back, Arrived::At(account) if account.id == id(67)), "not {attacker}");
}

#[tokio::test]
async fn an_address_that_is_not_verified_takes_nothing_from_anybody() {
    let (store, attacker) = with_attacker().await;
    let arrived = store.arrive(profile("1815", false), id(1), "tx".into(), NOW).await.unwrap();
    assert!(matches!(arrived, Arrived::At(account) if account.id == id(1)));
    assert!(store.private_facts(id(1)).await.unwrap().is_none(), "an account without an address");
    assert_eq!(store.account_by_email(&address()).await.unwrap().unwrap().id, attacker);
    assert_eq!(store.identities_of(attacker).await.unwrap().len(), 1);
}
