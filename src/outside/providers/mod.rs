//! Providers: where people have an account already. One small file each; what they share is beside them.
//!
//! Invariant: what comes out of [`Provider::finish`] was checked as its protocol asks. No token of a provider leaves this
//! folder, and none is kept after the profile was read.

mod apple;
pub mod build;
pub mod claims;
pub mod client;
mod discord;
mod discovery;
mod facebook;
mod github;
mod gitlab;
mod google;
mod id_token;
mod jwks;
mod kept;
mod mastodon;
mod microsoft;
mod oauth;
mod oidc;
mod openid;
mod patreon;
mod telegram;
mod twitch;
mod wordpress_com;
mod x;

use std::sync::Arc;

use async_trait::async_trait;
use url::Url;

use crate::domain::{Identity, Profile, ProviderId, Timestamp};

pub use crate::domain::departures::Back;
pub use build::build;

/// Asks for the time.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A provider that is switched on.
#[async_trait]
pub trait Provider: Send + Sync {
    fn id(&self) -> &ProviderId;

    /// As people know it: "Google".
    fn name(&self) -> &str;

    fn icon(&self) -> &Icon;

    /// The browser comes back by a cross-site POST (`response_mode=form_post`) instead of a GET.
    fn posts_back(&self) -> bool {
        false
    }

    /// A person names the server they have their account on, such as `mastodon.social`, before they go there.
    fn asks_for_server(&self) -> bool {
        false
    }

    /// Where to send the browser. May ask the provider first (discovery, registration).
    async fn begin(&self, departure: &Departure) -> Result<Sent, ProviderError>;

    /// Whether it can be asked, and takes us for who we say we are, as far as that can be found out without a person.
    /// For the operator; nothing depends on it.
    async fn check(&self, _redirect_uri: &str) -> Result<(), ProviderError> {
        Ok(())
    }

    /// Whose data is to go, as somebody asked for it there; the provider signs that. Facebook wants an answer to it.
    fn deletion_wanted(&self, _signed: &str) -> Result<Identity, ProviderError> {
        Err(ProviderError::Refused("this provider does not ask for data to be deleted".into()))
    }

    /// Trades the code for what the provider says of the person, and checks it.
    async fn finish(&self, departure: &Departure, memo: &str, back: Back) -> Result<Profile, ProviderError>;
}

/// What one sign-in at a provider is bound to.
#[derive(Clone)]
pub struct Departure {
    /// Our address for this provider, exactly as it is registered there.
    pub redirect_uri: String,
    /// 32 random bytes in base64url, single use.
    pub state: String,
    /// The same for the ID token.
    pub nonce: String,
    /// PKCE (RFC 7636): 43 characters; sent as S256 wherever a provider takes it.
    pub verifier: String,
    /// What the person typed, for a provider that [asks for it](Provider::asks_for_server).
    pub server: Option<String>,
}

/// A browser on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    pub location: Url,
    /// What the provider wants to be told again in [`Provider::finish`]; kept on our side. May hold secrets.
    pub memo: String,
}

/// Why nobody was signed in. The words are for the operator's log and name no person and no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// The person said no there.
    #[error("the sign-in was cancelled at the provider")]
    Cancelled,
    /// What the person typed is not a server that can be asked.
    #[error("{0}")]
    NoSuchServer(String),
    /// No answer, or not one in time: worth trying again.
    #[error("{0}")]
    Unreachable(String),
    /// An answer that cannot be trusted or understood: wrong signature, wrong issuer, an error of theirs.
    #[error("{0}")]
    Refused(String),
}

/// A one-colour picture: a path in a square `view_box`, drawn in the text's colour. Inline, so that nothing is loaded from
/// a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Icon {
    pub view_box: u16,
    pub path: String,
}

/// All that are switched on, in the order in which they are offered.
#[derive(Clone, Default)]
pub struct Providers(Vec<Arc<dyn Provider>>);

impl Providers {
    pub fn new(providers: Vec<Arc<dyn Provider>>) -> Providers {
        Providers(providers)
    }

    pub fn get(&self, id: &ProviderId) -> Option<&Arc<dyn Provider>> {
        self.0.iter().find(|provider| provider.id() == id)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Arc<dyn Provider>> {
        self.0.iter()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
