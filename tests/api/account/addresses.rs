//! A new address. (Statements 19, 54.)

use std::time::Duration;

use serde_json::json;

use super::*;

/// The token of the link in the latest mail to an address.
async fn link_for(app: &TestApp, to: &str) -> String {
    let mail = app.mailbox.next_for(&email(to)).await;
    let base = app.app.config.server.base_url.join("/account#confirm=");
    let at = mail.text.find(&base).unwrap_or_else(|| panic!("no link in {}", mail.text));
    mail.text[at + base.len()..].split_whitespace().next().unwrap().to_owned()
}

async fn ask(browser: &mut Browser<'_>, to: &str) -> Answer {
    browser.send("POST", "/account/api/email", json!({ "email": to })).await
}

async fn confirm(browser: &mut Browser<'_>, token: &str) -> Answer {
    browser.send("POST", "/account/api/email/confirm", json!({ "token": token })).await
}

#[tokio::test]
async fn a_new_address_is_confirmed_there_and_the_old_one_is_told() {
    let app = TestApp::start().await;
    with_password(&app, "Ada").await;
    let elsewhere = signed_in(&app, "Ada").await;
    let mut browser = signed_in(&app, "Ada").await;
    assert_eq!(ask(&mut browser, "augusta@example.org").await.status, 202);
    assert_eq!(browser.state().await["email"], "ada@example.org", "nothing changes before");
    let token = link_for(&app, "augusta@example.org").await;
    // Opening it, as mail scanners do, changes nothing either.
    app.request("GET", "/account").send().await;
    assert_eq!(confirm(&mut browser, &token).await.status, 204);
    let state = browser.state().await;
    assert_eq!((&state["email"], &state["email_verified"]), (&json!("augusta@example.org"), &json!(true)));
    assert_eq!(state["sessions"].as_array().unwrap().len(), 1, "all others have ended");
    elsewhere.get("/account/api/state").await.refused_as(401, "/problems/sign-in-needed");
    let told = app.mailbox.next_for(&email("ada@example.org")).await;
    assert!(told.text.contains("another e-mail address"), "{}", told.text);
    confirm(&mut browser, &token).await.refused_as(410, "/problems/link-gone");
    let mut again = Browser::of(&app);
    again.sign_in("ada@example.org", PASSWORD).await.refused_as(403, "/problems/wrong-password");
    assert_eq!(again.sign_in("augusta@example.org", PASSWORD).await.status, 200);
}

#[tokio::test]
async fn asking_for_a_new_address_needs_a_fresh_sign_in() {
    let app = TestApp::start().await;
    with_password(&app, "Ada").await;
    let mut browser = signed_in(&app, "Ada").await;
    app.clock.forward(Duration::from_secs(15 * 60));
    ask(&mut browser, "augusta@example.org").await.refused_as(403, "/problems/fresh-sign-in-needed");
    browser.send("POST", "/account/api/confirm", json!({ "password": PASSWORD })).await;
    assert_eq!(ask(&mut browser, "augusta@example.org").await.status, 202);
}

#[tokio::test]
async fn a_confirmation_works_for_ten_minutes_where_the_same_account_is_signed_in() {
    let app = TestApp::start().await;
    with_password(&app, "Ada").await;
    with_password(&app, "Bob").await;
    let mut ada = signed_in(&app, "Ada").await;
    let mut bob = signed_in(&app, "Bob").await;
    assert_eq!(ask(&mut ada, "new@example.org").await.status, 202);
    let token = link_for(&app, "new@example.org").await;
    confirm(&mut bob, &token).await.refused_as(410, "/problems/link-gone");
    confirm(&mut Browser::of(&app), &token).await.refused_as(401, "/problems/sign-in-needed");
    app.clock.forward(Duration::from_secs(601));
    confirm(&mut ada, &token).await.refused_as(410, "/problems/link-gone");
}

#[tokio::test]
async fn whether_an_address_is_taken_is_told_only_to_who_can_open_its_mail() {
    let app = TestApp::start().await;
    with_password(&app, "Ada").await;
    with_password(&app, "Bob").await;
    let mut ada = signed_in(&app, "Ada").await;
    let (taken, free) = (ask(&mut ada, "bob@example.org").await, ask(&mut ada, "nobody@example.org").await);
    assert_eq!((taken.status, &taken.body), (free.status, &free.body));
    let token = link_for(&app, "bob@example.org").await;
    confirm(&mut ada, &token).await.refused_as(409, "/problems/address-taken");
}
