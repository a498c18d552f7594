//! Setting, changing and removing one's own password. (Statements 19, 20, 46 to 49.)

use std::time::Duration;

use serde_json::json;

use super::*;

async fn change(browser: &mut Browser<'_>, old: Option<&str>, new: &str) -> Answer {
    browser.send("PUT", "/account/api/password", json!({ "old": old, "new": new })).await
}

#[tokio::test]
async fn a_new_password_needs_the_old_one_and_ends_every_other_session() {
    let app = TestApp::start().await;
    with_password(&app, "Ada").await;
    let widget = app.sign_in("ada@example.org").await.ok(200);
    let mut elsewhere = signed_in(&app, "Ada").await;
    let mut browser = signed_in(&app, "Ada").await;
    change(&mut browser, Some("not the right one"), NEW_PASSWORD)
        .await
        .refused_as(403, "/problems/wrong-password");
    change(&mut browser, None, NEW_PASSWORD).await.refused_as(403, "/problems/wrong-password");
    let before = browser.cookies.clone();
    assert_eq!(change(&mut browser, Some(PASSWORD), NEW_PASSWORD).await.status, 204);
    assert_ne!(browser.cookies, before, "a new session goes on");
    assert_eq!(browser.state().await["sessions"].as_array().unwrap().len(), 1);
    elsewhere.get("/account/api/state").await.refused_as(401, "/problems/sign-in-needed");
    let token = widget["access"].as_str().unwrap();
    app.site_request("GET", "/mine?page=/p")
        .bearer(token)
        .send()
        .await
        .refused_as(401, "/problems/session-ended");
    elsewhere.sign_in("ada@example.org", PASSWORD).await.refused_as(403, "/problems/wrong-password");
    assert_eq!(elsewhere.sign_in("ada@example.org", NEW_PASSWORD).await.status, 200);
    let told = app.mailbox.next_for(&email("ada@example.org")).await;
    assert!(told.text.contains("password of your account"), "{}", told.text);
}

#[tokio::test]
async fn passwords_are_long_enough_short_enough_unknown_to_everybody_and_kept_whole() {
    let app = TestApp::start().await;
    with_password(&app, "Ada").await;
    let mut browser = signed_in(&app, "Ada").await;
    for (bad, problem) in [
        ("fourteen chars", "password-too-short"),
        ("passwordpassword", "password-guessable"),
        ("qwertyuiopasdfgh", "password-guessable"),
        ("theblogtheblogtheblog", "password-guessable"),
        ("adaadaadaadaadaada", "password-guessable"),
        ("ada@example.orgada", "password-guessable"),
        (&"å".repeat(513), "password-too-long"),
    ] {
        let answer = change(&mut browser, Some(PASSWORD), bad).await;
        answer.refused_as(422, &format!("/problems/{problem}"));
    }
    // 64 and far more are taken, white space and any script too, and nothing is cut off.
    let long = "Ein langer Satz, den niemand errät: ラクダは夜に青い海を泳ぐ … ".repeat(10);
    let long = &long[..long.floor_char_boundary(1_000)];
    let shorter = &long[..long.floor_char_boundary(long.len() - 9)];
    assert_eq!(change(&mut browser, Some(PASSWORD), long).await.status, 204);
    browser.sign_in("ada@example.org", shorter).await.refused_as(403, "/problems/wrong-password");
    assert_eq!(browser.sign_in("ada@example.org", long).await.status, 200);
    // The same characters composed otherwise are the same password.
    let composed = "Zoë ate nine gravel quinces";
    assert_eq!(change(&mut browser, Some(long), composed).await.status, 204);
    assert_eq!(browser.sign_in("ada@example.org", "Zoe\u{308} ate nine gravel quinces").await.status, 200);
}

#[tokio::test]
async fn a_password_is_removed_if_something_else_leads_in() {
    let app = TestApp::start().await;
    with_password(&app, "Ada").await;
    let mut browser = signed_in(&app, "Ada").await;
    let removed = browser.send("DELETE", "/account/api/password", json!({})).await;
    assert_eq!(removed.status, 204, "mail leads to her verified address: {}", removed.text());
    assert_eq!(browser.state().await["has_password"], false);
    // Freshly signed in, she sets another without an old one.
    assert_eq!(change(&mut browser, None, NEW_PASSWORD).await.status, 204);

    app.clock.forward(Duration::from_secs(15 * 60));
    browser
        .send("DELETE", "/account/api/password", json!({}))
        .await
        .refused_as(403, "/problems/fresh-sign-in-needed");
}

#[tokio::test]
async fn showing_once_more_that_it_is_you_begins_a_new_session_in_place_of_the_old() {
    let app = TestApp::start().await;
    with_password(&app, "Ada").await;
    let mut browser = signed_in(&app, "Ada").await;
    app.clock.forward(Duration::from_secs(16 * 60));
    let old = Browser { cookies: browser.cookies.clone(), ..Browser::of(&app) };
    let wrong =
        browser.send("POST", "/account/api/confirm", json!({ "password": "not the right one" })).await;
    wrong.refused_as(403, "/problems/wrong-password");
    let confirmed = browser.send("POST", "/account/api/confirm", json!({ "password": PASSWORD })).await;
    assert_eq!(confirmed.status, 204, "{}", confirmed.text());
    old.get("/account/api/state").await.refused_as(401, "/problems/sign-in-needed");
    assert_eq!(browser.send("DELETE", "/account/api/password", json!({})).await.status, 204);
}

#[tokio::test]
async fn an_owner_who_forgot_theirs_comes_by_a_link_and_sets_a_new_one() {
    use afterword::actions::setup;
    use afterword::storage::accounts::LinkPurpose;
    let app = TestApp::start().await;
    app.set_up().await;
    let owner = app.app.store.operators().await.unwrap()[0].id;
    let token = setup::mint_link(&app.app, LinkPurpose::SignIn(owner)).await.unwrap();
    let mut browser = Browser::of(&app);
    assert_eq!(browser.send("POST", "/auth/link", json!({ "token": token })).await.status, 204);
    let new = json!({ "old": null, "new": NEW_PASSWORD });
    let set = browser.send("POST", "/dashboard/api/password", new).await;
    assert_eq!(set.status, 204, "{}", set.text());
    let sent = json!({ "email": "ada@example.org", "password": NEW_PASSWORD });
    assert_eq!(browser.send("POST", "/dashboard/sign-in", sent).await.status, 204);
    // Who came by password knows it.
    let again = json!({ "old": null, "new": PASSWORD });
    browser.send("POST", "/dashboard/api/password", again).await.refused_as(403, "/problems/wrong-password");
}

/// What was hashed when less was enough, or elsewhere. (Statement 46.)
#[tokio::test]
async fn a_sign_in_hashes_a_password_again_that_was_hashed_with_less() {
    use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
    let app = TestApp::start().await;
    with_password(&app, "Ada").await;
    let account = app.account("Ada").await;
    let stored = async || app.app.store.private_facts(account).await.unwrap().unwrap().password.unwrap();
    for (memory_kib, passes) in [(4_096, 2), (19 * 1_024, 1)] {
        let params = Params::new(memory_kib, passes, 1, None).unwrap();
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_with_salt(PASSWORD.as_bytes(), &[9; 16])
            .unwrap()
            .to_string();
        app.give_hash(account, weak.clone()).await;
        let mut browser = Browser::of(&app);
        browser.sign_in("ada@example.org", NEW_PASSWORD).await.refused_as(403, "/problems/wrong-password");
        assert_eq!(stored().await, weak, "a wrong password changes nothing");

        assert_eq!(browser.sign_in("ada@example.org", PASSWORD).await.status, 200);
        let strong = stored().await;
        assert!(strong.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{weak} became {strong}");
        assert_eq!(browser.state().await["email"], "ada@example.org", "it ended no session");
        assert_eq!(Browser::of(&app).sign_in("ada@example.org", PASSWORD).await.status, 200);
        assert_eq!(stored().await, strong, "once is enough");
        let mut guess = Browser::of(&app);
        guess.sign_in("ada@example.org", NEW_PASSWORD).await.refused_as(403, "/problems/wrong-password");
    }
}
