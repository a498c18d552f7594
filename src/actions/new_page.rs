//! The page that a comment is posted on, as its thread remembers it.

use url::Url;

use super::comments::Draft;
use crate::domain::{Origin, PageKey, PageRef, Site, Timestamp};
use crate::storage::comments::NewPage;

/// `key` and `url` are the draft's page's own.
pub fn new_page(site: &Site, draft: &Draft, key: PageKey, url: String, now: Timestamp) -> NewPage {
    NewPage {
        is_settled: is_settled(site, &draft.page, &key, &url, now),
        key,
        url,
        title: fitted_title(&draft.title),
    }
}

/// A page on somebody's own machine, or one that only claims to be another, is not where readers are to be sent.
fn is_settled(site: &Site, page: &PageRef, key: &PageKey, url: &str, now: Timestamp) -> bool {
    let listed = Url::parse(url)
        .ok()
        .and_then(|url| Origin::of(&url))
        .is_some_and(|origin| site.origins.contains(&origin));
    let by_itself = PageRef { id: None, url: url.to_owned(), canonical: None };
    listed && (page.id.is_some() || by_itself.key(site, now).is_ok_and(|own| own == *key))
}

fn fitted_title(title: &str) -> String {
    let title: String = title
        .chars()
        .filter(|c| {
            !c.is_control()
                && !matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
        })
        .take(crate::domain::Thread::MAX_TITLE_CHARS)
        .collect();
    title.trim().to_owned()
}
