//! What is said about a part that the grammar did not match: where reading stopped, what was found there, what could
//! have stood there, and for known mistakes what is meant.
//!
//! The place is that of a *prefix parse*: the part is read once more by its rule alone, and pest tells how far any of
//! its characters matched. Guards and atomic rules hide the place of a failed rule, but not that.

mod brackets;
mod expected;
mod foreign;
mod habits;
mod mistakes;
mod parts;

use crate::parser::{Rule, TaskParser};
use crate::scanner::{Scan, Token, TokenKind};
use diagnostics::{Code, Diagnostic, FileId, Place, Span};
use expected::Expected;
use pest::Parser;
use pest::error::Error;
use pest::iterators::Pairs;
use std::sync::{Mutex, PoisonError};

/// A part of a file that could not be read.
#[derive(Clone, Copy)]
pub(crate) struct Slice<'t> {
    /// The file.
    pub(crate) file: FileId,
    /// Its text.
    pub(crate) text: &'t str,
    /// What the scanner made of it.
    pub(crate) scan: &'t Scan,
    /// Where the part stands.
    pub(crate) span: Span,
}

/// Where reading stopped.
struct Stop<'t> {
    slice: &'t Slice<'t>,
    /// What the part should have been.
    rule: Rule,
    /// The index of the token that was found.
    at: usize,
    /// The token, or an empty line end at the end of the file.
    found: Token,
    /// The token before it in the part.
    previous: Option<Token>,
    /// What could have stood there.
    expected: Expected,
}

/// Says in one diagnostic why a part is not what `rule` reads.
pub(crate) fn explain(rule: Rule, slice: &Slice<'_>) -> Diagnostic {
    let is_arm = matches!(rule, Rule::arm_entry | Rule::wait_arm_entry);
    let prepared = &slice.scan.prepared;
    let range = prepared.range(slice.span);
    let start = range.start;
    let (offset, expected) = match parse_in_detail(rule, prepared.text(range)) {
        Ok(_) => (0, Expected::default()),
        Err(error) => match error.parse_attempts() {
            Some(attempts) => {
                let tokens: Vec<String> = attempts.expected_tokens().iter().map(ToString::to_string).collect();
                (attempts.max_position, Expected::of(&tokens, is_arm))
            }
            None => (0, Expected::default()),
        },
    };
    let stop = Stop::new(rule, slice, prepared.place(start + offset), expected);
    mistakes::known(&stop).or_else(|| habits::known(&stop)).unwrap_or_else(|| stop.unexpected())
}

/// Parses and collects what was tried at the furthest place. pest's switch for that is of the whole process and makes
/// every parse slow, so it is on only here, for one thread at a time; a parse elsewhere meanwhile is slower, not other.
fn parse_in_detail(rule: Rule, text: &str) -> Result<Pairs<'_, Rule>, Box<Error<Rule>>> {
    static SWITCH: Mutex<()> = Mutex::new(());
    let _alone = SWITCH.lock().unwrap_or_else(PoisonError::into_inner);
    pest::set_error_detail(true);
    let parsed = TaskParser::parse(rule, text).map_err(Box::new);
    pest::set_error_detail(false);
    parsed
}

impl<'t> Stop<'t> {
    fn new(rule: Rule, slice: &'t Slice<'t>, offset: u32, expected: Expected) -> Self {
        let tokens = &slice.scan.tokens;
        let at = slice.scan.token_at(offset);
        let end = slice.text.len() as u32;
        let found = tokens.get(at).copied().unwrap_or(Token { kind: TokenKind::Newline, start: end, end });
        let mut stop = Stop { slice, rule, at, found, previous: None, expected };
        stop.previous = stop.before(1);
        stop
    }

    /// Gives the token `count` before the found one, line ends not counted, if it is in the part.
    fn before(&self, count: usize) -> Option<Token> {
        let tokens = self.slice.scan.tokens.get(..self.at)?;
        let is_solid = |token: &&Token| token.kind != TokenKind::Newline && token.start < token.end;
        let token = tokens.iter().rev().filter(is_solid).nth(count - 1)?;
        (token.start >= self.slice.span.start).then_some(*token)
    }

    fn place(&self, span: Span) -> Place {
        span.in_file(self.slice.file)
    }

    fn text(&self, token: Token) -> &'t str {
        token.text(self.slice.text)
    }

    /// Gives the opening token of the bracket, string or interpolation around the found token, inside the part.
    fn enclosing(&self) -> Option<Token> {
        let tokens = self.slice.scan.tokens.get(..self.at)?;
        let mut closed = 0_u32;
        for token in tokens.iter().rev().take_while(|token| token.start >= self.slice.span.start) {
            match token.kind {
                TokenKind::Close(_) | TokenKind::StringClose | TokenKind::HoleClose => closed += 1,
                TokenKind::Open(_) | TokenKind::StringOpen | TokenKind::HoleOpen => {
                    if closed == 0 {
                        return Some(*token);
                    }
                    closed -= 1;
                }
                _ => {}
            }
        }
        None
    }

    /// Gives the words for the found token.
    fn found_words(&self) -> String {
        match self.found.kind {
            TokenKind::Newline if self.found.start == self.found.end => "the end of the file".to_owned(),
            TokenKind::Newline => "the end of the line".to_owned(),
            TokenKind::StringOpen | TokenKind::StringText | TokenKind::StringClose => "a string".to_owned(),
            TokenKind::HoleClose => "the end of the interpolation".to_owned(),
            _ => format!("`{}`", self.text(self.found)),
        }
    }

    /// Gives the diagnostic that holds for every stop.
    fn unexpected(&self) -> Diagnostic {
        let found = self.found_words();
        let expected = self.expected.words().unwrap_or_else(|| self.whole().to_owned());
        // What ends a line is no surprise there; then something before it is.
        let expected = if found == expected { "something else".to_owned() } else { expected };
        let place = self.place(self.found.span());
        Diagnostic::new(Code::UnexpectedToken, place, format!("found {found}, expected {expected}"))
            .label("not expected here")
    }

    /// Gives the words for the part as a whole.
    fn whole(&self) -> &'static str {
        match self.rule {
            Rule::item_entry if self.previous.is_none() => "a declaration",
            Rule::item_entry => "the end of the declaration",
            Rule::method_entry => "a function",
            Rule::parameter_entry => "`name: Type`",
            Rule::case_entry => "a case",
            Rule::clause_entry if self.previous.is_none() => "a clause",
            Rule::clause_entry => "the end of the clause",
            Rule::type_entry => "a type",
            Rule::arm_entry if self.previous.is_none() => "a pattern",
            Rule::statement_entry if self.previous.is_none() => "a statement",
            _ => "the end of the line",
        }
    }
}
