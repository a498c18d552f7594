//! What providers without ID tokens answer to who holds an access token, each in its own form.

use hmac::{Hmac, Mac as _};
use http::Response;
use serde_json::{Value, json};
use sha2::Sha256;

use super::Switch::*;
use super::answers::{Body, answer, clients_fault, huge, json as json_answer, redirect};
use super::dialects::Dialect;
use super::pages::{one, pairs};
use super::{CLIENT_ID, CLIENT_SECRET, Seen, State};

/// `None`: this provider has nothing there.
pub fn profile(state: &State, dialect: &Dialect, path: &str, seen: &Seen) -> Option<Response<Body>> {
    let said = said(state, dialect, path, &seen.query)?;
    if state.on(ProfileFails) {
        return Some(answer(500, "text/plain", "oh"));
    }
    if state.on(ProfileRedirects) {
        return Some(redirect(302, &format!("{}/elsewhere", state.issuer(dialect))));
    }
    if dialect.name == "facebook" && path.ends_with("/debug_token") {
        return Some(inspected(state, seen));
    }
    if state.on(NobodyWith200) {
        return Some(json_answer(&json!({ "errors": [{ "title": "Forbidden" }] })));
    }
    if state.on(EmailsForbidden) && path.ends_with("/emails") {
        return Some(answer(
            403,
            "application/json",
            r#"{"message":"Resource not accessible by integration"}"#,
        ));
    }
    let token = bearer(seen).or_else(|| one(&pairs(&seen.query), "access_token").map(str::to_owned));
    let is_ours = token
        .is_some_and(|token| state.tokens.lock().expect("not poisoned").get(&token) == Some(&dialect.name));
    if !is_ours {
        return Some(answer(401, "application/json", r#"{"error":"invalid_token"}"#));
    }
    if seen.headers.get("user-agent").is_none() {
        return Some(clients_fault("a User-Agent is required"));
    }
    if dialect.name == "facebook" && !has_proof(seen) {
        return Some(clients_fault("appsecret_proof is missing or wrong"));
    }
    Some(if state.on(ProfileIsHuge) { huge(&said) } else { json_answer(&said) })
}

/// Facebook says of a token what it is good for, to the app that shows who it is.
fn inspected(state: &State, seen: &Seen) -> Response<Body> {
    if bearer(seen) != Some(format!("{CLIENT_ID}|{CLIENT_SECRET}")) {
        return clients_fault("an app's own token is needed");
    }
    let query = pairs(&seen.query);
    let token = one(&query, "input_token").unwrap_or_default();
    let is_good = state.tokens.lock().expect("not poisoned").get(token) == Some(&"facebook");
    json_answer(&json!({ "data": {
        "app_id": if state.on(TokenOfAnotherApp) { "1234" } else { CLIENT_ID },
        "is_valid": is_good && !state.on(TokenNoLongerGood),
        "user_id": if state.on(TokenOfAnotherPerson) { "1".into() } else { state.person().id },
    } }))
}

fn bearer(seen: &Seen) -> Option<String> {
    seen.headers.get("authorization")?.to_str().ok()?.strip_prefix("Bearer ").map(str::to_owned)
}

/// HMAC-SHA256 of the token with the client secret, in hexadecimal.
fn has_proof(seen: &Seen) -> bool {
    let query = pairs(&seen.query);
    let Some(token) = bearer(seen).or_else(|| one(&query, "access_token").map(str::to_owned)) else {
        return false;
    };
    let mut mac = Hmac::<Sha256>::new_from_slice(CLIENT_SECRET.as_bytes()).expect("any length");
    mac.update(token.as_bytes());
    let expected: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    one(&query, "appsecret_proof") == Some(expected.as_str())
}

fn said(state: &State, dialect: &Dialect, path: &str, query: &str) -> Option<Value> {
    let person = state.person();
    let number: u64 = person.id.parse().unwrap_or(20417);
    let email = (!state.on(EmailMissing)).then_some(person.email);
    let verified = match () {
        () if state.on(EmailUnverified) => json!(false),
        () if state.on(EmailFlagNull) || state.on(EmailFlagMissing) => json!(null),
        () if state.on(EmailFlagFalseAsText) => json!("false"),
        () if state.on(EmailFlagTrueAsText) => json!("true"),
        () => json!(true),
    };
    let name = (!state.on(NameMissing)).then_some(person.name);
    let login = person.login;
    let ends = |end: &str| path.ends_with(end);
    let mut said = match dialect.name {
        "github" if ends("/user") => {
            json!({ "id": number, "login": login, "name": name, "email": null, "type": "User" })
        }
        "github" if ends("/user/emails") => json!([
            { "email": "old@example.net", "primary": false, "verified": true, "visibility": null },
            { "email": email, "primary": true, "verified": verified, "visibility": "private" },
        ]),
        "wordpress-com" if ends("/me") => json!({
            "ID": number, "display_name": name, "username": login, "email": email, "email_verified": verified,
        }),
        "x" if ends("/users/me") => {
            let is_asked = query.contains("user.fields=confirmed_email");
            let confirmed = email.filter(|_| is_asked && !state.on(NoConfirmedEmail));
            let mut data = json!({ "id": person.id, "name": name, "username": login });
            if let Some(confirmed) = confirmed {
                data["confirmed_email"] = json!(confirmed);
            }
            json!({ "data": data })
        }
        // Said by `inspected`.
        "facebook" if ends("/debug_token") => json!({}),
        "facebook" if ends("/me") => json!({ "id": person.id, "name": name, "email": email }),
        "discord" if ends("/users/@me") => json!({
            "id": person.id, "username": login, "global_name": name, "email": email, "verified": verified,
        }),
        "mastodon" if ends("/accounts/verify_credentials") => json!({
            "id": person.id, "username": login, "acct": login, "display_name": name,
            "url": format!("{}/@{login}", state.issuer(dialect)),
        }),
        "patreon" if ends("/identity") => json!({ "data": {
            "id": person.id, "type": "user",
            "attributes": { "full_name": name, "email": email, "is_email_verified": verified },
        } }),
        _ if dialect.open_id && ends("/userinfo") => {
            let mut claims = json!({ "sub": if state.on(UserinfoOfAnother) { "1" } else { &person.id } });
            super::trades::describe(state, dialect, &mut claims);
            claims
        }
        _ => return None,
    };
    if state.on(EmailFlagMissing) {
        without_flags(&mut said);
    }
    Some(said)
}

fn without_flags(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.retain(|name, _| {
                !matches!(name.as_str(), "verified" | "email_verified" | "is_email_verified")
            });
            object.values_mut().for_each(without_flags);
        }
        Value::Array(items) => items.iter_mut().for_each(without_flags),
        _ => {}
    }
}
