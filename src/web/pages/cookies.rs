//! Cookies of the first-party pages.
//!
//! Over https each name begins with `__Host-`, which binds a cookie to this host and to TLS. Over plain http, on
//! somebody's own machine, browsers refuse that prefix, so it and `Secure` are left out.

use std::time::Duration;

use crate::config::BaseUrl;

/// A cookie by what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie<'a> {
    /// A sign-in under way, sealed; one per transaction, so that two tabs do not collide.
    Transaction(&'a str),
    /// The first-party session: what "Continue as NAME" knows somebody by.
    Session,
    /// The dashboard's. Never sent by a link from elsewhere.
    Dashboard,
    /// That this browser signed in by password before: it may do so again while others guess.
    Device,
}

impl Cookie<'_> {
    pub fn name(self, base: &BaseUrl) -> String {
        let prefix = if base.is_https() { "__Host-" } else { "" };
        match self {
            Cookie::Transaction(id) => format!("{prefix}aw-lt-{id}"),
            Cookie::Session => format!("{prefix}aw-ss"),
            Cookie::Dashboard => format!("{prefix}aw-ad"),
            Cookie::Device => format!("{prefix}aw-kd"),
        }
    }

    /// The `Set-Cookie` that stores it for so long.
    pub fn set(self, base: &BaseUrl, value: &str, keep: Duration) -> String {
        let same_site = match self {
            Cookie::Transaction(_) | Cookie::Session | Cookie::Device => "Lax",
            Cookie::Dashboard => "Strict",
        };
        let secure = if base.is_https() { "; Secure" } else { "" };
        let (name, keep) = (self.name(base), keep.as_secs());
        format!("{name}={value}; Path=/; Max-Age={keep}; HttpOnly; SameSite={same_site}{secure}")
    }

    pub fn clear(self, base: &BaseUrl) -> String {
        self.set(base, "", Duration::ZERO)
    }
}

/// Whether `id` may be part of a cookie's name: base64url and short, as we make them.
pub fn is_transaction_id(id: &str) -> bool {
    (1..=32).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(origin: &str) -> BaseUrl {
        BaseUrl { origin: origin.to_owned(), path: "/comments".to_owned() }
    }

    #[test]
    fn over_https_a_cookie_is_bound_to_the_host() {
        let base = base("https://comments.example.org");
        assert_eq!(
            Cookie::Dashboard.set(&base, "ss_x", Duration::from_secs(60)),
            "__Host-aw-ad=ss_x; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure"
        );
        assert_eq!(
            Cookie::Session.clear(&base),
            "__Host-aw-ss=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure"
        );
    }

    #[test]
    fn over_plain_http_it_keeps_what_browsers_still_take() {
        let base = base("http://localhost:8080");
        assert_eq!(
            Cookie::Transaction("a-b_1").set(&base, "x", Duration::from_secs(600)),
            "aw-lt-a-b_1=x; Path=/; Max-Age=600; HttpOnly; SameSite=Lax"
        );
    }

    #[test]
    fn only_our_own_ids_become_part_of_a_name() {
        assert!(is_transaction_id("Zm9vYmFyLV8x"));
        for bad in ["", "a b", "a;b", "a=b", "é", &"a".repeat(33)] {
            assert!(!is_transaction_id(bad), "{bad:?}");
        }
    }
}
