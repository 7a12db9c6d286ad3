//! Narrowing: what is known not to be `none`, from a condition to where it ends.
//!
//! Facts are about locals and field paths of locals. A fact ends with its branch, and with an assignment to its local.
//! A loop forgets what is known of the variables that it changes, for a later turn comes after the change.

use super::{Checker, assigned::Assigned, body::FieldPath, local::Origin};
use crate::ir::{Binary, Expr, ExprKind, LocalId, Pattern, Type};

/// The state of the facts to come back to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NarrowMark {
    log: usize,
    assigned: usize,
}

impl Checker<'_> {
    /// Gives a value as what it is known to be.
    pub(super) fn narrowed(&mut self, value: Expr) -> Expr {
        let Some(inner) = self.inside_optional(value.type_) else { return value };
        if self.body.narrowed.is_empty() {
            return value;
        }
        match field_path(&value) {
            Some(path) if self.body.narrowed.contains(&path) => {
                let span = value.span;
                Expr { kind: ExprKind::Unwrap(Box::new(value)), type_: inner, span }
            }
            Some(_) | None => value,
        }
    }

    /// Remembers the facts, to come back to them.
    pub(super) fn mark_narrowing(&self) -> NarrowMark {
        NarrowMark { log: self.body.narrow_log.len(), assigned: self.body.assigned.len() }
    }

    /// Goes back to the facts of a mark; those about variables that were assigned since are gone.
    pub(super) fn forget_narrowing(&mut self, mark: NarrowMark) {
        while self.body.narrow_log.len() > mark.log {
            match self.body.narrow_log.pop() {
                Some((path, true)) => self.body.narrowed.remove(&path),
                Some((path, false)) => self.body.narrowed.insert(path),
                None => false,
            };
        }
        let assigned: Vec<LocalId> = self.body.assigned[mark.assigned..].to_vec();
        for local in assigned {
            self.forget_local(local);
        }
    }

    /// Ends the facts about a variable that is assigned.
    pub(super) fn assigned(&mut self, local: LocalId) {
        self.body.assigned.push(local);
        self.forget_local(local);
    }

    fn forget_local(&mut self, local: LocalId) {
        if self.body.narrowed.is_empty() {
            return;
        }
        let gone: Vec<FieldPath> = self.body.narrowed.iter().filter(|path| path.local == local).cloned().collect();
        for path in gone {
            self.body.narrowed.remove(&path);
            self.body.narrow_log.push((path, false));
        }
    }

    /// Ends the facts about the variables that a loop changes, at its head; `look` says what belongs to the loop.
    pub(super) fn forget_changing(&mut self, look: impl FnOnce(&mut Assigned<'_>)) {
        let facts = &self.body.facts;
        let is_variable = |path: &&FieldPath| facts[path.local.0 as usize].origin == Origin::Var;
        let known: Vec<FieldPath> = self.body.narrowed.iter().filter(is_variable).cloned().collect();
        if known.is_empty() {
            return;
        }
        let changing = self.signatures.iter().filter(|signature| signature.changes);
        let methods = changing.map(|signature| signature.function.name.text.clone()).collect();
        let mut assigned = Assigned::new(&methods);
        look(&mut assigned);
        let changes = |path: &FieldPath| {
            let name = self.body.locals[path.local.0 as usize].name.as_str();
            assigned.names.contains(name)
        };
        let gone: Vec<FieldPath> = known.into_iter().filter(changes).collect();
        for path in gone {
            self.body.narrowed.remove(&path);
            self.body.narrow_log.push((path, false));
        }
    }

    /// Takes in what follows from a condition being `holds`.
    pub(super) fn assume(&mut self, condition: &Expr, holds: bool) {
        match &condition.kind {
            ExprKind::Not(inner) => self.assume(inner, !holds),
            ExprKind::And(left, right) if holds => {
                self.assume(left, true);
                self.assume(right, true);
            }
            ExprKind::Or(left, right) if !holds => {
                self.assume(left, false);
                self.assume(right, false);
            }
            ExprKind::Binary { operator, left, right } => {
                let known = matches!((operator, holds), (Binary::NotEqual, true) | (Binary::Equal, false));
                let equal = matches!((operator, holds), (Binary::Equal, true));
                if known && is_none(right) {
                    self.know(left);
                } else if known && is_none(left) {
                    self.know(right);
                } else if equal && matches!(right.kind, ExprKind::Some(_)) {
                    self.know(left);
                } else if equal && matches!(left.kind, ExprKind::Some(_)) {
                    self.know(right);
                }
            }
            ExprKind::Is { value, pattern } => match (pattern, holds) {
                (Pattern::None, false) | (Pattern::Some(..), true) => self.know(value),
                _ => {}
            },
            _ => {}
        }
    }

    fn know(&mut self, value: &Expr) {
        if self.inside_optional(value.type_).is_none() {
            return;
        }
        if let Some(path) = field_path(value)
            && self.body.narrowed.insert(path.clone())
        {
            self.body.narrow_log.push((path, true));
        }
    }
}

fn is_none(value: &Expr) -> bool {
    matches!(value.kind, ExprKind::None) && value.type_ != Type::JSON
}

/// Gives the field path that an expression is, if it is one.
fn field_path(value: &Expr) -> Option<FieldPath> {
    let mut fields = Vec::new();
    let mut at = value;
    loop {
        match &at.kind {
            ExprKind::Local(local) => {
                fields.reverse();
                return Some(FieldPath { local: *local, fields });
            }
            ExprKind::Field { value, field } => {
                fields.push(*field);
                at = value;
            }
            ExprKind::Unwrap(inner) | ExprKind::Retype(inner) => at = inner,
            _ => return None,
        }
    }
}
