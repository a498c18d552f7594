//! Documents as bare text: for the text part of mails, for search, and cut short for subjects and previews.

use unicode_segmentation::UnicodeSegmentation;

use crate::domain::Document;
use crate::domain::document::{Block, Inline};

/// The whole document, laid out as one would in a mail: quotes with `> `, items with `- ` or their number.
pub fn plain(document: &Document) -> String {
    blocks(&document.blocks)
}

/// The beginning of the document on one line, at most `max_chars` characters; if something was left out, it ends in
/// an ellipsis, and what people see as one character is never cut in two. Quotes are left out if anything else is said.
pub fn excerpt(document: &Document, max_chars: usize) -> String {
    let own_words: Vec<&Block> = document.blocks.iter().filter(|b| !matches!(b, Block::Quote(_))).collect();
    let mut line = Line::default();
    if own_words.is_empty() {
        line.blocks(document.blocks.iter());
    } else {
        line.blocks(own_words.into_iter());
    }
    cut(line.0.trim_end(), max_chars)
}

fn cut(text: &str, max_chars: usize) -> String {
    if text.chars().count() <= max_chars {
        return text.to_owned();
    }
    let mut room = max_chars.saturating_sub(1);
    let mut kept = String::new();
    for grapheme in text.graphemes(true) {
        let chars = grapheme.chars().count();
        if chars > room {
            break;
        }
        room -= chars;
        kept.push_str(grapheme);
    }
    if max_chars == 0 { String::new() } else { format!("{}…", kept.trim_end()) }
}

fn blocks(list: &[Block]) -> String {
    list.iter().map(block).collect::<Vec<_>>().join("\n\n")
}

fn block(block: &Block) -> String {
    match block {
        Block::Paragraph(children) => inlines(children),
        Block::Code { text, .. } => text.clone(),
        Block::Quote(children) => indented(&blocks(children), "> ", "> "),
        Block::List { start, items } => {
            let of_item = |(index, item): (usize, &Vec<Block>)| {
                let marker = match start {
                    Some(start) => format!("{}. ", start.saturating_add(index as u64)),
                    None => "- ".to_owned(),
                };
                indented(&blocks(item), &marker, &" ".repeat(marker.len()))
            };
            items.iter().enumerate().map(of_item).collect::<Vec<_>>().join("\n")
        }
    }
}

fn indented(text: &str, first: &str, others: &str) -> String {
    let prefixed = |(index, line): (usize, &str)| {
        let prefix = if index == 0 { first } else { others };
        format!("{prefix}{line}").trim_end().to_owned()
    };
    text.split('\n').enumerate().map(prefixed).collect::<Vec<_>>().join("\n")
}

fn inlines(list: &[Inline]) -> String {
    let of_inline = |inline: &Inline| match inline {
        Inline::Text(text) | Inline::Code(text) => text.clone(),
        Inline::Emphasis(children) | Inline::Strong(children) | Inline::Strike(children) => inlines(children),
        Inline::Link { href, children } => {
            let label = inlines(children);
            let target = href.as_str();
            let says_target = target.trim_start_matches("mailto:").trim_end_matches('/')
                == label.trim_start_matches("mailto:").trim_end_matches('/');
            if says_target { label } else { format!("{label} ({target})") }
        }
        Inline::Break => "\n".to_owned(),
    };
    list.iter().map(of_inline).collect()
}

/// Words on one line, with single spaces.
#[derive(Default)]
struct Line(String);

impl Line {
    fn blocks<'a>(&mut self, list: impl Iterator<Item = &'a Block>) {
        for block in list {
            match block {
                Block::Paragraph(children) => self.inlines(children),
                Block::Code { text, .. } => self.words(text),
                Block::Quote(children) => self.blocks(children.iter()),
                Block::List { items, .. } => items.iter().for_each(|item| self.blocks(item.iter())),
            }
            self.words(" ");
        }
    }

    fn inlines(&mut self, list: &[Inline]) {
        for inline in list {
            match inline {
                Inline::Text(text) | Inline::Code(text) => self.words(text),
                Inline::Emphasis(children)
                | Inline::Strong(children)
                | Inline::Strike(children)
                | Inline::Link { children, .. } => self.inlines(children),
                Inline::Break => self.words(" "),
            }
        }
    }

    fn words(&mut self, text: &str) {
        for c in text.chars() {
            let c = if c.is_whitespace() { ' ' } else { c };
            if c != ' ' || !(self.0.is_empty() || self.0.ends_with(' ')) {
                self.0.push(c);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::markdown::parse;

    #[test]
    fn a_document_reads_as_a_plain_mail_would() {
        for (markdown, expected) in [
            ("a *b* `c`\nd", "a b c\nd"),
            ("a\n\nb", "a\n\nb"),
            ("> a\n>\n> b\n\nc", "> a\n>\n> b\n\nc"),
            ("- a\n- b\n  - c", "- a\n- b\n\n  - c"),
            ("9. a\n10. b\n\n    c", "9. a\n10. b\n\n    c"),
            ("```rust\nlet x;\n```", "let x;"),
            ("[a](https://example.org/b)", "a (https://example.org/b)"),
            ("https://example.org ada@example.org", "https://example.org ada@example.org"),
        ] {
            assert_eq!(plain(&parse(markdown)), expected, "from {markdown:?}");
        }
    }

    #[test]
    fn an_excerpt_is_one_line_of_what_the_author_says() {
        for (markdown, max_chars, expected) in [
            ("a *b*\nc\n\n- d\n- e", 80, "a b c d e"),
            ("> quoted\n\nmy answer", 80, "my answer"),
            ("> quoted", 80, "quoted"),
            ("[words](https://example.org)", 80, "words"),
            ("one two three", 13, "one two three"),
            ("one two three", 12, "one two thr…"),
            ("one two three", 9, "one two…"),
            ("one", 1, "…"),
            ("one", 0, ""),
            ("", 10, ""),
            ("e\u{301}e\u{301}e\u{301}", 4, "e\u{301}…"),
            ("a👩‍👩‍👧b", 5, "a…"),
        ] {
            assert_eq!(excerpt(&parse(markdown), max_chars), expected, "from {markdown:?}");
        }
    }

    proptest! {
        #[test]
        fn an_excerpt_is_never_longer_than_asked(markdown in any::<String>(), max_chars in 0usize..40) {
            let excerpt = excerpt(&parse(&markdown), max_chars);
            prop_assert!(excerpt.chars().count() <= max_chars);
            prop_assert!(!excerpt.contains('\n'));
        }
    }
}
