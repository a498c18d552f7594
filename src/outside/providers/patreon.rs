//! Patreon. Its token endpoint answers with a form, its API with JSON:API.

use async_trait::async_trait;

use super::ProviderError;
use super::claims::Claims;
use super::oauth::{Dialect, Person, Places, There, subject, within};

pub const NAME: &str = "Patreon";

/// A bar and a disc.
pub const ICON: &str = "M2 2h4v20H2zM15.200 2a7.200 7.200 0 1 0 0 14.400 7.200 7.200 0 1 0 0-14.400z";

pub const TRUSTED: bool = true;

pub struct Patreon;

#[async_trait]
impl Dialect for Patreon {
    fn places(&self, base: Option<&str>) -> Places {
        let host = base.unwrap_or("https://www.patreon.com");
        Places {
            issuer: host.to_owned(),
            authorize: format!("{host}/oauth2/authorize"),
            token: format!("{host}/api/oauth2/token"),
            api: format!("{host}/api/oauth2/v2"),
        }
    }

    fn scopes(&self, _trusted: bool) -> &'static [&'static str] {
        &["identity", "identity[email]"]
    }

    fn pkce(&self) -> bool {
        false
    }

    async fn person(&self, there: &There<'_>) -> Result<Person, ProviderError> {
        let fields = "fields%5Buser%5D=email,full_name,is_email_verified";
        let answer: Claims = there.ask(&format!("/identity?{fields}")).await?;
        let user = within(&answer, "data");
        let said = within(&user, "attributes");
        Ok(Person {
            subject: subject(&user, "id")?,
            email: said.email("email", said.flag("is_email_verified")),
            name: said.text("full_name").map(str::to_owned),
            label: said.text("full_name").map(str::to_owned),
        })
    }
}
