//! The scanner: from a text to what the grammar reads.
//!
//! It is total and linear. It knows words, numbers, strings, comments and brackets, and nothing of the language's
//! forms but what decides where a line ends and which brace begins a map. Of each byte of its result it keeps where it
//! comes from.
//!
//! Its parts: [`lexer`] (tokens), [`allows`] (comments that silence), [`islands`] (where items begin), [`brackets`] (partners and depth), [`layout`]
//! (line ends, the roles of braces) and [`prepared`] (the result).

mod allows;
mod braces;
mod brackets;
mod foreign;
mod islands;
mod layout;
mod lexer;
mod number;
mod prepared;
mod strings;
mod token;

pub(crate) use prepared::Prepared;
pub(crate) use token::{Bracket, Token, TokenKind};

use crate::Allow;
use diagnostics::{Code, Diagnostic, FileId, Span};

/// The characters by which the scanner tells the grammar what it found.
pub(crate) mod mark {
    /// The `{` of a map.
    pub(crate) const MAP_OPEN: u8 = 1;
    /// The `}` of a map.
    pub(crate) const MAP_CLOSE: u8 = 2;
    /// Each byte of what begins a string.
    pub(crate) const STRING_OPEN: u8 = 3;
    /// The `{` of an interpolation.
    pub(crate) const HOLE_OPEN: u8 = 4;
    /// The `}` of an interpolation.
    pub(crate) const HOLE_CLOSE: u8 = 5;
    /// Each byte of what ends a string.
    pub(crate) const STRING_CLOSE: u8 = 6;
    /// Something broken that has been told.
    pub(crate) const BROKEN: u8 = 7;
    /// A word before `:` inside brackets: the label of an argument, for one.
    pub(crate) const LABEL: u8 = 14;
    /// A word before `=>`: the parameter of a lambda, for one.
    pub(crate) const PARAMETER: u8 = 15;
    /// The `(` of parentheses before `=>`: the parameters of a lambda, for one.
    pub(crate) const PARAMETERS: u8 = 16;
    /// Any other word, unless the grammar asks for it by its letters.
    pub(crate) const NAME: u8 = 17;
    /// The end of what is written as two bytes: a word, a number or the text of a string.
    pub(crate) const END: u8 = 18;
    /// A number, size, duration or date.
    pub(crate) const NUMBER: u8 = 19;
    /// Text in a string.
    pub(crate) const TEXT: u8 = 20;
}

/// What the scanner found in one file.
#[derive(Debug)]
pub(crate) struct Scan {
    /// What the grammar reads.
    pub(crate) prepared: Prepared,
    /// All tokens in their order, line ends included.
    pub(crate) tokens: Vec<Token>,
    /// The items, in their order.
    pub(crate) islands: Vec<Island>,
    /// The `//!` lines.
    pub(crate) file_doc: Option<String>,
    /// The `///` lines, each with the start of the token that they stand before, in order.
    pub(crate) docs: Vec<(u32, String)>,
    /// The comments that silence something.
    pub(crate) allows: Vec<Allow>,
    /// What is wrong already here.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// The text of one item, or of what stands where an item should.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Island {
    /// From its first token to the next island.
    pub(crate) span: Span,
    /// What the grammar reads of it: from here in the prepared text,
    pub(crate) start: usize,
    /// up to here.
    pub(crate) end: usize,
    /// Whether it is nested too deep to be parsed; this has been told.
    pub(crate) too_deep: bool,
}

/// Prepares a text for the grammar.
pub(crate) fn scan(file: FileId, text: &str) -> Scan {
    let lexed = lexer::lex(file, text);
    let mut tokens = lexed.tokens;
    let mut diagnostics = lexed.diagnostics;
    let ranges = islands::cut(text, &tokens);
    let mut prepared = Prepared::for_source(text.len());
    let mut islands = Vec::with_capacity(ranges.len());
    for range in ranges {
        let Some(tokens) = tokens.get_mut(range) else { continue };
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { continue };
        let span = Span::new(first.start, last.end);
        let matched = brackets::pair(file, text, tokens, &mut diagnostics);
        let start = prepared.len();
        if !matched.too_deep {
            let repaired = lexed.repairs.binary_search_by_key(&span.start, |(theirs, _)| theirs.start);
            let repaired = repaired.ok().and_then(|at| lexed.repairs.get(at)).map(|(_, ours)| *ours);
            let repaired = repaired.or_else(|| {
                let near = islands::misspelt(text, tokens, 0)?;
                diagnostics.push(misspelt_item(file, text, tokens.first()?.span(), near));
                Some(near)
            });
            let item = layout::Item { file, text, tokens, partners: &matched.partners, repaired };
            layout::lay_out(&item, &mut prepared, &mut diagnostics);
        }
        islands.push(Island { span, start, end: prepared.len(), too_deep: matched.too_deep });
    }
    let allows = allows::reaches(text, &lexed.allows, &tokens, &islands);
    Scan { prepared, tokens, islands, file_doc: lexed.file_doc, docs: lexed.docs, allows, diagnostics }
}

/// Tells that a word is no keyword of an item, but nearly one, as which it is read.
fn misspelt_item(file: FileId, text: &str, word: Span, near: &str) -> Diagnostic {
    let place = word.in_file(file);
    let message = format!("found `{}`, expected a declaration", word.text(text));
    Diagnostic::new(Code::UnexpectedToken, place, message)
        .label(format!("read as `{near}`"))
        .help(format!("did you mean `{near}`?"))
        .safe_fix(format!("write `{near}`"), place, near)
}

impl Scan {
    /// Gives the index of the first token that ends behind `offset`.
    pub(crate) fn token_at(&self, offset: u32) -> usize {
        self.tokens.partition_point(|token| token.end <= offset)
    }

    /// Gives the documentation that stands before the token that begins at `start`.
    pub(crate) fn doc_before(&self, start: u32) -> Option<String> {
        let at = self.docs.binary_search_by_key(&start, |(at, _)| *at).ok()?;
        self.docs.get(at).map(|(_, doc)| doc.clone())
    }
}
