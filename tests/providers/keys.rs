//! A provider's documents and keys are fetched once and kept; what a stranger sends cannot make us ask more often.

use std::time::Duration;

use afterword::outside::providers::ProviderError;

use crate::idp::Switch;
use crate::world::World;

const DISCOVERY: &str = "/oidc/.well-known/openid-configuration";
const KEYS: &str = "/oidc/keys";

#[tokio::test]
async fn documents_and_keys_are_asked_for_once_an_hour() {
    let world = World::new().await;
    let provider = world.oidc();
    for _ in 0..5 {
        world.sign_in(&*provider).await.unwrap();
    }
    assert_eq!((world.idp.seen(DISCOVERY).len(), world.idp.seen(KEYS).len()), (1, 1));
    world.forward(Duration::from_secs(3600));
    world.sign_in(&*provider).await.unwrap();
    assert_eq!((world.idp.seen(DISCOVERY).len(), world.idp.seen(KEYS).len()), (2, 2));
}

#[tokio::test]
async fn an_unknown_kid_makes_us_ask_for_keys_at_most_once_a_minute() {
    let world = World::new().await;
    let provider = world.oidc();
    world.sign_in(&*provider).await.unwrap();
    for _ in 0..20 {
        world.refuses(&*provider, Switch::UnknownKid).await;
    }
    assert_eq!(world.idp.seen(KEYS).len(), 1, "they are not a minute old");
    world.forward(Duration::from_secs(60));
    for _ in 0..20 {
        world.refuses(&*provider, Switch::UnknownKid).await;
    }
    assert_eq!(world.idp.seen(KEYS).len(), 2);
}

#[tokio::test]
async fn keys_that_a_provider_changes_are_found_within_a_minute() {
    let world = World::new().await;
    let provider = world.oidc();
    world.sign_in(&*provider).await.unwrap();
    world.idp.turn_on(Switch::KeysRotated);
    assert!(world.sign_in(&*provider).await.is_err(), "just asked");
    world.forward(Duration::from_secs(60));
    world.sign_in(&*provider).await.unwrap();
    assert_eq!(world.idp.seen(KEYS).len(), 2);
}

#[tokio::test]
async fn everybody_who_comes_at_once_waits_for_one_answer() {
    let world = World::new().await;
    let provider = world.oidc();
    let departures: Vec<_> = (0..50).map(|_| world.departure(&*provider)).collect();
    let all =
        futures_util::future::join_all(departures.iter().map(|departure| provider.begin(departure))).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(world.idp.seen(DISCOVERY).len(), 1);
}

#[tokio::test]
async fn a_provider_that_is_down_is_not_asked_by_everybody_and_is_found_again() {
    let world = World::new().await;
    let provider = world.oidc();
    world.idp.turn_on(Switch::DiscoveryFails);
    for _ in 0..20 {
        let departure = world.departure(&*provider);
        let fault = provider.begin(&departure).await.unwrap_err();
        assert!(matches!(fault, ProviderError::Unreachable(_)), "{fault:?}");
    }
    assert_eq!(world.idp.seen(DISCOVERY).len(), 1);
    world.idp.turn_off(Switch::DiscoveryFails);
    world.forward(Duration::from_secs(5));
    world.sign_in(&*provider).await.unwrap();
}
