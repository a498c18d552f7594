//! Accounts elsewhere, listed and unlinked. (How one is linked stands with the providers.)

use std::time::Duration;

use serde_json::json;

use super::*;
use crate::support::elsewhere::Elsewhere;
use afterword::app::Clock;
use afterword::domain::identities::{Identity, Profile};
use afterword::domain::sessions::Scope;
use afterword::storage::identities::Arrived;

fn profile(subject: &str) -> Profile {
    let identity = Identity {
        provider: "work".parse().unwrap(),
        issuer: "https://id.example".to_owned(),
        subject: subject.to_owned(),
    };
    Profile { identity, email: None, name: None, label: Some(format!("@{subject}")) }
}

#[tokio::test]
async fn an_account_elsewhere_is_listed_and_unlinked_by_who_has_just_signed_in() {
    let app = TestApp::start().await;
    with_password(&app, "Ada").await;
    let ada = app.account("Ada").await;
    app.app.store.link_identity(ada, profile("ada"), None, app.clock.now()).await.unwrap().unwrap();
    let mut browser = signed_in(&app, "Ada").await;
    let state = browser.state().await;
    assert_eq!(
        (&state["identities"][0]["label"], &state["identities"][0]["provider"]),
        (&json!("@ada"), &json!("work"))
    );
    let path = format!("/account/api/identities/{}", state["identities"][0]["key"].as_str().unwrap());

    app.clock.forward(Duration::from_secs(15 * 60));
    browser.send("DELETE", &path, json!({})).await.refused_as(403, "/problems/fresh-sign-in-needed");
    browser.send("POST", "/account/api/confirm", json!({ "password": PASSWORD })).await;
    // Somebody else's is not hers to unlink.
    with_password(&app, "Bob").await;
    let mut bob = signed_in(&app, "Bob").await;
    bob.send("DELETE", &path, json!({})).await;
    assert_eq!(browser.state().await["identities"].as_array().unwrap().len(), 1);
    assert_eq!(browser.send("DELETE", &path, json!({})).await.status, 204);
    assert_eq!(browser.state().await["identities"], json!([]));
}

#[tokio::test]
async fn linking_and_unlinking_are_told_and_what_came_that_way_is_signed_out() {
    let work = Elsewhere::named("work");
    work.knows("ada", None, None);
    let app = TestApp::with_providers(vec![work.clone()], |_| {}).await;
    with_password(&app, "Ada").await;
    let mut browser = signed_in(&app, "Ada").await;
    let sent = json!({ "provider": "work" });
    let away = browser.send("POST", "/account/api/identities", sent).await.ok(200);
    let state = away["location"].as_str().unwrap().split("state=").nth(1).unwrap().split('&').next().unwrap();
    let back = browser.get(&format!("/auth/cb/work?state={state}&code=ada")).await;
    assert_eq!(back.header("location"), Some("/account"));
    let ada = Email::parse("ada@example.org").unwrap();
    let mail = app.mailbox.next_for(&ada).await;
    assert!(mail.subject.starts_with("Work leads to your account now"), "{}", mail.subject);

    let mut popup = crate::support::elsewhere::Browser::open(&app, "w").await;
    let widget = popup.signed_in_by("work", "ada").await;
    let there = Browser { cookies: popup.cookies.clone().into_iter().collect(), ..Browser::of(&app) };
    assert_eq!(there.state().await["name"], "Ada");
    let key = browser.state().await["identities"][0]["key"].as_str().unwrap().to_owned();
    let path = format!("/account/api/identities/{key}");
    let late = popup.reopen("late", "").await;
    assert_eq!(late.status, 200);
    let late = popup.by("work", "ada").await;
    let code = crate::support::elsewhere::attribute(&late, "data-code").unwrap();
    assert_eq!(browser.send("DELETE", &path, json!({})).await.status, 204);
    popup.exchange(&code).await.refused_as(410, "/problems/code-gone");
    assert_eq!(there.get("/account/api/state").await.status, 401);
    let refreshed = app
        .site_request("POST", "/auth/refresh")
        .header("x-afterword", "1")
        .json(json!({ "refresh": widget["refresh"] }));
    assert_eq!(refreshed.send().await.status, 401, "nor is the widget");
    browser.state().await;
    let mail = app.mailbox.next_for(&ada).await;
    assert!(mail.subject.starts_with("Work no longer leads to your account"), "{}", mail.subject);
}

#[tokio::test]
async fn the_last_way_in_stays() {
    let app = TestApp::with_providers(vec![Elsewhere::named("work")], |_| {}).await;
    let new = AccountId::from_random([7; 16]);
    let arrived = app.app.store.arrive(profile("eve"), new, "tx".to_owned(), app.clock.now()).await.unwrap();
    let Arrived::At(account) = arrived else { panic!("{arrived:?}") };
    let (session, cookie) = new_session(&app, &account, Scope::FirstParty);
    app.app.store.add_session(session).await.unwrap();
    let mut browser = Browser::of(&app);
    browser.cookies.push(("aw-ss".to_owned(), cookie));
    let key = browser.state().await["identities"][0]["key"].as_str().unwrap().to_owned();
    let path = format!("/account/api/identities/{key}");
    browser.send("DELETE", &path, json!({})).await.refused_as(409, "/problems/last-way-in");
    // Without an address there is nothing that a password could go with.
    let password = json!({ "old": null, "new": NEW_PASSWORD });
    browser.send("PUT", "/account/api/password", password).await.refused_as(409, "/problems/address-needed");
    // A second one, and the first may go.
    app.app.store.link_identity(account.id, profile("eve2"), None, app.clock.now()).await.unwrap().unwrap();
    assert_eq!(browser.send("DELETE", &path, json!({})).await.status, 204);
}
