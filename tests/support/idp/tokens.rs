//! ID tokens: sound ones, and every way in which one can be unsound.

use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use super::Switch::{self, *};
use super::keys::{Keys, RSA_PUBLIC, message, sign};

/// What a token is made of.
pub struct Ground<'a> {
    pub keys: &'a Keys,
    pub on: &'a dyn Fn(Switch) -> bool,
    pub now: i64,
    pub client_secret: &'a str,
    /// Where this server is: what an attacker's key would be fetched from.
    pub base: &'a str,
}

/// Signs `claims`, or does what the switches say.
pub fn token(ground: &Ground<'_>, mut claims: Value) -> String {
    let on = ground.on;
    let keys = ground.keys;
    if on(NotAToken) {
        return "not.a.token".into();
    }
    change(ground, &mut claims);
    let suffix = if on(KeysRotated) { "-rotated" } else { "" };
    let mut header = json!({ "typ": "JWT", "alg": "RS256", "kid": format!("rsa-1{suffix}") });
    let mut key = &keys.rsa;
    let mut algorithm = Algorithm::RS256;
    let shared: EncodingKey;
    if on(SignedWithEs256) {
        (key, algorithm) = (&keys.ec, Algorithm::ES256);
        header = json!({ "alg": "ES256", "kid": format!("ec-1{suffix}") });
    }
    if on(SignedWithEdDsa) {
        (key, algorithm) = (&keys.ed, Algorithm::EdDSA);
        header = json!({ "alg": "EdDSA", "kid": format!("ed-1{suffix}") });
    }
    if on(UnknownKid) {
        header["kid"] = json!("nobody-knows-it");
        key = &keys.other_rsa;
    }
    if on(NoKid) {
        header.as_object_mut().expect("an object").remove("kid");
    }
    if on(OtherKey) {
        key = &keys.other_rsa;
    }
    if on(OtherTenantsKey) {
        header["kid"] = json!("other-tenant");
        key = &keys.other_rsa;
    }
    if on(AlgOfAnotherKey) {
        header["alg"] = json!("ES256");
        (key, algorithm) = (&keys.ec, Algorithm::ES256);
    }
    for (switch, name, value) in [
        (Jku, "jku", json!(format!("{}/oidc/keys", ground.base))),
        (X5u, "x5u", json!(format!("{}/oidc/keys", ground.base))),
        (OwnJwk, "jwk", own_jwk(keys)),
        (Crit, "crit", json!(["exp"])),
        (AccessTokenType, "typ", json!("at+jwt")),
    ] {
        if on(switch) {
            header[name] = value;
        }
    }
    let secrets = [
        (Hs256WithPublicKey, RSA_PUBLIC.to_vec()),
        (Hs256WithModulus, keys.modulus()),
        (Hs256WithClientSecret, ground.client_secret.as_bytes().to_vec()),
    ];
    if let Some((_, secret)) = secrets.into_iter().find(|(switch, _)| on(*switch)) {
        header["alg"] = json!("HS256");
        shared = EncodingKey::from_secret(&secret);
        (key, algorithm) = (&shared, Algorithm::HS256);
    }
    if on(AlgNone) {
        header["alg"] = json!("none");
        return format!("{}.", message(&header, &claims));
    }
    let signed = sign(&header, &claims, key, algorithm);
    let (unsigned, signature) = signed.rsplit_once('.').expect("a signature");
    if on(NoSignature) {
        return format!("{unsigned}.");
    }
    if on(BrokenSignature) {
        let flipped = if signature.starts_with('A') { "B" } else { "A" };
        return format!("{unsigned}.{flipped}{}", &signature[1..]);
    }
    if on(ChangedClaims) {
        claims["sub"] = json!("somebody-else");
        return format!("{}.{signature}", message(&header, &claims));
    }
    signed
}

fn own_jwk(keys: &Keys) -> Value {
    keys.published("", None)["keys"][3].clone()
}

fn change(ground: &Ground<'_>, claims: &mut Value) {
    let (on, now) = (ground.on, ground.now);
    let us = claims["aud"].clone();
    for (switch, name, value) in [
        (IssuerWithoutScheme, "iss", json!(without_scheme(&claims["iss"]))),
        (WrongIssuer, "iss", json!("https://accounts.evil.example")),
        (OtherTenantsIssuer, "iss", json!(other_tenant(&claims["iss"], &claims["tid"]))),
        (WrongAudience, "aud", json!("another-client")),
        (AudienceWithoutUs, "aud", json!(["another-client", "a-third"])),
        (AudienceAlsoAnother, "aud", json!([us, "another-client"])),
        (AudienceAlsoAnotherGivenToUs, "aud", json!([us, "another-client"])),
        (AudienceAlsoAnotherGivenToUs, "azp", us.clone()),
        (WrongParty, "azp", json!("another-client")),
        (Expired, "exp", json!(now - 121)),
        (Expired, "iat", json!(now - 600)),
        (IssuedLater, "iat", json!(now + 121)),
        (IssuedLongAgo, "iat", json!(now - 3601)),
        (NotYetValid, "nbf", json!(now + 121)),
        (WrongNonce, "nonce", json!("another-sign-in")),
        (EmptySubject, "sub", json!("")),
        (LongSubject, "sub", json!("x".repeat(256))),
        (TenantNoId, "tid", json!("common")),
    ] {
        if on(switch) {
            claims[name] = value;
        }
    }
    for (switch, name) in [
        (NoIssuer, "iss"),
        (NoAudience, "aud"),
        (NoExpiry, "exp"),
        (NoIssuedAt, "iat"),
        (NoNonce, "nonce"),
        (NoSubject, "sub"),
        (NoTenant, "tid"),
        (NoObjectId, "oid"),
    ] {
        if on(switch) {
            claims.as_object_mut().expect("an object").remove(name);
        }
    }
}

fn without_scheme(issuer: &Value) -> &str {
    issuer.as_str().and_then(|issuer| issuer.split_once("://")).map_or("", |(_, bare)| bare)
}

fn other_tenant(issuer: &Value, tenant: &Value) -> String {
    let tenant = tenant.as_str().unwrap_or("no tenant");
    issuer.as_str().unwrap_or_default().replace(tenant, "99999999-9999-9999-9999-999999999999")
}
