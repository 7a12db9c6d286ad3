//! Strings: where they begin and end, and where an interpolation stands in them.
//!
//! A string in single quotes of any kind never reaches over a line end, so an unclosed one costs its own line only.

use super::TokenKind;
use super::lexer::Lexer;
use diagnostics::{Code, Diagnostic, Edit, Fix, Span};

/// What the lexer is inside of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Mode {
    /// The text of a string.
    Text(Text),
    /// The code of an interpolation.
    Hole {
        /// How many braces are open in it.
        braces: u32,
        /// Where its `{` stands.
        start: u32,
    },
}

/// An open string.
#[derive(Clone, Copy, Debug)]
pub(super) struct Text {
    start: u32,
    triple: bool,
    raw: bool,
    /// How many tokens and diagnostics there were before it, to forget what came after.
    tokens: usize,
    diagnostics: usize,
}

/// How often the lines of an unclosed triple string are read again; behind that the rest of the file belongs to it.
const MAX_RESTARTS: u32 = 8;

impl Lexer<'_> {
    /// Begins a string whose quotes stand `prefix` bytes behind the place.
    pub(super) fn open_string(&mut self, prefix: usize) {
        let quotes = self.bytes.iter().skip(self.at + prefix).take(3).take_while(|byte| **byte == b'"').count();
        let triple = quotes == 3;
        if !triple {
            self.line_bound.get_or_insert(self.modes.len());
        }
        self.modes.push(Mode::Text(Text {
            start: self.at as u32,
            triple,
            raw: prefix > 0,
            tokens: self.out.tokens.len(),
            diagnostics: self.out.diagnostics.len(),
        }));
        self.push(TokenKind::StringOpen, self.at + prefix + if triple { 3 } else { 1 });
    }

    /// Reads text up to an interpolation, the end of the string, or the end of the line that it may not cross.
    pub(super) fn string_piece(&mut self) {
        let Some(Mode::Text(mode)) = self.modes.last().copied() else { return };
        let mut end = self.at;
        loop {
            let Some(byte) = self.bytes.get(end).copied() else { return self.text_up_to(end) };
            match byte {
                b'"' if !mode.triple || self.closes_triple(end) => {
                    self.text_up_to(end);
                    self.modes.pop();
                    self.line_bound = self.line_bound.filter(|bound| *bound < self.modes.len());
                    return self.push(TokenKind::StringClose, end + if mode.triple { 3 } else { 1 });
                }
                b'\n' if self.line_bound.is_some() => {
                    self.at = end;
                    self.unclosed_at_line_end();
                    return;
                }
                b'\\' if !mode.raw && self.bytes.get(end + 1..end + 3) == Some(b"u{") => end += 3,
                b'\\' if !mode.raw && self.bytes.get(end + 1).is_some_and(|next| *next != b'\n') => end += 2,
                b'{' if !mode.raw => match self.bytes.get(end + 1) {
                    Some(b'{') => {
                        let run = self.bytes.iter().skip(end).take_while(|byte| **byte == b'{').count();
                        self.tell_brace(end, run);
                        end += run;
                    }
                    Some(b'}') => {
                        self.tell_brace(end, 1);
                        end += 2;
                    }
                    _ => {
                        if end > self.at && self.bytes.get(end - 1) == Some(&b'$') {
                            self.tell_dollar(end - 1);
                        }
                        self.text_up_to(end);
                        self.modes.push(Mode::Hole { braces: 0, start: end as u32 });
                        return self.push(TokenKind::HoleOpen, end + 1);
                    }
                },
                _ => end += 1,
            }
        }
    }

    /// Ends the outermost string that may not cross a line end, if one is open; says whether there was one.
    pub(super) fn unclosed_at_line_end(&mut self) -> bool {
        let Some(depth) = self.line_bound else { return false };
        self.give_up(depth, self.at);
        true
    }

    /// Ends what is still open at the end of the text.
    pub(super) fn unclosed_at_end(&mut self) {
        if self.unclosed_at_line_end() {
            return;
        }
        let end = self.bytes.len();
        if self.restarts < MAX_RESTARTS
            && let Some(Mode::Text(outer)) = self.modes.first()
        {
            self.restarts += 1;
            self.at = outer.start as usize;
            let line_end = self.end_of_line();
            return self.give_up(0, line_end);
        }
        self.give_up(0, end);
    }

    /// Makes everything from the string at `depth` up to `end` one broken token, and tells it.
    fn give_up(&mut self, depth: usize, end: usize) {
        let hole = self.modes.get(depth + 1).copied();
        let Some(Mode::Text(text)) = self.modes.get(depth).copied() else {
            self.modes.clear();
            self.line_bound = None;
            return;
        };
        self.modes.truncate(depth);
        self.line_bound = self.line_bound.filter(|bound| *bound < depth);
        self.out.tokens.truncate(text.tokens);
        self.out.diagnostics.truncate(text.diagnostics);
        let end = end.max(text.start as usize + 1).min(self.bytes.len());
        let diagnostic = match hole {
            Some(Mode::Hole { start, .. }) => {
                let place = self.place(Span::new(start, start + 1));
                Diagnostic::new(Code::BraceInString, place, "the interpolation that begins with this `{` does not end")
                    .label("no `}` for it before the string must end")
                    .help("write a brace in a string `\\{`, or use a raw string `r\"…\"`")
            }
            Some(Mode::Text(_)) | None => {
                let quotes = if text.triple { 3 } else { 1 } + u32::from(text.raw);
                let place = self.place(Span::new(text.start, text.start + quotes));
                let diagnostic = Diagnostic::new(Code::UnclosedString, place, "a string begins here and does not end");
                if text.triple {
                    diagnostic.label("no `\"\"\"` for it in the rest of the file")
                } else {
                    diagnostic
                        .label("no `\"` for it on this line")
                        .help("end it on its line, or write `\"\"\"` for text of several lines")
                }
            }
        };
        self.tell(diagnostic);
        self.at = text.start as usize;
        self.push(TokenKind::Broken, end);
    }

    fn text_up_to(&mut self, end: usize) {
        let end = end.min(self.bytes.len());
        if end > self.at {
            self.push(TokenKind::StringText, end);
        }
    }

    /// Says whether three quotes stand here and no fourth follows: `""""` ends with a quote in the text.
    fn closes_triple(&self, at: usize) -> bool {
        self.bytes.get(at..at + 3) == Some(b"\"\"\"") && self.bytes.get(at + 3) != Some(&b'"')
    }

    /// `"${value}"`, the interpolation of other languages.
    fn tell_dollar(&mut self, at: usize) {
        let place = self.place(Span::new(at as u32, at as u32 + 1));
        let message = "this `$` stays in the text: an interpolation begins with `{` alone";
        self.tell(Diagnostic::new(Code::DollarInText, place, message).label("stays in the text").fix(Fix {
            title: "leave `$` out".to_owned(),
            safe: false,
            edits: vec![Edit { place, text: String::new() }],
        }));
    }

    fn tell_brace(&mut self, at: usize, count: usize) {
        let place = self.place(Span::new(at as u32, (at + count) as u32));
        let found = if count == 1 { "{}" } else { "{{" };
        self.tell(
            Diagnostic::new(Code::BraceInString, place, format!("`{found}` in a string is no interpolation"))
                .label("an interpolation is `{` and an expression")
                .help("write a brace in a string `\\{`; a template for later goes into a raw string `r\"…\"`")
                .safe_fix("write `\\{`", place, "\\{".repeat(count)),
        );
    }
}
