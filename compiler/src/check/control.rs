//! `if`, `match` and `return`: branches, and the type that they have in common.

use super::{
    Checker,
    report::{Because, Want},
};
use crate::ir::{Arm, Expr, ExprKind, Pattern, Type};
use diagnostics::{Code, Diagnostic, Span};
use grammar::tree;

/// How many arms that ask for `none` are looked back at; more of them take nothing that is left.
const MOST_ASKING_NONE: usize = 64;

/// The branches of one `if`, `match` or `try`, and what they have in common so far.
pub(super) struct Branches {
    want: Want,
    common: Type,
    first: Because,
    values: Vec<Expr>,
}

impl<'t> Checker<'t> {
    /// Begins branches of which a value is wanted or not.
    pub(super) fn branches(&self, want: Want) -> Branches {
        Branches { want, common: Type::NEVER, first: Because::Nothing, values: Vec::new() }
    }

    /// Gives what is wanted of the next branch.
    pub(super) fn branch_want(&self, branches: &Branches) -> Want {
        match branches.want {
            Want::Dropped => Want::Dropped,
            Want::Type(type_, _) if !self.has_hole(type_) => branches.want,
            Want::Type(..) | Want::Any if branches.common == Type::NEVER => branches.want,
            Want::Type(..) | Want::Any => Want::Type(branches.common, branches.first),
        }
    }

    /// Takes a branch in.
    pub(super) fn add_branch(&mut self, branches: &mut Branches, value: Expr) {
        let span = tail_span(&value);
        let value = match branches.want {
            Want::Dropped => value,
            Want::Type(type_, because) if !self.has_hole(type_) => {
                if value.type_ == Type::NOTHING {
                    self.tell_no_value(&value, type_);
                    Expr { type_: Type::ERROR, ..value }
                } else {
                    self.convert(value, type_, because)
                }
            }
            Want::Type(..) | Want::Any => {
                match self.join(branches.common, value.type_) {
                    Some(common) => branches.common = common,
                    None if value.type_ == Type::NOTHING => self.tell_no_value(&value, branches.common),
                    None => self.mismatch(span, value.type_, branches.common, branches.first),
                }
                if branches.first == Because::Nothing && value.type_ != Type::NEVER {
                    branches.first = Because::Earlier(self.place(span));
                }
                value
            }
        };
        branches.values.push(value);
    }

    fn tell_no_value(&mut self, value: &Expr, wanted: Type) {
        let message = format!("this branch gives no value, where `{}` is expected", self.name(wanted));
        self.report(Diagnostic::new(Code::NoValue, self.place(value.span), message));
    }

    /// Ends branches: gives their type and converted values.
    pub(super) fn end_branches(&mut self, branches: Branches) -> (Type, Vec<Expr>) {
        let never = branches.values.iter().all(|value| value.type_ == Type::NEVER) && !branches.values.is_empty();
        let type_ = match branches.want {
            Want::Dropped => Type::NOTHING,
            Want::Type(type_, _) if !self.has_hole(type_) => type_,
            Want::Type(..) | Want::Any => branches.common,
        };
        let mut values = branches.values;
        if !matches!(branches.want, Want::Dropped) && !never {
            values = values.into_iter().map(|value| self.convert_quietly(value, type_)).collect();
        }
        (if never { Type::NEVER } else { type_ }, values)
    }

    /// Checks `if`.
    pub(super) fn if_(
        &mut self,
        condition: &'t tree::Expr,
        then: &'t tree::Block,
        otherwise: Option<&'t tree::Body>,
        span: Span,
        want: Want,
    ) -> Expr {
        let want = if otherwise.is_none() { self.want_without_else(want, span) } else { want };
        let scope = self.open_scope();
        let condition = self.condition(condition);
        self.tell_constant_condition(&condition);
        let mut branches = self.branches(want);

        let before = self.mark_narrowing();
        self.assume(&condition, true);
        let then = self.block(then, self.branch_want(&branches));
        let then_ends = then.type_ == Type::NEVER;
        self.forget_narrowing(before);
        self.close_scope(scope);
        self.add_branch(&mut branches, then);

        let before = self.mark_narrowing();
        self.assume(&condition, false);
        let mut else_ends = false;
        if let Some(otherwise) = otherwise {
            let value = self.body_of(otherwise, self.branch_want(&branches));
            else_ends = value.type_ == Type::NEVER;
            self.add_branch(&mut branches, value);
        }
        let stays = then_ends && otherwise.is_none();
        if !stays {
            self.forget_narrowing(before);
        }
        if then_ends && !else_ends && otherwise.is_some() {
            self.assume(&condition, false);
        } else if else_ends && !then_ends {
            self.assume(&condition, true);
        }

        let (type_, mut values) = self.end_branches(branches);
        let otherwise = if values.len() > 1 { values.pop().map(Box::new) } else { None };
        let type_ = match (&otherwise, want) {
            (Some(_), _) => type_,
            // That there is no value is told already.
            (None, Want::Type(..)) => Type::ERROR,
            (None, Want::Any | Want::Dropped) => Type::NOTHING,
        };
        let then = values.pop().unwrap_or_else(|| self.error(span));
        self.make(ExprKind::If { condition: Box::new(condition), then: Box::new(then), otherwise }, type_, span)
    }

    fn want_without_else(&mut self, want: Want, span: Span) -> Want {
        if let Want::Type(type_, _) = want
            && type_ != Type::ERROR
            && type_ != Type::NOTHING
        {
            let message = "an `if` without `else` gives no value".to_owned();
            let diagnostic = Diagnostic::new(Code::NoValue, self.place(span), message);
            self.report(diagnostic.help("add an `else` with the other value"));
            // What stands for it is told already, so it must not be told again as a missing value.
            return Want::Type(type_, Because::Nothing);
        }
        Want::Dropped
    }

    /// Checks `match`.
    pub(super) fn match_(&mut self, value: &'t tree::Expr, arms: &'t [tree::Arm], span: Span, want: Want) -> Expr {
        let subject_span = value.span;
        let value = self.check_expr(value, Want::Any);
        let value = self.settled(value);
        let value = self.seen(value);
        let mut branches = self.branches(want);
        let mut made: Vec<(Pattern, Option<Expr>)> = Vec::with_capacity(arms.len());
        let mut asking_none: Vec<usize> = Vec::new();
        let mut understood = true;
        for arm in arms {
            let scope = self.open_scope();
            let state = self.mark_narrowing();
            let before: Vec<&Pattern> = asking_none.iter().map(|at: &usize| &made[*at].0).collect();
            let told = self.diagnostics.len();
            let pattern = self.pattern_after(&arm.pattern, value.type_, &before);
            understood &= self.diagnostics.len() == told;
            let guard = arm.guard.as_ref().map(|guard| {
                let guard = self.condition(guard);
                self.assume(&guard, true);
                guard
            });
            let body = self.body_of(&arm.body, self.branch_want(&branches));
            self.forget_narrowing(state);
            self.close_scope(scope);
            self.add_branch(&mut branches, body);
            if guard.is_none() && asking_none.len() < MOST_ASKING_NONE && pattern.asks_none() {
                asking_none.push(made.len());
            }
            made.push((pattern, guard));
        }
        if understood && !arms.iter().any(|arm| matches!(arm.pattern.kind, tree::PatternKind::Error)) {
            self.check_arms(value.type_, &made, arms, subject_span);
        }
        let (type_, values) = self.end_branches(branches);
        let arms = made.into_iter().zip(values);
        let arms = arms.map(|((pattern, guard), body)| Arm { pattern, guard, body }).collect::<Vec<_>>();
        let type_ = if arms.is_empty() { Type::NOTHING } else { type_ };
        self.make(ExprKind::Match { value: Box::new(value), arms }, type_, span)
    }

    /// Checks `return`.
    pub(super) fn return_(&mut self, value: Option<&'t tree::Expr>, span: Span) -> Expr {
        if let Some(branch) = self.body.branch {
            value.iter().for_each(|value| drop(self.check_expr(value, Want::Any)));
            return self.leave_branch(branch, "return", span);
        }
        if self.body.finally.is_some() {
            value.iter().for_each(|value| drop(self.check_expr(value, Want::Any)));
            return self.leave_finally("return", span);
        }
        self.leave_kept_step("return", None, span);
        let want = self.body.result;
        let value = match (value, want) {
            (Some(value), Some(Want::Type(type_, because))) if !self.has_hole(type_) => {
                Some(self.check_expr(value, Want::Type(type_, because)))
            }
            (Some(value), Some(Want::Dropped)) => {
                let message = "nothing is returned here: no result is declared".to_owned();
                let diagnostic = Diagnostic::new(Code::NoResult, self.place(value.span), message);
                self.report(diagnostic.help("declare it behind the parameters: `-> int`"));
                self.check_expr(value, Want::Any);
                None
            }
            (Some(value), Some(Want::Type(..) | Want::Any) | None) => {
                let hint = self.body.returned.map_or(Want::Any, |type_| Want::Type(type_, Because::Nothing));
                let value = self.check_expr(value, hint);
                self.body.returned = Some(value.type_);
                Some(value)
            }
            (None, Some(Want::Type(type_, because))) if !self.has_hole(type_) && type_ != Type::ERROR => {
                let message = format!("`return` needs a value of `{}`", self.name(type_));
                let mut diagnostic = Diagnostic::new(Code::MissingValue, self.place(span), message);
                if let Because::Result(place) = because {
                    diagnostic = diagnostic.also(place, "the result is declared here");
                }
                self.report(diagnostic);
                None
            }
            (None, _) => None,
        };
        self.make(ExprKind::Return(value.map(Box::new)), Type::NEVER, span)
    }
}

/// Gives the place of the value of a block.
fn tail_span(value: &Expr) -> Span {
    let mut at = value;
    while let ExprKind::Block { value: Some(last), .. } = &at.kind {
        at = last;
    }
    at.span
}
