//! Everything around the routes: the path of `base_url`, panics, rejections, problems, security and CORS headers.
//! A page that lies in memory under an address understood before is answered at once, without the routes and without a
//! future, and with all of this around it.
//!
//! Invariant: whatever happens inside, the client gets an answer with all of these, and the process lives.

use std::convert::Infallible;
use std::future::Future;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::FutureExt;
use http::header::{self, HeaderValue};
use http::{Method, Uri};
use http_body_util::{BodyExt, Empty};
use tower_service::Service as _;
use warp::Filter;
use warp::filters::BoxedFilter;
use warp::reject::Rejection;

use super::accept::AcceptLimits;
use super::journal::Entry;
use super::problem::{Problem, kinds};
use super::request::Arrival;
use super::response::Response;
use super::route::{Route, Table, one_of};
use super::{Shared, cors, threads};
use crate::app::App;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

const NO_SNIFFING: HeaderValue = HeaderValue::from_static("nosniff");
const REFERRERS: HeaderValue = HeaderValue::from_static("strict-origin-when-cross-origin");
const HTTPS_FOR_A_YEAR: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// The whole server, as a service. Cloned for every connection.
#[derive(Clone)]
pub struct Service {
    shared: Arc<Shared>,
    routes: BoxedFilter<(Response,)>,
}

/// Assembles the server: all routes, and everything around them. Its access log goes to standard output.
pub fn service(app: Arc<App>) -> Service {
    Service::new(app, super::routes(), std::io::stdout())
}

impl Service {
    /// The same of other routes, or with another place for the access log.
    pub fn new(app: Arc<App>, routes: Vec<Route>, log: impl Write + Send + 'static) -> Service {
        let shared = Arc::new(Shared::new(app, Table::of(&routes), log));
        let routes = one_of(routes).recover(rejected).unify().boxed();
        Service { shared, routes }
    }

    /// The configured limits of the accept loop, counting where `/metrics` finds it.
    pub fn accept_limits(&self) -> AcceptLimits {
        let tally = self.shared.tally.clone();
        AcceptLimits { tally, ..AcceptLimits::from(&self.shared.app.config.server) }
    }

    /// What every route is.
    pub fn table(&self) -> &Table {
        &self.shared.table
    }
}

impl<B> tower_service::Service<http::Request<B>> for Service
where
    B: http_body::Body<Data = Bytes> + Send + Sync + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        let base_path = &self.shared.app.config.server.base_url.path;
        let prefix = prefix_of(request.uri().path(), base_path);
        let body = |body: B| (!body.is_end_stream()).then(|| body.map_err(Into::into).boxed());
        let arrival = Arc::new(Arrival::new(request, body, prefix, self.shared.clone()));
        let at_once = || threads::at_once(&arrival).map(|response| completed(&arrival, response, false));
        match catch_unwind(AssertUnwindSafe(at_once)) {
            Ok(None) => {
                let routes = self.routes.clone();
                Answering::Later(Box::pin(async move { answer(&arrival, routes).await }))
            }
            Ok(response) => Answering::Now(response),
            Err(_panic) => Answering::Now(Some(completed(&arrival, panicked(), false))),
        }
    }
}

/// An answer that is there at once, or is being worked on.
pub enum Answering {
    Now(Option<Response>),
    Later(Pin<Box<dyn Future<Output = Response> + Send>>),
}

impl Future for Answering {
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut *self {
            Answering::Now(response) => Poll::Ready(Ok(response.take().expect("polled until it is ready"))),
            Answering::Later(work) => work.as_mut().poll(cx).map(Ok),
        }
    }
}

async fn answer(arrival: &Arc<Arrival>, routes: BoxedFilter<(Response,)>) -> Response {
    let options = (arrival.method == Method::OPTIONS).then(|| cors::options(arrival)).flatten();
    match options {
        Some(response) => completed(arrival, response, true),
        None => completed(arrival, routed(arrival, routes).await, false),
    }
}

/// The answer with what every answer carries, and written down. What a preflight is told of CORS it knows by itself.
fn completed(arrival: &Arrival, mut response: Response, is_preflight: bool) -> Response {
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let reads_only = matches!(arrival.method, Method::GET | Method::HEAD);
        response = problem.render(arrival.id, reads_only);
    }
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, NO_SNIFFING);
    headers.entry(header::REFERRER_POLICY).or_insert(REFERRERS);
    if arrival.shared().app.config.server.base_url.is_https() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HTTPS_FOR_A_YEAR);
    }
    if !is_preflight {
        cors::apply(arrival, headers);
    }
    note(arrival, &response);
    if arrival.method == Method::HEAD { without_body(response) } else { response }
}

fn note(arrival: &Arrival, response: &Response) {
    let shared = arrival.shared();
    shared.journal.note(Entry {
        at: shared.app.clock.now(),
        request: arrival.id,
        method: Entry::method(&arrival.method),
        route: arrival.row().map_or(Entry::NO_ROUTE, |row| row.pattern.as_str()),
        status: response.status().as_u16(),
        bytes: http_body::Body::size_hint(response.body()).exact(),
        micros: u64::try_from(arrival.began.elapsed().as_micros()).unwrap_or(u64::MAX),
    });
}

/// What the routes answer; a panic in one is a problem like any other.
async fn routed(arrival: &Arc<Arrival>, routes: BoxedFilter<(Response,)>) -> Response {
    let answer = AssertUnwindSafe(async move { warp::service(routes).call(to_be_routed(arrival)).await });
    let response = match answer.catch_unwind().await {
        Ok(Ok(response)) => response,
        Err(_panic) => panicked(),
    };
    match arrival.row() {
        Some(_) => response,
        None => unrouted(arrival, response),
    }
}

/// What it said is on standard error already, with its place; it is not for the client.
fn panicked() -> Response {
    Problem::internal("the handler panicked").unrendered()
}

/// No route answered: there is no such path, or not by this method.
fn unrouted(arrival: &Arrival, response: Response) -> Response {
    let table = &arrival.shared().table;
    match table.allow(arrival.path()).and_then(|allow| HeaderValue::from_str(&allow).ok()) {
        Some(allow) => Problem::of(&kinds::METHOD_NOT_ALLOWED).header(header::ALLOW, allow).unrendered(),
        None => response,
    }
}

/// Every rejection becomes a problem. Only the first is expected: nothing of ours rejects for another reason.
async fn rejected(rejection: Rejection) -> Result<Response, Infallible> {
    use warp::reject::{
        InvalidHeader, InvalidQuery, LengthRequired, MethodNotAllowed, MissingHeader, PayloadTooLarge,
        UnsupportedMediaType,
    };
    let problem = if rejection.is_not_found() {
        Problem::of(&kinds::NOT_FOUND)
    } else if rejection.find::<MethodNotAllowed>().is_some() {
        Problem::of(&kinds::METHOD_NOT_ALLOWED)
    } else if rejection.find::<InvalidQuery>().is_some() {
        Problem::of(&kinds::BAD_QUERY)
    } else if rejection.find::<MissingHeader>().is_some() || rejection.find::<InvalidHeader>().is_some() {
        Problem::of(&kinds::HEADERS_MISSING)
    } else if rejection.find::<PayloadTooLarge>().is_some() || rejection.find::<LengthRequired>().is_some() {
        Problem::of(&kinds::BODY_TOO_LARGE)
    } else if rejection.find::<UnsupportedMediaType>().is_some() {
        Problem::of(&kinds::WRONG_CONTENT_TYPE)
    } else {
        Problem::internal(format_args!("a filter rejected a request: {rejection:?}"))
    };
    Ok(problem.unrendered())
}

/// How much of the path is the path of `base_url`: a proxy may pass it on or take it away.
fn prefix_of(path: &str, base_path: &str) -> usize {
    match path.strip_prefix(base_path) {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => base_path.len(),
        _ => 0,
    }
}

/// As warp's filters see it.
fn to_be_routed(arrival: &Arc<Arrival>) -> http::Request<Empty<Bytes>> {
    let mut request = http::Request::new(Empty::new());
    *request.method_mut() = arrival.method.clone();
    *request.uri_mut() = routed_uri(arrival);
    request.extensions_mut().insert(arrival.clone());
    request
}

fn routed_uri(arrival: &Arrival) -> Uri {
    if arrival.path().len() == arrival.uri.path().len() {
        return arrival.uri.clone();
    }
    Uri::try_from(arrival.path()).unwrap_or_default()
}

/// The headers of the answer to a GET, its length among them, and nothing else.
fn without_body(response: Response) -> Response {
    let length = http_body::Body::size_hint(response.body()).exact();
    let (mut parts, _) = response.into_parts();
    if let Some(length) = length {
        parts.headers.entry(header::CONTENT_LENGTH).or_insert(HeaderValue::from(length));
    }
    Response::from_parts(parts, Default::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_the_base_url_is_taken_away_whole_or_not_at_all() {
        assert_eq!(prefix_of("/comments/embed.js", "/comments"), 9);
        assert_eq!(prefix_of("/comments", "/comments"), 9);
        assert_eq!(prefix_of("/comments-x/embed.js", "/comments"), 0);
        assert_eq!(prefix_of("/embed.js", "/comments"), 0);
        assert_eq!(prefix_of("/embed.js", ""), 0);
    }
}
