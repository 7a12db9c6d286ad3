//! The syntax of Taskwright: from a text to a [`tree::File`] and the diagnostics of what could not be read.
//!
//! The way of a text: `scanner` cuts it into items and does the layout, `task.pest` is the one grammar, `builder` makes
//! the tree of what the grammar matched, and `recovery` tells what it did not match. Each item stands for itself: an
//! error in one takes nothing from the next, and in an item each statement, arm, field and clause stands for itself.

mod builder;
mod parser;
mod recovery;
mod scanner;
pub mod tree;
mod words;

use diagnostics::{Code, Diagnostic, FileId, Span};

pub use words::RESERVED;

/// How deep brackets, strings and lambdas may nest.
const MAX_DEPTH: u32 = 100;

/// How many operators, calls and fields may hang on each other on the way from an item to its innermost part.
const MAX_CHAIN: u32 = 256;

/// How many diagnostics one file can have; what is behind them is mended first anyway.
const MAX_DIAGNOSTICS: usize = 100;

/// How long a text can be: 1 GiB, so that each offset fits a span.
const MAX_TEXT: usize = 1 << 30;

/// A comment that silences what is told about something: `// allow W0203: reason`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allow {
    /// The comment.
    pub comment: Span,
    /// What it is about.
    pub reach: Span,
}

/// What reading one file gives.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// The tree; parts that could not be read are error nodes.
    pub file: tree::File,
    /// The comments that silence something, in the order of the text.
    pub allows: Vec<Allow>,
    /// What could not be read, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads one file. Total: any text gives a tree, in time that grows with its length.
pub fn parse(file: FileId, text: &str) -> Parsed {
    if text.len() > MAX_TEXT {
        let place = Span::at(0).in_file(file);
        let told = Diagnostic::new(Code::NestingTooDeep, place, "this file is larger than 1 GiB").help("split it");
        return Parsed { diagnostics: vec![told], ..Parsed::default() };
    }
    if let Some(told) = not_text(file, text) {
        return Parsed { diagnostics: vec![told], ..Parsed::default() };
    }
    let mut scan = scanner::scan(file, text);
    let mut diagnostics = std::mem::take(&mut scan.diagnostics);
    let told = diagnostics.iter().map(|diagnostic| diagnostic.primary.place.span.start).collect();
    let (items, found) = builder::build(file, text, &scan, told);
    diagnostics.extend(found);
    diagnostics.sort_by_key(|diagnostic| diagnostic.primary.place.span.start);
    diagnostics.truncate(MAX_DIAGNOSTICS);
    Parsed { file: tree::File { doc: scan.file_doc, items }, allows: scan.allows, diagnostics }
}

/// Finds the first sign that a file is not UTF-8 text. Whoever read it has put U+FFFD in the place of other bytes.
fn not_text(file: FileId, text: &str) -> Option<Diagnostic> {
    // One by one, each is searched by words of the machine.
    let at = [text.find('\0'), text.find(char::REPLACEMENT_CHARACTER)].into_iter().flatten().min()?;
    let message = if text.starts_with("\u{FFFD}\u{FFFD}") && text.contains('\0') {
        "this is UTF-16 text, and a source is UTF-8".to_owned()
    } else if text[at..].starts_with('\0') {
        format!("byte {at} is zero, and a source is text")
    } else {
        format!("byte {at} is not UTF-8 text")
    };
    let length = text[at..].chars().next().map_or(0, char::len_utf8);
    let span = Span::new(at as u32, (at + length) as u32);
    Some(Diagnostic::new(Code::NotText, span.in_file(file), message).help("save the file as UTF-8 text"))
}
