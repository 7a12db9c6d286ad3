//! Which braces are maps. The choice is final: the grammar never tries the other one.

use super::{Bracket, Token, TokenKind};

/// What a `{` begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Statements, fields, cases, arms or methods.
    Block,
    /// The entries of a map.
    Map,
}

/// A `{` and what stands around it.
#[derive(Debug)]
pub(super) struct Brace<'t> {
    /// The text.
    pub(super) text: &'t str,
    /// The tokens of the item.
    pub(super) tokens: &'t [Token],
    /// The partners of its brackets.
    pub(super) partners: &'t [Option<u32>],
    /// The index of the `{`.
    pub(super) at: usize,
    /// The index of the last token before it that is no line end.
    pub(super) previous: Option<usize>,
    /// Whether a statement begins with it.
    pub(super) begins_statement: bool,
    /// Whether it stands in no bracket of its item.
    pub(super) in_head: bool,
    /// Whether it belongs to a `catch` behind a `try` block.
    pub(super) in_catch: bool,
}

impl Brace<'_> {
    /// Decides the role.
    pub(super) fn role(&self) -> Role {
        let Some(previous) = self.previous.and_then(|at| self.tokens.get(at)).copied() else { return Role::Block };
        if self.in_catch {
            return Role::Block;
        }
        if self.begins_statement && !self.in_head {
            return Role::Map;
        }
        match previous.kind {
            TokenKind::Word => self.behind_word(previous.text(self.text)),
            TokenKind::Operator => match previous.text(self.text) {
                "=>" => map_if(self.is_empty() || self.has_entry()),
                ">" | "?" | "??" | "->" if self.in_head => Role::Block,
                ">" | "?" | "->" | "." => Role::Block,
                _ => Role::Map,
            },
            TokenKind::Comma => map_if(!self.in_head),
            TokenKind::Open(_) | TokenKind::Semicolon | TokenKind::HoleOpen => Role::Map,
            TokenKind::Broken => map_if(self.has_entry()),
            TokenKind::Number
            | TokenKind::Newline
            | TokenKind::Close(_)
            | TokenKind::StringOpen
            | TokenKind::StringText
            | TokenKind::StringClose
            | TokenKind::HoleClose => Role::Block,
        }
    }

    fn behind_word(&self, word: &str) -> Role {
        if self.is_step_label() {
            return Role::Block;
        }
        match word {
            "else" | "in" => map_if(self.has_entry()),
            "yield" | "catch" => map_if(self.is_empty() || self.has_entry()),
            // The last word of `concurrency 1 else fail`, not what an error is made of.
            "fail" if self.in_head => Role::Block,
            "and" | "or" | "not" | "return" | "fail" | "is" | "where" | "per" | "by" => Role::Map,
            _ => Role::Block,
        }
    }

    /// Says whether the word before is the label of a step, which may be any word.
    fn is_step_label(&self) -> bool {
        let before = self.previous.and_then(|at| at.checked_sub(1)).and_then(|at| self.tokens.get(at));
        before.is_some_and(|token| token.is_word(self.text, "step"))
    }

    fn is_empty(&self) -> bool {
        self.inside(self.at + 1).is_some_and(|(_, token)| token.kind == TokenKind::Close(Bracket::Curly))
    }

    /// Says whether the first thing inside is a word, number or string that a `:` follows.
    fn has_entry(&self) -> bool {
        let Some((first, token)) = self.inside(self.at + 1) else { return false };
        let last = match token.kind {
            TokenKind::Word | TokenKind::Number => first,
            TokenKind::StringOpen => match self.partners.get(first).copied().flatten() {
                Some(partner) => partner as usize,
                None => return false,
            },
            _ => return false,
        };
        self.tokens.get(last + 1).is_some_and(|token| token.is_operator(self.text, ":"))
    }

    fn inside(&self, from: usize) -> Option<(usize, Token)> {
        let rest = self.tokens.get(from..)?;
        let skipped = rest.iter().take_while(|token| token.kind == TokenKind::Newline).count();
        Some((from + skipped, *rest.get(skipped)?))
    }
}

fn map_if(condition: bool) -> Role {
    if condition { Role::Map } else { Role::Block }
}
