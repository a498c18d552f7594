//! Our registration at each server: made when the first person comes from there, and kept for a while.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderValue, Method, header::CONTENT_TYPE};
use parking_lot::Mutex;
use serde::Deserialize;
use url::Url;

use super::super::client::{get, read};
use super::super::kept::{Kept, RETRY};
use super::super::oauth::address;
use crate::domain::Timestamp;
use crate::outside::http::Http;
use crate::outside::providers::ProviderError;

/// Servers that are remembered; whoever types names of servers cannot fill the memory with them. Beyond that the one goes
/// that nobody has named for the longest time.
const MAX_SERVERS: usize = 500;
/// How long a registration is used before the server is asked for another.
const KEPT_FOR: Duration = Duration::from_secs(7 * 86_400);

#[derive(Default)]
pub struct Apps(Mutex<Remembered>);

#[derive(Default)]
struct Remembered {
    servers: HashMap<String, Known>,
    /// Grows with every use.
    turn: u64,
}

#[derive(Default)]
struct Known {
    app: Arc<Kept<App>>,
    used: u64,
}

/// Who we are at one server.
pub struct App {
    pub client_id: String,
    pub client_secret: String,
    /// The narrowest that the server knows; must be among those it was registered with.
    pub scope: String,
    pub pkce: bool,
    /// Whether it promises to say who it is when the browser comes back (RFC 9207).
    pub says_issuer: bool,
}

impl Apps {
    pub async fn at(
        &self,
        server: &str,
        redirect_uri: &str,
        http: &Http,
        now: Timestamp,
    ) -> Result<Arc<App>, ProviderError> {
        let kept = self.0.lock().app_at(server);
        kept.not_older_than(KEPT_FOR, RETRY, now, || register(server, redirect_uri, http)).await
    }

    pub fn forget(&self, server: &str) {
        self.0.lock().servers.remove(server);
    }
}

impl Remembered {
    fn app_at(&mut self, server: &str) -> Arc<Kept<App>> {
        if self.servers.len() >= MAX_SERVERS && !self.servers.contains_key(server) {
            let oldest =
                self.servers.iter().min_by_key(|(_, known)| known.used).map(|(name, _)| name.clone());
            oldest.map(|name| self.servers.remove(&name));
        }
        self.turn += 1;
        let known = self.servers.entry(server.to_owned()).or_default();
        known.used = self.turn;
        known.app.clone()
    }
}

async fn register(server: &str, redirect_uri: &str, http: &Http) -> Result<App, ProviderError> {
    let Terms { scope, pkce, says_issuer } = terms(server, http).await?;
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("client_name", "Afterword")
        .append_pair("redirect_uris", redirect_uri)
        .append_pair("scopes", &scope)
        .finish();
    let mut request = get(&address(&format!("{server}/api/v1/apps"))?);
    *request.method_mut() = Method::POST;
    request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    *request.body_mut() = form.into_bytes();
    #[derive(Deserialize)]
    struct Registered {
        client_id: String,
        client_secret: String,
    }
    let Registered { client_id, client_secret } = match read(http, request).await {
        Err(ProviderError::Refused(why)) => {
            return Err(ProviderError::NoSuchServer(format!("not a Mastodon server: {why}")));
        }
        answer => answer?,
    };
    Ok(App { client_id, client_secret, scope, pkce, says_issuer })
}

pub struct Terms {
    scope: String,
    pkce: bool,
    says_issuer: bool,
}

/// What the server says of itself (RFC 8414), from Mastodon 4.3 on. Older ones say nothing.
pub async fn terms(server: &str, http: &Http) -> Result<Terms, ProviderError> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Metadata {
        issuer: Option<String>,
        scopes_supported: Vec<String>,
        code_challenge_methods_supported: Vec<String>,
        authorization_response_iss_parameter_supported: bool,
    }
    let well_known: Url = address(&format!("{server}/.well-known/oauth-authorization-server"))?;
    let metadata: Metadata = match read(http, get(&well_known)).await {
        Err(ProviderError::Refused(_)) => Metadata::default(),
        answer => answer?,
    };
    if metadata.issuer.is_some_and(|issuer| issuer.trim_end_matches('/') != server) {
        return Err(ProviderError::NoSuchServer("the server says that it is another one".into()));
    }
    let knows_profile = metadata.scopes_supported.iter().any(|scope| scope == "profile");
    Ok(Terms {
        scope: if knows_profile { "profile" } else { "read:accounts" }.to_owned(),
        pkce: metadata.code_challenge_methods_supported.iter().any(|method| method == "S256"),
        says_issuer: metadata.authorization_response_iss_parameter_supported,
    })
}
