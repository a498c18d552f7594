//! ID tokens (OpenID Connect Core, 3.1.3.7).
//!
//! Invariant: claims come out of here only if the provider signed them, for us, for this very sign-in, and now.

use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header};
use serde_json::Value;
use url::Url;

use super::ProviderError;
use super::claims::Claims;
use super::jwks::{Jwks, Key};
use crate::domain::{Identity, Timestamp};
use crate::outside::http::Http;

/// How far the provider's clock and ours may differ.
const SKEW_SECS: i64 = 120;
/// We ask for a token and get it at once: one that was made long ago was made for something else.
const MAX_AGE_SECS: i64 = 60 * 60;

/// What a token must be for.
pub struct Expected<'a> {
    pub client_id: &'a str,
    pub nonce: &'a str,
    /// The issuer as its discovery document states it.
    pub issuer: &'a str,
    /// Whether the claims' `iss` is that issuer: the same text, but for providers that say otherwise.
    pub is_issuer: fn(stated: &str, claims: &Claims) -> bool,
}

/// Checks a token and reads it.
pub async fn verify(
    token: &str,
    expected: &Expected<'_>,
    keys: &Jwks,
    keys_at: &Url,
    http: &Http,
    now: Timestamp,
) -> Result<Claims, ProviderError> {
    let header = decode_header(token).map_err(|_| refused("has no readable header"))?;
    check_header(&header)?;
    let key = keys.key(keys_at, http, now, header.kid.as_deref(), header.alg).await?;
    let claims = signed(token, header.alg, &key)?;
    check(&claims, expected, now)?;
    if !key_may_speak(&key, &claims) {
        return Err(refused("is signed with another issuer's key"));
    }
    Ok(claims)
}

fn refused(what: &str) -> ProviderError {
    ProviderError::Refused(format!("the ID token {what}"))
}

/// A token does not choose its own key, nor what else must be understood.
fn check_header(header: &Header) -> Result<(), ProviderError> {
    if matches!(header.alg, Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512) {
        return Err(refused("is signed with a shared secret"));
    }
    if header.jku.is_some() || header.x5u.is_some() || header.jwk.is_some() {
        return Err(refused("brings its own key"));
    }
    if header.crit.is_some() || header.enc.is_some() || header.zip.is_some() {
        return Err(refused("asks for more than a signature"));
    }
    // `at+jwt`, `logout+jwt`: signed by the same keys for other ends.
    match header.typ.as_deref() {
        None => Ok(()),
        Some(typ) if typ.eq_ignore_ascii_case("jwt") => Ok(()),
        Some(_) => Err(refused("is a token of another kind")),
    }
}

fn signed(token: &str, algorithm: Algorithm, key: &Key) -> Result<Claims, ProviderError> {
    // The signature only: the crate would compare times with the machine's clock.
    let mut validation = Validation::new(algorithm);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    decode::<Claims>(token, &key.material, &validation)
        .map(|token| token.claims)
        .map_err(|_| refused("is not signed by the provider"))
}

fn check(claims: &Claims, expected: &Expected<'_>, now: Timestamp) -> Result<(), ProviderError> {
    let now = now.as_secs();
    if !(expected.is_issuer)(expected.issuer, claims) {
        return Err(refused("comes from another issuer"));
    }
    check_audience(claims, expected.client_id)?;
    let expires = claims.seconds("exp").ok_or_else(|| refused("does not say when it expires"))?;
    if now >= expires.saturating_add(SKEW_SECS) {
        return Err(refused("has expired"));
    }
    let issued = claims.seconds("iat").ok_or_else(|| refused("does not say when it was issued"))?;
    if issued > now + SKEW_SECS || issued < now - MAX_AGE_SECS {
        return Err(refused("was not issued just now"));
    }
    if claims.0.contains_key("nbf") && claims.seconds("nbf").is_none_or(|from| from > now + SKEW_SECS) {
        return Err(refused("is not valid yet"));
    }
    if claims.text("nonce") != Some(expected.nonce) {
        return Err(refused("belongs to another sign-in"));
    }
    match claims.text("sub") {
        Some(subject) if subject.len() <= Identity::MAX_SUBJECT_BYTES => Ok(()),
        _ => Err(refused("does not say who signed in")),
    }
}

/// It is for us; if for others too, then we are the one it was given to.
fn check_audience(claims: &Claims, client_id: &str) -> Result<(), ProviderError> {
    let audience: Vec<&str> = match claims.0.get("aud") {
        Some(Value::String(only)) => vec![only],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => vec![],
    };
    if !audience.contains(&client_id) {
        return Err(refused("is for somebody else"));
    }
    let party = claims.0.get("azp");
    let is_ours = party.is_some_and(|party| party == client_id);
    if is_ours || (party.is_none() && audience.len() == 1) {
        Ok(())
    } else {
        Err(refused("was given to somebody else"))
    }
}

/// Microsoft publishes the keys of all tenants together, and says at each whose it is.
fn key_may_speak(key: &Key, claims: &Claims) -> bool {
    let Some(issuer) = &key.issuer else { return true };
    let tenant = claims.text("tid").unwrap_or_default();
    claims.text("iss") == Some(issuer.replace("{tenantid}", tenant).as_str())
}
