//! Where something stands: byte ranges in numbered files.

use serde::{Deserialize, Serialize};

/// A file of one [`Sources`](crate::Sources), by its number in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FileId(pub u32);

/// A half-open range of byte offsets in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Span {
    /// The offset of the first byte.
    pub start: u32,
    /// The offset behind the last byte.
    pub end: u32,
}

impl Span {
    /// Gives the range from `start` up to, not including, `end`.
    pub fn new(start: u32, end: u32) -> Self {
        Span { start, end }
    }

    /// Gives the empty range at `offset`.
    pub fn at(offset: u32) -> Self {
        Span { start: offset, end: offset }
    }

    /// Gives the smallest range that holds both.
    pub fn to(self, other: Span) -> Self {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Says whether `offset` lies in the range or directly behind it, as a cursor does.
    pub fn touches(self, offset: u32) -> bool {
        self.start <= offset && offset <= self.end
    }

    /// Gives the length in bytes.
    pub fn len(self) -> u32 {
        self.end - self.start
    }

    /// Says whether the range has no bytes.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Gives the text of the range in `source`.
    pub fn text(self, source: &str) -> &str {
        source.get(self.start as usize..self.end as usize).unwrap_or("")
    }

    /// Places the range in a file.
    pub fn in_file(self, file: FileId) -> Place {
        Place { file, span: self }
    }
}

/// A range of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The file.
    pub file: FileId,
    /// The range in it.
    pub span: Span,
}
