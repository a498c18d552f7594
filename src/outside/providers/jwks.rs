//! A provider's public keys (RFC 7517).
//!
//! Invariant: a key checks only signatures of the algorithms that its own type and `alg` allow. A token's header chooses
//! among keys, never what a key is: a public key is no HMAC secret.

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::ProviderError;
use super::client::{get, read};
use super::kept::Kept;
use crate::domain::Timestamp;
use crate::outside::http::Http;

/// A provider's keys as they were last seen.
#[derive(Default)]
pub struct Jwks(Kept<Vec<Key>>);

#[derive(Clone)]
pub struct Key {
    pub id: Option<String>,
    algorithms: Vec<Algorithm>,
    pub material: DecodingKey,
    /// Microsoft: whose tokens this key signs, `{tenantid}` standing for the token's own.
    pub issuer: Option<String>,
}

impl Jwks {
    /// The key for a token that names `id` and `algorithm`. One that is not known is looked for at the provider, at most
    /// once a minute.
    pub async fn key(
        &self,
        url: &Url,
        http: &Http,
        now: Timestamp,
        id: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Key, ProviderError> {
        let kept = self.0.get(now, || fetch(http, url)).await?;
        if let Some(key) = choose(&kept, id, algorithm) {
            return Ok(key);
        }
        let newer = self.0.get_newer(now, || fetch(http, url)).await?;
        choose(&newer, id, algorithm).ok_or_else(|| {
            ProviderError::Refused("the ID token is signed with a key that is not the provider's".into())
        })
    }
}

/// Without an id, a key counts only if it is the only one that it could be.
fn choose(keys: &[Key], id: Option<&str>, algorithm: Algorithm) -> Option<Key> {
    let mut fitting = keys.iter().filter(|key| {
        key.algorithms.contains(&algorithm) && id.is_none_or(|id| key.id.as_deref() == Some(id))
    });
    let key = fitting.next()?;
    if id.is_none() && fitting.next().is_some() { None } else { Some(key.clone()) }
}

async fn fetch(http: &Http, url: &Url) -> Result<Vec<Key>, ProviderError> {
    #[derive(Deserialize)]
    struct Set {
        keys: Vec<Value>,
    }
    let set: Set = read(http, get(url)).await?;
    // One that we cannot read must not hide those that we can.
    Ok(set.keys.iter().filter_map(parse).collect())
}

fn parse(value: &Value) -> Option<Key> {
    let jwk: Jwk = serde_json::from_value(value.clone()).ok()?;
    if matches!(jwk.common.public_key_use, Some(PublicKeyUse::Encryption | PublicKeyUse::Other(_))) {
        return None;
    }
    let mut algorithms = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => vec![
            Algorithm::RS256,
            Algorithm::RS384,
            Algorithm::RS512,
            Algorithm::PS256,
            Algorithm::PS384,
            Algorithm::PS512,
        ],
        AlgorithmParameters::EllipticCurve(ec) => match ec.curve {
            EllipticCurve::P256 => vec![Algorithm::ES256],
            EllipticCurve::P384 => vec![Algorithm::ES384],
            _ => return None,
        },
        AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => {
            vec![Algorithm::EdDSA]
        }
        // A symmetric key that everybody can read proves nothing.
        _ => return None,
    };
    if let Some(only) = jwk.common.key_algorithm {
        algorithms.retain(|algorithm| KeyAlgorithm::from(*algorithm) == only);
    }
    let issuer = value.get("issuer").and_then(Value::as_str).map(str::to_owned);
    let material = DecodingKey::from_jwk(&jwk).ok()?;
    (!algorithms.is_empty()).then(|| Key { id: jwk.common.key_id.clone(), algorithms, material, issuer })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn algorithms(jwk: &Value) -> Vec<Algorithm> {
        parse(jwk).map(|key| key.algorithms).unwrap_or_default()
    }

    #[test]
    fn a_key_says_which_signatures_it_checks() {
        let rsa = |more: Value| {
            let mut jwk = json!({ "kty": "RSA", "kid": "1", "n": "sXch", "e": "AQAB" });
            jwk.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            algorithms(&jwk)
        };
        assert_eq!(rsa(json!({})).len(), 6);
        assert_eq!(rsa(json!({ "alg": "RS256", "use": "sig" })), [Algorithm::RS256]);
        assert_eq!(rsa(json!({ "alg": "HS256" })), []);
        assert_eq!(rsa(json!({ "alg": "RSA-OAEP" })), []);
        assert_eq!(rsa(json!({ "use": "enc" })), []);
        assert_eq!(algorithms(&json!({ "kty": "oct", "kid": "1", "k": "c2VjcmV0" })), []);
        assert_eq!(
            algorithms(&json!({ "kty": "EC", "crv": "P-256", "x": "eA", "y": "eQ" })),
            [Algorithm::ES256]
        );
        assert_eq!(algorithms(&json!({ "kty": "EC", "crv": "secp256k1", "x": "eA", "y": "eQ" })), []);
        assert_eq!(algorithms(&json!({ "kty": "OKP", "crv": "Ed25519", "x": "eA" })), [Algorithm::EdDSA]);
        assert_eq!(algorithms(&json!({ "kty": "AKP", "alg": "ML-DSA-44", "pub": "eA" })), []);
    }

    #[test]
    fn a_token_that_names_no_key_is_checked_only_where_there_is_no_choice() {
        let key = |id: &str| parse(&json!({ "kty": "RSA", "kid": id, "n": "sXch", "e": "AQAB" })).unwrap();
        assert!(choose(&[key("1")], None, Algorithm::RS256).is_some());
        assert!(choose(&[key("1"), key("2")], None, Algorithm::RS256).is_none());
        assert!(choose(&[key("1"), key("2")], Some("2"), Algorithm::RS256).is_some());
        assert!(choose(&[key("1"), key("2")], Some("3"), Algorithm::RS256).is_none());
        assert!(choose(&[key("1")], Some("1"), Algorithm::HS256).is_none());
    }
}
