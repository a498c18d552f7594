//! A site that signs its members in, as its own server would.

use std::sync::Arc;

use afterword::actions::sso::{self, Change};
use afterword::app::Clock;
use afterword::domain::Site;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};

use super::{Answer, TestApp};

/// A key pair of the site's own, the same in every run: its private half is 32 equal bytes.
pub fn pair(algorithm: Algorithm, byte: u8) -> (EncodingKey, String) {
    // PKCS #8 (RFC 5958) without the public half, and SubjectPublicKeyInfo (RFC 5280), up to the key itself.
    let (private, public): (&[u8], &[u8]) = match algorithm {
        Algorithm::EdDSA => (
            b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20",
            b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00",
        ),
        _ => (
            b"\x30\x41\x02\x01\x00\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x04\x27\x30\x25\x02\x01\x01\x04\x20",
            b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00\x04",
        ),
    };
    let der = [private, &[byte; 32]].concat();
    let key = match algorithm {
        Algorithm::EdDSA => EncodingKey::from_ed_der(&der),
        _ => EncodingKey::from_ec_der(&der),
    };
    let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).expect("base64url");
    let point = match Jwk::from_encoding_key(&key, algorithm).expect("a key").algorithm {
        AlgorithmParameters::OctetKeyPair(pair) => decoded(&pair.x),
        AlgorithmParameters::EllipticCurve(pair) => [decoded(&pair.x), decoded(&pair.y)].concat(),
        other => panic!("an unexpected key: {other:?}"),
    };
    let pem = STANDARD.encode([public, &point].concat());
    (key, format!("-----BEGIN PUBLIC KEY-----\n{pem}\n-----END PUBLIC KEY-----\n"))
}

/// A token with this header and these claims.
pub fn signed(header: &Value, claims: &Value, key: &EncodingKey, algorithm: Algorithm) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let signature = crypto::sign(signed.as_bytes(), key, algorithm).expect("signed");
    format!("{signed}.{signature}")
}

/// A token as most sites make it.
pub fn hs256(claims: &Value, secret: &str) -> String {
    let header = json!({ "alg": "HS256", "typ": "JWT" });
    signed(&header, claims, &EncodingKey::from_secret(secret.as_bytes()), Algorithm::HS256)
}

impl TestApp {
    /// Changes the site's single sign-on; a new secret.
    pub async fn change_sso(&self, change: Change) -> Option<String> {
        let site = self.now_site();
        sso::change(&self.app, &site, change).await.expect("changed").1
    }

    /// Switches it on: the secret.
    pub async fn sso_secret(&self) -> String {
        self.change_sso(Change::NewSecret).await.expect("a new secret is shown")
    }

    /// The site as it is now.
    pub fn now_site(&self) -> Arc<Site> {
        self.app.store.site_by_id(self.site.id).expect("the site")
    }

    /// What a site says of a member of its own.
    pub fn claims(&self, subject: &str, name: &str) -> Value {
        let now = self.clock.now().as_millis() / 1000;
        let id: [u8; 8] = afterword::app::random(&*self.app.chance);
        json!({
            "aud": "blog", "sub": subject, "name": name, "iat": now, "exp": now + 300,
            "jti": URL_SAFE_NO_PAD.encode(id),
        })
    }

    pub async fn present(&self, token: &str) -> Answer {
        self.site_request("POST", "/auth/sso")
            .header("x-afterword", "1")
            .json(json!({ "token": token }))
            .send()
            .await
    }
}
