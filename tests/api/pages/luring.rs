//! Sign-ins that somebody else began, and ways back that lead elsewhere.

use serde_json::{Value, json};

use super::{PASSWORD, cookie};
use crate::support::people::verifier;
use crate::support::{Answer, ORIGIN, TestApp};

const STATE: &str = "mark-of-the-widget-1";

async fn open(app: &TestApp, link: &str) -> (String, String) {
    let page = app.request("GET", link).send().await;
    assert_eq!(page.status, 200, "{}", page.text());
    let held = cookie(&page);
    let tx = held.split('=').next().unwrap().rsplit("aw-lt-").next().unwrap().to_owned();
    (tx, held)
}

async fn exchange(app: &TestApp, body: Value) -> Answer {
    app.site_request("POST", "/auth/exchange").header("x-afterword", "1").json(body).send().await
}

#[tokio::test]
async fn who_lures_somebody_into_a_sign_in_they_began_gets_nothing_of_it() {
    let app = TestApp::start().await;
    app.set_up().await;
    // The attacker begins a sign-in with a verifier of their own, and sends its link to Ada, who signs in there.
    let (secret, challenge) = verifier("the attacker's");
    let link = format!("/auth/popup?site=blog&origin={ORIGIN}&ch={challenge}&st={STATE}");
    let (theirs, their_cookie) = open(&app, &link).await;
    let (adas, her_cookie) = open(&app, &link).await;
    assert_ne!(theirs, adas, "every browser has a transaction of its own");
    let body = json!({ "tx": adas, "email": "ada@example.org", "password": PASSWORD });
    let proved =
        app.own_page("POST", "/auth/popup/password").header("cookie", &her_cookie).json(body).send().await;
    let handed = proved.ok(200);
    assert_eq!(handed["origin"], ORIGIN, "a page of the site hears the code, and nobody else");

    // Everything the attacker has: the link, their verifier, both transactions' names, their own cookie.
    for cookie in [their_cookie.as_str(), ""] {
        for tx in [&theirs, &adas] {
            let send = |path: &str, body: Value| {
                app.own_page("POST", path).header("cookie", cookie).json(body).send()
            };
            let go_on = send("/auth/popup/continue", json!({ "tx": tx })).await;
            assert!(matches!(go_on.status, 401 | 410), "{}", go_on.text());
        }
    }
    for known in [theirs.as_str(), adas.as_str(), STATE, challenge.as_str(), secret.as_str()] {
        let code = exchange(&app, json!({ "code": known, "verifier": secret })).await;
        code.refused_as(410, "/problems/code-gone");
        let code = exchange(&app, json!({ "code": format!("ec_{known}"), "verifier": secret })).await;
        code.refused_as(410, "/problems/code-gone");
        let typed = exchange(&app, json!({ "pasted": known, "verifier": secret })).await;
        assert!(matches!(typed.status, 403 | 410), "{}", typed.text());
    }
    // And who sees Ada's code, but has not the verifier, has nothing either.
    let (other, _) = verifier("another widget's");
    let overheard = exchange(&app, json!({ "code": handed["code"], "verifier": other })).await;
    overheard.refused_as(410, "/problems/code-gone");
}

/// Ways that have led from a trusted address to another, somewhere, some time.
fn ways_elsewhere() -> Vec<String> {
    let site = ORIGIN;
    let host = "blog.example";
    let evil = "evil.example";
    let mut found: Vec<String> = Vec::new();
    for scheme in [
        "http:",
        "https:",
        "ftp:",
        "javascript:",
        "data:",
        "vbscript:",
        "file:",
        "blob:",
        "about:",
        "HTTPS:",
        "",
    ] {
        for slashes in [
            "", "/", "//", "///", "////", "\\", "\\\\", "/\\", "\\/", "%2f%2f", "%5c%5c", "/%09/", "/\t/",
            "/\n/",
        ] {
            found.push(format!("{scheme}{slashes}{evil}/"));
        }
    }
    for (before, after) in [
        ("", ""),
        ("@", ""),
        ("", "@"),
        ("", ":443@"),
        ("", "%40"),
        ("", "\\@"),
        ("", "%2f@"),
        ("", "."),
        ("", "%2e"),
        ("", "%00."),
        ("", "\u{0}."),
        ("", "\t."),
        ("", ";"),
        ("", "\\."),
        ("", "。"),
        ("", "／"),
        ("", "-"),
        ("x", "."),
    ] {
        found.push(format!("https://{before}{host}{after}{evil}/p"));
        found.push(format!("{before}{site}{after}{evil}"));
    }
    for path in [
        "//evil.example",
        "/\\evil.example",
        "\\evil.example",
        "/p\\..\\evil",
        "/p\tq",
        "/p\nq",
        "/p\rq",
        "/ p",
        "/p\u{a0}q",
        "/\u{0}",
        "/\u{2028}",
    ] {
        found.push(path.to_owned());
    }
    for path in
        ["/p\\q", "/p\tq", "/p\nq", "/p\r\nLocation: https://evil.example", "/ p", "\\p", "\\\\p", "/\u{0}p"]
    {
        found.push(format!("{site}{path}"));
    }
    for origin in [
        "https://blog.example:8443",
        "http://blog.example",
        "https://www.blog.example",
        "https://blog.example.",
        "https://BLOG.example.evil",
        "https://user@blog.example",
        "https://user:word@blog.example",
        "https://:@blog.example",
    ] {
        found.push(format!("{origin}/p"));
    }
    found
}

#[tokio::test]
async fn of_two_hundred_ways_to_lead_elsewhere_none_does() {
    let app = TestApp::start().await;
    let (_, challenge) = verifier("w");
    let popup = |back: &str| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let fields =
            [("site", "blog"), ("origin", ORIGIN), ("ch", &challenge), ("st", STATE), ("return_to", back)];
        format!("/auth/popup?{}", query.extend_pairs(fields).finish())
    };
    let ways = ways_elsewhere();
    assert!(ways.len() >= 200, "{}", ways.len());
    for way in ways {
        let answer = app.request("GET", &popup(&way)).send().await;
        assert!((400..500).contains(&answer.status), "{way:?}: {}", answer.status);
        assert!(
            answer.headers.get("set-cookie").is_none() && answer.headers.get("location").is_none(),
            "{way:?}"
        );
    }
    for fine in
        ["https://blog.example/", "https://blog.example", "https://blog.example/p?q=https://evil.example#c"]
    {
        assert_eq!(app.request("GET", &popup(fine)).send().await.status, 200, "{fine}");
    }
}
