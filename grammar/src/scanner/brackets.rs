//! Which bracket belongs to which, in one item; and how deep they nest.
//!
//! Where they do not fit, the indentation decides: a `}` that begins a line belongs to the `{` whose line is indented
//! as much. A bracket without partner is told here and taken out, so that the rest of the item can be read. The
//! outermost `{` may stay open: it ends with the item.

use super::{Bracket, Token, TokenKind};
use crate::MAX_DEPTH;
use diagnostics::{Code, Diagnostic, FileId};

/// The brackets of one item.
#[derive(Debug)]
pub(super) struct Matched {
    /// For each token that opens or closes something, the index of its partner.
    pub(super) partners: Vec<Option<u32>>,
    /// Whether the item is nested deeper than the limit; this has been told.
    pub(super) too_deep: bool,
}

/// Pairs the brackets of an item; takes out those without partner.
pub(super) fn pair(file: FileId, text: &str, tokens: &mut [Token], diagnostics: &mut Vec<Diagnostic>) -> Matched {
    if let Some(at) = first_too_deep(text, tokens) {
        let place = at.span().in_file(file);
        diagnostics.push(
            Diagnostic::new(Code::NestingTooDeep, place, format!("this is nested deeper than {MAX_DEPTH} levels"))
                .label("the limit is passed here")
                .help("give the inner part a name: a `let` or a function of its own"),
        );
        return Matched { partners: Vec::new(), too_deep: true };
    }
    let mut pairing = Pairing::of(text, tokens, false);
    if pairing.faults() > 0 {
        let indented = Pairing::of(text, tokens, true);
        if indented.faults() <= pairing.faults() {
            pairing = indented;
        }
    }
    tell(file, tokens, &pairing, diagnostics);
    for at in pairing.stray {
        if let Some(token) = tokens.get_mut(at) {
            *token = Token { kind: TokenKind::Broken, start: token.start, end: token.start };
        }
    }
    for at in pairing.unclosed {
        if let Some(token) = tokens.get_mut(at)
            && pairing.stays_open != Some(at)
        {
            token.kind = TokenKind::Broken;
        }
    }
    Matched { partners: pairing.partners, too_deep: false }
}

fn tell(file: FileId, tokens: &[Token], pairing: &Pairing, diagnostics: &mut Vec<Diagnostic>) {
    for at in &pairing.unclosed {
        if is_told_on_line(tokens, *at) {
            continue;
        }
        if let Some(Token { kind: TokenKind::Open(bracket), start, end }) = tokens.get(*at).copied() {
            let place = diagnostics::Span::new(start, end).in_file(file);
            let message = format!("this `{}` has no `{}`", bracket.open(), bracket.close());
            diagnostics.push(Diagnostic::new(Code::UnclosedBracket, place, message).label("not closed"));
        }
    }
    let mut previous = None;
    for at in &pairing.stray {
        let follows = previous.is_some_and(|previous| previous + 1 == *at);
        previous = Some(*at);
        if follows {
            continue;
        }
        if let Some(Token { kind: TokenKind::Close(bracket), start, end }) = tokens.get(*at).copied() {
            let place = diagnostics::Span::new(start, end).in_file(file);
            let message = format!("this `{}` has no `{}` before it", bracket.close(), bracket.open());
            diagnostics.push(Diagnostic::new(Code::UnclosedBracket, place, message).label("nothing to close"));
        }
    }
}

/// Says whether something broken on the rest of the line, a string without end for one, has taken the closing bracket.
fn is_told_on_line(tokens: &[Token], at: usize) -> bool {
    let rest = tokens.get(at + 1..).unwrap_or_default().iter().take(MAX_LOOK);
    rest.take_while(|token| token.kind != TokenKind::Newline).any(|token| token.kind == TokenKind::Broken)
}

/// How many tokens behind an open bracket are looked at.
const MAX_LOOK: usize = 200;

/// How many open brackets one that closes may leave behind: no more can be open in what is not nested too deep.
const MAX_REACH: usize = 2 * MAX_DEPTH as usize;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Opener {
    Bracket(Bracket),
    Text,
    Hole,
}

struct Open {
    opener: Opener,
    at: usize,
    indent: u32,
}

#[derive(Default)]
struct Pairing {
    partners: Vec<Option<u32>>,
    stray: Vec<usize>,
    unclosed: Vec<usize>,
    stays_open: Option<usize>,
}

impl Pairing {
    fn faults(&self) -> usize {
        self.stray.len() + self.unclosed.len()
    }

    fn of(text: &str, tokens: &[Token], by_indent: bool) -> Pairing {
        let mut pairing = Pairing { partners: vec![None; tokens.len()], ..Pairing::default() };
        let mut open: Vec<Open> = Vec::new();
        let mut line = Line { indent: 0, first: true };
        for (at, token) in tokens.iter().enumerate() {
            match token.kind {
                TokenKind::Newline => {
                    line.first = true;
                    continue;
                }
                TokenKind::Open(bracket) => {
                    line.enter(text, token);
                    open.push(Open { opener: Opener::Bracket(bracket), at, indent: line.indent });
                }
                TokenKind::StringOpen => {
                    line.enter(text, token);
                    open.push(Open { opener: Opener::Text, at, indent: line.indent });
                }
                TokenKind::HoleOpen => open.push(Open { opener: Opener::Hole, at, indent: line.indent }),
                TokenKind::Close(bracket) => {
                    let begins_line = line.first;
                    line.enter(text, token);
                    let column = (by_indent && begins_line).then_some(line.indent);
                    pairing.close(&mut open, at, bracket, column);
                }
                TokenKind::StringClose => pairing.close_to(&mut open, at, Opener::Text),
                TokenKind::HoleClose => pairing.close_to(&mut open, at, Opener::Hole),
                TokenKind::Word
                | TokenKind::Number
                | TokenKind::Operator
                | TokenKind::Comma
                | TokenKind::Semicolon
                | TokenKind::StringText
                | TokenKind::Broken => line.enter(text, token),
            }
        }
        pairing.unclosed.extend(open.iter().map(|open| open.at));
        pairing.unclosed.sort_unstable();
        pairing.stays_open =
            open.first().filter(|open| open.opener == Opener::Bracket(Bracket::Curly)).map(|open| open.at);
        pairing
    }

    /// Closes the nearest bracket of the kind. `)` and `]` do not reach out of a block, nothing reaches out of a
    /// string.
    fn close(&mut self, open: &mut Vec<Open>, at: usize, bracket: Bracket, column: Option<u32>) {
        let reach = |open: &&Open| match open.opener {
            Opener::Bracket(Bracket::Curly) => bracket == Bracket::Curly || open.opener == Opener::Bracket(bracket),
            Opener::Bracket(Bracket::Round | Bracket::Square) => true,
            Opener::Text | Opener::Hole => false,
        };
        let reached = open.iter().rev().take(MAX_REACH).take_while(reach).count();
        let candidates = open.get(open.len() - reached..).unwrap_or_default();
        let is_kind = |open: &&Open| open.opener == Opener::Bracket(bracket);
        let nearest = candidates.iter().rev().find(is_kind);
        let chosen = match (column, nearest) {
            (Some(column), Some(near)) if bracket == Bracket::Curly && near.indent != column => {
                candidates.iter().rev().find(|open| is_kind(open) && open.indent == column).or(
                    // Indented more than what it could close: one brace too many.
                    if near.indent < column { None } else { nearest },
                )
            }
            _ => nearest,
        };
        match chosen.map(|open| open.at) {
            Some(opener) => self.close_at(open, at, opener),
            None => self.stray.push(at),
        }
    }

    fn close_to(&mut self, open: &mut Vec<Open>, at: usize, opener: Opener) {
        if let Some(opener) = open.iter().rev().find(|open| open.opener == opener).map(|open| open.at) {
            self.close_at(open, at, opener);
        }
    }

    fn close_at(&mut self, open: &mut Vec<Open>, at: usize, opener: usize) {
        while let Some(top) = open.pop() {
            if top.at == opener {
                if let Some(partner) = self.partners.get_mut(opener) {
                    *partner = Some(at as u32);
                }
                if let Some(partner) = self.partners.get_mut(at) {
                    *partner = Some(opener as u32);
                }
                return;
            }
            self.unclosed.push(top.at);
        }
    }
}

/// The indentation of the line that is being read.
struct Line {
    indent: u32,
    first: bool,
}

impl Line {
    fn enter(&mut self, text: &str, token: &Token) {
        if self.first {
            self.first = false;
            let before = text.as_bytes().get(..token.start as usize).unwrap_or_default();
            self.indent = before.iter().rev().take_while(|byte| **byte != b'\n').count() as u32;
        }
    }
}

/// Gives the token that passes the limit. Counted are brackets, strings, interpolations, and what nests without a
/// bracket: `=>`, `->` and `yield` up to the next separator, and the `<` of type arguments.
fn first_too_deep(text: &str, tokens: &[Token]) -> Option<Token> {
    let mut levels = vec![Level::default()];
    let mut depth = 0_u32;
    let mut previous: Option<Token> = None;
    for token in tokens {
        let in_bracket = levels.len() > 1;
        let level = levels.last_mut()?;
        match token.kind {
            TokenKind::Open(_) | TokenKind::StringOpen | TokenKind::HoleOpen => {
                levels.push(Level { lines_end: token.kind == TokenKind::Open(Bracket::Curly), ..Level::default() });
                depth += 1;
            }
            TokenKind::Close(_) | TokenKind::StringClose | TokenKind::HoleClose => {
                if in_bracket {
                    depth = depth.saturating_sub(levels.pop().map_or(0, |level| level.arrows + level.angles) + 1);
                }
            }
            TokenKind::Word if token.text(text) == "yield" => {
                level.arrows += 1;
                depth += 1;
            }
            TokenKind::Operator => match token.text(text) {
                "=>" | "->" => {
                    level.arrows += 1;
                    depth += 1;
                }
                "<" if previous
                    .is_some_and(|previous| previous.kind == TokenKind::Word && previous.end == token.start) =>
                {
                    level.angles += 1;
                    depth += 1;
                }
                ">" if level.angles > 0 => {
                    level.angles -= 1;
                    depth = depth.saturating_sub(1);
                }
                _ => {}
            },
            TokenKind::Comma => depth = depth.saturating_sub(std::mem::take(&mut level.arrows)),
            TokenKind::Newline if previous.is_some_and(|previous| goes_on(text, previous)) => continue,
            TokenKind::Newline if in_bracket && !level.lines_end => continue,
            TokenKind::Newline | TokenKind::Semicolon => {
                let ended = std::mem::take(&mut level.arrows) + std::mem::take(&mut level.angles);
                depth = depth.saturating_sub(ended);
            }
            TokenKind::Word | TokenKind::Number | TokenKind::StringText | TokenKind::Broken => {}
        }
        if depth > MAX_DEPTH {
            return Some(*token);
        }
        previous = Some(*token);
    }
    None
}

#[derive(Default)]
struct Level {
    arrows: u32,
    angles: u32,
    /// Whether a line end ends something here.
    lines_end: bool,
}

fn goes_on(text: &str, previous: Token) -> bool {
    match previous.kind {
        TokenKind::Word => previous.text(text) == "yield",
        TokenKind::Operator => matches!(previous.text(text), "=>" | "->" | "<"),
        _ => false,
    }
}
