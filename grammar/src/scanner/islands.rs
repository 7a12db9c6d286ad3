//! Where items begin: at column 0, with an item's keyword and what must follow it.
//!
//! Brackets are not asked, so a bracket that one item leaves open does not swallow the next.

use super::{Token, TokenKind};
use crate::words;
use std::ops::Range;

/// Cuts the tokens into items. What stands before the first item and begins no item is an island too.
pub(super) fn cut(text: &str, tokens: &[Token]) -> Vec<Range<usize>> {
    let mut islands = Vec::new();
    let mut start = None;
    for at in 0..tokens.len() {
        if begins_item(text, tokens, at) {
            if let Some(start) = start {
                islands.push(start..at);
            }
            start = Some(at);
        } else if start.is_none() && tokens.get(at).is_some_and(|token| token.kind != TokenKind::Newline) {
            start = Some(at);
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

fn begins_line(text: &str, offset: u32) -> bool {
    offset == 0 || text.as_bytes().get(offset as usize - 1) == Some(&b'\n')
}
