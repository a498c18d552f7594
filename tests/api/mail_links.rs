//! Links in mails: good once, for ten minutes, in the browser that asked; elsewhere they say who asked, and do nothing.

use std::time::Duration;

use serde_json::json;

use super::support::elsewhere::{Browser, Elsewhere};
use super::support::{ORIGIN, TestApp};
use afterword::domain::Email;

const ADA: &str = "ada@example.org";

async fn asked<'a>(app: &'a TestApp, seed: &str) -> (Browser<'a>, String) {
    let mut browser = Browser::open(app, seed).await;
    let answer = browser.post("/auth/popup/mail", json!({ "email": ADA })).await;
    assert_eq!((answer.status, answer.text()), (202, String::new()));
    (browser, app.link_for(ADA).await)
}

#[tokio::test]
async fn a_link_signs_in_where_it_was_asked_for_once() {
    let app = TestApp::start().await;
    let (mut browser, token) = asked(&app, "w").await;
    assert_eq!(browser.post("/auth/popup/finish", json!({})).await.status, 202, "not used yet");
    assert!(app.app.store.account_by_email(&Email::parse(ADA).unwrap()).await.unwrap().is_none());
    let seen = browser.post("/auth/mail/look", json!({ "token": token })).await.ok(200);
    assert_eq!(
        (&seen["site"], &seen["origin"], &seen["here"]),
        (&json!("The Blog"), &json!(ORIGIN), &json!(true))
    );
    let used = browser.post("/auth/mail/use", json!({ "token": token })).await.ok(200);
    assert_eq!(used["tx"], json!(browser.tx));
    let code = browser.post("/auth/popup/finish", json!({})).await.ok(200);
    let session = browser.exchange(code["code"].as_str().unwrap()).await.ok(200);
    assert_eq!(session["visitor"]["via"], json!({ "kind": "link" }));
    assert_eq!(session["visitor"]["name"], json!(null), "a new account says its name first");
    for path in ["/auth/mail/use", "/auth/mail/look"] {
        browser.post(path, json!({ "token": token })).await.refused_as(410, "/problems/link-gone");
    }
    // The same address by code: the same account.
    let again = app.sign_in(ADA).await.ok(200);
    assert_eq!(again["visitor"]["id"], session["visitor"]["id"]);
}

#[tokio::test]
async fn elsewhere_it_says_who_asked_and_completes_nothing() {
    let app = TestApp::start().await;
    let (mut attacker, token) = asked(&app, "attacker").await;
    // The victim opens the attacker's link, signed in or not, with a window of their own open.
    let mut victim = Browser::open(&app, "victim").await;
    let seen = victim.post("/auth/mail/look", json!({ "token": token })).await.ok(200);
    assert_eq!((&seen["site"], &seen["here"]), (&json!("The Blog"), &json!(false)));
    assert!(seen["asked_at"].as_str().unwrap().starts_with("2026-"), "{seen}");
    let used = victim.post("/auth/mail/use", json!({ "token": token })).await;
    used.refused_as(403, "/problems/opened-elsewhere");
    assert_eq!(attacker.post("/auth/popup/finish", json!({})).await.status, 202, "nobody was signed in");
    assert_eq!(victim.post("/auth/popup/finish", json!({})).await.status, 202);
    // And it still works where it was asked for.
    attacker.post("/auth/mail/use", json!({ "token": token })).await.ok(200);
}

#[tokio::test]
async fn opening_it_uses_nothing_up_however_often() {
    let app = TestApp::start().await;
    let (mut browser, token) = asked(&app, "w").await;
    for method in ["GET", "HEAD", "GET"] {
        let page = app.request(method, &format!("/auth/mail?{token}")).send().await;
        assert_eq!(page.status, 200);
        assert!(!page.text().contains(&token), "the token is the script's affair");
    }
    browser.post("/auth/mail/look", json!({ "token": token })).await.ok(200);
    browser.post("/auth/mail/use", json!({ "token": token })).await.ok(200);
}

#[tokio::test]
async fn it_lives_ten_minutes() {
    let app = TestApp::start().await;
    let (mut browser, token) = asked(&app, "w").await;
    app.clock.forward(Duration::from_secs(599));
    browser.post("/auth/mail/look", json!({ "token": token })).await.ok(200);
    app.clock.forward(Duration::from_secs(1));
    browser.post("/auth/mail/use", json!({ "token": token })).await.refused_as(410, "/problems/link-gone");
    for nonsense in ["", "ml_", "ln_x", &format!("{token}x")] {
        let answer = browser.post("/auth/mail/look", json!({ "token": nonsense })).await;
        answer.refused_as(410, "/problems/link-gone");
    }
}

#[tokio::test]
async fn known_and_unknown_addresses_are_answered_alike() {
    let app = TestApp::start().await;
    app.sign_in(ADA).await.ok(200);
    let mut answers = Vec::new();
    for email in [ADA, "nobody@example.org"] {
        let mut browser = Browser::open(&app, email).await;
        let answer = browser.post("/auth/popup/mail", json!({ "email": email })).await;
        app.link_for(email).await;
        let finish = browser.post("/auth/popup/finish", json!({})).await;
        answers.push((answer.status, answer.text(), finish.status, finish.text()));
    }
    assert_eq!(answers[0], answers[1]);
    let mut browser = Browser::open(&app, "bad").await;
    browser
        .post("/auth/popup/mail", json!({ "email": "ada" }))
        .await
        .refused_as(422, "/problems/invalid-email");
}

#[tokio::test]
async fn after_ten_wrong_codes_a_link_still_signs_in() {
    let app = TestApp::start().await;
    for round in 0..2 {
        let (verifier, challenge) = super::support::people::verifier(&format!("round {round}"));
        let start = json!({ "email": ADA, "challenge": challenge });
        app.site_request("POST", "/auth/email").json(start).send().await.ok(202);
        let right = app.code_for(ADA).await;
        let wrong = if right == "000000" { "000001" } else { "000000" };
        for _ in 0..5 {
            let sent = json!({ "verifier": verifier, "code": wrong });
            let answer = app.site_request("POST", "/auth/email/code").header("x-afterword", "1").json(sent);
            answer.send().await.refused_as(403, "/problems/wrong-code");
        }
    }
    app.sign_in(ADA).await.refused_as(429, "/problems/too-many-wrong-codes");
    let (mut browser, token) = asked(&app, "w").await;
    browser.post("/auth/mail/use", json!({ "token": token })).await.ok(200);
    let code = browser.post("/auth/popup/finish", json!({})).await.ok(200);
    browser.exchange(code["code"].as_str().unwrap()).await.ok(200);
}

#[tokio::test]
async fn a_link_proves_the_account_that_an_identity_waits_for() {
    let google = Elsewhere::named("google");
    google.knows("1815", Some((ADA, true)), None);
    let app = TestApp::with_providers(vec![google.clone()], |_| {}).await;
    app.sign_in(ADA).await.ok(200);
    let id = app.app.store.account_by_email(&Email::parse(ADA).unwrap()).await.unwrap().unwrap().id;
    let mut browser = Browser::open(&app, "w").await;
    let page = browser.by("google", "1815").await;
    assert!(page.text().contains("id=\"prove-mail-form\""), "{}", page.text());
    assert!(!page.text().contains("id=\"prove-password-form\""), "it has no password");
    assert_eq!(browser.post("/auth/popup/prove/mail", json!({})).await.status, 202);
    let token = app.link_for(ADA).await;
    Browser::open(&app, "x")
        .await
        .post("/auth/mail/use", json!({ "token": token }))
        .await
        .refused_as(403, "/problems/opened-elsewhere");
    assert_eq!(app.app.store.identities_of(id).await.unwrap(), []);
    browser.post("/auth/mail/use", json!({ "token": token })).await.ok(200);
    let code = browser.post("/auth/popup/finish", json!({})).await.ok(200);
    assert_eq!(app.app.store.identities_of(id).await.unwrap().len(), 1);
    let session = browser.exchange(code["code"].as_str().unwrap()).await.ok(200);
    assert_eq!(session["visitor"]["via"]["id"], "google", "how it began");
    let again = Browser::open(&app, "again").await.signed_in_by("google", "1815").await;
    assert_eq!(again["visitor"]["id"], session["visitor"]["id"]);
    // Nothing waits for proof any more, so nothing can be asked.
    let mut other = Browser::open(&app, "other").await;
    other.post("/auth/popup/prove/mail", json!({})).await.refused_as(410, "/problems/code-gone");
}

#[tokio::test]
async fn the_account_page_is_signed_in_to_by_a_link_too() {
    let app = TestApp::start().await;
    let mut browser = Browser::open(&app, "w").await;
    let transaction = afterword::actions::popup::begin_account(&app.app);
    let sealed = app.app.sealer.seal(&transaction, &*app.app.chance);
    browser.cookies.insert(format!("aw-lt-{}", transaction.id), sealed);
    browser.tx = transaction.id;
    assert_eq!(browser.post("/auth/popup/mail", json!({ "email": ADA })).await.status, 202);
    let token = app.link_for(ADA).await;
    let seen = browser.post("/auth/mail/look", json!({ "token": token })).await.ok(200);
    assert_eq!((&seen["site"], &seen["here"]), (&json!(null), &json!(true)));
    browser.post("/auth/mail/use", json!({ "token": token })).await.ok(200);
    let done = browser.post("/auth/popup/finish", json!({})).await;
    assert_eq!(done.ok(200), json!({ "location": "/account" }));
    assert!(browser.cookies.contains_key("aw-ss"));
}
