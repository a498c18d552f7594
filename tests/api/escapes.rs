//! What attackers try around the popup: other people's transactions, addresses to be sent to, hosts that are not ours.
//! (Statements 28, 31, 36 and 53.)

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::support::elsewhere::{Browser, Elsewhere, STATE, attribute};
use super::support::people::verifier;
use super::support::{ORIGIN, TestApp};

/// The attacker makes the transaction, the victim signs in: the code goes to the site's own page and is good for who has
/// the verifier *and* is heard there; the attacker has the verifier and hears nothing.
#[tokio::test]
async fn a_sign_in_that_somebody_else_began_leaves_the_attacker_without_a_code() {
    let google = Elsewhere::named("google");
    google.knows("victim", None, None);
    let app = TestApp::with_providers(vec![google.clone()], |_| {}).await;
    let (attackers, challenge) = verifier("attacker");
    let link = format!("/auth/popup?site=blog&origin={ORIGIN}&ch={challenge}&st={STATE}");

    // The attacker's own transaction cannot be finished in the victim's browser, nor the victim's in the attacker's.
    let mut attacker = Browser::open(&app, "attacker").await;
    let mut victim = Browser::open(&app, "own").await;
    let page = victim.get(&link).await;
    victim.tx = attribute(&page, "data-tx").unwrap();
    let state = victim.leave("google").await;
    assert_eq!(attacker.come_back("google", &state, "victim").await.status, 410);
    let theirs = attacker.leave("google").await;
    assert_eq!(victim.come_back("google", &theirs, "victim").await.status, 410);

    // The victim goes all the way. The code is handed to one origin, which is the site's.
    let page = victim.come_back("google", &state, "victim").await;
    assert_eq!(attribute(&page, "data-origin").as_deref(), Some(ORIGIN));
    assert_eq!(page.header("location"), None, "in no address");
    // All that the attacker can do is guess: eight characters, from the site's origin, five times.
    for guess in 0..6 {
        let sent = json!({ "pasted": format!("AAAA-AAA{guess}"), "verifier": attackers });
        let answer =
            app.site_request("POST", "/auth/exchange").header("x-afterword", "1").json(sent).send().await;
        let (status, problem) =
            if guess < 5 { (403, "/problems/wrong-code") } else { (410, "/problems/code-gone") };
        answer.refused_as(status, problem);
    }
    let sent = json!({ "code": attribute(&page, "data-code").unwrap(), "verifier": attackers });
    let elsewhere = app
        .request("POST", "/api/v1/sites/blog/auth/exchange")
        .origin("https://evil.example")
        .header("x-afterword", "1")
        .json(sent);
    elsewhere.send().await.refused_as(403, "/problems/origin-not-allowed");
}

/// Two hundred ways to write an address that somebody takes for ours.
fn corpus() -> Vec<String> {
    let evil = [
        "//evil.example",
        "///evil.example",
        "////evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/%5cevil.example",
        "/%2f%2fevil.example",
        "%2f%2fevil.example",
        "https:evil.example",
        "https:/evil.example",
        "https:///evil.example",
        "https:\\\\evil.example",
        "http://evil.example",
        "HTTPS://EVIL.EXAMPLE",
        "ftp://blog.example/",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:https://blog.example/x",
        "about:blank",
        "mailto:a@blog.example",
        "intent://blog.example",
        "view-source:https://blog.example/",
        "",
        " ",
        ".",
        "..",
        "/",
        "/post",
        "post",
        "?a=b",
        "#x",
        "null",
        "undefined",
    ];
    let around = [
        "https://blog.example{}evil.example/",
        "https://evil.example{}blog.example/",
        "https://blog.example{}@evil.example/",
        "https://evil.example/{}https://blog.example/",
    ];
    let between = [
        ".", "@", "%40", ":", ":443@", "%2e", "\\", "%5c", "%5C", "\\@", "%2f", "%2F", "%00", "\t", "%09",
        "\n", "%0a", "\r", "%0d", "\u{3002}", "\u{FF0E}", "\u{FF0F}", "\u{2044}", "\u{200B}", "\u{202E}",
        ";", ",", "|", "^", "`", "{", "}", "<", ">", "\"", "'", "*", "!", "~",
    ];
    let prefixed = [
        "\t", "\n", "\r", " ", "\u{0}", "\u{1}", "\u{a0}", "\u{2028}", "\u{feff}", "x", "<", "[", "(", "@",
        "//", "\\", "https:",
    ];
    let credentials = [
        "https://u@blog.example/",
        "https://u:p@blog.example/",
        "https://@blog.example/",
        "https://:@blog.example/",
        "https://blog.example:8443/",
        "https://blog.example:80/",
        "http://blog.example/",
        "https://blog.example./",
        "https://www.blog.example/",
        "https://blog.examplee/",
        "https://log.example/",
        "https://blog.example.evil.net/",
    ];
    let mut all: Vec<String> = evil.iter().chain(&credentials).map(|it| (*it).to_owned()).collect();
    for pattern in around {
        all.extend(between.iter().map(|it| pattern.replace("{}", it)));
    }
    all.extend(prefixed.iter().map(|it| format!("{it}https://blog.example/")));
    all
}

#[tokio::test]
async fn of_two_hundred_addresses_to_return_to_none_leads_elsewhere() {
    let app = TestApp::start().await;
    let all = corpus();
    assert!(all.len() >= 200, "{}", all.len());
    let own = afterword::domain::Origin::parse(ORIGIN).unwrap();
    let challenge = verifier("w").1;
    for raw in &all {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("site", "blog"),
                ("origin", ORIGIN),
                ("ch", &challenge),
                ("st", STATE),
                ("return_to", raw),
            ])
            .finish();
        let page = app.request("GET", &format!("/auth/popup?{query}")).send().await;
        if page.status == 200 {
            // Taken: then it is a page of the site, as it is written and as a browser reads it.
            let read = url::Url::parse(raw).unwrap();
            assert_eq!(afterword::domain::Origin::of(&read).as_ref(), Some(&own), "{raw:?}");
            assert!(raw.starts_with("https://blog.example/") && read.username().is_empty(), "{raw:?}");
        } else {
            assert_eq!(page.status, 400, "{raw:?}: {}", page.text());
            assert!(page.headers.get("set-cookie").is_none(), "{raw:?}");
        }
    }
    // Nothing else takes an address to go to.
    for path in ["/auth/mail", "/auth/link", "/setup", "/account", "/dashboard"] {
        for name in ["return_to", "from", "next", "redirect", "redirect_uri", "url"] {
            let page = app.request("GET", &format!("{path}?{name}=https://evil.example/")).send().await;
            assert!(
                page.header("location").is_none() && !page.text().contains("evil.example"),
                "{path}?{name}"
            );
        }
    }
}

const HOSTILE: &[(&str, &str)] = &[
    ("host", "evil.example"),
    ("host", "evil.example:80"),
    ("host", "localhost:8080.evil.example"),
    ("host", "localhost:8080@evil.example"),
    ("x-forwarded-host", "evil.example"),
    ("x-forwarded-host", "localhost:8080, evil.example"),
    ("x-forwarded-server", "evil.example"),
    ("x-forwarded-proto", "evil"),
    ("x-forwarded-port", "666"),
    ("x-forwarded-prefix", "//evil.example"),
    ("x-forwarded-scheme", "evil"),
    ("x-forwarded", "host=evil.example"),
    ("forwarded", "host=evil.example;proto=https"),
    ("forwarded", "for=1.2.3.4;host=\"evil.example\""),
    ("x-host", "evil.example"),
    ("x-http-host-override", "evil.example"),
    ("x-original-host", "evil.example"),
    ("x-original-url", "https://evil.example/"),
    ("x-rewrite-url", "https://evil.example/"),
    ("x-real-host", "evil.example"),
    ("x-backend-host", "evil.example"),
    ("base-url", "https://evil.example"),
    ("x-base-url", "https://evil.example"),
    ("referer", "https://evil.example/"),
    ("via", "1.1 evil.example"),
    ("true-client-ip", "evil.example"),
    ("x-forwarded-for", "evil.example"),
];

#[tokio::test]
async fn whatever_a_request_says_of_the_host_links_in_mails_and_redirects_are_ours() {
    let google = Elsewhere::named("google");
    let app = TestApp::with_providers(vec![google.clone()], |_| {}).await;
    let own = app.app.config.server.base_url.origin.clone();
    let mut tried = 0;
    let targets = [
        "/auth/popup/mail",
        "http://evil.example/auth/popup/mail",
        "https://evil.example:443/auth/popup/mail",
    ];
    let requests = HOSTILE.iter().map(|header| (targets[0], *header));
    let absolute = targets.iter().map(|target| (*target, ("host", "evil.example")));
    for (target, (name, value)) in requests.chain(absolute) {
        tried += 1;
        let browser = Browser::open(&app, &format!("{tried}")).await;
        let email = format!("ada{tried}@example.org");
        for (path, body) in [
            (target.to_owned(), json!({ "tx": browser.tx, "email": email })),
            (target.replace("/mail", "/provider"), json!({ "tx": browser.tx, "provider": "google" })),
        ] {
            let body = body.to_string();
            let host = if name == "host" { String::new() } else { "host: localhost:8080\r\n".to_owned() };
            let request = format!(
                "POST {path} HTTP/1.1\r\n{host}{name}: {value}\r\norigin: {own}\r\nsec-fetch-site: same-origin\r\ncookie: {}\r\n\
                 content-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                browser.cookie_header(),
                body.len()
            );
            let mut stream = tokio::net::TcpStream::connect(app.address).await.unwrap();
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut answer = String::new();
            let read = stream.read_to_string(&mut answer);
            tokio::time::timeout(Duration::from_secs(20), read).await.unwrap().unwrap();
            assert!(!answer.to_lowercase().contains("evil"), "{name}: {value}: {answer}");
            if answer.starts_with("HTTP/1.1 202") {
                let to = afterword::domain::Email::parse(&email).unwrap();
                let mail = app.mailbox.next_for(&to).await;
                assert!(!mail.text.contains("evil") && !mail.html.contains("evil"), "{name}: {value}");
                assert!(mail.text.contains(&format!("{own}/auth/mail#")), "{}", mail.text);
            } else if answer.starts_with("HTTP/1.1 200") {
                let ours = "redirect_uri=http%3A%2F%2Flocalhost%3A8080%2Fauth%2Fcb%2Fgoogle";
                assert!(answer.contains(ours), "{answer}");
            } else {
                assert!(answer.starts_with("HTTP/1.1 4"), "{name}: {value}: {answer}");
            }
        }
    }
    assert!(tried >= 30, "{tried}");
}
