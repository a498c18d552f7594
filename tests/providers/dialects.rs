//! What single providers do in their own way.

use afterword::config::providers::ProviderKind;
use afterword::outside::providers::ProviderError;

use crate::idp::Switch;
use crate::world::World;

#[tokio::test]
async fn github_is_asked_for_the_address_that_is_primary_and_verified_and_lives_without() {
    let world = World::new().await;
    let provider = world.provider(ProviderKind::GitHub);
    let email = world.sign_in(&*provider).await.unwrap().email.unwrap();
    assert_eq!((email.address.as_str(), email.verified), ("ada@gmail.com", true));

    world.idp.turn_on(Switch::EmailsForbidden);
    let profile = world.sign_in(&*provider).await.unwrap();
    assert_eq!((profile.email, profile.name.as_deref()), (None, Some("Ada Lovelace")));
    world.idp.turn_off(Switch::EmailsForbidden);

    world.idp.turn_on(Switch::NameMissing);
    assert_eq!(world.sign_in(&*provider).await.unwrap().name.as_deref(), Some("ada"), "the login stands in");
    world.idp.turn_off(Switch::NameMissing);

    world.idp.turn_on(Switch::FormReply);
    assert!(world.sign_in(&*provider).await.is_ok(), "as it replies without an Accept header");
    let trade = world.idp.seen("/github/login/oauth/access_token").pop().unwrap();
    assert_eq!(trade.headers["accept"], "application/json");
    for seen in world.idp.seen("/github/api/v3/user") {
        assert!(seen.headers["user-agent"].to_str().unwrap().starts_with("Afterword/"));
    }
}

#[tokio::test]
async fn x_gets_the_secret_in_the_header_and_is_asked_for_addresses_only_if_the_owner_says_so() {
    let world = World::new().await;
    let asked_for = async |trust| {
        let mut settings = world.settings(ProviderKind::X, "x");
        settings.trust_email = trust;
        let provider = world.built(&settings);
        let location = provider.begin(&world.departure(&*provider)).await.unwrap().location;
        let scope = location.query_pairs().find(|(name, _)| name == "scope").unwrap().1.into_owned();
        (scope, world.sign_in(&*provider).await.unwrap().email)
    };
    assert_eq!(asked_for(None).await, ("tweet.read users.read".to_owned(), None));
    let (scope, email) = asked_for(Some(true)).await;
    assert_eq!(scope, "tweet.read users.read users.email");
    assert!(email.unwrap().verified, "what X gives is confirmed");
    let trade = world.idp.seen("/x/2/oauth2/token").pop().unwrap();
    assert!(trade.headers.contains_key("authorization") && !trade.body.contains("client_secret"));

    world.idp.turn_on(Switch::NoConfirmedEmail);
    assert_eq!(asked_for(Some(true)).await.1, None);
}

#[tokio::test]
async fn facebook_vouches_for_a_token_before_it_is_used() {
    let world = World::new().await;
    let provider = world.provider(ProviderKind::Facebook);
    assert!(world.sign_in(&*provider).await.is_ok(), "with a proof that it checks");
    for switch in [Switch::TokenOfAnotherApp, Switch::TokenNoLongerGood] {
        let before = world.idp.seen("/facebook/me").len();
        let why = world.refuses(&*provider, switch).await;
        assert_eq!(why, "the token was made for another app", "{switch:?}");
        assert_eq!(world.idp.seen("/facebook/me").len(), before, "{switch:?}: it is not used");
    }
    let why = world.refuses(&*provider, Switch::TokenOfAnotherPerson).await;
    assert_eq!(why, "the token is another person's");
}

#[tokio::test]
async fn patreon_replies_with_a_form() {
    let world = World::new().await;
    world.idp.turn_on(Switch::FormReply);
    assert!(world.sign_in(&*world.provider(ProviderKind::Patreon)).await.unwrap().email.unwrap().verified);
}

#[tokio::test]
async fn an_id_that_is_missing_or_no_id_signs_nobody_in() {
    let world = World::new().await;
    for id in ["", &"7".repeat(300)] {
        world.idp.is(|person| person.id = id.to_owned());
        for kind in [ProviderKind::X, ProviderKind::Discord, ProviderKind::Mastodon, ProviderKind::Patreon] {
            let result = world.sign_in(&*world.provider(kind)).await;
            let Err(ProviderError::Refused(why)) = result else { panic!("{kind:?} {id}: {result:?}") };
            assert_eq!(why, "the provider does not say who signed in", "{kind:?}");
        }
    }
}
