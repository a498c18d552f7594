//! The token endpoint: what it asks of its client, and what it gives.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use http::{HeaderMap, Response};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Validation, decode, decode_header};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::Switch::*;
use super::answers::{
    Body, answer, clients_fault, endless, error, half, huge, json as json_answer, redirect,
};
use super::dialects::Dialect;
use super::keys::APPLE_CLIENT;
use super::pages::{Pairs, one, pairs};
use super::tokens::{Ground, token};
use super::{APPLE_KEY, APPLE_TEAM, CLIENT_ID, CLIENT_SECRET, State};

/// What a code stands for.
pub struct Grant {
    dialect: &'static str,
    redirect_uri: String,
    challenge: Option<String>,
    nonce: Option<String>,
}

impl Grant {
    pub fn new(dialect: &'static Dialect, asked: &Pairs) -> Grant {
        let owned = |name| one(asked, name).map(str::to_owned);
        Grant {
            dialect: dialect.name,
            redirect_uri: owned("redirect_uri").unwrap_or_default(),
            challenge: owned("code_challenge"),
            nonce: owned("nonce"),
        }
    }
}

pub async fn trade(
    state: &State,
    dialect: &'static Dialect,
    headers: &HeaderMap,
    body: &str,
) -> Response<Body> {
    if state.on(TokenNeverAnswers) {
        std::future::pending::<()>().await;
    }
    if state.on(TokenRedirects) {
        return redirect(307, &format!("{}/elsewhere", state.issuer(dialect)));
    }
    if state.on(TokenFails) {
        return answer(503, "text/plain", "busy");
    }
    if state.on(ErrorWith200) {
        return json_answer(
            &json!({ "error": "bad_verification_code", "error_description": "as GitHub does" }),
        );
    }
    if state.on(TokenIsNoJson) {
        return answer(200, "text/html", "<!doctype html><title>Sorry</title>");
    }
    let sent = pairs(body);
    let grant = match check(state, dialect, headers, &sent) {
        Ok(grant) => grant,
        Err(fault) => return clients_fault(&fault),
    };
    let Some(grant) = grant else { return error("invalid_grant") };
    let access = state.fresh("access");
    state.tokens.lock().expect("not poisoned").insert(access.clone(), dialect.name);
    let mut given = json!({ "access_token": access, "token_type": "bearer", "expires_in": 3600 });
    if state.on(NotABearer) {
        given["token_type"] = json!("mac");
    }
    if dialect.name == "twitch" {
        given["scope"] = json!(["openid", "user:read:email"]);
    }
    if dialect.open_id && !state.on(NoIdToken) {
        let ground = Ground {
            keys: &state.keys,
            on: &|switch| state.on(switch),
            now: (state.now)(),
            client_secret: CLIENT_SECRET,
            base: &state.base,
        };
        given["id_token"] = json!(token(&ground, claims(state, dialect, &grant)));
    }
    match () {
        () if state.on(FormReply) => {
            let form: String = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(given.as_object().into_iter().flatten().map(|(name, value)| {
                    (name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned))
                }))
                .finish();
            answer(200, "application/x-www-form-urlencoded; charset=utf-8", form)
        }
        () if state.on(TokenIsHuge) => huge(&given),
        () if state.on(TokenIsEndless) => endless(&given),
        () if state.on(TokenAnswersHalf) => half(&given),
        () => json_answer(&given),
    }
}

/// The grant of a sound request; `None` if the code is not one, or was used.
fn check(
    state: &State,
    dialect: &Dialect,
    headers: &HeaderMap,
    sent: &Pairs,
) -> Result<Option<Grant>, String> {
    let need = |name: &str| one(sent, name).ok_or(format!("{name} is missing"));
    if need("grant_type")? != "authorization_code" {
        return Err("another grant_type".into());
    }
    let (id, secret, by_header) = credentials(headers, sent)?;
    if state.on(SecretByBasicOnly) && !by_header {
        return Err("the secret goes into the header here".into());
    }
    if dialect.name == "apple" {
        check_apple(state, dialect, &secret)?;
    } else if !(id == CLIENT_ID && secret == CLIENT_SECRET
        || id.starts_with("registered-") && secret == format!("secret-of-{id}"))
    {
        return Err("invalid_client".into());
    }
    if state.on(ClientForgotten) {
        return Err("invalid_client".into());
    }
    let Some(grant) = state.grants.lock().expect("not poisoned").remove(need("code")?) else {
        return Ok(None);
    };
    if grant.dialect != dialect.name || need("redirect_uri")? != grant.redirect_uri {
        return Err("the code is of another request".into());
    }
    let verifier = one(sent, "code_verifier");
    let hashed = verifier.map(|verifier| BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)));
    if hashed != grant.challenge {
        return Err("the verifier is not the challenge's".into());
    }
    Ok(Some(grant))
}

fn credentials(headers: &HeaderMap, sent: &Pairs) -> Result<(String, String, bool), String> {
    let Some(header) = headers.get("authorization") else {
        let id = one(sent, "client_id").ok_or("client_id is missing")?;
        let secret = one(sent, "client_secret").ok_or("client_secret is missing")?;
        return Ok((id.into(), secret.into(), false));
    };
    if one(sent, "client_secret").is_some() {
        return Err("the secret came twice".into());
    }
    let encoded = header.to_str().ok().and_then(|value| value.strip_prefix("Basic ")).ok_or("not Basic")?;
    let decoded = BASE64_STANDARD.decode(encoded).map_err(|_| "not base64")?;
    let text = String::from_utf8(decoded).map_err(|_| "not UTF-8")?;
    let (id, secret) = text.split_once(':').ok_or("no colon")?;
    Ok((id.into(), secret.into(), true))
}

/// Apple's client secret is a token that the client signs.
fn check_apple(state: &State, dialect: &Dialect, secret: &str) -> Result<(), String> {
    let header = decode_header(secret).map_err(|_| "the client secret is no token")?;
    if header.alg != Algorithm::ES256 || header.kid.as_deref() != Some(APPLE_KEY) {
        return Err("the client secret is signed otherwise".into());
    }
    let key = EncodingKey::from_ec_pem(APPLE_CLIENT.as_bytes()).expect("a key");
    let jwk = Jwk::from_encoding_key(&key, Algorithm::ES256).expect("a public key");
    let mut validation = Validation::new(Algorithm::ES256);
    validation.validate_exp = false;
    validation.validate_aud = false;
    let claims = decode::<Value>(secret, &DecodingKey::from_jwk(&jwk).expect("a key"), &validation)
        .map_err(|_| "the client secret is not signed by the client")?
        .claims;
    let (iat, exp) = (claims["iat"].as_i64().unwrap_or(0), claims["exp"].as_i64().unwrap_or(0));
    let now = (state.now)();
    let fits = claims["iss"] == APPLE_TEAM
        && claims["sub"] == CLIENT_ID
        && claims["aud"] == state.issuer(dialect)
        && iat <= now
        && now < exp
        && exp - iat <= 15_777_000;
    if fits { Ok(()) } else { Err(format!("the client secret says {claims}")) }
}

fn claims(state: &State, dialect: &Dialect, grant: &Grant) -> Value {
    let (person, now) = (state.person(), (state.now)());
    let mut claims = json!({
        "iss": state.issuer(dialect),
        "aud": CLIENT_ID,
        "sub": person.id,
        "iat": now,
        "exp": now + 600,
    });
    if let Some(nonce) = &grant.nonce {
        claims["nonce"] = json!(nonce);
    }
    if dialect.name == "google" {
        claims["azp"] = json!(CLIENT_ID);
    }
    if dialect.name == "microsoft" {
        claims["tid"] = json!(person.tenant);
        claims["oid"] = json!(person.object);
        claims["ver"] = json!("2.0");
    }
    if !state.on(ClaimsAtUserinfo) {
        describe(state, dialect, &mut claims);
    }
    claims
}

/// What the provider says of the person besides who they are.
pub fn describe(state: &State, dialect: &Dialect, claims: &mut Value) {
    let person = state.person();
    if !state.on(NameMissing) && dialect.name != "apple" {
        if dialect.name != "twitch" {
            claims["name"] = json!(person.name);
        }
        claims["preferred_username"] = json!(person.login);
    }
    if state.on(HostedDomain) {
        claims["hd"] = json!("example.org");
    }
    if state.on(EmailMissing) || dialect.name == "telegram" {
        return;
    }
    claims["email"] = json!(person.email);
    claims["email_verified"] = match () {
        () if state.on(EmailUnverified) => json!(false),
        () if state.on(EmailFlagNull) => json!(null),
        () if state.on(EmailFlagTrueAsText) => json!("true"),
        () if state.on(EmailFlagFalseAsText) => json!("false"),
        () => json!(true),
    };
    if state.on(EmailFlagMissing) {
        claims.as_object_mut().expect("an object").remove("email_verified");
    }
}
