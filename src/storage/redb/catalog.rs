//! All sites, in memory: every request asks for one.

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwap;

use super::fault::Fault;
use super::keys;
use super::stored::site::StoredSite;
use super::tables::{Rows, Snapshot};
use crate::domain::{Site, SiteId, SiteKey};

#[derive(Default)]
pub struct Catalog {
    sites: ArcSwap<Sites>,
}

#[derive(Default, Clone)]
struct Sites {
    by_key: BTreeMap<SiteKey, Arc<Site>>,
    by_id: BTreeMap<SiteId, Arc<Site>>,
}

impl Catalog {
    pub fn by_key(&self, key: &SiteKey) -> Option<Arc<Site>> {
        self.sites.load().by_key.get(key).cloned()
    }

    pub fn by_id(&self, id: SiteId) -> Option<Arc<Site>> {
        self.sites.load().by_id.get(&id).cloned()
    }

    pub fn all(&self) -> Vec<Arc<Site>> {
        self.sites.load().by_key.values().cloned().collect()
    }

    /// Puts in what a commit changed. Only the writer thread calls this.
    pub fn put(&self, changed: Vec<Site>) {
        if changed.is_empty() {
            return;
        }
        let mut sites = Sites::clone(&self.sites.load());
        changed.into_iter().for_each(|site| sites.put(site));
        self.sites.store(Arc::new(sites));
    }

    /// Replaces everything by what the file holds.
    pub fn load(&self, snapshot: &Snapshot<'_>) -> Result<(), Fault> {
        let mut sites = Sites::default();
        for row in snapshot.sites.all()? {
            let (key, value) = row?;
            let id = SiteId(u32::from_be_bytes(*key.value()));
            sites.put(super::codec::decode::<StoredSite>(value.value())?.into_site(id)?);
        }
        self.sites.store(Arc::new(sites));
        Ok(())
    }
}

impl Sites {
    fn put(&mut self, site: Site) {
        let site = Arc::new(site);
        self.by_key.insert(site.key.clone(), Arc::clone(&site));
        self.by_id.insert(site.id, site);
    }
}

/// One site, as a transaction sees it.
pub fn stored(
    sites: &impl super::tables::CborRows<super::tables::Fixed<4>>,
    id: SiteId,
) -> Result<Option<Site>, Fault> {
    sites.read::<StoredSite>(&keys::site(id))?.map(|row| row.into_site(id)).transpose()
}
