//! Entity tags: strong ones, of the bytes that are really sent.

use http::HeaderMap;
use http::header::{self, HeaderValue};

/// A strong ETag: 128 bits of a hash, quoted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ETag([u8; ETag::LEN]);

impl ETag {
    const LEN: usize = 24;

    pub fn of(hash: &blake3::Hash) -> ETag {
        use base64::Engine;
        let mut text = [b'"'; ETag::LEN];
        base64::engine::general_purpose::URL_SAFE_NO_PAD
            .encode_slice(&hash.as_bytes()[..16], &mut text[1..ETag::LEN - 1])
            .expect("16 bytes are 22 characters");
        ETag(text)
    }

    pub fn of_bytes(bytes: &[u8]) -> ETag {
        ETag::of(&blake3::hash(bytes))
    }

    pub fn header(&self) -> HeaderValue {
        HeaderValue::from_bytes(&self.0).expect("base64 in quotes")
    }

    /// Whether the client has these bytes already. `If-None-Match` compares weakly, and may list several or `*`.
    pub fn is_known(&self, headers: &HeaderMap) -> bool {
        headers.get_all(header::IF_NONE_MATCH).iter().any(|line| {
            let line = line.as_bytes();
            if line == self.0 {
                return true;
            }
            line.split(|&b| b == b',')
                .map(<[u8]>::trim_ascii)
                .any(|tag| tag == b"*" || tag.strip_prefix(b"W/").unwrap_or(tag) == self.0)
        })
    }
}

impl std::fmt::Debug for ETag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(std::str::from_utf8(&self.0).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_found_in_a_list_and_behind_a_weak_mark() {
        let etag = ETag::of_bytes(b"page");
        let text = format!("{etag:?}");
        let known = |sent: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, sent.parse().unwrap());
            etag.is_known(&headers)
        };
        assert!(text.starts_with('"') && text.ends_with('"') && text.len() == 24);
        assert!(
            known(&text)
                && known("*")
                && known(&format!("W/{text}"))
                && known(&format!("\"a\", {text} ,\"b\""))
        );
        assert!(!known("\"\"") && !known(text.trim_matches('"')) && !known(&format!("x{text}")));
        assert!(!etag.is_known(&HeaderMap::new()));
    }
}
