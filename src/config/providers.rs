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
    /// Empty for `mastodon`, where every server gives its own.
    pub client_id: String,
    pub client_secret: Option<Secret>,
    /// Where the secret was read from, if it was not set itself.
    pub client_secret_file: Option<PathBuf>,
    /// `oidc`: whose discovery document is asked.
    pub issuer: Option<Url>,
    /// `gitlab`: where it runs. `mastodon`: the one server to offer. For the others, where tests and mirrors are.
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

/// What a kind does with a key of its section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Nothing works without.
    Required,
    Optional,
    /// It has none; why, if that is not plain.
    Never(&'static str),
}

impl ProviderKind {
    pub const ALL: [ProviderKind; 14] = [
        ProviderKind::Oidc,
        ProviderKind::Google,
        ProviderKind::GitHub,
        ProviderKind::WordPressCom,
        ProviderKind::X,
        ProviderKind::Facebook,
        ProviderKind::Microsoft,
        ProviderKind::Apple,
        ProviderKind::GitLab,
        ProviderKind::Discord,
        ProviderKind::Mastodon,
        ProviderKind::Telegram,
        ProviderKind::Twitch,
        ProviderKind::Patreon,
    ];

    /// As `kind` names it, and the section that is of this kind without saying so.
    pub fn as_str(self) -> &'static str {
        match self {
            ProviderKind::Oidc => "oidc",
            ProviderKind::Google => "google",
            ProviderKind::GitHub => "github",
            ProviderKind::WordPressCom => "wordpress-com",
            ProviderKind::X => "x",
            ProviderKind::Facebook => "facebook",
            ProviderKind::Microsoft => "microsoft",
            ProviderKind::Apple => "apple",
            ProviderKind::GitLab => "gitlab",
            ProviderKind::Discord => "discord",
            ProviderKind::Mastodon => "mastodon",
            ProviderKind::Telegram => "telegram",
            ProviderKind::Twitch => "twitch",
            ProviderKind::Patreon => "patreon",
        }
    }

    pub fn named(name: &str) -> Option<ProviderKind> {
        ProviderKind::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// What this kind does with `key` of its section.
    pub fn needs(self, key: &str) -> Need {
        use ProviderKind::{Apple, Facebook, GitLab, Mastodon, Microsoft, Oidc, Telegram, X};
        match (key, self) {
            ("client_id" | "client_secret" | "client_secret_file", Mastodon) => {
                Need::Never("every server gives its own, by itself")
            }
            ("client_secret" | "client_secret_file", Apple) => {
                Need::Never("it is made from team_id, key_id and key_file")
            }
            ("client_id", _) => Need::Required,
            // These take clients without a secret, too.
            ("client_secret", Oidc | GitLab | X) => Need::Optional,
            ("client_secret", _) => Need::Required,
            ("issuer", Oidc) => Need::Required,
            ("issuer", _) => {
                Need::Never("only OpenID Connect issuers of your own have one (kind = \"oidc\")")
            }
            ("base_url", Oidc) => Need::Never("its addresses come from the issuer"),
            ("tenant", Microsoft) => Need::Optional,
            ("tenant", _) => Need::Never("only microsoft has tenants"),
            ("team_id" | "key_id" | "key_file", Apple) => Need::Required,
            ("team_id" | "key_id" | "key_file", _) => Need::Never("only apple has one"),
            ("trust_email", Microsoft) => {
                Need::Never("administrators there can write any address, so none ever leads to an account")
            }
            ("trust_email", Facebook) => Need::Never("it does not say which addresses it verified"),
            ("trust_email", Mastodon | Telegram) => Need::Never("it gives no addresses"),
            _ => Need::Optional,
        }
    }
}
