//! Every way in which an ID token can be unsound is refused (SECURITY 34).

use std::time::Duration;

use afterword::config::providers::ProviderKind;

use crate::idp::Switch;
use crate::world::{KINDS, World};

/// Each mutation, and what must be said of it: a token that is refused for another reason proves nothing.
const MUTATIONS: &[(Switch, &str)] = &[
    (Switch::AlgNone, "has no readable header"),
    (Switch::Hs256WithPublicKey, "is signed with a shared secret"),
    (Switch::Hs256WithModulus, "is signed with a shared secret"),
    (Switch::Hs256WithClientSecret, "is signed with a shared secret"),
    (Switch::UnknownKid, "is signed with a key that is not the provider's"),
    (Switch::NoKid, "is signed with a key that is not the provider's"),
    (Switch::OtherKey, "is not signed by the provider"),
    (Switch::AlgOfAnotherKey, "is signed with a key that is not the provider's"),
    (Switch::BrokenSignature, "is not signed by the provider"),
    (Switch::NoSignature, "is not signed by the provider"),
    (Switch::ChangedClaims, "is not signed by the provider"),
    (Switch::Jku, "brings its own key"),
    (Switch::X5u, "brings its own key"),
    (Switch::OwnJwk, "brings its own key"),
    (Switch::Crit, "asks for more than a signature"),
    (Switch::AccessTokenType, "is a token of another kind"),
    (Switch::NotAToken, "has no readable header"),
    (Switch::WrongIssuer, "comes from another issuer"),
    (Switch::NoIssuer, "comes from another issuer"),
    (Switch::WrongAudience, "is for somebody else"),
    (Switch::NoAudience, "is for somebody else"),
    (Switch::AudienceWithoutUs, "is for somebody else"),
    (Switch::WrongParty, "was given to somebody else"),
    (Switch::Expired, "has expired"),
    (Switch::NoExpiry, "does not say when it expires"),
    (Switch::IssuedLater, "was not issued just now"),
    (Switch::IssuedLongAgo, "was not issued just now"),
    (Switch::NoIssuedAt, "does not say when it was issued"),
    (Switch::NotYetValid, "is not valid yet"),
    (Switch::WrongNonce, "belongs to another sign-in"),
    (Switch::NoNonce, "belongs to another sign-in"),
    (Switch::NoSubject, "does not say who signed in"),
    (Switch::EmptySubject, "does not say who signed in"),
    (Switch::LongSubject, "does not say who signed in"),
];

#[tokio::test]
async fn every_mutated_id_token_is_refused_by_every_provider() {
    let world = World::new().await;
    for (kind, dialect) in KINDS {
        let provider = world.provider(*kind);
        world.sign_in(&*provider).await.unwrap_or_else(|fault| panic!("{dialect}: {fault}"));
        for (switch, why) in MUTATIONS {
            let said = world.refuses(&*provider, *switch).await;
            assert_eq!(said, format!("the ID token {why}"), "{dialect} {switch:?}");
        }
        world.sign_in(&*provider).await.unwrap_or_else(|fault| panic!("{dialect}: {fault}"));
    }
}

#[tokio::test]
async fn a_token_for_others_too_must_have_been_given_to_us() {
    let world = World::new().await;
    let provider = world.oidc();
    let why = world.refuses(&*provider, Switch::AudienceAlsoAnother).await;
    assert_eq!(why, "the ID token was given to somebody else");
    world.idp.turn_on(Switch::AudienceAlsoAnotherGivenToUs);
    assert!(world.sign_in(&*provider).await.is_ok());
}

#[tokio::test]
async fn no_id_token_is_no_sign_in() {
    let world = World::new().await;
    for (kind, dialect) in KINDS {
        let why = world.refuses(&*world.provider(*kind), Switch::NoIdToken).await;
        assert_eq!(why, "the provider gave no ID token", "{dialect}");
    }
}

#[tokio::test]
async fn other_algorithms_are_taken_with_the_keys_that_are_made_for_them() {
    let world = World::new().await;
    for switch in [Switch::SignedWithEs256, Switch::SignedWithEdDsa] {
        world.idp.turn_on(switch);
        let profile =
            world.sign_in(&*world.oidc()).await.unwrap_or_else(|fault| panic!("{switch:?}: {fault}"));
        assert_eq!(profile.identity.subject, "20417");
        world.idp.turn_off(switch);
    }
}

#[tokio::test]
async fn time_is_told_by_our_clock_and_may_differ_by_two_minutes() {
    let world = World::new().await;
    let provider = world.oidc();
    let (departure, memo, back) = world.come_back(&*provider).await;
    // The provider's clock stands at what it was when it made the token: ours goes on.
    world.idp.turn_on(Switch::Expired);
    assert!(provider.finish(&departure, &memo, back).await.is_err());
    world.idp.turn_off(Switch::Expired);
    world.forward(Duration::from_secs(365 * 24 * 3600));
    assert!(world.sign_in(&*provider).await.is_ok(), "a year later, by both clocks");
}

#[tokio::test]
async fn google_may_leave_the_scheme_out_of_its_issuer_and_nobody_else_may() {
    let world = World::new().await;
    world.idp.turn_on(Switch::IssuerWithoutScheme);
    let profile = world.sign_in(&*world.provider(ProviderKind::Google)).await.unwrap();
    assert_eq!(profile.identity.issuer, world.idp.base("google"), "one person is not two");
    world.idp.turn_off(Switch::IssuerWithoutScheme);
    let why = world.refuses(&*world.oidc(), Switch::IssuerWithoutScheme).await;
    assert_eq!(why, "the ID token comes from another issuer");
}

#[tokio::test]
async fn the_issuer_of_a_microsoft_token_must_be_the_template_with_its_own_tenant() {
    let world = World::new().await;
    let provider = world.provider(ProviderKind::Microsoft);
    for (switch, why) in [
        (Switch::OtherTenantsIssuer, "comes from another issuer"),
        (Switch::NoTenant, "comes from another issuer"),
        (Switch::TenantNoId, "comes from another issuer"),
        (Switch::OtherTenantsKey, "is signed with another issuer's key"),
        (Switch::NoObjectId, "has no usable oid"),
    ] {
        assert_eq!(world.refuses(&*provider, switch).await, format!("the ID token {why}"), "{switch:?}");
    }
    // The same id in another tenant is another person.
    let here = world.sign_in(&*provider).await.unwrap();
    world.idp.is(|person| person.tenant = "22222222-2222-2222-2222-222222222222".into());
    let there = world.sign_in(&*provider).await.unwrap();
    assert_ne!(here.identity, there.identity);
}

#[tokio::test]
async fn an_owner_who_names_a_tenant_lets_nobody_else_in() {
    let world = World::new().await;
    let mut settings = world.settings(ProviderKind::Microsoft, "microsoft");
    settings.tenant = Some("11111111-2222-3333-4444-555555555555".into());
    let provider = world.built(&settings);
    assert!(world.sign_in(&*provider).await.is_ok());
    world.idp.is(|person| person.tenant = "22222222-2222-2222-2222-222222222222".into());
    let refused = world.sign_in(&*provider).await.unwrap_err();
    assert_eq!(refused.to_string(), "the ID token comes from another issuer");
}
