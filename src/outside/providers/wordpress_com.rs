//! WordPress.com, by its classic endpoints. It has no PKCE there; the redirect address must be the registered one to the
//! letter.

use async_trait::async_trait;

use super::ProviderError;
use super::claims::Claims;
use super::oauth::{Dialect, Person, Places, There, subject};

pub const NAME: &str = "WordPress.com";

/// A W in a ring.
pub const ICON: &str = "M12 1a11 11 0 1 0 0 22 11 11 0 0 0 0-22zm0 1.500a9.500 9.500 0 1 1 0 19 9.500 9.500 0 0 1 0-19zM4.500 8.500l4.200 11 2.600-7.400 2.600 7.400 4.400-11.400h-1.700l-2.800 8.300-2.700-8.300H9.500l1 2.800-1.800 5.400-2.500-7.800z";

pub const TRUSTED: bool = true;

pub struct WordPressCom;

#[async_trait]
impl Dialect for WordPressCom {
    fn places(&self, base: Option<&str>) -> Places {
        let host = base.unwrap_or("https://public-api.wordpress.com");
        Places {
            issuer: host.to_owned(),
            authorize: format!("{host}/oauth2/authorize"),
            token: format!("{host}/oauth2/token"),
            api: format!("{host}/rest/v1.1"),
        }
    }

    fn scopes(&self, _trusted: bool) -> &'static [&'static str] {
        &["auth"]
    }

    fn pkce(&self) -> bool {
        false
    }

    async fn person(&self, there: &There<'_>) -> Result<Person, ProviderError> {
        let me: Claims = there.ask("/me").await?;
        Ok(Person {
            subject: subject(&me, "ID")?,
            // Not said of every account; unsaid is unverified.
            email: me.email("email", me.flag("email_verified")),
            name: me.first_text(&["display_name", "username"]).map(str::to_owned),
            label: me.text("username").map(str::to_owned),
        })
    }
}
