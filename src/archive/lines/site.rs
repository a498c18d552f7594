//! Sites, their settings, and where they were asked from in vain.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Hex, moment, ms};
use crate::domain::sites::PageIdentity;
use crate::domain::sso::{Check, SigningKey, SingleSignOn};
use crate::domain::{Name, Origin, Site, SiteId, SiteSettings, Version};
use crate::storage::archive::Entity;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteLine {
    id: u32,
    key: String,
    name: String,
    origins: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    development_until: Option<i64>,
    settings: SettingsLine,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    single_sign_on: Option<SsoLine>,
    created_at: i64,
    version: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SettingsLine {
    guests: bool,
    guest_proof: bool,
    likes: bool,
    body_max_chars: u64,
    edit_window_ms: u64,
    page_identity: PageIdentityWord,
    keep_query: Vec<String>,
    hold_links: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PageIdentityWord {
    Path,
    Url,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SsoLine {
    current: KeyLine,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<PreviousLine>,
    roles: bool,
    began_at: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PreviousLine {
    key: KeyLine,
    until: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyLine {
    id: String,
    check: CheckLine,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum CheckLine {
    /// A secret.
    Hs256(String),
    EdDsa(Hex),
    Es256(Hex),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefusedOriginLine {
    pub site: u32,
    pub origin: String,
    pub at: i64,
}

impl From<Site> for SiteLine {
    fn from(site: Site) -> SiteLine {
        let Site { id, key, name, origins, development_until, settings, sso, created_at, version } = site;
        SiteLine {
            id: id.0,
            key: key.to_string(),
            name: name.to_string(),
            origins: origins.iter().map(Origin::to_string).collect(),
            development_until: development_until.map(ms),
            settings: settings.into(),
            single_sign_on: sso.map(SsoLine::from),
            created_at: ms(created_at),
            version: version.0,
        }
    }
}

impl SiteLine {
    pub fn into_site(self) -> Result<Site, String> {
        Ok(Site {
            id: SiteId(self.id),
            key: self.key.parse().map_err(|refusal| format!("key: {refusal}"))?,
            name: Name::from_stored(self.name),
            origins: self.origins.iter().map(|raw| origin("origins", raw)).collect::<Result<_, _>>()?,
            development_until: self.development_until.map(moment),
            settings: self.settings.into(),
            sso: self.single_sign_on.map(SsoLine::into_sso).transpose()?,
            created_at: moment(self.created_at),
            version: Version(self.version),
        })
    }
}

impl From<SiteSettings> for SettingsLine {
    fn from(settings: SiteSettings) -> SettingsLine {
        let SiteSettings {
            guests,
            guest_proof,
            likes,
            body_max_chars,
            edit_window,
            page_identity,
            keep_query,
            hold_links,
        } = settings;
        SettingsLine {
            guests,
            guest_proof,
            likes,
            body_max_chars: body_max_chars as u64,
            edit_window_ms: u64::try_from(edit_window.as_millis()).unwrap_or(u64::MAX),
            page_identity: match page_identity {
                PageIdentity::Path => PageIdentityWord::Path,
                PageIdentity::Url => PageIdentityWord::Url,
            },
            keep_query,
            hold_links: hold_links as u64,
        }
    }
}

impl From<SettingsLine> for SiteSettings {
    fn from(line: SettingsLine) -> SiteSettings {
        SiteSettings {
            guests: line.guests,
            guest_proof: line.guest_proof,
            likes: line.likes,
            body_max_chars: usize::try_from(line.body_max_chars).unwrap_or(usize::MAX),
            edit_window: Duration::from_millis(line.edit_window_ms),
            page_identity: match line.page_identity {
                PageIdentityWord::Path => PageIdentity::Path,
                PageIdentityWord::Url => PageIdentity::Url,
            },
            keep_query: line.keep_query,
            hold_links: usize::try_from(line.hold_links).unwrap_or(usize::MAX),
        }
    }
}

impl From<SingleSignOn> for SsoLine {
    fn from(sso: SingleSignOn) -> SsoLine {
        let SingleSignOn { current, previous, roles, began_at } = sso;
        let previous = previous.map(|(key, until)| PreviousLine { key: key.into(), until: ms(until) });
        SsoLine { current: current.into(), previous, roles, began_at: ms(began_at) }
    }
}

impl SsoLine {
    fn into_sso(self) -> Result<SingleSignOn, String> {
        let previous = match self.previous {
            Some(previous) => Some((previous.key.into_key()?, moment(previous.until))),
            None => None,
        };
        let current = self.current.into_key()?;
        Ok(SingleSignOn { current, previous, roles: self.roles, began_at: moment(self.began_at) })
    }
}

impl From<SigningKey> for KeyLine {
    fn from(key: SigningKey) -> KeyLine {
        let SigningKey { id, check } = key;
        let check = match check {
            Check::Hs256(secret) => CheckLine::Hs256(secret),
            Check::EdDsa(public) => CheckLine::EdDsa(Hex::of(&public)),
            Check::Es256(public) => CheckLine::Es256(Hex::of(&public)),
        };
        KeyLine { id, check }
    }
}

impl KeyLine {
    fn into_key(self) -> Result<SigningKey, String> {
        let check = match self.check {
            CheckLine::Hs256(secret) => Check::Hs256(secret),
            CheckLine::EdDsa(public) => Check::EdDsa(public.array("ed_dsa")?),
            CheckLine::Es256(public) => Check::Es256(public.array("es256")?),
        };
        Ok(SigningKey { id: self.id, check })
    }
}

impl RefusedOriginLine {
    pub fn into_entity(self) -> Result<Entity, String> {
        let origin = origin("origin", &self.origin)?;
        Ok(Entity::RefusedOrigin { site: SiteId(self.site), origin, at: moment(self.at) })
    }
}

fn origin(field: &str, raw: &str) -> Result<Origin, String> {
    Origin::parse(raw).ok_or_else(|| format!("{field}: expected an origin such as https://blog.example"))
}
