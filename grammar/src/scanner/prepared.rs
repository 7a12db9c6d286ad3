//! The text that the grammar reads, and where each of its bytes comes from.

use super::mark;
use diagnostics::Span;
use std::ops::Range;

/// What the grammar reads of a file: its items one behind the other, without comments and with the fewest blanks.
#[derive(Debug, Default)]
pub(crate) struct Prepared {
    bytes: Vec<u8>,
    /// For each byte, where the byte of the source stands that it is written for; it never goes back.
    places: Vec<u32>,
    /// Where the last token ends in the source.
    end: u32,
}

impl Prepared {
    /// Makes an empty text for a source of a length.
    pub(super) fn for_source(length: usize) -> Self {
        let capacity = length / 2;
        Prepared { bytes: Vec::with_capacity(capacity), places: Vec::with_capacity(capacity), end: 0 }
    }

    /// Begins an item.
    pub(super) fn begin(&mut self, start: u32) {
        self.end = start;
    }

    /// Writes a blank if the source has anything between the last token and the next one.
    pub(super) fn separate(&mut self, next: u32) {
        if self.end < next {
            self.push(self.end, b' ');
        }
    }

    /// Writes one byte for that at `start` of the source.
    pub(super) fn push(&mut self, start: u32, byte: u8) {
        self.bytes.push(byte);
        self.places.push(start);
        self.end = if byte == b'\n' { u32::MAX } else { start + 1 };
    }

    /// Writes bytes of the source.
    pub(super) fn copy(&mut self, start: u32, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        let end = start + bytes.len() as u32;
        self.places.extend(start..end);
        self.end = end;
    }

    /// Writes a mark for each byte of a token.
    pub(super) fn fill(&mut self, span: Span, mark: u8) {
        for start in span.start..span.end {
            self.push(start, mark);
        }
    }

    /// Writes two bytes for a whole token: what it is, and that it ends.
    pub(super) fn token(&mut self, span: Span, mark: u8) {
        self.bytes.extend([mark, mark::END]);
        self.places.extend([span.start, span.end.saturating_sub(1)]);
        self.end = span.end;
    }

    /// Writes other bytes for a word, also more than it has.
    pub(super) fn substitute(&mut self, span: Span, ours: &str) {
        self.bytes.extend_from_slice(ours.as_bytes());
        let last = span.end.saturating_sub(1);
        self.places.extend((span.start..).take(ours.len()).map(|place| place.min(last)));
        self.end = span.end;
    }

    /// Gives how many bytes there are.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Gives the text of a range.
    pub(crate) fn text(&self, range: Range<usize>) -> &str {
        // Whole tokens are copied or marked, so the text stays UTF-8; if it did not, an empty one is told.
        self.bytes.get(range).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or("")
    }

    /// Gives the place in the source that a byte is written for; behind the last byte, the end of the last.
    pub(crate) fn place(&self, offset: usize) -> u32 {
        let behind = || self.places.last().map_or(0, |last| last + 1);
        self.places.get(offset).copied().unwrap_or_else(behind)
    }

    /// Gives the span in the source of a range.
    pub(crate) fn span(&self, range: Range<usize>) -> Span {
        let start = self.place(range.start);
        if range.is_empty() { Span::at(start) } else { Span::new(start, self.place(range.end - 1) + 1) }
    }

    /// Gives the range that is written for a span of the source.
    pub(crate) fn range(&self, span: Span) -> Range<usize> {
        let before = |offset: u32| self.places.partition_point(|place| *place < offset);
        before(span.start)..before(span.end)
    }

    /// Gives the byte that is written for one of the source.
    pub(crate) fn byte(&self, offset: u32) -> Option<u8> {
        self.bytes.get(self.range(Span::new(offset, offset + 1)).start).copied()
    }
}
