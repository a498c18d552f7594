//! Public reads as a whole: permanent links, the page without JavaScript, the document to read.

use serde_json::json;

use super::direct::Direct;
use super::support::{ORIGIN, TestApp};

fn decoded(text: &str) -> String {
    text.replace("&#38;", "&").replace("&amp;", "&")
}

#[tokio::test]
async fn a_thread_is_readable_without_javascript() {
    let app = TestApp::start().await;
    let ada = app.staff("Ada", afterword::domain::Role::Owner).await;
    let root =
        ada.posted("/p", "**bold** <script>alert(1)</script> [a link](https://example.org/?a=1&b=\"2)").await;
    let guest = app.guest("<i>Bob</i>");
    let reply = guest.replied("/p", &root, "a reply by a guest").await;
    ada.moderate(&reply, "approve").await.ok(200);

    let page = app.request("GET", "/sites/blog/t?page=/p").send().await;
    assert_eq!(page.status, 200);
    let text = page.text();
    for part in [
        "<strong>bold</strong>",
        "&lt;script&gt;",
        "nofollow ugc",
        "a reply by a guest",
        "2 comments",
        "owner",
        "guest",
    ] {
        assert!(decoded(&text).contains(part) || text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("<script") && !text.contains("<i>Bob"), "{text}");
    assert!(text.contains(&format!("id=\"afterword-{root}\"")), "{text}");

    ada.send("DELETE", &format!("/comments/{root}"), json!({})).await.ok(200);
    let text = app.request("GET", "/sites/blog/t?page=/p").send().await.text();
    assert!(text.contains("This comment was removed.") && !text.contains("bold"), "{text}");
    let empty = app.request("GET", "/sites/blog/t?page=/none").send().await.text();
    assert!(empty.contains("No comments yet"), "{empty}");
}

#[tokio::test]
async fn its_pages_follow_each_other() {
    let app = TestApp::start().await;
    let ada = app.member("Ada").await;
    let mut ids = Vec::new();
    for turn in 0..60 {
        ids.push(ada.posted("/p", &format!("comment {turn}")).await);
    }
    let mut path = "/sites/blog/t?page=/p&order=newest".to_owned();
    let mut seen = Vec::new();
    loop {
        let text = decoded(&app.request("GET", &path).send().await.text());
        seen.extend(
            text.split("id=\"afterword-").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()),
        );
        match text.split("<p><a href=\"").nth(1).and_then(|rest| rest.split('"').next()) {
            Some(next) => path = format!("/sites/blog/t{next}"),
            None => break,
        }
    }
    ids.reverse();
    assert_eq!(seen, ids);
}

#[tokio::test]
async fn a_permanent_link_leads_to_the_comment_on_its_page() {
    let app = TestApp::start().await;
    let ada = app.member("Ada").await;
    let comment = ada.posted("/p", "words").await;
    let answer = app.request("GET", &format!("/c/{comment}")).send().await;
    assert_eq!(answer.status, 302);
    assert_eq!(answer.header("location"), Some(format!("{ORIGIN}/p#afterword-{comment}").as_str()));
}

#[tokio::test]
async fn what_is_not_public_has_no_address() {
    let app = TestApp::start().await;
    let ada = app.member("Ada").await;
    let root = ada.posted("/p", "words").await;
    let waiting = {
        let answer = app.guest("Bob").reply("/p", &root, "waits for approval").await;
        answer.ok(201)["comment"]["id"].as_str().unwrap().to_owned()
    };
    let removed = ada.posted("/p", "regretted").await;
    ada.replied("/p", &removed, "so that its tombstone shows").await;
    ada.send("DELETE", &format!("/comments/{removed}"), json!({})).await.ok(200);
    for id in [&waiting, &removed] {
        app.site_request("GET", &format!("/comments/{id}"))
            .send()
            .await
            .refused_as(404, "/problems/unknown-comment");
        app.request("GET", &format!("/c/{id}")).send().await.refused_as(404, "/problems/unknown-comment");
    }
    let all = [
        app.site_request("GET", "/thread?page=/p").send().await.text(),
        app.site_request("GET", &format!("/comments/{root}")).send().await.text(),
        app.request("GET", "/sites/blog/t?page=/p").send().await.text(),
    ];
    for text in all {
        assert!(!text.contains("waits for approval") && !text.contains("regretted"), "{text}");
    }
}

#[tokio::test]
async fn one_comment_comes_with_what_it_answers() {
    let app = TestApp::start().await;
    let ada = app.member("Ada").await;
    let root = ada.posted("/p", "root").await;
    let middle = ada.replied("/p", &root, "middle").await;
    let leaf = ada.replied("/p", &middle, "leaf").await;
    let answer = app.site_request("GET", &format!("/comments/{leaf}")).send().await;
    let body = answer.ok(200);
    let ids: Vec<_> = body["conversation"]["comments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, [&root, &middle, &leaf]);
    assert_eq!(body["conversation"]["root"], root);
    assert_eq!(body["thread"]["count"], 3);
    let path = format!("/comments/{leaf}");
    let again =
        app.site_request("GET", &path).header("if-none-match", answer.header("etag").unwrap()).send().await;
    assert_eq!(again.status, 304);
}

#[tokio::test]
async fn the_document_can_be_read_by_people_and_machines() {
    let app = TestApp::start().await;
    let server = Direct::to(&app.app);
    let document: serde_json::Value =
        serde_json::from_slice(&server.get("/api/openapi.json", &[]).await.body).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    let page = server.get("/api/docs", &[]).await;
    assert_eq!(page.status, 200);
    let text = page.text();
    for row in server.rows() {
        assert!(text.contains(row.pattern.as_str()), "{} is not described", row.pattern.as_str());
    }
    assert!(!text.contains("<script"), "it needs none");
}

#[tokio::test]
async fn what_a_query_meant_is_forgotten_when_the_site_says_otherwise() {
    let app = TestApp::start().await;
    let ada = app.member("Ada").await;
    ada.posted("/p?lang=de", "words").await;
    let count = |query: &'static str| {
        let request = app.site_request("GET", &format!("/thread?page={query}"));
        async move { request.send().await.ok(200)["thread"]["count"].clone() }
    };
    assert_eq!(count("/p?lang=en").await, 1, "the query is no part of a page");
    let mut settings = app.site.settings.clone();
    settings.keep_query = vec!["lang".into()];
    let change = afterword::storage::sites::SiteChange { settings: Some(settings), ..Default::default() };
    app.app.store.change_site(app.site.id, change).await.unwrap().unwrap();
    assert_eq!(count("/p?lang=en").await, 0, "now it is");
    assert_eq!(count("/p").await, 1);
}
