//! GitLab: gitlab.com, or anybody's own.
//!
//! Who runs one can assert any address, and gitlab.com has been seen giving out unconfirmed ones: not trusted unless the
//! owner says so.

use super::openid::Dialect;

pub const NAME: &str = "GitLab";
pub const ISSUER: &str = "https://gitlab.com";

/// A fox's face.
pub const ICON: &str =
    "M12 21.500L1.500 13.800l1.300-4L5.300 2.500l2.700 7.300h8l2.700-7.300 2.500 7.300 1.300 4z";

pub const TRUSTED: bool = false;

pub fn dialect() -> Dialect {
    Dialect { asks_userinfo: true, labels: &["preferred_username", "nickname"], ..Dialect::STANDARD }
}
