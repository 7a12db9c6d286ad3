//! Assignments, and the places that can be changed: a `var` and what is inside it.

use super::{
    Checker,
    local::Origin,
    report::{Because, Want},
};
use crate::ir::{Binary, ExprKind, LocalId, Statement, Target, TargetStep, Type, TypeKind};
use diagnostics::{Code, Diagnostic, Span};
use grammar::tree::{self, BinaryOperator as Op, ExprKind as Tree};

impl<'t> Checker<'t> {
    /// Checks `target = value` and `target += value`.
    pub(super) fn assign(
        &mut self,
        target: &'t tree::Expr,
        operator: Option<Op>,
        value: &'t tree::Expr,
        span: Span,
    ) -> Option<Statement> {
        let Some(target) = self.target(target, "assigned") else {
            self.check_expr(value, Want::Any);
            return None;
        };
        let because = Because::Declared(self.place(self.body.locals[target.local.0 as usize].span));
        let statement = match operator {
            None => {
                let value = self.check_expr(value, Want::Type(target.type_, because));
                self.assigned(target.local);
                Statement::Assign { target, operator: None, value, span: self.override_span.unwrap_or(span) }
            }
            Some(operator) => {
                let before = self.make(ExprKind::Nothing, target.type_, target.span);
                let right = self.expr(value, Want::Type(target.type_, because));
                let right = self.expect_value(right);
                let result = self.applied(operator, span, before, right, span);
                let result_type = result.type_;
                let ExprKind::Binary { operator, right, .. } = result.kind else { return None };
                if !self.converts(result_type, target.type_) {
                    self.mismatch(span, result_type, target.type_, because);
                }
                self.assigned(target.local);
                let operator: Binary = operator;
                Statement::Assign {
                    target,
                    operator: Some(operator),
                    value: *right,
                    span: self.override_span.unwrap_or(span),
                }
            }
        };
        Some(statement)
    }

    /// Checks a place that is to be changed: a name, and fields and indices of it. What is wrong is told.
    pub(super) fn target(&mut self, target: &'t tree::Expr, how: &str) -> Option<Target> {
        let mut steps = Vec::new();
        let mut at = target;
        let name = loop {
            match &*at.kind {
                Tree::Name(name) => break name,
                Tree::Field { value, optional: false, .. } | Tree::Index { value, .. } => {
                    steps.push(at);
                    at = value;
                }
                Tree::Error => return None,
                _ => {
                    let message = format!("this cannot be {how}: only a `var`, its fields and its items can");
                    self.report(Diagnostic::new(Code::NotAssignable, self.place(target.span), message));
                    return None;
                }
            }
        };
        let Some(local) = self.find_local(&name.text) else {
            match self.lookup(&name.text) {
                Some(super::Definition::Later(..)) => {}
                Some(definition) => {
                    let what = super::report::definition(definition);
                    let message = format!("`{}` is {what} and cannot be {how}", name.text);
                    self.report(Diagnostic::new(Code::NotAssignable, self.place(name.span), message));
                }
                None => {
                    self.unknown_name(name);
                }
            }
            return None;
        };
        let root = self.use_local(local, name.span);
        if !self.expect_variable(local, name, how) {
            return None;
        }
        let mut type_ = root.type_;
        let mut path = Vec::with_capacity(steps.len());
        for step in steps.into_iter().rev() {
            let made = self.target_step(step, type_)?;
            type_ = match &made {
                TargetStep::Field(_, type_) | TargetStep::Index(_, type_) => *type_,
            };
            path.push(made);
        }
        (type_ != Type::ERROR).then_some(Target { local, path, type_, span: self.override_span.unwrap_or(target.span) })
    }

    fn expect_variable(&mut self, local: LocalId, name: &tree::Name, how: &str) -> bool {
        let facts = &self.body.facts[local.0 as usize];
        let declared = self.place(self.body.locals[local.0 as usize].span);
        let (message, help) = match facts.origin {
            Origin::Var => return true,
            Origin::Implied if facts.captured.is_some() => (
                format!("`{}` is taken into the lambda by value and cannot be {how} there", name.text),
                "let the lambda give the new value instead",
            ),
            Origin::Implied if name.text == "self" => {
                (format!("`self` cannot be {how}"), "give a changed copy as the result")
            }
            Origin::Let | Origin::Implied => {
                (format!("`{}` never changes and cannot be {how}", name.text), "declare it with `var`")
            }
            Origin::Parameter => (format!("the parameter `{}` cannot be {how}", name.text), "copy it: `var copy = …`"),
        };
        let diagnostic = Diagnostic::new(Code::AssignToLet, self.place(name.span), message);
        self.report(diagnostic.also(declared, "declared here").help(help));
        false
    }

    fn target_step(&mut self, step: &'t tree::Expr, of: Type) -> Option<TargetStep> {
        match &*step.kind {
            Tree::Field { name, .. } => {
                let (field, type_) = self.find_field(of, name)?;
                Some(TargetStep::Field(field, type_))
            }
            Tree::Index { index, .. } => match self.kind(self.base(of)).clone() {
                TypeKind::List(item) => {
                    let index = self.check_expr(index, Want::Type(Type::INT, Because::Nothing));
                    Some(TargetStep::Index(index, item))
                }
                TypeKind::Map(key, value) => {
                    let index = self.check_expr(index, Want::Type(key, Because::Nothing));
                    Some(TargetStep::Index(index, value))
                }
                TypeKind::Error => None,
                _ => {
                    let message = format!("items of a `{}` cannot be changed in place", self.name(of));
                    self.report(Diagnostic::new(Code::NotAssignable, self.place(step.span), message));
                    None
                }
            },
            _ => None,
        }
    }

    /// Gives a target as an expression's kind of place, for methods that change their receiver.
    pub(super) fn is_place(expr: &tree::Expr) -> bool {
        let mut at = expr;
        loop {
            match &*at.kind {
                Tree::Name(_) => return true,
                Tree::Field { value, optional: false, .. } | Tree::Index { value, .. } => at = value,
                _ => return false,
            }
        }
    }
}
