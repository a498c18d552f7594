//! OAuth 2.0 without OpenID Connect: the code is traded for a token, and the token for what the provider's own API says of
//! the person. What one does in its own way is a [`Dialect`].
//!
//! Invariant: the person is known by an id that the provider never gives to anybody else, read from the provider itself.

use async_trait::async_trait;
use http::{HeaderValue, header::AUTHORIZATION};
use serde::de::DeserializeOwned;
use url::Url;

use super::claims::Claims;
use super::client::{Ask, Client, Tokens, Trade, check_sender, code, get, read};
use super::openid::shown;
use super::{Back, Departure, Icon, Provider, ProviderError, Sent};
use crate::domain::identities::ProfileEmail;
use crate::domain::{Identity, Profile, ProviderId};

/// What one provider does in its own way.
#[async_trait]
pub trait Dialect: Send + Sync {
    /// Where it is: in its usual place, or all of it under `base`, which has no slash at its end.
    fn places(&self, base: Option<&str>) -> Places;

    /// What is asked of the person. `trusted`: its verified addresses count.
    fn scopes(&self, trusted: bool) -> &'static [&'static str];

    /// Whether it binds the code to our verifier.
    fn pkce(&self) -> bool {
        true
    }

    /// Who wants their data gone, as the provider signed for it; few do that.
    fn deletion_wanted(&self, _signed: &str, _client: &Client) -> Result<String, ProviderError> {
        Err(ProviderError::Refused("this provider does not ask for data to be deleted".into()))
    }

    /// What it says of who signed in.
    async fn person(&self, there: &There<'_>) -> Result<Person, ProviderError>;
}

/// A provider's addresses.
pub struct Places {
    /// Who vouches: its own origin.
    pub issuer: String,
    pub authorize: String,
    pub token: String,
    /// What its API's paths are added to.
    pub api: String,
}

/// A provider while somebody signs in.
pub struct There<'a> {
    pub client: &'a Client,
    pub tokens: &'a Tokens,
    pub api: String,
    /// Its verified addresses count.
    pub is_trusted: bool,
}

impl There<'_> {
    /// What its API says under `path` to who holds the token.
    pub async fn ask<T: DeserializeOwned>(&self, path: &str) -> Result<T, ProviderError> {
        self.client.ask_with(&address(&format!("{}{path}", self.api))?, self.tokens).await
    }

    /// The same with something else than the person's token to show.
    pub async fn ask_as<T: DeserializeOwned>(&self, path: &str, bearer: &str) -> Result<T, ProviderError> {
        let mut bearer = HeaderValue::try_from(format!("Bearer {bearer}"))
            .map_err(|_| ProviderError::Refused("a key that cannot be sent".into()))?;
        bearer.set_sensitive(true);
        let mut request = get(&address(&format!("{}{path}", self.api))?);
        request.headers_mut().insert(AUTHORIZATION, bearer);
        read(&self.client.http, request).await
    }
}

/// Who signed in.
pub struct Person {
    pub subject: String,
    /// With what the provider says of it.
    pub email: Option<ProfileEmail>,
    pub name: Option<String>,
    pub label: Option<String>,
}

/// The permanent id under `name`; without one nobody is signed in.
pub fn subject(claims: &Claims, name: &str) -> Result<String, ProviderError> {
    claims
        .id(name)
        .filter(|id| id.len() <= Identity::MAX_SUBJECT_BYTES)
        .ok_or_else(|| ProviderError::Refused("the provider does not say who signed in".into()))
}

/// The object under `name`.
pub fn within(claims: &Claims, name: &str) -> Claims {
    Claims(claims.0.get(name).and_then(|inner| inner.as_object()).cloned().unwrap_or_default())
}

pub fn address(text: &str) -> Result<Url, ProviderError> {
    Url::parse(text).map_err(|_| ProviderError::Refused("the provider's place is not an address".into()))
}

/// A provider that is switched on.
pub struct OAuth {
    pub id: ProviderId,
    pub name: String,
    pub icon: Icon,
    pub client: Client,
    /// Where it is, if not in its usual place.
    pub base: Option<String>,
    pub is_trusted: bool,
    pub dialect: Box<dyn Dialect>,
}

#[async_trait]
impl Provider for OAuth {
    fn id(&self) -> &ProviderId {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn icon(&self) -> &Icon {
        &self.icon
    }

    async fn begin(&self, departure: &Departure) -> Result<Sent, ProviderError> {
        let location = self.client.authorize(&Ask {
            endpoint: &address(&self.places().authorize)?,
            departure,
            scopes: self.dialect.scopes(self.is_trusted),
            pkce: self.dialect.pkce(),
            extra: &[],
        })?;
        Ok(Sent { location, memo: String::new() })
    }

    async fn check(&self, redirect_uri: &str) -> Result<(), ProviderError> {
        let token = address(&self.places().token)?;
        self.client.introduce(&token, redirect_uri, self.dialect.pkce()).await
    }

    fn deletion_wanted(&self, signed: &str) -> Result<Identity, ProviderError> {
        let subject = self.dialect.deletion_wanted(signed, &self.client)?;
        Ok(Identity { provider: self.id.clone(), issuer: self.places().issuer, subject })
    }

    async fn finish(&self, departure: &Departure, _memo: &str, back: Back) -> Result<Profile, ProviderError> {
        let places = self.places();
        // None of these promises to say who it is.
        check_sender(&back, false, |iss| is_theirs(iss, &places))?;
        let trade = Trade {
            endpoint: &address(&places.token)?,
            departure,
            code: code(&back)?,
            pkce: self.dialect.pkce(),
        };
        let tokens = self.client.trade(&trade).await?;
        let is_trusted = self.is_trusted;
        let there = There { client: &self.client, tokens: &tokens, api: places.api, is_trusted };
        let mut person = self.dialect.person(&there).await?;
        if let Some(email) = &mut person.email {
            email.verified &= is_trusted;
        }
        Ok(Profile {
            identity: Identity { provider: self.id.clone(), issuer: places.issuer, subject: person.subject },
            email: person.email,
            name: person.name.as_deref().map(shown),
            label: person.label.as_deref().map(shown),
        })
    }
}

impl OAuth {
    fn places(&self) -> Places {
        self.dialect.places(self.base.as_deref())
    }
}

/// Whether an answer that names `iss` is theirs: some name the page, some the endpoint.
fn is_theirs(iss: &str, places: &Places) -> bool {
    let Ok(said) = Url::parse(iss).map(|url| url.origin()) else { return false };
    [&places.issuer, &places.authorize, &places.token]
        .into_iter()
        .any(|place| Url::parse(place).is_ok_and(|url| url.origin() == said))
}
