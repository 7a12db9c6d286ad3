//! The texts that places refer to, with lines and columns computed when asked.

use crate::{FileId, Place, Span};

/// A text with a name.
#[derive(Clone, Debug)]
pub struct SourceFile {
    name: String,
    text: String,
    line_starts: Vec<u32>,
}

/// A line and a column, both from 1; columns count Unicode scalar values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in Unicode scalar values.
    pub column: u32,
}

impl SourceFile {
    /// Makes a file of a name to show and its text.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let line_starts = std::iter::once(0)
            .chain(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at as u32 + 1))
            .collect();
        SourceFile { name: name.into(), text, line_starts }
    }

    /// Gives the name as it is shown.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Gives the text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Gives the zero-based number of the line that holds `offset`.
    pub fn line_index(&self, offset: u32) -> usize {
        self.line_starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// Gives the range of a zero-based line, with its line end; `None` past the last.
    pub fn line_range(&self, line: usize) -> Option<Span> {
        let start = *self.line_starts.get(line)?;
        let end = self.line_starts.get(line + 1).copied().unwrap_or(self.text.len() as u32);
        Some(Span::new(start, end))
    }

    /// Gives the text of a zero-based line without its line end.
    pub fn line(&self, line: usize) -> Option<&str> {
        Some(self.line_range(line)?.text(&self.text).trim_end_matches(['\n', '\r']))
    }

    /// Gives how many lines there are; an empty text has one.
    pub fn line_count(&self) -> usize {
        self.line_starts.len()
    }

    /// Gives line and column of a byte offset; one past the end gives the end.
    pub fn position(&self, offset: u32) -> Position {
        let offset = (offset as usize).min(self.text.len());
        let line = self.line_index(offset as u32);
        let start = self.line_starts[line] as usize;
        let column = self.text.get(start..offset).map_or(0, |before| before.chars().count());
        Position { line: line as u32 + 1, column: column as u32 + 1 }
    }
}

/// All texts of one compilation, by number.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// Makes an empty set.
    pub fn new() -> Self {
        Sources::default()
    }

    /// Adds a file and gives its number.
    pub fn add(&mut self, file: SourceFile) -> FileId {
        self.files.push(file);
        FileId(self.files.len() as u32 - 1)
    }

    /// Gives how many files there are.
    pub fn len(&self) -> u32 {
        self.files.len() as u32
    }

    /// Says whether there is no file.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Gives a file. The number comes from [`add`](Self::add) of the same set.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// Gives all files with their numbers, in order.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(at, file)| (FileId(at as u32), file))
    }

    /// Gives the text of a place.
    pub fn text(&self, place: Place) -> &str {
        place.span.text(self.file(place.file).text())
    }

    /// Gives the position where a place begins.
    pub fn start(&self, place: Place) -> Position {
        self.file(place.file).position(place.span.start)
    }
}
