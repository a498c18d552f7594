//! Telegram, by its OpenID Connect (the client id is the bot's id). It gives no address.

use super::openid::Dialect;

pub const NAME: &str = "Telegram";
pub const ISSUER: &str = "https://oauth.telegram.org";

/// A paper plane.
pub const ICON: &str = "M22 3L2 10.800l5.600 2.200L18 6.500l-8 7.800V20l3-3.600 4.500 3.600z";

pub const TRUSTED: bool = false;

pub fn dialect() -> Dialect {
    Dialect { scopes: &["openid", "profile"], email: |_| None, ..Dialect::STANDARD }
}
