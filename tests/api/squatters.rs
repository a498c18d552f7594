//! Who was here first with somebody else's address, and never showed that it is theirs. (Statement 39.)

use serde_json::{Value, json};

use super::account::{self, NEW_PASSWORD, PASSWORD, signed_in, with_password};
use super::support::elsewhere::{Browser, Elsewhere};
use super::support::people::verifier;
use super::support::{Answer, TestApp};
use afterword::domain::Email;

const ADA: &str = "ada@example.org";

fn who(session: &Value) -> String {
    session["visitor"]["id"].as_str().expect("a member").to_owned()
}

/// Better Auth CVE-2026-53516: an account that waited under the victim's address became theirs, with the attacker's
/// password and sessions in it.
#[tokio::test]
async fn whoever_waits_under_an_address_gets_nothing_when_its_owner_comes() {
    let (google, forum) = (Elsewhere::named("google"), Elsewhere::named("forum"));
    let app = TestApp::with_providers(vec![google.clone() as _, forum.clone() as _], |_| {}).await;

    // Mallory takes every way there is to be Ada: an account of his own that wants her address …
    with_password(&app, "Mallory").await;
    let widget = app.sign_in("mallory@example.org").await.ok(200);
    let mut mallory = signed_in(&app, "Mallory").await;
    assert_eq!(mallory.send("POST", "/account/api/email", json!({ "email": ADA })).await.status, 202);
    let mailed = async || app.mailbox.next_for(&Email::parse(ADA).unwrap()).await;
    let mail = mailed().await;
    let base = app.app.config.server.base_url.join("/account#confirm=");
    let confirming = mail.text.split(&base).nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    // … a provider that says it without having looked …
    forum.knows("666", Some((ADA, false)), Some("Ada"));
    let mut at_forum = Browser::open(&app, "forum").await;
    let forums = at_forum.signed_in_by("forum", "666").await;
    // … a code and a link that are mailed to her, which he does not see; a guest's name; a password.
    let (_, challenge) = verifier("mallory's");
    let asked = json!({ "email": ADA, "challenge": challenge });
    app.site_request("POST", "/auth/email").json(asked).send().await.ok(202);
    mailed().await;
    let mut by_mail = Browser::open(&app, "mail").await;
    assert_eq!(by_mail.post("/auth/popup/mail", json!({ "email": ADA })).await.status, 202);
    mailed().await;
    let guest = app.guest("Ada");
    let mut draft = guest.draft("/p", "I am Ada");
    draft["guest"] = json!({ "name": "Ada", "email": ADA });
    guest.send("POST", "/comments", draft).await.ok(201);
    let by_password =
        async |password: &str| -> Answer { account::Browser::of(&app).sign_in(ADA, password).await };
    by_password(PASSWORD).await.refused_as(403, "/problems/wrong-password");

    // Ada comes, by a provider that has looked: nothing of his is in the way, and nothing of it is hers.
    google.knows("1815", Some((ADA, true)), Some("Ada Lovelace"));
    let hers = Browser::open(&app, "ada's").await.signed_in_by("google", "1815").await;
    assert_ne!(who(&hers), who(&widget));
    assert_ne!(who(&hers), who(&forums));

    // His password is none of hers, his sessions are his own accounts', and his link to her address is dead.
    for password in [PASSWORD, NEW_PASSWORD] {
        by_password(password).await.refused_as(403, "/problems/wrong-password");
    }
    for session in [&widget, &forums] {
        let token = session["access"].as_str().unwrap();
        let named =
            app.site_request("PUT", "/me/name").bearer(token).json(json!({ "name": "M" })).send().await;
        assert_ne!(named.ok(200)["visitor"]["id"], who(&hers));
    }
    let sent = json!({ "token": confirming });
    let confirmed = mallory.send("POST", "/account/api/email/confirm", sent).await;
    confirmed.refused_as(409, "/problems/address-taken");
    assert_eq!(mallory.state().await["email"], "mallory@example.org");

    // The address leads to her, by every way.
    assert_eq!(who(&app.sign_in(ADA).await.ok(200)), who(&hers));
    let name = json!({ "name": "Ada Lovelace" });
    let token = hers["access"].as_str().unwrap();
    app.site_request("PUT", "/me/name").bearer(token).json(name).send().await.ok(200);
    let again = Browser::open(&app, "again").await.signed_in_by("google", "1815").await;
    assert_eq!((who(&again), &again["visitor"]["name"]), (who(&hers), &json!("Ada Lovelace")));
}
