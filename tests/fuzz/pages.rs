//! A page has one key, however its address is written, and its link stays on the site.

use crate::domain::sites::PageIdentity;
use crate::domain::{
    Name, Origin, PageKey, PageRef, Refusal, Site, SiteId, SiteSettings, Timestamp, Version,
};
use crate::fuzz::{Target, outline, shape};

const PAGES: Target = Target {
    name: "pages",
    test: "--lib fuzz_pages",
    words: &[
        "https://",
        "http://",
        "//",
        "https://blog.example",
        "https://blog.example:443",
        "blog.example",
        "@",
        ":",
        ":8080",
        "/",
        "//",
        "/../",
        "/./",
        "/index.html",
        "/index.htm",
        "/index.html/",
        "?",
        "?p=1",
        "&p=2",
        "?lang=de&p=7",
        "#",
        "#top",
        "%2e%2e",
        "%2F",
        "%",
        "%zz",
        "\\",
        "javascript:",
        "data:",
        "xn--bcher-kva.example",
        "[::1]",
        "\t",
        " ",
        "é",
        "/ ",
    ],
    max_bytes: 3_000,
};

fn site(identity: PageIdentity) -> Site {
    Site {
        id: SiteId(1),
        key: "blog".parse().unwrap(),
        name: Name::parse("Blog").unwrap(),
        origins: vec![
            Origin::parse("https://blog.example").unwrap(),
            Origin::parse("http://blog.example:81").unwrap(),
        ],
        development_until: None,
        sso: None,
        settings: SiteSettings {
            page_identity: identity,
            keep_query: vec!["p".into(), "lang".into()],
            ..SiteSettings::default()
        },
        created_at: Timestamp::EPOCH,
        version: Version(1),
    }
}

#[test]
fn fuzz_pages_have_one_key_and_stay_on_their_site() {
    let sites = [site(PageIdentity::Path), site(PageIdentity::Url)];
    PAGES.run(|input| {
        let text = String::from_utf8_lossy(input);
        let mut lines = text.splitn(2, '\n');
        let url = lines.next().unwrap_or_default().to_owned();
        let canonical = lines.next().map(str::to_owned);
        let mut seen = Vec::new();
        for site in &sites {
            let page = PageRef { id: None, url: url.clone(), canonical: canonical.clone() };
            seen.push(key(site, &page));
            seen.push(address(site, &page));
        }
        let named = PageRef { id: Some(url), url: "/".into(), canonical };
        if let Ok(key) = named.key(&sites[0], Timestamp::EPOCH) {
            let again = PageRef { id: key.as_str().strip_prefix("id:").map(str::to_owned), ..named };
            assert_eq!(again.key(&sites[0], Timestamp::EPOCH), Ok(key));
        }
        if let Some(origin) = Origin::parse(&text) {
            assert_eq!(Origin::parse(origin.as_str()), Some(origin));
        }
        shape(seen)
    });
}

/// A key that is read as an address again is the same key.
fn key(site: &Site, page: &PageRef) -> String {
    let key = match page.key(site, Timestamp::EPOCH) {
        Ok(key) => key,
        Err(refusal) => return format!("{refusal:?}"),
    };
    assert!(key.as_str().len() <= PageKey::MAX_BYTES);
    assert!(!key.as_str().chars().any(char::is_control), "{key}");
    let address = match site.settings.page_identity {
        PageIdentity::Path => key.as_str().strip_prefix("path:").expect("a path"),
        PageIdentity::Url => key.as_str().strip_prefix("url:").expect("an address"),
    };
    let address = absolute(site, address);
    // A path can be as long as a key may be, and its address longer than one may be.
    if address.len() <= PageKey::MAX_BYTES {
        let canonical = page.canonical.as_ref().map(|_| address.clone());
        let again = PageRef { id: None, url: address, canonical };
        assert_eq!(again.key(site, Timestamp::EPOCH).as_ref(), Ok(&key), "{page:?}");
    }
    outline(key.as_str())
}

/// Where a canonical link decided, it has to decide again: its query is kept whole.
fn absolute(site: &Site, address: &str) -> String {
    if address.starts_with('/') { format!("{}{address}", site.origins[0]) } else { address.to_owned() }
}

fn address(site: &Site, page: &PageRef) -> String {
    match page.address(site, Timestamp::EPOCH) {
        Ok(address) => {
            let there = url::Url::parse(&address).expect("an address");
            let origin = Origin::of(&there).expect("an origin");
            assert!(site.origins.contains(&origin), "{address}");
            assert!(there.username().is_empty() && there.password().is_none() && there.fragment().is_none());
            let again = PageRef { url: address.clone(), ..PageRef::default() };
            assert_eq!(again.address(site, Timestamp::EPOCH).as_ref(), Ok(&address));
            outline(&address)
        }
        Err(Refusal::OriginNotAllowed { origin }) => {
            assert!(!site.origins.iter().any(|ours| ours.as_str() == origin));
            "elsewhere".to_owned()
        }
        Err(refusal) => format!("{refusal:?}"),
    }
}
