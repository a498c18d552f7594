//! Answers, also those that no client should take.

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::{Response, StatusCode};
use http_body::Frame;
use http_body_util::{BodyExt as _, Full, StreamBody};
use serde_json::Value;

pub type Body = http_body_util::combinators::BoxBody<Bytes, Infallible>;

pub fn answer(status: u16, content_type: &str, body: impl Into<Bytes>) -> Response<Body> {
    Response::builder()
        .status(status)
        .header("content-type", content_type)
        .header("cache-control", "no-store")
        .body(Full::new(body.into()).boxed())
        .expect("an answer")
}

pub fn json(value: &Value) -> Response<Body> {
    answer(200, "application/json", value.to_string())
}

/// As RFC 6749 says no.
pub fn error(word: &str) -> Response<Body> {
    let mut answer = json(&serde_json::json!({ "error": word, "error_description": "as the test wants" }));
    *answer.status_mut() = StatusCode::BAD_REQUEST;
    answer
}

/// The client did something that this provider does not take. The text is for who reads the failed test.
pub fn clients_fault(what: &str) -> Response<Body> {
    answer(400, "application/json", serde_json::json!({ "error": what }).to_string())
}

pub fn redirect(status: u16, location: &str) -> Response<Body> {
    let mut answer = answer(status, "text/plain", "");
    answer.headers_mut().insert("location", location.parse().expect("a header value"));
    answer
}

/// JSON that says what it should, and then blanks up to 1 MiB.
pub fn huge(value: &Value) -> Response<Body> {
    let mut text = value.to_string();
    text.push_str(&" ".repeat(1024 * 1024 - text.len()));
    answer(200, "application/json", text)
}

/// The same without a length and without an end.
pub fn endless(value: &Value) -> Response<Body> {
    let first = Bytes::from(value.to_string());
    let rest = stream::repeat(Bytes::from(vec![b' '; 16 * 1024]));
    streamed(stream::iter([first]).chain(rest))
}

/// A beginning, and then silence.
pub fn half(value: &Value) -> Response<Body> {
    let text = value.to_string();
    let first = Bytes::from(text[..text.len() / 2].to_owned());
    streamed(stream::iter([first]).chain(stream::pending()))
}

fn streamed(chunks: impl futures_util::Stream<Item = Bytes> + Send + Sync + 'static) -> Response<Body> {
    let body = StreamBody::new(chunks.map(|chunk| Ok::<_, Infallible>(Frame::data(chunk))));
    Response::builder()
        .header("content-type", "application/json")
        .body(http_body_util::BodyExt::boxed(body))
        .expect("an answer")
}
