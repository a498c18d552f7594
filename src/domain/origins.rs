//! Web origins (RFC 6454): scheme, host and port, compared exactly.

use std::fmt;

use url::Url;

/// An `http` or `https` origin in its serialised form: `https://blog.example`, `http://localhost:8081`.
/// The default port is left out, the host is lower case and punycoded, so equality is equality of text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin(String);

impl Origin {
    /// Parses what a browser sends in `Origin` or an owner types. A path other than `/`, a query, credentials or
    /// another scheme make it `None`; so does `null`.
    pub fn parse(raw: &str) -> Option<Origin> {
        let url = Url::parse(raw).ok()?;
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let anonymous = url.username().is_empty() && url.password().is_none();
        (bare && anonymous).then(|| Origin::of(&url)).flatten()
    }

    /// The origin of a URL, if its scheme is `http` or `https`.
    pub fn of(url: &Url) -> Option<Origin> {
        matches!(url.scheme(), "http" | "https").then(|| Origin(url.origin().ascii_serialization()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is `http://localhost` or a loopback address, on any port: what development pages run on.
    pub fn is_loopback(&self) -> bool {
        let Ok(url) = Url::parse(&self.0) else { return false };
        url.scheme() == "http"
            && match url.host() {
                Some(url::Host::Domain(host)) => host == "localhost" || host.ends_with(".localhost"),
                Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
                Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
                None => false,
            }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        assert_eq!(Origin::parse("https://Blog.Example:443/").unwrap().as_str(), "https://blog.example");
        assert_eq!(Origin::parse("http://localhost:8081").unwrap().as_str(), "http://localhost:8081");
        for bad in [
            "null",
            "",
            "blog.example",
            "https://blog.example/a",
            "https://u@blog.example",
            "ftp://x",
            "https://a b",
        ] {
            assert_eq!(Origin::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn only_plain_http_to_this_machine_counts_as_development() {
        for yes in
            ["http://localhost:3000", "http://127.0.0.1:1313", "http://[::1]:80", "http://app.localhost"]
        {
            assert!(Origin::parse(yes).unwrap().is_loopback(), "{yes}");
        }
        for no in
            ["https://localhost", "http://localhost.evil.net", "http://192.168.0.2", "http://notlocalhost"]
        {
            assert!(!Origin::parse(no).unwrap().is_loopback(), "{no}");
        }
    }
}
