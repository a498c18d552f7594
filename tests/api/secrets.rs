//! Tokens and cookies: where they are worth something, where they lie, and what a browser is told about them.

use serde_json::{Value, json};

use super::support::passwords::PASSWORD;
use super::support::people::verifier;
use super::support::{Answer, ORIGIN, Request, TestApp};
use afterword::actions::setup;
use afterword::actions::tokens::{self, TokenKind};
use afterword::domain::{Name, Origin};
use afterword::storage::accounts::LinkPurpose;
use afterword::web::route::{Class, RouteRow};

const OTHER: &str = "https://other.example";

async fn over_https() -> TestApp {
    TestApp::with(|config| config.server.base_url.origin = "https://comments.example".to_owned()).await
}

/// A request of a script on our own pages.
fn own<'a>(app: &'a TestApp, method: &str, path: &str, cookies: &str) -> Request<'a> {
    let origin = app.app.config.server.base_url.origin.clone();
    let request = app.request(method, path).origin(&origin).header("sec-fetch-site", "same-origin");
    if cookies.is_empty() { request } else { request.header("cookie", cookies) }
}

/// All `Set-Cookie`s of an answer.
fn set(answer: &Answer) -> Vec<String> {
    let all = answer.headers.get_all("set-cookie").iter();
    all.filter_map(|value| value.to_str().ok().map(str::to_owned)).collect()
}

/// As a browser sends it back: `name=value` of the one whose name has `part` in it.
fn kept(answer: &Answer, part: &str) -> String {
    let all = set(answer);
    let found = all.iter().find(|cookie| cookie.split('=').next().is_some_and(|name| name.contains(part)));
    let found = found.unwrap_or_else(|| panic!("no cookie {part} in {all:?}"));
    found.split(';').next().unwrap_or_default().to_owned()
}

/// Everything that a browser can hold: Olga runs the site, and signs in everywhere there is.
struct Held {
    /// Every answer on the way that set a cookie.
    answers: Vec<Answer>,
    dashboard: String,
    first_party: String,
    refresh: String,
    /// The tokens themselves, as they travelled.
    tokens: Vec<String>,
    access: String,
}

impl Held {
    fn cookies(&self) -> String {
        [&self.dashboard, &self.first_party, &self.refresh].map(String::as_str).join("; ")
    }
}

async fn signed_in_everywhere(app: &TestApp) -> Held {
    let link = setup::mint_link(&app.app, LinkPurpose::SetUp).await.unwrap();
    let owner = json!({ "token": link, "name": "Olga", "email": "olga@example.org", "password": PASSWORD });
    let made = own(app, "POST", "/setup/owner", "").json(owner).send().await;
    assert_eq!(made.status, 204, "{}", made.text());
    let (verifier, challenge) = verifier("a widget");
    let path = format!("/auth/popup?site=blog&origin={ORIGIN}&ch={challenge}&st=a-mark-of-the-widget");
    let popup = app.request("GET", &path).send().await;
    let transaction = kept(&popup, "aw-lt-");
    let tx = transaction.split('=').next().unwrap().rsplit("aw-lt-").next().unwrap().to_owned();
    let body = json!({ "tx": tx, "email": "olga@example.org", "password": PASSWORD });
    let proved = own(app, "POST", "/auth/popup/password", &transaction).json(body).send().await;
    let code = proved.ok(200)["code"].as_str().unwrap().to_owned();
    let widget =
        |path: &str, body: Value| app.site_request("POST", path).header("x-afterword", "1").json(body).send();
    let probed = widget("/auth/probe", json!({})).await;
    let body = json!({ "code": code, "verifier": verifier, "cookie": true });
    let exchanged = widget("/auth/exchange", body).await;
    let access = exchanged.ok(200)["access"].as_str().unwrap().to_owned();
    let (dashboard, first_party, refresh) =
        (kept(&made, "aw-ad"), kept(&proved, "aw-ss"), kept(&exchanged, "aw-rt"));
    let value = |cookie: &str| cookie.split_once('=').unwrap().1.to_owned();
    let tokens = vec![link, code, access.clone(), value(&dashboard), value(&first_party), value(&refresh)];
    let answers = vec![made, popup, proved, probed, exchanged];
    Held { answers, dashboard, first_party, refresh, tokens, access }
}

#[tokio::test]
async fn every_cookie_is_bound_to_the_host_and_no_script_can_read_it() {
    let app = over_https().await;
    let held = signed_in_everywhere(&app).await;
    let cookies: Vec<String> = held.answers.iter().flat_map(set).collect();
    for part in ["aw-ad", "aw-lt-", "aw-ss", "aw-probe", "aw-rt"] {
        assert!(cookies.iter().any(|cookie| cookie.starts_with(&format!("__Host-{part}"))), "{part}");
    }
    for cookie in cookies {
        assert!(cookie.starts_with("__Host-"), "{cookie}");
        let attributes: Vec<&str> = cookie.split("; ").skip(1).collect();
        for attribute in ["Secure", "HttpOnly", "Path=/"] {
            assert!(attributes.contains(&attribute), "{cookie}");
        }
        assert!(!cookie.to_lowercase().contains("domain="), "{cookie}");
        // What a page of another site must bring along is kept apart for each of them.
        let for_widgets = cookie.starts_with("__Host-aw-rt") || cookie.starts_with("__Host-aw-probe");
        assert_eq!(attributes.contains(&"Partitioned"), for_widgets, "{cookie}");
        let same_site = attributes.iter().find_map(|attribute| attribute.strip_prefix("SameSite="));
        let strict = cookie.starts_with("__Host-aw-ad");
        let expected = if for_widgets {
            "None"
        } else if strict {
            "Strict"
        } else {
            "Lax"
        };
        assert_eq!(same_site, Some(expected), "{cookie}");
    }
}

fn path_of(row: &RouteRow, site: &str) -> String {
    let path = row.pattern.as_str().replace("{site}", site);
    path.replace("{comment}", "00000000-0000-4000-8000-000000000000").replace("{thread}", "1")
}

#[tokio::test]
async fn cookies_are_worth_nothing_where_a_token_is_asked_for() {
    let app = over_https().await;
    let held = signed_in_everywhere(&app).await;
    let commits = || app.app.store.figures().commits;
    let before = commits();
    let mut tried = 0;
    for route in afterword::web::routes() {
        let row = &route.row;
        if !matches!(row.class, Class::Api | Class::Public) || row.pattern.as_str().contains("/auth/") {
            continue;
        }
        tried += 1;
        let path = format!("{}?page=/p", path_of(row, "blog"));
        let send = |cookies: &str| {
            let request = app.request(row.method.as_str(), &path).origin(ORIGIN).json(json!({}));
            if cookies.is_empty() { request } else { request.header("cookie", cookies) }.send()
        };
        let (with, without) = (send(&held.cookies()).await, send("").await);
        let what = format!("{} {path}: {}", row.method, with.text());
        assert_eq!(with.status, without.status, "{what}");
        assert!(set(&with).is_empty(), "{what}");
        let plain = |answer: &Answer| {
            let mut body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            body.as_object_mut().map(|body| body.remove("request_id"));
            body
        };
        assert_eq!(plain(&with), plain(&without), "{what}");
    }
    assert!(tried >= 15, "{tried}");
    assert_eq!(commits(), before);
}

#[tokio::test]
async fn the_cookies_of_our_own_pages_sign_in_no_widget_and_a_widgets_opens_no_page_of_ours() {
    let app = over_https().await;
    let held = signed_in_everywhere(&app).await;
    let value = |cookie: &str| cookie.split_once('=').unwrap().1.to_owned();
    let refresh = |cookie: String, body: Value| {
        let request = app.site_request("POST", "/auth/refresh").header("x-afterword", "1").json(body);
        request.header("cookie", &cookie).send()
    };
    for ours in [&held.dashboard, &held.first_party] {
        refresh(ours.clone(), json!({})).await.refused_as(401, "/problems/session-ended");
        refresh(format!("__Host-aw-rt={}", value(ours)), json!({}))
            .await
            .refused_as(401, "/problems/session-ended");
        refresh(String::new(), json!({ "refresh": value(ours) }))
            .await
            .refused_as(401, "/problems/session-ended");
        let bearer = app.site_request("GET", "/mine?page=/p").bearer(&value(ours)).send().await;
        bearer.refused_as(401, "/problems/session-ended");
    }
    let state = |cookie: String| own(&app, "GET", "/dashboard/api/state", &cookie).send();
    state(held.dashboard.clone()).await.ok(200);
    for token in [value(&held.refresh), value(&held.first_party), held.access.clone()] {
        state(format!("__Host-aw-ad={token}")).await.refused_as(401, "/problems/sign-in-needed");
    }
    refresh(held.refresh.clone(), json!({})).await.ok(200);
}

#[tokio::test]
async fn a_token_of_one_site_is_worth_nothing_on_another() {
    let app = TestApp::start().await;
    let now = afterword::app::Clock::now(&*app.clock);
    let origins = vec![Origin::parse(OTHER).unwrap(), Origin::parse(ORIGIN).unwrap()];
    let name = Name::parse("Other").unwrap();
    app.app.store.add_site("other".parse().unwrap(), name, origins, None, None, now).await.unwrap().unwrap();
    let ada = app.staff("Ada", afterword::domain::Role::Owner).await;
    let commits = || app.app.store.figures().commits;
    let before = commits();
    let mut tried = 0;
    for route in afterword::web::routes() {
        let row = &route.row;
        let open = row.class != Class::Api || row.pattern.as_str().contains("/auth/");
        if open || row.access == afterword::web::route::Access::Anyone {
            continue;
        }
        tried += 1;
        // From the other site's page, and from a page that both sites list.
        for origin in [OTHER, ORIGIN] {
            let path = format!("{}?page=/p", path_of(row, "other"));
            let draft = ada.draft("/p", "words");
            let request = app.request(row.method.as_str(), &path).origin(origin).bearer(&ada.token);
            let answer = request.json(draft).send().await;
            assert_eq!(answer.status, 401, "{} {path} from {origin}: {}", row.method, answer.text());
        }
    }
    assert!(tried >= 6, "{tried}");
    assert_eq!(commits(), before);
    let body = json!({ "refresh": ada.refresh.as_deref().unwrap() });
    let elsewhere = app.request("POST", "/api/v1/sites/other/auth/refresh").origin(ORIGIN);
    let answer = elsewhere.header("x-afterword", "1").json(body).send().await;
    answer.refused_as(401, "/problems/session-ended");
}

#[tokio::test]
async fn what_is_stored_of_a_token_is_its_hash() {
    let app = over_https().await;
    let held = signed_in_everywhere(&app).await;
    let guest = app.guest("Gilbert the guest");
    guest.posted("/p", "words").await;
    let tokens: Vec<String> = held.tokens.iter().chain([&guest.token]).cloned().collect();
    app.app.store.close().await;
    let file = std::fs::read(app.app.config.storage.directory.join("afterword.redb")).unwrap();
    let holds = |bytes: &[u8]| file.windows(bytes.len()).any(|window| window == bytes);
    assert!(holds(b"Gilbert the guest"), "the file is read where it holds what was said");
    let stored = tokens.iter().filter(|token| holds(&tokens::hash(token).0)).count();
    assert!(stored >= 4, "only {stored} hashes are in the file");
    for token in &tokens {
        let (kind, secret) = token.split_at(3);
        assert!(!holds(secret.as_bytes()), "{kind}… is stored as it travels");
        use base64::Engine;
        let raw = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(secret).unwrap();
        assert_eq!(raw.len(), 32, "{kind}… has 256 bits");
        assert!(!holds(&raw), "{kind}… is stored as it was drawn");
    }
    let recognised = |kind| tokens.iter().filter(|token| tokens::recognise(kind, token).is_some()).count();
    assert_eq!([TokenKind::Access, TokenKind::Link, TokenKind::FirstParty].map(recognised), [1, 1, 2]);
}

#[tokio::test]
async fn every_sign_in_is_a_session_of_its_own_whatever_the_browser_held() {
    let app = over_https().await;
    let held = signed_in_everywhere(&app).await;
    // Somebody else put a cookie of their choosing into the browser, or it is somebody's who signed in before.
    for planted in [held.dashboard.clone(), format!("__Host-aw-ad=ss_{}", "A".repeat(43))] {
        let body = json!({ "email": "olga@example.org", "password": PASSWORD });
        let again = own(&app, "POST", "/dashboard/sign-in", &planted).json(body).send().await;
        assert_eq!(again.status, 204, "{}", again.text());
        assert_ne!(kept(&again, "aw-ad"), planted);
        let state = |cookie: String| own(&app, "GET", "/dashboard/api/state", &cookie).send();
        state(kept(&again, "aw-ad")).await.ok(200);
    }
    let planted = format!("__Host-aw-ad=ss_{}", "A".repeat(43));
    let unknown = own(&app, "GET", "/dashboard/api/state", &planted).send().await;
    unknown.refused_as(401, "/problems/sign-in-needed");
}
