//! Answers. What every answer carries (security headers, CORS) the service adds; what is said here is what differs.

use bytes::Bytes;
use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};
use serde::Serialize;

use super::problem::Problem;

pub type Response = warp::reply::Response;

const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// JSON that is nobody else's business: never stored.
pub fn json<T: Serialize + ?Sized>(status: StatusCode, value: &T) -> Response {
    match serde_json::to_vec(value) {
        Ok(bytes) => respond(status, JSON, bytes),
        Err(error) => {
            Problem::internal(format_args!("an answer could not be written as JSON: {error}")).unrendered()
        }
    }
}

/// `200` with JSON.
pub fn ok<T: Serialize + ?Sized>(value: &T) -> Response {
    json(StatusCode::OK, value)
}

/// `201` with JSON, and where the new thing is: its whole address.
pub fn created<T: Serialize + ?Sized>(location: &str, value: &T) -> Response {
    let mut response = json(StatusCode::CREATED, value);
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// Taken, and nothing to say yet.
pub fn accepted() -> Response {
    let mut response = no_content();
    *response.status_mut() = StatusCode::ACCEPTED;
    response
}

pub fn no_content() -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NO_CONTENT;
    response.headers_mut().insert(header::CACHE_CONTROL, NO_STORE);
    response
}

pub fn text(status: StatusCode, text: impl Into<Bytes>) -> Response {
    respond(status, TEXT, text)
}

/// A page of ours. Its scripts and styles run by `nonce`, everything else must come from this origin or not at all; no
/// page may frame it.
pub fn html(page: impl Into<Bytes>, nonce: &Nonce) -> Response {
    let mut response = respond(StatusCode::OK, HTML, page);
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; \
         img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; \
         require-trusted-types-for 'script'",
        nonce = nonce.0
    );
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    );
    response
}

/// For pages whose address or content holds a token: no page they lead to learns where the reader came from.
pub fn without_referrer(mut response: Response) -> Response {
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// `302` to an address that the server itself made.
pub fn redirect(to: &str) -> Result<Response, Problem> {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::FOUND;
    let to = HeaderValue::from_str(to).map_err(Problem::internal)?;
    response.headers_mut().insert(header::LOCATION, to);
    response.headers_mut().insert(header::CACHE_CONTROL, NO_STORE);
    Ok(response)
}

/// Sets a cookie; more than one may be set.
pub fn set_cookie(mut response: Response, cookie: &str) -> Result<Response, Problem> {
    let cookie = HeaderValue::from_str(cookie).map_err(Problem::internal)?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// Bytes with their type; not stored unless the caller says otherwise.
pub fn respond(status: StatusCode, media: HeaderValue, body: impl Into<Bytes>) -> Response {
    let mut response = Response::new(body.into().into());
    *response.status_mut() = status;
    *response.headers_mut() = HeaderMap::with_capacity(12);
    response.headers_mut().insert(header::CONTENT_TYPE, media);
    response.headers_mut().insert(header::CACHE_CONTROL, NO_STORE);
    response
}

/// A number used once: what a page's own scripts and styles are known by.
pub struct Nonce(String);

impl Nonce {
    pub fn new(chance: &dyn crate::app::Chance) -> Nonce {
        use base64::Engine;
        let bytes: [u8; 16] = crate::app::random(chance);
        Nonce(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl std::fmt::Display for Nonce {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
