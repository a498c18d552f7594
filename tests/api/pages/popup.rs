use std::time::Duration;

use serde_json::json;

use super::{OURS, PASSWORD, cookie};
use crate::support::people::verifier;
use crate::support::{Answer, ORIGIN, TestApp};

const STATE: &str = "mark-of-the-widget-1";

pub fn address(_: &TestApp, origin: &str) -> String {
    format!("/auth/popup?site=blog&origin={origin}&ch={}&st={STATE}", verifier("popup").1)
}

/// A popup that was opened: its transaction and the cookie that goes with it.
async fn opened(app: &TestApp) -> (String, String) {
    let page = app.request("GET", &address(app, ORIGIN)).send().await;
    assert_eq!(page.status, 200, "{}", page.text());
    let html = page.text();
    let transaction = html.split("data-tx=\"").nth(1).and_then(|rest| rest.split('"').next());
    (transaction.expect("a transaction").to_owned(), cookie(&page))
}

async fn by_password(app: &TestApp, transaction: &str, cookie: &str, password: &str) -> Answer {
    app.own_page("POST", "/auth/popup/password")
        .header("cookie", cookie)
        .json(json!({ "tx": transaction, "email": "Ada@example.org", "password": password }))
        .send()
        .await
}

async fn exchanged(app: &TestApp, code: &str) -> Answer {
    app.site_request("POST", "/auth/exchange")
        .header("x-afterword", "1")
        .json(json!({ "code": code, "verifier": verifier("popup").0, "cookie": false }))
        .send()
        .await
}

#[tokio::test]
async fn a_password_in_the_popup_signs_in_the_widget_that_asked() {
    let app = TestApp::start().await;
    app.set_up().await;
    let (transaction, held) = opened(&app).await;
    let answer = by_password(&app, &transaction, &held, PASSWORD).await;
    let handed = answer.ok(200);
    assert_eq!((handed["origin"].as_str(), handed["st"].as_str()), (Some(ORIGIN), Some(STATE)));
    let session = exchanged(&app, handed["code"].as_str().unwrap()).await.ok(200);
    assert_eq!(session["visitor"]["name"], "Ada");
    assert_eq!(session["visitor"]["role"], "owner", "who sets up owns the site that had nobody");
}

#[tokio::test]
async fn somebody_known_continues_with_one_click_and_no_password() {
    let app = TestApp::start().await;
    app.set_up().await;
    let (transaction, held) = opened(&app).await;
    let known = cookie(&by_password(&app, &transaction, &held, PASSWORD).await);
    assert!(known.starts_with("aw-ss="), "{known}");

    let page = app.request("GET", &address(&app, ORIGIN)).header("cookie", &known).send().await;
    let html = page.text();
    assert!(html.contains("Continue as <bdi>Ada</bdi>") && html.contains("on blog.example"), "{html}");
    let (transaction, held) = opened(&app).await;
    let answer = app
        .own_page("POST", "/auth/popup/continue")
        .header("cookie", &format!("{held}; {known}"))
        .json(json!({ "tx": transaction }))
        .send()
        .await;
    exchanged(&app, answer.ok(200)["code"].as_str().unwrap()).await.ok(200);
}

#[tokio::test]
async fn without_a_session_there_is_nothing_to_continue() {
    let app = TestApp::start().await;
    let dashboard = app.set_up().await.replace("aw-ad=", "aw-ss=");
    for known in ["", "aw-ss=ss_nonsense", dashboard.as_str()] {
        let (transaction, held) = opened(&app).await;
        let answer = app
            .own_page("POST", "/auth/popup/continue")
            .header("cookie", &format!("{held}; {known}"))
            .json(json!({ "tx": transaction }))
            .send()
            .await;
        answer.refused_as(401, "/problems/session-ended");
    }
}

#[tokio::test]
async fn an_unknown_address_and_a_wrong_password_read_the_same() {
    let app = TestApp::start().await;
    app.set_up().await;
    let (transaction, held) = opened(&app).await;
    let wrong = by_password(&app, &transaction, &held, "not the password at all").await;
    let sent = json!({ "tx": transaction, "email": "nobody@example.org", "password": PASSWORD });
    let unknown =
        app.own_page("POST", "/auth/popup/password").header("cookie", &held).json(sent).send().await;
    let (wrong, unknown) = (
        wrong.refused_as(403, "/problems/wrong-password"),
        unknown.refused_as(403, "/problems/wrong-password"),
    );
    assert_eq!(wrong["detail"], unknown["detail"]);
}

#[tokio::test]
async fn a_transaction_is_good_in_its_own_browser_for_ten_minutes() {
    let app = TestApp::start().await;
    app.set_up().await;
    let (transaction, held) = opened(&app).await;
    let (other, _) = opened(&app).await;
    for (transaction, cookie) in [(&transaction, ""), (&other, held.as_str())] {
        let answer = by_password(&app, transaction, cookie, PASSWORD).await;
        answer.refused_as(410, "/problems/code-gone");
    }
    app.clock.forward(Duration::from_secs(601));
    by_password(&app, &transaction, &held, PASSWORD).await.refused_as(410, "/problems/code-gone");
}

#[tokio::test]
async fn the_popup_opens_for_listed_origins_only_and_says_so_in_words() {
    let app = TestApp::start().await;
    for origin in ["https://evil.example", "https://blog.example.evil.net", "http://blog.example", "null", ""]
    {
        let page = app.request("GET", &address(&app, origin)).send().await;
        assert!(page.status >= 400, "{origin}: {}", page.status);
        assert_eq!(page.header("set-cookie"), None, "{origin}");
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"), "{origin}");
    }
    let refused = app.request("GET", &address(&app, "https://evil.example")).send().await;
    assert_eq!(refused.status, 403);
    assert!(
        refused.text().contains("Comments are not set up for https://evil.example"),
        "{}",
        refused.text()
    );
}

#[tokio::test]
async fn no_other_page_can_send_what_the_popup_sends() {
    let app = TestApp::start().await;
    app.set_up().await;
    let (transaction, held) = opened(&app).await;
    let sent = json!({ "tx": transaction, "email": "ada@example.org", "password": PASSWORD });
    for (origin, fetched) in [(ORIGIN, "cross-site"), (ORIGIN, "same-origin"), (OURS, "same-site")] {
        let answer = app
            .request("POST", "/auth/popup/password")
            .origin(origin)
            .header("sec-fetch-site", fetched)
            .header("cookie", &held)
            .json(sent.clone())
            .send()
            .await;
        answer.refused_as(403, "/problems/origin-not-allowed");
    }
    let as_form = app
        .own_page("POST", "/auth/popup/password")
        .header("cookie", &held)
        .header("content-type", "text/plain")
        .raw(sent.to_string())
        .send()
        .await;
    as_form.refused_as(415, "/problems/wrong-content-type");
}
