//! Errors: always a problem, of a known kind, with the same headers as everything else, and nothing of the inside.

use afterword::web::problem::{Problem, kinds};
use afterword::web::route::{Class, Route, route};
use afterword::web::{Request, Response, response};
use http::{Method, StatusCode};
use serde_json::Value;

use super::direct::{Direct, Log, path_of};
use super::support::{ORIGIN, TestApp};

async fn panics(_: Request) -> Result<Response, Problem> {
    panic!("the secret of row 7");
}

async fn fails(_: Request) -> Result<Response, Problem> {
    Err(Problem::internal("the secret of row 8"))
}

async fn works(_: Request) -> Result<Response, Problem> {
    Ok(response::ok(&"fine"))
}

fn routes() -> Vec<Route> {
    vec![
        route(Method::GET, "/panics").class(Class::Public).to(panics),
        route(Method::GET, "/fails").class(Class::Public).to(fails),
        route(Method::GET, "/works").class(Class::Public).to(works),
    ]
}

#[tokio::test]
async fn a_panic_is_a_problem_and_the_server_lives() {
    let app = TestApp::start().await;
    let server = Direct::with(&app.app, routes(), Log::default());
    for path in ["/panics", "/fails"] {
        let answer = server.get(path, &[("origin", ORIGIN)]).await;
        assert_eq!((answer.status, answer.problem().as_deref()), (500, Some("internal")), "{path}");
        assert!(!answer.text().contains("secret"), "{}", answer.text());
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "errors are readable too");
    }
    assert_eq!(server.get("/works", &[]).await.text(), "\"fine\"");
}

#[tokio::test]
async fn a_problem_carries_the_request_id_that_the_log_has() {
    let app = TestApp::start().await;
    let log = Log::default();
    let server = Direct::with(&app.app, routes(), log.clone());
    let answer = server.get("/fails", &[]).await;
    drop(server);
    let body: Value = serde_json::from_slice(&answer.body).unwrap();
    let id = body["request_id"].as_str().unwrap();
    assert!(log.text().contains(&format!("request.id={id}")), "{id}: {}", log.text());
}

#[tokio::test]
async fn what_is_not_there_is_404_and_what_is_there_by_another_method_405() {
    let app = TestApp::start().await;
    let server = Direct::to(&app.app);
    for path in [
        "/nothing",
        "/api/v1",
        "/api/v1/sites/blog",
        "//",
        "/api/v1/sites/blog/thread/x",
        "/%61pi/v1/sites/blog/thread",
    ] {
        let answer = server.get(path, &[]).await;
        assert_eq!((answer.status, answer.problem().as_deref()), (404, Some("not-found")), "{path}");
    }
    for row in server.rows() {
        for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::POST, Method::GET] {
            let path = path_of(&row);
            let same_path = |other: &&std::sync::Arc<_>| {
                let other: &afterword::web::route::RouteRow = other;
                path_of(other) == path
            };
            let rows = server.rows();
            let methods: Vec<_> = rows.iter().filter(same_path).map(|row| row.method.clone()).collect();
            if methods.contains(&method) {
                continue;
            }
            let answer = server.send(&method, &path, &[("origin", ORIGIN)], "").await;
            assert_eq!(answer.status, 405, "{method} {path}: {}", answer.text());
            let allow = answer.header("allow").unwrap_or_default();
            assert!(methods.iter().all(|method| allow.contains(method.as_str())), "{method} {path}: {allow}");
            assert!(!allow.split(", ").any(|allowed| allowed == method.as_str()), "{method} {path}: {allow}");
        }
    }
}

#[tokio::test]
async fn every_kind_of_problem_is_explained_where_its_type_leads() {
    let app = TestApp::start().await;
    let server = Direct::to(&app.app);
    for kind in kinds::ALL {
        let answer = server.get(&format!("/problems/{}", kind.slug), &[]).await;
        assert_eq!(answer.status, 200);
        assert!(answer.text().contains(kind.explanation), "{}", kind.slug);
    }
    assert_eq!(server.get("/problems/made-up", &[]).await.status, 404);
}

#[tokio::test]
async fn an_id_that_is_none_names_nothing() {
    let app = TestApp::start().await;
    let server = Direct::to(&app.app);
    for (path, problem) in [
        ("/api/v1/sites/no-such/thread?page=/", "unknown-site"),
        ("/api/v1/sites/NOT%20A%20KEY/thread?page=/", "unknown-site"),
        ("/api/v1/sites/blog/comments/..%2f..%2fetc", "unknown-comment"),
        ("/api/v1/sites/blog/comments/%00", "unknown-comment"),
        ("/c/7", "unknown-comment"),
        ("/widget/..%2fembed.js", "not-found"),
        ("/widget/embed.js.map", "not-found"),
    ] {
        let answer = server.get(path, &[]).await;
        assert_eq!((answer.status, answer.problem().as_deref()), (404, Some(problem)), "{path}");
        assert!(!answer.text().contains("etc"), "the path is not repeated");
    }
}

#[tokio::test]
async fn a_base_url_with_a_path_works_with_and_without_it() {
    let app = TestApp::with(|config| config.server.base_url.path = "/comments".into()).await;
    let server = Direct::to(&app.app);
    for path in ["/comments/healthz", "/healthz"] {
        assert_eq!(server.get(path, &[]).await.status, StatusCode::OK, "{path}");
    }
    for path in ["/commentshealthz", "/other/healthz", "/comments/comments/healthz"] {
        assert_eq!(server.get(path, &[]).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    for home in ["/comments", "/comments/", "/"] {
        let answer = server.get(home, &[]).await;
        assert_eq!(answer.status, StatusCode::FOUND, "{home}");
        assert_eq!(answer.header("location"), Some("http://localhost:8080/comments/dashboard"), "{home}");
    }
}
