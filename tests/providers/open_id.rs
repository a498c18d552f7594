//! Each provider that speaks OpenID Connect, from the first redirect to the profile.

use afterword::config::providers::ProviderKind;
use afterword::domain::Email;
use afterword::domain::identities::ProfileEmail;
use afterword::outside::providers::{Back, ProviderError};

use crate::idp::Switch;
use crate::world::{KINDS, World};

#[tokio::test]
async fn somebody_signs_in_at_every_provider_and_is_known_by_what_never_changes() {
    let world = World::new().await;
    for (kind, dialect) in KINDS {
        let provider = world.provider(*kind);
        let profile = world.sign_in(&*provider).await.unwrap_or_else(|fault| panic!("{dialect}: {fault}"));
        assert_eq!(profile.identity.provider.as_str(), *dialect);
        let (issuer, subject) = match kind {
            ProviderKind::Microsoft => (
                world.idp.base("microsoft/11111111-2222-3333-4444-555555555555/v2.0"),
                "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
            ),
            _ => (world.idp.base(dialect), "20417"),
        };
        assert_eq!(profile.identity.issuer, issuer, "{dialect}");
        assert_eq!(profile.identity.subject, subject, "{dialect}");

        // Another name, another address, the same person (SECURITY 37).
        world.idp.is(|person| {
            (person.name, person.login, person.email) = ("B".into(), "b".into(), "b@gmail.com".into())
        });
        let again = world.sign_in(&*provider).await.unwrap();
        assert_eq!(again.identity, profile.identity, "{dialect}");
        world.idp.is(|person| *person = Default::default());
    }
}

#[tokio::test]
async fn what_a_provider_says_of_somebody_is_suggested() {
    let world = World::new().await;
    for (kind, dialect) in KINDS {
        let profile = world.sign_in(&*world.provider(*kind)).await.unwrap();
        let (name, label, address, verified) = match kind {
            ProviderKind::Oidc => (Some("Ada Lovelace"), Some("ada"), Some("ada@gmail.com"), false),
            ProviderKind::Google => {
                (Some("Ada Lovelace"), Some("ada@gmail.com"), Some("ada@gmail.com"), true)
            }
            ProviderKind::Microsoft => (Some("Ada Lovelace"), Some("ada"), Some("ada@gmail.com"), false),
            ProviderKind::Apple => (Some("Ada Lovelace"), Some("ada@gmail.com"), Some("ada@gmail.com"), true),
            ProviderKind::GitLab => (Some("Ada Lovelace"), Some("ada"), Some("ada@gmail.com"), false),
            ProviderKind::Telegram => (Some("Ada Lovelace"), Some("ada"), None, false),
            ProviderKind::Twitch => (Some("ada"), Some("ada"), Some("ada@gmail.com"), true),
            _ => unreachable!("not in the table"),
        };
        assert_eq!(profile.name.as_deref(), name, "{dialect}");
        assert_eq!(profile.label.as_deref(), label, "{dialect}");
        let email = address.map(|raw| ProfileEmail { address: Email::parse(raw).unwrap(), verified });
        assert_eq!(profile.email, email, "{dialect}");
    }
}

#[tokio::test]
async fn apple_tells_the_name_at_the_first_consent_only() {
    let world = World::new().await;
    let provider = world.provider(ProviderKind::Apple);
    let first = world.sign_in(&*provider).await.unwrap();
    assert_eq!(first.name.as_deref(), Some("Ada Lovelace"));
    let later = world.sign_in(&*provider).await.unwrap();
    assert_eq!(later.name, None);
    assert_eq!(later.identity, first.identity);
}

#[tokio::test]
async fn what_the_browser_posts_beside_the_code_changes_neither_address_nor_account() {
    let world = World::new().await;
    let provider = world.provider(ProviderKind::Apple);
    let (departure, memo, mut back) = world.come_back(&*provider).await;
    back.user = Some(r#"{"name":{"firstName":"Eve"},"email":"victim@example.org","sub":"1"}"#.into());
    let profile = provider.finish(&departure, &memo, back).await.unwrap();
    assert_eq!(profile.identity.subject, "20417");
    assert_eq!(profile.email.unwrap().address.as_str(), "ada@gmail.com");

    // Where nobody posts, the field is nothing.
    let provider = world.oidc();
    let (departure, memo, mut back) = world.come_back(&*provider).await;
    back.user = Some(r#"{"name":{"firstName":"Eve"}}"#.into());
    let profile = provider.finish(&departure, &memo, back).await.unwrap();
    assert_eq!(profile.name.as_deref(), Some("Ada Lovelace"));
}

#[tokio::test]
async fn another_error_of_the_provider_is_told_in_its_word_and_nothing_that_could_break_a_log_line() {
    let world = World::new().await;
    let provider = world.oidc();
    let departure = world.departure(&*provider);
    let error = Some(format!("temporarily_unavailable\n{}", "x".repeat(500)));
    let result = provider.finish(&departure, "", Back { error, ..Back::default() }).await;
    let Err(ProviderError::Refused(why)) = result else { panic!("{result:?}") };
    assert!(why.starts_with("the provider says temporarily_unavailable?"), "{why}");
    assert!(why.len() < 120 && !why.contains('\n'), "{why}");
}

#[tokio::test]
async fn a_code_is_worth_nothing_to_another_sign_in() {
    let world = World::new().await;
    let provider = world.oidc();
    let (departure, memo, back) = world.come_back(&*provider).await;
    // An attacker's browser with the victim's code: another verifier, another nonce.
    let foreign = world.departure(&*provider);
    assert!(matches!(provider.finish(&foreign, &memo, back.clone()).await, Err(ProviderError::Refused(_))));
    // It was spent by that.
    assert!(matches!(provider.finish(&departure, &memo, back).await, Err(ProviderError::Refused(_))));
    let none = Back::default();
    assert!(matches!(provider.finish(&departure, &memo, none).await, Err(ProviderError::Refused(_))));
}

#[tokio::test]
async fn what_the_id_token_leaves_out_is_asked_for_and_must_be_of_the_same_person() {
    let world = World::new().await;
    world.idp.turn_on(Switch::ClaimsAtUserinfo);
    let provider = world.oidc();
    let profile = world.sign_in(&*provider).await.unwrap();
    assert_eq!(profile.name.as_deref(), Some("Ada Lovelace"));
    assert_eq!(profile.email.unwrap().address.as_str(), "ada@gmail.com");
    assert_eq!(world.idp.seen("/oidc/userinfo").len(), 1);
    let why = world.refuses(&*provider, Switch::UserinfoOfAnother).await;
    assert_eq!(why, "the userinfo is another person's");
}

#[tokio::test]
async fn the_secret_goes_where_the_issuer_wants_it() {
    let world = World::new().await;
    world.idp.turn_on(Switch::SecretByBasicOnly);
    world.sign_in(&*world.oidc()).await.unwrap();
    let trade = world.idp.seen("/oidc/token").pop().unwrap();
    assert!(trade.headers.contains_key("authorization"));
    assert!(!trade.body.contains("client_secret"));
}
