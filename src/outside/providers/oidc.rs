//! Any OpenID Connect issuer, by discovery: Keycloak, Authentik, Authelia, Zitadel, a company's own.
//!
//! Its administrator can assert any address, so by default none of its addresses leads to an account that has it.

use super::openid::{Dialect, Pkce};

pub const NAME: &str = "OpenID Connect";

/// A key.
pub const ICON: &str =
    "M7 7a5 5 0 0 1 4.9 4H21v4h-2v3h-4v-3h-3.1A5 5 0 1 1 7 7zm0 3.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3z";

pub const TRUSTED: bool = false;

pub fn dialect() -> Dialect {
    Dialect { pkce: Pkce::IfOffered, asks_userinfo: true, ..Dialect::STANDARD }
}
