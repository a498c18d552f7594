//! Nobody speaks for another issuer: discovery, the `iss` of the answer, mix-up (SECURITY 35, 44).

use afterword::config::providers::ProviderKind;
use afterword::outside::providers::ProviderError;

use crate::idp::{Switch, browser};
use crate::world::World;

#[tokio::test]
async fn a_document_that_names_another_issuer_is_not_taken() {
    let world = World::new().await;
    let provider = world.oidc();
    world.idp.turn_on(Switch::DiscoveryOfAnother);
    let fault = provider.begin(&world.departure(&*provider)).await.unwrap_err();
    assert_eq!(fault, ProviderError::Refused("127.0.0.1 says that it is another issuer".into()));
}

#[tokio::test]
async fn the_iss_of_an_answer_is_checked_and_required_where_it_is_advertised() {
    let world = World::new().await;
    let another = "the answer comes from another issuer";
    assert_eq!(world.refuses(&*world.oidc(), Switch::IssOfAnother).await, another, "also if not advertised");
    world.idp.turn_on(Switch::IssSent);
    assert!(world.sign_in(&*world.oidc()).await.is_ok());
    world.idp.turn_off(Switch::IssSent);
    let why = world.refuses(&*world.oidc(), Switch::IssAdvertisedNotSent).await;
    assert_eq!(why, "the answer does not say from which issuer it comes");
}

/// The attacker runs one of two issuers. The victim chose the other; the attacker's answer, with its own code, is brought
/// to the victim's redirect address, or the honest code to the attacker's.
#[tokio::test]
async fn two_issuers_are_not_mixed_up() {
    let world = World::new().await;
    let honest = world.built(&world.settings(ProviderKind::Oidc, "oidc"));
    let other = world.built(&world.settings(ProviderKind::Oidc, "oidc-2"));
    assert_ne!(
        world.departure(&*honest).redirect_uri,
        world.departure(&*other).redirect_uri,
        "each has its own"
    );

    // Without `iss`: the code of one is worth nothing at the other.
    let departure = world.departure(&*honest);
    let sent = other.begin(&departure).await.unwrap();
    let back = browser::consent(&sent.location).await;
    let result = honest.finish(&departure, "", back).await;
    assert!(matches!(result, Err(ProviderError::Refused(_))), "{result:?}");

    // With it: the code is not even sent there.
    world.idp.turn_on(Switch::IssSent);
    let honest = world.built(&world.settings(ProviderKind::Oidc, "oidc"));
    let departure = world.departure(&*honest);
    let sent = other.begin(&departure).await.unwrap();
    let back = browser::consent(&sent.location).await;
    let trades = world.idp.seen("/oidc/token").len();
    let result = honest.finish(&departure, "", back).await;
    assert_eq!(result, Err(ProviderError::Refused("the answer comes from another issuer".into())));
    assert_eq!(world.idp.seen("/oidc/token").len(), trades);
}

#[tokio::test]
async fn a_document_cannot_send_the_browser_or_us_where_the_owner_did_not() {
    let world = World::new().await;
    world.idp.turn_on(Switch::SignInPageOverHttp);
    let provider = world.oidc();
    let fault = provider.begin(&world.departure(&*provider)).await.unwrap_err();
    assert_eq!(fault.to_string(), "accounts.example is asked over https only");
    world.idp.turn_off(Switch::SignInPageOverHttp);

    // Keys on another port of this machine: not the origin that the owner wrote.
    world.idp.turn_on(Switch::KeysElsewhere);
    let provider = world.oidc();
    let fault = world.sign_in(&*provider).await.unwrap_err();
    assert_eq!(fault.to_string(), "127.0.0.1 is asked over https only");
}
