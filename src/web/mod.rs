//! HTTP ⇄ actions. Reading order: [`accept`] takes connections, [`service`] wraps what [`route`] declares in CORS, logs
//! and security headers, [`request`] is what a handler takes, [`response`] and [`problem`] are what it gives; then a
//! module per resource.
//!
//! Invariant: handlers unwrap their inputs, call one action, and reply; the rules are not here.

pub mod accept;
mod comments;
mod cors;
mod cross_site;
mod cursor;
mod encoding;
mod etag;
mod guests;
mod health;
mod journal;
mod mine;
pub mod openapi;
pub mod pages;
mod prepared;
pub mod problem;
mod providers;
pub mod request;
pub mod response;
pub mod route;
pub mod service;
mod sessions;
mod sso;
mod thread_cache;
mod threads;
mod votes;
mod widget_files;
pub mod wire;

pub use problem::Problem;
pub use request::Request;
pub use response::Response;
pub use service::{Service, service};

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use crate::app::{App, random};
use crate::workers::Workers;
use accept::Tally;
use journal::Journal;
use prepared::Prepared;
use request::RequestId;
use route::{Route, Table};
use thread_cache::ThreadCache;

/// What all requests share.
pub struct Shared {
    pub app: Arc<App>,
    pub table: Table,
    /// What the accept loop counts, if it was given [`Service::accept_limits`].
    tally: Arc<Tally>,
    journal: Journal,
    asked: threads::Remembered,
    threads: ThreadCache,
    /// Render pages, as many at once as there are cores. More would be no faster, and each holds the page several times
    /// over, and the compressor's tables.
    renderers: Workers,
    requests: AtomicU64,
    openapi: OnceLock<Prepared>,
    providers: OnceLock<Prepared>,
}

impl Shared {
    fn new(app: Arc<App>, table: Table, log: impl Write + Send + 'static) -> Shared {
        let seed = u64::from_le_bytes(random(&*app.chance));
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
        let log = app.config.log.access.then(|| (app.config.log.format, Box::new(log) as Box<_>));
        Shared {
            tally: Arc::default(),
            journal: Journal::begin(log),
            asked: threads::Remembered::default(),
            threads: ThreadCache::new(app.config.server.page_cache_bytes),
            renderers: Workers::new("afterword-renderer", cores).expect("threads can be started"),
            requests: AtomicU64::new(seed),
            openapi: OnceLock::new(),
            providers: OnceLock::new(),
            app,
            table,
        }
    }

    /// The OpenAPI document, made when it is first asked for.
    fn openapi(&self) -> &Prepared {
        self.openapi.get_or_init(|| openapi::prepared(self.table.rows()))
    }

    /// The list of providers, made when it is first asked for.
    fn providers(&self) -> Result<&Prepared, Problem> {
        if let Some(made) = self.providers.get() {
            return Ok(made);
        }
        let made = providers::prepared(&self.app)?;
        Ok(self.providers.get_or_init(|| made))
    }

    /// Ids that are different from each other, and look it: a bijection (SplitMix64) of a counter.
    fn next_request(&self) -> RequestId {
        let mut z = self.requests.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        RequestId(z ^ (z >> 31))
    }
}

/// Every route, the hottest first.
pub fn routes() -> Vec<Route> {
    [
        threads::routes(),
        mine::routes(),
        comments::routes(),
        guests::routes(),
        votes::routes(),
        sessions::routes(),
        providers::routes(),
        sso::routes(),
        widget_files::routes(),
        health::routes(),
        problem::routes(),
        pages::routes(),
        openapi::routes(),
    ]
    .concat()
}
