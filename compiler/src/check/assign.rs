//! Assignments, and the places that can be changed: a `var` and what is inside it.

use super::{
    Checker, Definition,
    local::Origin,
    report::{Because, Want},
    state::StateChange,
};
use crate::ir::{ExprKind, LocalId, Statement, Target, TargetStep, Type, TypeKind};
use diagnostics::{Code, Diagnostic, Span};
use grammar::tree::{self, BinaryOperator as Op, ExprKind as Tree};

/// What is changed: of a state, its local stands for it.
pub(super) struct Place {
    /// A variable, or a part of it.
    pub target: Target,
    /// The number of the state.
    pub state: Option<u32>,
}

impl<'t> Checker<'t> {
    /// Checks `target = value` and `target += value`.
    pub(super) fn assign(
        &mut self,
        target: &'t tree::Expr,
        operator: Option<Op>,
        value: &'t tree::Expr,
        span: Span,
    ) -> Option<Statement> {
        if let (Tree::Name(name), None) = (&*target.kind, operator)
            && self.tell_undeclared(name)
        {
            let value = self.check_expr(value, Want::Any);
            let local = self.declare_local(name, value.type_, Origin::Var);
            self.body.facts[local.0 as usize].used = true;
            return Some(Statement::Let { local, value });
        }
        let Some(Place { target, state }) = self.target(target, "assigned") else {
            self.check_expr(value, Want::Any);
            return None;
        };
        let because = match state {
            Some(number) => Because::Declared(self.state_place(number)),
            None => Because::Declared(self.place(self.body.locals[target.local.0 as usize].span)),
        };
        let span = self.override_span.unwrap_or(span);
        let mut stays_known = false;
        let (operator, value) = match operator {
            None => (None, self.check_expr(value, Want::Type(target.type_, because))),
            Some(operator) if let Some(before) = self.known_value(&target) => {
                let right = self.expr(value, Want::Type(before.type_, because));
                let right = self.expect_value(right);
                let result = self.applied(operator, span, before, right, span);
                stays_known = true;
                (None, self.convert(result, target.type_, because))
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
                (Some(operator), *right)
            }
        };
        self.changed(&target, true);
        if stays_known {
            self.know_target(&target);
        }
        Some(match state {
            Some(number) => {
                let change = StateChange::Assign { target, operator, value, span };
                Statement::Expr(self.change_state(number, change, span))
            }
            None => Statement::Assign { target, operator, value, span },
        })
    }

    /// Tells of `name = value` where there is no such name, which declares one elsewhere; it does so then, lest every
    /// use is told too.
    fn tell_undeclared(&mut self, name: &tree::Name) -> bool {
        let is_known = self.find_local(&name.text).is_some()
            || self.lookup(&name.text).is_some()
            || self.is_missing(&name.text)
            || self.near_local(&name.text).is_some();
        if is_known || self.muted > 0 {
            return false;
        }
        let place = self.place(name.span);
        let message = format!("there is nothing named `{}` here to assign to", name.text);
        let before = self.place(Span::at(name.span.start));
        self.report(
            Diagnostic::new(Code::UnknownName, place, message)
                .help("a new variable is declared: `let name = …`, or `var name = …` if it changes")
                .fix(diagnostics::Fix {
                    title: "declare it with `var`".to_owned(),
                    safe: false,
                    edits: vec![diagnostics::Edit { place: before, text: "var ".to_owned() }],
                }),
        );
        true
    }

    /// Gives the local whose name is nearly that.
    fn near_local(&self, name: &str) -> Option<&str> {
        self.near(name, self.body.names.keys().map(smol_str::SmolStr::as_str))
    }

    /// Checks a place that is to be changed: a name, and fields and indices of it. What is wrong is told.
    pub(super) fn target(&mut self, target: &'t tree::Expr, how: &str) -> Option<Place> {
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
        let (local, state, type_) = self.root(name, how)?;
        let span = self.override_span.unwrap_or(target.span);
        let mut target = Target { local, path: Vec::with_capacity(steps.len()), type_, span };
        for step in steps.into_iter().rev() {
            let made = self.target_step(step, self.known_target(&target))?;
            target.type_ = match &made {
                TargetStep::Field(_, type_) | TargetStep::Index(_, type_) => *type_,
            };
            target.path.push(made);
        }
        (target.type_ != Type::ERROR).then_some(Place { target, state })
    }

    /// Finds the variable or state that is to be changed: its local, the number of the state, and its type.
    fn root(&mut self, name: &'t tree::Name, how: &str) -> Option<(LocalId, Option<u32>, Type)> {
        if let Some(local) = self.find_local(&name.text) {
            let root = self.use_local(local, name.span);
            return self.expect_variable(local, name, how).then_some((local, None, root.type_));
        }
        match self.lookup(&name.text) {
            Some(definition @ Definition::State(number)) => {
                self.note_use(name.span, definition);
                let cell = self.state_cell(number, name)?;
                Some((cell, Some(number), self.local_type(cell)))
            }
            Some(Definition::Agent(_)) => None,
            Some(definition) => {
                let what = super::report::definition(definition);
                let message = format!("`{}` is {what} and cannot be {how}", name.text);
                self.report(Diagnostic::new(Code::NotAssignable, self.place(name.span), message));
                None
            }
            None => {
                self.unknown_name(name);
                None
            }
        }
    }

    fn expect_variable(&mut self, local: LocalId, name: &tree::Name, how: &str) -> bool {
        let facts = &self.body.facts[local.0 as usize];
        let declared = self.place(self.body.locals[local.0 as usize].span);
        let (message, help) = match facts.origin {
            Origin::Var => return true,
            Origin::Implied if facts.captured.is_some() && self.body.in_branch => {
                let message = format!("`{}` stands outside of the branch and cannot be {how} in it", name.text);
                let diagnostic = Diagnostic::new(Code::BranchAssigns, self.place(name.span), message);
                let help = "let the branch give a value: a loop collects with `yield`, and a `let` in `parallel` is \
                            there behind the block";
                self.report(diagnostic.also(declared, "declared here").help(help));
                return false;
            }
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
