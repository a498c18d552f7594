//! Reading a site's token: header, signature, claims, in this order, and nothing of what it says before the signature
//! is believed.
//!
//! Of an e-mail address or a picture nothing is kept. An address that nobody confirmed must not lead to an account
//! (whoever could make a site sign `victim@example.org` would own what the victim makes later), nor be mailed to; and a
//! picture would have every reader ask a third party for it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::domain::sso::{CLOCK_TOLERANCE, Check, SigningKey, SingleSignOn, TOKEN_TTL, TokenFault, Vouched};
use crate::domain::{Identity, Name, Role, Site, Timestamp};

const MAX_BYTES: usize = 4096;
const MAX_ID_BYTES: usize = 255;

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

/// What the token vouches for, if `site` signed it within the last minutes.
pub fn check(site: &Site, sso: &SingleSignOn, token: &str, now: Timestamp) -> Result<Vouched, TokenFault> {
    let broken = || TokenFault::NotAToken { max_bytes: MAX_BYTES };
    if token.len() > MAX_BYTES {
        return Err(broken());
    }
    let (signed, signature) = token.rsplit_once('.').ok_or_else(broken)?;
    let (header, claims) = signed.split_once('.').ok_or_else(broken)?;
    let decoded = |part| URL_SAFE_NO_PAD.decode(part).map_err(|_| broken());
    decoded(signature)?;
    let header: Header = serde_json::from_slice(&decoded(header)?).map_err(|_| broken())?;
    let claims: Map<String, Value> = serde_json::from_slice(&decoded(claims)?).map_err(|_| broken())?;
    if header.crit.is_some() {
        return Err(TokenFault::Critical);
    }
    let keys = candidates(sso, &header, now)?;
    if !keys.iter().any(|key| is_signed(key, signed, signature)) {
        return Err(TokenFault::WrongSignature { site: site.key.clone() });
    }
    Claims { claims: &claims }.vouched(site, sso, now)
}

/// The keys that this token may be signed with: named by `kid`, or all of them; of these the ones whose algorithm it
/// says it was signed by.
fn candidates<'s>(
    sso: &'s SingleSignOn,
    header: &Header,
    now: Timestamp,
) -> Result<Vec<&'s SigningKey>, TokenFault> {
    let all: Vec<_> = sso.keys(now).collect();
    let listed = |names: Vec<&str>| names.join(" or ");
    let named: Vec<_> = match &header.kid {
        Some(kid) => all.iter().copied().filter(|key| key.id == *kid).collect(),
        None => all.clone(),
    };
    if named.is_empty() {
        let expected = listed(all.iter().map(|key| key.id.as_str()).collect());
        return Err(TokenFault::UnknownKey { expected });
    }
    let mut algorithms: Vec<_> = named.iter().map(|key| key.check.algorithm()).collect();
    algorithms.dedup();
    let fitting: Vec<_> = named.into_iter().filter(|key| key.check.algorithm() == header.alg).collect();
    if fitting.is_empty() {
        return Err(TokenFault::WrongAlgorithm { expected: listed(algorithms) });
    }
    Ok(fitting)
}

fn is_signed(key: &SigningKey, signed: &str, signature: &str) -> bool {
    let (key, algorithm) = match &key.check {
        Check::Hs256(secret) => (DecodingKey::from_secret(secret.as_bytes()), Algorithm::HS256),
        Check::EdDsa(public) => (DecodingKey::from_ed_der(public), Algorithm::EdDSA),
        Check::Es256(public) => (DecodingKey::from_ec_der(public), Algorithm::ES256),
    };
    crypto::verify(signature, signed.as_bytes(), &key, algorithm).unwrap_or(false)
}

/// What was signed.
struct Claims<'t> {
    claims: &'t Map<String, Value>,
}

impl Claims<'_> {
    fn vouched(&self, site: &Site, sso: &SingleSignOn, now: Timestamp) -> Result<Vouched, TokenFault> {
        if self.claims.get("aud").and_then(Value::as_str) != Some(site.key.as_str()) {
            return wrong("aud", format!("\"{}\", the key of the site", site.key));
        }
        let expires_at = self.check_times(now)?;
        let token_id = self.id("jti", "never used before")?;
        let subject = self.id("sub", "the same for this member for ever, and never another's")?;
        let name = match self.claims.get("name") {
            None | Some(Value::Null) => None,
            // What cannot be shown is no reason to keep somebody out: they are asked for another.
            Some(Value::String(name)) => Name::parse(name).ok(),
            Some(_) => return wrong("name", "a string: what readers see".to_owned()),
        };
        for claim in ["email", "avatar"] {
            if !matches!(self.claims.get(claim), None | Some(Value::Null | Value::String(_))) {
                return wrong(claim, "a string, or nothing".to_owned());
            }
        }
        Ok(Vouched {
            identity: Identity::of_site(site.id, subject),
            name,
            role: if sso.roles { self.role()? } else { None },
            token_id,
            expires_at,
        })
    }

    fn check_times(&self, now: Timestamp) -> Result<Timestamp, TokenFault> {
        let (issued_at, expires_at) = (self.moment("iat")?, self.moment("exp")?);
        if issued_at > now.plus(CLOCK_TOLERANCE) {
            return Err(TokenFault::FromTheFuture { now });
        }
        if expires_at <= now {
            return Err(TokenFault::Expired { now });
        }
        if expires_at > issued_at.plus(TOKEN_TTL) {
            return wrong("exp", format!("at most {} seconds after iat", TOKEN_TTL.as_secs()));
        }
        Ok(expires_at)
    }

    /// Seconds since 1970 (RFC 7519, section 2: NumericDate), which may have a fraction.
    fn moment(&self, claim: &'static str) -> Result<Timestamp, TokenFault> {
        let secs = self.claims.get(claim).and_then(Value::as_f64).filter(|secs| (0.0..1e11).contains(secs));
        match secs {
            Some(secs) => Ok(Timestamp::from_millis((secs * 1000.0) as i64)),
            None => wrong(claim, "seconds since 1970, as a number".to_owned()),
        }
    }

    fn id(&self, claim: &'static str, what: &str) -> Result<String, TokenFault> {
        let fits = |id: &&str| (1..=MAX_ID_BYTES).contains(&id.len()) && !id.contains(char::is_control);
        match self.claims.get(claim).and_then(Value::as_str).filter(fits) {
            Some(id) => Ok(id.to_owned()),
            None => wrong(claim, format!("a string of 1 to {MAX_ID_BYTES} bytes, {what}")),
        }
    }

    /// A token makes nobody an owner.
    fn role(&self) -> Result<Option<Role>, TokenFault> {
        match self.claims.get("role") {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(role)) if role == "moderator" => Ok(Some(Role::Moderator)),
            Some(Value::String(role)) if role == "viewer" => Ok(Some(Role::Viewer)),
            Some(Value::String(role)) if role == "none" => Ok(Some(Role::None)),
            Some(_) => wrong("role", "\"moderator\", \"viewer\", \"none\", or nothing".to_owned()),
        }
    }
}

fn wrong<T>(claim: &'static str, expected: String) -> Result<T, TokenFault> {
    Err(TokenFault::WrongClaim { claim, expected })
}
