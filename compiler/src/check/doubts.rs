//! What is legal and says something else than it seems to: conditions that are always the same, keys that stand twice,
//! a `-` before a call.

use super::Checker;
use crate::constant::{Constant, evaluate};
use crate::ir::{Binary, Expr, ExprKind};
use diagnostics::{Code, Diagnostic, Edit, Fix, Span};
use grammar::tree;
use rustc_hash::FxHashMap;

/// The words that a condition without a name is written with.
const WORDS: [&str; 6] = ["true", "false", "not", "and", "or", "in"];

impl<'t> Checker<'t> {
    /// Tells of a condition that no value changes. A constant may be set another way tomorrow, so its name counts as a
    /// value.
    pub(super) fn tell_constant_condition(&mut self, condition: &Expr) {
        if self.muted > 0 || self.override_span.is_some() || self.current().library {
            return;
        }
        let always = match &condition.kind {
            ExprKind::Binary { operator, left, right } => match (&left.kind, &right.kind) {
                (ExprKind::Local(one), ExprKind::Local(other)) if one == other => of_equals(*operator, condition),
                _ => self.without_names(condition),
            },
            _ => self.without_names(condition),
        };
        if let Some(always) = always {
            let message = format!("this condition is always {always}");
            let diagnostic = Diagnostic::new(Code::ConstantCondition, self.place(condition.span), message);
            self.report(diagnostic.help("ask for something that can change, or leave the condition out"));
        }
    }

    fn without_names(&self, condition: &Expr) -> Option<bool> {
        let text = condition.span.text(&self.current().text);
        let mut words = text.split(|sign: char| !sign.is_alphanumeric() && sign != '_').filter(|word| !word.is_empty());
        let is_plain =
            words.all(|word| WORDS.contains(&word) || word.starts_with(|first: char| first.is_ascii_digit()));
        match evaluate(&self.program, condition) {
            Some(Constant::Bool(always)) if is_plain => Some(always),
            _ => None,
        }
    }

    /// Tells of a key that a map has already: the value behind it is the one that stays.
    pub(super) fn tell_equal_keys(&mut self, keys: &[Expr]) {
        if self.muted > 0 || keys.len() < 2 {
            return;
        }
        let mut seen: FxHashMap<String, Span> = FxHashMap::default();
        for key in keys {
            let Some(value) = evaluate(&self.program, key) else { continue };
            if let Some(first) = seen.insert(format!("{value:?}"), key.span) {
                let first = self.place(first);
                let message = "this key stands in the map already, and the later value takes the place of the first";
                let diagnostic = Diagnostic::new(Code::DuplicateKey, self.place(key.span), message);
                self.report(diagnostic.also(first, "first here").help("remove one of them"));
            }
        }
    }

    /// Tells of `-5.abs()`, which is the negative of `5.abs()`.
    pub(super) fn tell_negated_call(&mut self, operand: &'t tree::Expr, span: Span) {
        let tree::ExprKind::Call { function, .. } = &*operand.kind else { return };
        let tree::ExprKind::Field { value, name, .. } = &*function.kind else { return };
        // Behind a bracket it says what it means.
        if !matches!(*value.kind, tree::ExprKind::Literal(_)) || span.start + 1 != operand.span.start {
            return;
        }
        let text = &self.current().text;
        let (number, call) = (value.span.text(text), operand.span.text(text));
        let message = format!("this is the negative of `{call}`: `-` comes after the call");
        let diagnostic = Diagnostic::new(Code::NegatedCall, self.place(span), message)
            .help(format!("write `(-{number}).{}(…)`, or `-({call})` if it is meant so", name.text));
        let place = self.place(Span::new(span.start, value.span.end));
        let edits = vec![Edit { place, text: format!("(-{number})") }];
        self.report(diagnostic.fix(Fix { title: format!("write `(-{number})`"), safe: false, edits }));
    }
}

/// What a comparison of a value with itself gives; a float may be none that equals itself.
fn of_equals(operator: Binary, condition: &Expr) -> Option<bool> {
    let ExprKind::Binary { left, .. } = &condition.kind else { return None };
    if left.type_ == crate::ir::Type::FLOAT {
        return None;
    }
    match operator {
        Binary::Equal | Binary::LessEqual | Binary::GreaterEqual => Some(true),
        Binary::NotEqual | Binary::Less | Binary::Greater => Some(false),
        _ => None,
    }
}
