//! Facebook. It does not say which addresses it verified, and may give none. A token is used only after Facebook has said
//! that it was made for this app: one made for another would sign in whoever that other app knows.

mod deletion;

use async_trait::async_trait;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::ProviderError;
use super::claims::Claims;
use super::client::Client;
use super::oauth::{Dialect, Person, Places, There, subject, within};

pub const NAME: &str = "Facebook";

/// A lower-case f.
pub const ICON: &str = "M13.800 23v-9.800h3.300l.500-3.900h-3.800V6.900c0-1.100.300-1.900 1.900-1.900h2V1.500A27 27 0 0 0 14.800 1.300c-2.900 0-4.900 1.800-4.900 5v3H6.600v3.900h3.300V23z";

pub const TRUSTED: bool = false;

/// Versions are retired after two years; `base_url = "https://www.facebook.com/v25.0"` takes another.
const VERSION: &str = "/v24.0";

pub struct Facebook;

#[async_trait]
impl Dialect for Facebook {
    fn places(&self, base: Option<&str>) -> Places {
        let version = match base {
            None => Some(VERSION),
            Some(base) => base
                .strip_prefix("https://www.facebook.com")
                .or_else(|| base.strip_prefix("https://graph.facebook.com"))
                .filter(|path| path.is_empty() || path.starts_with('/')),
        };
        let (issuer, dialogs, api) = match (version, base) {
            (None, Some(base)) => (base.to_owned(), base.to_owned(), base.to_owned()),
            (version, _) => {
                let version = version.unwrap_or(VERSION);
                (
                    "https://www.facebook.com".to_owned(),
                    format!("https://www.facebook.com{version}"),
                    format!("https://graph.facebook.com{version}"),
                )
            }
        };
        Places {
            issuer,
            authorize: format!("{dialogs}/dialog/oauth"),
            token: format!("{api}/oauth/access_token"),
            api,
        }
    }

    fn scopes(&self, _trusted: bool) -> &'static [&'static str] {
        &["email", "public_profile"]
    }

    fn pkce(&self) -> bool {
        false
    }

    async fn person(&self, there: &There<'_>) -> Result<Person, ProviderError> {
        let client = there.client;
        let secret = client.secret.as_deref().unwrap_or_default();
        let token = &there.tokens.access;
        let inspected: Claims = there
            .ask_as(
                &format!("/debug_token?input_token={}", encoded(token)),
                &format!("{}|{secret}", client.id),
            )
            .await?;
        let facts = within(&inspected, "data");
        if !facts.flag("is_valid") || facts.id("app_id").as_deref() != Some(client.id.as_str()) {
            return Err(ProviderError::Refused("the token was made for another app".into()));
        }
        let proof = appsecret_proof(token, secret);
        let me: Claims = there.ask(&format!("/me?fields=id,name,email&appsecret_proof={proof}")).await?;
        let subject = subject(&me, "id")?;
        if facts.id("user_id").is_some_and(|user| user != subject) {
            return Err(ProviderError::Refused("the token is another person's".into()));
        }
        Ok(Person {
            subject,
            email: me.email("email", false),
            name: me.text("name").map(str::to_owned),
            label: me.text("name").map(str::to_owned),
        })
    }

    fn deletion_wanted(&self, signed: &str, client: &Client) -> Result<String, ProviderError> {
        deletion::person(signed, client.secret.as_deref().unwrap_or_default())
    }
}

/// That whoever uses the token has the app's secret: HMAC-SHA256 of the one under the other, in hexadecimal.
fn appsecret_proof(token: &str, secret: &str) -> String {
    use std::fmt::Write as _;
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(token.as_bytes());
    mac.finalize().into_bytes().iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proof_is_the_tokens_hmac_under_the_secret() {
        // RFC 4231, test case 2.
        assert_eq!(
            appsecret_proof("what do ya want for nothing?", "Jefe"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn another_version_is_taken_at_both_hosts_and_a_mirror_holds_everything() {
        let places = Facebook.places(None);
        assert_eq!(places.authorize, "https://www.facebook.com/v24.0/dialog/oauth");
        assert_eq!(places.token, "https://graph.facebook.com/v24.0/oauth/access_token");
        let places = Facebook.places(Some("https://www.facebook.com/v31.0"));
        assert_eq!(places.authorize, "https://www.facebook.com/v31.0/dialog/oauth");
        assert_eq!(
            (places.api.as_str(), places.issuer.as_str()),
            ("https://graph.facebook.com/v31.0", "https://www.facebook.com")
        );
        for mirror in ["http://127.0.0.1:9", "https://www.facebook.com.evil.example"] {
            let places = Facebook.places(Some(mirror));
            assert_eq!((places.api.as_str(), places.issuer.as_str()), (mirror, mirror));
        }
    }
}
