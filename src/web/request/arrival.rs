//! A request as it came in: shared by the service around warp, which logs it and adds its CORS headers, and by the
//! handler, so that nothing of it is copied.

use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http::{HeaderMap, Method, Uri};
use http_body_util::combinators::BoxBody;
use parking_lot::Mutex;
use tokio::time::Instant;

use crate::web::Shared;
use crate::web::accept::{Peer, TooLate};
use crate::web::route::RouteRow;

/// Names one request in the log and to the client who got a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RequestId(pub u64);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

pub type Body = BoxBody<Bytes, Box<dyn std::error::Error + Send + Sync>>;

pub struct Arrival {
    pub id: RequestId,
    pub method: Method,
    pub uri: Uri,
    pub headers: HeaderMap,
    /// Who holds the other end of the connection; tests that call the service without one have none.
    pub peer: Option<IpAddr>,
    /// Whether the server had been told to stop before this came.
    pub too_late: bool,
    pub began: Instant,
    shared: Arc<Shared>,
    /// How much of the path is the path of `base_url`.
    prefix: usize,
    body: Mutex<Option<Body>>,
    row: OnceLock<Arc<RouteRow>>,
}

impl Arrival {
    pub(in crate::web) fn new<B>(
        request: http::Request<B>,
        body: impl FnOnce(B) -> Option<Body>,
        prefix: usize,
        shared: Arc<Shared>,
    ) -> Arrival {
        let (parts, incoming) = request.into_parts();
        Arrival {
            id: shared.next_request(),
            method: parts.method,
            uri: parts.uri,
            headers: parts.headers,
            peer: parts.extensions.get::<Peer>().map(|peer| peer.0),
            too_late: parts.extensions.get::<TooLate>().is_some(),
            began: Instant::now(),
            shared,
            prefix,
            body: Mutex::new(body(incoming)),
            row: OnceLock::new(),
        }
    }

    pub(in crate::web) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    pub fn path(&self) -> &str {
        match &self.uri.path()[self.prefix..] {
            "" => "/",
            path => path,
        }
    }

    pub fn query(&self) -> &str {
        self.uri.query().unwrap_or_default()
    }

    /// The body, the first time.
    pub fn take_body(&self) -> Option<Body> {
        self.body.lock().take()
    }

    /// Notes which route answers.
    pub(in crate::web) fn matched(&self, row: Arc<RouteRow>) {
        let _ = self.row.set(row);
    }

    /// The route that answered, if one did.
    pub fn row(&self) -> Option<&Arc<RouteRow>> {
        self.row.get()
    }
}
