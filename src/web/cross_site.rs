//! What is checked before a handler runs, so that another site's page cannot act in a visitor's name: per class.

use http::{Method, header};

use super::Request;
use super::problem::{Problem, kinds};
use super::route::Class;
use crate::domain::{Refusal, SiteKey};

/// A header that only scripts allowed by CORS can send.
pub const WIDGET_HEADER: &str = "x-afterword";

pub fn guard(request: &Request) -> Result<(), Problem> {
    match request.row().class {
        Class::Public | Class::Machine => Ok(()),
        Class::Api => api(request),
        Class::CookieCors => cookie_cors(request),
        Class::FirstParty => first_party(request),
    }
}

/// A bearer token is no cookie: another page cannot make a browser send it. Its origin must be listed all the same.
fn api(request: &Request) -> Result<(), Problem> {
    site_lists_origin(request)
}

/// Cookies travel by themselves, so the page that asks must be one of the site's, and say so in two ways.
fn cookie_cors(request: &Request) -> Result<(), Problem> {
    if !request.headers().contains_key(header::ORIGIN) {
        return Err(Problem::new(&kinds::HEADERS_MISSING, "expected the header Origin"));
    }
    site_lists_origin(request)?;
    if request.header(WIDGET_HEADER) != Some("1") {
        return Err(Problem::new(&kinds::HEADERS_MISSING, "expected the header X-Afterword: 1"));
    }
    Ok(())
}

fn site_lists_origin(request: &Request) -> Result<(), Problem> {
    let Some(key) = request.row().pattern.param("site", request.path()) else { return Ok(()) };
    let key: SiteKey = key.parse().map_err(|_| Refusal::UnknownSite)?;
    let site = request.site(&key)?;
    request.site_origin(&site).map(drop)
}

/// Pages of ours are opened from anywhere; what their scripts send comes from this origin only.
fn first_party(request: &Request) -> Result<(), Problem> {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(());
    }
    let ours = &request.app().config.server.base_url.origin;
    let refused = |from: &str| Err(Refusal::OriginNotAllowed { origin: from.to_owned() }.into());
    match request.header("sec-fetch-site") {
        None | Some("same-origin") => {}
        Some(_) => return refused(request.header(header::ORIGIN).unwrap_or("another site")),
    }
    match request.header(header::ORIGIN) {
        Some(origin) if origin == ours => Ok(()),
        Some(origin) => refused(origin),
        None => Err(Problem::new(&kinds::HEADERS_MISSING, "expected the header Origin")),
    }
}
