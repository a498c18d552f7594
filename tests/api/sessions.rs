//! Signing in by e-mail code, refreshing, signing out.

use std::time::Duration;

use serde_json::json;

use super::support::people::verifier;
use super::support::{ORIGIN, TestApp};

#[tokio::test]
async fn an_e_mail_code_signs_in_and_the_first_time_asks_for_a_name() {
    let app = TestApp::start().await;
    let first = app.sign_in("ada@example.org").await.ok(200);
    assert_eq!(first["visitor"]["kind"], "member");
    assert_eq!(first["visitor"]["name"], json!(null));
    let token = first["access"].as_str().unwrap();
    let draft = json!({ "page": { "url": format!("{ORIGIN}/p"), "title": "" }, "body": "hi" });
    let unnamed = app.site_request("POST", "/comments").bearer(token).json(draft).send().await;
    unnamed.refused_as(403, "/problems/name-needed");
    app.site_request("PUT", "/me/name").bearer(token).json(json!({ "name": "Ada" })).send().await.ok(200);
    assert_eq!(app.sign_in("ADA@example.org").await.ok(200)["visitor"]["name"], "Ada", "the same person");
}

#[tokio::test]
async fn a_code_works_once_and_only_with_its_verifier_and_origin() {
    let app = TestApp::start().await;
    let (right, challenge) = verifier("mine");
    let ask = json!({ "email": "ada@example.org", "challenge": challenge });
    app.site_request("POST", "/auth/email").json(ask).send().await.ok(202);
    let code = app.code_for("ada@example.org").await;
    let (other, _) = verifier("the attacker's");
    let send = |verifier: &str, code: &str| {
        app.site_request("POST", "/auth/email/code")
            .header("x-afterword", "1")
            .json(json!({ "verifier": verifier, "code": code }))
            .send()
    };
    send(&other, &code).await.refused_as(410, "/problems/code-gone");
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    send(&right, &spaced).await.ok(200);
    send(&right, &code).await.refused_as(410, "/problems/code-gone");
}

#[tokio::test]
async fn five_wrong_tries_end_a_code() {
    let app = TestApp::start().await;
    let (verifier, challenge) = verifier("x");
    app.site_request("POST", "/auth/email")
        .json(json!({ "email": "ada@example.org", "challenge": challenge }))
        .send()
        .await
        .ok(202);
    let code = app.code_for("ada@example.org").await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let send = |code: &str| {
        app.site_request("POST", "/auth/email/code")
            .header("x-afterword", "1")
            .json(json!({ "verifier": verifier, "code": code }))
            .send()
    };
    for left in (1..5).rev() {
        assert_eq!(send(wrong).await.refused_as(403, "/problems/wrong-code")["tries_left"], left);
    }
    send(wrong).await;
    send(&code).await.refused_as(410, "/problems/code-gone");
}

#[tokio::test]
async fn a_code_expires_after_ten_minutes() {
    let app = TestApp::start().await;
    let (verifier, challenge) = verifier("x");
    app.site_request("POST", "/auth/email")
        .json(json!({ "email": "ada@example.org", "challenge": challenge }))
        .send()
        .await
        .ok(202);
    let code = app.code_for("ada@example.org").await;
    app.clock.forward(Duration::from_secs(601));
    let late = app
        .site_request("POST", "/auth/email/code")
        .header("x-afterword", "1")
        .json(json!({ "verifier": verifier, "code": code }))
        .send()
        .await;
    late.refused_as(410, "/problems/code-gone");
}

#[tokio::test]
async fn known_and_unknown_addresses_get_the_same_answer() {
    let app = TestApp::start().await;
    app.member("Ada").await;
    let ask = |email: &str, seed: &str| {
        let (_, challenge) = verifier(seed);
        app.site_request("POST", "/auth/email").json(json!({ "email": email, "challenge": challenge })).send()
    };
    let (known, unknown) = (ask("ada@example.org", "a").await, ask("nobody@example.org", "b").await);
    assert_eq!((known.status, &known.body), (unknown.status, &unknown.body));
    ask("not an address", "c").await.refused_as(422, "/problems/invalid-email");
}

async fn refresh(app: &TestApp, token: &str) -> super::support::Answer {
    app.site_request("POST", "/auth/refresh")
        .header("x-afterword", "1")
        .json(json!({ "refresh": token }))
        .send()
        .await
}

#[tokio::test]
async fn a_refresh_token_outlives_the_access_token_and_rotates_hourly() {
    let app = TestApp::start().await;
    let ada = app.member("Ada").await;
    let token = ada.refresh.clone().unwrap();
    app.clock.forward(Duration::from_secs(601));
    ada.post("/p", "too old").await.refused_as(401, "/problems/session-ended");
    let refreshed = refresh(&app, &token).await.ok(200);
    assert!(refreshed.get("refresh").is_none(), "no new token within the hour: {refreshed}");
    app.clock.forward(Duration::from_secs(3600));
    let rotated = refresh(&app, &token).await.ok(200)["refresh"].as_str().unwrap().to_owned();
    assert_ne!(rotated, token);
    // The answer was lost: the old one still works, until the new one is used.
    refresh(&app, &token).await.ok(200);
    refresh(&app, &rotated).await.ok(200);
    refresh(&app, &token).await.refused_as(401, "/problems/session-ended");
    refresh(&app, &rotated).await.refused_as(401, "/problems/session-ended");
}

#[tokio::test]
async fn a_hundred_pairs_of_tabs_refresh_at_once_and_stay_signed_in() {
    let app = TestApp::start().await;
    let mut token = app.member("Ada").await.refresh.unwrap();
    for _ in 0..100 {
        app.clock.forward(Duration::from_secs(3601));
        let (one, two) = tokio::join!(refresh(&app, &token), refresh(&app, &token));
        let (one, two) = (one.ok(200), two.ok(200));
        // Whichever answer is stored last is what the browser uses next.
        token = two["refresh"].as_str().or(one["refresh"].as_str()).unwrap_or(&token).to_owned();
    }
    refresh(&app, &token).await.ok(200);
}

#[tokio::test]
async fn signing_out_ends_this_session_and_everywhere_ends_all() {
    let app = TestApp::start().await;
    let laptop = app.member("Ada").await;
    let phone = app.member("Ada").await;
    let out = |token: &str, everywhere: bool| {
        let body = json!({ "refresh": token, "everywhere": everywhere });
        app.site_request("POST", "/auth/logout").header("x-afterword", "1").json(body).send()
    };
    out(laptop.refresh.as_deref().unwrap(), false).await.ok(200);
    laptop.post("/p", "gone").await.refused_as(401, "/problems/session-ended");
    refresh(&app, laptop.refresh.as_deref().unwrap()).await.refused_as(401, "/problems/session-ended");
    phone.posted("/p", "still here").await;
    let tablet = app.member("Ada").await;
    out(phone.refresh.as_deref().unwrap(), true).await.ok(200);
    tablet.post("/p", "gone too").await.refused_as(401, "/problems/session-ended");
    refresh(&app, tablet.refresh.as_deref().unwrap()).await.refused_as(401, "/problems/session-ended");
}

#[tokio::test]
async fn a_token_is_worth_nothing_from_another_origin() {
    let app = TestApp::start().await;
    let ada = app.member("Ada").await;
    let second = afterword::domain::Origin::parse("https://www.blog.example").unwrap();
    let change = afterword::storage::sites::SiteChange {
        origins: Some(vec![app.site.origins[0].clone(), second]),
        ..Default::default()
    };
    app.app.store.change_site(app.site.id, change).await.unwrap().unwrap();
    let from = |origin: &str| {
        app.request("POST", "/api/v1/sites/blog/comments")
            .origin(origin)
            .bearer(&ada.token)
            .json(ada.draft("/p", "x"))
            .send()
    };
    from("https://www.blog.example").await.refused_as(401, "/problems/session-ended");
    from(ORIGIN).await.ok(201);
}

#[tokio::test]
async fn cookie_endpoints_ask_for_the_exact_origin_and_the_header() {
    let app = TestApp::start().await;
    let token = app.member("Ada").await.refresh.unwrap();
    let body = json!({ "refresh": token });
    let path = "/api/v1/sites/blog/auth/refresh";
    app.request("POST", path)
        .header("x-afterword", "1")
        .json(body.clone())
        .send()
        .await
        .refused_as(400, "/problems/headers-missing");
    app.request("POST", path)
        .origin("https://evil.example")
        .header("x-afterword", "1")
        .json(body.clone())
        .send()
        .await
        .refused_as(403, "/problems/origin-not-allowed");
    app.request("POST", path)
        .origin(ORIGIN)
        .json(body.clone())
        .send()
        .await
        .refused_as(400, "/problems/headers-missing");
    let right = app.request("POST", path).origin(ORIGIN).header("x-afterword", "1").json(body).send().await;
    right.ok(200);
    assert_eq!(right.header("access-control-allow-credentials"), Some("true"));
    assert_eq!(right.header("access-control-allow-origin"), Some(ORIGIN));
    assert_eq!(right.header("cache-control"), Some("no-store"));
}
