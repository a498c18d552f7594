//! A comment's body as CBOR: each node an array, its kind first.
//!
//! Blocks: `[0, inlines]` paragraph, `[1, language|null, text]` code, `[2, blocks]` quote, `[3, start|null, [blocks]]`
//! list. Inlines: text as a bare string, `[0, …]` emphasis, `[1, …]` strong, `[2, …]` strike, `[3, text]` code,
//! `[4, href, …]` link, `[5]` break, where `…` is an array of inlines.
//!
//! Invariant: decoding never goes deeper than [`DEPTH`], so that a damaged row cannot exhaust the stack.

use minicbor::data::Type;
use minicbor::decode::{Decoder, Error as DecodeError};
use minicbor::encode::{Encoder, Error as EncodeError, Write};

use crate::domain::Document;
use crate::domain::document::{Block, Href, Inline, MAX_DEPTH};

/// A list takes two levels here, its own and its items': room for as many of them as the tree allows.
const DEPTH: usize = 2 * (MAX_DEPTH + 2);

pub fn encode<C, W: Write>(
    document: &Document,
    e: &mut Encoder<W>,
    _: &mut C,
) -> Result<(), EncodeError<W::Error>> {
    blocks(&document.blocks, e)
}

pub fn decode<C>(d: &mut Decoder<'_>, _: &mut C) -> Result<Document, DecodeError> {
    Ok(Document { blocks: read_list(d, DEPTH, read_block)? })
}

fn blocks<W: Write>(list: &[Block], e: &mut Encoder<W>) -> Result<(), EncodeError<W::Error>> {
    e.array(list.len() as u64)?;
    for block in list {
        match block {
            Block::Paragraph(children) => {
                e.array(2)?.u8(0)?;
                inlines(children, e)?;
            }
            Block::Code { language, text } => {
                e.array(3)?.u8(1)?.encode(language.as_deref())?.str(text)?;
            }
            Block::Quote(children) => {
                e.array(2)?.u8(2)?;
                blocks(children, e)?;
            }
            Block::List { start, items } => {
                e.array(3)?.u8(3)?.encode(start)?.array(items.len() as u64)?;
                for item in items {
                    blocks(item, e)?;
                }
            }
        }
    }
    Ok(())
}

fn inlines<W: Write>(list: &[Inline], e: &mut Encoder<W>) -> Result<(), EncodeError<W::Error>> {
    e.array(list.len() as u64)?;
    for inline in list {
        match inline {
            Inline::Text(text) => {
                e.str(text)?;
            }
            Inline::Emphasis(children) => {
                e.array(2)?.u8(0)?;
                inlines(children, e)?;
            }
            Inline::Strong(children) => {
                e.array(2)?.u8(1)?;
                inlines(children, e)?;
            }
            Inline::Strike(children) => {
                e.array(2)?.u8(2)?;
                inlines(children, e)?;
            }
            Inline::Code(text) => {
                e.array(2)?.u8(3)?.str(text)?;
            }
            Inline::Link { href, children } => {
                e.array(3)?.u8(4)?.str(href.as_str())?;
                inlines(children, e)?;
            }
            Inline::Break => {
                e.array(1)?.u8(5)?;
            }
        }
    }
    Ok(())
}

/// The nodes of an array; `depth` is how many more levels may follow.
fn read_list<T>(
    d: &mut Decoder<'_>,
    depth: usize,
    read: fn(&mut Decoder<'_>, usize) -> Result<T, DecodeError>,
) -> Result<Vec<T>, DecodeError> {
    let depth = depth.checked_sub(1).ok_or_else(|| DecodeError::message("a document that is too deep"))?;
    let length = length(d)?;
    // Not allocated ahead from a length that a damaged row may name.
    let mut list = Vec::new();
    for _ in 0..length {
        list.push(read(d, depth)?);
    }
    Ok(list)
}

fn length(d: &mut Decoder<'_>) -> Result<u64, DecodeError> {
    d.array()?.ok_or_else(|| DecodeError::message("a list of unknown length"))
}

fn read_block(d: &mut Decoder<'_>, depth: usize) -> Result<Block, DecodeError> {
    let fields = length(d)?;
    Ok(match (d.u8()?, fields) {
        (0, 2) => Block::Paragraph(read_list(d, depth, read_inline)?),
        (1, 3) => Block::Code { language: d.decode()?, text: d.decode()? },
        (2, 2) => Block::Quote(read_list(d, depth, read_block)?),
        (3, 3) => Block::List {
            start: d.decode()?,
            items: read_list(d, depth, |d, depth| read_list(d, depth, read_block))?,
        },
        _ => return Err(DecodeError::message("an unknown kind of block")),
    })
}

fn read_inline(d: &mut Decoder<'_>, depth: usize) -> Result<Inline, DecodeError> {
    if d.datatype()? == Type::String {
        return Ok(Inline::Text(d.decode()?));
    }
    let fields = length(d)?;
    Ok(match (d.u8()?, fields) {
        (0, 2) => Inline::Emphasis(read_list(d, depth, read_inline)?),
        (1, 2) => Inline::Strong(read_list(d, depth, read_inline)?),
        (2, 2) => Inline::Strike(read_list(d, depth, read_inline)?),
        (3, 2) => Inline::Code(d.decode()?),
        (4, 3) => {
            // Parsed again: not even a damaged row makes a link that could run.
            let href = Href::parse(d.str()?).ok_or_else(|| DecodeError::message("a link that is none"))?;
            Inline::Link { href, children: read_list(d, depth, read_inline)? }
        }
        (5, 1) => Inline::Break,
        _ => return Err(DecodeError::message("an unknown kind of inline")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(document: &Document) -> Document {
        let mut bytes = Vec::new();
        encode(document, &mut Encoder::new(&mut bytes), &mut ()).unwrap();
        decode(&mut Decoder::new(&bytes), &mut ()).unwrap()
    }

    #[test]
    fn every_kind_of_node_reads_back_as_it_was() {
        let text = || Inline::Text("héllo 👋".into());
        let document = Document {
            blocks: vec![
                Block::Paragraph(vec![
                    text(),
                    Inline::Emphasis(vec![text()]),
                    Inline::Strong(vec![Inline::Strike(vec![text()])]),
                    Inline::Code("let x = 1;".into()),
                    Inline::Break,
                    Inline::Link {
                        href: Href::parse("https://example.org/a?b=ü").unwrap(),
                        children: vec![text()],
                    },
                ]),
                Block::Code { language: Some("rust".into()), text: "fn main() {}".into() },
                Block::Code { language: None, text: String::new() },
                Block::Quote(vec![Block::Paragraph(vec![])]),
                Block::List {
                    start: Some(u64::MAX),
                    items: vec![vec![Block::Paragraph(vec![text()])], vec![]],
                },
                Block::List { start: None, items: vec![] },
            ],
        };
        assert_eq!(round_trip(&document), document);
    }

    #[test]
    fn a_document_as_deep_as_allowed_reads_back_and_a_deeper_row_is_refused() {
        let nested = |levels| {
            let mut blocks = vec![];
            for _ in 0..levels {
                blocks = vec![Block::List { start: None, items: vec![blocks] }];
            }
            Document { blocks }
        };
        assert_eq!(round_trip(&nested(MAX_DEPTH)), nested(MAX_DEPTH));

        let mut deeper = Vec::new();
        encode(&nested(MAX_DEPTH + 4), &mut Encoder::new(&mut deeper), &mut ()).unwrap();
        assert!(decode(&mut Decoder::new(&deeper), &mut ()).is_err());

        let mut hostile = vec![0x81; 100_000];
        hostile.push(0x80);
        assert!(decode(&mut Decoder::new(&hostile), &mut ()).is_err());
    }
}
