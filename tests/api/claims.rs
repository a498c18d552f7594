//! A guest who confirms their address: what they wrote becomes their account's, and what waited is published.

use afterword::domain::{Author, CommentId, Role};
use serde_json::{Value, json};

use super::support::people::{Person, verifier};
use super::support::{Answer, TestApp};

/// Asks for a code for this address, and brings it with a guest's token.
async fn confirm(app: &TestApp, email: &str, guest: Value) -> Answer {
    let (verifier, challenge) = verifier(&format!("{email}{}", app.mailbox.mails().len()));
    let asked = json!({ "email": email, "challenge": challenge });
    app.site_request("POST", "/auth/email").json(asked).send().await.ok(202);
    let code = app.code_for(email).await;
    let sent = json!({ "verifier": verifier, "code": code, "guest": guest });
    app.site_request("POST", "/auth/email/code").header("x-afterword", "1").json(sent).send().await
}

fn signed_in<'a>(app: &'a TestApp, answer: &Value) -> Person<'a> {
    let token = answer["access"].as_str().unwrap().to_owned();
    Person { app, token, refresh: None, name: String::new(), is_guest: false }
}

#[tokio::test]
async fn a_held_guest_confirms_their_address_and_is_published_under_the_same_name() {
    let app = TestApp::start().await;
    let guest = app.guest("Gil");
    let first = guest.posted("/p", "hello").await;
    guest.posted("/other", "and here").await;
    assert_eq!(app.thread("/p").await["thread"]["count"], 0);
    let answer = confirm(&app, "gil@example.org", json!(guest.token)).await.ok(200);
    assert_eq!((&answer["claimed"], &answer["visitor"]["name"]), (&json!(2), &json!("Gil")));
    for page in ["/p", "/other"] {
        let thread = app.thread(page).await;
        assert_eq!(thread["thread"]["count"], 1);
        let comment = &thread["conversations"][0]["comments"][0];
        assert_eq!(
            (&comment["author"]["name"], &comment["author"]["kind"]),
            (&json!("Gil"), &json!("member"))
        );
    }
    let member = signed_in(&app, &answer);
    let edited = member.send("PATCH", &format!("/comments/{first}"), json!({ "body": "hello all" })).await;
    assert_eq!(edited.ok(200)["comment"]["state"], "published", "it is theirs to edit");
    assert_eq!(member.post("/p", "and again").await.ok(201)["comment"]["state"], "published");
    // The guest is no more, and begins anew.
    guest
        .send("DELETE", &format!("/comments/{first}"), json!(null))
        .await
        .refused_as(403, "/problems/not-allowed");
    assert_eq!(guest.post("/p", "as a guest").await.ok(201)["comment"]["state"], "pending");
}

#[tokio::test]
async fn nobody_claims_without_the_token_nor_twice() {
    let app = TestApp::start().await;
    let guest = app.guest("Gil");
    let id = guest.posted("/p", "mine").await;
    for other in [json!(app.guest("Eve").token), json!("gt_"), json!("Gil"), json!(""), json!(id)] {
        let answer = confirm(&app, "eve@example.org", other.clone()).await.ok(200);
        assert_eq!(answer["claimed"], 0, "{other}");
    }
    assert_eq!(app.thread("/p").await["thread"]["count"], 0);
    let answer = confirm(&app, "gil@example.org", json!(guest.token)).await.ok(200);
    assert_eq!(answer["claimed"], 1);
    assert_eq!(confirm(&app, "eve@example.org", json!(guest.token)).await.ok(200)["claimed"], 0);
    let comment = CommentId(id.parse().unwrap());
    let stored = app.app.store.comment(app.site.id, comment).await.unwrap().unwrap();
    assert_eq!(stored.author, Author::Account(app.account("gil").await));
    // Who asks for nothing is told nothing of it.
    assert!(app.sign_in("zoe@example.org").await.ok(200).get("claimed").is_none());
}

#[tokio::test]
async fn a_wrong_code_claims_nothing_and_the_right_one_still_does() {
    let app = TestApp::start().await;
    let guest = app.guest("Gil");
    guest.posted("/p", "mine").await;
    let (verifier, challenge) = verifier("gil");
    let asked = json!({ "email": "gil@example.org", "challenge": challenge });
    app.site_request("POST", "/auth/email").json(asked).send().await.ok(202);
    let code = app.code_for("gil@example.org").await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let send = |code: &str| {
        let sent = json!({ "verifier": verifier, "code": code, "guest": guest.token });
        app.site_request("POST", "/auth/email/code").header("x-afterword", "1").json(sent).send()
    };
    send(wrong).await.refused_as(403, "/problems/wrong-code");
    assert_eq!(app.thread("/p").await["thread"]["count"], 0);
    assert_eq!(send(&code).await.ok(200)["claimed"], 1);
}

#[tokio::test]
async fn an_account_keeps_its_name_and_takes_no_name_of_the_staff() {
    let app = TestApp::start().await;
    app.member("Ada").await;
    let guest = app.guest("Somebody");
    guest.posted("/p", "hello").await;
    let answer = confirm(&app, "ada@example.org", json!(guest.token)).await.ok(200);
    assert_eq!((&answer["claimed"], &answer["visitor"]["name"]), (&json!(1), &json!("Ada")));
    // Olga joins the staff after a guest took her name.
    let namesake = app.guest("Olga");
    namesake.posted("/p", "hello from me").await;
    app.staff("Olga", Role::Moderator).await;
    let answer = confirm(&app, "other@example.org", json!(namesake.token)).await.ok(200);
    assert_eq!((&answer["claimed"], &answer["visitor"]["name"]), (&json!(1), &json!(null)));
}
