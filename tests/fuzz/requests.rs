//! Every operation that takes a body, given any body: the server answers, it is never its own fault, and a refusal is a
//! problem.

use std::collections::BTreeMap;

use afterword::web;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use tower_service::Service as _;

use super::fuzz::{Target, outline, shape};
use super::support::{ORIGIN, TestApp};

const REQUESTS: Target = Target {
    name: "requests",
    test: "--test openapi fuzz_requests",
    words: &[
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "null",
        "true",
        "\"url\":",
        "\"title\":",
        "\"body\":",
        "\"email\":",
        "\"code\":",
        "\"tx\":",
        "\"token\":",
        "\"verifier\":",
        "\"challenge\":",
        "\"guest\":{\"name\":\"Ada\"}",
        "\"parent\":",
        "\"origins\":[",
        "\\u0000",
        "\\ud800",
        "https://blog.example/",
        "ada@example.org",
        "signed_request=",
        "state=",
        "&",
        "=",
        "%00",
        "at_",
        "{\"a\":",
        "[[[[[[[[",
    ],
    max_bytes: 20_000,
};

/// The first line of an input says which operation it is for, by its number; the rest is the body.
#[test]
fn fuzz_requests_with_any_body_are_answered_and_refused_with_a_problem() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let app = runtime.block_on(TestApp::start());
    let ada = runtime.block_on(app.member("Ada")).token;
    let service = web::service::Service::new(app.app.clone(), web::routes(), std::io::sink());
    let table = web::route::Table::of(&web::routes());
    let takers: Vec<_> = table.rows().iter().filter(|row| row.facts.takes.is_some()).cloned().collect();
    assert!(takers.len() > 30, "only {} operations take a body", takers.len());
    let own = app.app.config.server.base_url.origin.clone();
    let names = BTreeMap::from([
        ("site", "blog".to_owned()),
        ("comment", "6f2c1c2e-5b53-4f0c-8c5e-0a8f3f1b2c3d".to_owned()),
        ("thread", "1".to_owned()),
        ("provider", "google".to_owned()),
    ]);
    REQUESTS.run(|input| {
        let mut parts = input.splitn(2, |byte| *byte == b'\n');
        let number: usize =
            parts.next().and_then(|line| std::str::from_utf8(line).ok()?.parse().ok()).unwrap_or(0);
        let row = &takers[number % takers.len()];
        let body = Bytes::copy_from_slice(parts.next().unwrap_or_default());
        let path = row.pattern.params().fold(row.pattern.as_str().to_owned(), |path, name| {
            path.replace(&format!("{{{name}}}"), names.get(name).map_or("x", String::as_str))
        });
        let first_party = row.class == web::route::Class::FirstParty;
        let media = row.facts.takes.as_ref().map_or("", |(media, _)| media);
        let mut request =
            http::Request::builder().method(row.method.clone()).uri(&path).header("content-type", media);
        request = request.header("origin", if first_party { own.as_str() } else { ORIGIN });
        request = if first_party {
            request.header("sec-fetch-site", "same-origin")
        } else {
            request.header("x-afterword", "1").header("authorization", format!("Bearer {ada}"))
        };
        let request = request.body(Full::new(body)).expect("a request");
        let (status, media, answer) = runtime.block_on(async {
            let answer = service.clone().call(request).await.expect("an answer");
            let media =
                answer.headers().get("content-type").and_then(|media| media.to_str().ok()).map(str::to_owned);
            let status = answer.status();
            (
                status,
                media.unwrap_or_default(),
                answer.into_body().collect().await.expect("a whole body").to_bytes(),
            )
        });
        let said = String::from_utf8_lossy(&answer);
        assert!(!status.is_server_error(), "{} {path}: {status} {said}", row.method);
        if status.is_client_error() && !row.facts.refuses_with_page {
            assert_eq!(media, "application/problem+json", "{} {path}: {status} {said}", row.method);
        }
        let problem = serde_json::from_str::<serde_json::Value>(&said).unwrap_or_default();
        shape((
            number % takers.len(),
            status.as_u16(),
            problem["type"].to_string(),
            outline(&problem["detail"].to_string()),
        ))
    });
}
