//! Providers that are switched on: what an owner pasted, and what differs from the usual.

use std::path::PathBuf;

use url::Url;

use super::Secret;
use crate::domain::ProviderId;

/// `[providers.NAME]`.
#[derive(Clone, Debug)]
pub struct ProviderSettings {
    /// Its section's name; part of its redirect address.
    pub id: ProviderId,
    pub kind: ProviderKind,
    /// On its button; `None` for the kind's own.
    pub name: Option<String>,
    /// A path in a 24 × 24 box, for its button; `None` for the kind's own.
    pub icon: Option<String>,
    pub client_id: String,
    pub client_secret: Option<Secret>,
    /// Where the secret was read from, if it was not set itself.
    pub client_secret_file: Option<PathBuf>,
    /// `oidc`: whose discovery document is asked.
    pub issuer: Option<Url>,
    /// `gitlab`: where it runs. For the others, where tests and mirrors are.
    pub base_url: Option<Url>,
    /// Whether its verified addresses may lead to an account that has them; `None` for the kind's own.
    pub trust_email: Option<bool>,
    /// `microsoft`: `common`, `organizations`, `consumers` or a tenant.
    pub tenant: Option<String>,
    /// `apple`: what signs the client secret.
    pub apple: Option<AppleKey>,
}

#[derive(Clone, Debug)]
pub struct AppleKey {
    pub team_id: String,
    pub key_id: String,
    /// PKCS #8, PEM.
    pub private_key: Secret,
    pub key_file: PathBuf,
}

/// What a provider speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProviderKind {
    /// OpenID Connect, by discovery.
    Oidc,
    Google,
    GitHub,
    WordPressCom,
    X,
    Facebook,
    Microsoft,
    Apple,
    GitLab,
    Discord,
    Mastodon,
    Telegram,
    Twitch,
    Patreon,
}
