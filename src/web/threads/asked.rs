//! What a reader asks for: a page, an order, where to go on. Routing and understanding an address take several times as
//! long as answering `304`, and readers of one page all send the same: so what an address meant is remembered.

use std::hash::RandomState;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use http::Method;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use serde::Deserialize;

use crate::actions;
use crate::domain::{PageKey, Site, SiteId, Timestamp, Version};
use crate::web::Request;
use crate::web::cursor;
use crate::web::mine::page_ref;
use crate::web::problem::Problem;
use crate::web::request::Arrival;
use crate::web::route::RouteRow;
use crate::web::thread_cache::Part;
use crate::web::wire::Order;

#[derive(Clone, Debug, Deserialize)]
pub struct Asked {
    pub page: String,
    pub canonical: Option<String>,
    #[serde(default)]
    pub order: Order,
    pub after: Option<String>,
}

/// The same, understood.
#[derive(Clone, Debug)]
pub struct Understood {
    pub page: PageKey,
    pub order: Order,
    pub part: Part,
}

impl Asked {
    pub fn understood(&self, request: &Request, site: &Site) -> Result<Understood, Problem> {
        let page = page_ref(&self.page, self.canonical.clone()).key(site, request.app().clock.now())?;
        let order = self.order.into();
        let after = self.after.as_deref().map(|cursor| cursor::parse_roots(cursor, order)).transpose()?;
        Ok(Understood { page, order: self.order, part: Part::Page { order, after } })
    }
}

/// What an address means, as long as its site has this version: which pages are one and which are two, the site's
/// settings say.
pub struct Meaning {
    site: SiteId,
    version: Version,
    row: Arc<RouteRow>,
    pub understood: Understood,
    /// The reader noted last: by which of the site's origins, and in which second.
    noted: AtomicU64,
}

impl Meaning {
    /// Whether a reader from this one of the site's origins is to be noted: where widgets ask from interests nobody more
    /// than once a second, and noting takes a lock that all readers share.
    pub fn is_news(&self, origin: usize, now: Timestamp) -> bool {
        let reader = (now.as_secs() as u64) << u8::BITS | (origin as u64 & 0xff);
        self.noted.load(Relaxed) != reader && self.noted.swap(reader, Relaxed) != reader
    }
}

/// Bytes, about.
#[derive(Clone)]
struct Weight;

impl Weighter<Box<str>, Arc<Meaning>> for Weight {
    fn weight(&self, address: &Box<str>, known: &Arc<Meaning>) -> u64 {
        /// What an entry costs beside its address and its page.
        const OVERHEAD: usize = 300;
        (address.len() + known.understood.page.as_str().len() + OVERHEAD) as u64
    }
}

/// Addresses that were understood, as they came: path and query. Strangers choose them, so they are hashed by what no
/// stranger can make collide.
pub struct Remembered(Cache<Box<str>, Arc<Meaning>, Weight, RandomState>);

impl Default for Remembered {
    fn default() -> Remembered {
        const MAX_BYTES: u64 = 4 << 20;
        const ABOUT: usize = 10_000;
        Remembered(Cache::with(ABOUT, MAX_BYTES, Weight, RandomState::new(), Default::default()))
    }
}

impl Remembered {
    /// The request, its site and what it asks for, if the same was asked before: without routing it.
    pub fn recall(&self, arrival: &Arc<Arrival>) -> Option<(Request, Arc<Site>, Arc<Meaning>)> {
        let known = self.0.get(address(arrival)?)?;
        let site = actions::sites::of_version(&arrival.shared().app, known.site, known.version)?;
        Some((Request::new(arrival.clone(), known.row.clone()), site, known))
    }

    pub fn understand(&self, request: &Request, site: &Site) -> Result<Understood, Problem> {
        let asked: Asked = request.query()?;
        let understood = asked.understood(request, site)?;
        // Whether a canonical link counts may depend on the time, while development is on.
        if asked.canonical.is_none()
            && let Some(address) = address(request.arrival())
        {
            let (row, understood) = (request.row().clone(), understood.clone());
            let noted = AtomicU64::new(u64::MAX);
            let known = Meaning { site: site.id, version: site.version, row, understood, noted };
            self.0.insert(address.into(), Arc::new(known));
        }
        Ok(understood)
    }
}

/// What is remembered by. An address means this only to a `GET`: what is sent to it by another method may be another
/// route's, or nobody's, and only routing tells. `HEAD` would mean the same, and is seldom asked.
fn address(arrival: &Arrival) -> Option<&str> {
    let address = arrival.uri.path_and_query()?.as_str();
    (arrival.method == Method::GET).then_some(address)
}
