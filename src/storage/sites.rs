//! Sites, in memory for reading: asked on every request.

use std::sync::Arc;

use async_trait::async_trait;

use super::{Answer, StoreError};
use crate::domain::sso::SingleSignOn;
use crate::domain::{AccountId, Member, Name, Origin, Role, Site, SiteId, SiteKey, SiteSettings, Timestamp};

/// A change to a site: `None` leaves a thing as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SiteChange {
    pub name: Option<Name>,
    pub origins: Option<Vec<Origin>>,
    pub development_until: Option<Option<Timestamp>>,
    pub settings: Option<SiteSettings>,
    /// Single sign-on as it is from now on; `Some(None)` switches it off.
    pub sso: Option<Option<SingleSignOn>>,
}

/// A page outside the site's origins that asked for its comments: so that the owner can add it with a click.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    pub origin: Origin,
    pub at: Timestamp,
}

/// Somebody with a role on a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staff {
    pub account: AccountId,
    pub role: Role,
    pub name: Option<Name>,
}

#[async_trait]
pub trait Sites: Send + Sync {
    /// From memory; never waits.
    fn site(&self, key: &SiteKey) -> Option<Arc<Site>>;
    fn site_by_id(&self, id: SiteId) -> Option<Arc<Site>>;
    /// All sites by key, from memory.
    fn sites(&self) -> Vec<Arc<Site>>;

    /// Adds a site with `owner` as its owner, if one is given. Refuses with `SiteExists`.
    async fn add_site(
        &self,
        key: SiteKey,
        name: Name,
        origins: Vec<Origin>,
        development_until: Option<Timestamp>,
        owner: Option<AccountId>,
        now: Timestamp,
    ) -> Answer<Arc<Site>>;
    /// Changes a site and moves its version.
    async fn change_site(&self, site: SiteId, change: SiteChange) -> Answer<Arc<Site>>;

    /// What `account` is on `site`; `None` before they wrote or were given a role.
    async fn member(&self, site: SiteId, account: AccountId) -> Result<Option<Member>, StoreError>;
    /// Stores role and standing of a member and moves the site's version, since badges show.
    async fn set_member(&self, member: Member) -> Result<(), StoreError>;
    /// Everybody with a role on `site`, by role then name. From memory, read once: everyone who posts asks, whose name
    /// must not be one of theirs.
    async fn staff(&self, site: SiteId) -> Result<Arc<[Staff]>, StoreError>;

    /// Remembers refused origins, the latest 20 per site.
    async fn note_refused_origins(&self, site: SiteId, seen: Vec<Sighting>) -> Result<(), StoreError>;
    async fn refused_origins(&self, site: SiteId) -> Result<Vec<Sighting>, StoreError>;
}
