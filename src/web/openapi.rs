//! The OpenAPI document, made from the routes' rows.

use std::borrow::Cow;

use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

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

/// Media types of answers that are not JSON.
pub struct Media;

impl Media {
    pub const TEXT: &'static str = "text/plain";
    pub const HTML: &'static str = "text/html";
    pub const SCRIPT: &'static str = "text/javascript";
}
