//! The one way out over HTTP: to providers, to servers that people name.
//!
//! Invariant: an address that is not on the public internet is dialled, and plain `http` is spoken, only for an origin
//! that the operator wrote into the configuration ([`Http::reaching`]). No redirect is followed, no proxy of the
//! environment is used, and no answer is longer or later than the limits here.

pub mod guard;
pub mod names;

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use url::{Host, Url};

use guard::is_public;
use names::{Dialled, Names, SystemNames};

/// From the question to the last byte of the answer.
pub const DEADLINE: Duration = Duration::from_secs(10);
pub const MAX_ANSWER_BYTES: usize = 256 * 1024;

pub type Request = http::Request<Vec<u8>>;
pub type Response = http::Response<Vec<u8>>;

/// Why there is no answer. Names hosts, never a path, a query or a body: those may hold secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    #[error("{0} is not a server on the public internet")]
    NotPublic(String),
    #[error("{0} is asked over https only")]
    NotHttps(String),
    #[error("not an address that can be asked")]
    NotAnAddress,
    #[error("{host} did not answer within {} ms", deadline.as_millis())]
    TooSlow { host: String, deadline: Duration },
    #[error("{0} answered with more than 256 KiB")]
    TooLong(String),
    #[error("{host} could not be asked: {why}")]
    NoAnswer { host: String, why: String },
    #[error("no requests can be sent: {0}")]
    NoClient(String),
}

/// Cheap to clone; connections are shared.
#[derive(Clone)]
pub struct Http {
    shared: Arc<Shared>,
    /// Origins that the operator configured: any address, and plain http.
    configured: Arc<[String]>,
}

struct Shared {
    public: reqwest::Client,
    any: reqwest::Client,
    deadline: Duration,
}

/// What differs in tests.
pub struct Parts {
    pub names: Arc<dyn Names>,
    pub deadline: Duration,
}

impl Default for Parts {
    fn default() -> Parts {
        Parts { names: Arc::new(SystemNames), deadline: DEADLINE }
    }
}

impl Http {
    /// `base_url`: who asks, for the other side's operators.
    pub fn new(base_url: &str) -> Result<Http, HttpError> {
        Http::with(base_url, Parts::default())
    }

    pub fn with(base_url: &str, parts: Parts) -> Result<Http, HttpError> {
        let client = |public_only| {
            reqwest::Client::builder()
                .user_agent(format!("Afterword/{} (+{base_url})", env!("CARGO_PKG_VERSION")))
                .redirect(Policy::none())
                .no_proxy()
                .referer(false)
                .timeout(parts.deadline)
                .dns_resolver(Dialled { names: parts.names.clone(), public_only })
                .build()
                .map_err(|fault| HttpError::NoClient(innermost(&fault)))
        };
        let shared = Shared { public: client(true)?, any: client(false)?, deadline: parts.deadline };
        Ok(Http { shared: Arc::new(shared), configured: Arc::new([]) })
    }

    /// A client that may reach the origin of `configured` as well, wherever it is: an operator wrote it, nobody else.
    pub fn reaching(&self, configured: &Url) -> Http {
        let origin = configured.origin().ascii_serialization();
        let configured = self.configured.iter().cloned().chain([origin]).collect();
        Http { shared: self.shared.clone(), configured }
    }

    /// Whether the operator wrote the origin of `url`.
    pub fn is_configured(&self, url: &Url) -> bool {
        self.configured.contains(&url.origin().ascii_serialization())
    }

    /// Sends a request and reads the whole answer, whatever its status.
    pub async fn send(&self, request: Request) -> Result<Response, HttpError> {
        let request = reqwest::Request::try_from(request).map_err(|_| HttpError::NotAnAddress)?;
        let (client, host) = self.client_for(request.url())?;
        let deadline = self.shared.deadline;
        // Around everything: the client's own deadline begins anew in places.
        match tokio::time::timeout(deadline, exchange(client, request, &host, deadline)).await {
            Ok(answer) => answer,
            Err(_) => Err(HttpError::TooSlow { host, deadline }),
        }
    }

    /// Whether `url` could be asked at all, without asking: its scheme, and its address where it has one instead of a
    /// name.
    pub fn allows(&self, url: &Url) -> Result<(), HttpError> {
        self.client_for(url).map(drop)
    }

    fn client_for(&self, url: &Url) -> Result<(&reqwest::Client, String), HttpError> {
        let host = url.host().ok_or(HttpError::NotAnAddress)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(HttpError::NotAnAddress);
        }
        let name = host.to_string();
        if self.is_configured(url) {
            return Ok((&self.shared.any, name));
        }
        if url.scheme() != "https" {
            return Err(HttpError::NotHttps(name));
        }
        // A literal address never comes to the resolver. `Url` has read every spelling of one (`0x7f.1`, `2130706433`).
        let is_allowed = match host {
            Host::Ipv4(ip) => is_public(ip.into()),
            Host::Ipv6(ip) => is_public(ip.into()),
            Host::Domain(_) => true,
        };
        if is_allowed { Ok((&self.shared.public, name)) } else { Err(HttpError::NotPublic(name)) }
    }
}

async fn exchange(
    client: &reqwest::Client,
    request: reqwest::Request,
    host: &str,
    deadline: Duration,
) -> Result<Response, HttpError> {
    let failed = |fault: reqwest::Error| failure(&fault, host, deadline);
    let mut answer = client.execute(request).await.map_err(failed)?;
    if answer.content_length().is_some_and(|length| length > MAX_ANSWER_BYTES as u64) {
        return Err(HttpError::TooLong(host.to_owned()));
    }
    let mut body = Vec::new();
    // Counted while it comes: its length may be a lie, or not be said.
    while let Some(chunk) = answer.chunk().await.map_err(failed)? {
        if body.len() + chunk.len() > MAX_ANSWER_BYTES {
            return Err(HttpError::TooLong(host.to_owned()));
        }
        body.extend_from_slice(&chunk);
    }
    let mut whole = Response::new(body);
    *whole.status_mut() = answer.status();
    *whole.headers_mut() = std::mem::take(answer.headers_mut());
    Ok(whole)
}

fn failure(fault: &reqwest::Error, host: &str, deadline: Duration) -> HttpError {
    let mut cause: Option<&(dyn Error + 'static)> = Some(fault);
    while let Some(error) = cause {
        if let Some(ours) = error.downcast_ref::<HttpError>() {
            return ours.clone();
        }
        cause = error.source();
    }
    if fault.is_timeout() {
        return HttpError::TooSlow { host: host.to_owned(), deadline };
    }
    HttpError::NoAnswer { host: host.to_owned(), why: innermost(fault) }
}

/// The last cause: the ones around it repeat the address, path and query included.
fn innermost(fault: &dyn Error) -> String {
    let mut last = fault;
    while let Some(cause) = last.source() {
        last = cause;
    }
    last.to_string()
}
