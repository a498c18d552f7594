//! Link definitions (`[1]: https://example.org`) that no link uses: Markdown drops them, we show them.

use std::ops::Range;

/// Follows how far the source was seen as blocks. What lies between two blocks is markers, or was dropped.
pub(super) struct Definitions<'a> {
    source: &'a str,
    /// Those that a link uses, in order: they may vanish, as their authors expect.
    used: Vec<Range<usize>>,
    seen_to: usize,
}

impl<'a> Definitions<'a> {
    pub fn new(source: &'a str, mut used: Vec<Range<usize>>) -> Definitions<'a> {
        used.sort_by_key(|span| span.start);
        Definitions { source, used, seen_to: 0 }
    }

    /// What was dropped between the last block and `offset`, where a block begins or ends.
    pub fn dropped_before(&mut self, offset: usize) -> Vec<Range<usize>> {
        let mut dropped = Vec::new();
        let first = self.used.partition_point(|span| span.start < self.seen_to);
        for span in self.used[first..].iter().take_while(|span| span.end <= offset) {
            dropped.extend(definitions_in(self.source, self.seen_to..span.start));
            self.seen_to = span.end;
        }
        dropped.extend(definitions_in(self.source, self.seen_to..offset));
        self.seen_to = self.seen_to.max(offset);
        dropped
    }

    /// A block with nothing but inlines in it reaches to `offset`.
    pub fn skip_to(&mut self, offset: usize) {
        self.seen_to = self.seen_to.max(offset);
    }
}

/// The part of a gap between blocks that is more than markers of quotes and lists.
fn definitions_in(source: &str, gap: Range<usize>) -> Option<Range<usize>> {
    let text = source.get(gap.clone())?;
    text.contains("]:").then_some(())?;
    let from = text.find('[')?;
    let to = text.trim_end_matches(|c: char| c.is_whitespace() || c == '>').len();
    (from < to).then_some(gap.start + from..gap.start + to)
}
