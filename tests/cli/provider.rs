//! Providers as `afterword doctor` and `serve` find them: a token endpoint on this machine stands for one.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::thread;

use super::home::Home;

/// Answers every request with this word, as a token endpoint complains.
fn token_endpoint(word: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let _ = stream.read(&mut [0; 16 * 1024]);
            let body = format!("{{\"error\":\"{word}\"}}");
            let head = "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\nconnection: close";
            let _ = write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        }
    });
    address
}

fn with_github(at: &str) -> Home {
    Home::new()
        .with("AFTERWORD_SERVER__BASE_URL", "http://localhost:8080/comments")
        .with("AFTERWORD_PROVIDERS__GITHUB__BASE_URL", at)
        .with("AFTERWORD_PROVIDERS__GITHUB__CLIENT_ID", "our-id")
        .with("AFTERWORD_PROVIDERS__GITHUB__CLIENT_SECRET", "hush")
}

#[test]
fn a_provider_that_answers_is_found_so_with_the_address_to_register() {
    let home = with_github(&format!("http://{}", token_endpoint("bad_verification_code")));
    let found = home.run(&["doctor"]).ok();
    assert!(found.contains("✓ providers.github: GitHub answers"), "{found}");
    assert!(found.contains("http://localhost:8080/comments/auth/cb/github"), "{found}");
}

#[test]
fn a_client_that_the_provider_does_not_know_is_wrong_and_says_what_to_compare() {
    let home = with_github(&format!("http://{}", token_endpoint("incorrect_client_credentials")));
    let ran = home.run(&["doctor"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stdout.contains("✗ providers.github: GitHub cannot be used"), "{ran:?}");
    assert!(ran.stdout.contains("→ compare client_id and client_secret in [providers.github]"), "{ran:?}");
    assert!(!ran.stdout.contains("hush"), "{ran:?}");
}

#[test]
fn a_provider_that_cannot_be_reached_is_wrong_and_says_where_to_look() {
    let closed =
        TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("an address");
    let ran = with_github(&format!("http://{closed}")).run(&["doctor"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stdout.contains("127.0.0.1 could not be asked"), "{ran:?}");
    assert!(ran.stdout.contains("→ see whether this machine reaches it"), "{ran:?}");
}

#[test]
fn apple_is_not_even_asked_where_it_would_send_nobody_back() {
    let home = Home::new();
    let key = home.path().join("key.p8");
    let pem = include_str!("../support/idp/keys/test-only-apple-client.pem");
    std::fs::write(&key, pem).expect("written");
    let ran = home
        .with("AFTERWORD_PROVIDERS__APPLE__CLIENT_ID", "our-id")
        .with("AFTERWORD_PROVIDERS__APPLE__TEAM_ID", "TEAM000001")
        .with("AFTERWORD_PROVIDERS__APPLE__KEY_ID", "APPLEKEY01")
        .with("AFTERWORD_PROVIDERS__APPLE__KEY_FILE", &key.display().to_string())
        .run(&["doctor"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stdout.contains("Apple takes only https addresses that are not on this machine"), "{ran:?}");
}

#[test]
fn a_provider_that_is_down_keeps_nobody_from_starting() {
    let closed =
        TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("an address");
    let home = with_github(&format!("http://{closed}"));
    drop(home.serve());
}

#[test]
fn serve_offers_no_identity_provider_that_believes_everybody() {
    let ran = Home::new()
        .with("AFTERWORD_PROVIDERS__DEMO_ID__CLIENT_ID", "afterword-demo")
        .with("AFTERWORD_PROVIDERS__DEMO_ID__CLIENT_SECRET", "x")
        .run(&["serve"]);
    assert_ne!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stderr.contains("providers.demo-id is no provider that is known"), "{ran:?}");
    let ran = Home::new().run(&["serve", "--id-port", "0"]);
    assert_ne!(ran.code, Some(0), "{ran:?}");
}
