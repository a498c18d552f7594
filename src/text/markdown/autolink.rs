//! Bare web and mail addresses in running text become links.
//!
//! They are looked for in the source, not in the parsed text: to Markdown the underscores of
//! `https://example.org/_next_/a` are emphasis, to everybody else they are an address.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use crate::domain::document::Href;

use super::Placed;
use super::tree::Tree;

/// Writes text into a tree, with the links that stand bare in it.
#[derive(Default)]
pub(super) struct RunningText {
    taken_to: usize,
    /// Before this nothing is looked for again: what stands there was refused. Keeps hostile input linear.
    refused_to: usize,
}

impl RunningText {
    /// Up to where the source was used up by an address: marks that the parser saw before that are part of it.
    pub fn taken_to(&self) -> usize {
        self.taken_to
    }

    /// `text` stands at `range`; an address in it may go on beyond, into the events of `rest`, but not beyond `limit`.
    pub fn write(
        &mut self,
        source: &str,
        text: &str,
        range: Range<usize>,
        limit: usize,
        rest: &[Placed<'_>],
        tree: &mut Tree,
    ) {
        if range.end <= self.taken_to {
            return;
        }
        let mut at = range.start.max(self.taken_to);
        if source.get(range.clone()) != Some(text) {
            // An entity or an escape: what it stands for, unless an address has taken its beginning.
            return tree.text(if at == range.start { text } else { &source[at..range.end] });
        }
        while let Some(found) = next_address(source, at.max(self.refused_to)..range.end) {
            let (span, target) = match found {
                Address::Web(start) => {
                    let run = start..start + run_length(&source[start..limit]);
                    let span =
                        start..start + address_length(&source[start..end_of_run(run, range.end, rest)]);
                    (span.clone(), source[span].to_owned())
                }
                Address::Mail(span) => (span.clone(), format!("mailto:{}", &source[span])),
            };
            if let Some(href) = Href::parse(&target) {
                tree.text(&source[at..span.start]);
                tree.link(href, &source[span.clone()]);
                self.taken_to = span.end;
                at = span.end;
            } else {
                self.refused_to = span.end.max(span.start + "http://".len());
            }
            if at.max(self.refused_to) >= range.end {
                break;
            }
        }
        if at < range.end {
            tree.text(&source[at..range.end]);
        }
    }
}

/// Where a run of address characters really ends: before the first thing in `rest` that is more than text and marks.
fn end_of_run(run: Range<usize>, text_end: usize, rest: &[Placed<'_>]) -> usize {
    let mut end = text_end;
    for (event, range) in rest {
        match event {
            _ if end >= run.end => break,
            Event::Text(_) => end = range.end,
            Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough) => end = range.end,
            Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough) => {}
            _ => break,
        }
    }
    end.min(run.end)
}

enum Address {
    /// `http://` or `https://` begins here.
    Web(usize),
    Mail(Range<usize>),
}

/// The next thing in `within` that looks like the beginning of a web address, or like a mail address.
fn next_address(source: &str, within: Range<usize>) -> Option<Address> {
    let mut at = within.start;
    while let Some(found) = source.get(at..within.end)?.find([':', '@']) {
        let mark = at + found;
        let address = if source.as_bytes()[mark] == b':' {
            scheme_before(source, mark, within.end).filter(|start| *start >= within.start).map(Address::Web)
        } else {
            mail_around(source, mark, &within).map(Address::Mail)
        };
        if address.is_some() {
            return address;
        }
        at = mark + 1;
    }
    None
}

fn scheme_before(source: &str, colon: usize, end: usize) -> Option<usize> {
    if !source[colon..end].starts_with("://") {
        return None;
    }
    let start = ["https", "http"].into_iter().find_map(|scheme| {
        let start = colon.checked_sub(scheme.len())?;
        source.get(start..colon)?.eq_ignore_ascii_case(scheme).then_some(start)
    })?;
    // `xhttp://` is some other scheme.
    let before = source[..start].chars().next_back();
    (!before.is_some_and(|c| c.is_ascii_alphanumeric())).then_some(start)
}

/// How many bytes of `text` could belong to an address.
fn run_length(text: &str) -> usize {
    text.find(is_foreign_to_addresses).unwrap_or(text.len())
}

/// How much of a run is the address itself: without the punctuation of the sentence around it, and without closing
/// brackets that were opened before it.
fn address_length(run: &str) -> usize {
    let mut address = run;
    let mut surplus = [('(', ')'), ('[', ']'), ('{', '}')]
        .map(|(open, close)| (close, run.matches(close).count().saturating_sub(run.matches(open).count())));
    while let Some(last) = address.chars().next_back() {
        if let Some((_, surplus)) = surplus.iter_mut().find(|(close, left)| *close == last && *left > 0) {
            *surplus -= 1;
        } else if !matches!(
            last,
            '?' | '!' | '.' | ',' | ':' | ';' | '*' | '_' | '~' | '\'' | '(' | '[' | '{'
        ) {
            break;
        }
        address = &address[..address.len() - last.len_utf8()];
    }
    address.len()
}

/// White space, controls, quotation marks and the punctuation of scripts that are written without spaces.
fn is_foreign_to_addresses(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '<' | '>' | '"' | '`' | '\\' | '|' | '^')
        || matches!(
            c,
            '\u{00AB}' | '\u{00BB}' | '\u{2018}'..='\u{201F}' | '\u{2026}' | '\u{2039}' | '\u{203A}'
        )
        || matches!(
            c,
            '\u{3001}' | '\u{3002}' | '\u{3008}'..='\u{3011}' | '\u{FF01}' | '\u{FF08}' | '\u{FF09}'
        )
        || matches!(
            c,
            '\u{FF0C}' | '\u{FF0E}' | '\u{FF1A}' | '\u{FF1B}' | '\u{FF1F}' | '\u{FF61}' | '\u{FF64}'
        )
        || matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// `ada@example.org` around the `@`: plain ASCII, a dot in the domain.
fn mail_around(source: &str, at: usize, within: &Range<usize>) -> Option<Range<usize>> {
    let is_local = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'+');
    let is_domain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-');
    let bytes = source.as_bytes();
    let mut start = at - bytes[within.start..at].iter().rev().take_while(|b| is_local(b)).count();
    start += bytes[start..at].iter().take_while(|b| !b.is_ascii_alphanumeric()).count();
    let mut end = at + 1 + bytes[at + 1..within.end].iter().take_while(|b| is_domain(b)).count();
    while matches!(bytes[end - 1], b'.' | b'-') {
        end -= 1;
    }
    let domain = source.get(at + 1..end)?;
    let (name, top) = domain.rsplit_once('.')?;
    let fits = (1..=64).contains(&(at - start))
        && domain.len() <= 253
        && top.len() >= 2
        && !top.bytes().all(|b| b.is_ascii_digit())
        && !name.split('.').any(str::is_empty);
    fits.then_some(start..end)
}
