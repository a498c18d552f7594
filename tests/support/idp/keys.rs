//! The keys that sign ID tokens, and how tokens are signed with them or with what is not one.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

const RSA: &[u8] = include_bytes!("keys/test-only-rsa-1.pem");
const OTHER_RSA: &[u8] = include_bytes!("keys/test-only-rsa-2.pem");
const EC: &[u8] = include_bytes!("keys/test-only-ec-1.pem");
const ED: &[u8] = include_bytes!("keys/test-only-ed-1.pem");
pub const RSA_PUBLIC: &[u8] = include_bytes!("keys/test-only-rsa-1.public.pem");
/// What a client of Apple signs its secrets with.
pub const APPLE_CLIENT: &str = include_str!("keys/test-only-apple-client.pem");

pub struct Keys {
    pub rsa: EncodingKey,
    pub other_rsa: EncodingKey,
    pub ec: EncodingKey,
    pub ed: EncodingKey,
}

impl Default for Keys {
    fn default() -> Keys {
        Keys {
            rsa: EncodingKey::from_rsa_pem(RSA).expect("an RSA key"),
            other_rsa: EncodingKey::from_rsa_pem(OTHER_RSA).expect("an RSA key"),
            ec: EncodingKey::from_ec_pem(EC).expect("a P-256 key"),
            ed: EncodingKey::from_ed_pem(ED).expect("an Ed25519 key"),
        }
    }
}

impl Keys {
    /// What is published, by key id. `suffix` renames all, as a rotation does; `issuers` says whose each is.
    pub fn published(&self, suffix: &str, issuer: Option<&str>) -> Value {
        let jwk = |id: &str, key: &EncodingKey, algorithm| {
            let jwk = Jwk::from_encoding_key(key, algorithm).expect("a public key");
            let mut value = serde_json::to_value(jwk).expect("JSON");
            value["kid"] = json!(format!("{id}{suffix}"));
            value["use"] = json!("sig");
            if let Some(issuer) = issuer {
                value["issuer"] = json!(issuer);
            }
            value
        };
        let other_tenant = {
            let mut key = jwk("other-tenant", &self.other_rsa, Algorithm::RS256);
            key["issuer"] = json!("https://login.example/00000000-0000-0000-0000-000000000000/v2.0");
            key
        };
        json!({ "keys": [
            // What no client of ours can read: it must not hide the others.
            { "kty": "AKP", "kid": "future", "alg": "ML-DSA-44", "pub": "AAAA" },
            { "kty": "oct", "kid": "shared", "k": "c2VjcmV0" },
            jwk("rsa-1", &self.rsa, Algorithm::RS256),
            jwk("rsa-2", &self.other_rsa, Algorithm::RS256),
            jwk("ec-1", &self.ec, Algorithm::ES256),
            jwk("ed-1", &self.ed, Algorithm::EdDSA),
            other_tenant,
        ] })
    }

    pub fn modulus(&self) -> Vec<u8> {
        let jwk = Jwk::from_encoding_key(&self.rsa, Algorithm::RS256).expect("a public key");
        let value = serde_json::to_value(jwk).expect("JSON");
        BASE64.decode(value["n"].as_str().expect("a modulus")).expect("base64url")
    }
}

/// `header.claims`
pub fn message(header: &Value, claims: &Value) -> String {
    format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()))
}

pub fn sign(header: &Value, claims: &Value, key: &EncodingKey, algorithm: Algorithm) -> String {
    let message = message(header, claims);
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), key, algorithm).expect("a signature");
    format!("{message}.{signature}")
}
