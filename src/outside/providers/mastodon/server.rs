//! What people type when they are asked for their server.

use url::Url;

use crate::outside::http::Http;
use crate::outside::providers::ProviderError;

/// Longer than any host's name with a profile's path.
const MAX_BYTES: usize = 512;

pub fn not_one() -> ProviderError {
    ProviderError::NoSuchServer("expected a server such as mastodon.social".into())
}

/// `mastodon.social`, `https://mastodon.social/@ada` or `@ada@mastodon.social`: the server's origin. Whether it may be
/// asked at all is the client's to say; a name's addresses are looked at when it is dialled.
pub fn parse(typed: &str, http: &Http) -> Result<Url, ProviderError> {
    let typed = typed.trim();
    if typed.is_empty()
        || typed.len() > MAX_BYTES
        || typed.contains(|c: char| c.is_control() || c.is_whitespace())
    {
        return Err(not_one());
    }
    let url = if typed.contains("://") {
        Url::parse(typed)
    } else {
        // The part after the last @ of a handle; without one, all of it.
        let host = typed.rsplit('@').next().unwrap_or_default();
        Url::parse(&format!("https://{host}"))
    };
    let url = url.map_err(|_| not_one())?;
    if !url.username().is_empty() || url.password().is_some() || !url.has_host() {
        return Err(not_one());
    }
    let origin = url.origin().ascii_serialization();
    // With and without the root's dot it is one host, and must be one issuer.
    let origin = Url::parse(origin.trim_end_matches('.')).map_err(|_| not_one())?;
    // Else whoever types could have us knock at every port of every machine.
    if origin.port().is_some() && !http.is_configured(&origin) {
        return Err(ProviderError::NoSuchServer("expected a server without a port of its own".into()));
    }
    http.allows(&origin).map_err(|fault| ProviderError::NoSuchServer(fault.to_string()))?;
    Ok(origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(typed: &str) -> Result<String, ProviderError> {
        let http = Http::new("https://comments.example").expect("a client");
        parse(typed, &http).map(|url| url.as_str().to_owned())
    }

    #[test]
    fn a_server_is_named_as_people_name_it() {
        for typed in [
            "mastodon.social",
            " Mastodon.Social ",
            "https://mastodon.social",
            "https://mastodon.social/@ada?x=1#y",
            "@ada@mastodon.social",
            "ada@mastodon.social",
            "mastodon.social/",
            "mastodon.social.",
            "mastodon.social:443",
        ] {
            assert_eq!(read(typed).expect(typed), "https://mastodon.social/", "{typed}");
        }
        assert_eq!(read("bücher.example").unwrap(), "https://xn--bcher-kva.example/");
    }

    #[test]
    fn what_is_no_server_on_the_public_internet_is_not_asked() {
        for typed in [
            "",
            " ",
            "@",
            "a b",
            "http://mastodon.social",
            "ftp://mastodon.social",
            "file:///etc/passwd",
            "javascript://mastodon.social",
            "https://ada:hush@mastodon.social",
            "127.0.0.1",
            "127.0.0.1:8080",
            "mastodon.social:8443",
            "https://mastodon.social:22/@ada",
            "mastodon.social:80",
            "ada@mastodon.social:6379",
            "2130706433",
            "0x7f.1",
            "10.0.0.1",
            "169.254.169.254",
            "[::1]",
            "https://[::ffff:127.0.0.1]/",
            "[fd00::1]",
            "ada@127.0.0.1",
            "mastodon.social\u{0}",
            "mastodon.social\n.evil.example",
            &"x".repeat(600),
        ] {
            assert!(
                matches!(read(typed), Err(ProviderError::NoSuchServer(_))),
                "{typed:?}: {:?}",
                read(typed)
            );
        }
    }
}
