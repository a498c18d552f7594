//! What a token must be.

use std::time::Duration;

use afterword::actions::sso::Change;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use super::{now, refused};
use crate::support::TestApp;
use crate::support::sso::{hs256, pair, signed};

#[tokio::test]
async fn every_token_that_is_not_as_it_must_be_is_refused_and_says_what_was_expected() {
    let app = TestApp::start().await;
    let secret = app.sso_secret().await;
    let key = EncodingKey::from_secret(secret.as_bytes());
    let now = app.claims("x", "x")["iat"].as_i64().unwrap();
    let with = |changes: Value| {
        let mut claims = app.claims("u-1", "Ada");
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        hs256(&claims, &secret)
    };
    let without = |name: &str| {
        let mut claims = app.claims("u-1", "Ada");
        claims.as_object_mut().unwrap().remove(name);
        hs256(&claims, &secret)
    };
    let headed = |header: Value| signed(&header, &app.claims("u-1", "Ada"), &key, Algorithm::HS256);
    let right = hs256(&app.claims("u-1", "Ada"), &secret);
    let (unsigned, _) = right.rsplit_once('.').unwrap();
    let flipped = format!("{unsigned}.{}", "A".repeat(43));
    for (what, token, expected) in [
        ("nothing", String::new(), "expected a JSON Web Token"),
        ("no token", "abc".to_owned(), "expected a JSON Web Token"),
        ("five parts", format!("{right}.x.y"), "expected a JSON Web Token"),
        ("too long", with(json!({ "more": "x".repeat(4096) })), "at most 4096 bytes"),
        (
            "alg none",
            format!("{}.", headed(json!({ "alg": "none" })).rsplit_once('.').unwrap().0),
            "alg: expected HS256",
        ),
        ("alg none, signed", headed(json!({ "alg": "none" })), "alg: expected HS256"),
        ("another alg", headed(json!({ "alg": "HS512" })), "alg: expected HS256"),
        ("a public-key alg", headed(json!({ "alg": "ES256" })), "alg: expected HS256"),
        ("no alg", headed(json!({ "typ": "JWT" })), "expected a JSON Web Token"),
        ("an unknown kid", headed(json!({ "alg": "HS256", "kid": "x" })), "kid: expected "),
        ("crit", headed(json!({ "alg": "HS256", "crit": ["exp"] })), "crit: expected none"),
        ("no signature", format!("{unsigned}."), "the signature does not fit"),
        ("a changed signature", flipped, "the signature does not fit"),
        ("another's key", hs256(&app.claims("u-1", "Ada"), "guess"), "the signature does not fit"),
        ("another aud", with(json!({ "aud": "shop" })), "aud: expected \"blog\""),
        ("several auds", with(json!({ "aud": ["blog", "shop"] })), "aud: expected \"blog\""),
        ("no aud", without("aud"), "aud: expected \"blog\""),
        (
            "expired",
            with(json!({ "iat": now - 301, "exp": now - 1 })),
            "exp: the token has expired; here it is 20",
        ),
        ("too long ahead", with(json!({ "exp": now + 301 })), "exp: expected at most 300 seconds after iat"),
        (
            "from the future",
            with(json!({ "iat": now + 61, "exp": now + 100 })),
            "iat: the token comes from the future",
        ),
        ("no exp", without("exp"), "exp: expected seconds since 1970"),
        ("no iat", without("iat"), "iat: expected seconds since 1970"),
        ("exp as text", with(json!({ "exp": "soon" })), "exp: expected seconds since 1970"),
        ("endless exp", with(json!({ "exp": 1e300 })), "exp: expected seconds since 1970"),
        ("no jti", without("jti"), "jti: expected a string"),
        ("an empty jti", with(json!({ "jti": "" })), "jti: expected a string"),
        ("no sub", without("sub"), "sub: expected a string"),
        ("sub as number", with(json!({ "sub": 7 })), "sub: expected a string"),
        ("a long sub", with(json!({ "sub": "x".repeat(256) })), "sub: expected a string of 1 to 255 bytes"),
        ("name as list", with(json!({ "name": ["Ada"] })), "name: expected a string"),
        ("avatar as number", with(json!({ "avatar": 1 })), "avatar: expected a string"),
    ] {
        let answer = app.present(&token).await;
        assert_eq!(answer.status, 403, "{what}: {}", answer.text());
        let problem = answer.refused_as(403, "/problems/sso-refused");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(expected), "{what}: {detail}");
        let text = answer.text();
        assert!(token.len() < 20 || !text.contains(&token[..20]), "{what}: the token is not echoed: {text}");
        assert!(!text.contains("u-1") && !text.contains("Ada") && !text.contains(&secret), "{what}: {text}");
    }
    app.present(&right).await.ok(200);
    app.present(&right).await.refused_as(403, "/problems/sso-refused");
}

#[tokio::test]
async fn a_token_is_good_once_and_five_minutes_and_what_is_spent_is_forgotten_only_after_that() {
    let app = TestApp::start().await;
    let secret = app.sso_secret().await;
    let token = hs256(&app.claims("u-1", "Ada"), &secret);
    let (one, two) = tokio::join!(app.present(&token), app.present(&token));
    let mut statuses = [one.status, two.status];
    statuses.sort();
    assert_eq!(statuses, [200, 403], "two at once: one of them");
    app.clock.forward(Duration::from_secs(299));
    app.app.store.prune_sessions(now(&app), 1_000).await.unwrap();
    let used = app.present(&token).await.refused_as(403, "/problems/sso-refused");
    assert!(used["detail"].as_str().unwrap().starts_with("jti:"), "{used}");
    app.clock.forward(Duration::from_secs(1));
    let pruned = app.app.store.prune_sessions(now(&app), 1_000).await.unwrap();
    assert!(pruned >= 1, "what was spent is forgotten");
    let late = app.present(&token).await.refused_as(403, "/problems/sso-refused");
    assert!(late["detail"].as_str().unwrap().starts_with("exp:"), "{late}");
}

#[tokio::test]
async fn a_public_key_takes_its_own_algorithm_and_no_other() {
    let app = TestApp::start().await;
    for (algorithm, other, name) in
        [(Algorithm::EdDSA, Algorithm::ES256, "EdDSA"), (Algorithm::ES256, Algorithm::EdDSA, "ES256")]
    {
        let (key, pem) = pair(algorithm, 7);
        app.change_sso(Change::Off).await;
        assert_eq!(app.change_sso(Change::PublicKey(pem.clone())).await, None);
        let header = json!({ "alg": name, "typ": "JWT" });
        app.present(&signed(&header, &app.claims("u-1", "Ada"), &key, algorithm)).await.ok(200);

        let (foreign, _) = pair(algorithm, 8);
        let forged = signed(&header, &app.claims("u-1", "Ada"), &foreign, algorithm);
        refused(&app.present(&forged).await, "the signature does not fit");
        // The public key is no secret: whoever has it must not be able to sign with it.
        for secret in [pem.as_str(), pem.trim(), pem.lines().nth(1).unwrap()] {
            refused(&app.present(&hs256(&app.claims("u-1", "Ada"), secret)).await, "alg: expected");
            let header = json!({ "alg": name });
            let key = EncodingKey::from_secret(secret.as_bytes());
            let confused = signed(&header, &app.claims("u-1", "Ada"), &key, Algorithm::HS256);
            refused(&app.present(&confused).await, "the signature does not fit");
        }
        let (another, _) = pair(other, 7);
        let named = json!({ "alg": if name == "EdDSA" { "ES256" } else { "EdDSA" } });
        refused(
            &app.present(&signed(&named, &app.claims("u-1", "Ada"), &another, other)).await,
            "alg: expected",
        );
    }
}
