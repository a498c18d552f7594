//! A site's row.

use std::time::Duration;

use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};

use super::super::fault::Fault;
use super::codes;
use super::session::origin;
use crate::domain::sso::{Check, SigningKey, SingleSignOn};
use crate::domain::{Name, Origin, Site, SiteId, SiteSettings, Timestamp, Version};

#[derive(Encode, Decode)]
#[cbor(map)]
pub struct StoredSite {
    #[n(0)]
    key: String,
    #[n(1)]
    name: String,
    #[n(2)]
    origins: Vec<String>,
    #[n(3)]
    development_until: Option<i64>,
    #[n(4)]
    settings: StoredSettings,
    #[n(5)]
    created_at: i64,
    #[n(6)]
    version: u64,
    #[n(7)]
    sso: Option<StoredSso>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct StoredSso {
    #[n(0)]
    current: StoredKey,
    #[n(1)]
    previous: Option<StoredPrevious>,
    #[n(2)]
    roles: bool,
    #[n(3)]
    began_at: i64,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct StoredPrevious {
    #[n(0)]
    key: StoredKey,
    #[n(1)]
    until: i64,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct StoredKey {
    #[n(0)]
    id: String,
    #[n(1)]
    check: StoredCheck,
}

/// A secret has to be kept as it is: what it signs cannot be checked by its hash.
#[derive(Encode, Decode)]
enum StoredCheck {
    #[n(0)]
    Hs256(#[n(0)] String),
    #[n(1)]
    EdDsa(#[n(0)] ByteArray<32>),
    #[n(2)]
    Es256(#[n(0)] ByteArray<65>),
}

impl From<&SigningKey> for StoredKey {
    fn from(key: &SigningKey) -> StoredKey {
        let check = match &key.check {
            Check::Hs256(secret) => StoredCheck::Hs256(secret.clone()),
            Check::EdDsa(public) => StoredCheck::EdDsa((*public).into()),
            Check::Es256(public) => StoredCheck::Es256((*public).into()),
        };
        StoredKey { id: key.id.clone(), check }
    }
}

impl From<StoredKey> for SigningKey {
    fn from(stored: StoredKey) -> SigningKey {
        let check = match stored.check {
            StoredCheck::Hs256(secret) => Check::Hs256(secret),
            StoredCheck::EdDsa(public) => Check::EdDsa(*public),
            StoredCheck::Es256(public) => Check::Es256(*public),
        };
        SigningKey { id: stored.id, check }
    }
}

impl From<&SingleSignOn> for StoredSso {
    fn from(sso: &SingleSignOn) -> StoredSso {
        let previous = sso
            .previous
            .as_ref()
            .map(|(key, until)| StoredPrevious { key: key.into(), until: until.as_millis() });
        StoredSso {
            current: (&sso.current).into(),
            previous,
            roles: sso.roles,
            began_at: sso.began_at.as_millis(),
        }
    }
}

impl From<StoredSso> for SingleSignOn {
    fn from(stored: StoredSso) -> SingleSignOn {
        let previous =
            stored.previous.map(|previous| (previous.key.into(), Timestamp::from_millis(previous.until)));
        SingleSignOn {
            current: stored.current.into(),
            previous,
            roles: stored.roles,
            began_at: Timestamp::from_millis(stored.began_at),
        }
    }
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct StoredSettings {
    #[n(0)]
    guests: bool,
    #[n(1)]
    likes: bool,
    #[n(2)]
    body_max_chars: u64,
    #[n(3)]
    edit_window_ms: u64,
    #[n(4)]
    page_identity: u8,
    #[n(5)]
    keep_query: Vec<String>,
    #[n(6)]
    hold_links: u64,
    /// Absent before there was such a thing.
    #[n(7)]
    guest_proof: Option<bool>,
}

impl From<&Site> for StoredSite {
    fn from(site: &Site) -> StoredSite {
        let settings = &site.settings;
        StoredSite {
            key: site.key.to_string(),
            name: site.name.to_string(),
            origins: site.origins.iter().map(Origin::to_string).collect(),
            development_until: site.development_until.map(Timestamp::as_millis),
            settings: StoredSettings {
                guests: settings.guests,
                likes: settings.likes,
                body_max_chars: settings.body_max_chars as u64,
                edit_window_ms: u64::try_from(settings.edit_window.as_millis()).unwrap_or(u64::MAX),
                page_identity: codes::of_identity(settings.page_identity),
                keep_query: settings.keep_query.clone(),
                hold_links: settings.hold_links as u64,
                guest_proof: Some(settings.guest_proof),
            },
            created_at: site.created_at.as_millis(),
            version: site.version.0,
            sso: site.sso.as_ref().map(StoredSso::from),
        }
    }
}

impl StoredSite {
    pub fn into_site(self, id: SiteId) -> Result<Site, Fault> {
        let settings = self.settings;
        Ok(Site {
            id,
            key: self
                .key
                .parse()
                .map_err(|_| Fault::corrupt(format!("{:?} where a site key was expected", self.key)))?,
            name: Name::from_stored(self.name),
            origins: self.origins.iter().map(|stored| origin(stored)).collect::<Result<_, _>>()?,
            development_until: self.development_until.map(Timestamp::from_millis),
            settings: SiteSettings {
                guests: settings.guests,
                likes: settings.likes,
                body_max_chars: usize::try_from(settings.body_max_chars).unwrap_or(usize::MAX),
                edit_window: Duration::from_millis(settings.edit_window_ms),
                page_identity: codes::identity(settings.page_identity)?,
                keep_query: settings.keep_query,
                hold_links: usize::try_from(settings.hold_links).unwrap_or(usize::MAX),
                guest_proof: settings.guest_proof.unwrap_or(true),
            },
            created_at: Timestamp::from_millis(self.created_at),
            version: Version(self.version),
            sso: self.sso.map(SingleSignOn::from),
        })
    }
}
