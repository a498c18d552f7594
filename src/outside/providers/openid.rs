//! OpenID Connect, as every provider that speaks it is spoken to. What one does in its own way is a [`Dialect`].

use async_trait::async_trait;
use url::Url;

use super::apple::SecretSigner;
use super::claims::Claims;
use super::client::{Ask, Client, SecretIn, Tokens, Trade, check_sender, code};
use super::discovery::{Metadata, discover};
use super::id_token::{Expected, verify};
use super::jwks::Jwks;
use super::kept::Kept;
use super::{Back, Departure, Icon, Now, Provider, ProviderError, Sent};
use crate::domain::identities::ProfileEmail;
use crate::domain::{Identity, Profile, ProviderId};

/// What one kind of provider does in its own way.
#[derive(Clone)]
pub struct Dialect {
    pub scopes: &'static [&'static str],
    /// Of the authorization request, besides the usual.
    pub extra: &'static [(&'static str, &'static str)],
    pub pkce: Pkce,
    pub posts_back: bool,
    /// Whether what the ID token leaves out is asked for with the access token.
    pub asks_userinfo: bool,
    /// Whether a discovery document's issuer is the one that was asked.
    pub is_them: fn(asked: &str, stated: &str) -> bool,
    /// Whether a token's `iss` is the issuer that the document states.
    pub is_issuer: fn(stated: &str, claims: &Claims) -> bool,
    /// Under which issuer and subject the person is known for ever. The claims are checked.
    pub key: fn(stated: &str, claims: &Claims) -> Result<Known, ProviderError>,
    /// The address, and whether the provider says that it is theirs.
    pub email: fn(&Claims) -> Option<ProfileEmail>,
    /// Where a name to suggest stands, best first.
    pub names: &'static [&'static str],
    /// Where what shows of the person stands.
    pub labels: &'static [&'static str],
}

/// Whether the code is bound to our verifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pkce {
    Always,
    /// If the discovery document offers S256.
    IfOffered,
    /// The provider does not know it; `nonce` and the client secret stand alone.
    Never,
}

impl Dialect {
    /// As the standard says, and nothing else.
    pub const STANDARD: Dialect = Dialect {
        scopes: &["openid", "email", "profile"],
        extra: &[],
        pkce: Pkce::Always,
        posts_back: false,
        asks_userinfo: false,
        is_them: super::discovery::same,
        is_issuer: |stated, claims| claims.text("iss") == Some(stated),
        key: |stated, claims| known(stated, claims, "sub"),
        email: |claims| claims.email("email", claims.flag("email_verified")),
        names: &["name", "preferred_username", "nickname"],
        labels: &["preferred_username", "nickname", "email"],
    };
}

/// Who a person is there, for ever.
pub struct Known {
    pub issuer: String,
    pub subject: String,
}

/// The person whom the claim `name` identifies at `issuer`.
pub fn known(issuer: &str, claims: &Claims, name: &str) -> Result<Known, ProviderError> {
    let subject = claims
        .id(name)
        .filter(|id| id.len() <= Identity::MAX_SUBJECT_BYTES)
        .ok_or_else(|| ProviderError::Refused(format!("the ID token has no usable {name}")))?;
    Ok(Known { issuer: issuer.to_owned(), subject })
}

/// A provider that is switched on.
pub struct OpenId {
    pub id: ProviderId,
    pub name: String,
    pub icon: Icon,
    pub dialect: Dialect,
    pub issuer: Url,
    pub client: Client,
    /// Apple: makes the client secret anew for each trade.
    pub signer: Option<SecretSigner>,
    /// Apple itself, not a stand-in: it takes no redirect to this machine.
    pub is_apple: bool,
    /// Whether its verified addresses count.
    pub is_trusted: bool,
    pub now: Now,
    pub metadata: Kept<Metadata>,
    pub keys: Jwks,
}

#[async_trait]
impl Provider for OpenId {
    fn id(&self) -> &ProviderId {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn icon(&self) -> &Icon {
        &self.icon
    }

    fn posts_back(&self) -> bool {
        self.dialect.posts_back
    }

    async fn begin(&self, departure: &Departure) -> Result<Sent, ProviderError> {
        if self.is_apple {
            super::apple::check_redirect(departure)?;
        }
        let metadata = self.metadata().await?;
        let mut extra = vec![("nonce", departure.nonce.as_str())];
        extra.extend_from_slice(self.dialect.extra);
        let location = self.client.authorize(&Ask {
            endpoint: &metadata.authorization_endpoint,
            departure,
            scopes: self.dialect.scopes,
            pkce: self.pkce(&metadata),
            extra: &extra,
        })?;
        Ok(Sent { location, memo: String::new() })
    }

    async fn check(&self, redirect_uri: &str) -> Result<(), ProviderError> {
        let metadata = self.metadata().await?;
        let pkce = self.pkce(&metadata);
        self.trading_client(&metadata)?.introduce(&metadata.token_endpoint, redirect_uri, pkce).await
    }

    async fn finish(&self, departure: &Departure, _memo: &str, back: Back) -> Result<Profile, ProviderError> {
        let metadata = self.metadata().await?;
        check_sender(&back, metadata.authorization_response_iss_parameter_supported, |iss| {
            iss == metadata.issuer
        })?;
        let tokens = self
            .trading_client(&metadata)?
            .trade(&Trade {
                endpoint: &metadata.token_endpoint,
                departure,
                code: code(&back)?,
                pkce: self.pkce(&metadata),
            })
            .await?;
        let claims = self.claims(&metadata, departure, &tokens).await?;
        let Known { issuer, subject } = (self.dialect.key)(&metadata.issuer, &claims)?;
        let identity = Identity { provider: self.id.clone(), issuer, subject };
        let mut email = (self.dialect.email)(&claims);
        if let Some(email) = &mut email {
            email.verified &= self.is_trusted;
        }
        let first = |names| claims.first_text(names).map(shown);
        let posted = back.user.as_deref().filter(|_| self.dialect.posts_back).and_then(super::apple::name);
        let name = posted.or_else(|| first(self.dialect.names));
        Ok(Profile { identity, email, name, label: first(self.dialect.labels) })
    }
}

/// Trimmed, and not longer than anybody's name.
pub fn shown(raw: &str) -> String {
    raw.trim().chars().take(120).collect()
}

impl OpenId {
    async fn metadata(&self) -> Result<std::sync::Arc<Metadata>, ProviderError> {
        let fetch = || discover(&self.client.http, &self.issuer, self.dialect.is_them);
        self.metadata.get((self.now)(), fetch).await
    }

    fn pkce(&self, metadata: &Metadata) -> bool {
        match self.dialect.pkce {
            Pkce::Always => true,
            Pkce::IfOffered => {
                metadata.code_challenge_methods_supported.iter().any(|method| method == "S256")
            }
            Pkce::Never => false,
        }
    }

    fn trading_client(&self, metadata: &Metadata) -> Result<Client, ProviderError> {
        let mut client = self.client.clone();
        let methods = &metadata.token_endpoint_auth_methods_supported;
        if !methods.is_empty() {
            let takes_body = methods.iter().any(|method| method == "client_secret_post");
            client.secret_in = if takes_body { SecretIn::Body } else { SecretIn::Header };
        }
        if let Some(signer) = &self.signer {
            client.secret = Some(signer.secret((self.now)())?);
        }
        Ok(client)
    }

    /// What the provider says of who signed in: its ID token and, for what that leaves out, its userinfo endpoint.
    async fn claims(
        &self,
        metadata: &Metadata,
        departure: &Departure,
        tokens: &Tokens,
    ) -> Result<Claims, ProviderError> {
        let token = tokens
            .id_token
            .as_deref()
            .ok_or_else(|| ProviderError::Refused("the provider gave no ID token".into()))?;
        let expected = Expected {
            client_id: &self.client.id,
            nonce: &departure.nonce,
            issuer: &metadata.issuer,
            is_issuer: self.dialect.is_issuer,
        };
        let http = &self.client.http;
        let mut claims = verify(token, &expected, &self.keys, &metadata.jwks_uri, http, (self.now)()).await?;
        let says_all = claims.text("email").is_some() && claims.first_text(self.dialect.names).is_some();
        if let Some(userinfo) = &metadata.userinfo_endpoint
            && self.dialect.asks_userinfo
            && !says_all
        {
            let more: Claims = self.client.ask_with(userinfo, tokens).await?;
            // Core 5.3.2: of another person, it must not be used.
            if more.text("sub") != claims.text("sub") {
                return Err(ProviderError::Refused("the userinfo is another person's".into()));
            }
            // What was signed stands.
            for (name, value) in more.0 {
                claims.0.entry(name).or_insert(value);
            }
        }
        Ok(claims)
    }
}
