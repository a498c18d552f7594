//! A page's address that was understood before is answered without routing it: as it is when it is routed, to the last
//! header. One server is asked each thing first, so that it routes it; another was asked the address before.

use afterword::config::LogFormat;
use afterword::domain::{Name, Origin};
use afterword::storage::sites::SiteChange;
use afterword::web::accept::TooLate;
use afterword::web::service::Answering;
use http::Method;
use serde_json::{Value, json};
use tower_service::Service as _;

use super::direct::{self, Answer, Direct, Log};
use super::support::{ORIGIN, TestApp};

const STRANGER: &str = "https://evil.example";

/// What is asked, and how it must be answered.
struct Row {
    what: &'static str,
    /// Asked before, so that there is something to recall.
    before: String,
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    too_late: bool,
    status: u16,
}

fn row(what: &'static str, path: &str, status: u16) -> Row {
    let (before, path) = (path.to_owned(), path.to_owned());
    Row { what, before, method: Method::GET, path, headers: Vec::new(), too_late: false, status }
}

impl Row {
    fn header(mut self, name: &'static str, value: &str) -> Row {
        self.headers.push((name, value.to_owned()));
        self
    }

    fn method(self, method: Method) -> Row {
        Row { method, ..self }
    }

    fn after(self, before: &str) -> Row {
        Row { before: before.to_owned(), ..self }
    }

    fn too_late(self) -> Row {
        Row { too_late: true, ..self }
    }

    async fn ask(&self, server: &Direct) -> Answer {
        let headers: Vec<_> = self.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut request = direct::request(&self.method, &self.path, &headers, "");
        if self.too_late {
            request.extensions_mut().insert(TooLate);
        }
        server.call(request).await
    }

    /// How it is answered and logged, by a server that has to route it or by one that was asked the address before.
    async fn answered(&self, app: &TestApp, recalled: bool) -> (Answer, Value) {
        let log = Log::default();
        let server = Direct::with(&app.app, afterword::web::routes(), log.clone());
        if recalled {
            server.get(&self.before, &[]).await;
            // By now what is encoded otherwise is in memory, too.
            self.ask(&server).await;
        }
        let mut answer = self.ask(&server).await;
        drop(server);
        // Each request has an id of its own.
        if let Ok(mut problem) = serde_json::from_slice::<Value>(&answer.body)
            && problem.as_object_mut().is_some_and(|members| members.remove("request_id").is_some())
        {
            answer.body = problem.to_string().into();
        }
        let text = log.text();
        let line: Value = serde_json::from_str(text.lines().last().expect("a line")).expect("JSON");
        let logged = ["method", "route", "status", "bytes"].map(|field| line[field].clone());
        (answer, json!(logged))
    }
}

async fn with_json_log(base_path: &str) -> TestApp {
    TestApp::with(|config| {
        config.log.format = LogFormat::Json;
        config.server.base_url.path = base_path.to_owned();
    })
    .await
}

async fn other_site(app: &TestApp) {
    let (key, name) = ("other".parse().expect("a key"), Name::parse("Other").expect("a name"));
    let origins = vec![Origin::parse(ORIGIN).expect("an origin")];
    let now = afterword::app::Clock::now(&*app.clock);
    let added = app.app.store.add_site(key, name, origins, None, None, now).await;
    added.expect("stored").expect("not refused");
}

async fn compare(app: &TestApp, rows: &[Row]) {
    for row in rows {
        let (routed, logged) = row.answered(app, false).await;
        assert_eq!(routed.status, row.status, "{}: {}", row.what, routed.text());
        let (recalled, logged_again) = row.answered(app, true).await;
        assert_eq!(recalled, routed, "{}", row.what);
        assert_eq!(logged_again, logged, "{}", row.what);
    }
}

fn thread(site: &str, query: &str) -> String {
    format!("/api/v1/sites/{site}/thread?page={query}")
}

#[tokio::test]
async fn an_address_that_was_asked_before_is_answered_as_when_it_is_routed() {
    let app = with_json_log("").await;
    other_site(&app).await;
    let ada = app.member("Ada").await;
    for turn in 0..55 {
        ada.posted("/p", &format!("comment {turn}")).await;
    }
    let server = Direct::to(&app.app);
    let first = server.get(&thread("blog", "/p"), &[]).await;
    let body: Value = serde_json::from_slice(&first.body).unwrap();
    let after = format!("/p&after={}", body["next"].as_str().expect("a second page"));
    let (etag, page) = (first.header("etag").unwrap(), thread("blog", "/p"));
    let compressed = server.get(&page, &[("accept-encoding", "br")]).await;
    let compressed = compressed.header("etag").unwrap().to_owned();
    assert_ne!(compressed, etag);

    compare(
        &app,
        &[
            row("a page", &page, 200),
            row("compressed", &page, 200).header("accept-encoding", "gzip, br"),
            row("in an order", &thread("blog", "/p&order=newest"), 200),
            row("in another", &thread("blog", "/p&order=best"), 200),
            row("further on", &thread("blog", &after), 200),
            row("what the client has", &page, 304).header("if-none-match", etag),
            row("that, compressed", &page, 304)
                .header("if-none-match", &compressed)
                .header("accept-encoding", "br"),
            row("what the client had", &page, 200).header("if-none-match", "\"old\""),
            row("a page nobody wrote on", &thread("blog", "/none"), 200),
            row("a page with a name", &thread("blog", "id:a+b"), 200),
            row("what proxies add", &thread("blog", "/p&utm_source=x"), 200),
            row("a page of another site", &thread("other", "/p"), 200),
            row("a site that is none", &thread("none", "/p"), 404),
            row("the site's own page asks", &page, 200).header("origin", ORIGIN),
            row("somebody else's page asks", &page, 200).header("origin", STRANGER),
            row("only its header is wanted", &page, 200).method(Method::HEAD),
            row("the header of what the client has", &page, 304)
                .method(Method::HEAD)
                .header("if-none-match", etag),
            row("another method", &page, 405).method(Method::POST),
            row("what may be sent", &page, 204).method(Method::OPTIONS),
            row("a preflight", &page, 204)
                .method(Method::OPTIONS)
                .header("origin", STRANGER)
                .header("access-control-request-method", "GET"),
            row("a cursor that is none", &thread("blog", "/p&after=x"), 400).after(&page),
            row("an order that is none", &thread("blog", "/p&order=x"), 400).after(&page),
            row("a good one after that", &page, 200).after(&thread("blog", "/p&after=x")),
            row("no page", "/api/v1/sites/blog/thread", 400).after(&page),
            row("while it stops", &page, 503).too_late(),
            row("while it stops, for the site's page", &page, 503).too_late().header("origin", ORIGIN),
            row("its canonical link", &thread("blog", "/q&canonical=https://blog.example/p"), 200),
            row("the same without it", &thread("blog", "/q"), 200)
                .after(&thread("blog", "/q&canonical=https://blog.example/p")),
        ],
    )
    .await;
}

#[tokio::test]
async fn so_it_is_under_the_path_of_the_base_url_passed_on_or_not() {
    let app = with_json_log("/comments").await;
    let server = Direct::to(&app.app);
    let page = thread("blog", "/p");
    let prefixed = format!("/comments{page}");
    let etag = server.get(&page, &[]).await.header("etag").unwrap().to_owned();
    compare(
        &app,
        &[
            row("with its path", &prefixed, 200),
            row("without it", &page, 200),
            row("with it, after without", &prefixed, 200).after(&page),
            row("without it, after with", &page, 200).after(&prefixed),
            row("what the client has", &prefixed, 304).header("if-none-match", &etag),
            row("its header", &prefixed, 200).method(Method::HEAD),
            row("another method", &prefixed, 405).method(Method::DELETE),
            row("its path twice", &format!("/comments{prefixed}"), 404).after(&prefixed),
            row("while it stops", &prefixed, 503).too_late(),
        ],
    )
    .await;
}

#[tokio::test]
async fn two_sites_with_the_same_page_are_recalled_apart() {
    let app = TestApp::start().await;
    other_site(&app).await;
    app.member("Ada").await.posted("/p", "on the blog").await;
    let server = Direct::to(&app.app);
    for _ in 0..3 {
        for (site, count) in [("blog", 1), ("other", 0)] {
            let answer = server.get(&thread(site, "/p"), &[]).await;
            let body: Value = serde_json::from_slice(&answer.body).unwrap();
            assert_eq!(body["thread"]["count"], count, "{site}");
        }
    }
}

/// What all of this is for: nothing is waited for, not even a thread.
#[tokio::test]
async fn what_lies_in_memory_is_answered_at_once_and_nothing_else() {
    let app = TestApp::start().await;
    app.member("Ada").await.posted("/p", "words").await;
    let server = Direct::to(&app.app);
    let page = thread("blog", "/p");
    let at_once = |headers: &[(&str, &str)]| {
        let answering = server.0.clone().call(direct::request(&Method::GET, &page, headers, ""));
        matches!(answering, Answering::Now(_))
    };
    assert!(!at_once(&[]), "never asked before");
    let etag = server.get(&page, &[]).await.header("etag").expect("an etag").to_owned();
    assert!(at_once(&[]), "the page");
    assert!(at_once(&[("if-none-match", &etag)]), "what the client has");
    assert!(!at_once(&[("accept-encoding", "br")]), "never compressed before");
    assert!(at_once(&[("accept-encoding", "br"), ("if-none-match", "*")]), "no page is needed to say so");
}

#[tokio::test]
async fn the_owner_sees_from_where_a_recalled_address_was_asked_and_when() {
    const OTHER: &str = "https://www.example.org";
    let app = TestApp::start().await;
    let origins = [ORIGIN, OTHER].map(|origin| Origin::parse(origin).expect("an origin")).to_vec();
    let change = SiteChange { origins: Some(origins), ..SiteChange::default() };
    app.app.store.change_site(app.site.id, change).await.unwrap().unwrap();
    app.member("Ada").await.posted("/p", "words").await;
    let server = Direct::to(&app.app);
    let page = thread("blog", "/p");
    let before = app.app.sightings.of(app.site.id).len();
    server.get(&page, &[]).await;
    assert_eq!(app.app.sightings.of(app.site.id).len(), before, "nobody said where they are");
    for _ in 0..2 {
        for (origin, allowed) in [(STRANGER, false), (ORIGIN, true), (OTHER, true), (ORIGIN, true)] {
            app.clock.forward(std::time::Duration::from_secs(1));
            server.get(&page, &[("origin", origin)]).await;
            let seen = app.app.sightings.of(app.site.id);
            let seen = seen.iter().find(|seen| seen.origin.as_str() == origin).expect("seen");
            let now = afterword::app::Clock::now(&*app.clock);
            assert_eq!((seen.allowed, seen.at), (allowed, now), "{origin}");
        }
    }
}

#[tokio::test]
async fn a_canonical_link_that_counted_while_the_site_was_made_counts_no_more() {
    let app = TestApp::start().await;
    let hour = std::time::Duration::from_secs(3_600);
    let until = afterword::app::Clock::now(&*app.clock).plus(hour);
    let change = SiteChange { development_until: Some(Some(until)), ..SiteChange::default() };
    app.app.store.change_site(app.site.id, change).await.unwrap().unwrap();
    app.member("Ada").await.posted("/p", "words").await;
    let server = Direct::to(&app.app);
    let count = async || {
        let answer = server.get(&thread("blog", "/q&canonical=http://localhost:3000/p"), &[]).await;
        serde_json::from_slice::<Value>(&answer.body).unwrap()["thread"]["count"].clone()
    };
    assert_eq!((count().await, count().await), (json!(1), json!(1)));
    app.clock.forward(hour);
    assert_eq!(count().await, 0);
}
