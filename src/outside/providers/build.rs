//! From what an owner wrote to a provider that people can sign in with.

use std::sync::Arc;

use url::Url;

use super::apple::SecretSigner;
use super::client::{Client, SecretIn};
use super::mastodon::Mastodon;
use super::oauth::{Dialect as OAuthDialect, OAuth};
use super::openid::{Dialect, OpenId};
use super::{Icon, Now, Provider, ProviderError};
use super::{apple, discord, facebook, github, gitlab, google, mastodon, microsoft, oidc, patreon, telegram};
use super::{twitch, wordpress_com, x};
use crate::config::Secret;
use crate::config::providers::{ProviderKind, ProviderSettings};
use crate::outside::http::Http;

/// The provider that `settings` describe. Nothing is asked yet: that happens when somebody signs in.
pub fn build(
    settings: &ProviderSettings,
    http: &Http,
    now: &Now,
) -> Result<Arc<dyn Provider>, ProviderError> {
    let base = |default: &str| settings.base_url.as_ref().map_or(default, Url::as_str).to_owned();
    let kind = match settings.kind {
        ProviderKind::Oidc => {
            let issuer = settings.issuer.as_ref().or(settings.base_url.as_ref());
            let issuer = issuer.ok_or_else(|| ProviderError::Refused("an issuer is missing".into()))?;
            (oidc::NAME, oidc::ICON, oidc::TRUSTED, issuer.as_str().to_owned(), oidc::dialect())
        }
        ProviderKind::Google => {
            (google::NAME, google::ICON, google::TRUSTED, base(google::ISSUER), google::dialect())
        }
        ProviderKind::Microsoft => {
            let tenant = settings.tenant.as_deref().unwrap_or(microsoft::TENANT);
            let issuer = microsoft::issuer(&base(microsoft::HOST), tenant)?;
            (microsoft::NAME, microsoft::ICON, microsoft::TRUSTED, issuer, microsoft::dialect())
        }
        ProviderKind::Apple => {
            (apple::NAME, apple::ICON, apple::TRUSTED, base(apple::ISSUER), apple::dialect())
        }
        ProviderKind::GitLab => {
            (gitlab::NAME, gitlab::ICON, gitlab::TRUSTED, base(gitlab::ISSUER), gitlab::dialect())
        }
        ProviderKind::Telegram => {
            (telegram::NAME, telegram::ICON, telegram::TRUSTED, base(telegram::ISSUER), telegram::dialect())
        }
        ProviderKind::Twitch => {
            (twitch::NAME, twitch::ICON, twitch::TRUSTED, base(twitch::ISSUER), twitch::dialect())
        }
        ProviderKind::GitHub => {
            return Ok(oauth(settings, http, github::NAME, github::ICON, github::TRUSTED, github::GitHub));
        }
        ProviderKind::WordPressCom => {
            let (name, icon, trusted) = (wordpress_com::NAME, wordpress_com::ICON, wordpress_com::TRUSTED);
            return Ok(oauth(settings, http, name, icon, trusted, wordpress_com::WordPressCom));
        }
        ProviderKind::X => return Ok(oauth(settings, http, x::NAME, x::ICON, x::TRUSTED, x::X)),
        ProviderKind::Facebook => {
            let (name, icon, trusted) = (facebook::NAME, facebook::ICON, facebook::TRUSTED);
            return Ok(oauth(settings, http, name, icon, trusted, facebook::Facebook));
        }
        ProviderKind::Discord => {
            return Ok(oauth(
                settings,
                http,
                discord::NAME,
                discord::ICON,
                discord::TRUSTED,
                discord::Discord,
            ));
        }
        ProviderKind::Patreon => {
            return Ok(oauth(
                settings,
                http,
                patreon::NAME,
                patreon::ICON,
                patreon::TRUSTED,
                patreon::Patreon,
            ));
        }
        ProviderKind::Mastodon => return Ok(any_mastodon(settings, http, now)),
    };
    open_id(settings, http, now, kind)
}

type Kind = (&'static str, &'static str, bool, String, Dialect);

fn open_id(
    settings: &ProviderSettings,
    http: &Http,
    now: &Now,
    (name, icon, trusted, issuer, dialect): Kind,
) -> Result<Arc<dyn Provider>, ProviderError> {
    let issuer =
        Url::parse(&issuer).map_err(|_| ProviderError::Refused("the issuer is not an address".into()))?;
    let is_apple = settings.kind == ProviderKind::Apple;
    let signer = match &settings.apple {
        Some(key) if is_apple => {
            let audience = issuer.as_str().trim_end_matches('/');
            Some(SecretSigner::new(key, &settings.client_id, audience)?)
        }
        None if is_apple => {
            return Err(ProviderError::Refused("the key that signs its client secrets is missing".into()));
        }
        _ => None,
    };
    // What the standard takes for granted where a discovery document says nothing.
    let secret_in = if settings.kind == ProviderKind::Oidc { SecretIn::Header } else { SecretIn::Body };
    Ok(Arc::new(OpenId {
        id: settings.id.clone(),
        name: settings.name.clone().unwrap_or_else(|| name.to_owned()),
        icon: icon_of(settings, icon),
        client: client(settings, http, secret_in),
        is_trusted: settings.trust_email.unwrap_or(trusted) && settings.kind != ProviderKind::Microsoft,
        dialect,
        issuer,
        signer,
        is_apple: is_apple && settings.base_url.is_none(),
        now: now.clone(),
        metadata: Default::default(),
        keys: Default::default(),
    }))
}

fn oauth(
    settings: &ProviderSettings,
    http: &Http,
    name: &str,
    icon: &str,
    trusted: bool,
    dialect: impl OAuthDialect + 'static,
) -> Arc<dyn Provider> {
    let secret_in = if settings.kind == ProviderKind::X { SecretIn::Header } else { SecretIn::Body };
    Arc::new(OAuth {
        id: settings.id.clone(),
        name: settings.name.clone().unwrap_or_else(|| name.to_owned()),
        icon: icon_of(settings, icon),
        client: client(settings, http, secret_in),
        base: settings.base_url.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned()),
        is_trusted: settings.trust_email.unwrap_or(trusted),
        dialect: Box::new(dialect),
    })
}

fn any_mastodon(settings: &ProviderSettings, http: &Http, now: &Now) -> Arc<dyn Provider> {
    Arc::new(Mastodon {
        id: settings.id.clone(),
        name: settings.name.clone().unwrap_or_else(|| mastodon::NAME.to_owned()),
        icon: icon_of(settings, mastodon::ICON),
        http: client(settings, http, SecretIn::Body).http,
        only: settings.base_url.clone(),
        now: now.clone(),
        apps: Default::default(),
    })
}

/// Our registration as the owner wrote it, with a client that reaches what the owner wrote.
pub fn client(settings: &ProviderSettings, http: &Http, secret_in: SecretIn) -> Client {
    let configured = [&settings.issuer, &settings.base_url].into_iter().flatten();
    Client {
        http: configured.fold(http.clone(), |http, url| http.reaching(url)),
        id: settings.client_id.clone(),
        secret: settings.client_secret.as_ref().map(|Secret(secret)| secret.clone()),
        secret_in,
    }
}

/// The owner's picture, or the kind's own.
pub fn icon_of(settings: &ProviderSettings, default: &str) -> Icon {
    Icon { view_box: 24, path: settings.icon.clone().unwrap_or_else(|| default.to_owned()) }
}
