//! Errors as clients see them: RFC 9457 problems, `{"type":"/problems/<slug>","title","status","detail","request_id", …}`.
//!
//! Invariant: what went wrong inside is told to the operator, once, where the problem is answered, and never to the
//! client: it gets the request id under which the log has it.

mod causes;
pub mod kinds;
mod pages;

pub use pages::routes;

use std::borrow::Cow;

use http::header::{self, HeaderName, HeaderValue};
use serde_json::{Map, Value};

pub use self::kinds::Kind;
use crate::web::Response;
use crate::web::request::RequestId;
use crate::web::response;

/// A problem on its way to the client.
#[derive(Clone, Debug)]
pub struct Problem(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    kind: &'static Kind,
    detail: Cow<'static, str>,
    extras: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// For the log.
    cause: Option<String>,
}

impl Problem {
    /// A problem of this kind; its explanation is the detail.
    pub fn of(kind: &'static Kind) -> Problem {
        Problem::new(kind, kind.explanation)
    }

    pub fn new(kind: &'static Kind, detail: impl Into<Cow<'static, str>>) -> Problem {
        let (extras, headers) = Default::default();
        Problem(Box::new(Inner { kind, detail: detail.into(), extras, headers, cause: None }))
    }

    /// A failure of the server: `cause` goes to the log.
    pub fn internal(cause: impl std::fmt::Display) -> Problem {
        Problem::of(&kinds::INTERNAL).caused_by(cause)
    }

    pub fn caused_by(mut self, cause: impl std::fmt::Display) -> Problem {
        self.0.cause = Some(cause.to_string());
        self
    }

    /// A member beside the standard ones.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Problem {
        self.0.extras.insert(name.to_owned(), value.into());
        self
    }

    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Problem {
        self.0.headers.push((name, value));
        self
    }

    /// Seconds after which the same request may be taken, as a member and as a header.
    pub fn retry_after(self, secs: u64) -> Problem {
        self.with("retry_after", secs).header(header::RETRY_AFTER, HeaderValue::from(secs))
    }

    pub fn kind(&self) -> &'static Kind {
        self.0.kind
    }

    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// A response that carries this problem to the one place where problems are logged and written out.
    pub fn unrendered(self) -> Response {
        let mut response = Response::default();
        response.extensions_mut().insert(self);
        response
    }

    /// The answer. Logs the cause.
    pub fn render(self, request: RequestId, reads_only: bool) -> Response {
        let Inner { kind, detail, extras, headers, cause } = *self.0;
        if let Some(cause) = cause {
            tracing::error!(request.id = %request, problem = kind.slug, "{cause}");
        }
        let status = kind.status(reads_only);
        let mut body = Map::new();
        body.insert("type".into(), format!("/problems/{}", kind.slug).into());
        body.insert("title".into(), kind.title.into());
        body.insert("status".into(), status.as_u16().into());
        body.insert("detail".into(), detail.into());
        body.insert("request_id".into(), request.to_string().into());
        body.extend(extras);
        let mut response = response::json(status, &Value::Object(body));
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        for (name, value) in headers {
            response.headers_mut().insert(name, value);
        }
        response
    }
}
