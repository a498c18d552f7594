//! Bad input: each kind is told what was expected, and nothing is stored.

use serde_json::{Value, json};

use super::support::{ORIGIN, TestApp};

#[tokio::test]
async fn what_was_sent_is_refused_with_what_was_expected() {
    let app = TestApp::start().await;
    let ada = app.member("Ada").await;
    let elsewhere = ada.posted("/other", "another page").await;
    let with = |change: &dyn Fn(&mut Value)| {
        let mut draft = ada.draft("/p", "fine");
        change(&mut draft);
        draft
    };
    let unknown = "00000000-0000-4000-8000-000000000000";
    for (what, draft, status, problem) in [
        ("empty body", with(&|d| d["body"] = json!(" \n ")), 422, "/problems/empty-body"),
        ("long body", with(&|d| d["body"] = json!("x".repeat(10_001))), 422, "/problems/body-too-long"),
        ("unknown parent", with(&|d| d["parent"] = json!(unknown)), 422, "/problems/unknown-parent"),
        ("parent elsewhere", with(&|d| d["parent"] = json!(elsewhere)), 422, "/problems/parent-elsewhere"),
        ("not a URL", with(&|d| d["page"]["url"] = json!("nonsense")), 422, "/problems/invalid-page"),
        (
            "a script as URL",
            with(&|d| d["page"]["url"] = json!("javascript:alert(1)")),
            422,
            "/problems/invalid-page",
        ),
        (
            "another site's page",
            with(&|d| d["page"]["url"] = json!("https://evil.example/p")),
            403,
            "/problems/origin-not-allowed",
        ),
        ("a field too many", with(&|d| d["approved"] = json!(true)), 400, "/problems/bad-json"),
        ("no body", with(&|d| drop(d.as_object_mut().unwrap().remove("body"))), 400, "/problems/bad-json"),
        ("a number for a text", with(&|d| d["body"] = json!(7)), 400, "/problems/bad-json"),
        ("a member as guest", with(&|d| d["guest"] = json!({ "name": "X" })), 400, "/problems/bad-json"),
    ] {
        let answer = ada.send("POST", "/comments", draft).await;
        assert_eq!(answer.status, status, "{what}: {}", answer.text());
        answer.refused_as(status, problem);
    }
    assert_eq!(app.thread("/p").await["thread"]["count"], 0);
}

#[tokio::test]
async fn names_with_controls_or_direction_marks_are_refused() {
    let app = TestApp::start().await;
    let ada = app.member("Ada").await;
    for name in ["ev\u{202e}il", "a\u{0}b", "zero\u{200b}width"] {
        ada.send("PUT", "/me/name", json!({ "name": name }))
            .await
            .refused_as(422, "/problems/name-has-controls");
        app.guest(name).post("/p", "hi").await.refused_as(422, "/problems/name-has-controls");
    }
}

#[tokio::test]
async fn the_request_itself_is_refused_with_what_was_expected() {
    let app = TestApp::start().await;
    let ada = app.member("Ada").await;
    let post = |path: &str| app.request("POST", path).origin(ORIGIN).bearer(&ada.token);
    let comments = "/api/v1/sites/blog/comments";
    let json_type = ("content-type", "application/json");
    post(comments)
        .raw("{")
        .header(json_type.0, json_type.1)
        .send()
        .await
        .refused_as(400, "/problems/bad-json");
    for simple in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        post(comments)
            .raw("{}")
            .header("content-type", simple)
            .send()
            .await
            .refused_as(415, "/problems/wrong-content-type");
    }
    post(comments).raw("{}").send().await.refused_as(415, "/problems/wrong-content-type");
    let huge = format!("{{\"body\":\"{}\"}}", "x".repeat(300 * 1024));
    post(comments)
        .raw(huge)
        .header(json_type.0, json_type.1)
        .send()
        .await
        .refused_as(413, "/problems/body-too-large");
    let deep = format!("{}1{}", "[".repeat(5_000), "]".repeat(5_000));
    post(comments)
        .raw(deep)
        .header(json_type.0, json_type.1)
        .send()
        .await
        .refused_as(400, "/problems/bad-json");
    post("/api/v1/sites/nowhere/comments")
        .json(ada.draft("/p", "x"))
        .send()
        .await
        .refused_as(404, "/problems/unknown-site");
    let put = app.request("PUT", comments).origin(ORIGIN).json(json!({})).send().await;
    put.refused_as(405, "/problems/method-not-allowed");
    assert!(put.header("allow").is_some_and(|allow| allow.contains("POST")));
    app.request("GET", "/api/v1/nothing").send().await.refused_as(404, "/problems/not-found");
    for (query, problem) in [
        ("/thread", "/problems/bad-query"),
        ("/thread?page=/p&order=random", "/problems/bad-query"),
        ("/thread?page=/p&after=xyz", "/problems/invalid-cursor"),
        ("/thread?page=ftp://x", "/problems/invalid-page"),
    ] {
        app.site_request("GET", query).send().await.refused_as(400, problem);
    }
    app.site_request("GET", "/comments/not-an-id").send().await.refused_as(404, "/problems/unknown-comment");
}

#[tokio::test]
async fn no_list_is_longer_than_what_it_is_for() {
    let app = TestApp::start().await;
    let counts = |pages: usize| format!("/counts?{}", vec!["page=/p"; pages].join("&"));
    app.site_request("GET", &counts(100)).send().await.ok(200);
    app.site_request("GET", &counts(101)).send().await.refused_as(400, "/problems/bad-query");
}

#[tokio::test]
async fn writes_are_taken_from_the_sites_origins_only() {
    let app = TestApp::start().await;
    let ada = app.member("Ada").await;
    for origin in [
        "https://evil-blog.example",
        "https://blog.example.evil.net",
        "http://blog.example",
        "https://blog.example:8443",
        "null",
    ] {
        let answer = app
            .request("POST", "/api/v1/sites/blog/comments")
            .origin(origin)
            .bearer(&ada.token)
            .json(ada.draft("/p", "x"))
            .send()
            .await;
        answer.refused_as(403, "/problems/origin-not-allowed");
        let preflight = app
            .request("OPTIONS", "/api/v1/sites/blog/comments")
            .origin(origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,content-type")
            .send()
            .await;
        assert_eq!(preflight.header("access-control-allow-origin"), None, "{origin}");
    }
    let preflight = app
        .request("OPTIONS", "/api/v1/sites/blog/comments")
        .origin(ORIGIN)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,content-type,idempotency-key")
        .send()
        .await;
    assert_eq!(preflight.header("access-control-allow-origin"), Some(ORIGIN));
    assert_eq!(preflight.header("access-control-max-age"), Some("7200"));
    assert_eq!(preflight.header("access-control-allow-credentials"), None);
    // An error is readable by the page that caused it.
    let error = ada.post("/p", "").await;
    assert_eq!(error.header("access-control-allow-origin"), Some(ORIGIN));
}

#[tokio::test]
async fn too_fast_says_when_to_come_back() {
    let rate = afterword::config::Rate { burst: 2, every: std::time::Duration::from_secs(12) };
    let app = TestApp::with(|config| config.limits.write = rate).await;
    let ada = app.member("Ada").await;
    ada.posted("/p", "one").await;
    ada.posted("/p", "two").await;
    let refused = ada.post("/p", "three").await;
    let problem = refused.refused_as(429, "/problems/too-fast");
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert_eq!(problem["retry_after"], wait);
    app.clock.forward(std::time::Duration::from_secs(wait));
    ada.posted("/p", "three").await;
}
