//! Google. Its tokens name the issuer with or without the scheme.

use super::claims::Claims;
use super::openid::{Dialect, known};
use crate::domain::identities::ProfileEmail;

pub const NAME: &str = "Google";
pub const ISSUER: &str = "https://accounts.google.com";

/// A round G.
pub const ICON: &str =
    "M12 2a10 10 0 1 0 10 10v-1.6H12.2v3.5h6a6.4 6.4 0 1 1-1.7-6.4l2.6-2.6A9.9 9.9 0 0 0 12 2z";

pub const TRUSTED: bool = true;

pub fn dialect() -> Dialect {
    Dialect {
        is_issuer: |stated, claims| {
            let said = claims.text("iss");
            said == Some(stated) || (said.is_some() && said == stated.split_once("://").map(|(_, bare)| bare))
        },
        // The stated issuer, however the token writes it: one person is not two.
        key: |stated, claims| known(stated, claims, "sub"),
        email,
        labels: &["email"],
        ..Dialect::STANDARD
    }
}

/// Google answers for addresses that it runs itself: its own, and those of Workspace domains (`hd`). Another address was
/// verified once, when the account was made, and may be somebody else's by now.
fn email(claims: &Claims) -> Option<ProfileEmail> {
    let mut email = claims.email("email", claims.flag("email_verified"))?;
    let lookup = email.address.lookup();
    let is_theirs = ["@gmail.com", "@googlemail.com"].iter().any(|end| lookup.ends_with(end));
    email.verified &= is_theirs || claims.text("hd").is_some();
    Some(email)
}
