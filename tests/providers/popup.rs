//! The whole way over HTTP, for every provider: the widget's popup, the provider's page, the address it comes back to,
//! the code, the widget's session.

use std::sync::Arc;

use afterword::config::providers::ProviderKind;
use afterword::outside::providers::Provider;
use serde_json::json;
use url::Url;
use url::form_urlencoded::Serializer;

use crate::idp::browser::press_for_fields;
use crate::idp::{CLIENT_SECRET, Switch};
use crate::support::elsewhere::{Browser, attribute};
use crate::support::{Answer, TestApp};
use crate::world::{KINDS, OAUTH_KINDS, World};

fn all() -> impl Iterator<Item = &'static (ProviderKind, &'static str)> {
    KINDS.iter().chain(OAUTH_KINDS)
}

/// A server with every provider switched on, at the test's provider, by its clock.
async fn server(world: &World) -> TestApp {
    let providers: Vec<Arc<dyn Provider>> = all().map(|(kind, _)| world.provider(*kind)).collect();
    TestApp::with_providers(providers, |_| {}).await
}

/// Goes to the provider, presses "Continue" there, and is sent back as it sends back.
async fn come_back(browser: &mut Browser<'_>, provider: &str) -> Answer {
    let sent = browser.post("/auth/popup/provider", json!({ "provider": provider })).await.ok(200);
    let location = Url::parse(sent["location"].as_str().unwrap()).unwrap();
    let (back, fields) = press_for_fields(&location, "continue").await;
    assert_eq!(
        back.origin().ascii_serialization(),
        browser.app.app.config.server.base_url.origin,
        "from the configured base URL"
    );
    assert_eq!(back.path(), format!("/auth/cb/{provider}"), "each provider has its own");
    if back.query().is_some() {
        return browser.get(&format!("{}?{}", back.path(), back.query().unwrap())).await;
    }
    // A POST from another site brings no cookie of ours.
    let posted = browser
        .app
        .request("POST", back.path())
        .origin("https://appleid.apple.com")
        .header("sec-fetch-site", "cross-site")
        .header("content-type", "application/x-www-form-urlencoded")
        .raw(Serializer::new(String::new()).extend_pairs(fields).finish())
        .send()
        .await;
    assert_eq!(posted.status, 303, "{}", posted.text());
    let location = posted.header("location").unwrap().to_owned();
    assert!(!location.contains("code"), "no code in an address of ours: {location}");
    browser.get(&location).await
}

#[tokio::test]
async fn somebody_signs_in_from_the_widget_through_every_provider_and_no_token_of_one_is_stored() {
    let world = World::new().await;
    let app = server(&world).await;
    let mut accounts = Vec::new();
    for (_, dialect) in all() {
        // Somebody else each time, so that no address leads to an account that is there.
        world.idp.is(|person| person.email = format!("{dialect}@gmail.com"));
        let mut browser = Browser::open(&app, dialect).await;
        let page = come_back(&mut browser, dialect).await;
        assert_eq!(page.status, 200, "{dialect}: {}", page.text());
        let code = attribute(&page, "data-code").unwrap_or_else(|| panic!("{dialect}: {}", page.text()));
        let session = browser.exchange(&code).await.ok(200);
        assert_eq!(session["visitor"]["via"]["kind"], "provider", "{dialect}");
        assert_eq!(session["visitor"]["via"]["id"], *dialect);
        accounts.push(session["visitor"]["id"].clone());
        let token = session["access"].as_str().unwrap();
        let mine = app.site_request("GET", "/mine?page=/p").bearer(token).send().await.ok(200);
        assert_eq!(mine["visitor"]["id"], session["visitor"]["id"], "{dialect}");
    }
    for (at, id) in accounts.iter().enumerate() {
        assert!(!accounts[..at].contains(id), "the same id elsewhere is another person: {accounts:?}");
    }
    // The second time it is the same account.
    let (_, dialect) = KINDS[0];
    let mut browser = Browser::open(&app, "again").await;
    let page = come_back(&mut browser, dialect).await;
    let session = browser.exchange(&attribute(&page, "data-code").unwrap()).await.ok(200);
    assert_eq!(session["visitor"]["id"], accounts[0]);

    // SECURITY 43: what the providers gave out stands nowhere on the disk.
    let mut words: Vec<String> = world.idp.state.tokens.lock().unwrap().keys().cloned().collect();
    assert_eq!(words.len(), accounts.len() + 1);
    words.push(CLIENT_SECRET.to_owned());
    let directory = std::fs::read_dir(&app.app.config.storage.directory).unwrap();
    let stored: Vec<u8> = directory.flat_map(|entry| std::fs::read(entry.unwrap().path()).unwrap()).collect();
    let stands_there = |word: &str| stored.windows(word.len()).any(|window| window == word.as_bytes());
    assert!(stands_there("google@gmail.com"), "what is stored is found");
    for word in words {
        assert!(!stands_there(&word), "{word} was stored");
    }
}

#[tokio::test]
async fn a_verified_address_of_a_trusted_provider_asks_for_proof_and_any_other_makes_a_fresh_account() {
    let world = World::new().await;
    let app = server(&world).await;
    let mut browser = Browser::open(&app, "first").await;
    let page = come_back(&mut browser, "google").await;
    let ada =
        browser.exchange(&attribute(&page, "data-code").unwrap()).await.ok(200)["visitor"]["id"].clone();

    // Apple says so too, and counts.
    let mut browser = Browser::open(&app, "apple").await;
    let page = come_back(&mut browser, "apple").await;
    assert_eq!(attribute(&page, "data-code"), None, "nobody is let in by an address alone");
    // Apple, with a flag that is no yes; Microsoft, GitLab and X, whose word does not count (SECURITY 38, 41, 42).
    for (dialect, switch) in [
        ("apple", Some(Switch::EmailFlagFalseAsText)),
        ("microsoft", None),
        ("gitlab", None),
        ("facebook", None),
    ] {
        switch.into_iter().for_each(|switch| world.idp.turn_on(switch));
        let mut browser = Browser::open(&app, &format!("{dialect} again")).await;
        let page = come_back(&mut browser, dialect).await;
        let code = attribute(&page, "data-code").unwrap_or_else(|| panic!("{dialect}: {}", page.text()));
        let session = browser.exchange(&code).await.ok(200);
        assert_ne!(session["visitor"]["id"], ada, "{dialect}");
        switch.into_iter().for_each(|switch| world.idp.turn_off(switch));
    }
}

#[tokio::test]
async fn an_answer_of_another_issuer_signs_nobody_in_and_tells_no_more_than_that() {
    let world = World::new().await;
    let app = server(&world).await;
    for (switch, dialect) in
        [(Switch::IssOfAnother, "oidc"), (Switch::WrongNonce, "google"), (Switch::AlgNone, "apple")]
    {
        world.idp.turn_on(switch);
        let mut browser = Browser::open(&app, dialect).await;
        let page = come_back(&mut browser, dialect).await;
        world.idp.turn_off(switch);
        assert_eq!(page.status, 409, "{switch:?}: {}", page.text());
        assert_eq!(attribute(&page, "data-code"), None, "{switch:?}");
        assert!(!page.text().contains("ID token"), "the operator's words are not theirs");
    }
}
