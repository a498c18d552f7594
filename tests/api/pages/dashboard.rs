use serde_json::{Value, json};

use super::{PASSWORD, cookie};
use crate::support::{Answer, ORIGIN, TestApp};

async fn asked(app: &TestApp, cookie: &str, path: &str) -> Answer {
    app.own_page("GET", &format!("/dashboard/api/{path}")).header("cookie", cookie).send().await
}

async fn sent(app: &TestApp, cookie: &str, method: &str, path: &str, body: Value) -> Answer {
    app.own_page(method, &format!("/dashboard/api/{path}")).header("cookie", cookie).json(body).send().await
}

async fn signed_in(app: &TestApp, email: &str, password: &str) -> Answer {
    app.own_page("POST", "/dashboard/sign-in")
        .json(json!({ "email": email, "password": password }))
        .send()
        .await
}

#[tokio::test]
async fn the_dashboard_answers_nobody_without_its_own_session() {
    let app = TestApp::start().await;
    let held = app.set_up().await;
    for wrong in ["", "aw-ad=ss_nonsense", held.replace("aw-ad=", "aw-ss=").as_str()] {
        asked(&app, wrong, "state").await.refused_as(401, "/problems/sign-in-needed");
        asked(&app, wrong, "sites/blog/seen").await.refused_as(401, "/problems/sign-in-needed");
        for (method, path) in
            [("POST", "sites"), ("PATCH", "sites/blog"), ("POST", "password"), ("POST", "test-mail")]
        {
            sent(&app, wrong, method, path, json!({})).await.refused_as(401, "/problems/sign-in-needed");
        }
    }
    assert!(app.request("GET", "/dashboard").send().await.text().contains("sign-in-form"));
    assert!(
        !app.request("GET", "/dashboard")
            .header("cookie", &held)
            .send()
            .await
            .text()
            .contains("sign-in-form")
    );
}

#[tokio::test]
async fn another_sites_page_can_neither_read_nor_write_with_the_owners_cookie() {
    let app = TestApp::start().await;
    let held = app.set_up().await;
    let read = app
        .request("GET", "/dashboard/api/state")
        .header("cookie", &held)
        .header("sec-fetch-site", "cross-site")
        .send()
        .await;
    read.refused_as(403, "/problems/origin-not-allowed");
    let wrote = app
        .request("PATCH", "/dashboard/api/sites/blog")
        .origin(ORIGIN)
        .header("cookie", &held)
        .json(json!({ "likes": false }))
        .send()
        .await;
    wrote.refused_as(403, "/problems/origin-not-allowed");
}

#[tokio::test]
async fn an_owner_adds_a_site_and_changes_it() {
    let app = TestApp::start().await;
    let held = app.set_up().await;
    let new = json!({
        "key": "notes", "name": "Notes", "origins": ["https://notes.example"], "development": true
    });
    let added = sent(&app, &held, "POST", "sites", new.clone()).await.ok(201);
    assert!(added["development_until"].is_string(), "{added}");
    sent(&app, &held, "POST", "sites", new).await.refused_as(422, "/problems/site-exists");

    let change = json!({ "name": "Marginalia", "guests": false, "development": false });
    let changed = sent(&app, &held, "PATCH", "sites/notes", change).await.ok(200);
    assert_eq!(
        changed,
        json!({ "key": "notes", "name": "Marginalia", "origins": ["https://notes.example"],
                "development_until": null, "guests": false, "guest_proof": true, "likes": true, "sso": null })
    );
    let unfit = sent(&app, &held, "PATCH", "sites/notes", json!({ "origins": ["notes.example"] })).await;
    unfit.refused_as(422, "/problems/invalid-origin");
    let origins = |count| (0..count).map(|n| format!("https://{n}.example")).collect::<Vec<_>>();
    sent(&app, &held, "PATCH", "sites/notes", json!({ "origins": origins(50) })).await.ok(200);
    let many = sent(&app, &held, "PATCH", "sites/notes", json!({ "origins": origins(51) })).await;
    assert_eq!(many.refused_as(422, "/problems/too-many-origins")["max"], 50);
    let unknown = sent(&app, &held, "PATCH", "sites/notes", json!({ "role": "owner" })).await;
    unknown.refused_as(400, "/problems/bad-json");
}

#[tokio::test]
async fn the_owner_sees_where_comments_were_asked_for_and_adds_an_address_that_was_refused() {
    let app = TestApp::start().await;
    let held = app.set_up().await;
    let preview = |origin: &'static str| {
        app.request("POST", "/api/v1/sites/blog/preview")
            .origin(origin)
            .json(json!({ "body": "hello" }))
            .send()
    };
    preview(ORIGIN).await.ok(200);
    preview("https://www.blog.example").await.refused_as(403, "/problems/origin-not-allowed");
    let seen = asked(&app, &held, "sites/blog/seen").await.ok(200);
    assert_eq!(seen["seen"][0]["origin"], ORIGIN);
    assert_eq!(seen["refused"][0]["origin"], "https://www.blog.example");

    let both = json!({ "origins": [ORIGIN, "https://www.blog.example"] });
    sent(&app, &held, "PATCH", "sites/blog", both).await.ok(200);
    preview("https://www.blog.example").await.ok(200);
    assert_eq!(asked(&app, &held, "sites/blog/seen").await.ok(200)["refused"], json!([]));
}

#[tokio::test]
async fn a_new_password_ends_every_other_session() {
    let app = TestApp::start().await;
    let elsewhere = app.set_up().await;
    let held = cookie(&signed_in(&app, "ada@example.org", PASSWORD).await);
    let new = "a pile of unlikely gravel otters";
    let wrong = json!({ "old": "not it, whatever it may be", "new": new });
    sent(&app, &held, "POST", "password", wrong).await.refused_as(403, "/problems/wrong-password");
    let changed = sent(&app, &held, "POST", "password", json!({ "old": PASSWORD, "new": new })).await;
    assert_eq!(changed.status, 204, "{}", changed.text());

    for ended in [&elsewhere, &held] {
        asked(&app, ended, "state").await.refused_as(401, "/problems/sign-in-needed");
    }
    asked(&app, &cookie(&changed), "state").await.ok(200);
    signed_in(&app, "ada@example.org", PASSWORD).await.refused_as(403, "/problems/wrong-password");
    assert_eq!(signed_in(&app, "ada@example.org", new).await.status, 204);
}

#[tokio::test]
async fn signing_out_ends_the_session_and_takes_the_cookie_away() {
    let app = TestApp::start().await;
    let held = app.set_up().await;
    let out = sent(&app, &held, "POST", "sign-out", json!({})).await;
    assert!(out.header("set-cookie").unwrap().contains("Max-Age=0"), "{:?}", out.headers);
    asked(&app, &held, "state").await.refused_as(401, "/problems/sign-in-needed");
}

#[tokio::test]
async fn a_test_mail_goes_to_the_owner_and_its_answer_is_the_mail_servers_own() {
    let app = TestApp::start().await;
    let held = app.set_up().await;
    let answer = sent(&app, &held, "POST", "test-mail", json!({})).await.ok(200);
    assert_eq!(answer, json!({ "sent": true, "answer": "250 kept in the mailbox" }));
    assert_eq!(app.mailbox.mails()[0].mail.to.as_str(), "ada@example.org");
}

#[tokio::test]
async fn an_owner_sets_up_single_sign_on_and_sees_the_secret_once() {
    let app = TestApp::start().await;
    let held = app.set_up().await;
    let change = async |body: Value| sent(&app, &held, "POST", "sites/blog/sso", body).await;
    change(json!({ "change": "roles", "roles": true })).await.refused_as(403, "/problems/sso-off");
    let on = change(json!({ "change": "new_secret" })).await.ok(200);
    let secret = on["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("sso_") && secret.len() > 40);
    assert_eq!(on["site"]["sso"]["keys"][0]["algorithm"], "HS256");
    let roles = change(json!({ "change": "roles", "roles": true })).await.ok(200);
    assert_eq!((&roles["site"]["sso"]["roles"], &roles["secret"]), (&json!(true), &json!(null)));
    for body in [
        json!({ "change": "roles" }),
        json!({ "change": "public_key" }),
        json!({ "change": "off", "roles": true }),
        json!({ "change": "off", "secret": "mine" }),
        json!({ "change": "anything" }),
    ] {
        change(body).await.refused_as(400, "/problems/bad-json");
    }
    let wrong = json!({ "change": "public_key", "public_key": "no key" });
    change(wrong).await.refused_as(422, "/problems/invalid-public-key");
    let state = asked(&app, &held, "state").await;
    assert!(!state.text().contains(&secret), "it is not shown again");
    assert!(!app.thread("/p").await.to_string().contains(&secret));
    assert!(!format!("{:?}", app.app.store.sites()).contains(&secret));
    let off = change(json!({ "change": "off" })).await.ok(200);
    assert_eq!(off["site"]["sso"], json!(null));
}
