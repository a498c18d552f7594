//! Signing in with an account elsewhere: the popup goes to the provider and comes back.

use std::time::Duration;

use serde_json::json;

use super::support::elsewhere::{Browser, Elsewhere, STATE, attribute};
use super::support::{ORIGIN, TestApp};
use afterword::outside::providers::ProviderError;

async fn app_with(providers: &[&std::sync::Arc<Elsewhere>]) -> TestApp {
    let providers = providers.iter().map(|it| (*it).clone() as _).collect();
    TestApp::with_providers(providers, |_| {}).await
}

#[tokio::test]
async fn somebody_with_an_account_elsewhere_signs_in_and_says_who_they_are() {
    let google = Elsewhere::named("google");
    google.knows("1815", Some(("ada@example.org", true)), Some("Ada Lovelace"));
    let app = app_with(&[&google]).await;
    let mut browser = Browser::open(&app, "w").await;
    let page = browser.by("google", "1815").await;
    assert_eq!(page.status, 200, "{}", page.text());
    assert_eq!(attribute(&page, "data-origin").as_deref(), Some(ORIGIN));
    assert_eq!(attribute(&page, "data-st").as_deref(), Some(STATE));
    assert!(!browser.cookies.keys().any(|name| name.starts_with("aw-lt-")), "the transaction is over");

    let session = browser.exchange(&attribute(&page, "data-code").unwrap()).await.ok(200);
    assert_eq!(session["visitor"]["name"], json!(null), "they tell us themselves");
    assert_eq!(session["suggested_name"], "Ada Lovelace");
    let via = json!({ "kind": "provider", "id": "google", "name": "Google" });
    assert_eq!(session["visitor"]["via"], via);
    let token = session["access"].as_str().unwrap();
    let mine = app.site_request("GET", "/mine?page=/p").bearer(token).send().await.ok(200);
    assert_eq!(mine["visitor"]["via"], via);

    // And again: the same account, which has a name now.
    let named = app.site_request("PUT", "/me/name").bearer(token).json(json!({ "name": "Ada" })).send().await;
    named.ok(200);
    let again = Browser::open(&app, "again").await.signed_in_by("google", "1815").await;
    assert_eq!(again["visitor"]["id"], session["visitor"]["id"]);
    assert_eq!(again["visitor"]["name"], "Ada");
    assert_eq!(again["suggested_name"], json!(null));
}

#[tokio::test]
async fn the_popups_own_session_continues_as_it_began() {
    let google = Elsewhere::named("google");
    google.knows("1815", None, None);
    let app = app_with(&[&google]).await;
    let mut browser = Browser::open(&app, "w").await;
    browser.signed_in_by("google", "1815").await;
    let page = browser.reopen("w2", "").await;
    assert!(page.text().contains("Continue as <bdi>yourself</bdi>"), "{}", page.text());
    let code = browser.post("/auth/popup/continue", json!({})).await.ok(200);
    let session = browser.exchange(code["code"].as_str().unwrap()).await.ok(200);
    assert_eq!(session["visitor"]["via"]["id"], "google");
}

#[tokio::test]
async fn a_provider_that_posts_back_is_heard_without_our_cookie_and_believed_with_it() {
    let apple = Elsewhere::posting("apple");
    apple.knows("001", Some(("ada@example.org", true)), None);
    let app = app_with(&[&apple]).await;
    let mut browser = Browser::open(&app, "w").await;
    let state = browser.leave("apple").await;
    let post = |body: String| {
        app.request("POST", "/auth/cb/apple")
            .origin("https://appleid.apple.com")
            .header("sec-fetch-site", "cross-site")
            .header("content-type", "application/x-www-form-urlencoded")
            .raw(body)
            .send()
    };
    let posted = post(format!("state={state}&code=001&user=%7B%22name%22%3A%7B%7D%7D")).await;
    assert_eq!(posted.status, 303, "{}", posted.text());
    let location = posted.header("location").unwrap().to_owned();
    assert_eq!(location, format!("/auth/cb/apple?state={state}"), "no code in an address of ours");
    assert_eq!(post(format!("state={state}&code=002")).await.status, 410, "the first post counts");

    // What a query says beside it is somebody else's word.
    let page = browser.get(&format!("{location}&code=evil&error=evil")).await;
    browser.exchange(&attribute(&page, "data-code").unwrap()).await.ok(200);
    let finished = apple.finished.lock().pop().unwrap();
    assert_eq!(finished.1.code.as_deref(), Some("001"));
    assert_eq!(finished.1.user.as_deref(), Some("{\"name\":{}}"));
    assert_eq!(finished.0.redirect_uri, "http://localhost:8080/auth/cb/apple");
}

#[tokio::test]
async fn who_says_no_or_finds_nobody_there_is_told_and_can_go_another_way() {
    let google = Elsewhere::named("google");
    google.answers("slow", Err(ProviderError::Unreachable("no answer within 10 s".to_owned())));
    google.answers("odd", Err(ProviderError::Refused("iss is another".to_owned())));
    google.knows("1815", None, None);
    let app = app_with(&[&google]).await;
    let mut browser = Browser::open(&app, "w").await;
    for (query, status, said) in [
        ("error=access_denied", 200, "Google did not sign you in"),
        ("code=slow", 503, "Google did not answer"),
        ("code=odd", 409, "nobody was signed in"),
    ] {
        let state = browser.leave("google").await;
        let page = browser.get(&format!("/auth/cb/google?state={state}&{query}")).await;
        assert_eq!(page.status, status, "{}", page.text());
        assert!(page.text().contains(said), "{query}: {}", page.text());
        assert!(
            page.text().contains("Try again") && page.text().contains("Other ways to sign in"),
            "{query}"
        );
        assert_eq!(attribute(&page, "data-code"), None);
        assert!(!page.text().contains("iss is another"), "the operator's words are not theirs");
    }
    // The window is as good as new.
    browser.signed_in_by("google", "1815").await;

    google.is_out_of_order(ProviderError::Unreachable("connection refused".to_owned()));
    let mut browser = Browser::open(&app, "w3").await;
    let answer = browser.post("/auth/popup/provider", json!({ "provider": "google" })).await;
    answer.refused_as(503, "/problems/provider-unreachable");
    google.is_out_of_order(ProviderError::NoSuchServer("expected a server's name".to_owned()));
    let answer = browser.post("/auth/popup/provider", json!({ "provider": "google" })).await;
    answer.refused_as(422, "/problems/no-such-server");
    for unknown in ["github", "sso", "../x", ""] {
        let answer = browser.post("/auth/popup/provider", json!({ "provider": unknown })).await;
        answer.refused_as(404, "/problems/unknown-provider");
    }
}

#[tokio::test]
async fn widgets_learn_which_providers_there_are_and_their_order() {
    let (google, mastodon) = (Elsewhere::named("google"), Elsewhere::asking_for_server("mastodon"));
    let app = app_with(&[&mastodon, &google]).await;
    assert_eq!(app.thread("/p").await["site"]["providers"], true);
    let answer = app.site_request("GET", "/providers").send().await;
    let listed = answer.ok(200);
    let icon = json!({ "view_box": 24, "path": "M0 0h24v24H0z" });
    let expected = json!([
        { "id": "mastodon", "name": "Mastodon", "icon": icon, "asks_for_server": true },
        { "id": "google", "name": "Google", "icon": icon, "asks_for_server": false },
    ]);
    assert_eq!(listed["providers"], expected);
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    let known = app.site_request("GET", "/providers").header("if-none-match", answer.header("etag").unwrap());
    assert_eq!(known.send().await.status, 304);
    let unknown = app.request("GET", "/api/v1/sites/nobody/providers").send().await;
    unknown.refused_as(404, "/problems/unknown-site");

    let none = TestApp::start().await;
    assert_eq!(none.thread("/p").await["site"]["providers"], false);
    assert_eq!(none.site_request("GET", "/providers").send().await.ok(200)["providers"], json!([]));
}

#[tokio::test]
async fn a_server_is_asked_for_where_it_is_needed_and_dropped_where_it_is_not() {
    let (google, mastodon) = (Elsewhere::named("google"), Elsewhere::asking_for_server("mastodon"));
    google.knows("1", None, None);
    mastodon.knows("1", None, None);
    let app = app_with(&[&mastodon, &google]).await;
    for (provider, server) in [(&mastodon, Some("social.example")), (&google, None)] {
        let id = afterword::outside::providers::Provider::id(&**provider).to_string();
        let mut browser = Browser::open(&app, &id).await;
        let sent = json!({ "provider": id, "server": "social.example" });
        let location = browser.post("/auth/popup/provider", sent).await.ok(200);
        let state = location["location"].as_str().unwrap().split("state=").nth(1).unwrap();
        browser.come_back(&id, state.split('&').next().unwrap(), "1").await;
        assert_eq!(provider.finished.lock().pop().unwrap().0.server.as_deref(), server, "{id}");
    }
}

#[tokio::test]
async fn a_page_that_came_here_itself_is_told_where_to_go_back_to() {
    let google = Elsewhere::named("google");
    google.knows("1815", None, None);
    let app = app_with(&[&google]).await;
    let mut browser = Browser::open(&app, "w").await;
    let page = browser.reopen("w", &format!("&return_to={ORIGIN}/post%3Fa%3Db&provider=google")).await;
    assert_eq!(attribute(&page, "data-straight-to").as_deref(), Some("google"));
    let page = browser.by("google", "1815").await;
    assert_eq!(attribute(&page, "data-return-to"), Some(format!("{ORIGIN}/post?a=b")));
    // Where the opener was cut off, the eight characters do.
    let pasted = attribute(&page, "data-pasted").unwrap();
    let answer = app
        .site_request("POST", "/auth/exchange")
        .header("x-afterword", "1")
        .json(json!({ "pasted": pasted, "verifier": browser.verifier }))
        .send()
        .await;
    assert_eq!(answer.ok(200)["visitor"]["via"]["kind"], "provider");
}

#[tokio::test]
async fn who_is_known_here_is_sent_to_no_provider_without_a_click() {
    let google = Elsewhere::named("google");
    google.knows("1815", None, None);
    let app = app_with(&[&google]).await;
    let mut browser = Browser::open(&app, "w").await;
    browser.signed_in_by("google", "1815").await;
    let page = browser.reopen("w", "&provider=google").await;
    assert_eq!(attribute(&page, "data-straight-to"), None);
    assert!(page.text().contains("Continue as"), "{}", page.text());
}

#[tokio::test]
async fn a_state_is_good_once_in_its_own_browser_for_ten_minutes_at_its_own_provider() {
    let (google, other) = (Elsewhere::named("google"), Elsewhere::named("other"));
    google.knows("1815", None, None);
    other.knows("1815", None, None);
    let app = app_with(&[&google, &other]).await;
    let mut browser = Browser::open(&app, "w").await;
    let mut stranger = Browser::open(&app, "x").await;
    let state = browser.leave("google").await;
    let refused = |page: &super::support::Answer, what: &str| {
        assert_eq!(page.status, 410, "{what}: {}", page.text());
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"), "{what}");
        assert!(page.headers.get("set-cookie").is_none() && attribute(page, "data-code").is_none(), "{what}");
    };
    refused(&browser.get("/auth/cb/google?code=1815").await, "missing");
    refused(&browser.come_back("google", "made-up", "1815").await, "unknown");
    refused(&stranger.come_back("google", &state, "1815").await, "another browser");
    let page = browser.come_back("other", &state, "1815").await;
    assert_eq!(page.status, 410, "another provider: {}", page.text());
    assert_eq!(google.finished.lock().len() + other.finished.lock().len(), 0, "nobody was even asked");
    let page = browser.come_back("google", &state, "1815").await;
    browser.exchange(&attribute(&page, "data-code").unwrap()).await.ok(200);
    refused(&browser.come_back("google", &state, "1815").await, "a second time");

    let mut late = Browser::open(&app, "late").await;
    let state = late.leave("google").await;
    app.clock.forward(Duration::from_secs(601));
    refused(&late.come_back("google", &state, "1815").await, "too late");
}
