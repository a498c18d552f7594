//! Apple. The browser comes back by POST; the client secret is a token that we sign; the name comes once, at the first
//! consent, in a field of the POST and nowhere else.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde::{Deserialize, Serialize};

use super::openid::{Dialect, Pkce, shown};
use super::{Departure, ProviderError};
use crate::config::Secret;
use crate::config::providers::AppleKey;
use crate::domain::Timestamp;

pub const NAME: &str = "Apple";
pub const ISSUER: &str = "https://appleid.apple.com";

/// An apple with a leaf.
pub const ICON: &str = "M12 8c-1.3 0-2.2-.8-3.6-.8C6 7.2 4 9.4 4 12.9 4 17 6.900 21.500 9.200 21.500c1.100 0 1.700-.700 2.800-.700s1.600.7 2.800.7c2.300 0 5.200-4.500 5.200-8.600 0-3.500-2-5.700-4.400-5.700-1.400 0-2.300.8-3.600.8zM12.200 6.500c0-2.300 1.500-4 3.800-4.300.100 2.400-1.500 4.200-3.800 4.300z";

/// It gives out only addresses that it has verified, or made itself.
pub const TRUSTED: bool = true;

/// Up to six months are allowed; one trade takes seconds.
const SECRET_SECS: i64 = 300;

pub fn dialect() -> Dialect {
    Dialect {
        scopes: &["openid", "name", "email"],
        // Asked for by Apple as soon as a scope is.
        extra: &[("response_mode", "form_post")],
        pkce: Pkce::Never,
        posts_back: true,
        names: &[],
        labels: &["email"],
        ..Dialect::STANDARD
    }
}

/// Signs client secrets.
#[derive(Clone)]
pub struct SecretSigner {
    header: Header,
    key: EncodingKey,
    team: String,
    client: String,
    audience: String,
}

impl SecretSigner {
    /// `audience`: the issuer that will read it.
    pub fn new(apple: &AppleKey, client: &str, audience: &str) -> Result<SecretSigner, ProviderError> {
        let Secret(pem) = &apple.private_key;
        let key = EncodingKey::from_ec_pem(pem.as_bytes()).map_err(|_| {
            ProviderError::Refused("the key of Apple is not a private key (PKCS #8, PEM) for ES256".into())
        })?;
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(apple.key_id.clone());
        Ok(SecretSigner {
            header,
            key,
            team: apple.team_id.clone(),
            client: client.to_owned(),
            audience: audience.to_owned(),
        })
    }

    pub fn secret(&self, now: Timestamp) -> Result<String, ProviderError> {
        #[derive(Serialize)]
        struct Claims<'a> {
            iss: &'a str,
            iat: i64,
            exp: i64,
            aud: &'a str,
            sub: &'a str,
        }
        let iat = now.as_secs();
        let claims =
            Claims { iss: &self.team, iat, exp: iat + SECRET_SECS, aud: &self.audience, sub: &self.client };
        encode(&self.header, &claims, &self.key)
            .map_err(|_| ProviderError::Refused("the key of Apple cannot sign".into()))
    }
}

/// The name in the `user` field. It is what the browser says: good to suggest, and for nothing else. The address that
/// stands beside it is not read.
pub fn name(user: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct User {
        name: Name,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Name {
        first_name: Option<String>,
        last_name: Option<String>,
    }
    let User { name } = serde_json::from_str(user).ok()?;
    let whole = [name.first_name, name.last_name].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let whole = shown(&whole);
    (!whole.is_empty()).then_some(whole)
}

/// Apple takes no plain http, no `localhost` and no bare address as redirect address, and says so in a way that nobody
/// understands.
pub fn check_redirect(departure: &Departure) -> Result<(), ProviderError> {
    let url = url::Url::parse(&departure.redirect_uri).ok();
    let fits = url.is_some_and(|url| {
        url.scheme() == "https"
            && matches!(url.host(), Some(url::Host::Domain(host)) if host != "localhost" && host.contains('.'))
    });
    if fits {
        Ok(())
    } else {
        Err(ProviderError::Refused("Apple signs in only to an https address that is not this machine".into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_first_consent_is_read_and_nothing_else_of_it() {
        let user = r#"{"name":{"firstName":"Ada","lastName":"Lovelace"},"email":"eve@example.org"}"#;
        assert_eq!(name(user).as_deref(), Some("Ada Lovelace"));
        assert_eq!(name(r#"{"name":{"firstName":"Ada"}}"#).as_deref(), Some("Ada"));
        for nothing in
            ["", "null", "{}", r#"{"name":null}"#, r#"{"name":{}}"#, r#"{"name":{"firstName":""}}"#]
        {
            assert_eq!(name(nothing), None, "{nothing}");
        }
    }
}
