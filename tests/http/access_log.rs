//! What the server writes down about its visitors: which kind of thing was asked for, and nothing that they sent.

use http::Method;
use serde_json::Value;

use super::direct::{Direct, Log};
use super::support::{ORIGIN, TestApp};

const SECRET: &str = "s3cr3t";

#[tokio::test]
async fn a_line_holds_nothing_that_was_sent() {
    for format in [afterword::config::LogFormat::Text, afterword::config::LogFormat::Json] {
        let app = TestApp::with(|config| config.log.format = format).await;
        let log = Log::default();
        let server = Direct::with(&app.app, afterword::web::routes(), log.clone());
        for path in [
            format!("/api/v1/sites/blog/thread?page=/{SECRET}&after={SECRET}"),
            format!("/{SECRET}"),
            format!("/api/v1/sites/{SECRET}/thread?page=/"),
            format!("/problems/{SECRET}"),
            format!("/setup?{SECRET}"),
        ] {
            let headers = [
                ("authorization", SECRET),
                ("cookie", SECRET),
                ("user-agent", SECRET),
                ("x-forwarded-for", "203.0.113.77"),
            ];
            server.get(&path, &headers).await;
        }
        let method = Method::from_bytes(SECRET.as_bytes()).unwrap();
        server.send(&method, "/embed.js", &[], SECRET).await;
        let json = [("content-type", "application/json"), ("origin", ORIGIN)];
        server.send(&Method::POST, "/api/v1/sites/blog/preview", &json, &format!("{{\"{SECRET}\":1}}")).await;
        drop(server);
        let text = log.text();
        assert_eq!(text.lines().count(), 7, "{text}");
        assert!(!text.contains(SECRET) && !text.contains("203.0.113"), "{text}");
        assert!(text.contains("/api/v1/sites/{site}/thread"), "{text}");
    }
}

#[tokio::test]
async fn a_json_line_has_its_fields() {
    let app = TestApp::with(|config| config.log.format = afterword::config::LogFormat::Json).await;
    let log = Log::default();
    let server = Direct::with(&app.app, afterword::web::routes(), log.clone());
    let answer = server.get("/embed.js", &[]).await;
    drop(server);
    let line: Value = serde_json::from_str(log.text().trim()).unwrap();
    assert_eq!(line["route"], "/embed.js");
    assert_eq!(line["method"], "GET");
    assert_eq!(line["status"], 200);
    assert_eq!(line["bytes"], answer.body.len());
    assert!(line["us"].is_u64());
}

#[tokio::test]
async fn it_can_be_switched_off_and_counting_goes_on() {
    let app = TestApp::with(|config| config.log.access = false).await;
    let log = Log::default();
    let server = Direct::with(&app.app, afterword::web::routes(), log.clone());
    server.get("/embed.js", &[]).await;
    drop(server);
    assert_eq!(log.text(), "");
    for _ in 0..3 {
        app.request("GET", "/healthz").send().await.ok(200);
    }
    let metrics = app.request("GET", "/metrics").send().await;
    assert_eq!(metrics.status, 200);
    let text = metrics.text();
    let healthz = r#"afterword_requests_total{route="/healthz",method="GET",status="2xx"} 3"#;
    assert!(text.contains(healthz), "{text}");
    for figure in [
        "afterword_connections",
        "afterword_store_commits_total",
        "afterword_request_duration_seconds_bucket",
        "# EOF",
    ] {
        assert!(text.contains(figure), "{figure}: {text}");
    }
}

#[tokio::test]
async fn metrics_are_for_those_who_run_the_server() {
    let app = TestApp::start().await;
    // Through the proxy on this machine, from elsewhere.
    let answer = app.request("GET", "/metrics").header("x-forwarded-for", "203.0.113.7").send().await;
    answer.refused_as(403, "/problems/not-allowed");
}
