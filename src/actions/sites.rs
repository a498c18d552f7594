//! Which site is meant.

use std::sync::Arc;

use crate::app::App;
use crate::domain::{Refusal, Site, SiteId, SiteKey, Version};

/// The site of this key. From memory: never waits.
pub fn find(app: &App, key: &SiteKey) -> Result<Arc<Site>, Refusal> {
    app.store.site(key).ok_or(Refusal::UnknownSite)
}

/// The site of this id, if it has not changed since it had this version. From memory: never waits.
pub fn of_version(app: &App, id: SiteId, version: Version) -> Option<Arc<Site>> {
    app.store.site_by_id(id).filter(|site| site.version == version)
}
