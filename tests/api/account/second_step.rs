//! A second factor stands before every way in. (Statements 51, 55.)

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::second_factor::{Authenticator, with_second_factor};
use super::*;
use crate::support::elsewhere::{self, Elsewhere, attribute};
use afterword::app::Clock;
use afterword::domain::Email;

const OLGA: &str = "olga@example.org";

async fn app_with(google: &Arc<Elsewhere>) -> TestApp {
    TestApp::with_providers(vec![google.clone() as _], |_| {}).await
}

fn google() -> Arc<Elsewhere> {
    let google = Elsewhere::named("google");
    google.knows("1815", Some((OLGA, true)), None);
    google
}

/// A code that was not used yet.
fn next(app: &TestApp, authenticator: &Authenticator) -> Value {
    app.clock.forward(Duration::from_secs(60));
    json!({ "code": authenticator.code(app, 0) })
}

async fn link(app: &TestApp, google: &Elsewhere) {
    let (olga, profile) = (app.account("Olga").await, google.profile("1815", None, None));
    app.app.store.link_identity(olga, profile, None, app.clock.now()).await.unwrap().unwrap();
}

#[tokio::test]
async fn who_comes_back_from_a_provider_is_asked_for_it() {
    let google = google();
    let app = app_with(&google).await;
    let (_, authenticator, _) = with_second_factor(&app).await;
    link(&app, &google).await;
    let mut browser = elsewhere::Browser::open(&app, "w").await;
    let page = browser.by("google", "1815").await;
    assert_eq!(attribute(&page, "data-code"), None, "nothing is handed over yet");
    assert!(page.text().contains("id=\"second-step-form\""), "{}", page.text());
    assert!(!browser.cookies.contains_key("aw-ss"), "nobody is signed in here either");
    let finish = "/auth/popup/finish";
    browser.post(finish, json!({})).await.refused_as(403, "/problems/second-factor-needed");
    browser.post(finish, json!({ "code": "000000" })).await.refused_as(403, "/problems/wrong-second-factor");
    // Another window has no part in it.
    // A phone drops the page while she looks for a code: loaded again, it asks the same.
    let step = format!("/auth/popup/step?tx={}", browser.tx);
    assert!(browser.get(&step).await.text().contains("id=\"second-step-form\""));
    let code = next(&app, &authenticator);
    let mut other = elsewhere::Browser::open(&app, "other").await;
    assert_eq!(other.post(finish, code.clone()).await.status, 202);
    let handed = browser.post(finish, code).await.ok(200);
    let session = browser.exchange(handed["code"].as_str().unwrap()).await.ok(200);
    assert_eq!(session["visitor"]["via"], json!({ "kind": "provider", "id": "google", "name": "Google" }));
    assert!(browser.cookies.contains_key("aw-ss"));
    // Once.
    let code = next(&app, &authenticator);
    assert_ne!(browser.post(finish, code).await.status, 200);
}

#[tokio::test]
async fn a_code_by_mail_alone_does_not_open_what_has_one() {
    let app = TestApp::start().await;
    with_second_factor(&app).await;
    let refused = app.sign_in(OLGA).await.refused_as(403, "/problems/second-factor-needed");
    let detail = refused["detail"].as_str().unwrap();
    assert!(detail.contains("which opens a window"), "what to do instead: {detail}");
}

#[tokio::test]
async fn a_mail_links_an_account_elsewhere_only_together_with_a_code() {
    let google = google();
    let app = app_with(&google).await;
    let (_, authenticator, _) = with_second_factor(&app).await;
    let olga = app.account("Olga").await;
    let mut browser = elsewhere::Browser::open(&app, "w").await;
    assert!(browser.by("google", "1815").await.text().contains("id=\"prove-mail-form\""));
    assert_eq!(browser.post("/auth/popup/prove/mail", json!({})).await.status, 202);
    let token = app.link_for(OLGA).await;
    browser.post("/auth/mail/use", json!({ "token": token })).await.ok(200);
    let finish = "/auth/popup/finish";
    browser.post(finish, json!({})).await.refused_as(403, "/problems/second-factor-needed");
    assert_eq!(app.app.store.identities_of(olga).await.unwrap(), [], "a mailbox alone links nothing");
    let code = next(&app, &authenticator);
    let handed = browser.post(finish, code).await.ok(200);
    let session = browser.exchange(handed["code"].as_str().unwrap()).await.ok(200);
    assert_eq!(session["visitor"]["via"]["id"], "google");
    assert_eq!(app.app.store.identities_of(olga).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_hundred_wrong_codes_in_a_row_leave_only_a_recovery_code_whichever_way_they_came() {
    let google = google();
    let app = app_with(&google).await;
    let (mut account, authenticator, codes) = with_second_factor(&app).await;
    link(&app, &google).await;
    let mut browser = elsewhere::Browser::open(&app, "w").await;
    browser.by("google", "1815").await;
    for turn in 0..100 {
        app.clock.forward(Duration::from_secs(1));
        let wrong = json!({ "code": "000000" });
        let answer = match turn % 2 {
            0 => browser.post("/auth/popup/finish", wrong).await,
            _ => account.send("POST", "/account/api/second-factor/off", wrong).await,
        };
        answer.refused_as(403, "/problems/wrong-second-factor");
    }
    let code = next(&app, &authenticator);
    let closed = browser.post("/auth/popup/finish", code).await;
    closed.refused_as(429, "/problems/too-many-wrong-second-factors");
    // Time alone opens nothing.
    app.clock.forward(Duration::from_secs(24 * 60 * 60));
    let code = next(&app, &authenticator);
    account
        .send("POST", "/account/api/second-factor/recovery", code)
        .await
        .refused_as(429, "/problems/too-many-wrong-second-factors");
    let mut again = elsewhere::Browser::open(&app, "again").await;
    again.by("google", "1815").await;
    again.post("/auth/popup/finish", json!({ "code": codes[0] })).await.ok(200);
    // And its six digits count again.
    let code = next(&app, &authenticator);
    account.send("POST", "/account/api/second-factor/recovery", code).await.ok(200);
}

#[tokio::test]
async fn its_owner_is_told_when_it_is_turned_on_and_off() {
    let app = TestApp::start().await;
    // That it was turned on, this has looked at.
    let (mut browser, authenticator, _) = with_second_factor(&app).await;
    let to = Email::parse(OLGA).unwrap();
    let code = next(&app, &authenticator);
    assert_eq!(browser.send("POST", "/account/api/second-factor/off", code).await.status, 204);
    let mail = app.mailbox.next_for(&to).await;
    assert!(mail.subject.starts_with("Your second step is off"), "{}", mail.subject);
}
