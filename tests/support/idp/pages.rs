//! What a person sees of the provider: its question, with "Continue" and "Cancel".

use super::answers::{Body, answer, clients_fault, redirect};
use super::dialects::{Dialect, Pkce};
use super::trades::Grant;
use super::{CLIENT_ID, State, Switch};
use http::Response;
use serde_json::json;
use url::Url;
use url::form_urlencoded::parse;

pub type Pairs = Vec<(String, String)>;

pub fn pairs(encoded: &str) -> Pairs {
    parse(encoded.as_bytes()).map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

pub fn one<'a>(pairs: &'a Pairs, name: &str) -> Option<&'a str> {
    let mut found = pairs.iter().filter(|(known, _)| known == name);
    let first = found.next()?;
    assert!(found.next().is_none(), "{name} was sent twice");
    Some(&first.1)
}

/// GET of the authorization endpoint.
pub fn question(state: &State, dialect: &Dialect, query: &str) -> Response<Body> {
    if let Err(fault) = check(dialect, &pairs(query)) {
        return clients_fault(&fault);
    }
    let person = state.person();
    let page = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>\
         <title>{name}: sign in</title><h1>{name}</h1><p>Signed in here as {login}. Tell the comments who you are?</p>\
         <form method=post action='?{query}'><button name=decision value=continue>Continue</button>\
         <button name=decision value=cancel>Cancel</button></form>",
        name = dialect.name,
        login = person.login,
        query = query.replace('&', "&amp;").replace('\'', "%27"),
    );
    let mut page = answer(200, "text/html", page);
    if state.on(Switch::Coop) {
        page.headers_mut()
            .insert("cross-origin-opener-policy", "same-origin".parse().expect("a header value"));
    }
    page
}

/// What a provider asks of an authorization request.
fn check(dialect: &Dialect, sent: &Pairs) -> Result<(), String> {
    let need = |name: &str| one(sent, name).ok_or(format!("{name} is missing"));
    let is_known = |id: &str| id == CLIENT_ID || id.starts_with("registered-");
    if !is_known(need("client_id")?) || need("response_type")? != "code" {
        return Err("another client, or another response_type".into());
    }
    Url::parse(need("redirect_uri")?).map_err(|_| "redirect_uri is no address")?;
    if need("state")?.len() < 16 {
        return Err("state is too short".into());
    }
    let scopes: Vec<_> = need("scope")?.split([' ', ',']).collect();
    if scopes.iter().any(|scope| !dialect.scopes.contains(scope)) || scopes.is_empty() {
        return Err(format!("{scopes:?} are not scopes of {}", dialect.name));
    }
    if dialect.open_id && (!scopes.contains(&"openid") || need("nonce")?.len() < 16) {
        return Err("openid or nonce is missing".into());
    }
    if dialect.form_post && need("response_mode")? != "form_post" {
        return Err("response_mode must be form_post when scopes are asked for".into());
    }
    match (dialect.pkce, one(sent, "code_challenge")) {
        (Pkce::Required, None) => return Err("a code challenge is required".into()),
        (Pkce::Unknown, Some(_)) => return Err("a code challenge is not known here".into()),
        (_, Some(challenge))
            if challenge.len() != 43 || one(sent, "code_challenge_method") != Some("S256") =>
        {
            return Err("the code challenge is not S256".into());
        }
        _ => {}
    }
    if dialect.name == "twitch" && !need("claims")?.contains("email_verified") {
        return Err("email_verified must be asked for".into());
    }
    Ok(())
}

/// POST of the authorization endpoint: the person has pressed a button.
pub fn decision(state: &State, dialect: &'static Dialect, query: &str, body: &str) -> Response<Body> {
    let sent = pairs(query);
    if let Err(fault) = check(dialect, &sent) {
        return clients_fault(&fault);
    }
    let mut back: Vec<(&str, String)> = vec![("state", one(&sent, "state").unwrap_or_default().into())];
    if one(&pairs(body), "decision") == Some("continue") {
        let code = state.fresh("code");
        state.grants.lock().expect("not poisoned").insert(code.clone(), Grant::new(dialect, &sent));
        back.push(("code", code));
        let is_first = state.consented.lock().expect("not poisoned").insert(dialect.name);
        if dialect.form_post && is_first {
            let person = state.person();
            let (first, last) = person.name.split_once(' ').unwrap_or((&person.name, ""));
            let user = json!({ "name": { "firstName": first, "lastName": last }, "email": person.email });
            back.push(("user", user.to_string()));
        }
    } else {
        let word = if dialect.form_post { "user_cancelled_authorize" } else { "access_denied" };
        back.push(("error", word.into()));
    }
    if state.on(Switch::IssSent) {
        back.push(("iss", state.issuer(dialect)));
    }
    if state.on(Switch::IssOfAnother) {
        back.push(("iss", format!("{}/oidc-2", state.base)));
    }
    let redirect_uri = one(&sent, "redirect_uri").unwrap_or_default();
    if dialect.form_post {
        return answer(200, "text/html", posting(redirect_uri, &back));
    }
    let mut location = Url::parse(redirect_uri).expect("checked");
    location.query_pairs_mut().extend_pairs(back);
    redirect(303, location.as_str())
}

/// A page that sends the browser back by POST.
fn posting(redirect_uri: &str, back: &[(&str, String)]) -> String {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    let fields: String = back
        .iter()
        .map(|(name, value)| format!("<input type=hidden name={name} value=\"{}\">", escaped(value)))
        .collect();
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Back</title>\
         <form method=post action=\"{}\">{fields}</form><script>document.forms[0].submit()</script>",
        escaped(redirect_uri)
    )
}
