//! Each provider without ID tokens, from the first redirect to the profile.

use afterword::config::providers::ProviderKind;
use afterword::domain::Email;
use afterword::domain::identities::ProfileEmail;
use afterword::outside::providers::ProviderError;

use crate::idp::{CLIENT_SECRET, Switch};
use crate::world::{OAUTH_KINDS, World};

#[tokio::test]
async fn somebody_is_known_by_the_id_that_is_never_given_to_another() {
    let world = World::new().await;
    for (kind, dialect) in OAUTH_KINDS {
        let provider = world.provider(*kind);
        let profile = world.sign_in(&*provider).await.unwrap_or_else(|fault| panic!("{dialect}: {fault}"));
        assert_eq!(profile.identity.provider.as_str(), *dialect);
        assert_eq!(profile.identity.issuer, world.idp.base(dialect), "{dialect}");
        assert_eq!(profile.identity.subject, "20417", "{dialect}");

        // Another name, another handle, another address, the same person (SECURITY 37).
        world.idp.is(|person| {
            (person.name, person.login, person.email) = ("B".into(), "b".into(), "b@gmail.com".into())
        });
        assert_eq!(world.sign_in(&*provider).await.unwrap().identity, profile.identity, "{dialect}");
        // And another person under the same handle is another.
        world.idp.is(|person| person.id = "20418".into());
        assert_ne!(world.sign_in(&*provider).await.unwrap().identity, profile.identity, "{dialect}");
        world.idp.is(|person| *person = Default::default());
    }
}

#[tokio::test]
async fn what_a_provider_says_of_somebody_is_suggested() {
    let world = World::new().await;
    for (kind, dialect) in OAUTH_KINDS {
        let profile = world.sign_in(&*world.provider(*kind)).await.unwrap();
        let at_mastodon = format!("@ada@{}", world.idp.state.base.trim_start_matches("http://"));
        let (label, verified) = match kind {
            ProviderKind::X => ("@ada", None),
            ProviderKind::Facebook => ("Ada Lovelace", Some(false)),
            ProviderKind::Patreon => ("Ada Lovelace", Some(true)),
            ProviderKind::Mastodon => (at_mastodon.as_str(), None),
            _ => ("ada", Some(true)),
        };
        assert_eq!(profile.name.as_deref(), Some("Ada Lovelace"), "{dialect}");
        assert_eq!(profile.label.as_deref(), Some(label), "{dialect}");
        let address = Email::parse("ada@gmail.com").unwrap();
        assert_eq!(profile.email, verified.map(|verified| ProfileEmail { address, verified }), "{dialect}");
    }
}

#[tokio::test]
async fn an_address_counts_as_verified_only_where_the_provider_says_true() {
    let world = World::new().await;
    let of =
        async |kind| world.sign_in(&*world.provider(kind)).await.unwrap().email.map(|email| email.verified);
    for kind in [ProviderKind::WordPressCom, ProviderKind::Discord, ProviderKind::Patreon] {
        assert_eq!(of(kind).await, Some(true), "{kind:?}");
        for switch in [
            Switch::EmailUnverified,
            Switch::EmailFlagFalseAsText,
            Switch::EmailFlagMissing,
            Switch::EmailFlagNull,
        ] {
            world.idp.turn_on(switch);
            assert_eq!(of(kind).await, Some(false), "{kind:?} {switch:?}");
            // GitHub has several; none that is not verified is taken.
            assert_eq!(of(ProviderKind::GitHub).await, None, "{switch:?}");
            world.idp.turn_off(switch);
        }
        world.idp.turn_on(Switch::EmailMissing);
        assert_eq!(of(kind).await, None, "{kind:?}");
        world.idp.turn_off(Switch::EmailMissing);
    }
    assert_eq!(of(ProviderKind::Facebook).await, Some(false), "it says of none that it verified them");
    world.idp.turn_on(Switch::EmailMissing);
    assert_eq!(of(ProviderKind::Facebook).await, None, "an account made with a telephone number");
}

#[tokio::test]
async fn an_owner_who_does_not_trust_a_providers_addresses_gets_none_that_count() {
    let world = World::new().await;
    for kind in
        [ProviderKind::GitHub, ProviderKind::WordPressCom, ProviderKind::Discord, ProviderKind::Patreon]
    {
        let (_, dialect) = OAUTH_KINDS.iter().find(|(known, _)| *known == kind).unwrap();
        let mut settings = world.settings(kind, dialect);
        settings.trust_email = Some(false);
        let profile = world.sign_in(&*world.built(&settings)).await.unwrap();
        assert!(!profile.email.unwrap().verified, "{kind:?}");
    }
    let mut settings = world.settings(ProviderKind::Facebook, "facebook");
    settings.trust_email = Some(true);
    let profile = world.sign_in(&*world.built(&settings)).await.unwrap();
    assert!(!profile.email.unwrap().verified, "whatever the owner says");
}

#[tokio::test]
async fn the_answer_of_another_provider_is_refused() {
    let world = World::new().await;
    for (kind, dialect) in OAUTH_KINDS {
        let provider = world.provider(*kind);
        let (departure, memo, mut back) = world.come_back(&*provider).await;
        back.iss = Some("https://evil.example".into());
        let result = provider.finish(&departure, &memo, back.clone()).await;
        assert_eq!(
            result,
            Err(ProviderError::Refused("the answer comes from another issuer".into())),
            "{dialect}"
        );
        // Its own is fine, and it was not asked in between: the code is still good.
        back.iss = Some(world.idp.base(dialect));
        assert!(provider.finish(&departure, &memo, back).await.is_ok(), "{dialect}");
    }
}

#[tokio::test]
async fn a_code_is_worth_nothing_to_another_sign_in_or_a_second_time() {
    let world = World::new().await;
    for kind in [ProviderKind::GitHub, ProviderKind::X, ProviderKind::Discord, ProviderKind::Mastodon] {
        let provider = world.provider(kind);
        let (departure, memo, back) = world.come_back(&*provider).await;
        let foreign = world.departure(&*provider);
        assert!(provider.finish(&foreign, &memo, back.clone()).await.is_err(), "{kind:?}: another verifier");
        assert!(provider.finish(&departure, &memo, back).await.is_err(), "{kind:?}: it was spent by that");
    }
}

#[tokio::test]
async fn a_provider_that_lies_or_fails_signs_nobody_in() {
    let world = World::new().await;
    for (kind, dialect) in OAUTH_KINDS {
        for switch in [
            Switch::ErrorWith200,
            Switch::TokenIsNoJson,
            Switch::TokenIsHuge,
            Switch::NotABearer,
            Switch::ProfileIsHuge,
            Switch::ProfileRedirects,
            Switch::NobodyWith200,
        ] {
            world.refuses(&*world.provider(*kind), switch).await;
            assert!(
                world.idp.seen(&format!("/{dialect}/elsewhere")).is_empty(),
                "{dialect}: no redirect is followed"
            );
        }
        for switch in [Switch::TokenFails, Switch::ProfileFails] {
            let provider = world.provider(*kind);
            world.idp.turn_on(switch);
            let result = world.sign_in(&*provider).await;
            world.idp.turn_off(switch);
            assert!(matches!(result, Err(ProviderError::Unreachable(_))), "{dialect} {switch:?}: {result:?}");
        }
    }
}

#[tokio::test]
async fn what_went_wrong_names_no_code_no_token_no_secret_and_no_person() {
    let world = World::new().await;
    for (kind, dialect) in OAUTH_KINDS {
        for switch in
            [Switch::ErrorWith200, Switch::ProfileFails, Switch::ProfileIsHuge, Switch::NobodyWith200]
        {
            let provider = world.provider(*kind);
            let (departure, memo, back) = world.come_back(&*provider).await;
            let code = back.code.clone().unwrap();
            world.idp.turn_on(switch);
            let fault = format!("{:?}", provider.finish(&departure, &memo, back).await.unwrap_err());
            world.idp.turn_off(switch);
            for secret in [&code, &departure.verifier, CLIENT_SECRET, "access-", "ada", "Ada", "20417"] {
                assert!(!fault.contains(secret), "{dialect} {switch:?}: {fault}");
            }
        }
    }
}

#[tokio::test]
async fn a_client_that_the_provider_does_not_know_is_noticed_without_a_person() {
    let world = World::new().await;
    for (kind, dialect) in OAUTH_KINDS.iter().filter(|(kind, _)| *kind != ProviderKind::Mastodon) {
        let mut settings = world.settings(*kind, dialect);
        let redirect = "https://comments.example/auth/cb/x";
        world.built(&settings).check(redirect).await.unwrap_or_else(|fault| panic!("{dialect}: {fault}"));
        settings.client_secret = Some(afterword::config::Secret("mistyped".into()));
        let fault = world.built(&settings).check(redirect).await.unwrap_err().to_string();
        assert!(fault.contains("does not take the client id or its secret"), "{dialect}: {fault}");
        assert!(!fault.contains("mistyped"), "{fault}");
    }
    let issuer = world.settings(ProviderKind::Oidc, "oidc");
    world.built(&issuer).check("https://comments.example/auth/cb/oidc").await.unwrap();
}
