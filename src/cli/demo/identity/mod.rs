//! "Demo ID": an identity provider of the demo's own, so that a newcomer sees what signing in with an account from elsewhere
//! is like. It speaks OpenID Connect, and knows two people and whoever else one says one is.
//!
//! Invariant: it believes everybody, so it exists only while the demo runs, listens only on this machine, and only the
//! demo's own server knows it. Nothing that `serve` reads leads here.

mod grants;
mod keys;
mod page;
pub mod service;

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use url::Url;

use crate::app::{Chance, Clock, random};
use crate::config::providers::{ProviderKind, ProviderSettings};
use crate::config::{BaseUrl, Secret};
use crate::domain::{Origin, ProviderId};
use grants::{Grant, Grants};
use keys::SigningKey;
use page::Person;

const CLIENT: &str = "afterword-demo";
const NAME: &str = "Demo ID";

/// A name tag.
const ICON: &str = "M9 2h6v3h5a2 2 0 0 1 2 2v13a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2h5zM12 8.500a3 3 0 1 0 0 6 3 3 0 1 0 0-6zM6.500 19h11c-.300-2-2.500-3-5.500-3s-5.200 1-5.500 3z";

pub struct DemoId {
    /// Where it is: its issuer.
    origin: Origin,
    /// Of its one client, made anew at every start like the key.
    secret: String,
    /// Where it sends browsers back to, and nowhere else.
    redirect_uri: String,
    key: SigningKey,
    grants: Grants,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
}

/// What a browser brings when somebody is to sign in.
struct Asked {
    state: String,
    nonce: String,
    challenge: String,
}

impl DemoId {
    /// `origin`: where it will listen; `server`: the Afterword that may ask it.
    pub fn new(
        origin: Origin,
        server: &BaseUrl,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> anyhow::Result<DemoId> {
        let secret = BASE64_URL_SAFE_NO_PAD.encode(random::<32>(&*chance));
        let key = SigningKey::from_seed(random(&*chance))?;
        let redirect_uri = server.join(&format!("/auth/cb/{}", Self::id()?));
        Ok(DemoId { origin, secret, redirect_uri, key, grants: Grants::default(), clock, chance })
    }

    fn id() -> anyhow::Result<ProviderId> {
        Ok("demo-id".parse()?)
    }

    /// As an owner would write it down for a provider of their own. That it is in here is what lets the guarded client
    /// dial this machine for it.
    pub fn settings(&self) -> anyhow::Result<ProviderSettings> {
        Ok(ProviderSettings {
            id: Self::id()?,
            kind: ProviderKind::Oidc,
            name: Some(NAME.to_owned()),
            icon: Some(ICON.to_owned()),
            client_id: CLIENT.to_owned(),
            client_secret: Some(Secret(self.secret.clone())),
            client_secret_file: None,
            issuer: Some(Url::parse(self.origin.as_str())?),
            base_url: None,
            trust_email: Some(true),
            tenant: None,
            apple: None,
        })
    }

    fn discovery(&self) -> Value {
        let at = |path: &str| format!("{}{path}", self.origin);
        json!({
            "issuer": self.origin.as_str(),
            "authorization_endpoint": at("/authorize"),
            "token_endpoint": at("/token"),
            "jwks_uri": at("/keys"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["EdDSA"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "authorization_response_iss_parameter_supported": true,
        })
    }

    /// Reads a request to sign somebody in; what is wrong with it is for whoever tries things out.
    fn asked(&self, query: &str) -> Result<Asked, &'static str> {
        let take = |name| one(query, name).filter(|value| !value.is_empty());
        if take("client_id").as_deref() != Some(CLIENT)
            || take("redirect_uri").as_ref() != Some(&self.redirect_uri)
        {
            return Err("Only the demo’s own server can ask who you are.");
        }
        if take("response_type").as_deref() != Some("code")
            || take("code_challenge_method").as_deref() != Some("S256")
        {
            return Err("This takes the authorization code flow with PKCE (S256), and no other.");
        }
        match (take("state"), take("nonce"), take("code_challenge")) {
            (Some(state), Some(nonce), Some(challenge)) => Ok(Asked { state, nonce, challenge }),
            _ => Err("state, nonce or code_challenge is missing."),
        }
    }

    /// Where the browser goes when somebody has chosen who they are; `None` if they would rather not say.
    fn answer(&self, asked: Asked, person: Option<Person>) -> Option<Url> {
        let mut back = Url::parse(&self.redirect_uri).ok()?;
        let mut query = back.query_pairs_mut();
        query.append_pair("state", &asked.state).append_pair("iss", self.origin.as_str());
        match person {
            Some(person) => {
                let code = BASE64_URL_SAFE_NO_PAD.encode(random::<32>(&*self.chance));
                let Asked { nonce, challenge, .. } = asked;
                query.append_pair("code", &code);
                self.grants.keep(code, Grant { person, nonce, challenge, at: self.clock.now() });
            }
            None => {
                query.append_pair("error", "access_denied");
            }
        }
        drop(query);
        Some(back)
    }

    /// Trades a code for an ID token, or says by RFC 6749's word why not.
    fn trade(&self, form: &str) -> Result<Value, &'static str> {
        let take = |name| one(form, name).unwrap_or_default();
        let is_client = take("client_id") == CLIENT
            && bool::from(take("client_secret").as_bytes().ct_eq(self.secret.as_bytes()));
        if !is_client {
            return Err("invalid_client");
        }
        if take("grant_type") != "authorization_code" {
            return Err("unsupported_grant_type");
        }
        let now = self.clock.now();
        let grant = self.grants.take(&take("code"), now).ok_or("invalid_grant")?;
        let hashed = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(take("code_verifier")));
        if hashed != grant.challenge || take("redirect_uri") != self.redirect_uri {
            return Err("invalid_grant");
        }
        let Person { subject, name, email } = &grant.person;
        let mut claims = json!({
            "iss": self.origin.as_str(),
            "aud": CLIENT,
            "sub": subject,
            "iat": now.as_secs(),
            "exp": now.as_secs() + 600,
            "nonce": grant.nonce,
            "name": name,
        });
        if let Some(email) = email {
            claims["email"] = json!(email);
            claims["email_verified"] = json!(true);
        }
        let token = self.key.sign(&claims).ok_or("server_error")?;
        let access = BASE64_URL_SAFE_NO_PAD.encode(random::<32>(&*self.chance));
        Ok(json!({ "access_token": access, "token_type": "Bearer", "expires_in": 60, "id_token": token }))
    }
}

/// The first value of `name` in a query or a form.
fn one(encoded: &str, name: &str) -> Option<String> {
    url::form_urlencoded::parse(encoded.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}
