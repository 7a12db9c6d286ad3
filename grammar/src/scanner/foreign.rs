//! Comments and strings of other languages: `#`, `/* … */`, `'…'`, `` `…` ``, “…”.
//!
//! Each is taken whole and told once, so that what stands in it is never read as code.

use super::TokenKind;
use super::lexer::Lexer;
use diagnostics::{Code, Diagnostic, Span};

/// What begins a string elsewhere, and what ends it.
const QUOTES: &[(char, char, &str)] = &[
    ('\'', '\'', "single quotes"),
    ('`', '`', "backticks"),
    ('“', '”', "curled quotes"),
    ('”', '”', "curled quotes"),
    ('„', '“', "curled quotes"),
    ('‘', '’', "curled quotes"),
];

impl Lexer<'_> {
    pub(super) fn hash_comment(&mut self) {
        let place = self.place(Span::new(self.at as u32, self.at as u32 + 1));
        self.tell(
            Diagnostic::new(Code::ForeignWord, place, "a comment begins with `//`, not with `#`")
                .label("write `//`")
                .safe_fix("write `//`", place, "//"),
        );
        self.at = self.end_of_line();
    }

    /// `/* … */`, also over several lines; one that does not end takes its line.
    pub(super) fn block_comment(&mut self) {
        let rest = self.text.get(self.at + 2..).unwrap_or("");
        let length = if self.no_comment_end { None } else { rest.find("*/") };
        self.no_comment_end = length.is_none();
        let end = length.map_or_else(|| self.end_of_line(), |length| self.at + length + 4);
        let opens = self.place(Span::new(self.at as u32, self.at as u32 + 2));
        let whole = Span::new(self.at as u32, end as u32);
        let diagnostic = Diagnostic::new(Code::ForeignWord, opens, "a comment begins with `//` and ends with its line")
            .label("write `//` on each line");
        let is_alone = self.text.get(end..self.end_of_line_from(end)).is_some_and(|rest| rest.trim().is_empty());
        self.tell(if length.is_some() && is_alone {
            let place = self.place(whole);
            diagnostic.safe_fix("write `//` on each line", place, in_lines(whole.text(self.text)))
        } else {
            diagnostic
        });
        self.at = end;
    }

    /// Says whether a quote of print begins here: what word processors make of `"`.
    pub(super) fn begins_smart_quote(&self) -> bool {
        self.quotes().is_some()
    }

    fn quotes(&self) -> Option<&'static (char, char, &'static str)> {
        let first = self.text.get(self.at..)?.chars().next()?;
        QUOTES.iter().find(|(open, ..)| *open == first)
    }

    /// A string in other quotes than `"`, as far as it ends on its line.
    pub(super) fn foreign_string(&mut self) {
        let Some((open, close, what)) = self.quotes() else { return self.unknown_characters() };
        let start = self.at + open.len_utf8();
        let line = self.text.get(start..self.end_of_line()).unwrap_or("");
        let Some(length) = line.find(*close) else { return self.unknown_characters() };
        let inner = line.get(..length).unwrap_or("");
        let end = start + length + close.len_utf8();
        let place = self.place(Span::new(self.at as u32, end as u32));
        let mut diagnostic = Diagnostic::new(Code::ForeignWord, place, "a string stands in double quotes")
            .label(format!("found {what}"));
        if *open == '`' && inner.contains("${") {
            diagnostic = diagnostic.help("a value in a string stands between braces alone: `{value}`");
        }
        if !inner.contains(['"', '{', '\\']) {
            diagnostic = diagnostic.safe_fix("write double quotes", place, format!("\"{inner}\""));
        }
        self.tell(diagnostic);
        self.push(TokenKind::Broken, end);
    }

    /// `n // 2`: a comment that reads as the division of other languages.
    pub(super) fn tell_doubtful_comment(&mut self, line: &str) {
        let Some(divisor) = line.strip_prefix("//").filter(|rest| is_divisor(rest)) else { return };
        let Some(previous) = self.out.tokens.last().filter(|previous| previous.ends_value()) else { return };
        let gap = self.text.get(previous.end as usize..self.at).unwrap_or("");
        if gap.len() > 1 || gap.contains('\n') {
            return;
        }
        let place = self.place(Span::new(self.at as u32, self.at as u32 + 2));
        let message = format!("`//` begins a comment, so nothing is divided by `{}`", divisor.trim());
        self.tell(
            Diagnostic::new(Code::DoubtfulComment, place, message)
                .label("a comment from here on")
                .help("ints are divided by `/`, which leaves the rest out; set a comment off with two blanks"),
        );
    }
}

/// Says whether a comment is a number alone, with brackets that may end behind it.
fn is_divisor(comment: &str) -> bool {
    let number = comment.trim().trim_end_matches([')', ']', '}', ' ']);
    number.starts_with(|first: char| first.is_ascii_digit())
        && number.chars().all(|each| each.is_ascii_digit() || matches!(each, '_' | '.'))
}

/// Gives a comment in the form that every line of one has here.
fn in_lines(comment: &str) -> String {
    let inner = comment.trim_start_matches("/*").trim_end_matches("*/").trim_start_matches('*').trim_end_matches('*');
    let mut lines = inner.trim().split('\n').map(|line| line.trim().trim_start_matches('*').trim());
    let mut text = format!("// {}", lines.next().unwrap_or(""));
    for line in lines {
        text.push_str("\n// ");
        text.push_str(line);
    }
    text.replace("// \n", "//\n")
}
