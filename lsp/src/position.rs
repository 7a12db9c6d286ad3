//! Points as an editor counts them, and byte offsets as we do.
//!
//! Any point and any offset is accepted: one that lies behind the end of its line or text means that end, and one inside
//! a character means the character's beginning.

use diagnostics::{SourceFile, Span};

/// What an editor counts within a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// Units of UTF-16: what every client can do.
    Utf16,
}

/// A line and what stands before it in the line, both from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    /// The line.
    pub line: u32,
    /// Units of the encoding before the point.
    pub character: u32,
}

/// The points between which something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// Where it begins.
    pub start: Point,
    /// Where it ends.
    pub end: Point,
}

impl Encoding {
    fn units(self, character: char) -> u32 {
        match self {
            Encoding::Utf8 => character.len_utf8() as u32,
            Encoding::Utf16 => character.len_utf16() as u32,
        }
    }

    /// Gives the byte offset of a point.
    pub fn offset(self, file: &SourceFile, point: Point) -> u32 {
        let line = point.line as usize;
        let (Some(range), Some(text)) = (file.line_range(line), file.line(line)) else {
            return file.text().len() as u32;
        };
        let mut left = point.character;
        let mut offset = range.start;
        for character in text.chars() {
            let units = self.units(character);
            if left < units {
                break;
            }
            left -= units;
            offset += character.len_utf8() as u32;
        }
        offset
    }

    /// Gives the point of a byte offset.
    pub fn point(self, file: &SourceFile, offset: u32) -> Point {
        let offset = offset.min(file.text().len() as u32);
        let line = file.line_index(offset);
        let (start, text) = file.line_range(line).map_or((0, ""), |range| (range.start, range.text(file.text())));
        let before =
            text.char_indices().take_while(|(at, character)| start + (at + character.len_utf8()) as u32 <= offset);
        Point { line: line as u32, character: before.map(|(_, character)| self.units(character)).sum() }
    }

    /// Gives the points of a span.
    pub fn range(self, file: &SourceFile, span: Span) -> Range {
        Range { start: self.point(file, span.start), end: self.point(file, span.end) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_counted_as_the_editor_counts_them() {
        let file = SourceFile::new("a.task", "let ü = \"🗻\" x\r\nnext");
        let x = file.text().find('x').unwrap_or(0) as u32;
        assert_eq!(Encoding::Utf16.point(&file, x), Point { line: 0, character: 13 });
        assert_eq!(Encoding::Utf8.point(&file, x), Point { line: 0, character: 16 });
        assert_eq!(Encoding::Utf16.point(&file, x + 3), Point { line: 1, character: 0 });
    }

    #[test]
    fn every_offset_between_characters_comes_back() {
        for text in ["", "\n", "a\r\nb", "ü🗻\n\n日本\t", "🗻🗻"] {
            let file = SourceFile::new("a.task", text);
            for encoding in [Encoding::Utf8, Encoding::Utf16] {
                for (offset, character) in text.char_indices().filter(|(_, character)| *character != '\n') {
                    let point = encoding.point(&file, offset as u32);
                    assert_eq!(encoding.offset(&file, point), offset as u32, "{text:?} {character:?}");
                }
            }
        }
    }

    #[test]
    fn a_point_outside_means_the_nearest_end() {
        let file = SourceFile::new("a.task", "ab\r\n🗻");
        let at = |line, character| Encoding::Utf16.offset(&file, Point { line, character });
        assert_eq!(at(0, 99), 2);
        assert_eq!(at(1, 1), 4);
        assert_eq!(at(1, u32::MAX), 8);
        assert_eq!(at(u32::MAX, 0), 8);
        assert_eq!(Encoding::Utf8.point(&file, u32::MAX), Point { line: 1, character: 4 });
    }
}
