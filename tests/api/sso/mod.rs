//! Single sign-on: what a site signs is taken as it must be, and nothing else is.

use std::time::Duration;

use afterword::actions::sso::Change;
use afterword::domain::{Email, MemberStanding, Name, Origin, Role};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

mod snippets;
mod tokens;

use super::support::people::Person;
use super::support::sso::{hs256, pair, signed};
use super::support::{Answer, TestApp};

fn person<'a>(app: &'a TestApp, answer: &Value) -> Person<'a> {
    Person {
        app,
        token: answer["access"].as_str().unwrap().to_owned(),
        refresh: answer["refresh"].as_str().map(str::to_owned),
        name: answer["visitor"]["name"].as_str().unwrap_or_default().to_owned(),
        is_guest: false,
    }
}

#[tokio::test]
async fn a_member_of_the_site_is_signed_in_without_a_window_and_is_the_same_the_next_time() {
    let app = TestApp::start().await;
    assert_eq!(app.thread("/p").await["site"]["sso"], false);
    let secret = app.sso_secret().await;
    assert_eq!(app.thread("/p").await["site"]["sso"], true);

    let answer = app.present(&hs256(&app.claims("u-7", "Ada"), &secret)).await.ok(200);
    assert_eq!(
        (&answer["visitor"]["name"], &answer["visitor"]["via"]["kind"]),
        (&json!("Ada"), &json!("sso"))
    );
    let ada = person(&app, &answer);
    ada.posted("/p", "hello").await;
    let refreshed = app
        .site_request("POST", "/auth/refresh")
        .header("x-afterword", "1")
        .json(json!({ "refresh": ada.refresh }))
        .send()
        .await;
    assert_eq!(refreshed.ok(200)["visitor"]["via"]["kind"], "sso");

    // The same member under another name: the old comment shows the new one, and so does its ETag.
    let etag = app.site_request("GET", "/thread?page=/p").send().await.header("etag").map(str::to_owned);
    let again = app.present(&hs256(&app.claims("u-7", "Ada Lovelace"), &secret)).await.ok(200);
    assert_eq!(again["visitor"]["id"], answer["visitor"]["id"]);
    let thread = app.site_request("GET", "/thread?page=/p").send().await;
    assert_ne!(thread.header("etag").map(str::to_owned), etag);
    assert_eq!(thread.json()["conversations"][0]["comments"][0]["author"]["name"], "Ada Lovelace");
    let other = app.present(&hs256(&app.claims("u-8", "Ada"), &secret)).await.ok(200);
    assert_ne!(other["visitor"]["id"], answer["visitor"]["id"], "the same name is nobody's identity");
}

#[tokio::test]
async fn a_new_secret_takes_over_while_the_one_before_is_good_for_a_week_or_until_it_is_ended() {
    let app = TestApp::start().await;
    let first = app.sso_secret().await;
    let first_id = app.now_site().sso.as_ref().unwrap().current.id.clone();
    let second = app.sso_secret().await;
    let with_kid = |kid: &str, secret: &str| {
        let key = EncodingKey::from_secret(secret.as_bytes());
        signed(&json!({ "alg": "HS256", "kid": kid }), &app.claims("u-1", "Ada"), &key, Algorithm::HS256)
    };
    let second_id = app.now_site().sso.as_ref().unwrap().current.id.clone();
    for secret in [&first, &second] {
        app.present(&hs256(&app.claims("u-1", "Ada"), secret)).await.ok(200);
    }
    app.present(&with_kid(&first_id, &first)).await.ok(200);
    app.present(&with_kid(&second_id, &second)).await.ok(200);
    refused(&app.present(&with_kid(&second_id, &first)).await, "the signature does not fit");

    app.change_sso(Change::EndPrevious).await;
    refused(&app.present(&hs256(&app.claims("u-1", "Ada"), &first)).await, "the signature does not fit");
    refused(&app.present(&with_kid(&first_id, &first)).await, &format!("kid: expected {second_id}"));
    app.present(&hs256(&app.claims("u-1", "Ada"), &second)).await.ok(200);

    // A key pair can take over from a secret without a gap, too.
    let (key, pem) = pair(Algorithm::EdDSA, 7);
    app.change_sso(Change::PublicKey(pem)).await;
    let by_pair =
        |app: &TestApp| signed(&json!({ "alg": "EdDSA" }), &app.claims("u-1", "Ada"), &key, Algorithm::EdDSA);
    app.present(&by_pair(&app)).await.ok(200);
    app.clock.forward(Duration::from_secs(7 * 24 * 60 * 60 - 1));
    app.present(&hs256(&app.claims("u-1", "Ada"), &second)).await.ok(200);
    app.clock.forward(Duration::from_secs(1));
    refused(&app.present(&hs256(&app.claims("u-1", "Ada"), &second)).await, "alg: expected EdDSA");
    app.present(&by_pair(&app)).await.ok(200);
}

#[tokio::test]
async fn identities_live_in_the_namespace_of_their_site() {
    let app = TestApp::start().await;
    let store = &app.app.store;
    let origins = vec![Origin::parse("https://shop.example").unwrap()];
    let name = Name::parse("Shop").unwrap();
    let shop =
        store.add_site("shop".parse().unwrap(), name, origins, None, None, now(&app)).await.unwrap().unwrap();
    let secret = app.sso_secret().await;
    let (_, shops) = afterword::actions::sso::change(&app.app, &shop, Change::NewSecret).await.unwrap();
    let at_shop = |token: String| {
        app.request("POST", "/api/v1/sites/shop/auth/sso")
            .origin("https://shop.example")
            .header("x-afterword", "1")
            .json(json!({ "token": token }))
            .send()
    };
    let mut claims = app.claims("u-1", "Ada");
    claims["aud"] = json!("shop");
    let there = at_shop(hs256(&claims, shops.as_deref().unwrap())).await.ok(200);
    // The same token id on another site is another token's.
    claims["aud"] = json!("blog");
    let here = app.present(&hs256(&claims, &secret)).await.ok(200);
    assert_ne!(there["visitor"]["id"], here["visitor"]["id"], "the same subject elsewhere is somebody else");
    // What one site signed is worth nothing on the other.
    claims["jti"] = json!("another");
    refused(&at_shop(hs256(&claims, &secret)).await, "the signature does not fit");
    claims["aud"] = json!("shop");
    refused(&app.present(&hs256(&claims, &secret)).await, "aud: expected \"blog\"");
    person(&app, &there).post("/p", "from elsewhere").await.refused_as(401, "/problems/session-ended");
}

#[tokio::test]
async fn an_address_in_a_token_leads_to_no_account_and_is_kept_nowhere() {
    let app = TestApp::start().await;
    let secret = app.sso_secret().await;
    let victim = app.member("Vera").await;
    let with_email = |email: &str| {
        let mut claims = app.claims("u-1", "Eve");
        claims["email"] = json!(email);
        claims["email_verified"] = json!(true);
        claims["avatar"] = json!("https://tracker.example/eve.png");
        hs256(&claims, &secret)
    };
    let eve = app.present(&with_email("vera@example.org")).await.ok(200);
    let vera = victim.mine("/p").await["visitor"]["id"].clone();
    assert_ne!(eve["visitor"]["id"], vera);
    // Nor is a trap laid for who signs in with the address later.
    app.present(&with_email("later@example.org")).await.ok(200);
    let later = Email::parse("later@example.org").unwrap();
    assert_eq!(app.app.store.account_by_email(&later).await.unwrap(), None);
    let owner = app.sign_in("later@example.org").await.ok(200);
    assert_ne!(owner["visitor"]["id"], eve["visitor"]["id"]);
    person(&app, &eve).posted("/p", "still signed in").await;
    assert!(!app.thread("/p").await.to_string().contains("tracker.example"), "no reader asks a third party");
}

#[tokio::test]
async fn roles_come_from_tokens_only_where_the_owner_says_so_and_never_ownership() {
    let app = TestApp::start().await;
    let secret = app.sso_secret().await;
    let signed_in = async |subject: &str, role: Value| {
        let mut claims = app.claims(subject, subject);
        claims["role"] = role;
        app.present(&hs256(&claims, &secret)).await
    };
    let role = async |subject: &str, sent: &str| {
        signed_in(subject, json!(sent)).await.ok(200)["visitor"]["role"].clone()
    };
    for sent in ["moderator", "owner", "operator"] {
        assert_eq!(role("Mo", sent).await, "none", "{sent}: off by default");
    }
    app.change_sso(Change::Roles(true)).await;
    for sent in [json!("owner"), json!("operator"), json!("Moderator"), json!(3), json!(["moderator"])] {
        refused(&signed_in("Mo", sent).await, "role: expected \"moderator\", \"viewer\", \"none\"");
    }
    assert_eq!(role("Mo", "moderator").await, "moderator");
    assert_eq!(
        app.present(&hs256(&app.claims("Mo", "Mo"), &secret)).await.ok(200)["visitor"]["role"],
        "moderator"
    );
    assert_eq!(role("Mo", "viewer").await, "viewer");
    assert_eq!(role("Mo", "none").await, "none");

    // Who owns the site is not for a token to say, in either direction.
    let answer = signed_in("Olga", json!("none")).await.ok(200);
    let id = person(&app, &answer).mine("/p").await["visitor"]["id"].as_str().unwrap().to_owned();
    let account = account_of(&app, "Olga").await;
    let member = afterword::domain::Member {
        role: Role::Owner,
        ..afterword::domain::Member::new(app.site.id, account, now(&app))
    };
    app.app.store.set_member(member).await.unwrap();
    let answer = signed_in("Olga", json!("none")).await.ok(200);
    assert_eq!((&answer["visitor"]["role"], &answer["visitor"]["id"]), (&json!("owner"), &json!(id)));
}

#[tokio::test]
async fn who_is_banned_stays_banned_however_often_their_site_signs_them_in() {
    let app = TestApp::start().await;
    let secret = app.sso_secret().await;
    let answer = app.present(&hs256(&app.claims("u-1", "Eve"), &secret)).await.ok(200);
    let account = account_of(&app, "u-1").await;
    let member = afterword::domain::Member {
        standing: MemberStanding::Banned,
        ..afterword::domain::Member::new(app.site.id, account, now(&app))
    };
    app.app.store.set_member(member).await.unwrap();
    app.present(&hs256(&app.claims("u-1", "Eve"), &secret)).await.refused_as(403, "/problems/banned");
    person(&app, &answer).post("/p", "still here?").await.refused_as(403, "/problems/banned");
}

#[tokio::test]
async fn a_staff_name_is_not_taken_over_and_a_name_that_cannot_be_shown_keeps_nobody_out() {
    let app = TestApp::start().await;
    let secret = app.sso_secret().await;
    app.staff("Olga", Role::Owner).await;
    for name in ["Olga", "Оlga", "ol ga"] {
        let answer = app.present(&hs256(&app.claims("u-1", name), &secret)).await.ok(200);
        assert_eq!(answer["visitor"]["name"], json!(null), "{name}: they are asked for another");
    }
    app.present(&hs256(&app.claims("u-1", "Eve"), &secret)).await.ok(200);
    for name in ["Olga", "", "ev\u{202e}il", &"x".repeat(61)] {
        let answer = app.present(&hs256(&app.claims("u-1", name), &secret)).await.ok(200);
        assert_eq!(answer["visitor"]["name"], "Eve", "{name:?}: they keep the one they have");
    }
}

#[tokio::test]
async fn switching_it_off_ends_the_sessions_it_began_and_no_others() {
    let app = TestApp::start().await;
    refused_off(&app.present("x.y.z").await);
    let secret = app.sso_secret().await;
    let other = app.member("Ada").await;
    let answer = app.present(&hs256(&app.claims("u-1", "Eve"), &secret)).await.ok(200);
    let eve = person(&app, &answer);
    eve.posted("/p", "one").await;
    app.change_sso(Change::Off).await;
    refused_off(&app.present(&hs256(&app.claims("u-1", "Eve"), &secret)).await);
    let refresh = || {
        let body = json!({ "refresh": eve.refresh });
        app.site_request("POST", "/auth/refresh").header("x-afterword", "1").json(body).send()
    };
    eve.post("/p", "two").await.refused_as(401, "/problems/session-ended");
    refresh().await.refused_as(401, "/problems/session-ended");
    other.posted("/p", "still here").await;
    // On again, with another secret: what a stolen one began does not come back.
    app.clock.forward(Duration::from_secs(1));
    app.sso_secret().await;
    eve.post("/p", "three").await.refused_as(401, "/problems/session-ended");
    refresh().await.refused_as(401, "/problems/session-ended");
}

#[tokio::test]
async fn it_is_asked_from_the_sites_pages_only() {
    let app = TestApp::start().await;
    let secret = app.sso_secret().await;
    let token = hs256(&app.claims("u-1", "Ada"), &secret);
    let from = |origin: &str| {
        app.request("POST", "/api/v1/sites/blog/auth/sso")
            .origin(origin)
            .header("x-afterword", "1")
            .json(json!({ "token": token }))
            .send()
    };
    from("https://evil.example").await.refused_as(403, "/problems/origin-not-allowed");
    from("https://blog.example").await.ok(200);
}

#[track_caller]
fn refused(answer: &Answer, expected: &str) {
    let problem = answer.refused_as(403, "/problems/sso-refused");
    assert!(problem["detail"].as_str().unwrap().contains(expected), "expected {expected:?}: {problem}");
}

#[track_caller]
fn refused_off(answer: &Answer) {
    answer.refused_as(403, "/problems/sso-off");
}

fn now(app: &TestApp) -> afterword::domain::Timestamp {
    afterword::app::Clock::now(&*app.clock)
}

async fn account_of(app: &TestApp, subject: &str) -> afterword::domain::AccountId {
    let identity = afterword::domain::Identity::of_site(app.site.id, subject.to_owned());
    app.app.store.account_of(&identity).await.unwrap().expect("an account")
}
