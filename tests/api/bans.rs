//! Whom a site banned: by no way do they get a session there, and the ones they had end.

use serde_json::json;

use super::support::passwords::PASSWORD;
use super::support::people::verifier;
use super::support::{Answer, ORIGIN, TestApp};
use afterword::app::Clock;
use afterword::domain::sessions::Scope;
use afterword::domain::{Email, Member, MemberStanding};

async fn ban(app: &TestApp, account: afterword::domain::AccountId) {
    let member = Member::new(app.site.id, account, app.clock.now());
    app.app.store.set_member(Member { standing: MemberStanding::Banned, ..member }).await.unwrap();
}

fn cookie(answer: &Answer, part: &str) -> String {
    let all = answer.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
    let found = all.map(|cookie| cookie.split(';').next().unwrap_or_default().to_owned());
    found.into_iter().find(|cookie| cookie.contains(part)).expect("a cookie")
}

#[tokio::test]
async fn who_is_banned_gets_no_session_by_any_way() {
    let app = TestApp::start().await;
    let own = app.app.config.server.base_url.origin.clone();
    let ada = app.member("Ada").await;
    let account = app.account("Ada").await;
    app.give_password(account, PASSWORD).await;
    let window = |held: String, path: &'static str, body: serde_json::Value| {
        app.request("POST", path)
            .origin(&own)
            .header("sec-fetch-site", "same-origin")
            .header("cookie", &held)
            .json(body)
            .send()
    };
    let open = async || {
        let challenge = verifier("w").1;
        let link = format!("/auth/popup?site=blog&origin={ORIGIN}&ch={challenge}&st=a-mark-of-the-widget");
        let held = cookie(&app.request("GET", &link).send().await, "aw-lt-");
        let tx = held.split('=').next().unwrap().trim_start_matches("aw-lt-").to_owned();
        (held, tx)
    };
    let by_password = async || {
        let (held, tx) = open().await;
        let body = json!({ "tx": tx, "email": "ada@example.org", "password": PASSWORD });
        window(held, "/auth/popup/password", body).await
    };
    let exchange = |code: serde_json::Value| {
        let body = json!({ "code": code, "verifier": verifier("w").0 });
        app.site_request("POST", "/auth/exchange").header("x-afterword", "1").json(body).send()
    };

    // Not banned yet: all of it works.
    let proved = by_password().await;
    let known = cookie(&proved, "aw-ss");
    let widget = exchange(proved.ok(200)["code"].clone()).await.ok(200);
    let before = by_password().await.ok(200)["code"].clone();

    ban(&app, account).await;
    let banned = "/problems/banned";
    by_password().await.refused_as(403, banned);
    let (held, tx) = open().await;
    window(format!("{held}; {known}"), "/auth/popup/continue", json!({ "tx": tx }))
        .await
        .refused_as(403, banned);
    exchange(before).await.refused_as(403, banned);
    app.sign_in("ada@example.org").await.refused_as(403, banned);
    let refresh = json!({ "refresh": widget["refresh"] });
    let refreshed = app.site_request("POST", "/auth/refresh").header("x-afterword", "1").json(refresh).send();
    refreshed.await.refused_as(403, banned);
    // What is still good for its ten minutes writes nothing, and is not renewed.
    for token in [widget["access"].as_str().unwrap(), ada.token.as_str()] {
        let posted =
            app.site_request("POST", "/comments").bearer(token).json(ada.draft("/p", "words")).send().await;
        assert!(matches!(posted.status, 401 | 403), "{}", posted.text());
    }
    let now = app.clock.now();
    let email = Email::parse("ada@example.org").unwrap();
    let id = app.app.store.account_by_email(&email).await.unwrap().unwrap().id;
    let sessions = app.app.store.sessions_of(id, now).await.unwrap();
    let on_the_site = sessions.iter().filter(|session| matches!(session.scope, Scope::Widget { .. }));
    assert_eq!(on_the_site.count(), 0, "no widget of theirs is signed in");
}
