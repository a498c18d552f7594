//! Posting, replying, editing, removing.

use std::time::Duration;

use serde_json::json;

use super::support::{ORIGIN, TestApp};

#[tokio::test]
async fn the_first_comment_makes_its_thread_and_everybody_sees_it() {
    let app = TestApp::start().await;
    let before = app.thread("/hello").await;
    assert_eq!((&before["thread"]["id"], &before["thread"]["count"]), (&json!(null), &json!(0)));

    let ada = app.member("Ada").await;
    let answer = ada.post("/hello", "First, with *feeling*").await;
    let comment = answer.ok(201)["comment"].clone();
    assert_eq!(comment["state"], "published");
    assert_eq!(comment["number"], 1);
    assert_eq!(comment["author"]["name"], "Ada");
    assert_eq!(
        comment["body"],
        json!([{ "t": "p", "c": ["First, with ", { "t": "em", "c": ["feeling"] }] }])
    );
    assert!(answer.header("location").is_some_and(|at| at.ends_with(comment["id"].as_str().unwrap())));

    let after = app.thread("/hello/?utm_source=mail").await;
    assert_eq!(after["thread"]["count"], 1);
    assert_eq!(after["conversations"][0]["comments"][0]["id"], comment["id"]);
}

#[tokio::test]
async fn replies_stand_under_their_parents_in_the_order_they_came() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.member("Ada").await, app.member("Bob").await);
    let root = ada.posted("/p", "root").await;
    let first = bob.replied("/p", &root, "first").await;
    let second = ada.replied("/p", &root, "second").await;
    let nested = ada.replied("/p", &first, "nested").await;

    let thread = app.thread("/p").await;
    let comments = thread["conversations"][0]["comments"].as_array().unwrap();
    let order: Vec<_> = comments.iter().map(|comment| comment["id"].as_str().unwrap()).collect();
    assert_eq!(order, [&*root, &first, &second, &nested]);
    assert_eq!(comments[3]["parent"], json!(first));
    assert_eq!(comments[3]["depth"], 2);
    assert_eq!(comments[0]["replies"], 2);
    assert_eq!(thread["conversations"][0]["count"], 4);
}

#[tokio::test]
async fn a_request_sent_twice_under_one_key_is_one_comment() {
    let app = TestApp::start().await;
    let ada = app.member("Ada").await;
    let send = |body: serde_json::Value, key: &'static str| {
        app.site_request("POST", "/comments")
            .bearer(&ada.token)
            .header("idempotency-key", key)
            .json(body)
            .send()
    };
    let first = send(ada.draft("/p", "once"), "k1").await.ok(201);
    let again = send(ada.draft("/p", "once"), "k1").await.ok(201);
    assert_eq!(first["comment"]["id"], again["comment"]["id"]);
    assert_eq!(app.thread("/p").await["thread"]["count"], 1);
    send(ada.draft("/p", "something else"), "k1").await.refused_as(422, "/problems/key-reused");
    send(ada.draft("/p", "something else"), "k2").await.ok(201);
}

#[tokio::test]
async fn a_retry_gets_the_comment_as_it_is_now() {
    let app = TestApp::start().await;
    let ada = app.member("Ada").await;
    let send = || {
        app.site_request("POST", "/comments")
            .bearer(&ada.token)
            .header("idempotency-key", "k")
            .json(ada.draft("/p", "once"))
            .send()
    };
    let id = send().await.ok(201)["comment"]["id"].as_str().unwrap().to_owned();
    ada.send("PATCH", &format!("/comments/{id}"), json!({ "body": "changed" })).await.ok(200);
    assert_eq!(send().await.ok(201)["comment"]["body"][0]["c"][0], "changed");
}

#[tokio::test]
async fn a_duplicate_is_refused_with_the_earlier_comment() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.member("Ada").await, app.member("Bob").await);
    let first = ada.posted("/p", "Thanks!").await;
    let refused = ada.post("/p", "  Thanks!  ").await.refused_as(409, "/problems/duplicate");
    assert_eq!(refused["earlier"], json!(first));
    // Two thanks to two people are fine, and so is somebody else's.
    let theirs = bob.posted("/p", "Thanks!").await;
    ada.replied("/p", &theirs, "Thanks!").await;
    app.clock.forward(Duration::from_secs(24 * 60 * 60 + 1));
    let ada = app.member("Ada").await;
    ada.posted("/p", "Thanks!").await;
}

#[tokio::test]
async fn an_edit_shows_and_its_time_runs_out() {
    let app = TestApp::start().await;
    let ada = app.member("Ada").await;
    let id = ada.posted("/p", "tpyo").await;
    ada.replied("/p", &id, "an answer does not end the window").await;
    app.clock.forward(Duration::from_secs(5 * 60));
    let edited = ada.send("PATCH", &format!("/comments/{id}"), json!({ "body": "typo" })).await.ok(200);
    assert_eq!(edited["comment"]["body"][0]["c"][0], "typo");
    assert!(edited["comment"]["edited_at"].is_string());
    let shown = app.thread("/p").await["conversations"][0]["comments"][0].clone();
    assert_eq!((&shown["body"][0]["c"][0], shown["edited_at"].is_string()), (&json!("typo"), true));

    app.clock.forward(Duration::from_secs(11 * 60));
    let ada = app.member("Ada").await;
    let late = ada.send("PATCH", &format!("/comments/{id}"), json!({ "body": "late" })).await;
    late.refused_as(403, "/problems/edit-window-over");
}

#[tokio::test]
async fn a_removed_comment_leaves_a_tombstone_only_while_it_has_replies() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.member("Ada").await, app.member("Bob").await);
    let root = ada.posted("/p", "regrettable").await;
    let reply = bob.replied("/p", &root, "hm").await;
    ada.send("DELETE", &format!("/comments/{root}"), json!({})).await.ok(200);

    let thread = app.thread("/p").await;
    let comments = thread["conversations"][0]["comments"].as_array().unwrap();
    assert_eq!(comments[0]["state"], "removed");
    assert_eq!((&comments[0]["body"], &comments[0]["author"]), (&json!(null), &json!(null)));
    assert_eq!(comments[0]["removed_by"], "author");
    assert_eq!(thread["thread"]["count"], 1, "tombstones do not count");
    assert!(!thread.to_string().contains("regrettable"));

    bob.send("DELETE", &format!("/comments/{reply}"), json!({})).await.ok(200);
    let thread = app.thread("/p").await;
    assert_eq!(thread["conversations"], json!([]));
    assert_eq!(thread["thread"]["count"], 0);
    assert_eq!(bob.mine("/p").await["comments"], json!([]), "what one removed oneself does not come back");
}

#[tokio::test]
async fn nobody_edits_or_removes_what_somebody_else_wrote() {
    let app = TestApp::start().await;
    let (ada, eve) = (app.member("Ada").await, app.member("Eve").await);
    let id = ada.posted("/p", "mine").await;
    let path = format!("/comments/{id}");
    eve.send("PATCH", &path, json!({ "body": "hers" })).await.refused_as(403, "/problems/not-allowed");
    eve.send("DELETE", &path, json!({})).await.refused_as(403, "/problems/not-allowed");
    eve.get(&format!("{path}/source")).await.refused_as(403, "/problems/not-allowed");
    eve.get(&format!("{path}/revisions")).await.refused_as(403, "/problems/not-allowed");
    app.guest("Eve").send("DELETE", &path, json!({})).await.refused_as(403, "/problems/not-allowed");
    app.site_request("DELETE", &path)
        .json(json!({}))
        .send()
        .await
        .refused_as(401, "/problems/sign-in-needed");
    assert_eq!(ada.get(&format!("{path}/source")).await.ok(200)["markdown"], "mine");
}

#[tokio::test]
async fn a_permalink_shows_the_comment_with_its_ancestors() {
    let app = TestApp::start().await;
    let ada = app.member("Ada").await;
    let root = ada.posted("/p", "root").await;
    let middle = ada.replied("/p", &root, "middle").await;
    let leaf = ada.replied("/p", &middle, "leaf").await;
    let around = app.site_request("GET", &format!("/comments/{leaf}")).send().await.ok(200);
    let ids: Vec<_> =
        around["conversation"]["comments"].as_array().unwrap().iter().map(|c| c["id"].clone()).collect();
    assert_eq!(ids, [json!(root), json!(middle), json!(leaf)]);
    assert_eq!(around["thread"]["url"], format!("{ORIGIN}/p"));
}

#[tokio::test]
async fn a_preview_parses_and_stores_nothing() {
    let app = TestApp::start().await;
    let preview = app
        .site_request("POST", "/preview")
        .json(json!({ "body": "**hi** <b>raw</b>" }))
        .send()
        .await
        .ok(200);
    assert_eq!(preview["body"][0]["c"][0], json!({ "t": "strong", "c": ["hi"] }));
    assert!(preview.to_string().contains("<b>raw</b>"), "raw HTML is text: {preview}");
    assert_eq!(app.thread("/p").await["thread"]["count"], 0);
}

#[tokio::test]
async fn order_survives_a_clock_that_is_set_back() {
    let app = TestApp::start().await;
    let ada = app.member("Ada").await;
    let first = ada.posted("/p", "one").await;
    app.clock.back(Duration::from_secs(3600));
    let second = ada.posted("/p", "two").await;
    let thread = app.thread("/p").await;
    let roots: Vec<_> =
        thread["conversations"].as_array().unwrap().iter().map(|c| c["root"].clone()).collect();
    assert_eq!(roots, [json!(first), json!(second)]);
}
