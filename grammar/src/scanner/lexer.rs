//! Cuts a text into tokens. Every byte is in a token, a blank or a comment.

use super::strings::Mode;
use super::{Bracket, Token, TokenKind, allows, number};
use crate::words;
use diagnostics::{Code, Diagnostic, FileId, Place, Span};

/// The tokens of a text, and what beside tokens was found.
#[derive(Debug)]
pub(super) struct Lexed {
    /// All tokens, line ends included.
    pub(super) tokens: Vec<Token>,
    /// The `///` lines, each with the start of the token behind them.
    pub(super) docs: Vec<(u32, String)>,
    /// The `//!` lines.
    pub(super) file_doc: Option<String>,
    /// The comments that silence something.
    pub(super) allows: Vec<Span>,
    /// What is wrong.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Foreign keywords, and what the grammar reads for them.
    pub(super) repairs: Vec<(Span, &'static str)>,
}

/// The signs of more than one character, the longer before their beginnings.
const LONG_OPERATORS: &[&str] = &[
    "===", "!==", "..=", "=>", "==", "!=", "<=", ">=", "??", "?.", "->", "&&", "||", "+=", "-=", "*=", "/=", "%=", "..",
];

/// The signs of one character.
const OPERATORS: &[u8] = b"+-*/%<>=.?:|!";

pub(super) struct Lexer<'t> {
    pub(super) file: FileId,
    pub(super) text: &'t str,
    pub(super) bytes: &'t [u8],
    pub(super) at: usize,
    /// The strings and interpolations that are open, the outer first.
    pub(super) modes: Vec<Mode>,
    /// The index of the outermost open string that may not cross a line end.
    pub(super) line_bound: Option<usize>,
    /// How often a string of several lines had no end; bounded, because each time the lines are read again.
    pub(super) restarts: u32,
    /// Whether no `*/` stands behind the place any more.
    pub(super) no_comment_end: bool,
    /// Where a sign stands that has been told and is not read.
    left_out: usize,
    pub(super) out: Lexed,
    doc: Option<String>,
}

/// Cuts a text.
pub(super) fn lex(file: FileId, text: &str) -> Lexed {
    let out = Lexed {
        tokens: Vec::with_capacity(text.len() / 4),
        docs: Vec::new(),
        file_doc: None,
        allows: Vec::new(),
        diagnostics: Vec::new(),
        repairs: Vec::new(),
    };
    let bytes = text.as_bytes();
    let mut lexer = Lexer {
        file,
        text,
        bytes,
        at: 0,
        modes: Vec::new(),
        line_bound: None,
        restarts: 0,
        no_comment_end: false,
        left_out: usize::MAX,
        out,
        doc: None,
    };
    if bytes.starts_with("\u{feff}".as_bytes()) {
        lexer.at = 3;
    }
    loop {
        if lexer.at >= bytes.len() {
            if lexer.modes.is_empty() {
                return lexer.out;
            }
            lexer.unclosed_at_end();
        } else if matches!(lexer.modes.last(), Some(Mode::Text(_))) {
            lexer.string_piece();
        } else {
            lexer.code_piece();
        }
    }
}

impl Lexer<'_> {
    fn code_piece(&mut self) {
        let Some(byte) = self.bytes.get(self.at).copied() else { return };
        let start = self.at;
        match byte {
            b' ' | b'\t' | b'\r' => self.at += self.run(|byte| matches!(byte, b' ' | b'\t' | b'\r')),
            b'\n' => self.line_end(),
            b'/' if self.bytes.get(start + 1) == Some(&b'/') => self.comment(),
            b'/' if self.bytes.get(start + 1) == Some(&b'*') => self.block_comment(),
            b'#' => self.hash_comment(),
            b'r' if self.bytes.get(start + 1) == Some(&b'"') => self.open_string(1),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word(),
            b'0'..=b'9' => self.push(TokenKind::Number, number::end_of_number(self.bytes, start)),
            b'"' => self.open_string(0),
            b'\'' | b'`' => self.foreign_string(),
            b'(' => self.push(TokenKind::Open(Bracket::Round), start + 1),
            b')' => self.push(TokenKind::Close(Bracket::Round), start + 1),
            b'[' => self.push(TokenKind::Open(Bracket::Square), start + 1),
            b']' => self.push(TokenKind::Close(Bracket::Square), start + 1),
            b'{' => self.open_brace(),
            b'}' => self.close_brace(),
            b',' => self.push(TokenKind::Comma, start + 1),
            b';' => self.push(TokenKind::Semicolon, start + 1),
            b'=' if start == self.left_out => self.at += 1,
            0xE2 if self.begins_smart_quote() => self.foreign_string(),
            _ => self.sign(),
        }
    }

    fn line_end(&mut self) {
        if self.unclosed_at_line_end() {
            return;
        }
        let start = self.at as u32;
        self.out.tokens.push(Token { kind: TokenKind::Newline, start, end: start + 1 });
        self.at += 1;
    }

    fn word(&mut self) {
        let length = self.run(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let begins_line = self.at == 0 || self.bytes.get(self.at - 1) == Some(&b'\n');
        let span = Span::new(self.at as u32, (self.at + length) as u32);
        self.push(TokenKind::Word, self.at + length);
        if begins_line && let Some(ours) = words::foreign_item(span.text(self.text)) {
            self.repair_item(span, ours);
        }
        if begins_line && span.text(self.text) == "type" {
            self.repair_record(span);
        }
    }

    /// Reads `type Name { … }` and `type Name = { … }` as a record, and tells it.
    fn repair_record(&mut self, span: Span) {
        let begin = span.end as usize;
        let line = self.text.get(begin..self.end_of_line_from(begin)).unwrap_or("");
        let Some(brace) = line.find('{') else { return };
        let head = line.get(..brace).unwrap_or("").trim_end();
        let (name, equals) = head.strip_suffix('=').map_or((head, false), |name| (name, true));
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'<' | b'>' | b',' | b' ');
        if name.trim().is_empty() || !name.starts_with(' ') || !name.bytes().all(is_name) {
            return;
        }
        let place = self.place(Span::new(span.start, (begin + head.len()) as u32));
        let record = format!("record{}", name.trim_end());
        self.tell(
            Diagnostic::new(Code::ForeignWord, place, "a type with fields is a `record`")
                .label(format!("write `{record}`"))
                .safe_fix(format!("write `{record}`"), place, record),
        );
        if equals {
            self.left_out = begin + head.len() - 1;
        }
        self.out.repairs.push((span, "record"));
    }

    /// Reads `def name` as `fn name`, and tells it.
    fn repair_item(&mut self, span: Span, ours: &'static str) {
        let rest = self.bytes.get(span.end as usize..).unwrap_or_default();
        let blanks = rest.iter().take_while(|byte| **byte == b' ').count();
        if blanks == 0 || !rest.get(blanks).is_some_and(u8::is_ascii_alphabetic) {
            return;
        }
        let theirs = span.text(self.text);
        let place = self.place(span);
        self.tell(
            Diagnostic::new(Code::ForeignWord, place, format!("`{theirs}` is written `{ours}` here"))
                .label(format!("write `{ours}`"))
                .safe_fix(format!("write `{ours}`"), place, ours),
        );
        self.out.repairs.push((span, ours));
    }

    fn open_brace(&mut self) {
        if let Some(Mode::Hole { braces, .. }) = self.modes.last_mut() {
            *braces += 1;
        }
        self.push(TokenKind::Open(Bracket::Curly), self.at + 1);
    }

    fn close_brace(&mut self) {
        match self.modes.last_mut() {
            Some(Mode::Hole { braces: 0, .. }) => {
                self.modes.pop();
                self.push(TokenKind::HoleClose, self.at + 1);
            }
            Some(Mode::Hole { braces, .. }) => {
                *braces -= 1;
                self.push(TokenKind::Close(Bracket::Curly), self.at + 1);
            }
            Some(Mode::Text(_)) | None => self.push(TokenKind::Close(Bracket::Curly), self.at + 1),
        }
    }

    fn comment(&mut self) {
        let end = self.end_of_line();
        let line = self.text.get(self.at..end).unwrap_or("").trim_end();
        self.tell_doubtful_comment(line);
        if let Some(doc) = line.strip_prefix("///").filter(|rest| !rest.starts_with('/')) {
            append_line(&mut self.doc, doc);
        } else if let Some(doc) = line.strip_prefix("//!") {
            append_line(&mut self.out.file_doc, doc);
        } else if allows::is_allow(line) {
            self.out.allows.push(Span::new(self.at as u32, (self.at + line.len()) as u32));
        }
        self.at = end;
    }

    fn sign(&mut self) {
        // Most signs stand alone: what follows tells it.
        let begins_long = self.bytes.get(self.at + 1).is_some_and(|next| b"=.>?&|".contains(next));
        let rest = if begins_long { self.text.get(self.at..).unwrap_or("") } else { "" };
        if let Some(long) = LONG_OPERATORS.iter().find(|long| rest.starts_with(**long)) {
            self.push(TokenKind::Operator, self.at + long.len());
        } else if self.bytes.get(self.at).is_some_and(|byte| OPERATORS.contains(byte)) {
            self.push(TokenKind::Operator, self.at + 1);
        } else {
            self.unknown_characters();
        }
    }

    /// Takes a run of characters that begin nothing, so that a binary file is told once a run and not once a byte.
    pub(super) fn unknown_characters(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or("");
        let run = rest.find(|found: char| !is_unknown(found)).unwrap_or(rest.len());
        let run = run.max(rest.chars().next().map_or(1, char::len_utf8));
        let end = self.at + run;
        let place = self.place(Span::new(self.at as u32, end as u32));
        let first = rest.chars().next().unwrap_or(' ');
        let shown = if first.is_control() || first.is_whitespace() {
            format!("the character U+{:04X}", u32::from(first))
        } else {
            format!("the character `{first}`")
        };
        let mut diagnostic = Diagnostic::new(Code::UnknownCharacter, place, format!("{shown} begins nothing"))
            .label("not expected here");
        if first.is_alphabetic() {
            diagnostic = diagnostic.help("write names with the letters a to z, digits and `_`");
        }
        self.tell(diagnostic);
        self.push(TokenKind::Broken, end);
    }

    /// Adds the token from here to `end`, and goes on there.
    pub(super) fn push(&mut self, kind: TokenKind, end: usize) {
        let start = self.at as u32;
        if let Some(doc) = self.doc.take() {
            self.out.docs.push((start, doc));
        }
        self.out.tokens.push(Token { kind, start, end: end as u32 });
        self.at = end;
    }

    pub(super) fn place(&self, span: Span) -> Place {
        span.in_file(self.file)
    }

    pub(super) fn tell(&mut self, diagnostic: Diagnostic) {
        if self.out.diagnostics.len() < crate::MAX_DIAGNOSTICS {
            self.out.diagnostics.push(diagnostic);
        }
    }

    pub(super) fn end_of_line(&self) -> usize {
        self.end_of_line_from(self.at)
    }

    pub(super) fn end_of_line_from(&self, start: usize) -> usize {
        // Strings are searched by words of the machine, bytes one by one.
        let rest = self.text.get(start..).unwrap_or("");
        rest.find('\n').map_or(self.bytes.len(), |length| start + length)
    }

    /// Gives how many bytes from here on are of a kind.
    fn run(&self, belongs: impl Fn(u8) -> bool) -> usize {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        rest.iter().position(|byte| !belongs(*byte)).unwrap_or(rest.len())
    }
}

fn is_unknown(found: char) -> bool {
    if found.is_ascii() {
        let known =
            found.is_ascii_alphanumeric() || matches!(found, ' ' | '\t' | '\r' | '\n' | '"' | '\'' | '_' | ',' | ';');
        !known && !"()[]{}#&".contains(found) && !OPERATORS.contains(&(found as u8))
    } else {
        true
    }
}

fn append_line(doc: &mut Option<String>, line: &str) {
    let line = line.strip_prefix(' ').unwrap_or(line);
    match doc {
        Some(doc) => {
            doc.push('\n');
            doc.push_str(line);
        }
        None => *doc = Some(line.to_owned()),
    }
}
