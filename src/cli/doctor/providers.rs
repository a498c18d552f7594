//! Whether the providers that are switched on can be asked, and what has to be registered with each.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::timeout;

use super::finding::Finding;
use crate::cli::wiring;
use crate::config::providers::{ProviderKind, ProviderSettings};
use crate::config::{BaseUrl, Config};
use crate::outside::providers::{Provider, ProviderError};

/// For one provider, which may be asked twice.
const PATIENCE: Duration = Duration::from_secs(15);

pub async fn look(config: &Config) -> Vec<Finding> {
    let providers = match wiring::providers(config) {
        Ok(providers) => providers,
        Err(fault) => return vec![Finding::wrong(format!("{fault:#}"))],
    };
    let base_url = &config.server.base_url;
    // The one list was built from the other.
    let pairs = config.providers.iter().zip(providers.iter());
    join_all(pairs.map(|(settings, provider)| one(settings, provider.as_ref(), base_url))).await
}

async fn one(settings: &ProviderSettings, provider: &dyn Provider, base_url: &BaseUrl) -> Finding {
    let (section, name) = (format!("providers.{}", settings.id), provider.name());
    let redirect = base_url.join(&format!("/auth/cb/{}", settings.id));
    if let Some(why) = refused_address(settings.kind, base_url) {
        return Finding::wrong(format!("{section}: {name} {why}: {redirect}"))
            .do_this("set server.base_url to the https address that readers use");
    }
    match timeout(PATIENCE, provider.check(&redirect)).await {
        // It registers us itself, wherever somebody comes from.
        Ok(Ok(())) if settings.kind == ProviderKind::Mastodon => {
            Finding::fine(format!("{section}: {name} is ready"))
        }
        Ok(Ok(())) => Finding::fine(format!("{section}: {name} answers"))
            .do_this(format!("its redirect address, to register there: {redirect}")),
        Ok(Err(fault)) => {
            let next = next_step(&fault, settings);
            Finding::wrong(format!("{section}: {name} cannot be used: {fault}")).do_this(next)
        }
        Err(_) => Finding::wrong(format!("{section}: {name} did not answer within {} s", PATIENCE.as_secs()))
            .do_this("see whether this machine reaches the internet, then ask again"),
    }
}

/// Why a provider will not send browsers back to us.
fn refused_address(kind: ProviderKind, base_url: &BaseUrl) -> Option<&'static str> {
    match kind {
        ProviderKind::Apple if base_url.is_local() || !base_url.is_https() => {
            Some("takes only https addresses that are not on this machine")
        }
        ProviderKind::Facebook | ProviderKind::Google | ProviderKind::Microsoft
            if !base_url.is_https() && !base_url.is_local() =>
        {
            Some("takes only https addresses")
        }
        _ => None,
    }
}

fn next_step(fault: &ProviderError, settings: &ProviderSettings) -> String {
    let id = &settings.id;
    match fault {
        ProviderError::Unreachable(_) => {
            "see whether this machine reaches it (network, DNS, a firewall), then ask again".to_owned()
        }
        _ if fault.to_string().contains("client id") => {
            format!("compare client_id and client_secret in [providers.{id}] with what is registered there")
        }
        _ if settings.issuer.is_some() => {
            format!("check issuer in [providers.{id}]: it must be exactly as the issuer calls itself")
        }
        _ if settings.base_url.is_some() => format!("check base_url in [providers.{id}]"),
        _ => format!("check [providers.{id}] in the configuration"),
    }
}
