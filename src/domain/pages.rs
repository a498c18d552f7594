//! Which page a thread belongs to.
//!
//! A page is an explicit id, else its normalised path (or its whole URL, if the site chose that). Normalising is
//! what keeps a slash, an `index.html` or a campaign parameter from splitting a thread in two.

use std::fmt;

use url::Url;

use super::sites::PageIdentity;
use super::{Origin, Refusal, Site, Timestamp};

/// The name a page's thread is found under: `id:…`, `path:…` or `url:…`, at most [`PageKey::MAX_BYTES`] bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PageKey(String);

impl PageKey {
    pub const MAX_BYTES: usize = 2_000;

    pub fn from_stored(key: String) -> PageKey {
        PageKey(key)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A page as a visitor's browser names it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct PageRef {
    /// `data-page`: what the owner calls the page.
    pub id: Option<String>,
    /// Its location: an absolute URL, or a path on the site.
    pub url: String,
    /// The page's canonical link, if it has one.
    pub canonical: Option<String>,
}

impl PageRef {
    /// The key of this page on `site`. Looks at nothing but its input: the same page always has the same key.
    pub fn key(&self, site: &Site, now: Timestamp) -> Result<PageKey, Refusal> {
        if let Some(id) = &self.id {
            let id = id.trim();
            let fits =
                !id.is_empty() && id.len() + 3 <= PageKey::MAX_BYTES && !id.chars().any(char::is_control);
            return if fits { Ok(PageKey(format!("id:{id}"))) } else { Err(Refusal::InvalidPage) };
        }
        let location = absolute(&self.url, site)?;
        let canonical = self.canonical.as_deref().and_then(|raw| Url::parse(raw).ok()).filter(|canonical| {
            let ours = Origin::of(canonical)
                .is_some_and(|origin| site.allows(&origin, now) || Some(origin) == Origin::of(&location));
            // A common fault of themes: every page names the home page as its canonical link.
            let plausible = canonical.path() != "/" || location.path() == "/";
            ours && plausible
        });
        let key = match canonical {
            Some(url) => key_of(&url, url.query().map(str::to_owned), site),
            None => key_of(&location, kept_query(&location, &site.settings.keep_query), site),
        };
        if key.len() <= PageKey::MAX_BYTES { Ok(PageKey(key)) } else { Err(Refusal::InvalidPage) }
    }

    /// The page's address for links to it: its location, which must be on one of the site's origins.
    pub fn address(&self, site: &Site, now: Timestamp) -> Result<String, Refusal> {
        let mut url = Url::parse(&self.url).map_err(|_| Refusal::InvalidPage)?;
        let origin = Origin::of(&url).ok_or(Refusal::InvalidPage)?;
        if !url.username().is_empty() || url.password().is_some() || self.url.len() > PageKey::MAX_BYTES {
            return Err(Refusal::InvalidPage);
        }
        if !site.allows(&origin, now) {
            return Err(Refusal::OriginNotAllowed { origin: origin.to_string() });
        }
        url.set_fragment(None);
        // Longer than it was sent: what is not ASCII was encoded.
        if url.as_str().len() > PageKey::MAX_BYTES {
            return Err(Refusal::InvalidPage);
        }
        Ok(url.into())
    }
}

/// `raw` as an absolute URL; a path is taken to be on the site's first origin.
fn absolute(raw: &str, site: &Site) -> Result<Url, Refusal> {
    if raw.len() > PageKey::MAX_BYTES || raw.chars().any(char::is_control) {
        return Err(Refusal::InvalidPage);
    }
    let url = if raw.starts_with('/') && !raw.starts_with("//") {
        let base = site.origins.first().map_or("http://localhost", Origin::as_str);
        Url::parse(base).and_then(|base| base.join(raw))
    } else {
        Url::parse(raw)
    };
    url.ok().filter(|url| matches!(url.scheme(), "http" | "https")).ok_or(Refusal::InvalidPage)
}

fn key_of(url: &Url, query: Option<String>, site: &Site) -> String {
    let path = folded_path(url.path());
    let query = query.filter(|query| !query.is_empty()).map(|query| format!("?{query}")).unwrap_or_default();
    match site.settings.page_identity {
        PageIdentity::Path => format!("path:{path}{query}"),
        PageIdentity::Url => format!("url:{}{path}{query}", url.origin().ascii_serialization()),
    }
}

/// Without a trailing slash and without `index.html`: `/a/`, `/a` and `/a/index.html` are one page.
fn folded_path(path: &str) -> &str {
    let mut folded = path.trim_end_matches('/');
    // To the end: what is left must not be an address of another page.
    while let Some(rest) = folded.strip_suffix("/index.html").or_else(|| folded.strip_suffix("/index.htm")) {
        folded = rest.trim_end_matches('/');
    }
    if folded.is_empty() { "/" } else { folded }
}

/// The listed parameters in the order of the list, so that their order in the URL does not matter.
fn kept_query(url: &Url, keep: &[String]) -> Option<String> {
    let mut kept = url::form_urlencoded::Serializer::new(String::new());
    for name in keep {
        for (key, value) in url.query_pairs().filter(|(key, _)| key == name) {
            kept.append_pair(&key, &value);
        }
    }
    Some(kept.finish()).filter(|query| !query.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Name, SiteId, SiteSettings, Version};

    fn site() -> Site {
        Site {
            id: SiteId(1),
            key: "blog".parse().unwrap(),
            name: Name::parse("Blog").unwrap(),
            origins: vec![Origin::parse("https://blog.example").unwrap()],
            development_until: None,
            sso: None,
            settings: SiteSettings::default(),
            created_at: Timestamp::EPOCH,
            version: Version(1),
        }
    }

    fn key(site: &Site, url: &str, canonical: Option<&str>) -> String {
        let page = PageRef { id: None, url: url.into(), canonical: canonical.map(Into::into) };
        page.key(site, Timestamp::EPOCH).unwrap().to_string()
    }

    #[test]
    fn slashes_index_files_queries_fragments_and_hosts_do_not_split_a_thread() {
        let site = site();
        for url in [
            "https://blog.example/a/post",
            "https://blog.example/a/post/",
            "https://blog.example/a/post/index.html",
            "https://blog.example/a/post/index.html/",
            "https://blog.example/a/post/index.htm/index.html",
            "https://blog.example/a/post?utm_source=x",
            "https://blog.example/a/post#afterword",
            "https://preview.example/a/post",
            "/a/post/",
        ] {
            assert_eq!(key(&site, url, None), "path:/a/post", "{url}");
        }
        assert_eq!(key(&site, "https://blog.example", None), "path:/");
    }

    #[test]
    fn listed_parameters_are_kept_in_one_order() {
        let mut site = site();
        site.settings.keep_query = vec!["p".into(), "lang".into()];
        assert_eq!(key(&site, "/?lang=de&x=1&p=7", None), "path:/?p=7&lang=de");
    }

    #[test]
    fn a_canonical_link_wins_if_it_is_the_sites_and_not_a_bare_home_page() {
        let site = site();
        assert_eq!(key(&site, "/amp/post", Some("https://blog.example/post?p=1")), "path:/post?p=1");
        assert_eq!(key(&site, "/post", Some("https://elsewhere.example/other")), "path:/post");
        assert_eq!(key(&site, "/post", Some("https://blog.example/")), "path:/post");
    }

    #[test]
    fn an_explicit_id_wins_over_everything() {
        let page = PageRef { id: Some(" 42 ".into()), url: "/x".into(), canonical: None };
        assert_eq!(page.key(&site(), Timestamp::EPOCH).unwrap().as_str(), "id:42");
        let bad = PageRef { id: Some("a\nb".into()), ..page };
        assert_eq!(bad.key(&site(), Timestamp::EPOCH), Err(Refusal::InvalidPage));
    }

    #[test]
    fn an_address_must_be_on_the_sites_origins() {
        let at = |url: &str| {
            PageRef { id: None, url: url.into(), canonical: None }.address(&site(), Timestamp::EPOCH)
        };
        assert_eq!(at("https://blog.example/a#x").unwrap(), "https://blog.example/a");
        assert!(matches!(at("https://evil.example/a"), Err(Refusal::OriginNotAllowed { .. })));
        assert_eq!(at("javascript:alert(1)"), Err(Refusal::InvalidPage));
        assert_eq!(at("https://u:p@blog.example/a"), Err(Refusal::InvalidPage));
        let encoded = format!("https://blog.example/{}", "é".repeat(400));
        assert_eq!(at(&encoded), Err(Refusal::InvalidPage), "2,421 bytes once it is encoded");
    }
}

#[cfg(test)]
#[path = "../../tests/fuzz/pages.rs"]
mod fuzz;
