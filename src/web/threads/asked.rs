//! What a reader asks for: a page, an order, where to go on. Understanding an address takes several times as long as
//! answering `304`, and readers of one page all send the same: so what a query meant is remembered.

use std::sync::Arc;

use moka::future::Cache;
use serde::Deserialize;

use crate::domain::{PageKey, Site};
use crate::web::Request;
use crate::web::cursor;
use crate::web::mine::page_ref;
use crate::web::problem::Problem;
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
        let page = page_ref(&self.page, self.canonical.clone()).key(site, request.app.clock.now())?;
        let order = self.order.into();
        let after = self.after.as_deref().map(|cursor| cursor::parse_roots(cursor, order)).transpose()?;
        Ok(Understood { page, order: self.order, part: Part::Page { order, after } })
    }
}

/// Queries that were understood, by a hash of the site as it was and the query.
pub struct Remembered(Cache<[u8; 32], Arc<Understood>>);

impl Default for Remembered {
    fn default() -> Remembered {
        /// Bytes kept; some ten thousand pages.
        const MAX_BYTES: u64 = 4 << 20;
        /// What an entry costs beside its page.
        const OVERHEAD: usize = 300;
        let weight = |_: &[u8; 32], known: &Arc<Understood>| {
            u32::try_from(known.page.as_str().len() + OVERHEAD).unwrap_or(u32::MAX)
        };
        Remembered(Cache::builder().max_capacity(MAX_BYTES).weigher(weight).build())
    }
}

impl Remembered {
    pub async fn understand(&self, request: &Request, site: &Site) -> Result<Arc<Understood>, Problem> {
        let query = request.raw_query();
        let mut hasher = blake3::Hasher::new();
        // What pages are one and which are two, the site's settings say: its version moves with them.
        hasher
            .update(&site.id.0.to_be_bytes())
            .update(&site.version.0.to_be_bytes())
            .update(query.as_bytes());
        let key = *hasher.finalize().as_bytes();
        if let Some(known) = self.0.get(&key).await {
            return Ok(known);
        }
        let asked: Asked = request.query()?;
        let understood = Arc::new(asked.understood(request, site)?);
        // Whether a canonical link counts may depend on the time, while development is on.
        if asked.canonical.is_none() {
            self.0.insert(key, understood.clone()).await;
        }
        Ok(understood)
    }
}
