//! Sites, members, and origins that were refused.

use std::sync::Arc;

use async_trait::async_trait;

use super::RedbStore;
use super::catalog;
use super::fault::Fault;
use super::keys;
use super::ledger;
use super::staff;
use super::stored::people::StoredMember;
use super::stored::session::origin;
use super::stored::site::StoredSite;
use super::tables::{CborRows, Fixed, Rows, Tables};
use super::unit::Effects;
use crate::domain::{
    AccountId, Member, Name, Origin, Refusal, Role, Site, SiteId, SiteKey, SiteSettings, Timestamp, Version,
};
use crate::storage::sites::{Sighting, SiteChange, Staff};
use crate::storage::{Answer, Sites, StoreError};

/// Refused origins kept per site.
const SIGHTINGS: usize = 20;

#[async_trait]
impl Sites for RedbStore {
    fn site(&self, key: &SiteKey) -> Option<Arc<Site>> {
        self.engine.catalog.by_key(key)
    }

    fn site_by_id(&self, id: SiteId) -> Option<Arc<Site>> {
        self.engine.catalog.by_id(id)
    }

    fn sites(&self) -> Vec<Arc<Site>> {
        self.engine.catalog.all()
    }

    async fn add_site(
        &self,
        key: SiteKey,
        name: Name,
        origins: Vec<Origin>,
        development_until: Option<Timestamp>,
        owner: Option<AccountId>,
        now: Timestamp,
    ) -> Answer<Arc<Site>> {
        self.write(move |tables, effects| {
            if tables.site_by_key.get(key.as_str().as_bytes())?.is_some() {
                return Ok(Err(Refusal::SiteExists));
            }
            let id = u32::try_from(ledger::next_number(tables, "last_site")?)
                .map_err(|_| Fault::corrupt("more sites than there are numbers for them"))?;
            let site = Site {
                id: SiteId(id),
                key: key.clone(),
                name: name.clone(),
                origins: origins.clone(),
                development_until,
                settings: SiteSettings::default(),
                sso: None,
                created_at: now,
                version: Version(1),
            };
            if let Some(owner) = owner {
                let member = Member { role: Role::Owner, ..Member::new(site.id, owner, now) };
                tables.members.write(&keys::member(site.id, owner), &StoredMember::from(&member))?;
            }
            tables.site_by_key.insert(key.as_str().as_bytes(), &keys::site(site.id))?;
            save(tables, effects, &site)?;
            Ok(Ok(Arc::new(site)))
        })
        .await
    }

    async fn change_site(&self, site: SiteId, change: SiteChange) -> Answer<Arc<Site>> {
        self.write(move |tables, effects| {
            let Some(mut site) = catalog::stored(&tables.sites, site)? else {
                return Ok(Err(Refusal::UnknownSite));
            };
            let change = change.clone();
            if let Some(name) = change.name {
                site.name = name;
            }
            if let Some(origins) = change.origins {
                site.origins = origins;
                for origin in site.origins.clone() {
                    let key = keys::refused_origin(site.id, origin.as_str());
                    tables.refused_origins.remove(key.as_slice())?;
                }
            }
            if let Some(until) = change.development_until {
                site.development_until = until;
            }
            if let Some(settings) = change.settings {
                site.settings = settings;
            }
            if let Some(sso) = change.sso {
                site.sso = sso;
            }
            site.version = site.version.next();
            save(tables, effects, &site)?;
            Ok(Ok(Arc::new(site)))
        })
        .await
    }

    async fn member(&self, site: SiteId, account: AccountId) -> Result<Option<Member>, StoreError> {
        self.read(move |snapshot| member(&snapshot.members, site, account)).await
    }

    async fn set_member(&self, new: Member) -> Result<(), StoreError> {
        self.write(move |tables, effects| {
            let known = member(&tables.members, new.site, new.account)?;
            let member = match known {
                // What they wrote is counted here, not by the caller.
                Some(known) => Member { role: new.role, standing: new.standing, ..known },
                None => Member { published: 0, ..new.clone() },
            };
            let key = keys::member(new.site, new.account);
            tables.members.write(&key, &StoredMember::from(&member))?;
            move_version(tables, effects, new.site)
        })
        .await
    }

    async fn staff(&self, site: SiteId) -> Result<Arc<[Staff]>, StoreError> {
        let version = || self.site_by_id(site).map(|site| site.version);
        let read = || self.read(move |snapshot| staff::read(snapshot, site));
        self.engine.staff.of(site, version, read).await
    }

    async fn note_refused_origins(&self, site: SiteId, seen: Vec<Sighting>) -> Result<(), StoreError> {
        self.write(move |tables, _| {
            for sighting in &seen {
                let key = keys::refused_origin(site, sighting.origin.as_str());
                tables.refused_origins.insert(key.as_slice(), sighting.at.as_millis())?;
            }
            for old in sightings(&tables.refused_origins, site)?.into_iter().skip(SIGHTINGS) {
                let key = keys::refused_origin(site, old.origin.as_str());
                tables.refused_origins.remove(key.as_slice())?;
            }
            Ok(())
        })
        .await
    }

    async fn refused_origins(&self, site: SiteId) -> Result<Vec<Sighting>, StoreError> {
        self.read(move |snapshot| sightings(&snapshot.refused_origins, site)).await
    }
}

fn save(tables: &mut Tables<'_>, effects: &mut Effects, site: &Site) -> Result<(), Fault> {
    effects.sites.push(site.clone());
    tables.sites.write(&keys::site(site.id), &StoredSite::from(site))
}

/// Something that shows on every page of the site changed: a name, a role.
pub fn move_version(tables: &mut Tables<'_>, effects: &mut Effects, site: SiteId) -> Result<(), Fault> {
    let Some(mut site) = catalog::stored(&tables.sites, site)? else { return Ok(()) };
    site.version = site.version.next();
    save(tables, effects, &site)
}

pub fn member(
    members: &impl CborRows<Fixed<20>>,
    site: SiteId,
    account: AccountId,
) -> Result<Option<Member>, Fault> {
    members
        .read::<StoredMember>(&keys::member(site, account))?
        .map(|row| row.into_member(site, account))
        .transpose()
}

/// The latest first.
fn sightings(rows: &impl Rows<super::tables::Open, i64>, site: SiteId) -> Result<Vec<Sighting>, Fault> {
    let first = keys::site(site);
    let after = keys::site(SiteId(site.0.saturating_add(1)));
    let mut seen = Vec::new();
    for row in rows.range(&first[..]..&after[..])? {
        let (key, at) = row?;
        let stored = std::str::from_utf8(&key.value()[first.len()..])
            .map_err(|_| Fault::corrupt("a refused origin that is no text"))?;
        seen.push(Sighting { origin: origin(stored)?, at: Timestamp::from_millis(at.value()) });
    }
    seen.sort_by_key(|sighting| std::cmp::Reverse(sighting.at));
    Ok(seen)
}
