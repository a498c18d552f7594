//! Requests that say they were sent to another host: what we link to is where the configuration says that we are.

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::support::people::verifier;
use super::support::{ORIGIN, TestApp};
use afterword::domain::Email;

const EVIL: &str = "evil.example";

/// Thirty ways to claim another host, each as a request target's beginning and header lines.
fn claims() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for host in [
        EVIL,
        "evil.example:443",
        "evil.example.",
        "comments.example@evil.example",
        "[::1]evil.example",
        "evil.example/x",
    ] {
        found.push((String::new(), format!("Host: {host}\r\n")));
    }
    for name in [
        "X-Forwarded-Host",
        "X-Forwarded-Server",
        "X-Host",
        "X-Original-Host",
        "X-HTTP-Host-Override",
        "X-Original-URL",
        "X-Rewrite-URL",
        "X-Forwarded-Prefix",
        "X-Forwarded-Proto",
        "X-Real-Host",
        "Base-Url",
        "Referer",
        "Forwarded",
        "X-Forwarded-Scheme",
        "X-Url-Scheme",
    ] {
        let value = if name == "Forwarded" {
            format!("for=203.0.113.7;host={EVIL};proto=https")
        } else {
            EVIL.into()
        };
        found.push((String::new(), format!("Host: comments.example\r\n{name}: {value}\r\n")));
    }
    for target in [
        "http://evil.example",
        "https://evil.example",
        "http://evil.example:8080",
        "http://user@evil.example",
    ] {
        found.push((target.into(), "Host: comments.example\r\n".into()));
        found.push((target.into(), format!("Host: {EVIL}\r\n")));
    }
    found.push((String::new(), format!("Host: comments.example\r\nHost: {EVIL}\r\n")));
    found
}

async fn ask(app: &TestApp, request: String) -> String {
    let mut stream = tokio::net::TcpStream::connect(app.address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn whatever_host_a_request_names_links_lead_to_the_configured_one() {
    let app = TestApp::with(|config| config.server.base_url.origin = "https://comments.example".into()).await;
    let ada = app.member("Ada").await;
    ada.posted("/p", "words").await;
    let claims = claims();
    assert!(claims.len() >= 30, "{}", claims.len());
    let (mut answered, mut asked) = (0, Vec::new());
    for (turn, (target, headers)) in claims.iter().enumerate() {
        let email = format!("somebody{turn}@example.org");
        let challenge = verifier(&email).1;
        let popup = format!("/auth/popup?site=blog&origin={ORIGIN}&ch={challenge}&st=a-mark-of-the-widget");
        let start = format!(r#"{{"email":"{email}","challenge":"{challenge}"}}"#);
        let draft = ada.draft("/p", &format!("turn {turn}")).to_string();
        for (method, path, body) in [
            ("GET", "/", ""),
            ("GET", "/dashboard", ""),
            ("GET", "/setup", ""),
            ("GET", "/embed.js", ""),
            ("GET", popup.as_str(), ""),
            ("GET", "/api/v1/sites/blog/thread?page=/p", ""),
            ("GET", "/api/openapi.json", ""),
            ("POST", "/api/v1/sites/blog/auth/email", start.as_str()),
            ("POST", "/api/v1/sites/blog/comments", draft.as_str()),
        ] {
            let more = format!(
                "Origin: {ORIGIN}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n",
                ada.token,
                body.len()
            );
            let answer = ask(
                &app,
                format!("{method} {target}{path} HTTP/1.1\r\n{headers}{more}Connection: close\r\n\r\n{body}"),
            )
            .await;
            let what = format!("{method} {target}{path} with {headers:?}: {answer}");
            assert!(!answer.contains(EVIL), "{what}");
            if let Some(leads) = answer.lines().find_map(|line| line.strip_prefix("location: ")) {
                assert!(leads.starts_with("https://comments.example/") || leads.starts_with('/'), "{what}");
            }
            if answer.starts_with("HTTP/1.1 202") {
                asked.push(email.clone());
            }
            answered += usize::from(answer.starts_with("HTTP/1.1 2") || answer.starts_with("HTTP/1.1 3"));
        }
    }
    assert!(answered > 150, "only {answered} were answered at all");
    assert!(asked.len() > 10, "only {} mails were asked for", asked.len());
    for email in asked {
        let mail = app.mailbox.next_for(&Email::parse(&email).unwrap()).await;
        let text = format!("{} {} {}", mail.subject, mail.text, mail.html);
        assert!(!text.contains(EVIL), "{text}");
    }
}
