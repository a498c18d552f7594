//! Who may read an answer: by the class of its route, and nobody else. (Statements 1 to 3 on embedding.)

use afterword::web::route::{Class, RouteRow};
use http::Method;

use super::direct::{Answer, Direct, path_of};
use super::support::{ORIGIN, TestApp};

const ALLOW: &str = "access-control-allow-origin";
const CREDENTIALS: &str = "access-control-allow-credentials";

/// Origins that look like the site's.
const STRANGERS: &[&str] = &[
    "https://evil-blog.example",
    "https://blog.example.evil.net",
    "https://blog.example:8443",
    "http://blog.example",
    "https://sub.blog.example",
    "https://xblog.example",
    "https://blog.exampl",
    "null",
    "",
    "https://BLOG.example",
    "https://blog.example/",
    "https://blog.example, https://evil.example",
    "file://",
];

async fn ask(server: &Direct, row: &RouteRow, origin: &str) -> Answer {
    let headers = [("origin", origin), ("x-afterword", "1"), ("content-type", "application/json")];
    server.send(&row.method, &path_of(row), &headers, "{}").await
}

async fn preflight(server: &Direct, row: &RouteRow, origin: &str) -> Answer {
    let headers = [
        ("origin", origin),
        ("access-control-request-method", row.method.as_str()),
        ("access-control-request-headers", "authorization, content-type, x-afterword, idempotency-key"),
    ];
    server.send(&Method::OPTIONS, &path_of(row), &headers, "").await
}

#[tokio::test]
async fn public_answers_are_for_everybody_and_do_not_vary_by_origin() {
    let app = TestApp::start().await;
    let server = Direct::to(&app.app);
    let public: Vec<_> = server.rows().into_iter().filter(|row| row.class == Class::Public).collect();
    assert!(public.len() >= 8);
    for row in public {
        for origin in STRANGERS.iter().chain(&[ORIGIN]) {
            for answer in [ask(&server, &row, origin).await, preflight(&server, &row, origin).await] {
                let what = format!("{} for {origin}", row.pattern.as_str());
                assert_eq!(answer.header(ALLOW), Some("*"), "{what}");
                assert_eq!(answer.header(CREDENTIALS), None, "{what}");
                assert!(!answer.header("vary").unwrap_or_default().contains("origin"), "{what}");
            }
        }
    }
}

#[tokio::test]
async fn private_answers_are_for_the_sites_own_pages_only() {
    let app = TestApp::start().await;
    let server = Direct::to(&app.app);
    let private: Vec<_> =
        server.rows().into_iter().filter(|row| matches!(row.class, Class::Api | Class::CookieCors)).collect();
    assert!(private.len() >= 15);
    for row in private {
        let what = format!("{} {}", row.method, row.pattern.as_str());
        let credentials = (row.class == Class::CookieCors).then_some("true");
        for answer in [ask(&server, &row, ORIGIN).await, preflight(&server, &row, ORIGIN).await] {
            assert_eq!(answer.header(ALLOW), Some(ORIGIN), "{what}: {}", answer.text());
            assert_eq!(answer.header(CREDENTIALS), credentials, "{what}");
            assert!(answer.header("vary").is_some_and(|vary| vary.contains("origin")), "{what}");
        }
        for origin in STRANGERS {
            let answer = ask(&server, &row, origin).await;
            assert_eq!(answer.header(ALLOW), None, "{what} for {origin}");
            assert_eq!(answer.header(CREDENTIALS), None, "{what} for {origin}");
            assert_eq!(
                answer.problem().as_deref(),
                Some("origin-not-allowed"),
                "{what} for {origin:?}: {}",
                answer.text()
            );
            let answer = preflight(&server, &row, origin).await;
            assert_eq!(answer.header(ALLOW), None, "{what} for {origin}");
        }
    }
}

/// Everything that is one step away from the site's origin, and what people have taken for the same.
fn near_misses() -> Vec<String> {
    let mut found = Vec::new();
    for at in 0..=ORIGIN.len() {
        let (before, after) = ORIGIN.split_at(at);
        for inserted in [".", "-", "/", ":", "@", "#", "?", "%", "x", "0", " ", ",", "\u{7f}", "é"] {
            found.push(format!("{before}{inserted}{after}"));
        }
        if let Some(next) = after.chars().next() {
            let rest = &after[1..];
            found.push(format!("{before}{rest}"));
            let other_case =
                if next.is_lowercase() { next.to_ascii_uppercase() } else { next.to_ascii_lowercase() };
            found.push(format!("{before}{other_case}{rest}"));
            for replaced in ["x", ".", "*"] {
                found.push(format!("{before}{replaced}{rest}"));
            }
        }
    }
    let host = "blog.example";
    for scheme in ["http", "HTTPS", "ftp", "ws", "wss", "file", "data", "blob:https", "javascript", "null"] {
        found.push(format!("{scheme}://{host}"));
    }
    for port in [0, 80, 442, 444, 4_430, 8_443, 65_535] {
        found.push(format!("https://{host}:{port}"));
    }
    for around in
        ["evil-", "evil.", "www.", "x", "evil.net/", "evil.net#", "evil.net?", "user@", "evil.net\\"]
    {
        found.push(format!("https://{around}{host}"));
    }
    for after in
        [".evil.net", "evil.net", ".", ":443", ":", "/", "/p", "@evil.net", "%2eevil.net", "\t", ";x"]
    {
        found.push(format!("https://{host}{after}"));
    }
    found
        .extend(["null", "*", "", "undefined", "[object Object]", host, "//blog.example"].map(str::to_owned));
    found.retain(|origin| origin != ORIGIN && origin.trim() != ORIGIN);
    found
}

#[tokio::test]
async fn no_origin_but_the_very_one_is_taken_for_the_sites() {
    let app = TestApp::start().await;
    let server = Direct::to(&app.app);
    let mut tried = 0;
    for origin in near_misses() {
        if http::HeaderValue::from_str(&origin).is_err() {
            continue;
        }
        tried += 1;
        for (method, path) in [
            (Method::GET, "/api/v1/sites/blog/mine?page=/p"),
            (Method::POST, "/api/v1/sites/blog/comments"),
            (Method::POST, "/api/v1/sites/blog/auth/refresh"),
        ] {
            let sent = [
                ("origin", origin.as_str()),
                ("x-afterword", "1"),
                ("content-type", "application/json"),
                ("access-control-request-method", method.as_str()),
            ];
            for answer in [
                server.send(&method, path, &sent, "{}").await,
                server.send(&Method::OPTIONS, path, &sent, "").await,
            ] {
                assert_eq!(answer.header(ALLOW), None, "{method} {path} for {origin:?}");
                assert_eq!(answer.header(CREDENTIALS), None, "{method} {path} for {origin:?}");
                let refused = answer.problem();
                assert!(
                    answer.status == 204 || refused.as_deref() == Some("origin-not-allowed"),
                    "{method} {path} for {origin:?}: {}",
                    answer.text()
                );
            }
        }
    }
    assert!(tried > 300, "{tried}");
}

#[tokio::test]
async fn a_preflight_names_what_may_be_sent_and_is_kept_for_two_hours() {
    let app = TestApp::start().await;
    let server = Direct::to(&app.app);
    for row in server.rows().iter().filter(|row| row.class == Class::Api) {
        let answer = preflight(&server, row, ORIGIN).await;
        assert_eq!(answer.status, 204);
        assert!(answer.header("access-control-allow-methods").unwrap().contains(row.method.as_str()));
        assert_eq!(answer.header("access-control-max-age"), Some("7200"));
        for header in ["authorization", "content-type", "idempotency-key"] {
            assert!(answer.header("access-control-allow-headers").unwrap().contains(header));
        }
        assert!(answer.body.is_empty());
    }
}

#[tokio::test]
async fn our_own_pages_and_machines_are_read_by_nobody_elses_scripts() {
    let app = TestApp::start().await;
    let server = Direct::to(&app.app);
    let own = |row: &&std::sync::Arc<RouteRow>| matches!(row.class, Class::FirstParty | Class::Machine);
    for row in server.rows().iter().filter(own) {
        for origin in ["https://evil.example", ORIGIN, "null"] {
            for answer in [ask(&server, row, origin).await, preflight(&server, row, origin).await] {
                assert_eq!(answer.header(ALLOW), None, "{} for {origin}", row.pattern.as_str());
                assert_eq!(answer.header(CREDENTIALS), None, "{} for {origin}", row.pattern.as_str());
            }
        }
    }
}

#[tokio::test]
async fn an_origin_of_one_site_is_a_stranger_to_another() {
    let app = TestApp::start().await;
    let (key, name) = ("other".parse().unwrap(), afterword::domain::Name::parse("Other").unwrap());
    let origins = vec![afterword::domain::Origin::parse("https://other.example").unwrap()];
    let now = afterword::app::Clock::now(&*app.clock);
    app.app.store.add_site(key, name, origins, None, None, now).await.unwrap().unwrap();
    let server = Direct::to(&app.app);
    let mine = |site: &str| format!("/api/v1/sites/{site}/mine?page=/p");
    for (site, origin, allowed) in [
        ("blog", ORIGIN, true),
        ("other", "https://other.example", true),
        ("blog", "https://other.example", false),
        ("other", ORIGIN, false),
    ] {
        let answer = server.get(&mine(site), &[("origin", origin)]).await;
        assert_eq!(answer.header(ALLOW).is_some(), allowed, "{site} for {origin}");
        assert_eq!(answer.status, if allowed { 200 } else { 403 }, "{site} for {origin}");
    }
}

#[tokio::test]
async fn the_owner_sees_who_was_refused() {
    let app = TestApp::start().await;
    let server = Direct::to(&app.app);
    server.get("/api/v1/sites/blog/mine?page=/p", &[("origin", "https://staging.example")]).await;
    server.get("/api/v1/sites/blog/thread?page=/p", &[("origin", ORIGIN)]).await;
    let seen = app.app.sightings.of(app.site.id);
    let allowed =
        |origin: &str| seen.iter().find(|seen| seen.origin.as_str() == origin).map(|seen| seen.allowed);
    assert_eq!(allowed("https://staging.example"), Some(false));
    assert_eq!(allowed(ORIGIN), Some(true));
}
