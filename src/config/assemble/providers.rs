//! The sections of providers: of which kind each is, and whether it has what its kind needs.

use std::path::PathBuf;

use url::Url;

use super::Values;
use crate::config::keys::providers::KEYS;
use crate::config::mistakes::Place;
use crate::config::near::most_like;
use crate::config::providers::{AppleKey, Need, ProviderKind, ProviderSettings};
use crate::config::read::{IconPath, Label};
use crate::config::{BaseUrl, Secret};
use crate::domain::ProviderId;

pub(super) fn all(values: &mut Values<'_>) -> Vec<ProviderSettings> {
    let sections = values.settings.providers.clone();
    sections.into_iter().filter_map(|(id, place)| Section { id, place, values }.read()).collect()
}

struct Section<'v, 'm> {
    id: ProviderId,
    /// Where it begins.
    place: Place,
    values: &'v mut Values<'m>,
}

impl Section<'_, '_> {
    /// `None` after a mistake that leaves nothing to go on with.
    fn read(mut self) -> Option<ProviderSettings> {
        let kind = self.kind()?;
        self.check_keys(kind);
        let client_secret_file: Option<PathBuf> = self.get("client_secret_file");
        let client_secret = self.values.secret(
            &self.key("client_secret"),
            &self.key("client_secret_file"),
            client_secret_file.as_deref(),
        );
        Some(ProviderSettings {
            kind,
            name: self.get::<Label>("name").map(|Label(name)| name),
            icon: self.get::<IconPath>("icon").map(|IconPath(path)| path),
            client_id: self.get("client_id").unwrap_or_default(),
            client_secret,
            client_secret_file,
            issuer: self.address("issuer"),
            base_url: self.address("base_url"),
            trust_email: self.get("trust_email"),
            tenant: self.tenant(),
            apple: if kind == ProviderKind::Apple { self.apple() } else { None },
            id: self.id,
        })
    }

    fn key(&self, name: &str) -> String {
        format!("providers.{}.{name}", self.id)
    }

    fn is_set(&self, name: &str) -> bool {
        self.values.is_set(&self.key(name))
    }

    fn get<T: super::Readable>(&mut self, name: &str) -> Option<T> {
        let key = self.key(name);
        self.values.optional(&key)
    }

    fn refuse(&mut self, name: &str, message: impl Into<String>) {
        let key = self.key(name);
        self.values.refuse(&key, message);
    }

    /// What it says it is, else what its name says; under any other name, an issuer.
    fn kind(&mut self) -> Option<ProviderKind> {
        if self.is_set("kind") {
            return self.get("kind");
        }
        let named = ProviderKind::named(self.id.as_str());
        if named.is_none() && !self.is_set("issuer") && !self.values.settings.is_partial {
            let id = &self.id;
            let kinds = ProviderKind::ALL.map(ProviderKind::as_str);
            let message = match most_like(id.as_str(), kinds.into_iter()) {
                Some(near) => format!(
                    "providers.{id} is no provider that is known: did you mean providers.{near}? \
                     (an OpenID Connect issuer of your own needs issuer; anything else, kind)"
                ),
                None => format!(
                    "providers.{id} is no provider that is known: set issuer for an OpenID Connect issuer, \
                     or kind to one of {}",
                    kinds.join(", ")
                ),
            };
            self.values.mistakes.add(&self.place, message);
            return None;
        }
        Some(named.unwrap_or(ProviderKind::Oidc))
    }

    /// What is set but means nothing for this kind, and what is missing.
    fn check_keys(&mut self, kind: ProviderKind) {
        for key in KEYS.iter().map(|key| key.last()) {
            match kind.needs(key) {
                Need::Never(why) if self.is_set(key) => {
                    self.refuse(key, format!("means nothing for {}: {why}", kind.as_str()));
                }
                Need::Required if !self.is_set(key) && !self.values.settings.is_partial => {
                    let whole = self.key(key);
                    let missing = match key {
                        "client_secret" if self.is_set("client_secret_file") => continue,
                        "client_secret" => format!("{whole}_file (or {whole}) is missing"),
                        _ => format!("{whole} is missing"),
                    };
                    self.values.mistakes.add(&self.place, missing);
                }
                _ => {}
            }
        }
    }

    /// An address we send people to and secrets with.
    fn address(&mut self, name: &str) -> Option<Url> {
        let base: BaseUrl = self.get(name)?;
        if !base.is_https() && !base.is_local() {
            self.refuse(name, "expected https, or sign-ins can be overheard and made up");
            return None;
        }
        Url::parse(&base.join("")).ok()
    }

    fn tenant(&mut self) -> Option<String> {
        let tenant: String = self.get("tenant")?;
        let fits = tenant.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'));
        if !fits {
            self.refuse(
                "tenant",
                "expected common, organizations, consumers, or an organization's id or domain",
            );
        }
        Some(tenant)
    }

    fn apple(&mut self) -> Option<AppleKey> {
        let (team_id, key_id) = (self.get("team_id"), self.get("key_id"));
        let key_file: PathBuf = self.get("key_file")?;
        let shown = key_file.display();
        match std::fs::read_to_string(&key_file) {
            Ok(text) if text.contains("-----BEGIN PRIVATE KEY-----") => {
                Some(AppleKey { team_id: team_id?, key_id: key_id?, private_key: Secret(text), key_file })
            }
            Ok(_) => {
                let message = format!("expected a private key (PEM, as in Apple's .p8) in {shown}");
                self.refuse("key_file", message);
                None
            }
            Err(error) => {
                let message = format!("{shown} cannot be read: {error}");
                self.refuse("key_file", message);
                None
            }
        }
    }
}
