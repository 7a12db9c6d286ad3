//! Keys of clauses, and `choices`: pure expressions of a head that become functions.

use super::{
    Checker, ParameterInfo,
    local::Origin,
    purity::Pure,
    report::{Because, Want},
};
use crate::ir::{Body, Expr, ExprKind, LocalId, Type};
use diagnostics::{Code, Diagnostic};
use grammar::tree::{self, ClauseKind};
use std::rc::Rc;

impl<'t> Checker<'t> {
    /// Checks the key that some expressions over a task's arguments make, or without any all of them; of several, that is a
    /// list of their json.
    pub(super) fn key_of(&mut self, task: usize, parts: &[&'t tree::Expr]) -> Option<Body> {
        let before = self.diagnostics.len();
        self.begin(self.unit, Rc::from([]));
        self.body.pure = Some(Pure::Key);
        let parameters = self.tasks[task].parameters.clone();
        for parameter in &parameters.list {
            let local = self.push_local(parameter.name.clone(), parameter.type_, parameter.place.span, Origin::Implied);
            self.bring_into_scope(parameter.name.clone(), local);
        }
        let mut values: Vec<Expr> = parts.iter().map(|part| self.key_part(part)).collect();
        if parts.is_empty() {
            let all = parameters.list.iter().zip(0..);
            let local = |(parameter, at): (&ParameterInfo<'t>, u32)| Expr {
                kind: ExprKind::Local(LocalId(at)),
                type_: parameter.type_,
                span: parameter.place.span,
            };
            values.extend(all.map(local));
        }
        let value = match values.len() {
            1 => values.pop()?,
            _ => {
                let span = values.first()?.span;
                let list = self.list_of(Type::JSON);
                let values =
                    values.into_iter().map(|value| self.convert(value, Type::JSON, Because::Nothing)).collect();
                self.make(ExprKind::List(values), list, span)
            }
        };
        let value = self.boxed(value);
        let body = self.finish_body(parameters.list.len(), value);
        self.begin(self.unit, Rc::from([]));
        (self.diagnostics.len() == before).then_some(body)
    }

    fn key_part(&mut self, part: &'t tree::Expr) -> Expr {
        let value = self.check_expr(part, Want::Any);
        let value = self.settled(value);
        if value.type_ != Type::ERROR && !self.is_key(value.type_) {
            let message = format!("a `{}` cannot be the key of a clause", self.name(value.type_));
            let diagnostic = Diagnostic::new(Code::NotComparable, self.place(part.span), message);
            self.report(diagnostic.note("keys are everything with `==` but floats, functions and json"));
        }
        value
    }

    /// Notes what the keys of a task's clauses use of its parameters; what is wrong in them is told with the clause.
    pub(super) fn use_keys(&mut self, task: &'t tree::Task) {
        self.muted += 1;
        for clause in &task.clauses {
            let parts: Vec<&'t tree::Expr> = match &clause.kind {
                ClauseKind::Concurrency { per, .. } | ClauseKind::Rate { per, .. } => per.iter().collect(),
                ClauseKind::Cache { by, .. } => by.iter().collect(),
                ClauseKind::On(_)
                | ClauseKind::Needs(_)
                | ClauseKind::Timeout(_)
                | ClauseKind::Retry(_)
                | ClauseKind::Priority(_)
                | ClauseKind::Limit(_)
                | ClauseKind::Only { .. }
                | ClauseKind::Alert { .. }
                | ClauseKind::Allow(_)
                | ClauseKind::Ensure { .. }
                | ClauseKind::Retain(_)
                | ClauseKind::Tags(_)
                | ClauseKind::Error => continue,
            };
            for part in parts {
                self.check_expr(part, Want::Any);
            }
        }
        self.muted -= 1;
    }

    /// Checks the `choices` of a task's parameters: each gives a list of values of its parameter's type, which feeds forms.
    pub(super) fn check_choices(&mut self, task: usize, tree: &'t tree::Task) {
        for (at, parameter) in tree.parameters.iter().enumerate() {
            let Some(choices) = &parameter.choices else { continue };
            let before = self.diagnostics.len();
            let type_ = self.program.tasks[task].parameters.get(at).map_or(Type::ERROR, |made| made.type_);
            let list = self.list_of(self.inside_optional(type_).unwrap_or(type_));
            self.begin(self.unit, Rc::from([]));
            self.body.pure = Some(Pure::Choices);
            let value = self.check_expr(choices, Want::Type(list, Because::Nothing));
            let body = self.finish_body(0, value);
            if self.diagnostics.len() == before
                && let Some(made) = self.program.tasks[task].parameters.get_mut(at)
            {
                made.choices = Some(body);
            }
        }
    }
}
