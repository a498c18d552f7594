//! A site: one owner's web property, and what belongs to it rather than to the instance.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::sessions::{Session, Via};
use super::sso::SingleSignOn;
use super::{Name, Origin, Refusal, SiteId, Timestamp, Version};

/// A site's short name in URLs and in `data-site`: 1 to 40 of `a-z`, `0-9` and inner `-`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SiteKey(String);

impl SiteKey {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SiteKey {
    type Err = Refusal;
    fn from_str(raw: &str) -> Result<SiteKey, Refusal> {
        let fits = (1..=40).contains(&raw.len())
            && raw.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !raw.starts_with('-')
            && !raw.ends_with('-');
        if fits { Ok(SiteKey(raw.to_owned())) } else { Err(Refusal::InvalidSiteKey) }
    }
}

impl fmt::Display for SiteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    pub id: SiteId,
    pub key: SiteKey,
    pub name: Name,
    /// Where this site's pages live. Writes are taken from these only.
    pub origins: Vec<Origin>,
    /// Until when pages on this machine (`http://localhost:*` and loopback addresses) count as the site's too.
    pub development_until: Option<Timestamp>,
    pub settings: SiteSettings,
    /// `None` while the site does not say who its members are.
    pub sso: Option<SingleSignOn>,
    pub created_at: Timestamp,
    /// Part of every thread's ETag: moves when a setting, a role or a name that readers see changes.
    pub version: Version,
}

impl Site {
    /// Whether a session of this site's widget is still good: those that the site began end when it stops vouching.
    pub fn stands_by(&self, session: &Session) -> bool {
        session.via != Via::SingleSignOn
            || self.sso.as_ref().is_some_and(|sso| sso.began_at <= session.created_at)
    }

    pub const DEVELOPMENT_PERIOD: Duration = Duration::from_secs(30 * 24 * 60 * 60);
    pub const MAX_ORIGINS: usize = 50;

    /// Whether `origin` may write to this site: listed exactly, or on this machine while development is on.
    pub fn allows(&self, origin: &Origin, now: Timestamp) -> bool {
        self.origins.contains(origin)
            || (self.development_until.is_some_and(|until| now < until) && origin.is_loopback())
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct SiteSettings {
    /// Whether people may comment without an account.
    pub guests: bool,
    /// Whether a guest's browser works a moment before a comment of theirs is taken.
    pub guest_proof: bool,
    pub likes: bool,
    pub body_max_chars: usize,
    /// How long an author may change what they wrote.
    pub edit_window: Duration,
    pub page_identity: PageIdentity,
    /// Query parameters that belong to a page's identity (`["p"]`); all others are dropped.
    pub keep_query: Vec<String>,
    /// From how many links on a member's comment waits for approval.
    pub hold_links: usize,
}

impl Default for SiteSettings {
    fn default() -> SiteSettings {
        SiteSettings {
            guests: true,
            guest_proof: true,
            likes: true,
            body_max_chars: 10_000,
            edit_window: Duration::from_secs(15 * 60),
            page_identity: PageIdentity::Path,
            keep_query: Vec::new(),
            hold_links: 3,
        }
    }
}

/// What tells two pages of a site apart when they name no explicit id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageIdentity {
    /// The path: a domain move, a preview deployment and localhost share their threads.
    Path,
    /// The whole URL with its origin.
    Url,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_key_is_short_and_plain() {
        assert!("my-blog-2".parse::<SiteKey>().is_ok());
        for bad in ["", "Blog", "a b", "-a", "a-", "a/b", "ä", &"x".repeat(41)] {
            assert_eq!(bad.parse::<SiteKey>(), Err(Refusal::InvalidSiteKey), "{bad}");
        }
    }
}
