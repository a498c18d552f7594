//! A comment's document tree. Written straight from the domain's tree: nothing is copied, and nothing but its closed
//! set of nodes can come out.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::{Value, json};
use utoipa::openapi::schema::{ArrayBuilder, Schema};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::domain::Document;
use crate::domain::document::{Block, Inline};

/// An array of blocks.
#[derive(Clone, Copy, Debug)]
pub struct Tree<'a>(pub &'a Document);

impl Serialize for Tree<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Blocks(&self.0.blocks).serialize(serializer)
    }
}

struct Blocks<'a>(&'a [Block]);
struct Inlines<'a>(&'a [Inline]);
struct Items<'a>(&'a [Vec<Block>]);
struct OneBlock<'a>(&'a Block);
struct OneInline<'a>(&'a Inline);

fn list<S: Serializer, T: Serialize>(
    serializer: S,
    items: impl ExactSizeIterator<Item = T>,
) -> Result<S::Ok, S::Error> {
    let mut list = serializer.serialize_seq(Some(items.len()))?;
    for item in items {
        list.serialize_element(&item)?;
    }
    list.end()
}

impl Serialize for Blocks<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        list(serializer, self.0.iter().map(OneBlock))
    }
}

impl Serialize for Inlines<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        list(serializer, self.0.iter().map(OneInline))
    }
}

impl Serialize for Items<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        list(serializer, self.0.iter().map(|item| Blocks(item)))
    }
}

impl Serialize for OneBlock<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut node = serializer.serialize_map(None)?;
        match self.0 {
            Block::Paragraph(children) => {
                node.serialize_entry("t", "p")?;
                node.serialize_entry("c", &Inlines(children))?;
            }
            Block::Code { language, text } => {
                node.serialize_entry("t", "pre")?;
                if let Some(language) = language {
                    node.serialize_entry("lang", language)?;
                }
                node.serialize_entry("s", text)?;
            }
            Block::Quote(children) => {
                node.serialize_entry("t", "quote")?;
                node.serialize_entry("c", &Blocks(children))?;
            }
            Block::List { start: None, items } => {
                node.serialize_entry("t", "ul")?;
                node.serialize_entry("items", &Items(items))?;
            }
            Block::List { start: Some(start), items } => {
                node.serialize_entry("t", "ol")?;
                node.serialize_entry("start", start)?;
                node.serialize_entry("items", &Items(items))?;
            }
        }
        node.end()
    }
}

impl Serialize for OneInline<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (name, children) = match self.0 {
            Inline::Text(text) => return serializer.serialize_str(text),
            Inline::Emphasis(children) => ("em", Some(children)),
            Inline::Strong(children) => ("strong", Some(children)),
            Inline::Strike(children) => ("del", Some(children)),
            Inline::Link { children, .. } => ("a", Some(children)),
            Inline::Code(_) => ("code", None),
            Inline::Break => ("br", None),
        };
        let mut node = serializer.serialize_map(None)?;
        node.serialize_entry("t", name)?;
        match self.0 {
            Inline::Link { href, .. } => node.serialize_entry("href", href.as_str())?,
            Inline::Code(text) => node.serialize_entry("s", text)?,
            _ => {}
        }
        if let Some(children) = children {
            node.serialize_entry("c", &Inlines(children))?;
        }
        node.end()
    }
}

impl PartialSchema for Tree<'_> {
    fn schema() -> RefOr<Schema> {
        let block = RefOr::Ref(Ref::from_schema_name("Block"));
        ArrayBuilder::new().items(block).description(Some("What a comment says.")).into()
    }
}

impl ToSchema for Tree<'_> {}

/// The nodes' schemas. They refer to each other, which a derived schema cannot.
pub fn schemas() -> [(&'static str, Value); 2] {
    fn node(name: &str, members: Value) -> Value {
        let mut properties = json!({ "t": { "type": "string", "const": name } });
        let mut required = vec![json!("t")];
        for (member, schema) in members.as_object().into_iter().flatten() {
            let optional = member == "lang";
            properties[member] = schema.clone();
            if !optional {
                required.push(json!(member));
            }
        }
        json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
    }
    let text = || json!({ "type": "string" });
    let list_of =
        |name: &str| json!({ "type": "array", "items": { "$ref": format!("#/components/schemas/{name}") } });
    let items = || json!({ "type": "array", "items": list_of("Block") });
    let block = json!({
        "description": "A block of a comment's document tree.",
        "oneOf": [
            node("p", json!({ "c": list_of("Inline") })),
            node("pre", json!({ "lang": text(), "s": text() })),
            node("quote", json!({ "c": list_of("Block") })),
            node("ul", json!({ "items": items() })),
            node("ol", json!({ "start": { "type": "integer", "minimum": 0 }, "items": items() })),
        ],
    });
    let inline = json!({
        "description": "What stands in a line: bare text, or a node.",
        "oneOf": [
            text(),
            node("em", json!({ "c": list_of("Inline") })),
            node("strong", json!({ "c": list_of("Inline") })),
            node("del", json!({ "c": list_of("Inline") })),
            node("code", json!({ "s": text() })),
            node("a", json!({ "href": { "type": "string", "format": "uri" }, "c": list_of("Inline") })),
            node("br", json!({})),
        ],
    });
    [("Block", block), ("Inline", inline)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::document::Href;

    #[test]
    fn every_node_has_its_form_and_no_other() {
        let text = |text: &str| Inline::Text(text.into());
        let link = Inline::Link {
            href: Href::parse("https://example.org/").unwrap(),
            children: vec![Inline::Strong(vec![text("a")])],
        };
        let document = Document {
            blocks: vec![
                Block::Paragraph(vec![
                    text("<b>"),
                    Inline::Emphasis(vec![text("x")]),
                    Inline::Strike(vec![]),
                    Inline::Code("c".into()),
                    Inline::Break,
                    link,
                ]),
                Block::Code { language: Some("rust".into()), text: "fn".into() },
                Block::Code { language: None, text: String::new() },
                Block::Quote(vec![Block::Paragraph(vec![])]),
                Block::List { start: None, items: vec![vec![Block::Paragraph(vec![text("i")])]] },
                Block::List { start: Some(3), items: vec![vec![]] },
            ],
        };
        assert_eq!(
            serde_json::to_value(Tree(&document)).unwrap(),
            json!([
                { "t": "p", "c": [
                    "<b>",
                    { "t": "em", "c": ["x"] },
                    { "t": "del", "c": [] },
                    { "t": "code", "s": "c" },
                    { "t": "br" },
                    { "t": "a", "href": "https://example.org/", "c": [{ "t": "strong", "c": ["a"] }] },
                ] },
                { "t": "pre", "lang": "rust", "s": "fn" },
                { "t": "pre", "s": "" },
                { "t": "quote", "c": [{ "t": "p", "c": [] }] },
                { "t": "ul", "items": [[{ "t": "p", "c": ["i"] }]] },
                { "t": "ol", "start": 3, "items": [[]] },
            ])
        );
    }
}
