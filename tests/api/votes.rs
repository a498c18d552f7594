//! Likes.

use serde_json::json;

use super::support::TestApp;

#[tokio::test]
async fn liking_twice_counts_once_and_can_be_taken_back() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.member("Ada").await, app.member("Bob").await);
    let id = ada.posted("/p", "like me").await;
    assert_eq!(bob.like(&id).await.ok(200), json!({ "likes": 1, "liked": true }));
    assert_eq!(bob.like(&id).await.ok(200), json!({ "likes": 1, "liked": true }));
    assert_eq!(bob.mine("/p").await["liked"], json!([id]));
    assert_eq!(app.thread("/p").await["conversations"][0]["comments"][0]["likes"], 1);
    let unlike = app.site_request("DELETE", &format!("/comments/{id}/like")).bearer(&bob.token).send().await;
    assert_eq!(unlike.ok(200), json!({ "likes": 0, "liked": false }));
    assert_eq!(bob.mine("/p").await["liked"], json!([]));
}

#[tokio::test]
async fn nobody_likes_themselves_and_guests_do_not_vote() {
    let app = TestApp::start().await;
    let ada = app.member("Ada").await;
    let id = ada.posted("/p", "great").await;
    ada.like(&id).await.refused_as(403, "/problems/own-comment");
    app.guest("Gil").like(&id).await.refused_as(401, "/problems/sign-in-needed");
    app.site_request("PUT", &format!("/comments/{id}/like"))
        .send()
        .await
        .refused_as(401, "/problems/sign-in-needed");
}

#[tokio::test]
async fn a_removed_comment_takes_no_likes() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.member("Ada").await, app.member("Bob").await);
    let id = ada.posted("/p", "gone").await;
    ada.send("DELETE", &format!("/comments/{id}"), json!({})).await.ok(200);
    bob.like(&id).await.refused_as(404, "/problems/unknown-comment");
}

#[tokio::test]
async fn a_hundred_racing_likes_of_one_person_are_one_vote() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.member("Ada").await, app.member("Bob").await);
    let id = ada.posted("/p", "race").await;
    let path = format!("/comments/{id}/like");
    let race = (0..100).map(|turn| {
        let method = if turn % 3 == 0 { "DELETE" } else { "PUT" };
        app.site_request(method, &path).bearer(&bob.token).send()
    });
    for answer in futures_util::future::join_all(race).await {
        answer.ok(200);
    }
    let last = bob.like(&id).await.ok(200);
    assert_eq!(last["likes"], 1);
    assert_eq!(app.thread("/p").await["conversations"][0]["comments"][0]["likes"], 1);
    assert_eq!(app.app.store.audit(false).await.unwrap().differences, Vec::<String>::new());
}
