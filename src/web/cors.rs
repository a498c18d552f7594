//! Cross-origin headers, per class of route. Our own layer around everything, because each site has its own origins, and
//! because errors must carry the headers too, or scripts cannot read them.

use http::header::{self, HeaderValue};
use http::{HeaderMap, Method, StatusCode};

use super::request::Arrival;
use super::response::{self, Response};
use super::route::{Class, RouteRow};
use crate::actions;
use crate::domain::{Origin, SiteKey};

/// How long browsers remember a preflight: Chromium's own maximum.
const PREFLIGHT_SECS: HeaderValue = HeaderValue::from_static("7200");
const ANY: HeaderValue = HeaderValue::from_static("*");
/// What scripts send, and may read.
const SENT: HeaderValue =
    HeaderValue::from_static("authorization, content-type, idempotency-key, x-afterword");
const READ: HeaderValue = HeaderValue::from_static("etag, location, retry-after");

/// Adds the headers that the answer needs to be read by the page that asked.
pub fn apply(arrival: &Arrival, headers: &mut HeaderMap) {
    match arrival.row() {
        Some(row) => allow_reading(arrival, row, headers),
        None => {
            // Nobody's secret: there is nothing here, or not by this method.
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
        }
    }
}

fn allow_reading(arrival: &Arrival, row: &RouteRow, headers: &mut HeaderMap) {
    match row.class {
        Class::Public => {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
        }
        Class::Api | Class::CookieCors => {
            headers.append(header::VARY, HeaderValue::from_static("origin"));
            let Some(origin) = listed_origin(arrival, row) else { return };
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, READ);
            if row.class == Class::CookieCors {
                headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
            }
        }
        Class::FirstParty | Class::Machine => {}
    }
}

/// The request's `Origin`, byte for byte, if the site of its path lists it.
fn listed_origin(arrival: &Arrival, row: &RouteRow) -> Option<HeaderValue> {
    let sent = arrival.headers.get(header::ORIGIN)?;
    let origin = Origin::parse(sent.to_str().ok()?)?;
    let key: SiteKey = row.pattern.param("site", arrival.path())?.parse().ok()?;
    let app = &arrival.shared().app;
    let site = actions::sites::find(app, &key).ok()?;
    let allowed = site.allows(&origin, app.clock.now());
    // What browsers send is the serialised form already; anything else is not from a browser, and not echoed.
    (allowed && sent.as_bytes() == origin.as_str().as_bytes()).then(|| sent.clone())
}

/// Answers an `OPTIONS`: a preflight, or a question about the methods of an address. `None` if there is no such address.
pub fn options(arrival: &Arrival) -> Option<Response> {
    let table = &arrival.shared().table;
    let rows = table.at(arrival.path());
    let asked = arrival.headers.get(header::ACCESS_CONTROL_REQUEST_METHOD);
    let row = match asked {
        Some(method) => rows.iter().find(|row| method.as_bytes() == row.method.as_str().as_bytes()),
        None => None,
    };
    let allow = HeaderValue::from_str(&table.allow(arrival.path())?).ok()?;
    let mut response = response::no_content();
    let headers = response.headers_mut();
    if let Some(row) = row.filter(|row| !matches!(row.class, Class::FirstParty | Class::Machine)) {
        allow_reading(arrival, row, headers);
        headers.remove(header::ACCESS_CONTROL_EXPOSE_HEADERS);
        if headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN) {
            headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods(row, &rows));
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, SENT);
            headers.insert(header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECS);
        }
    }
    headers.insert(header::ALLOW, allow);
    *response.status_mut() = StatusCode::NO_CONTENT;
    Some(response)
}

/// The methods of this address that share the class that was asked for: browsers cache them together.
fn methods(row: &RouteRow, rows: &[&std::sync::Arc<RouteRow>]) -> HeaderValue {
    let names: Vec<_> = rows
        .iter()
        .filter(|other| other.class == row.class && other.method != Method::OPTIONS)
        .map(|other| other.method.as_str())
        .collect();
    HeaderValue::from_str(&names.join(", ")).unwrap_or(HeaderValue::from_static("GET"))
}
