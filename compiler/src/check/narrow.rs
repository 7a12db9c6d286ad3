//! Narrowing: what is known not to be `none`, from a condition to where it ends.
//!
//! Facts are about locals and field paths of locals. A fact ends with its branch, and with an assignment to its place or to
//! what its place is in. A loop forgets what is known of the variables that it changes, for a later turn comes after the
//! change.

use super::{
    Checker,
    assigned::Assigned,
    body::{Changed, FieldPath},
    local::Origin,
};
use crate::ir::{Binary, Expr, ExprKind, Pattern, Target, TargetStep, Type, TypeKind};
use smol_str::SmolStr;

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
        for at in mark.assigned..self.body.assigned.len() {
            let changed = self.body.assigned[at].clone();
            self.forget_changed(&changed);
        }
    }

    /// Ends the facts about a place that is assigned, or inside of which something changes.
    pub(super) fn changed(&mut self, target: &Target, whole: bool) {
        let (path, exact) = path_of(target);
        let changed = Changed { path, whole: whole && exact };
        self.forget_changed(&changed);
        self.body.assigned.push(changed);
    }

    fn forget_changed(&mut self, changed: &Changed) {
        let Changed { path, whole } = changed;
        self.forget(|known| {
            let inside = known.local == path.local && known.fields.starts_with(&path.fields);
            inside && (*whole || known.fields.len() > path.fields.len())
        });
    }

    fn forget(&mut self, is_gone: impl Fn(&FieldPath) -> bool) {
        if self.body.narrowed.is_empty() {
            return;
        }
        let gone: Vec<FieldPath> = self.body.narrowed.iter().filter(|path| is_gone(path)).cloned().collect();
        for path in gone {
            self.body.narrowed.remove(&path);
            self.body.narrow_log.push((path, false));
        }
    }

    /// Gives the type of a place as it is known to be.
    pub(super) fn known_type(&self, path: &FieldPath, type_: Type) -> Type {
        let inner = self.inside_optional(type_).filter(|_| self.body.narrowed.contains(path));
        inner.unwrap_or(type_)
    }

    /// Gives the type of a place that is to be changed inside, as it is known to be.
    pub(super) fn known_target(&self, target: &Target) -> Type {
        let (path, exact) = path_of(target);
        if exact { self.known_type(&path, target.type_) } else { target.type_ }
    }

    /// Gives the value of a place that is known not to be `none`; nothing of any other.
    pub(super) fn known_value(&mut self, target: &Target) -> Option<Expr> {
        let known = self.known_target(target);
        if known == target.type_ {
            return None;
        }
        let mut value = self.make(ExprKind::Local(target.local), self.local_type(target.local), target.span);
        for step in &target.path {
            let TargetStep::Field(field, type_) = step else { return None };
            let of = self.narrowed(value);
            value = self.make(ExprKind::Field { value: Box::new(of), field: *field }, *type_, target.span);
        }
        Some(self.narrowed(value))
    }

    /// Takes in that a place has a value now.
    pub(super) fn know_target(&mut self, target: &Target) {
        let (path, exact) = path_of(target);
        if exact {
            self.know_path(path);
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
        let gone: Vec<FieldPath> = known.into_iter().filter(|path| assigned.changes(&self.names_of(path))).collect();
        self.forget(|path| gone.contains(path));
    }

    /// Gives a path as it is written.
    fn names_of(&self, path: &FieldPath) -> Vec<SmolStr> {
        let local = &self.body.locals[path.local.0 as usize];
        let mut names = vec![SmolStr::from(local.name.as_str())];
        let mut type_ = local.type_;
        for field in &path.fields {
            let of = self.inside_optional(type_).unwrap_or(type_);
            let TypeKind::Record(id, _) = self.kind(self.base(of)) else { break };
            let Some(field) = self.program.records[id.0 as usize].fields.get(*field as usize) else { break };
            names.push(SmolStr::from(field.name.as_str()));
            type_ = field.type_;
        }
        names
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
        if let Some(path) = field_path(value) {
            self.know_path(path);
        }
    }

    fn know_path(&mut self, path: FieldPath) {
        if self.body.narrowed.insert(path.clone()) {
            self.body.narrow_log.push((path, true));
        }
    }
}

/// Gives the fields that lead to a place, and whether that is all of the way: items are not followed.
fn path_of(target: &Target) -> (FieldPath, bool) {
    let fields = target.path.iter().map_while(|step| match step {
        TargetStep::Field(field, _) => Some(*field),
        TargetStep::Index(..) => None,
    });
    let path = FieldPath { local: target.local, fields: fields.collect() };
    let exact = path.fields.len() == target.path.len();
    (path, exact)
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
