//! What all tests of Markdown share: a notation for trees, and the promises that hold for every input.

#[path = "../../../../tests/fuzz/markdown.rs"]
mod fuzz;
mod hostile;
mod links;
mod properties;
mod trees;

use super::parse;
use crate::domain::Document;
use crate::domain::document::{Block, Inline, MAX_DEPTH, MAX_NODES};

/// A document in a short notation that shows its whole structure: `p(…)`, `em(…)`, `a[target](…)`, `/` for a break.
fn shape(document: &Document) -> String {
    fn blocks(list: &[Block]) -> String {
        list.iter().map(block).collect::<Vec<_>>().join(" ")
    }
    fn block(block: &Block) -> String {
        match block {
            Block::Paragraph(c) => format!("p({})", inlines(c)),
            Block::Code { language, text } => format!("pre[{}]({text})", language.as_deref().unwrap_or("")),
            Block::Quote(c) => format!("quote({})", blocks(c)),
            Block::List { start, items } => {
                let tag = start.map_or("ul".to_owned(), |n| format!("ol[{n}]"));
                format!("{tag}({})", items.iter().map(|item| blocks(item)).collect::<Vec<_>>().join(" | "))
            }
        }
    }
    fn inlines(list: &[Inline]) -> String {
        list.iter()
            .map(|inline| match inline {
                Inline::Text(text) => text.clone(),
                Inline::Emphasis(c) => format!("em({})", inlines(c)),
                Inline::Strong(c) => format!("strong({})", inlines(c)),
                Inline::Strike(c) => format!("del({})", inlines(c)),
                Inline::Code(text) => format!("code({text})"),
                Inline::Link { href, children } => format!("a[{}]({})", href.as_str(), inlines(children)),
                Inline::Break => "/".to_owned(),
            })
            .collect()
    }
    blocks(&document.blocks)
}

/// Panics if the document breaks one of the promises that hold for every input.
fn check(document: &Document) {
    fn blocks(list: &[Block], depth: usize, nodes: &mut usize) {
        for block in list {
            assert!(depth <= MAX_DEPTH, "too deep");
            *nodes += 1;
            match block {
                Block::Paragraph(c) => inlines(c, depth + 1, nodes, false),
                Block::Code { language, text } => {
                    assert!(!text.is_empty());
                    if let Some(language) = language {
                        assert!((1..=32).contains(&language.len()));
                        assert!(!language.contains(|c: char| c.is_whitespace() || "<>\"'&".contains(c)));
                    }
                }
                Block::Quote(c) => {
                    assert!(!c.is_empty());
                    blocks(c, depth + 1, nodes);
                }
                Block::List { items, .. } => {
                    assert!(!items.is_empty());
                    *nodes += items.len();
                    items.iter().for_each(|item| blocks(item, depth + 1, nodes));
                }
            }
        }
    }
    fn inlines(list: &[Inline], depth: usize, nodes: &mut usize, in_link: bool) {
        assert!(!list.is_empty());
        for inline in list {
            assert!(depth <= MAX_DEPTH, "too deep");
            *nodes += 1;
            match inline {
                Inline::Text(text) => assert!(!text.is_empty()),
                Inline::Emphasis(c) | Inline::Strong(c) | Inline::Strike(c) => {
                    inlines(c, depth + 1, nodes, in_link);
                }
                Inline::Link { href, children } => {
                    assert!(!in_link, "links do not nest");
                    let scheme = href.as_str().split(':').next().unwrap();
                    assert!(["http", "https", "mailto"].contains(&scheme), "{scheme}");
                    inlines(children, depth + 1, nodes, true);
                }
                Inline::Code(_) | Inline::Break => {}
            }
        }
        let neighbours = list.windows(2).all(|w| !matches!(w, [Inline::Text(_), Inline::Text(_)]));
        assert!(neighbours, "text is in one piece");
    }
    let mut nodes = 0;
    blocks(&document.blocks, 1, &mut nodes);
    assert!(nodes <= MAX_NODES, "{nodes} nodes");
}

fn reads(table: &[(&str, &str)]) {
    for (markdown, expected) in table {
        let document = parse(markdown);
        check(&document);
        assert_eq!(shape(&document), *expected, "from {markdown:?}");
    }
}
