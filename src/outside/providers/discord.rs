//! Discord. An address is worth something only if `verified` stands beside it.

use async_trait::async_trait;

use super::ProviderError;
use super::claims::Claims;
use super::oauth::{Dialect, Person, Places, There, subject};

pub const NAME: &str = "Discord";

/// A game pad with two eyes.
pub const ICON: &str = "M8.300 4C5.500 4.500 3.800 5.300 3.500 5.700 1.300 9 .600 13 .900 17.600c2 1.500 4 2.300 5.900 2.900l1.300-2.200c2.600.700 5.200.700 7.800 0l1.300 2.200c1.900-.600 3.900-1.400 5.900-2.900C23.500 12.500 22.300 9 20.500 5.700 20.200 5.300 18.500 4.500 15.700 4l-.700 1.300c-2-.300-4-.300-6 0zM8 10.500a2 2.300 0 1 1 0 4.600 2 2.300 0 1 1 0-4.600zM16 10.500a2 2.300 0 1 1 0 4.600 2 2.300 0 1 1 0-4.600z";

pub const TRUSTED: bool = true;

pub struct Discord;

#[async_trait]
impl Dialect for Discord {
    fn places(&self, base: Option<&str>) -> Places {
        let host = base.unwrap_or("https://discord.com");
        Places {
            issuer: host.to_owned(),
            authorize: format!("{host}/oauth2/authorize"),
            token: format!("{host}/api/oauth2/token"),
            api: format!("{host}/api"),
        }
    }

    fn scopes(&self, _trusted: bool) -> &'static [&'static str] {
        &["identify", "email"]
    }

    async fn person(&self, there: &There<'_>) -> Result<Person, ProviderError> {
        let me: Claims = there.ask("/users/@me").await?;
        Ok(Person {
            subject: subject(&me, "id")?,
            email: me.email("email", me.flag("verified")),
            name: me.first_text(&["global_name", "username"]).map(str::to_owned),
            label: me.text("username").map(str::to_owned),
        })
    }
}
