//! The OpenAPI 3.1 document, made from the routes' rows, and where it is served.

mod document;
mod page;

pub use document::document;

use std::borrow::Cow;
use std::sync::Arc;

use http::header::HeaderValue;
use http::{Method, StatusCode};
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use super::Request;
use super::prepared::Prepared;
use super::problem::Problem;
use super::response::{self, Nonce, Response};
use super::route::{Class, Route, RouteRow, route};

/// A wire type's schema, without the type.
#[derive(Clone, Copy)]
pub struct Shape {
    name: fn() -> Cow<'static, str>,
    schema: fn() -> RefOr<Schema>,
    parts: fn(&mut Vec<(String, RefOr<Schema>)>),
}

impl Shape {
    pub fn of<T: ToSchema>() -> Shape {
        Shape { name: T::name, schema: T::schema, parts: T::schemas }
    }
}

impl std::fmt::Debug for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Shape({})", (self.name)())
    }
}

/// Media types of what is not JSON.
pub struct Media;

impl Media {
    pub const TEXT: &'static str = "text/plain";
    pub const HTML: &'static str = "text/html";
    pub const SCRIPT: &'static str = "text/javascript";
}

pub fn routes() -> Vec<Route> {
    vec![
        route(Method::GET, "/api/openapi.json")
            .class(Class::Public)
            .doc("This document", "")
            .gives_media(StatusCode::OK, "application/json")
            .to(json),
        route(Method::GET, "/api/docs")
            .class(Class::FirstParty)
            .doc("This document, to read", "")
            .gives_media(StatusCode::OK, Media::HTML)
            .to(docs),
    ]
}

async fn json(request: Request) -> Result<Response, Problem> {
    Ok(request.shared().openapi().answer(&request))
}

async fn docs(request: Request) -> Result<Response, Problem> {
    let nonce = Nonce::new(&*request.app().chance);
    let html = page::render(request.shared().table.rows(), &nonce)?;
    Ok(response::html(html, &nonce))
}

/// The document as it is sent.
pub fn prepared(rows: &[Arc<RouteRow>]) -> Prepared {
    let text = pretty(rows);
    let media = HeaderValue::from_static("application/json");
    Prepared::new(media, HeaderValue::from_static("public, max-age=0, must-revalidate"), text.into_bytes())
}

/// The document as it is checked in.
pub fn pretty(rows: &[Arc<RouteRow>]) -> String {
    let mut text = format!("{:#}", document(rows));
    text.push('\n');
    text
}
