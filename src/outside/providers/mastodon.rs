//! Mastodon, and what speaks its API: any server that a person names, or the one that the owner names.
//!
//! Invariant: a person typed the server, so nothing but the public internet over https and at its own port is asked (the
//! guarded client sees to it), every endpoint is on that very server, and what it says counts only under its own name.

mod app;
mod server;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use url::Url;

use super::claims::Claims;
use super::client::{Ask, Client, SecretIn, Trade, check_sender, code};
use super::oauth::{address, subject};
use super::openid::shown;
use super::{Back, Departure, Icon, Now, Provider, ProviderError, Sent};
use crate::domain::{Identity, Profile, ProviderId};
use crate::outside::http::Http;
use app::Apps;

pub const NAME: &str = "Mastodon";

/// A speech bubble with an M.
pub const ICON: &str = "M12 1.500c-5 0-9.500 1-9.500 6.500v5c0 6 3.500 8.500 8 9.300 2.500.400 4.500.100 6-.500v-2c-1.500.500-3.500.700-5 .500-2-.300-3.300-1-3.500-3 3 .700 7 .700 9.700.200 3-.600 3.800-3 3.800-5.500V8c0-5.500-4.500-6.500-9.500-6.500zM6 14.500V8.300C6 6.300 7 5 8.800 5c1.400 0 2.500.700 3.200 2 .700-1.300 1.800-2 3.200-2C17 5 18 6.300 18 8.300v6.200h-2.300V8.500c0-1-.400-1.600-1.300-1.600-1 0-1.500.700-1.500 2v3h-1.800v-3c0-1.300-.500-2-1.500-2-.900 0-1.300.600-1.300 1.600v6z";

pub struct Mastodon {
    pub id: ProviderId,
    pub name: String,
    pub icon: Icon,
    pub http: Http,
    /// The one server that the owner named; else every person names theirs.
    pub only: Option<Url>,
    pub now: Now,
    pub apps: Apps,
}

/// What is told again when the browser comes back: with whom the code is traded, and as whom.
#[derive(Deserialize, Serialize)]
struct Memo {
    server: String,
    client_id: String,
    client_secret: String,
    pkce: bool,
    /// Whether it says who it is when the browser comes back (RFC 9207).
    #[serde(default)]
    says_issuer: bool,
}

#[async_trait]
impl Provider for Mastodon {
    fn id(&self) -> &ProviderId {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn icon(&self) -> &Icon {
        &self.icon
    }

    fn asks_for_server(&self) -> bool {
        self.only.is_none()
    }

    async fn begin(&self, departure: &Departure) -> Result<Sent, ProviderError> {
        let server = match (&self.only, &departure.server) {
            (Some(only), _) => only.clone(),
            (None, Some(typed)) => server::parse(typed, &self.http)?,
            (None, None) => return Err(server::not_one()),
        };
        let server = server.as_str().trim_end_matches('/').to_owned();
        let app = self.apps.at(&server, &departure.redirect_uri, &self.http, (self.now)()).await?;
        let client = self.client(&app.client_id, &app.client_secret);
        let location = client.authorize(&Ask {
            endpoint: &address(&format!("{server}/oauth/authorize"))?,
            departure,
            scopes: &[app.scope.as_str()],
            pkce: app.pkce,
            extra: &[],
        })?;
        let memo = Memo {
            server,
            client_id: app.client_id.clone(),
            client_secret: app.client_secret.clone(),
            pkce: app.pkce,
            says_issuer: app.says_issuer,
        };
        let memo = serde_json::to_string(&memo)
            .map_err(|_| ProviderError::Refused("the server's keys cannot be kept".into()))?;
        Ok(Sent { location, memo })
    }

    async fn check(&self, _redirect_uri: &str) -> Result<(), ProviderError> {
        match &self.only {
            Some(only) => app::terms(only.as_str().trim_end_matches('/'), &self.http).await.map(drop),
            None => Ok(()),
        }
    }

    async fn finish(&self, departure: &Departure, memo: &str, back: Back) -> Result<Profile, ProviderError> {
        let Memo { server, client_id, client_secret, pkce, says_issuer } = serde_json::from_str(memo)
            .map_err(|_| ProviderError::Refused("which server it was is forgotten".into()))?;
        check_sender(&back, says_issuer, |iss| iss.trim_end_matches('/') == server)?;
        let client = self.client(&client_id, &client_secret);
        let endpoint = address(&format!("{server}/oauth/token"))?;
        let trade = Trade { endpoint: &endpoint, departure, code: code(&back)?, pkce };
        let tokens = match client.trade(&trade).await {
            Err(refused @ ProviderError::Refused(_)) => {
                // It may have forgotten us: the next attempt registers anew.
                self.apps.forget(&server);
                return Err(refused);
            }
            answer => answer?,
        };
        let me: Claims = client
            .ask_with(&address(&format!("{server}/api/v1/accounts/verify_credentials"))?, &tokens)
            .await?;
        let origin = address(&server)?.origin().ascii_serialization();
        let host = origin.split_once("://").map_or(origin.as_str(), |(_, host)| host);
        Ok(Profile {
            identity: Identity {
                provider: self.id.clone(),
                subject: subject(&me, "id")?,
                issuer: server.clone(),
            },
            email: None,
            name: me.first_text(&["display_name", "username"]).map(shown),
            label: me.first_text(&["username", "acct"]).map(|name| shown(&format!("@{name}@{host}"))),
        })
    }
}

impl Mastodon {
    fn client(&self, id: &str, secret: &str) -> Client {
        Client {
            http: self.http.clone(),
            id: id.to_owned(),
            secret: Some(secret.to_owned()),
            secret_in: SecretIn::Body,
        }
    }
}
