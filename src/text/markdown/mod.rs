//! Markdown into the document tree, once, when a comment is written.
//!
//! Invariant: whatever is typed, the tree holds only the closed set of [`crate::domain::document`], within its caps,
//! in linear time; and every word that was typed can be read in it. What Markdown would drop (raw HTML, link
//! definitions that no link uses, a fence's remark) is shown as text instead.

mod autolink;
mod fences;
mod links;
mod tree;

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::ops::Range;

use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag};

use crate::domain::Document;
use crate::domain::document::Href;

use autolink::RunningText;
use fences::{code_block, info_of};
use links::Definitions;
use tree::{Tree, Wrap};

/// What `markdown` says. Empty if `markdown` is blank, and only then; blank is what Unicode calls white space, of which
/// CommonMark knows but a part.
pub fn parse(markdown: &str) -> Document {
    if markdown.trim().is_empty() {
        return Document::default();
    }
    let parser = Parser::new_ext(markdown, Options::ENABLE_STRIKETHROUGH);
    let mut vanishing: Vec<_> = parser
        .reference_definitions()
        .iter()
        .filter(|(_, definition)| Href::parse(&definition.dest).is_some())
        .map(|(label, definition)| (label.to_lowercase(), definition.span.clone()))
        .collect();
    let events = joined(markdown, parser.into_offset_iter());
    let used = used_labels(&events);
    vanishing.retain(|(label, _)| used.contains(label));

    let mut walk = Walk {
        source: markdown,
        tree: Tree::new(),
        open: Vec::new(),
        links_open: 0,
        running: RunningText::default(),
        definitions: Definitions::new(markdown, vanishing.into_iter().map(|(_, span)| span).collect()),
    };
    for (index, (event, range)) in events.iter().enumerate() {
        walk.step(event, range.clone(), &events[index + 1..]);
    }
    walk.finish()
}

type Placed<'a> = (Event<'a>, Range<usize>);

/// The parser's events with neighbouring stretches of verbatim text joined, so that a link is never cut in two.
fn joined<'a>(source: &'a str, events: impl Iterator<Item = Placed<'a>>) -> Vec<Placed<'a>> {
    let mut all: Vec<Placed<'a>> = Vec::new();
    for (event, range) in events {
        if let Event::Text(text) = &event
            && let Some((Event::Text(before), before_range)) = all.last_mut()
            && before_range.end == range.start
            && source.get(range.clone()) == Some(text)
            && source.get(before_range.clone()) == Some(before)
        {
            *before = CowStr::Borrowed(&source[before_range.start..range.end]);
            before_range.end = range.end;
        } else {
            all.push((event, range));
        }
    }
    all
}

fn used_labels(events: &[Placed<'_>]) -> HashSet<String> {
    let of_tag = |tag: &Tag<'_>| match tag {
        Tag::Link { id, .. } | Tag::Image { id, .. } if !id.is_empty() => Some(id.to_lowercase()),
        _ => None,
    };
    let of_event = |(event, _): &Placed<'_>| match event {
        Event::Start(tag) => of_tag(tag),
        _ => None,
    };
    events.iter().filter_map(of_event).collect()
}

/// What became of something the parser opened, and so what its end has to do.
enum Open {
    /// A block or an inline with so many frames in the tree; none if it is not wanted or too deep.
    Frames { count: usize, holds_blocks: bool },
    /// A link, and its target to show if it turns out to hold nothing else.
    Link { became: Became, empty_at: usize, target: String },
    /// Emphasis that began inside a bare address, so it is none: its closing marks are text.
    Marks { length: usize },
    /// A code block, whose text is gathered here.
    Code { info: String, text: String },
}

#[derive(PartialEq)]
enum Became {
    Link,
    /// Its target is none that a link may have, or it lies within a link.
    Text,
    /// The same, and it took its target from a definition, which shows: so do the brackets that refer to it.
    Reference,
    /// It would lie too deep: its target follows it.
    TextAndTarget,
}

struct Walk<'a> {
    source: &'a str,
    tree: Tree,
    /// One entry for everything the parser has opened, and where a bare address inside it ends at the latest.
    open: Vec<(Open, usize)>,
    links_open: usize,
    running: RunningText,
    definitions: Definitions<'a>,
}

impl Walk<'_> {
    fn step(&mut self, event: &Event<'_>, range: Range<usize>, rest: &[Placed<'_>]) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(_) => self.end(range),
            Event::Text(text) => self.words(text, range, rest),
            Event::Html(html) | Event::InlineHtml(html) => self.lines(html, range.start, rest),
            Event::Code(code) => self.tree.code(code),
            Event::SoftBreak | Event::HardBreak => self.tree.line_break(),
            Event::Rule => {
                self.show_dropped(range.start);
                self.definitions.skip_to(range.end);
            }
            // Extensions that are off.
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>, range: Range<usize>) {
        let open = match tag {
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough if range.start < self.running.taken_to() => {
                self.open.push((Open::Marks { length: mark_length(tag, &self.source[range]) }, self.limit()));
                return;
            }
            Tag::Emphasis => self.open_inline(Wrap::Emphasis),
            Tag::Strong => self.open_inline(Wrap::Strong),
            Tag::Strikethrough => self.open_inline(Wrap::Strike),
            Tag::Link { link_type, dest_url, .. } | Tag::Image { link_type, dest_url, .. } => {
                self.open_link(*link_type, dest_url)
            }
            block => self.open_block(block, &range),
        };
        self.open.push((open, range.end));
    }

    fn open_inline(&mut self, wrap: Wrap) -> Open {
        Open::Frames { count: self.tree.open_inline(wrap).into(), holds_blocks: false }
    }

    /// Links do not nest; the outer one wins, and an image is a link to it.
    fn open_link(&mut self, kind: LinkType, target: &str) -> Open {
        let target = if kind == LinkType::Email { format!("mailto:{target}") } else { target.to_owned() };
        let is_reference = matches!(kind, LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut);
        let became = match Href::parse(&target) {
            None if is_reference => Became::Reference,
            None => Became::Text,
            Some(_) if self.links_open > 0 => Became::Text,
            Some(href) => match self.tree.open_inline(Wrap::Link(href)) {
                true => Became::Link,
                false => Became::TextAndTarget,
            },
        };
        self.links_open += usize::from(became == Became::Link);
        if became == Became::Reference {
            self.tree.text("[");
        }
        Open::Link { became, empty_at: self.tree.written(), target }
    }

    fn close_link(&mut self, became: &Became, is_empty: bool, target: &str) {
        if is_empty {
            self.tree.text(target);
        }
        match became {
            Became::Link => {
                self.tree.close();
                self.links_open -= 1;
            }
            Became::Reference => self.tree.text("]"),
            Became::TextAndTarget if !is_empty => self.tree.text(&format!(" ({target})")),
            Became::Text | Became::TextAndTarget => {}
        }
    }

    fn open_block(&mut self, tag: &Tag<'_>, range: &Range<usize>) -> Open {
        self.show_dropped(range.start);
        let holds_blocks = matches!(tag, Tag::BlockQuote(_) | Tag::List(_) | Tag::Item);
        if !holds_blocks {
            self.definitions.skip_to(range.end);
        }
        let count = match tag {
            Tag::BlockQuote(_) => self.tree.open_quote().into(),
            Tag::List(start) => self.tree.open_list(*start).into(),
            Tag::Item => self.tree.open_item().into(),
            Tag::CodeBlock(kind) => return Open::Code { info: info_of(kind), text: String::new() },
            Tag::Heading { .. } => {
                usize::from(self.tree.open_paragraph()) + usize::from(self.tree.open_inline(Wrap::Strong))
            }
            _ => self.tree.open_paragraph().into(),
        };
        Open::Frames { count, holds_blocks }
    }

    fn end(&mut self, range: Range<usize>) {
        match self.open.pop() {
            Some((Open::Frames { count, holds_blocks }, _)) => {
                if holds_blocks {
                    self.show_dropped(range.end);
                }
                (0..count).for_each(|_| self.tree.close());
            }
            Some((Open::Link { became, empty_at, target }, _)) => {
                self.close_link(&became, self.tree.written() == empty_at, &target);
            }
            Some((Open::Marks { length }, _)) => {
                let from = range.end.saturating_sub(length).max(self.running.taken_to());
                self.tree.text(self.source.get(from..range.end).unwrap_or_default());
            }
            Some((Open::Code { info, text }, _)) => {
                let (language, text) = code_block(&info, text);
                self.tree.code_block(language, text);
            }
            None => {}
        }
    }

    fn words(&mut self, text: &str, range: Range<usize>, rest: &[Placed<'_>]) {
        if let Some((Open::Code { text: code, .. }, _)) = self.open.last_mut() {
            code.push_str(text);
        } else if self.links_open > 0 {
            self.tree.text(text);
        } else {
            let limit = self.limit();
            self.running.write(self.source, text, range, limit, rest, &mut self.tree);
        }
    }

    /// Several lines of text that are not Markdown: raw HTML is what was typed, not what it would do.
    fn lines(&mut self, text: &str, mut at: usize, rest: &[Placed<'_>]) {
        for line in text.split_inclusive('\n') {
            let bare = line.trim_end_matches(['\n', '\r']);
            self.words(bare, at..at + bare.len(), rest);
            if bare.len() < line.len() {
                self.tree.line_break();
            }
            at += line.len();
        }
    }

    fn show_dropped(&mut self, offset: usize) {
        for span in self.definitions.dropped_before(offset) {
            let opened = self.tree.open_paragraph();
            self.lines(&self.source[span.clone()], span.start, &[]);
            if opened {
                self.tree.close();
            }
        }
    }

    fn limit(&self) -> usize {
        self.open.last().map_or(self.source.len(), |(_, limit)| *limit)
    }

    fn finish(mut self) -> Document {
        self.show_dropped(self.source.len());
        let document = self.tree.finish();
        if document.blocks.is_empty() { tree::as_text(self.source) } else { document }
    }
}

/// How many characters mark each end: `*`, `**`, `~` or `~~`.
fn mark_length(tag: &Tag<'_>, marked: &str) -> usize {
    match tag {
        Tag::Emphasis => 1,
        Tag::Strikethrough if !marked.starts_with("~~") => 1,
        _ => 2,
    }
}
