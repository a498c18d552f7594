//! What is kept about a person, gathered for the person.

use std::net::IpAddr;

use async_trait::async_trait;

use super::StoreError;
use crate::domain::{AccountId, SiteId, Timestamp};

/// What stands in the data file about one account, beyond the account itself, its identities and its sessions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holdings {
    pub sites: Vec<SiteHoldings>,
    pub likes: u64,
    /// Where recent comments came from, the latest first.
    pub origins: Vec<OriginHolding>,
    /// Browsers that may sign in while others guess the password.
    pub known_devices: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteHoldings {
    pub site: SiteId,
    pub comments: u64,
}

/// One address and browser that comments were sent from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OriginHolding {
    pub ip: Option<IpAddr>,
    pub user_agent: String,
    pub comments: u64,
    /// When the last of them is deleted.
    pub until: Timestamp,
}

#[async_trait]
pub trait HoldingsOf: Send + Sync {
    async fn holdings(&self, account: AccountId, now: Timestamp) -> Result<Holdings, StoreError>;
}
