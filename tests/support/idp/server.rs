//! Routing, and what browser tests say to the provider:
//!
//! - `POST /_control` with `{ "on": ["coop"], "off": ["iss-sent"], "person": { "id": "7", "email": "…" } }`: turns
//!   switches by their words, changes who signs in.
//! - `POST /_reset`: all switches off, the first person again, nothing consented.
//! - `GET /_seen`: the requests that came, `[{ "method", "path" }]`.

use std::convert::Infallible;
use std::sync::Arc;

use http::{Request, Response};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::Switch::{self, *};
use super::answers::{Body, answer, clients_fault, huge, json as json_answer, redirect};
use super::dialects::{self, Dialect};
use super::pages::{decision, pairs, question};
use super::profiles::profile;
use super::trades::trade;
use super::{CLIENT_ID, Person, Seen, State};

pub async fn serve(
    listener: TcpListener,
    state: Arc<State>,
    mut stopped: tokio::sync::watch::Receiver<bool>,
) {
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted { Ok((stream, _)) => stream, Err(_) => continue },
            _ = stopped.changed() => return,
        };
        let state = state.clone();
        tokio::spawn(async move {
            let service = service_fn(|request| handle(state.clone(), request));
            // A client that hangs up in the middle is what some tests want.
            let _ = Builder::new(TokioExecutor::new())
                .http1_only()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn handle(state: Arc<State>, request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let seen = Seen {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    if !seen.path.starts_with("/_") {
        state.seen.lock().expect("not poisoned").push(seen.clone());
    }
    Ok(route(&state, &seen).await)
}

async fn route(state: &State, seen: &Seen) -> Response<Body> {
    if let Some(answer) = control(state, seen) {
        return answer;
    }
    let Some((dialect, rest)) = dialects::of(&seen.path) else {
        return answer(404, "text/plain", "no such provider");
    };
    let post = seen.method == "POST";
    if rest.ends_with("/.well-known/openid-configuration") && dialect.open_id {
        return discovery(state, dialect, rest);
    }
    if rest.ends_with("/.well-known/oauth-authorization-server")
        && dialect.name == "mastodon"
        && !state.on(OldMastodon)
    {
        let here = format!("{}{}", state.base, seen.path.trim_end_matches(rest));
        let issuer = if state.on(ServerIsAnother) { "https://another.example" } else { &here };
        return json_answer(&json!({
            "issuer": format!("{issuer}/"),
            "authorization_endpoint": format!("{here}/oauth/authorize"),
            "token_endpoint": format!("{here}/oauth/token"),
            "scopes_supported": ["read", "profile", "read:accounts"],
            "code_challenge_methods_supported": if state.on(NoS256) { json!([]) } else { json!(["S256"]) },
            "authorization_response_iss_parameter_supported": state.on(IssSent) || state.on(IssAdvertisedNotSent),
        }));
    }
    if rest.ends_with("/keys") && dialect.open_id {
        let suffix = if state.on(KeysRotated) { "-rotated" } else { "" };
        let template = format!("{}/microsoft/{{tenantid}}/v2.0", state.base);
        let issuer = (dialect.name == "microsoft").then_some(template.as_str());
        return json_answer(&state.keys.published(suffix, issuer));
    }
    if rest == "/api/v1/apps" && dialect.name == "mastodon" && post {
        return register(state, seen);
    }
    if rest.ends_with(dialect.authorize) {
        return if post {
            decision(state, dialect, &seen.query, &seen.body)
        } else {
            question(state, dialect, &seen.query)
        };
    }
    if rest.ends_with(dialect.token) && post {
        return trade(state, dialect, &seen.headers, &seen.body).await;
    }
    profile(state, dialect, rest, seen).unwrap_or_else(|| answer(404, "text/plain", "nothing here"))
}

fn discovery(state: &State, dialect: &Dialect, rest: &str) -> Response<Body> {
    if state.on(DiscoveryFails) {
        return answer(503, "text/plain", "busy");
    }
    if state.on(DiscoveryRedirects) {
        return redirect(302, &format!("{}/oidc-2/.well-known/openid-configuration", state.base));
    }
    let base = format!("{}/{}", state.base, dialect.name);
    let browser_base = format!("{}/{}", state.browser_base, dialect.name);
    let issuer = match (dialect.name, rest.trim_start_matches('/').split('/').next()) {
        ("microsoft", Some("common" | "organizations")) => format!("{base}/{{tenantid}}/v2.0"),
        ("microsoft", Some("consumers")) => format!("{base}/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0"),
        ("microsoft", Some(tenant)) => format!("{base}/{tenant}/v2.0"),
        _ if state.on(DiscoveryOfAnother) => format!("{}/oidc-2", state.base),
        _ => base.clone(),
    };
    let keys =
        if state.on(KeysElsewhere) { "http://127.0.0.1:9/keys".into() } else { format!("{base}/keys") };
    let page = if state.on(SignInPageOverHttp) { "http://accounts.example".into() } else { browser_base };
    let mut said = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{page}{}", dialect.authorize),
        "token_endpoint": format!("{base}{}", dialect.token),
        "jwks_uri": keys,
        "userinfo_endpoint": format!("{base}/userinfo"),
        "response_types_supported": ["code"],
        "token_endpoint_auth_methods_supported":
            if state.on(SecretByBasicOnly) { json!(["client_secret_basic"]) } else { json!(["client_secret_post"]) },
        "authorization_response_iss_parameter_supported": state.on(IssSent) || state.on(IssAdvertisedNotSent),
    });
    if dialect.name != "microsoft" && dialect.name != "twitch" && !state.on(NoS256) {
        said["code_challenge_methods_supported"] = json!(["plain", "S256"]);
    }
    if state.on(DiscoveryIsHuge) { huge(&said) } else { json_answer(&said) }
}

/// Mastodon registers whoever asks.
fn register(state: &State, seen: &Seen) -> Response<Body> {
    if state.on(RegistersNobody) {
        return answer(404, "text/html", "<!doctype html><title>A blog</title>");
    }
    let sent: Value = serde_json::from_str(&seen.body).unwrap_or_else(|_| {
        pairs(&seen.body).into_iter().map(|(name, value)| (name, json!(value))).collect()
    });
    if !sent["client_name"].is_string() || sent["redirect_uris"].is_null() || !sent["scopes"].is_string() {
        return clients_fault("client_name, redirect_uris or scopes is missing");
    }
    let id = state.fresh("registered");
    let secret = format!("secret-of-{id}");
    json_answer(&json!({ "id": "1", "client_id": id, "client_secret": secret, "name": sent["client_name"] }))
}

fn control(state: &State, seen: &Seen) -> Option<Response<Body>> {
    let done = || Some(answer(200, "application/json", "{}"));
    match (seen.method.as_str(), seen.path.as_str()) {
        ("POST", "/_control") => {
            let Ok(sent) = serde_json::from_str::<Value>(&seen.body) else {
                return Some(clients_fault("not JSON"));
            };
            let words = |name: &str| sent[name].as_array().cloned().unwrap_or_default();
            for (list, on) in [("on", true), ("off", false)] {
                for word in words(list) {
                    let Some(switch) = word.as_str().and_then(Switch::named) else {
                        return Some(clients_fault(&format!("no switch is called {word}")));
                    };
                    let mut switches = state.switches.lock().expect("not poisoned");
                    if on {
                        switches.insert(switch)
                    } else {
                        switches.remove(&switch)
                    };
                }
            }
            let mut person = state.person.lock().expect("not poisoned");
            let Person { id, name, login, email, .. } = &mut *person;
            for (field, name) in [(id, "id"), (name, "name"), (login, "login"), (email, "email")] {
                if let Some(value) = sent["person"][name].as_str() {
                    value.clone_into(field);
                }
            }
            done()
        }
        ("POST", "/_reset") => {
            state.switches.lock().expect("not poisoned").clear();
            *state.person.lock().expect("not poisoned") = Person::default();
            state.consented.lock().expect("not poisoned").clear();
            state.seen.lock().expect("not poisoned").clear();
            done()
        }
        ("GET", "/_seen") => {
            let seen = state.seen.lock().expect("not poisoned");
            let list: Vec<_> =
                seen.iter().map(|seen| json!({ "method": seen.method, "path": seen.path })).collect();
            Some(json_answer(&json!(list)))
        }
        // What a test needs to configure a client.
        ("GET", "/_client") => Some(json_answer(&json!({ "id": CLIENT_ID, "secret": super::CLIENT_SECRET }))),
        _ => None,
    }
}
