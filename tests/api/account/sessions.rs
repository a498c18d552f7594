//! The list of browsers, and signing out there. (Statements 17, 18, 20 to 22.)

use std::time::Duration;

use serde_json::json;

use super::*;
use crate::support::ORIGIN;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[tokio::test]
async fn a_session_says_where_it_is_what_it_is_and_since_when() {
    let app = TestApp::start().await;
    with_password(&app, "Ada").await;
    app.clock.forward(Duration::from_secs(60));
    let browser = signed_in(&app, "Ada").await;
    let state = browser.state().await;
    let sessions = state["sessions"].as_array().unwrap();
    let here = sessions.iter().find(|session| session["here"] == true).unwrap();
    assert_eq!((&here["device"], &here["place"]["kind"]), (&json!("Firefox on Linux"), &json!("account")));
    assert_eq!(here["via"], "by password");
    let widget =
        sessions.iter().find(|session| session["here"] == false && session["place"]["kind"] == "site");
    let widget = widget.unwrap_or_else(|| panic!("{state}"));
    assert_eq!(widget["place"], json!({ "kind": "site", "name": "The Blog", "origin": ORIGIN }));
    assert_eq!(widget["via"], "by a code in an email");
    assert!(here["began_at"].as_str() > widget["began_at"].as_str());
}

#[tokio::test]
async fn signing_out_there_ends_that_browser_at_once_and_nobody_elses() {
    let app = TestApp::start().await;
    with_password(&app, "Ada").await;
    let bob = app.member("Bob").await;
    let widget = app.sign_in("ada@example.org").await.ok(200);
    let token = widget["access"].as_str().unwrap().to_owned();
    let mut browser = signed_in(&app, "Ada").await;
    let mine = || app.site_request("GET", "/mine?page=/p").bearer(&token);
    mine().send().await.ok(200);
    let others =
        app.app.store.sessions_of(app.account("Bob").await, afterword::app::Clock::now(&*app.clock)).await;
    let theirs = others.unwrap()[0].id.to_string();
    for gone in [theirs.as_str(), "00000000-0000-4000-8000-000000000000", "nonsense"] {
        let answer = browser.send("DELETE", &format!("/account/api/sessions/{gone}"), json!({})).await;
        answer.refused_as(404, "/problems/unknown-session");
    }
    for session in browser.state().await["sessions"].as_array().unwrap() {
        if session["here"] == false {
            let path = format!("/account/api/sessions/{}", session["id"].as_str().unwrap());
            assert_eq!(browser.send("DELETE", &path, json!({})).await.status, 204);
        }
    }
    mine().send().await.refused_as(401, "/problems/session-ended");
    assert_eq!(browser.state().await["sessions"].as_array().unwrap().len(), 1);
    bob.posted("/p", "still here").await;
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_browser_and_this_one() {
    let app = TestApp::start().await;
    with_password(&app, "Ada").await;
    let widget = app.sign_in("ada@example.org").await.ok(200);
    let mut browser = signed_in(&app, "Ada").await;
    let out = browser.send("DELETE", "/account/api/sessions", json!({})).await;
    assert_eq!(out.status, 204);
    assert!(out.header("set-cookie").unwrap().contains("Max-Age=0"));
    browser.get("/account/api/state").await.refused_as(401, "/problems/sign-in-needed");
    let refresh = json!({ "refresh": widget["refresh"] });
    let refreshed = app.site_request("POST", "/auth/refresh").header("x-afterword", "1").json(refresh).send();
    refreshed.await.refused_as(401, "/problems/session-ended");
}

#[tokio::test]
async fn a_session_of_the_pages_lives_while_it_is_used_for_ninety_days_at_most() {
    let app = TestApp::start().await;
    with_password(&app, "Ada").await;
    let used = signed_in(&app, "Ada").await;
    let idle = signed_in(&app, "Ada").await;
    for _ in 0..4 {
        app.clock.forward(20 * DAY);
        used.state().await;
    }
    idle.get("/account/api/state").await.refused_as(401, "/problems/sign-in-needed");
    app.clock.forward(10 * DAY);
    used.get("/account/api/state").await.refused_as(401, "/problems/sign-in-needed");
}

#[tokio::test]
async fn use_is_written_down_once_a_day_at_most() {
    let app = TestApp::start().await;
    with_password(&app, "Ada").await;
    let browser = signed_in(&app, "Ada").await;
    let commits = || app.app.store.figures().commits;
    let before = commits();
    for _ in 0..20 {
        app.clock.forward(Duration::from_secs(60 * 60));
        browser.state().await;
    }
    assert_eq!(commits(), before);
    app.clock.forward(Duration::from_secs(5 * 60 * 60));
    browser.state().await;
    browser.state().await;
    assert_eq!(commits(), before + 1);
}

#[tokio::test]
async fn over_https_the_cookies_are_bound_to_the_host() {
    let app =
        TestApp::with(|config| config.server.base_url.origin = "https://comments.example".to_owned()).await;
    with_password(&app, "Ada").await;
    let answer = Browser::of(&app).sign_in("ada@example.org", PASSWORD).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let set: Vec<_> = answer.headers.get_all("set-cookie").iter().map(|set| set.to_str().unwrap()).collect();
    for name in ["__Host-aw-ss=", "__Host-aw-lt-", "__Host-aw-kd="] {
        let cookie = set.iter().find(|set| set.starts_with(name)).unwrap_or_else(|| panic!("{set:?}"));
        for part in ["Path=/;", "HttpOnly", "Secure", "SameSite=Lax"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
}

#[tokio::test]
async fn the_pages_cookies_are_worth_nothing_to_a_widget() {
    let app = TestApp::start().await;
    with_password(&app, "Ada").await;
    let browser = signed_in(&app, "Ada").await;
    for (name, value) in &browser.cookies {
        let refresh = json!({ "refresh": value });
        let as_refresh =
            app.site_request("POST", "/auth/refresh").header("x-afterword", "1").json(refresh).send().await;
        as_refresh.refused_as(401, "/problems/session-ended");
        let held = format!("{name}={value}");
        let mine = app.site_request("GET", "/mine?page=/p").header("cookie", &held).send().await;
        assert_eq!(mine.ok(200)["visitor"]["kind"], "anonymous");
        app.site_request("GET", "/mine?page=/p")
            .bearer(value)
            .send()
            .await
            .refused_as(401, "/problems/session-ended");
    }
}
