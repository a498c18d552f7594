//! The authorization code flow (RFC 6749 with RFC 7636), as this instance's registration at a provider speaks it. All
//! providers share it; how they differ is said by who calls.
//!
//! Invariant: `response_type` is `code`, nothing else; a token lives in a [`Tokens`] until that is dropped.

use std::future::Future;
use std::pin::Pin;

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method, StatusCode};
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AsyncHttpClient, AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    ExtraTokenFields, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope,
    StandardRevocableToken, StandardTokenResponse, TokenResponse, TokenUrl,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use super::{Back, Departure, ProviderError};
use crate::outside::http::{Http, HttpError, Request, Response};

/// What token endpoints say of a client that they do not know: the standard's words, and GitHub's.
const NOT_US: [&str; 3] = [": invalid_client", ": unauthorized_client", ": incorrect_client_credentials"];

/// Who this instance is at a provider, and how it says so.
#[derive(Clone)]
pub struct Client {
    pub http: Http,
    pub id: String,
    /// `None` for a public client, which only PKCE protects.
    pub secret: Option<String>,
    pub secret_in: SecretIn,
}

/// Where the token endpoint expects the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretIn {
    Body,
    /// HTTP Basic.
    Header,
}

/// What a browser asks for at the authorization endpoint.
pub struct Ask<'a> {
    pub endpoint: &'a Url,
    pub departure: &'a Departure,
    pub scopes: &'a [&'a str],
    /// Whether the code is bound to our verifier. Must be the same in [`Trade`].
    pub pkce: bool,
    /// Parameters besides the usual ones: `nonce`, `response_mode`.
    pub extra: &'a [(&'a str, &'a str)],
}

/// What the code is traded with at the token endpoint.
pub struct Trade<'a> {
    pub endpoint: &'a Url,
    pub departure: &'a Departure,
    pub code: &'a str,
    pub pkce: bool,
}

/// What the provider gave for the code. Nothing keeps it; no `Debug`.
pub struct Tokens {
    pub access: String,
    pub id_token: Option<String>,
}

impl Client {
    /// Where to send the browser.
    pub fn authorize(&self, ask: &Ask<'_>) -> Result<Url, ProviderError> {
        let flow = self
            .flow(ask.departure)?
            .set_auth_uri(AuthUrl::new(ask.endpoint.as_str().to_owned()).map_err(unusable)?);
        let mut request = flow
            .authorize_url(|| CsrfToken::new(ask.departure.state.clone()))
            .add_scopes(ask.scopes.iter().map(|scope| Scope::new((*scope).to_owned())));
        if ask.pkce {
            let verifier = PkceCodeVerifier::new(ask.departure.verifier.clone());
            request = request.set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        }
        for (name, value) in ask.extra {
            request = request.add_extra_param(*name, *value);
        }
        Ok(request.url().0)
    }

    /// Trades the code for tokens.
    pub async fn trade(&self, trade: &Trade<'_>) -> Result<Tokens, ProviderError> {
        let flow = self
            .flow(trade.departure)?
            .set_token_uri(TokenUrl::new(trade.endpoint.as_str().to_owned()).map_err(unusable)?);
        let mut request = flow.exchange_code(AuthorizationCode::new(trade.code.to_owned()));
        if trade.pkce {
            request = request.set_pkce_verifier(PkceCodeVerifier::new(trade.departure.verifier.clone()));
        }
        let granted = request.request_async(&TokenEndpoint(&self.http)).await.map_err(refused_trade)?;
        if *granted.token_type() != BasicTokenType::Bearer {
            return Err(ProviderError::Refused("the provider gave a token that is no bearer token".into()));
        }
        Ok(Tokens {
            access: granted.access_token().secret().clone(),
            id_token: granted.extra_fields().id_token.clone(),
        })
    }

    /// Whether the token endpoint takes us for who we say we are: it is shown a code that cannot be one, and must complain
    /// of that and not of us.
    pub async fn introduce(
        &self,
        endpoint: &Url,
        redirect_uri: &str,
        pkce: bool,
    ) -> Result<(), ProviderError> {
        let departure = Departure {
            redirect_uri: redirect_uri.to_owned(),
            state: String::new(),
            nonce: String::new(),
            verifier: "afterword-doctor-asks-whether-you-know-this-client".to_owned(),
            server: None,
        };
        let trade = Trade { endpoint, departure: &departure, code: "afterword-doctor", pkce };
        match self.trade(&trade).await {
            Err(ProviderError::Refused(why)) if NOT_US.iter().any(|word| why.ends_with(word)) => {
                let host = endpoint.host_str().unwrap_or_default();
                Err(ProviderError::Refused(format!(
                    "{host} does not take the client id or its secret ({why})"
                )))
            }
            Err(fault @ ProviderError::Unreachable(_)) => Err(fault),
            _ => Ok(()),
        }
    }

    /// What the provider says under `url` to who holds the token.
    pub async fn ask_with<T: DeserializeOwned>(
        &self,
        url: &Url,
        tokens: &Tokens,
    ) -> Result<T, ProviderError> {
        let mut bearer = HeaderValue::try_from(format!("Bearer {}", tokens.access)).map_err(unusable)?;
        bearer.set_sensitive(true);
        let mut request = get(url);
        request.headers_mut().insert(AUTHORIZATION, bearer);
        read(&self.http, request).await
    }

    fn flow(&self, departure: &Departure) -> Result<Flow, ProviderError> {
        let redirect = RedirectUrl::new(departure.redirect_uri.clone()).map_err(unusable)?;
        let mut flow = Flow::new(ClientId::new(self.id.clone())).set_redirect_uri(redirect).set_auth_type(
            match self.secret_in {
                SecretIn::Body => AuthType::RequestBody,
                SecretIn::Header => AuthType::BasicAuth,
            },
        );
        if let Some(secret) = &self.secret {
            flow = flow.set_client_secret(ClientSecret::new(secret.clone()));
        }
        Ok(flow)
    }
}

/// The code that came back, or why there is none.
pub fn code(back: &Back) -> Result<&str, ProviderError> {
    if let Some(error) = &back.error {
        // As providers say that the person pressed "Cancel"; Apple has a word of its own.
        return Err(match error.as_str() {
            "access_denied" | "user_cancelled_authorize" => ProviderError::Cancelled,
            other => ProviderError::Refused(format!("the provider says {}", printable(other))),
        });
    }
    back.code
        .as_deref()
        .filter(|code| !code.is_empty())
        .ok_or_else(|| ProviderError::Refused("the browser came back without a code".into()))
}

/// Against mix-up (RFC 9207): an answer comes from whom the browser was sent to. One that promises to say who it is
/// (`promised`) must say it; whoever says it, asked or not, must be the right one.
pub fn check_sender(
    back: &Back,
    promised: bool,
    is_theirs: impl FnOnce(&str) -> bool,
) -> Result<(), ProviderError> {
    match &back.iss {
        Some(iss) if is_theirs(iss) => Ok(()),
        None if !promised => Ok(()),
        Some(_) => Err(ProviderError::Refused("the answer comes from another issuer".into())),
        None => Err(ProviderError::Refused("the answer does not say from which issuer it comes".into())),
    }
}

/// A request for JSON.
pub fn get(url: &Url) -> Request {
    let mut request = Request::new(Vec::new());
    *request.method_mut() = Method::GET;
    // Every `Url` that can be asked is a valid `Uri`; what is not one is refused by the client.
    *request.uri_mut() = url.as_str().parse().unwrap_or_default();
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
    request
}

/// The JSON of an answer that must be a success.
pub async fn read<T: DeserializeOwned>(http: &Http, request: Request) -> Result<T, ProviderError> {
    let host = request.uri().host().unwrap_or_default().to_owned();
    let answer = http.send(request).await?;
    match answer.status() {
        StatusCode::OK | StatusCode::CREATED => {}
        status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
            return Err(ProviderError::Unreachable(format!("{host} answered {}", status.as_u16())));
        }
        status => return Err(ProviderError::Refused(format!("{host} answered {}", status.as_u16()))),
    }
    serde_json::from_slice(answer.body()).map_err(|_| {
        ProviderError::Refused(format!("{host} answered with something else than was asked for"))
    })
}

impl From<HttpError> for ProviderError {
    fn from(fault: HttpError) -> ProviderError {
        match fault {
            HttpError::TooSlow { .. } | HttpError::NoAnswer { .. } => {
                ProviderError::Unreachable(fault.to_string())
            }
            _ => ProviderError::Refused(fault.to_string()),
        }
    }
}

/// A word of the other side, fit for a log line: it may be anything.
pub fn printable(raw: &str) -> String {
    raw.chars().take(80).map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).collect()
}

type Flow<Auth = oauth2::EndpointNotSet, Token = oauth2::EndpointNotSet> = oauth2::Client<
    BasicErrorResponse,
    StandardTokenResponse<IdToken, BasicTokenType>,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    Auth,
    oauth2::EndpointNotSet,
    oauth2::EndpointNotSet,
    oauth2::EndpointNotSet,
    Token,
>;

#[derive(Deserialize, Serialize)]
struct IdToken {
    id_token: Option<String>,
}

impl ExtraTokenFields for IdToken {}

impl std::fmt::Debug for IdToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdToken(…)")
    }
}

fn unusable(fault: impl std::fmt::Display) -> ProviderError {
    ProviderError::Refused(format!("an address or a key that cannot be used: {fault}"))
}

fn refused_trade(fault: RequestTokenError<HttpError, BasicErrorResponse>) -> ProviderError {
    match fault {
        RequestTokenError::Request(fault) => fault.into(),
        RequestTokenError::ServerResponse(answer) => ProviderError::Refused(format!(
            "the provider refuses the code: {}",
            printable(answer.error().as_ref())
        )),
        // Not the answer itself: it may hold a token.
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            ProviderError::Refused("the provider answers the code with something else than a token".into())
        }
    }
}

/// Our client as the `oauth2` crate calls one.
struct TokenEndpoint<'a>(&'a Http);

impl<'c> AsyncHttpClient<'c> for TokenEndpoint<'_> {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<Response, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: Request) -> Self::Future {
        Box::pin(async move {
            let host = request.uri().host().unwrap_or_default().to_owned();
            let answer = self.0.send(request).await?;
            let status = answer.status();
            if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
                // Nothing is wrong with us or the code: worth another attempt.
                return Err(HttpError::NoAnswer { host, why: format!("it answered {}", status.as_u16()) });
            }
            Ok(in_standard_form(answer))
        })
    }
}

/// A token endpoint's answer as RFC 6749 describes it. Providers answer with forms, with errors of status 200, with
/// errors that are objects, with lists for `scope`; of all of it only what is used goes on.
fn in_standard_form(answer: Response) -> Response {
    let said: Map<String, Value> = match serde_json::from_slice(answer.body()) {
        Ok(said) => said,
        Err(_) => url::form_urlencoded::parse(answer.body())
            .map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())))
            .collect(),
    };
    let mut status = answer.status();
    let mut kept = Map::new();
    if let Some(error) = said.get("error") {
        let word = error.as_str().or_else(|| error.get("type").and_then(Value::as_str)).unwrap_or("an error");
        kept.insert("error".into(), word.into());
        status = StatusCode::BAD_REQUEST;
    }
    for name in ["access_token", "id_token"] {
        kept.extend(said.get(name).map(|token| (name.to_owned(), token.clone())));
    }
    if kept.contains_key("access_token") {
        kept.insert("token_type".into(), said.get("token_type").cloned().unwrap_or("bearer".into()));
    }
    let mut standard = Response::new(Value::Object(kept).to_string().into_bytes());
    *standard.status_mut() = status;
    standard.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    standard
}
