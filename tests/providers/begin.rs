//! Where the browser is sent, and with what (SECURITY 32, 36).

use std::collections::HashMap;

use afterword::config::providers::ProviderKind;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use sha2::{Digest as _, Sha256};

use crate::idp::CLIENT_SECRET;
use crate::world::{KINDS, OAUTH_KINDS, World};

const KNOW_NO_CHALLENGE: [ProviderKind; 5] = [
    ProviderKind::Apple,
    ProviderKind::Twitch,
    ProviderKind::WordPressCom,
    ProviderKind::Facebook,
    ProviderKind::Patreon,
];

fn speaks_open_id(kind: &ProviderKind) -> bool {
    KINDS.iter().any(|(known, _)| known == kind)
}

#[tokio::test]
async fn only_a_code_is_asked_for_and_it_is_bound_to_our_verifier_where_the_provider_takes_that() {
    let world = World::new().await;
    for (kind, dialect) in KINDS.iter().chain(OAUTH_KINDS) {
        let provider = world.provider(*kind);
        let departure = world.departure(&*provider);
        let location = provider.begin(&departure).await.unwrap().location;
        let asked: HashMap<String, String> = location.query_pairs().into_owned().collect();
        assert_eq!(asked.len(), location.query_pairs().count(), "{dialect}: nothing is said twice");
        assert_eq!(asked["response_type"], "code", "{dialect}");
        assert_eq!(asked["redirect_uri"], departure.redirect_uri, "{dialect}");
        assert_eq!(asked["state"], departure.state, "{dialect}");
        assert_eq!(asked.get("nonce"), speaks_open_id(kind).then_some(&departure.nonce), "{dialect}");
        assert!(!location.as_str().contains(&departure.verifier), "{dialect}: the verifier stays here");
        assert!(!location.as_str().contains(CLIENT_SECRET), "{dialect}: the secret too");
        assert!(departure.verifier.len() >= 43);
        if KNOW_NO_CHALLENGE.contains(kind) {
            assert!(!asked.contains_key("code_challenge"), "{dialect} does not know it");
        } else {
            let challenge = BASE64.encode(Sha256::digest(&departure.verifier));
            assert_eq!(asked["code_challenge_method"], "S256", "{dialect}");
            assert_eq!(asked["code_challenge"], challenge, "{dialect}");
        }
    }
}

#[tokio::test]
async fn apple_is_told_to_post_back_and_is_not_sent_anywhere_that_it_refuses() {
    let world = World::new().await;
    let provider = world.provider(ProviderKind::Apple);
    assert!(provider.posts_back());
    let location = provider.begin(&world.departure(&*provider)).await.unwrap().location;
    assert!(location.query_pairs().any(|pair| pair == ("response_mode".into(), "form_post".into())));

    // Apple itself, that is without a base URL of its own, must be reachable over https.
    let mut settings = world.settings(ProviderKind::Apple, "apple");
    settings.base_url = None;
    let provider = world.built(&settings);
    for refused in
        ["http://comments.example/auth/cb/apple", "https://localhost/auth/cb/apple", "https://127.0.0.1/cb"]
    {
        let mut departure = world.departure(&*provider);
        departure.redirect_uri = refused.into();
        let fault = provider.begin(&departure).await.unwrap_err();
        assert!(fault.to_string().contains("Apple signs in only to an https address"), "{refused}: {fault}");
    }
}

#[tokio::test]
async fn an_issuer_that_does_not_offer_s256_is_spared_it() {
    let world = World::new().await;
    world.idp.turn_on(crate::idp::Switch::NoS256);
    let provider = world.oidc();
    let location = provider.begin(&world.departure(&*provider)).await.unwrap().location;
    assert!(!location.as_str().contains("code_challenge"));
    assert!(world.sign_in(&*provider).await.is_ok());
}
