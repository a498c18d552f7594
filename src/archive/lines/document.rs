//! A comment's text as a tree of JSON: each node an object with one key, its kind.

use serde::{Deserialize, Serialize};

use crate::domain::Document;
use crate::domain::document::{Block, Href, Inline};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockLine {
    Paragraph(Vec<InlineLine>),
    Code(CodeLine),
    Quote(Vec<BlockLine>),
    List(ListLine),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeLine {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    text: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListLine {
    /// Of an ordered list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    start: Option<u64>,
    items: Vec<Vec<BlockLine>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InlineLine {
    Text(String),
    Emphasis(Vec<InlineLine>),
    Strong(Vec<InlineLine>),
    Strike(Vec<InlineLine>),
    Code(String),
    Link(LinkLine),
    Break,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkLine {
    href: String,
    children: Vec<InlineLine>,
}

pub fn of(document: Document) -> Vec<BlockLine> {
    blocks(document.blocks)
}

fn blocks(list: Vec<Block>) -> Vec<BlockLine> {
    let block = |block| match block {
        Block::Paragraph(children) => BlockLine::Paragraph(inlines(children)),
        Block::Code { language, text } => BlockLine::Code(CodeLine { language, text }),
        Block::Quote(children) => BlockLine::Quote(blocks(children)),
        Block::List { start, items } => {
            BlockLine::List(ListLine { start, items: items.into_iter().map(blocks).collect() })
        }
    };
    list.into_iter().map(block).collect()
}

fn inlines(list: Vec<Inline>) -> Vec<InlineLine> {
    let inline = |inline| match inline {
        Inline::Text(text) => InlineLine::Text(text),
        Inline::Emphasis(children) => InlineLine::Emphasis(inlines(children)),
        Inline::Strong(children) => InlineLine::Strong(inlines(children)),
        Inline::Strike(children) => InlineLine::Strike(inlines(children)),
        Inline::Code(text) => InlineLine::Code(text),
        Inline::Link { href, children } => {
            InlineLine::Link(LinkLine { href: href.as_str().to_owned(), children: inlines(children) })
        }
        Inline::Break => InlineLine::Break,
    };
    list.into_iter().map(inline).collect()
}

pub fn document(list: Vec<BlockLine>) -> Result<Document, String> {
    Ok(Document { blocks: read_blocks(list)? })
}

fn read_blocks(list: Vec<BlockLine>) -> Result<Vec<Block>, String> {
    let block = |line| {
        Ok(match line {
            BlockLine::Paragraph(children) => Block::Paragraph(read_inlines(children)?),
            BlockLine::Code(CodeLine { language, text }) => Block::Code { language, text },
            BlockLine::Quote(children) => Block::Quote(read_blocks(children)?),
            BlockLine::List(ListLine { start, items }) => {
                Block::List { start, items: items.into_iter().map(read_blocks).collect::<Result<_, _>>()? }
            }
        })
    };
    list.into_iter().map(block).collect()
}

fn read_inlines(list: Vec<InlineLine>) -> Result<Vec<Inline>, String> {
    let inline = |line| {
        Ok(match line {
            InlineLine::Text(text) => Inline::Text(text),
            InlineLine::Emphasis(children) => Inline::Emphasis(read_inlines(children)?),
            InlineLine::Strong(children) => Inline::Strong(read_inlines(children)?),
            InlineLine::Strike(children) => Inline::Strike(read_inlines(children)?),
            InlineLine::Code(text) => Inline::Code(text),
            InlineLine::Link(LinkLine { href, children }) => {
                // Parsed again: no file makes a link that could run.
                let href = Href::parse(&href)
                    .ok_or_else(|| "href: expected an address of http, https or mailto".to_owned())?;
                Inline::Link { href, children: read_inlines(children)? }
            }
            InlineLine::Break => Inline::Break,
        })
    };
    list.into_iter().map(inline).collect()
}
