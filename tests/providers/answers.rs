//! Answers that no client should take: late, long, elsewhere, or no answers at all (SECURITY 43).

use std::time::Duration;

use afterword::outside::providers::ProviderError;

use crate::idp::{Switch, browser};
use crate::world::{KINDS, OAUTH_KINDS, World};

#[tokio::test]
async fn redirects_of_a_provider_are_not_followed() {
    let world = World::new().await;
    for (kind, dialect) in KINDS {
        world.refuses(&*world.provider(*kind), Switch::TokenRedirects).await;
        assert!(world.idp.seen(&format!("/{dialect}/elsewhere")).is_empty(), "{dialect}");
    }
    world.idp.turn_on(Switch::DiscoveryRedirects);
    let provider = world.oidc();
    let fault = provider.begin(&world.departure(&*provider)).await.unwrap_err();
    assert_eq!(fault.to_string(), "127.0.0.1 answered 302");
    assert!(world.idp.seen("/oidc-2/.well-known/openid-configuration").is_empty());
}

#[tokio::test]
async fn an_answer_of_a_mebibyte_or_without_an_end_is_cut_at_256_kib() {
    let world = World::new().await;
    let provider = world.oidc();
    for switch in [Switch::TokenIsHuge, Switch::TokenIsEndless] {
        let why = world.refuses(&*provider, switch).await;
        assert_eq!(why, "127.0.0.1 answered with more than 256 KiB", "{switch:?}");
    }
    world.idp.turn_on(Switch::DiscoveryIsHuge);
    let provider = world.oidc();
    let fault = provider.begin(&world.departure(&*provider)).await.unwrap_err();
    assert_eq!(fault.to_string(), "127.0.0.1 answered with more than 256 KiB");
}

#[tokio::test]
async fn a_provider_that_does_not_answer_in_time_is_given_up() {
    let world = World::with_deadline(Duration::from_millis(700)).await;
    for switch in [Switch::TokenNeverAnswers, Switch::TokenAnswersHalf] {
        let provider = world.oidc();
        let (departure, memo, back) = world.come_back(&*provider).await;
        world.idp.turn_on(switch);
        let result = provider.finish(&departure, &memo, back).await;
        world.idp.turn_off(switch);
        let Err(ProviderError::Unreachable(why)) = result else { panic!("{switch:?}: {result:?}") };
        assert_eq!(why, "127.0.0.1 did not answer within 700 ms", "{switch:?}");
    }
}

#[test]
fn a_provider_has_ten_seconds() {
    assert_eq!(afterword::outside::http::DEADLINE, Duration::from_secs(10));
    assert_eq!(afterword::outside::http::MAX_ANSWER_BYTES, 256 * 1024);
}

#[tokio::test]
async fn an_error_is_an_error_whatever_its_status() {
    let world = World::new().await;
    for (kind, dialect) in KINDS {
        let provider = world.provider(*kind);
        let why = world.refuses(&*provider, Switch::ErrorWith200).await;
        assert_eq!(why, "the provider refuses the code: bad_verification_code", "{dialect}");
        let why = world.refuses(&*provider, Switch::TokenIsNoJson).await;
        assert_eq!(why, "the provider answers the code with something else than a token", "{dialect}");
        let why = world.refuses(&*provider, Switch::NotABearer).await;
        assert_eq!(why, "the provider gave a token that is no bearer token", "{dialect}");
    }
}

#[tokio::test]
async fn a_reply_as_a_form_is_read_as_well() {
    let world = World::new().await;
    world.idp.turn_on(Switch::FormReply);
    assert!(world.sign_in(&*world.oidc()).await.is_ok());
}

#[tokio::test]
async fn what_went_wrong_names_no_code_no_token_and_no_secret() {
    let world = World::new().await;
    let provider = world.oidc();
    for switch in [Switch::ErrorWith200, Switch::TokenFails, Switch::TokenIsHuge, Switch::TokenIsNoJson] {
        let (departure, memo, back) = world.come_back(&*provider).await;
        let code = back.code.clone().unwrap();
        world.idp.turn_on(switch);
        let fault = format!("{:?}", provider.finish(&departure, &memo, back).await.unwrap_err());
        world.idp.turn_off(switch);
        for secret in [&code, &departure.verifier, &departure.nonce, crate::idp::CLIENT_SECRET, "access-"] {
            assert!(!fault.contains(secret), "{switch:?}: {fault}");
        }
    }
}

#[tokio::test]
async fn who_asks_says_so() {
    let world = World::new().await;
    world.sign_in(&*world.oidc()).await.unwrap();
    let seen = world.idp.seen("/oidc/token").pop().unwrap();
    let agent = seen.headers["user-agent"].to_str().unwrap();
    assert!(agent.starts_with("Afterword/") && agent.ends_with("(+https://comments.example)"), "{agent}");
    assert!(!seen.headers.contains_key("referer") && !seen.headers.contains_key("cookie"));
}

#[tokio::test]
async fn who_presses_cancel_there_is_told_nothing_bad() {
    let world = World::new().await;
    for (kind, dialect) in KINDS.iter().chain(OAUTH_KINDS) {
        let provider = world.provider(*kind);
        let departure = world.departure(&*provider);
        let sent = provider.begin(&departure).await.unwrap();
        let back = browser::cancel(&sent.location).await;
        let result = provider.finish(&departure, &sent.memo, back).await;
        assert_eq!(result, Err(ProviderError::Cancelled), "{dialect}");
    }
}
