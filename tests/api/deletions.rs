//! Facebook says, signed, that somebody there wants their data gone from here.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, Mac as _};
use serde_json::json;
use sha2::Sha256;

use super::support::elsewhere::Elsewhere;
use super::support::{Answer, TestApp};
use afterword::config::Secret;
use afterword::config::providers::{ProviderKind, ProviderSettings};
use afterword::domain::{AccountId, Identity, Profile, Timestamp};
use afterword::outside::http::Http;
use afterword::outside::providers::{Provider, build};

const SECRET: &str = "test-only-secret";

fn facebook() -> Arc<dyn Provider> {
    let settings = ProviderSettings {
        id: "facebook".parse().unwrap(),
        kind: ProviderKind::Facebook,
        name: None,
        icon: None,
        client_id: "afterword-test".into(),
        client_secret: Some(Secret(SECRET.into())),
        client_secret_file: None,
        issuer: None,
        base_url: None,
        trust_email: None,
        tenant: None,
        apple: None,
    };
    let http = Http::new("https://comments.example").unwrap();
    build(&settings, &http, &(Arc::new(|| Timestamp::from_millis(0)) as _)).unwrap()
}

fn form(person: &str, secret: &str) -> String {
    let payload = BASE64.encode(json!({ "algorithm": "HMAC-SHA256", "user_id": person }).to_string());
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(payload.as_bytes());
    format!("signed_request={}.{payload}", BASE64.encode(mac.finalize().into_bytes()))
}

async fn post(app: &TestApp, provider: &str, form: String) -> Answer {
    app.request("POST", &format!("/auth/{provider}/deletion"))
        .header("content-type", "application/x-www-form-urlencoded")
        .raw(form)
        .send()
        .await
}

/// Ada, who is known as `person` there.
async fn linked(app: &TestApp, person: &str) -> AccountId {
    app.member("ada").await;
    let ada = app.account("ada").await;
    let identity = Identity {
        provider: "facebook".parse().unwrap(),
        issuer: "https://www.facebook.com".into(),
        subject: person.into(),
    };
    let profile = Profile { identity, email: None, name: None, label: Some("Ada Lovelace".into()) };
    app.app.store.link_identity(ada, profile, None, Timestamp::from_millis(1)).await.unwrap().unwrap();
    ada
}

#[tokio::test]
async fn what_tied_an_account_there_to_one_here_is_removed_when_facebook_says_so() {
    let app = TestApp::with_providers(vec![facebook()], |_| {}).await;
    let ada = linked(&app, "218471").await;
    let answer = post(&app, "facebook", form("218471", SECRET)).await.ok(200);
    assert_eq!(answer["confirmation_code"].as_str().unwrap().len(), 8);
    assert_eq!(app.app.store.identities_of(ada).await.unwrap(), []);

    let url = answer["url"].as_str().unwrap();
    let path = url.strip_prefix("http://localhost:8080").expect("at our own address");
    let shows = async |path: &str| app.request("GET", path).send().await.text();
    assert!(shows(path).await.contains("What Facebook told us is gone"));
    assert!(shows("/auth/facebook/deletion?code=ABCDEFGH").await.contains("We do not know this code"));
    app.clock.forward(std::time::Duration::from_secs(90 * 24 * 60 * 60));
    assert!(shows(path).await.contains("We do not know this code"), "it is kept for 90 days");
    // Once more, or for somebody who was never here, it is the same answer.
    post(&app, "facebook", form("218471", SECRET)).await.ok(200);
    post(&app, "facebook", form("7", SECRET)).await.ok(200);
}

#[tokio::test]
async fn nobody_else_can_have_anything_deleted() {
    let other = Elsewhere::named("google");
    let app = TestApp::with_providers(vec![facebook(), other], |_| {}).await;
    let ada = linked(&app, "218471").await;
    post(&app, "facebook", form("218471", "guessed")).await.refused_as(409, "/problems/provider-refused");
    post(&app, "facebook", "signed_request=x".into()).await.refused_as(409, "/problems/provider-refused");
    post(&app, "google", form("218471", SECRET)).await.refused_as(409, "/problems/provider-refused");
    post(&app, "nowhere", form("218471", SECRET)).await.refused_as(404, "/problems/unknown-provider");
    assert_eq!(
        app.request("GET", "/auth/facebook/deletion").send().await.status,
        200,
        "looking changes nothing"
    );
    assert_eq!(app.app.store.identities_of(ada).await.unwrap().len(), 1);
}
