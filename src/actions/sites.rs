//! Which site is meant.

use std::sync::Arc;

use crate::app::App;
use crate::domain::{Refusal, Site, SiteKey};

/// The site of this key. From memory: never waits.
pub fn find(app: &App, key: &SiteKey) -> Result<Arc<Site>, Refusal> {
    app.store.site(key).ok_or(Refusal::UnknownSite)
}
