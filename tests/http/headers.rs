//! Headers that every answer must have, and those that a cache goes by.

use afterword::web::route::Class;
use http::Method;

use super::direct::{Answer, Direct, path_of};
use super::support::{ORIGIN, TestApp};

const ALLOW: &str = "access-control-allow-origin";

/// Every route, asked for in a way that most of them take.
async fn every_answer(app: &TestApp) -> Vec<(String, Class, super::direct::Answer)> {
    let server = Direct::to(&app.app);
    let mut answers = Vec::new();
    for row in server.rows() {
        let path = format!("{}?page=/p", path_of(&row));
        let headers = [("origin", ORIGIN), ("x-afterword", "1"), ("content-type", "application/json")];
        let answer = server.send(&row.method, &path, &headers, "{}").await;
        answers.push((format!("{} {path}", row.method), row.class, answer));
    }
    for path in ["/nothing", "/embed.js/x"] {
        answers.push((path.into(), Class::Public, server.get(path, &[]).await));
    }
    answers.push((
        "OPTIONS /embed.js".into(),
        Class::Public,
        server.send(&Method::OPTIONS, "/embed.js", &[], "").await,
    ));
    answers
}

#[tokio::test]
async fn every_answer_is_safe_to_receive() {
    let app = TestApp::with(|config| config.server.base_url.origin = "https://comments.example".into()).await;
    for (what, class, answer) in every_answer(&app).await {
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{what}");
        let referrer = answer.header("referrer-policy").unwrap_or_default();
        assert!(["strict-origin-when-cross-origin", "no-referrer"].contains(&referrer), "{what}: {referrer}");
        let transport = answer.header("strict-transport-security").unwrap_or_default();
        assert!(transport.starts_with("max-age=31536000"), "{what}: {transport}");
        if !answer.body.is_empty() {
            let media = answer.header("content-type").unwrap_or_default();
            let explicit =
                media.contains("charset=utf-8") || media.ends_with("json") || media.starts_with("image/");
            assert!(explicit, "{what}: {media}");
        }
        let cache = answer.header("cache-control").unwrap_or_default();
        assert!(!cache.is_empty(), "{what} does not say how long it may be kept");
        match class {
            // Somebody's own: no cache keeps it, theirs included.
            Class::Api | Class::CookieCors => assert_eq!(cache, "no-store", "{what}"),
            Class::Public if answer.status < 400 => {}
            _ => assert!(cache.contains("no-store") || cache.contains("no-cache"), "{what}: {cache}"),
        }
    }
}

#[tokio::test]
async fn without_tls_nothing_is_said_about_tls() {
    let app = TestApp::start().await;
    let answer = Direct::to(&app.app).get("/healthz", &[]).await;
    assert_eq!(answer.header("strict-transport-security"), None);
}

#[tokio::test]
async fn our_pages_are_framed_by_nobody_and_run_what_is_ours() {
    let app = TestApp::start().await;
    let mut pages = 0;
    for (what, _, answer) in every_answer(&app).await {
        if !answer.header("content-type").unwrap_or_default().starts_with("text/html") {
            continue;
        }
        pages += 1;
        let policy = answer.header("content-security-policy").unwrap_or_default();
        for part in [
            "default-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "require-trusted-types-for 'script'",
        ] {
            assert!(policy.contains(part), "{what}: {policy}");
        }
        assert!(!policy.contains("unsafe-") && !policy.contains('*'), "{what}: {policy}");
        let foreign = ["src=\"http", "src=\"//", "@import", "url(http"];
        assert!(!foreign.iter().any(|part| answer.text().contains(part)), "{what} asks a third party");
    }
    assert!(pages >= 4, "only {pages} pages were looked at");
}

#[tokio::test]
async fn what_varies_says_by_what() {
    let app = TestApp::start().await;
    app.member("Ada").await.posted("/p", &"words and more words ".repeat(100)).await;
    let server = Direct::to(&app.app);
    for path in ["/api/v1/sites/blog/thread?page=/p", "/embed.js", "/widget/thread-0.js", "/api/openapi.json"]
    {
        let mut bodies = Vec::new();
        for encoding in ["br", "gzip", "identity"] {
            let answer = server.get(path, &[("accept-encoding", encoding)]).await;
            assert_eq!(answer.status, 200, "{path}");
            assert_eq!(answer.header("vary"), Some("accept-encoding"), "{path}");
            bodies.push(answer);
        }
        for (one, other) in [(0, 1), (1, 2), (0, 2)] {
            let same_bytes = bodies[one].body == bodies[other].body;
            assert_eq!(same_bytes, bodies[one].header("etag") == bodies[other].header("etag"), "{path}");
        }
    }
}

#[tokio::test]
async fn whatever_changes_with_a_header_says_so() {
    let app = TestApp::start().await;
    app.member("Ada").await.posted("/p", &"words and more words ".repeat(100)).await;
    let server = Direct::to(&app.app);
    // Two values of each that would tell, if an answer went by it.
    let headers = [
        ("origin", ["https://evil.example", ORIGIN]),
        ("accept-encoding", ["identity", "br, gzip"]),
        ("accept-language", ["en", "de"]),
        ("accept", ["application/json", "text/html"]),
        ("sec-fetch-site", ["same-origin", "cross-site"]),
    ];
    let (mut tried, mut varied) = (0, 0);
    for row in server.rows() {
        let path = format!("{}?page=/p&site=blog&origin={ORIGIN}&ch=x&st=x", path_of(&row));
        for (name, [one, other]) in headers {
            tried += 1;
            let ask = |value| [(name, value), ("x-afterword", "1"), ("content-type", "application/json")];
            let one = server.send(&row.method, &path, &ask(one), "{}").await;
            let other = server.send(&row.method, &path, &ask(other), "{}").await;
            let told = |answer: &Answer| {
                answer.header("vary").unwrap_or_default().split(", ").any(|told| told == name)
            };
            let kept = |answer: &Answer| answer.header("cache-control") != Some("no-store");
            let same = (one.status, seen(&one), one.header(ALLOW))
                == (other.status, seen(&other), other.header(ALLOW));
            varied += usize::from(!same);
            // Who keeps no copy needs no rule by which to choose one.
            let fine = same || [&one, &other].iter().all(|answer| told(answer) || !kept(answer));
            assert!(fine, "{} {path} changes with {name} and does not say so", row.method);
            if row.class == Class::Public {
                assert!(!told(&one) || name == "accept-encoding", "{path} varies by {name}");
            }
        }
    }
    assert!(tried > 200 && varied > 20, "{varied} of {tried}");
}

/// A body without what is new in every answer.
fn seen(answer: &Answer) -> String {
    let text = answer.text();
    match serde_json::from_str::<serde_json::Value>(&text) {
        Ok(mut body) => {
            body.as_object_mut().map(|body| body.remove("request_id"));
            body.to_string()
        }
        Err(_) => text,
    }
}

#[tokio::test]
async fn nothing_but_the_address_and_the_encoding_changes_a_public_answer() {
    let app = TestApp::start().await;
    let ada = app.member("Ada").await;
    ada.posted("/p", "words").await;
    let server = Direct::to(&app.app);
    let bearer = format!("Bearer {}", ada.token);
    let unkeyed = [
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-for", "203.0.113.7"),
        ("forwarded", "host=evil.example"),
        ("x-original-url", "/dashboard"),
        ("x-http-method-override", "POST"),
        ("origin", "https://evil.example"),
        ("referer", "https://evil.example/"),
        ("cookie", "__Host-aw-ss=x; __Host-aw-ad=y"),
        ("authorization", bearer.as_str()),
        ("accept", "text/html"),
        ("accept-language", "de"),
        ("user-agent", "<script>"),
        ("range", "bytes=0-10"),
        ("if-modified-since", "Wed, 21 Oct 2015 07:28:00 GMT"),
        ("x-afterword", "1"),
    ];
    for path in [
        "/api/v1/sites/blog/thread?page=/p",
        "/api/v1/sites/blog/thread?page=/none",
        "/api/v1/sites/blog/counts?page=/p",
        "/embed.js",
    ] {
        let plain = server.get(path, &[]).await;
        assert_eq!(plain.status, 200, "{path}");
        for header in unkeyed {
            assert_eq!(server.get(path, &[header]).await, plain, "{path} with {header:?}");
        }
        assert_eq!(server.get(path, &unkeyed).await, plain, "{path} with all of them");
    }
}

/// Values that a cache, a proxy or a framework somewhere has gone by.
const UNKEYED: &[(&str, &[&str])] = &[
    ("host", &["evil.example", "localhost:1", ""]),
    ("x-forwarded-host", &["evil.example", "evil.example:443, blog.example"]),
    ("x-forwarded-proto", &["https", "gopher"]),
    ("x-forwarded-port", &["1"]),
    ("x-forwarded-for", &["203.0.113.7", "nonsense"]),
    ("x-forwarded-prefix", &["/evil"]),
    ("x-real-ip", &["203.0.113.7"]),
    ("forwarded", &["host=evil.example;proto=https"]),
    ("x-original-url", &["/dashboard"]),
    ("x-rewrite-url", &["/dashboard"]),
    ("x-http-method-override", &["POST", "DELETE"]),
    ("x-method-override", &["PUT"]),
    ("origin", &["https://evil.example", "null", ORIGIN]),
    ("referer", &["https://evil.example/"]),
    ("cookie", &["__Host-aw-ss=x; __Host-aw-ad=y", "="]),
    ("accept", &["text/html", "*/*;q=0"]),
    ("accept-language", &["de", "x-klingon"]),
    ("accept-charset", &["utf-7"]),
    ("user-agent", &["<script>", ""]),
    ("range", &["bytes=0-10", "bytes=-1"]),
    ("if-range", &["\"x\""]),
    ("if-modified-since", &["Wed, 21 Oct 2015 07:28:00 GMT"]),
    ("cache-control", &["no-cache", "only-if-cached"]),
    ("pragma", &["no-cache"]),
    ("content-type", &["application/json", "text/html"]),
    ("te", &["trailers"]),
    ("upgrade", &["h2c"]),
    ("x-afterword", &["1"]),
];

#[tokio::test]
async fn no_mix_of_headers_that_caches_do_not_look_at_gets_anything_else_into_a_public_answer() {
    const MIXES: u64 = 40;
    let app = TestApp::start().await;
    let ada = app.member("Ada").await;
    ada.posted("/p", "words").await;
    let server = Direct::to(&app.app);
    let bearer = format!("Bearer {}", ada.token);
    let known = |answer: &Answer| {
        let mut headers = answer.headers.clone();
        headers.remove("content-length");
        (answer.status, headers, seen(answer))
    };
    let (mut dice, mut tried) = (0x9e37_79b9_7f4a_7c15_u64, 0);
    for row in server.rows() {
        if row.class != Class::Public || row.method != Method::GET {
            continue;
        }
        let path = format!("{}?page=/p", path_of(&row));
        let plain = known(&server.get(&path, &[]).await);
        for mix in 0..MIXES {
            let mut headers = Vec::new();
            for (name, values) in UNKEYED {
                dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let roll = usize::try_from(dice >> 40).unwrap();
                // A mix of few headers as well as of nearly all.
                if roll % MIXES as usize <= mix as usize {
                    headers.push((*name, values[roll / 64 % values.len()]));
                }
            }
            if mix % 2 == 0 {
                headers.push(("authorization", bearer.as_str()));
            }
            tried += 1;
            assert_eq!(known(&server.get(&path, &headers).await), plain, "{path} with {headers:?}");
        }
    }
    assert!(tried > 300, "{tried}");
}

#[tokio::test]
async fn a_head_is_its_get_without_the_body() {
    let app = TestApp::start().await;
    let server = Direct::to(&app.app);
    for path in ["/embed.js", "/healthz", "/api/v1/sites/blog/thread?page=/p", "/nothing", "/problems/busy"] {
        let get = server.get(path, &[]).await;
        let head = server.send(&Method::HEAD, path, &[], "").await;
        assert_eq!((head.status, head.body.len()), (get.status, 0), "{path}");
        if get.problem().is_none() {
            assert_eq!(head.header("content-length"), Some(get.body.len().to_string().as_str()), "{path}");
        }
        for name in ["content-type", "etag", "cache-control", "access-control-allow-origin"] {
            assert_eq!(head.header(name), get.header(name), "{path}: {name}");
        }
    }
}

#[tokio::test]
async fn the_widgets_files_are_kept_for_ever_and_its_loader_for_minutes() {
    let app = TestApp::start().await;
    let server = Direct::to(&app.app);
    let loader = server.get("/embed.js", &[]).await;
    assert_eq!(loader.header("cache-control"), Some("public, max-age=600"));
    assert_eq!(loader.header("cross-origin-resource-policy"), Some("cross-origin"));
    assert_eq!(loader.header("access-control-allow-origin"), Some("*"));
    assert_eq!(
        server.get("/embed.js", &[("if-none-match", loader.header("etag").unwrap())]).await.status,
        304
    );

    // A loader from before an upgrade asks for a chunk that is gone: it gets today's, which is not kept under that name.
    let gone = server.get("/widget/thread-GONE0000.js", &[]).await;
    assert_eq!((gone.status, gone.header("cache-control")), (200, Some("no-store")));
    assert_eq!(server.get("/widget/unheard-of-00000000.js", &[]).await.status, 404);
}
