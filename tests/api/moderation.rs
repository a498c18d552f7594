//! What staff do from the widget.

use serde_json::json;

use super::support::TestApp;
use afterword::domain::Role;

#[tokio::test]
async fn a_verdict_changes_what_everybody_sees() {
    let app = TestApp::start().await;
    let (mod_, ada) = (app.staff("Mo", Role::Moderator).await, app.member("Ada").await);
    let id = ada.posted("/p", "words").await;
    let count = async || app.thread("/p").await["thread"]["count"].clone();
    assert_eq!(mod_.moderate(&id, "spam").await.ok(200)["comment"]["state"], "spam");
    assert_eq!(count().await, 0);
    assert_eq!(ada.mine("/p").await["comments"][0]["state"], "pending", "its author is told that it waits");
    assert_eq!(mod_.moderate(&id, "approve").await.ok(200)["comment"]["state"], "published");
    assert_eq!(count().await, 1);
    assert_eq!(mod_.moderate(&id, "remove").await.ok(200)["comment"]["state"], "removed");
    assert_eq!(count().await, 0);
    let back = mod_.moderate(&id, "approve").await.ok(200);
    assert_eq!(
        (&back["comment"]["state"], &back["comment"]["number"]),
        (&json!("published"), &json!(1)),
        "its number stays"
    );
}

#[tokio::test]
async fn only_moderators_and_owners_moderate() {
    let app = TestApp::start().await;
    let ada = app.member("Ada").await;
    let id = ada.posted("/p", "words").await;
    let thread = app.thread("/p").await["thread"]["id"].as_str().unwrap().to_owned();
    let viewer = app.staff("Vi", Role::Viewer).await;
    for person in [&ada, &viewer] {
        person.moderate(&id, "remove").await.refused_as(403, "/problems/not-allowed");
        person
            .send("PUT", &format!("/threads/{thread}/closed"), json!({ "closed": true }))
            .await
            .refused_as(403, "/problems/not-allowed");
    }
    app.guest("Gil").moderate(&id, "remove").await.refused_as(401, "/problems/sign-in-needed");
}

#[tokio::test]
async fn a_pinned_conversation_comes_first_and_once() {
    let app = TestApp::start().await;
    let owner = app.staff("Olga", Role::Owner).await;
    let mut ids = Vec::new();
    for text in ["one", "two", "three", "four", "five"] {
        ids.push(owner.posted("/p", text).await);
    }
    owner.moderate(&ids[2], "pin").await.ok(200);
    let thread = app.thread("/p").await;
    let roots: Vec<_> =
        thread["conversations"].as_array().unwrap().iter().map(|c| c["root"].as_str().unwrap()).collect();
    assert_eq!(roots, [&*ids[2], &ids[0], &ids[1], &ids[3], &ids[4]]);
    assert_eq!(thread["conversations"][0]["pinned"], true);
    owner.moderate(&ids[0], "pin").await.ok(200);
    owner.moderate(&ids[1], "pin").await.ok(200);
    owner.moderate(&ids[3], "pin").await.refused_as(409, "/problems/too-many-pinned");
    owner.moderate(&ids[2], "unpin").await.ok(200);
    let reply = owner.replied("/p", &ids[0], "reply").await;
    owner.moderate(&reply, "pin").await.refused_as(422, "/problems/not-a-root");
}

#[tokio::test]
async fn a_closed_thread_refuses_new_comments_until_it_is_reopened() {
    let app = TestApp::start().await;
    let (owner, ada) = (app.staff("Olga", Role::Owner).await, app.member("Ada").await);
    ada.posted("/p", "in time").await;
    let thread = app.thread("/p").await["thread"]["id"].as_str().unwrap().to_owned();
    let path = format!("/threads/{thread}/closed");
    owner.send("PUT", &path, json!({ "closed": true })).await.ok(200);
    assert!(app.thread("/p").await["thread"]["closed_at"].is_string());
    ada.post("/p", "too late?").await.refused_as(409, "/problems/thread-closed");
    owner.posted("/p", "staff may").await;
    owner.send("PUT", &path, json!({ "closed": false })).await.ok(200);
    ada.posted("/p", "again").await;
}

#[tokio::test]
async fn a_held_edit_leaves_the_approved_text_standing() {
    let app = TestApp::start().await;
    let (owner, ada) = (app.staff("Olga", Role::Owner).await, app.member("Ada").await);
    let id = ada.posted("/p", "fine").await;
    let links = "https://a.example https://b.example https://c.example";
    let edited = ada.send("PATCH", &format!("/comments/{id}"), json!({ "body": links })).await.ok(200);
    assert_eq!(edited["comment"]["state"], "published");
    assert_eq!(edited["comment"]["waiting_edit"], true);
    assert_eq!(app.thread("/p").await["conversations"][0]["comments"][0]["body"][0]["c"][0], "fine");
    owner.moderate(&id, "approve").await.ok(200);
    assert!(app.thread("/p").await.to_string().contains("https://b.example"));
    let revisions = owner.get(&format!("/comments/{id}/revisions")).await.ok(200);
    assert_eq!(revisions["revisions"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn staff_of_one_site_are_nobody_on_another() {
    let app = TestApp::start().await;
    let owner = app.staff("Olga", Role::Owner).await;
    let origins = vec![afterword::domain::Origin::parse(super::support::ORIGIN).unwrap()];
    let now = afterword::app::Clock::now(&*app.clock);
    let name = afterword::domain::Name::parse("Other").unwrap();
    app.app.store.add_site("other".parse().unwrap(), name, origins, None, None, now).await.unwrap().unwrap();
    let id = owner.posted("/p", "words").await;
    let elsewhere = |method: &str, path: &str| {
        app.request(method, &format!("/api/v1/sites/other{path}"))
            .origin(super::support::ORIGIN)
            .bearer(&owner.token)
    };
    elsewhere("POST", &format!("/comments/{id}/moderation"))
        .json(json!({ "verdict": "remove" }))
        .send()
        .await
        .refused_as(401, "/problems/session-ended");
    elsewhere("GET", "/mine?page=/p").send().await.refused_as(401, "/problems/session-ended");
    app.request("GET", &format!("/api/v1/sites/other/comments/{id}"))
        .send()
        .await
        .refused_as(404, "/problems/unknown-comment");
}
