//! What is stored about somebody, as they see it.

use std::time::Duration;

use serde_json::json;

use super::*;

#[tokio::test]
async fn it_names_the_actual_values_and_how_long_they_stay() {
    let app = TestApp::start().await;
    with_password(&app, "Ada").await;
    let signed = app.sign_in("ada@example.org").await.ok(200);
    let bob = app.member("Bob").await;
    let theirs = bob.posted("/p", "Bob was here").await;
    let token = signed["access"].as_str().unwrap();
    for text in ["one", "two"] {
        let draft =
            json!({ "page": { "url": format!("{}/p", crate::support::ORIGIN), "title": "" }, "body": text });
        let posted =
            app.site_request("POST", "/comments").bearer(token).header("user-agent", "Test/1").json(draft);
        posted.send().await.ok(201);
    }
    app.site_request("PUT", &format!("/comments/{theirs}/like")).bearer(token).send().await.ok(200);
    app.clock.forward(Duration::from_secs(10 * 24 * 60 * 60));
    let browser = signed_in(&app, "Ada").await;
    let stored = browser.get("/account/api/stored").await.ok(200);
    assert_eq!(stored["email"], "ada@example.org");
    assert_eq!(stored["sites"], json!([{ "site": "The Blog", "comments": 2 }]));
    assert_eq!(stored["likes"], 1);
    assert_eq!(
        stored["origins"],
        json!([{ "address": "127.0.0.1", "browser": "Test/1", "comments": 2, "days_left": 20 }])
    );
    assert_eq!((&stored["has_password"], &stored["known_browsers"]), (&json!(true), &json!(1)));
    let text = stored.to_string();
    assert!(!text.contains("argon2") && !text.contains("Bob"), "{text}");

    app.clock.forward(Duration::from_secs(21 * 24 * 60 * 60));
    app.app.store.prune(afterword::app::Clock::now(&*app.clock), 1_000).await.unwrap();
    let later = signed_in(&app, "Ada").await.get("/account/api/stored").await.ok(200);
    assert_eq!(later["origins"], json!([]));
    assert_eq!(later["sites"][0]["comments"], 2);
}
