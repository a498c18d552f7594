//! X, once Twitter. PKCE is required; a confidential client shows its secret by HTTP Basic; errors can come with status 200
//! and no person in them. The handle can change hands, the id cannot.

use async_trait::async_trait;

use super::ProviderError;
use super::claims::Claims;
use super::oauth::{Dialect, Person, Places, There, subject, within};

pub const NAME: &str = "X";

pub const ICON: &str = "M18.900 1.150h3.680l-8.040 9.190L24 22.850h-7.406l-5.800-7.584-6.638 7.584H.474l8.600-9.830L0 1.154h7.594l5.243 6.932zM17.610 20.644h2.039L6.486 3.240H4.298z";

/// An app sees addresses only if X lets it, and asking without that fails: the owner says so with `trust_email`.
pub const TRUSTED: bool = false;

pub struct X;

#[async_trait]
impl Dialect for X {
    fn places(&self, base: Option<&str>) -> Places {
        let api = base.unwrap_or("https://api.x.com");
        Places {
            issuer: base.unwrap_or("https://x.com").to_owned(),
            authorize: format!("{}/i/oauth2/authorize", base.unwrap_or("https://x.com")),
            token: format!("{api}/2/oauth2/token"),
            api: format!("{api}/2"),
        }
    }

    fn scopes(&self, trusted: bool) -> &'static [&'static str] {
        if trusted { &["tweet.read", "users.read", "users.email"] } else { &["tweet.read", "users.read"] }
    }

    async fn person(&self, there: &There<'_>) -> Result<Person, ProviderError> {
        let fields = if there.is_trusted { "?user.fields=confirmed_email" } else { "" };
        let answer: Claims = there.ask(&format!("/users/me{fields}")).await?;
        let user = within(&answer, "data");
        Ok(Person {
            subject: subject(&user, "id")?,
            email: user.email("confirmed_email", true),
            name: user.first_text(&["name", "username"]).map(str::to_owned),
            label: user.text("username").map(|handle| format!("@{handle}")),
        })
    }
}
