//! From a host's name to the addresses that may be dialled.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::HttpError;
use super::guard::is_public;

/// Asks for a name's addresses.
#[async_trait]
pub trait Names: Send + Sync {
    async fn look_up(&self, host: &str) -> std::io::Result<Vec<IpAddr>>;
}

/// As this machine resolves names.
pub struct SystemNames;

#[async_trait]
impl Names for SystemNames {
    async fn look_up(&self, host: &str) -> std::io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.map(|found| found.ip()).collect())
    }
}

/// What the connector asks. A connection goes to an address that came from here, and there is no second look-up between
/// the check and the dial: a name that answers differently the second time (DNS rebinding) gains nothing.
pub struct Dialled {
    pub names: Arc<dyn Names>,
    /// Whether only public addresses may be dialled.
    pub public_only: bool,
}

impl Resolve for Dialled {
    fn resolve(&self, name: Name) -> Resolving {
        let (names, public_only) = (self.names.clone(), self.public_only);
        Box::pin(async move {
            let host = name.as_str();
            let found = names.look_up(host).await?;
            let allowed: Vec<_> = found
                .into_iter()
                .filter(|ip| !public_only || is_public(*ip))
                .map(|ip| SocketAddr::new(ip, 0))
                .collect();
            if allowed.is_empty() {
                return Err(HttpError::NotPublic(host.to_owned()).into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Says(Vec<IpAddr>);

    #[async_trait]
    impl Names for Says {
        async fn look_up(&self, _host: &str) -> std::io::Result<Vec<IpAddr>> {
            Ok(self.0.clone())
        }
    }

    #[tokio::test]
    async fn of_several_addresses_only_the_public_ones_are_dialled() {
        let found: Vec<IpAddr> =
            ["127.0.0.1", "8.8.8.8", "fd00::1", "2606:4700::1"].map(|ip| ip.parse().unwrap()).into();
        let dial = |public_only| {
            let dialled = Dialled { names: Arc::new(Says(found.clone())), public_only };
            async move {
                let addresses = dialled.resolve("social.example".parse().unwrap()).await.ok().unwrap();
                addresses.map(|address| address.ip().to_string()).collect::<Vec<_>>()
            }
        };
        assert_eq!(dial(true).await, ["8.8.8.8", "2606:4700::1"]);
        assert_eq!(dial(false).await.len(), 4);
    }
}
