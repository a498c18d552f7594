//! Demo ID against the real client, over HTTP.

use std::sync::Arc;

use http::Request;
use tokio::sync::watch;

use super::*;
use crate::app::Clock as _;
use crate::cli::machine::{OsChance, SystemClock};
use crate::config::BaseUrl;
use crate::domain::{Origin, Profile};
use crate::outside::http::Http;
use crate::outside::providers::{self, Back, Departure, Now, Provider, ProviderError};
use crate::web::accept::{self, AcceptLimits};

const SERVER: &str = "http://localhost:8080";

struct Running {
    demo_id: Arc<DemoId>,
    provider: Arc<dyn Provider>,
    stop: watch::Sender<bool>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

async fn run() -> Running {
    let listener = crate::cli::demo::ports::take(Some(0), 0, "--id-port").expect("a port");
    let at = listener.local_addr().expect("an address");
    assert!(at.ip().is_loopback(), "nobody else reaches it");
    let origin = Origin::parse(&format!("http://localhost:{}", at.port())).expect("an origin");
    let server = BaseUrl { origin: SERVER.to_owned(), path: String::new() };
    let demo_id = DemoId::new(origin, &server, Arc::new(SystemClock), Arc::new(OsChance)).expect("made");
    let settings = demo_id.settings().expect("settings");
    let http = Http::new(SERVER).expect("a client");
    let now: Now = Arc::new(|| SystemClock.now());
    let provider = providers::build(&settings, &http, &now).expect("a provider");
    let demo_id = Arc::new(demo_id);
    let stop = watch::Sender::new(false);
    let (stopped, service) = (stop.subscribe(), DemoIdService::new(demo_id.clone()));
    tokio::spawn(async move { accept::serve(listener, service, &AcceptLimits::default(), stopped).await });
    Running { demo_id, provider, stop }
}

fn departure() -> Departure {
    Departure {
        redirect_uri: format!("{SERVER}/auth/cb/demo-id"),
        state: "s".repeat(43),
        nonce: "n".repeat(43),
        verifier: "v".repeat(43),
        server: None,
    }
}

impl Running {
    /// What the page answers to a form, and where it sends the browser.
    async fn press(&self, query: &str, form: &str) -> (StatusCode, Option<Url>, String) {
        let request =
            Request::post(format!("/authorize?{query}")).body(Full::new(Bytes::from(form.to_owned())));
        let answer = DemoIdService(self.demo_id.clone()).answer(request.expect("a request")).await;
        let location =
            answer.headers().get("location").map(|to| Url::parse(to.to_str().expect("text")).expect("a URL"));
        (answer.status(), location, String::from_utf8_lossy(answer.body()).into_owned())
    }

    async fn sign_in(&self, form: &str) -> Result<Profile, ProviderError> {
        let departure = departure();
        let sent = self.provider.begin(&departure).await?;
        let (status, back, page) = self.press(sent.location.query().expect("a query"), form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
        let back = back.expect("a way back");
        assert!(back.as_str().starts_with(&departure.redirect_uri), "{back}");
        let take = |name: &str| super::super::one(back.query().unwrap_or_default(), name);
        assert_eq!(take("state").as_ref(), Some(&departure.state));
        let brought = Back { code: take("code"), error: take("error"), iss: take("iss"), user: None };
        let profile = self.provider.finish(&departure, &sent.memo, brought.clone()).await;
        if profile.is_ok() {
            let again = self.provider.finish(&departure, &sent.memo, brought).await;
            assert!(again.is_err(), "a code is good once");
        }
        profile
    }
}

#[tokio::test]
async fn who_chooses_ada_is_ada_every_time_and_bruno_is_somebody_else() {
    let demo = run().await;
    let ada = demo.sign_in("who=ada").await.expect("signed in");
    assert_eq!(ada.name.as_deref(), Some("Ada"));
    let email = ada.email.as_ref().expect("an address");
    assert_eq!((email.address.as_str(), email.verified), ("ada@demo-id.example", true));
    assert_eq!(demo.sign_in("who=ada").await.expect("signed in").identity, ada.identity);
    assert_ne!(demo.sign_in("who=bruno").await.expect("signed in").identity, ada.identity);
}

#[tokio::test]
async fn somebody_new_is_whoever_they_say_and_never_twice_the_same() {
    let demo = run().await;
    let one = demo.sign_in("who=new&name=Cleo&email=").await.expect("signed in");
    assert_eq!((one.name.as_deref(), one.email.is_none()), (Some("Cleo"), true));
    let other = demo.sign_in("who=new&name=Cleo&email=cleo%40example.org").await.expect("signed in");
    assert_eq!(other.email.as_ref().expect("an address").address.as_str(), "cleo@example.org");
    assert_ne!(one.identity, other.identity);
}

#[tokio::test]
async fn who_would_rather_not_say_comes_back_without_having_signed_in() {
    assert_eq!(run().await.sign_in("who=nobody").await, Err(ProviderError::Cancelled));
}

#[tokio::test]
async fn what_was_typed_wrong_is_said_beside_it_and_kept() {
    let demo = run().await;
    let sent = demo.provider.begin(&departure()).await.expect("begun");
    let query = sent.location.query().expect("a query");
    let (status, back, page) = demo.press(query, "who=new&name=Cleo&email=no").await;
    assert_eq!((status, back), (StatusCode::OK, None));
    assert!(page.contains("role=\"alert\"") && page.contains("value=\"Cleo\""), "{page}");
    let (_, back, page) = demo.press(query, "who=new&name=%3Cscript%3E&email=no").await;
    assert!(back.is_none() && !page.contains("<script"), "{page}");
}

#[tokio::test]
async fn nobody_but_the_demos_own_server_can_ask() {
    let demo = run().await;
    let sent = demo.provider.begin(&departure()).await.expect("begun");
    let query = sent.location.query().expect("a query");
    assert_eq!(demo.press(query, "who=ada").await.0, StatusCode::SEE_OTHER);
    let theirs = departure().redirect_uri.replace(':', "%3A").replace('/', "%2F");
    assert!(query.contains(&theirs), "{query}");
    for (part, other) in [
        (theirs.as_str(), "https%3A%2F%2Fevil.example"),
        ("client_id=afterword-demo", "client_id=another"),
        ("response_type=code", "response_type=token"),
        ("code_challenge_method=S256", "code_challenge_method=plain"),
        ("nonce=", "once="),
    ] {
        let changed = query.replace(part, other);
        assert_ne!(changed, query, "{part}");
        let (status, back, _) = demo.press(&changed, "who=ada").await;
        assert_eq!((status, back), (StatusCode::BAD_REQUEST, None), "{other}");
    }
    let wrong = demo
        .demo_id
        .trade("client_id=afterword-demo&client_secret=guessed&grant_type=authorization_code&code=x");
    assert_eq!(wrong, Err("invalid_client"));
}

#[tokio::test]
async fn only_being_configured_lets_the_guarded_client_dial_it() {
    let demo = run().await;
    let http = Http::new(SERVER).expect("a client");
    let issuer = Url::parse(demo.demo_id.origin.as_str()).expect("a URL");
    assert!(http.allows(&issuer).is_err(), "nobody else's request reaches this machine");
    demo.provider.check(&departure().redirect_uri).await.expect("it was configured");
}
