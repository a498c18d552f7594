//! GitHub, or a GitHub Enterprise server. Errors come with status 200; logins are given to others once they are free, so
//! the number is who somebody is; the address of a profile is whatever they wrote there.

use async_trait::async_trait;

use super::ProviderError;
use super::claims::Claims;
use super::oauth::{Dialect, Person, Places, There, subject};

pub const NAME: &str = "GitHub";

/// The head of a cat with tentacles.
pub const ICON: &str = "M12 .3a12 12 0 0 0-3.800 23.400c.600.100.800-.300.800-.600v-2c-3.300.700-4-1.600-4-1.600-.600-1.400-1.400-1.800-1.400-1.800-1-.700.100-.700.100-.700 1.200.100 1.900 1.200 1.900 1.200 1 1.800 2.800 1.300 3.500 1 0-.800.400-1.300.700-1.600-2.700-.300-5.500-1.300-5.500-5.900 0-1.300.500-2.400 1.300-3.200-.200-.400-.600-1.600.100-3.200 0 0 1-.300 3.300 1.200a11.500 11.500 0 0 1 6 0c2.300-1.500 3.300-1.200 3.300-1.200.700 1.600.300 2.800.100 3.200.800.800 1.300 1.900 1.300 3.200 0 4.600-2.800 5.600-5.500 5.900.500.400.900 1.100.900 2.200v3.300c0 .300.200.700.800.600A12 12 0 0 0 12 .3z";

pub const TRUSTED: bool = true;

pub struct GitHub;

#[async_trait]
impl Dialect for GitHub {
    fn places(&self, base: Option<&str>) -> Places {
        let site = base.unwrap_or("https://github.com");
        Places {
            issuer: site.to_owned(),
            authorize: format!("{site}/login/oauth/authorize"),
            token: format!("{site}/login/oauth/access_token"),
            api: base.map_or_else(|| "https://api.github.com".to_owned(), |base| format!("{base}/api/v3")),
        }
    }

    fn scopes(&self, _trusted: bool) -> &'static [&'static str] {
        &["read:user", "user:email"]
    }

    async fn person(&self, there: &There<'_>) -> Result<Person, ProviderError> {
        let user: Claims = there.ask("/user").await?;
        let addresses: Vec<Claims> = match there.ask("/user/emails").await {
            // The person, or their organization, did not let us see them.
            Err(ProviderError::Refused(_)) => Vec::new(),
            answer => answer?,
        };
        let primary = addresses.iter().find(|entry| entry.flag("primary") && entry.flag("verified"));
        Ok(Person {
            subject: subject(&user, "id")?,
            email: primary.and_then(|entry| entry.email("email", true)),
            name: user.first_text(&["name", "login"]).map(str::to_owned),
            label: user.text("login").map(str::to_owned),
        })
    }
}
