//! `/problems/<slug>`: what a problem's `type` leads to.

use http::{Method, StatusCode};

use super::{Kind, Problem, kinds};
use crate::web::openapi::Media;
use crate::web::route::{Class, Route, route};
use crate::web::{Request, Response, response};

pub fn routes() -> Vec<Route> {
    vec![
        route(Method::GET, "/problems/{slug}")
            .class(Class::Public)
            .doc("What a problem means", "The `type` of every problem leads here.")
            .gives_media(StatusCode::OK, Media::TEXT)
            .to(explain),
    ]
}

async fn explain(slug: String, _: Request) -> Result<Response, Problem> {
    let kind = Kind::find(&slug).ok_or_else(|| Problem::of(&kinds::NOT_FOUND))?;
    let text = format!("{}\n\n{}\n\nHTTP status: {}\n", kind.title, kind.explanation, kind.status);
    Ok(response::text(StatusCode::OK, text))
}
