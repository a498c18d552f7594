//! Building a document from the outside in, within its caps.
//!
//! Invariant: no node lies deeper than [`MAX_DEPTH`] and there are at most [`MAX_NODES`]; list items count as nodes.
//! What would lie deeper joins what surrounds it; what would be too many becomes one last paragraph of bare text.

use crate::domain::Document;
use crate::domain::document::{Block, Href, Inline, MAX_DEPTH, MAX_NODES};

/// What the last paragraph and its text need.
const RESERVED_NODES: usize = 2;

/// A kind of inline that holds others.
pub(super) enum Wrap {
    Emphasis,
    Strong,
    Strike,
    Link(Href),
}

enum Frame {
    Quote(Vec<Block>),
    List {
        start: Option<u64>,
        items: Vec<Vec<Block>>,
    },
    Item(Vec<Block>),
    Paragraph {
        children: Vec<Inline>,
        /// Opened by us around bare inlines, so no end is announced for it.
        implied: bool,
    },
    Inline {
        wrap: Wrap,
        children: Vec<Inline>,
    },
}

pub(super) struct Tree {
    blocks: Vec<Block>,
    frames: Vec<Frame>,
    nodes: usize,
    /// What came after the last node that fits.
    rest: Option<String>,
    /// Characters that show so far; only ever compared.
    written: usize,
}

impl Tree {
    pub fn new() -> Tree {
        Tree { blocks: Vec::new(), frames: Vec::new(), nodes: 0, rest: None, written: 0 }
    }

    /// Moves whenever something that shows was written.
    pub fn written(&self) -> usize {
        self.written
    }

    pub fn open_quote(&mut self) -> bool {
        self.open_block(Frame::Quote(Vec::new()), 2)
    }

    pub fn open_list(&mut self, start: Option<u64>) -> bool {
        self.open_block(Frame::List { start, items: Vec::new() }, 2)
    }

    /// Only directly inside a list.
    pub fn open_item(&mut self) -> bool {
        self.settle();
        if matches!(self.frames.last(), Some(Frame::List { .. })) {
            self.open_block(Frame::Item(Vec::new()), 2)
        } else {
            self.new_line();
            false
        }
    }

    pub fn open_paragraph(&mut self) -> bool {
        self.open_block(Frame::Paragraph { children: Vec::new(), implied: false }, 1)
    }

    pub fn open_inline(&mut self, wrap: Wrap) -> bool {
        if !self.in_paragraph() || self.depth() + 2 > MAX_DEPTH || !self.take(1) {
            return false;
        }
        self.frames.push(Frame::Inline { wrap, children: Vec::new() });
        true
    }

    /// Closes what the last successful `open_…` opened.
    pub fn close(&mut self) {
        self.settle();
        self.pop();
    }

    pub fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.written += usize::from(!text.trim().is_empty());
        if !self.in_paragraph() {
            return self.overflow(text);
        }
        if let Some(Inline::Text(before)) = self.inlines().and_then(|list| list.last_mut()) {
            before.push_str(text);
        } else if self.take(1) {
            self.push_inline(Inline::Text(text.to_owned()));
        } else {
            self.overflow(text);
        }
    }

    pub fn code(&mut self, code: &str) {
        self.written += 1;
        if self.in_paragraph() && self.take(1) {
            self.push_inline(Inline::Code(code.to_owned()));
        } else {
            self.overflow(code);
        }
    }

    pub fn line_break(&mut self) {
        if self.in_paragraph() && self.take(1) {
            self.push_inline(Inline::Break);
        } else {
            self.new_line();
        }
    }

    pub fn link(&mut self, href: Href, label: &str) {
        if self.open_inline(Wrap::Link(href)) {
            self.text(label);
            self.close();
        } else {
            self.text(label);
        }
    }

    pub fn code_block(&mut self, language: Option<String>, text: String) {
        self.settle();
        self.written += 1;
        if text.is_empty() {
            return;
        }
        if self.take(1) {
            self.push_block(Block::Code { language, text });
        } else {
            self.new_line();
            self.overflow(&text);
        }
    }

    pub fn finish(mut self) -> Document {
        while !self.frames.is_empty() {
            self.pop();
        }
        let rest = self.rest.unwrap_or_default();
        if !rest.trim().is_empty() {
            self.blocks.push(Block::Paragraph(vec![Inline::Text(rest.trim().to_owned())]));
        }
        Document { blocks: self.blocks }
    }

    /// `room` is how many levels the smallest thing inside needs.
    fn open_block(&mut self, frame: Frame, room: usize) -> bool {
        self.settle();
        self.new_line();
        let own = usize::from(!matches!(frame, Frame::Item(_)));
        if self.depth() + own + room > MAX_DEPTH || !self.take(1) {
            return false;
        }
        self.frames.push(frame);
        true
    }

    /// Makes sure that inlines have a paragraph to stand in; `false` if there is no room for one.
    fn in_paragraph(&mut self) -> bool {
        if matches!(self.frames.last(), Some(Frame::Paragraph { .. } | Frame::Inline { .. })) {
            return self.rest.is_none();
        }
        let fits = self.take(1);
        if fits {
            self.frames.push(Frame::Paragraph { children: Vec::new(), implied: true });
        }
        fits
    }

    /// Ends a paragraph that only we know of.
    fn settle(&mut self) {
        if matches!(self.frames.last(), Some(Frame::Paragraph { implied: true, .. })) {
            self.pop();
        }
    }

    fn pop(&mut self) {
        match self.frames.pop() {
            Some(Frame::Quote(blocks)) if !blocks.is_empty() => self.push_block(Block::Quote(blocks)),
            Some(Frame::List { start, items }) if !items.is_empty() => {
                self.push_block(Block::List { start, items });
            }
            Some(Frame::Item(blocks)) => {
                if let Some(Frame::List { items, .. }) = self.frames.last_mut() {
                    items.push(blocks);
                }
            }
            Some(Frame::Paragraph { children, .. }) => {
                let children = without_outer_breaks(children);
                if !children.is_empty() {
                    self.push_block(Block::Paragraph(children));
                }
            }
            Some(Frame::Inline { wrap, children }) if !children.is_empty() => {
                self.push_inline(match wrap {
                    Wrap::Emphasis => Inline::Emphasis(children),
                    Wrap::Strong => Inline::Strong(children),
                    Wrap::Strike => Inline::Strike(children),
                    Wrap::Link(href) => Inline::Link { href, children },
                });
            }
            _ => {}
        }
    }

    fn push_block(&mut self, block: Block) {
        match self.frames.last_mut() {
            Some(Frame::Quote(blocks) | Frame::Item(blocks)) => blocks.push(block),
            Some(Frame::List { items, .. }) => items.push(vec![block]),
            _ => self.blocks.push(block),
        }
    }

    fn push_inline(&mut self, inline: Inline) {
        if let Some(list) = self.inlines() {
            list.push(inline);
        }
    }

    fn inlines(&mut self) -> Option<&mut Vec<Inline>> {
        match self.frames.last_mut() {
            Some(Frame::Paragraph { children, .. } | Frame::Inline { children, .. }) => Some(children),
            _ => None,
        }
    }

    fn depth(&self) -> usize {
        self.frames.iter().filter(|frame| !matches!(frame, Frame::Item(_))).count()
    }

    fn take(&mut self, nodes: usize) -> bool {
        if self.rest.is_none() && self.nodes + nodes + RESERVED_NODES > MAX_NODES {
            self.rest = Some(String::new());
        }
        let fits = self.rest.is_none();
        if fits {
            self.nodes += nodes;
        }
        fits
    }

    fn overflow(&mut self, text: &str) {
        self.rest.get_or_insert_default().push_str(text);
    }

    fn new_line(&mut self) {
        if let Some(rest) = self.rest.as_mut().filter(|rest| !rest.is_empty() && !rest.ends_with('\n')) {
            rest.push('\n');
        }
    }
}

/// A document that shows `source` as it was typed.
pub(super) fn as_text(source: &str) -> Document {
    let text = source.trim();
    let blocks = if text.is_empty() { Vec::new() } else { vec![paragraph_of(text)] };
    Document { blocks }
}

fn paragraph_of(text: &str) -> Block {
    Block::Paragraph(vec![Inline::Text(text.to_owned())])
}

fn without_outer_breaks(mut inlines: Vec<Inline>) -> Vec<Inline> {
    while inlines.last() == Some(&Inline::Break) {
        inlines.pop();
    }
    let leading = inlines.iter().take_while(|inline| **inline == Inline::Break).count();
    inlines.drain(..leading);
    inlines
}
