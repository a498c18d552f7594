use afterword::actions::setup;
use afterword::storage::accounts::LinkPurpose;
use serde_json::json;

use super::{PASSWORD, cookie};
use crate::support::TestApp;

async fn make_owner(app: &TestApp, token: &str, password: &str) -> crate::support::Answer {
    let owner = json!({ "token": token, "name": "Ada", "email": "ada@example.org", "password": password });
    app.own_page("POST", "/setup/owner").json(owner).send().await
}

#[tokio::test]
async fn a_set_up_link_makes_one_owner_and_signs_them_in() {
    let app = TestApp::start().await;
    let token = setup::mint_link(&app.app, LinkPurpose::SetUp).await.unwrap();
    make_owner(&app, "ln_nonsense", PASSWORD).await.refused_as(410, "/problems/link-gone");
    make_owner(&app, &token, "too short").await.refused_as(422, "/problems/password-too-short");
    let made = make_owner(&app, &token, PASSWORD).await;
    assert_eq!(made.status, 204, "{}", made.text());
    let set = made.header("set-cookie").unwrap();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Strict") && set.contains("Path=/;"), "{set}");

    let state =
        app.own_page("GET", "/dashboard/api/state").header("cookie", &cookie(&made)).send().await.ok(200);
    assert_eq!(state["you"]["email"], "ada@example.org");
    assert_eq!(state["sites"][0]["key"], "blog", "a site that nobody owned is theirs");
    make_owner(&app, &token, PASSWORD).await.refused_as(410, "/problems/link-gone");
}

#[tokio::test]
async fn opening_a_sign_in_link_uses_nothing_up_and_its_button_works_once() {
    let app = TestApp::start().await;
    app.set_up().await;
    let owner = app.app.store.operators().await.unwrap()[0].id;
    let token = setup::mint_link(&app.app, LinkPurpose::SignIn(owner)).await.unwrap();
    for _ in 0..3 {
        assert_eq!(app.request("GET", "/auth/link").send().await.status, 200);
    }
    let press = || async { app.own_page("POST", "/auth/link").json(json!({ "token": token })).send().await };
    let pressed = press().await;
    assert_eq!(pressed.status, 204, "{}", pressed.text());
    let held = cookie(&pressed);
    app.own_page("GET", "/dashboard/api/state").header("cookie", &held).send().await.ok(200);
    press().await.refused_as(410, "/problems/link-gone");
}

#[tokio::test]
async fn over_https_cookies_are_bound_to_the_host() {
    let app =
        TestApp::with(|config| config.server.base_url.origin = "https://comments.example".to_owned()).await;
    let token = setup::mint_link(&app.app, LinkPurpose::SetUp).await.unwrap();
    let made = make_owner(&app, &token, PASSWORD).await;
    let set = made.header("set-cookie").unwrap();
    assert!(set.starts_with("__Host-aw-ad=") && set.ends_with("; Secure"), "{set}");
}
