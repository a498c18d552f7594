//! When an address counts as verified: the provider says so in so many words, and its word counts here (SECURITY 41, 42).

use afterword::config::providers::ProviderKind;

use crate::idp::Switch;
use crate::world::{KINDS, World};

/// Whether the address that comes out is verified; `None` if there is none.
async fn verified(
    world: &World,
    kind: ProviderKind,
    trust: Option<bool>,
    switch: Option<Switch>,
) -> Option<bool> {
    let (_, dialect) = KINDS.iter().find(|(known, _)| *known == kind).unwrap();
    let mut settings = world.settings(kind, dialect);
    settings.trust_email = trust;
    if let Some(switch) = switch {
        world.idp.turn_on(switch);
    }
    let profile = world.sign_in(&*world.built(&settings)).await.unwrap();
    if let Some(switch) = switch {
        world.idp.turn_off(switch);
    }
    profile.email.map(|email| email.verified)
}

#[tokio::test]
async fn email_verified_as_string_false_missing_or_null_counts_as_unverified() {
    let world = World::new().await;
    for (kind, trust) in [
        (ProviderKind::Oidc, Some(true)),
        (ProviderKind::Google, None),
        (ProviderKind::Apple, None),
        (ProviderKind::GitLab, Some(true)),
        (ProviderKind::Twitch, None),
    ] {
        assert_eq!(verified(&world, kind, trust, None).await, Some(true), "{kind:?}");
        let as_text = verified(&world, kind, trust, Some(Switch::EmailFlagTrueAsText)).await;
        assert_eq!(as_text, Some(true), "{kind:?}: Apple writes it so");
        for no in [
            Switch::EmailUnverified,
            Switch::EmailFlagFalseAsText,
            Switch::EmailFlagMissing,
            Switch::EmailFlagNull,
        ] {
            assert_eq!(verified(&world, kind, trust, Some(no)).await, Some(false), "{kind:?} {no:?}");
        }
        assert_eq!(verified(&world, kind, trust, Some(Switch::EmailMissing)).await, None, "{kind:?}");
    }
}

#[tokio::test]
async fn an_issuer_that_anybody_can_run_is_not_trusted_unless_the_owner_says_so() {
    let world = World::new().await;
    for kind in [ProviderKind::Oidc, ProviderKind::GitLab] {
        assert_eq!(verified(&world, kind, None, None).await, Some(false), "{kind:?}");
        assert_eq!(verified(&world, kind, Some(true), None).await, Some(true), "{kind:?}");
    }
    for kind in [ProviderKind::Google, ProviderKind::Apple, ProviderKind::Twitch] {
        assert_eq!(verified(&world, kind, Some(false), None).await, Some(false), "{kind:?}");
    }
}

#[tokio::test]
async fn an_address_from_microsoft_is_never_verified_whatever_the_owner_says() {
    let world = World::new().await;
    for trust in [None, Some(false), Some(true)] {
        assert_eq!(verified(&world, ProviderKind::Microsoft, trust, None).await, Some(false), "{trust:?}");
    }
}

#[tokio::test]
async fn google_answers_only_for_addresses_that_it_runs_itself() {
    let world = World::new().await;
    world.idp.is(|person| person.email = "ada@example.org".into());
    assert_eq!(verified(&world, ProviderKind::Google, None, None).await, Some(false));
    let hosted = verified(&world, ProviderKind::Google, None, Some(Switch::HostedDomain)).await;
    assert_eq!(hosted, Some(true), "a Workspace domain");
    world.idp.is(|person| person.email = "ada@gmail.com.example.org".into());
    assert_eq!(verified(&world, ProviderKind::Google, None, None).await, Some(false));
}

#[tokio::test]
async fn what_is_no_address_is_none() {
    let world = World::new().await;
    world.idp.is(|person| person.email = "ada@example.org\r\nBcc: eve@example.org".into());
    assert_eq!(verified(&world, ProviderKind::Apple, None, None).await, None);
}
