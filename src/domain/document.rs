//! What a comment says, as a small tree: the closed set of things a comment can contain.
//!
//! Invariant: nothing that could run or load lives here. A link's target is an [`Href`], which only
//! `http`, `https` and `mailto` can become; everything else is text. `text::markdown` makes these trees
//! and keeps them within [`MAX_DEPTH`] and [`MAX_NODES`], so that walking one by recursion is safe.

use url::Url;

/// How deep blocks and inlines nest at most, counted together.
pub const MAX_DEPTH: usize = 16;
/// How many nodes one document holds at most.
pub const MAX_NODES: usize = 4_000;

#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Document {
    pub blocks: Vec<Block>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    Paragraph(Vec<Inline>),
    /// A code block and the language its fence named, if that is a plain word (`rust`, `c++`, `objective-c`).
    Code {
        language: Option<String>,
        text: String,
    },
    Quote(Vec<Block>),
    /// `start` is the first number of an ordered list; `None` is a bullet list. Each item is a list of blocks.
    List {
        start: Option<u64>,
        items: Vec<Vec<Block>>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    Text(String),
    Emphasis(Vec<Inline>),
    Strong(Vec<Inline>),
    Strike(Vec<Inline>),
    Code(String),
    Link { href: Href, children: Vec<Inline> },
    Break,
}

/// A link's target: an absolute URL whose scheme is `http`, `https` or `mailto`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Href(String);

impl Href {
    /// Longest target kept; a longer one stays text.
    pub const MAX_BYTES: usize = 2_000;

    /// `None` for anything but an absolute `http`, `https` or `mailto` URL without credentials in it.
    pub fn parse(raw: &str) -> Option<Href> {
        // The URL parser drops tabs and newlines and maps backslashes: what it would repair we refuse.
        if raw.len() > Self::MAX_BYTES || raw.chars().any(|c| c.is_control() || c == '\\') {
            return None;
        }
        let url = Url::parse(raw.trim()).ok()?;
        let allowed = match url.scheme() {
            "http" | "https" => url.has_host() && url.username().is_empty() && url.password().is_none(),
            "mailto" => !url.path().is_empty(),
            _ => false,
        };
        let text = String::from(url);
        (allowed && text.len() <= Self::MAX_BYTES).then_some(Href(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Document {
    /// How many links lead away from this document: what the moderation policy counts.
    pub fn link_count(&self) -> usize {
        fn inlines(list: &[Inline]) -> usize {
            list.iter()
                .map(|inline| match inline {
                    Inline::Link { children, .. } => 1 + inlines(children),
                    Inline::Emphasis(c) | Inline::Strong(c) | Inline::Strike(c) => inlines(c),
                    Inline::Text(_) | Inline::Code(_) | Inline::Break => 0,
                })
                .sum()
        }
        fn blocks(list: &[Block]) -> usize {
            list.iter()
                .map(|block| match block {
                    Block::Paragraph(c) => inlines(c),
                    Block::Quote(c) => blocks(c),
                    Block::List { items, .. } => items.iter().map(|item| blocks(item)).sum(),
                    Block::Code { .. } => 0,
                })
                .sum()
        }
        blocks(&self.blocks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_and_mail_targets_become_links() {
        for good in [
            "https://example.org/a?b#c",
            "http://localhost:8080/",
            "mailto:ada@example.org",
            "HTTPS://EXAMPLE.ORG",
        ] {
            assert!(Href::parse(good).is_some(), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "//example.org",
            "/path",
            "ftp://example.org",
            "https://ada:secret@example.org/",
            "https:\\\\example.org",
            "mailto:",
            "",
            "\u{1}javascript:alert(1)",
            "blob:https://example.org/x",
        ] {
            assert_eq!(Href::parse(bad), None, "{bad}");
        }
    }
}
