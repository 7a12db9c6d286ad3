//! Expressions: from a tree and what is wanted to a typed expression.

use super::{
    Checker, Definition, foreign,
    report::{Because, Want},
};
use crate::ir::{Expr, ExprKind, Type};
use diagnostics::{Code, Diagnostic};
use grammar::tree::{self, ExprKind as Tree};
use smol_str::SmolStr;

/// How deep expressions may stand in each other; the grammar allows 100 levels of brackets, the rest are long chains.
pub(super) const DEPTH_LIMIT: u32 = 400;

impl<'t> Checker<'t> {
    /// Checks an expression. What is wanted is a hint: the result may still need a conversion.
    pub(super) fn expr(&mut self, expr: &'t tree::Expr, want: Want) -> Expr {
        if self.has_told_enough() {
            return self.error(expr.span);
        }
        if self.depth >= DEPTH_LIMIT {
            let message = format!("expressions stand more than {DEPTH_LIMIT} deep in each other here");
            let diagnostic = Diagnostic::new(Code::NestingTooDeep, self.place(expr.span), message);
            self.report(diagnostic.help("take a part of it out: `let part = …`"));
            return self.error(expr.span);
        }
        self.depth += 1;
        // What a pattern of `is` binds is there only where the condition holds.
        let keeps_names = std::mem::take(&mut self.body.is_condition);
        let scope = self.open_scope();
        let value = match &*expr.kind {
            Tree::Is { value, negated: false, pattern } => self.is(value, false, pattern, expr.span),
            Tree::Binary { operator: tree::BinaryOperator::And, left, right, .. } => {
                self.logical(tree::BinaryOperator::And, left, right, expr.span)
            }
            _ => {
                let value = self.expr_inside(expr, want);
                self.close_scope(scope);
                value
            }
        };
        if !keeps_names {
            self.close_scope(scope);
        }
        self.depth -= 1;
        if self.tell_too_large(expr.span) {
            return self.error(expr.span);
        }
        if want == Want::Dropped { self.dropped(value, expr) } else { value }
    }

    fn expr_inside(&mut self, expr: &'t tree::Expr, want: Want) -> Expr {
        let span = expr.span;
        match &*expr.kind {
            Tree::Literal(literal) => self.literal(literal, span, want),
            Tree::String(string) => self.string(string, span),
            Tree::Name(name) => self.name_value(name, span, want),
            Tree::List(items) => self.list(items, span, want),
            Tree::Map(entries) => self.map(entries, span, want),
            Tree::EmptyBraces => self.empty_braces(span, want),
            Tree::Case { name, arguments } => self.case(name, arguments.as_deref(), span, want),
            Tree::Call { function, arguments } => self.call(function, arguments, span, want),
            Tree::With { value, changes } => self.with(value, changes, span),
            Tree::Index { value, index } => self.index_of(value, index, span),
            Tree::Field { value, name, optional } => self.field(value, name, *optional, span, want),
            Tree::Unary { operator, operand } => self.unary(*operator, operand, span, want),
            Tree::Binary { operator, operator_span, left, right } => {
                self.binary(*operator, *operator_span, left, right, span, want)
            }
            Tree::Is { value, negated, pattern } => self.is(value, *negated, pattern, span),
            Tree::Try(value) => self.try_value(value, span, want),
            Tree::CatchValue { value, fallback } => self.catch_value(value, fallback, span, want),
            Tree::Lambda { parameters, body } => self.lambda(parameters, body, span, want),
            Tree::If { condition, then, otherwise } => self.if_(condition, then, otherwise.as_ref(), span, want),
            Tree::Match { value, arms } => self.match_(value, arms, span, want),
            Tree::For(for_) => self.for_(for_, span, want),
            Tree::While { condition, body } => self.while_(condition, body, span),
            Tree::Break => self.leave_loop(ExprKind::Break, "break", span),
            Tree::Continue => self.leave_loop(ExprKind::Continue, "continue", span),
            Tree::Return(value) => self.return_(value.as_ref(), span),
            Tree::Fail(fail) => self.fail(fail, span),
            Tree::TryBlock { body, catches, finally } => self.try_block(body, catches, finally.as_ref(), span, want),
            Tree::Wait(duration) => self.wait(duration, span),
            Tree::Step(step) => self.step(step, span, want),
            Tree::WaitUntil(instant) => self.wait_until(instant, span),
            Tree::WaitFor(wait) => self.wait_for(wait, span),
            Tree::WaitAny(arms) => self.wait_any(arms, span, want),
            Tree::WaitApproval(wait) => self.wait_approval(wait, span),
            Tree::CallTask { task, arguments } => self.call_task(task, arguments, span),
            Tree::StartTask { task, arguments, key } => self.start_task(task, arguments, key.as_ref(), span),
            Tree::Ask { .. } => self.later(span, "`ask`"),
            Tree::Error => self.error(span),
        }
    }

    /// Tells of a construct that this version does not run, and gives a value that causes nothing more to be told.
    pub(super) fn later(&mut self, span: diagnostics::Span, what: &str) -> Expr {
        self.not_yet(span, what);
        self.error(span)
    }

    /// Checks a condition: a bool.
    pub(super) fn condition(&mut self, expr: &'t tree::Expr) -> Expr {
        self.body.is_condition = true;
        self.check_expr(expr, Want::Type(Type::BOOL, Because::Nothing))
    }

    fn name_value(&mut self, name: &'t tree::Name, span: diagnostics::Span, want: Want) -> Expr {
        if let Some(local) = self.find_local(&name.text) {
            let value = self.use_local(local, name.span);
            return self.narrowed(value);
        }
        match self.lookup(&name.text) {
            Some(definition) => self.definition_value(name, definition, span, want),
            None => self.unknown_name(name),
        }
    }

    /// Tells that a name is not known, with the near one.
    pub(super) fn unknown_name(&mut self, name: &tree::Name) -> Expr {
        if self.is_missing(&name.text) {
            return self.error(name.span);
        }
        let locals = self.body.names.keys().chain(self.outer.iter().flat_map(|body| body.names.keys()));
        let module = &self.modules[self.unit as usize];
        let near = self
            .near(&name.text, locals.map(SmolStr::as_str))
            .or_else(|| {
                let top = module.names.keys().chain(module.imports.keys()).chain(self.prelude.keys());
                self.near(&name.text, top.map(SmolStr::as_str))
            })
            .or_else(|| self.near(&name.text, self.module_ids.keys().map(SmolStr::as_str)))
            .map(str::to_owned);
        let message = format!("there is nothing named `{}` here", name.text);
        let diagnostic = Diagnostic::new(Code::UnknownName, self.place(name.span), message);
        let ours = foreign::function(&name.text).map(str::to_owned);
        let kind = || {
            let known = self.error_kinds.contains_key(&name.text);
            known.then(|| format!("it is a kind of error: write `fail {} \"…\"`", name.text))
        };
        if let Some(help) = ours.or_else(kind) {
            self.report(diagnostic.help(help));
        } else {
            self.report_near(diagnostic, name.span, near);
        }
        self.error(name.span)
    }

    /// Says what a name at the beginning of a dotted path means, where it is no local.
    pub(super) fn path_head(&mut self, expr: &'t tree::Expr) -> Option<(&'t tree::Name, Definition)> {
        let Tree::Name(name) = &*expr.kind else { return None };
        if self.body.names.contains_key(&name.text) || self.outer.iter().any(|body| body.names.contains_key(&name.text))
        {
            return None;
        }
        Some((name, self.lookup(&name.text)?))
    }
}
