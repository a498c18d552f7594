//! Requests that another site's page could cause: refused, per class, before anything is done. (Statements 4 to 6.)

use afterword::actions::setup;
use afterword::storage::accounts::LinkPurpose;
use afterword::web::route::Class;
use http::Method;
use serde_json::json;

use super::direct::{Direct, path_of};
use super::support::passwords::PASSWORD;
use super::support::people::verifier;
use super::support::{ORIGIN, TestApp};

const JSON: (&str, &str) = ("content-type", "application/json");

fn commits(app: &TestApp) -> u64 {
    app.app.store.figures().commits
}

/// What the data file holds, as one value.
fn digest(app: &TestApp) -> String {
    let file = std::fs::read(app.app.config.storage.directory.join("afterword.redb")).expect("the data file");
    blake3::hash(&file).to_string()
}

/// The dashboard's cookie of somebody who may do everything, and a link that was not used yet.
async fn owners_cookie(app: &TestApp, server: &Direct) -> (String, String) {
    let own = app.app.config.server.base_url.origin.clone();
    let token = setup::mint_link(&app.app, LinkPurpose::SetUp).await.expect("a link");
    let owner = json!({ "token": token, "name": "Olga", "email": "olga@example.org", "password": PASSWORD });
    let headers = [JSON, ("origin", own.as_str())];
    let made = server.send(&Method::POST, "/setup/owner", &headers, &owner.to_string()).await;
    assert_eq!(made.status, 204, "{}", made.text());
    let cookie =
        made.header("set-cookie").and_then(|cookie| cookie.split(';').next()).expect("a cookie").to_owned();
    let operator = app.app.store.operators().await.expect("read")[0].id;
    (cookie, setup::mint_link(&app.app, LinkPurpose::SignIn(operator)).await.expect("a link"))
}

#[tokio::test]
async fn reading_writes_nothing_whoever_reads() {
    let app = TestApp::start().await;
    let ada = app.staff("Ada", afterword::domain::Role::Owner).await;
    let comment = ada.posted("/p", "words").await;
    let server = Direct::to(&app.app);
    let own = app.app.config.server.base_url.origin.clone();
    let bearer = format!("Bearer {}", ada.token);
    let (dashboard, link) = owners_cookie(&app, &server).await;
    let widget = format!("{dashboard}; __Host-aw-rt={}", ada.refresh.as_deref().unwrap());
    let (_, challenge) = verifier("w");
    let before = (commits(&app), digest(&app));
    for row in server.rows() {
        let path = path_of(&row).replace("00000000-0000-4000-8000-000000000000", &comment);
        let popup = format!("site=blog&origin={ORIGIN}&ch={challenge}&st=a-mark-of-the-widget");
        let path = format!("{path}?page=/p&{popup}&token={link}&code=x&state=x&_method=DELETE");
        for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
            for headers in [
                &[("origin", ORIGIN), ("authorization", bearer.as_str())][..],
                &[("sec-fetch-site", "cross-site"), ("cookie", widget.as_str())],
                &[("sec-fetch-site", "same-origin"), ("origin", own.as_str()), ("cookie", widget.as_str())],
                &[
                    ("x-http-method-override", "DELETE"),
                    ("authorization", bearer.as_str()),
                    ("origin", ORIGIN),
                ],
            ] {
                server.send(&method, &path, headers, r#"{"verdict":"remove"}"#).await;
            }
        }
    }
    assert_eq!((commits(&app), digest(&app)), before, "something was written");
    assert_eq!(app.thread("/p").await["thread"]["count"], 1);
    // The digest is one that a write changes.
    ada.posted("/p", "more words").await;
    assert_ne!(digest(&app), before.1);
}

#[tokio::test]
async fn a_write_without_its_token_or_with_a_forms_content_type_does_nothing() {
    let app = TestApp::start().await;
    let ada = app.staff("Ada", afterword::domain::Role::Owner).await;
    let comment = ada.posted("/p", "words").await;
    let server = Direct::to(&app.app);
    let bearer = format!("Bearer {}", ada.token);
    let body = ada.draft("/p", "forged").to_string();
    let before = commits(&app);
    for row in server.rows() {
        if row.class != Class::Api || row.method == Method::GET {
            continue;
        }
        let path = path_of(&row).replace("00000000-0000-4000-8000-000000000000", &comment);
        let what = format!("{} {path}", row.method);
        if row.facts.takes.is_some() {
            for simple in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
                let headers = [("origin", ORIGIN), ("authorization", &bearer), ("content-type", simple)];
                let answer = server.send(&row.method, &path, &headers, &body).await;
                assert_eq!(
                    answer.problem().as_deref(),
                    Some("wrong-content-type"),
                    "{what} as {simple}: {}",
                    answer.text()
                );
            }
        }
        let unsigned = server.send(&row.method, &path, &[("origin", ORIGIN), JSON], "{}").await;
        assert!((400..500).contains(&unsigned.status), "{what} without a token: {}", unsigned.status);
        let forged = server
            .send(
                &row.method,
                &path,
                &[("origin", "https://evil.example"), ("authorization", &bearer), JSON],
                &body,
            )
            .await;
        assert_eq!(forged.problem().as_deref(), Some("origin-not-allowed"), "{what}");
        let nowhere = server.send(&row.method, &path, &[("authorization", &bearer), JSON], &body).await;
        assert_eq!(nowhere.problem().as_deref(), Some("origin-not-allowed"), "{what} without an Origin");
    }
    assert_eq!(commits(&app), before, "something was written");
}

#[tokio::test]
async fn routes_that_read_cookies_want_the_sites_origin_and_a_header_of_ours() {
    let app = TestApp::start().await;
    let server = Direct::to(&app.app);
    let rows: Vec<_> = server.rows().into_iter().filter(|row| row.class == Class::CookieCors).collect();
    assert_eq!(rows.len(), 6);
    for row in rows {
        let path = path_of(&row);
        let ours = ("x-afterword", "1");
        for (what, headers, problem) in [
            ("no origin", &[ours, JSON][..], "headers-missing"),
            ("another origin", &[ours, JSON, ("origin", "https://evil.example")], "origin-not-allowed"),
            (
                "a cross-site fetch",
                &[ours, JSON, ("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")],
                "origin-not-allowed",
            ),
            ("no origin to speak of", &[ours, JSON, ("origin", "null")], "origin-not-allowed"),
            (
                "two origins",
                &[ours, JSON, ("origin", ORIGIN), ("origin", "https://evil.example")],
                "origin-not-allowed",
            ),
            ("no header of ours", &[JSON, ("origin", ORIGIN)], "headers-missing"),
            ("a form", &[ours, ("origin", ORIGIN), ("content-type", "text/plain")], "wrong-content-type"),
        ] {
            let answer = server.send(&row.method, &path, headers, "{}").await;
            assert_eq!(answer.problem().as_deref(), Some(problem), "{path} with {what}: {}", answer.text());
            assert_eq!(answer.header("set-cookie"), None, "{path} with {what}");
        }
    }
}

#[tokio::test]
async fn first_party_writes_come_from_our_own_pages() {
    let app = TestApp::start().await;
    let server = Direct::to(&app.app);
    let own = app.app.config.server.base_url.origin.clone();
    let rows = server.rows();
    let writes: Vec<_> =
        rows.iter().filter(|row| row.class == Class::FirstParty && row.method != Method::GET).collect();
    assert!(writes.len() >= 5);
    let before = commits(&app);
    for row in writes {
        let path = path_of(row);
        for (what, headers) in [
            ("no origin", &[JSON][..]),
            ("another origin", &[JSON, ("origin", "https://evil.example")]),
            ("the site's origin", &[JSON, ("origin", ORIGIN)]),
            ("a cross-site fetch", &[JSON, ("origin", &own), ("sec-fetch-site", "cross-site")]),
            ("a same-site fetch", &[JSON, ("origin", &own), ("sec-fetch-site", "same-site")]),
            ("no origin to speak of", &[JSON, ("origin", "null")]),
        ] {
            let answer = server.send(&row.method, &path, headers, "{}").await;
            let problem = answer.problem().unwrap_or_default();
            assert!(
                ["headers-missing", "origin-not-allowed"].contains(&problem.as_str()),
                "{path} with {what}: {}",
                answer.text()
            );
        }
    }
    assert_eq!(commits(&app), before);
}

#[tokio::test]
async fn a_page_on_our_own_origin_reads_without_naming_it() {
    let app = TestApp::start().await;
    let own = afterword::domain::Origin::parse(&app.app.config.server.base_url.origin).unwrap();
    let (key, name) = ("own".parse().unwrap(), afterword::domain::Name::parse("Own").unwrap());
    let now = afterword::app::Clock::now(&*app.clock);
    app.app.store.add_site(key, name, vec![own.clone()], None, None, now).await.unwrap().unwrap();
    let server = Direct::to(&app.app);
    let mine = "/api/v1/sites/own/mine?page=/p";
    for headers in [&[][..], &[("sec-fetch-site", "same-origin")]] {
        assert_eq!(
            server.get(mine, headers).await.status,
            200,
            "browsers send no Origin with a same-origin GET"
        );
    }
    assert_eq!(server.get(mine, &[("sec-fetch-site", "cross-site")]).await.status, 403);
    let body = json!({ "body": "hi" }).to_string();
    let preview = "/api/v1/sites/own/preview";
    assert_eq!(
        server.send(&Method::POST, preview, &[JSON], &body).await.status,
        403,
        "but they do with a POST"
    );
    let named = server.send(&Method::POST, preview, &[JSON, ("origin", own.as_str())], &body).await;
    assert_eq!(named.status, 200);
}
