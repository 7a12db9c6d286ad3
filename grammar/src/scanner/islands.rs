//! Where items begin: at column 0, with an item's keyword and what must follow it.
//!
//! Brackets are not asked, so a bracket that one item leaves open does not swallow the next.

use super::{Bracket, Token, TokenKind};
use crate::words;
use std::ops::Range;

/// Cuts the tokens into items. What stands before the first item and begins no item is an island too.
pub(super) fn cut(text: &str, tokens: &[Token]) -> Vec<Range<usize>> {
    let mut islands = Vec::new();
    let mut start = None;
    let mut is_closed = false;
    let mut open: u32 = 0;
    for at in 0..tokens.len() {
        let misspelt = || open == 0 && misspelt(text, tokens, at).is_some();
        if begins_item(text, tokens, at) || is_closed && begins_unknown_item(text, tokens, at) || misspelt() {
            open = 0;
            if let Some(start) = start {
                islands.push(start..at);
            }
            start = Some(at);
        } else if start.is_none() && tokens.get(at).is_some_and(|token| token.kind != TokenKind::Newline) {
            start = Some(at);
        }
        if let Some(token) = tokens.get(at).filter(|token| token.kind != TokenKind::Newline) {
            match token.kind {
                TokenKind::Open(_) | TokenKind::HoleOpen => open += 1,
                TokenKind::Close(_) | TokenKind::HoleClose => open = open.saturating_sub(1),
                _ => {}
            }
            is_closed = token.kind == TokenKind::Close(Bracket::Curly) && (open == 0 || begins_line(text, token.start));
        }
    }
    if let Some(start) = start {
        islands.push(start..tokens.len());
    }
    islands
}

fn begins_item(text: &str, tokens: &[Token], at: usize) -> bool {
    let Some(token) = tokens.get(at) else { return false };
    if token.kind != TokenKind::Word || !begins_line(text, token.start) || !words::begins_item(token.text(text)) {
        return false;
    }
    let Some(next) = tokens.get(at + 1) else { return false };
    match token.text(text) {
        "test" => next.kind == TokenKind::StringOpen,
        "extend" => next.kind == TokenKind::Word || next.is_operator(text, "<"),
        "task" | "fn" | "record" | "enum" | "const" | "use" => true,
        _ => next.kind == TokenKind::Word && next.start > token.end,
    }
}

/// Says whether something that is no item begins behind one that has ended: `class Foo {}`. It takes nothing from it.
fn begins_unknown_item(text: &str, tokens: &[Token], at: usize) -> bool {
    let (Some(token), Some(next)) = (tokens.get(at), tokens.get(at + 1)) else { return false };
    token.kind == TokenKind::Word
        && begins_line(text, token.start)
        && next.kind == TokenKind::Word
        && !matches!(token.text(text), "and" | "or" | "catch" | "else" | "finally" | "undo")
}

/// Gives the keyword that the first word of a line misspells, where a name follows it as in an item: `enm Change {`.
pub(super) fn misspelt(text: &str, tokens: &[Token], at: usize) -> Option<&'static str> {
    let (word, next) = (tokens.get(at)?, tokens.get(at + 1)?);
    if word.kind != TokenKind::Word || !begins_line(text, word.start) {
        return None;
    }
    let is_test = next.kind == TokenKind::StringOpen;
    if !is_test && next.kind != TokenKind::Word {
        return None;
    }
    words::near_item(word.text(text)).filter(|near| (*near == "test") == is_test)
}

fn begins_line(text: &str, offset: u32) -> bool {
    offset == 0 || text.as_bytes().get(offset as usize - 1) == Some(&b'\n')
}
