//! A comment's text as a document tree: arrays of blocks, in a closed set.
//!
//! Blocks: `{"t":"p","c":[…]}`, `{"t":"pre","lang":"rust","s":"…"}`, `{"t":"quote","c":[…]}`, `{"t":"ul","items":[[…]]}`,
//! `{"t":"ol","start":1,"items":[[…]]}`. Inlines: a bare string, `{"t":"em"|"strong"|"del","c":[…]}`,
//! `{"t":"code","s":"…"}`, `{"t":"a","href":"…","c":[…]}`, `{"t":"br"}`.

use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::domain::Document;
use crate::domain::document::{Block, Inline};

/// The document tree of a comment, as it travels.
#[derive(Clone, Debug, PartialEq)]
pub struct Body(pub Document);

impl Serialize for Body {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.blocks.iter().map(BlockView))
    }
}

struct BlockView<'a>(&'a Block);
struct BlocksView<'a>(&'a [Block]);
struct InlineView<'a>(&'a Inline);
struct InlinesView<'a>(&'a [Inline]);

impl Serialize for BlocksView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(BlockView))
    }
}

impl Serialize for InlinesView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(InlineView))
    }
}

struct ItemsView<'a>(&'a [Vec<Block>]);

impl Serialize for ItemsView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|item| BlocksView(item)))
    }
}

impl Serialize for BlockView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self.0 {
            Block::Paragraph(children) => {
                map.serialize_entry("t", "p")?;
                map.serialize_entry("c", &InlinesView(children))?;
            }
            Block::Code { language, text } => {
                map.serialize_entry("t", "pre")?;
                if let Some(language) = language {
                    map.serialize_entry("lang", language)?;
                }
                map.serialize_entry("s", text)?;
            }
            Block::Quote(children) => {
                map.serialize_entry("t", "quote")?;
                map.serialize_entry("c", &BlocksView(children))?;
            }
            Block::List { start: None, items } => {
                map.serialize_entry("t", "ul")?;
                map.serialize_entry("items", &ItemsView(items))?;
            }
            Block::List { start: Some(start), items } => {
                map.serialize_entry("t", "ol")?;
                map.serialize_entry("start", start)?;
                map.serialize_entry("items", &ItemsView(items))?;
            }
        }
        map.end()
    }
}

impl Serialize for InlineView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (tag, children) = match self.0 {
            Inline::Text(text) => return serializer.serialize_str(text),
            Inline::Emphasis(children) => ("em", children),
            Inline::Strong(children) => ("strong", children),
            Inline::Strike(children) => ("del", children),
            Inline::Link { href, children } => {
                let mut map = serializer.serialize_map(Some(3))?;
                map.serialize_entry("t", "a")?;
                map.serialize_entry("href", href.as_str())?;
                map.serialize_entry("c", &InlinesView(children))?;
                return map.end();
            }
            Inline::Code(text) => {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("t", "code")?;
                map.serialize_entry("s", text)?;
                return map.end();
            }
            Inline::Break => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("t", "br")?;
                return map.end();
            }
        };
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("t", tag)?;
        map.serialize_entry("c", &InlinesView(children))?;
        map.end()
    }
}

/// Only for the document: the tree is written by hand above, and this says which nodes there are.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[allow(dead_code, reason = "its schema is what is used")]
enum NodeTag {
    P,
    Pre,
    Quote,
    Ul,
    Ol,
    Em,
    Strong,
    Del,
    Code,
    A,
    Br,
}

impl PartialSchema for Body {
    fn schema() -> RefOr<Schema> {
        let node = ObjectBuilder::new()
            .property("t", NodeTag::schema())
            .required("t")
            .property("s", ObjectBuilder::new().schema_type(Type::String))
            .property("lang", ObjectBuilder::new().schema_type(Type::String))
            .property("href", ObjectBuilder::new().schema_type(Type::String))
            .property("start", ObjectBuilder::new().schema_type(Type::Integer))
            .property("c", ArrayBuilder::new())
            .property("items", ArrayBuilder::new())
            .description(Some("A node of the document tree: which members it has follows from `t`."));
        ArrayBuilder::new().items(node).description(Some("A comment's text as a document tree.")).into()
    }
}

impl ToSchema for Body {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::markdown;
    use serde_json::json;

    #[test]
    fn every_kind_of_node_has_its_form() {
        let tree = markdown::parse(
            "*a* **b** ~~c~~ `d` [e](https://example.org/)  \nf\n\n> g\n\n- h\n\n3. i\n\n```rust\nj\n```",
        );
        let wire = serde_json::to_value(Body(tree)).unwrap();
        assert_eq!(
            wire,
            json!([
                { "t": "p", "c": [
                    { "t": "em", "c": ["a"] }, " ", { "t": "strong", "c": ["b"] }, " ", { "t": "del", "c": ["c"] }, " ",
                    { "t": "code", "s": "d" }, " ", { "t": "a", "href": "https://example.org/", "c": ["e"] }, { "t": "br" }, "f"
                ] },
                { "t": "quote", "c": [{ "t": "p", "c": ["g"] }] },
                { "t": "ul", "items": [[{ "t": "p", "c": ["h"] }]] },
                { "t": "ol", "start": 3, "items": [[{ "t": "p", "c": ["i"] }]] },
                { "t": "pre", "lang": "rust", "s": "j\n" }
            ])
        );
    }
}
