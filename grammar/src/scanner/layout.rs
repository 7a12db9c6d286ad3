//! Writes what the grammar reads: tokens, line ends that end something, and marks for what was decided. Between two
//! tokens stands one line end, or else one blank where the text has anything, or nothing. Of names, numbers and texts
//! the grammar reads only that they are there.

use super::braces::{Brace, Role};
use super::prepared::Prepared;
use super::{Bracket, Token, TokenKind, mark};
use crate::words;
use diagnostics::{Code, Diagnostic, FileId, Span};

/// An item to write.
pub(super) struct Item<'t> {
    pub(super) file: FileId,
    pub(super) text: &'t str,
    pub(super) tokens: &'t [Token],
    /// The partners of its brackets.
    pub(super) partners: &'t [Option<u32>],
    /// The keyword that is read in the place of its foreign one.
    pub(super) repaired: Option<&'static str>,
}

/// Writes the tokens of one item.
pub(super) fn lay_out(item: &Item<'_>, prepared: &mut Prepared, diagnostics: &mut Vec<Diagnostic>) {
    let Some(first) = item.tokens.first().copied() else { return };
    prepared.begin(first.start);
    let mut layout = Layout {
        file: item.file,
        text: item.text,
        tokens: item.tokens,
        partners: item.partners,
        keyword: item.repaired.unwrap_or(first.text(item.text)),
        repaired: item.repaired,
        frames: vec![Frame::new(FrameKind::Head)],
        pending: Vec::new(),
        previous: None,
        ended_try: false,
        begins_statement: false,
        prepared,
        diagnostics,
    };
    for at in 0..item.tokens.len() {
        layout.write(at);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum FrameKind {
    /// The item outside all brackets.
    Head,
    /// The braces of a block.
    Block,
    /// Any other bracket: line ends count for nothing.
    Inside,
    /// The braces of a map.
    Map,
}

struct Frame {
    kind: FrameKind,
    /// Whether it holds fields or cases, whose names may be any word.
    declares: bool,
    /// Whether a `catch` or `finally` may follow it.
    tries: bool,
    /// Whether a `catch` behind a `try` block waits for its block.
    in_catch: bool,
    /// Whether a head (`if`, `for`, …) waits for its block.
    awaits_block: bool,
}

/// Clauses that people write in heads of functions, too.
const TASK_CLAUSES: [&str; 5] = ["needs", "timeout", "retry", "concurrency", "on"];

impl Frame {
    fn new(kind: FrameKind) -> Self {
        Frame { kind, declares: false, tries: false, in_catch: false, awaits_block: false }
    }

    fn has_lines(&self) -> bool {
        matches!(self.kind, FrameKind::Head | FrameKind::Block)
    }
}

struct Layout<'t> {
    file: FileId,
    text: &'t str,
    tokens: &'t [Token],
    partners: &'t [Option<u32>],
    /// The first word of the item.
    keyword: &'t str,
    /// What is written for that word, if it is a foreign one.
    repaired: Option<&'static str>,
    frames: Vec<Frame>,
    /// Line ends since the last token, not yet decided.
    pending: Vec<u32>,
    previous: Option<usize>,
    /// Whether the last token closed the block of a `try` or `catch`.
    ended_try: bool,
    begins_statement: bool,
    prepared: &'t mut Prepared,
    diagnostics: &'t mut Vec<Diagnostic>,
}

impl Layout<'_> {
    fn write(&mut self, at: usize) {
        let Some(token) = self.tokens.get(at).copied() else { return };
        if token.start == token.end {
            return;
        }
        if token.kind == TokenKind::Newline {
            self.pending.push(token.start);
            return;
        }
        self.decide_line_ends(at, token);
        self.prepared.separate(token.start);
        match token.kind {
            TokenKind::Word => self.word(at, token),
            TokenKind::Operator => {
                if token.text(self.text) == "=>" {
                    self.frame(|frame| frame.awaits_block = false);
                }
                self.copy(token);
            }
            TokenKind::Number => self.prepared.token(token.span(), mark::NUMBER),
            TokenKind::Comma => self.copy(token),
            TokenKind::Semicolon => {
                self.frame(|frame| frame.awaits_block = false);
                self.copy(token);
            }
            TokenKind::Open(Bracket::Curly) => self.open_brace(at, token),
            TokenKind::Open(bracket) => self.open_bracket(at, token, bracket),
            TokenKind::Close(_) => self.close(token),
            TokenKind::StringOpen => self.prepared.fill(token.span(), mark::STRING_OPEN),
            TokenKind::StringText => self.prepared.token(token.span(), mark::TEXT),
            TokenKind::StringClose => self.prepared.fill(token.span(), mark::STRING_CLOSE),
            TokenKind::HoleOpen => {
                self.prepared.fill(token.span(), mark::HOLE_OPEN);
                self.frames.push(Frame::new(FrameKind::Inside));
            }
            TokenKind::HoleClose => {
                self.prepared.fill(token.span(), mark::HOLE_CLOSE);
                self.pop();
            }
            TokenKind::Broken => self.prepared.fill(token.span(), mark::BROKEN),
            TokenKind::Newline => {}
        }
        if !matches!(token.kind, TokenKind::Close(_)) {
            self.ended_try = false;
        }
        self.begins_statement = token.kind == TokenKind::Semicolon
            || (token.kind == TokenKind::Open(Bracket::Curly)
                && self.frames.last().is_some_and(|frame| frame.kind == FrameKind::Block));
        self.previous = Some(at);
    }

    /// Writes the line ends before a token, unless it goes on with what stands before them.
    fn decide_line_ends(&mut self, at: usize, token: Token) {
        if self.pending.is_empty() {
            return;
        }
        let counts = self.frames.last().is_some_and(Frame::has_lines);
        if !counts || self.goes_on(at, token) || self.brace_of_last_line(token) {
            self.pending.clear();
            return;
        }
        if let Some(start) = self.pending.first() {
            self.prepared.push(*start, b'\n');
        }
        self.pending.clear();
        let previous = self.previous.and_then(|at| self.tokens.get(at)).copied();
        self.begins_statement = previous.is_none_or(|previous| match previous.kind {
            TokenKind::Word => !matches!(previous.text(self.text), "yield" | "else" | "in" | "and" | "or" | "not"),
            TokenKind::Operator | TokenKind::Comma => false,
            _ => true,
        });
        self.ended_try = false;
        self.frame(|frame| {
            frame.awaits_block = false;
            frame.in_catch = false;
        });
    }

    fn goes_on(&self, at: usize, token: Token) -> bool {
        if self.frames.last().is_some_and(|frame| frame.declares) {
            return false;
        }
        match token.kind {
            TokenKind::Word => {
                matches!(token.text(self.text), "and" | "or" | "catch" | "else" | "finally" | "undo")
            }
            TokenKind::Operator => match token.text(self.text) {
                "?." | "??" => true,
                "." => !self.begins_arm(at),
                _ => false,
            },
            _ => false,
        }
    }

    /// Says whether `.name` or `.name(…)` is followed by what only an arm has behind its pattern: `=>`, `if`, `|`, or
    /// the `=` that was meant to be `=>`.
    fn begins_arm(&self, at: usize) -> bool {
        let Some(name) = self.tokens.get(at + 1).filter(|name| name.kind == TokenKind::Word) else { return false };
        let mut next = at + 2;
        if let Some(open) = self.tokens.get(next)
            && open.kind == TokenKind::Open(Bracket::Round)
            && open.start == name.end
        {
            let Some(close) = self.partners.get(next).copied().flatten() else { return false };
            next = close as usize + 1;
        }
        let Some(next) = self.tokens.get(next) else { return false };
        match next.kind {
            TokenKind::Word => next.text(self.text) == "if",
            TokenKind::Operator => matches!(next.text(self.text), "=>" | "|" | "="),
            _ => false,
        }
    }

    /// Says whether this is the `{` of the head on the line above, and tells that it belongs there.
    fn brace_of_last_line(&mut self, token: Token) -> bool {
        if token.kind != TokenKind::Open(Bracket::Curly) {
            return false;
        }
        let Some(frame) = self.frames.last() else { return false };
        let Some(previous) = self.previous.and_then(|at| self.tokens.get(at)).copied() else { return false };
        let missing = match frame.kind {
            FrameKind::Head => self.keyword != "task" && previous.ends_value(),
            FrameKind::Block => frame.awaits_block,
            FrameKind::Inside | FrameKind::Map => false,
        };
        if missing {
            let place = token.span().in_file(self.file);
            let gap = Span::new(previous.end, token.end);
            let mut diagnostic =
                Diagnostic::new(Code::BraceOnItsLine, place, "this `{` belongs on the line of its head")
                    .label("found on a line of its own");
            let line = self.text.get(..previous.end as usize).and_then(|text| text.lines().last()).unwrap_or_default();
            let clause = line.trim_start().split(' ').next().unwrap_or_default();
            if self.keyword == "fn" && TASK_CLAUSES.contains(&clause) {
                diagnostic = diagnostic.help(format!(
                    "`{clause}` stands in heads of tasks only: what a function does is found out from its body"
                ));
            } else if gap.text(self.text).chars().all(|found| found.is_whitespace() || found == '{') {
                diagnostic = diagnostic.safe_fix("move it up", gap.in_file(self.file), " {");
            }
            self.diagnostics.push(diagnostic);
        }
        missing
    }

    /// Writes `(` or `[`; the `(` of a lambda's parameters is marked.
    fn open_bracket(&mut self, at: usize, token: Token, bracket: Bracket) {
        let behind = self.partners.get(at).copied().flatten().and_then(|close| self.tokens.get(close as usize + 1));
        if bracket == Bracket::Round && behind.is_some_and(|next| next.is_operator(self.text, "=>")) {
            self.prepared.fill(token.span(), mark::PARAMETERS);
        } else {
            self.copy(token);
        }
        self.frames.push(Frame::new(FrameKind::Inside));
    }

    /// Writes a word. What it is in the grammar is often told only by the sign behind it.
    fn word(&mut self, at: usize, token: Token) {
        let word = token.text(self.text);
        let behind = self.tokens.get(at + 1).filter(|next| next.kind == TokenKind::Operator);
        let behind = behind.map_or("", |next| next.text(self.text));
        let is_read = words::is_read(word);
        if let Some(ours) = self.repaired.filter(|_| at == 0) {
            self.prepared.substitute(token.span(), ours);
        } else if behind == ":" && self.frames.last().is_some_and(|frame| frame.kind == FrameKind::Inside) {
            self.prepared.token(token.span(), mark::LABEL);
        } else if behind == "=>" && !words::is_reserved(word) {
            self.prepared.token(token.span(), mark::PARAMETER);
        } else if is_read {
            self.copy(token);
        } else {
            self.prepared.token(token.span(), mark::NAME);
        }
        if is_read && behind != ":" && !self.is_field() {
            self.keyword(word);
        }
    }

    /// Says whether the last token makes a field of the word behind it.
    fn is_field(&self) -> bool {
        let previous = self.previous.and_then(|at| self.tokens.get(at));
        previous.is_some_and(|previous| {
            previous.kind == TokenKind::Operator && matches!(previous.text(self.text), "." | "?.")
        })
    }

    /// Notes what a word says of the braces behind it.
    fn keyword(&mut self, word: &str) {
        match word {
            "if" | "while" | "for" | "match" | "else" | "finally" | "undo" | "parallel" | "step" | "try" => {
                self.frame(|frame| frame.awaits_block = true);
            }
            "catch" if self.ended_try => self.frame(|frame| {
                frame.in_catch = true;
                frame.awaits_block = true;
            }),
            "yield" => self.frame(|frame| frame.awaits_block = false),
            _ => {}
        }
    }

    fn open_brace(&mut self, at: usize, token: Token) {
        let (in_head, in_catch) =
            self.frames.last().map_or((false, false), |frame| (frame.kind == FrameKind::Head, frame.in_catch));
        let brace = Brace {
            text: self.text,
            tokens: self.tokens,
            partners: self.partners,
            at,
            previous: self.previous,
            begins_statement: self.begins_statement,
            in_head,
            in_catch,
        };
        match brace.role() {
            Role::Map => {
                self.prepared.fill(token.span(), mark::MAP_OPEN);
                self.frames.push(Frame::new(FrameKind::Map));
            }
            Role::Block => {
                self.copy(token);
                let behind = self.previous.and_then(|at| self.tokens.get(at)).copied();
                let behind_try = behind.is_some_and(|token| token.is_word(self.text, "try"));
                self.frame(|frame| {
                    frame.in_catch = false;
                    frame.awaits_block = false;
                });
                self.frames.push(Frame {
                    declares: in_head && matches!(self.keyword, "record" | "enum" | "event" | "use"),
                    tries: behind_try || in_catch,
                    ..Frame::new(FrameKind::Block)
                });
            }
        }
    }

    fn close(&mut self, token: Token) {
        let frame = self.pop();
        self.ended_try = frame.as_ref().is_some_and(|frame| frame.tries);
        if frame.is_some_and(|frame| frame.kind == FrameKind::Map) {
            self.prepared.fill(token.span(), mark::MAP_CLOSE);
        } else {
            self.copy(token);
        }
    }

    fn pop(&mut self) -> Option<Frame> {
        if self.frames.len() > 1 { self.frames.pop() } else { None }
    }

    fn frame(&mut self, change: impl FnOnce(&mut Frame)) {
        if let Some(frame) = self.frames.last_mut() {
            change(frame);
        }
    }

    fn copy(&mut self, token: Token) {
        self.prepared.copy(token.start, token.text(self.text).as_bytes());
    }
}
