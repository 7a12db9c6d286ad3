//! `fail`, `try` and `catch`.

use super::{
    Checker,
    local::Origin,
    report::{Because, Want},
};
use crate::ir::{self, EnumId, Expr, ExprKind, RecordId, Type, TypeKind};
use diagnostics::{Code, Diagnostic, Span};
use grammar::tree::{self, Fail};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// The kinds of errors that only a `catch` which names them takes.
const NAMED_ONLY: [&str; 5] = ["forbidden", "limit", "interrupted", "assertion", "internal"];

impl<'t> Checker<'t> {
    /// Gives the type of errors.
    pub(super) fn error_record(&mut self) -> Type {
        self.program.types.intern(TypeKind::Record(RecordId(0), Vec::new()))
    }

    /// Checks `fail kind "message"` and `fail error`.
    pub(super) fn fail(&mut self, fail: &'t Fail, span: Span) -> Expr {
        match fail {
            Fail::Kind { kind, message } => {
                let message = self.check_expr(message, Want::Type(Type::STRING, Because::Nothing));
                let retryable = self.error_kind(kind).unwrap_or_default();
                let kind = kind.text.to_string();
                self.make(ExprKind::Fail { kind, retryable, message: Box::new(message) }, Type::NEVER, span)
            }
            Fail::Error(error) => {
                let type_ = self.error_record();
                let error = self.check_expr(error, Want::Type(type_, Because::Nothing));
                self.make(ExprKind::Rethrow(Box::new(error)), Type::NEVER, span)
            }
        }
    }

    /// Says whether errors of a kind may be tried again; an unknown kind is told.
    pub(super) fn error_kind(&mut self, kind: &tree::Name) -> Option<bool> {
        if let Some(retryable) = self.error_kinds.get(&kind.text) {
            return Some(*retryable);
        }
        let near = self.near(&kind.text, self.error_kinds.keys().map(SmolStr::as_str)).map(str::to_owned);
        let message = format!("there is no kind of error `{}`", kind.text);
        let mut diagnostic = Diagnostic::new(Code::UnknownErrorKind, self.place(kind.span), message);
        if near.is_none() {
            diagnostic = diagnostic.help(format!("declare it: `error_kind {}`", kind.text));
        }
        self.report_near(diagnostic, kind.span, near);
        None
    }

    /// Checks `try expr`.
    pub(super) fn try_value(&mut self, value: &'t tree::Expr, span: Span, want: Want) -> Expr {
        let hint = self.result_want(want);
        let value = match hint {
            Want::Any | Want::Dropped => self.expr(value, Want::Any),
            Want::Type(..) => self.check_expr(value, hint),
        };
        self.result_of(value, span)
    }

    /// Gives what is wanted of the value in a wanted `Result`.
    fn result_want(&self, want: Want) -> Want {
        match self.wanted_base(want).map(|type_| self.kind(type_)) {
            Some(TypeKind::Enum(EnumId(0), list)) => {
                list.first().map_or(Want::Any, |type_| Want::Type(*type_, Because::Nothing))
            }
            _ => Want::Any,
        }
    }

    fn result_of(&mut self, value: Expr, span: Span) -> Expr {
        if value.type_ == Type::ERROR {
            return self.error(span);
        }
        let type_ = self.program.types.intern(TypeKind::Enum(EnumId(0), vec![value.type_]));
        self.make(ExprKind::Try(Box::new(value)), type_, span)
    }

    /// Checks `value catch fallback`.
    pub(super) fn catch_value(
        &mut self,
        value: &'t tree::Expr,
        fallback: &'t tree::Expr,
        span: Span,
        want: Want,
    ) -> Expr {
        let mut branches = self.branches(want);
        let state = self.mark_narrowing();
        let value = self.expr(value, self.branch_want(&branches));
        if matches!(value.kind, ExprKind::Fail { .. } | ExprKind::Rethrow(_)) && want == Want::Any {
            return value;
        }
        // An operation that gives nothing may be followed by `catch {}` or a never-value.
        let gives_nothing = value.type_ == Type::NOTHING;
        if gives_nothing {
            branches = self.branches(Want::Dropped);
        }
        self.add_branch(&mut branches, value);
        let fallback = self.expr(fallback, self.branch_want(&branches));
        self.forget_narrowing(state);
        self.add_branch(&mut branches, fallback);
        let (type_, mut values) = self.end_branches(branches);
        let fallback = values.pop().unwrap_or_else(|| self.error(span));
        let value = values.pop().unwrap_or_else(|| self.error(span));
        self.make(ExprKind::CatchValue { value: Box::new(value), fallback: Box::new(fallback) }, type_, span)
    }

    /// Checks `try { … } catch … { … } finally { … }`; without both it is `try` of a block.
    pub(super) fn try_block(
        &mut self,
        body: &'t tree::Block,
        catches: &'t [tree::Catch],
        finally: Option<&'t tree::Block>,
        span: Span,
        want: Want,
    ) -> Expr {
        let state = self.mark_narrowing();
        if catches.is_empty() && finally.is_none() {
            let value = self.block(body, self.result_want(want));
            self.forget_narrowing(state);
            let value = match self.result_want(want) {
                Want::Type(type_, because) if !self.has_hole(type_) => self.convert(value, type_, because),
                Want::Type(..) | Want::Any | Want::Dropped => value,
            };
            return self.result_of(value, span);
        }
        let mut branches = self.branches(want);
        let value = self.block(body, self.branch_want(&branches));
        self.forget_narrowing(state);
        self.add_branch(&mut branches, value);
        self.tell_unreached_catches(catches);
        let mut clauses = Vec::with_capacity(catches.len());
        for catch in catches {
            let state = self.mark_narrowing();
            let scope = self.open_scope();
            let mut kinds = Vec::with_capacity(catch.kinds.len());
            let is_name = self.caught_without_as(catch);
            for kind in catch.kinds.iter().filter(|_| !is_name) {
                if self.error_kind(kind).is_some() {
                    kinds.push(kind.text.to_string());
                }
            }
            let named = if is_name { catch.kinds.first() } else { catch.binding.as_ref() };
            let local = named.map(|name| {
                let type_ = self.error_record();
                self.declare_local(name, type_, Origin::Let)
            });
            let body = self.block(&catch.body, self.branch_want(&branches));
            self.close_scope(scope);
            self.forget_narrowing(state);
            self.add_branch(&mut branches, body);
            clauses.push((kinds, local));
        }
        let finally = finally.map(|finally| {
            let state = self.mark_narrowing();
            let around = self.body.finally.replace(self.body.loops);
            let value = self.block(finally, Want::Dropped);
            self.body.finally = around;
            self.forget_narrowing(state);
            Box::new(value)
        });
        let (type_, mut values) = self.end_branches(branches);
        let bodies = values.split_off(values.len().min(1));
        let body = values.pop().unwrap_or_else(|| self.error(span));
        let catches = clauses.into_iter().zip(bodies);
        let catches = catches.map(|((kinds, local), body)| ir::Catch { kinds, local, body }).collect();
        self.make(ExprKind::TryBlock { body: Box::new(body), catches, finally }, type_, span)
    }

    /// Tells of an `error_kind` that the language has already.
    pub(super) fn tell_known_kind(&mut self, name: &tree::Name) {
        if super::items::ERROR_KINDS.iter().any(|(known, _)| *known == name.text) {
            let message = format!("`{}` is a kind of error that the language has", name.text);
            let diagnostic = Diagnostic::new(Code::DuplicateName, self.place(name.span), message);
            self.report(diagnostic.help("use it without declaring it, or give the new kind another name"));
        }
    }

    /// Tells of a clause whose errors the ones before it catch.
    fn tell_unreached_catches(&mut self, catches: &'t [tree::Catch]) {
        let mut taken: FxHashMap<&str, Span> = FxHashMap::default();
        let mut all: Option<Span> = None;
        for catch in catches {
            let by = |kind: &tree::Name| {
                let named = taken.get(&*kind.text).copied();
                named.or(all.filter(|_| !NAMED_ONLY.contains(&&*kind.text)))
            };
            let first = match catch.kinds.as_slice() {
                [] => all,
                [first, rest @ ..] => by(first).filter(|_| rest.iter().all(|kind| by(kind).is_some())),
            };
            if let Some(first) = first {
                let first = self.place(first);
                let message = "no error reaches this `catch`: what stands before it takes all of its errors";
                let diagnostic = Diagnostic::new(Code::UnreachableArm, self.place(head_of(catch)), message);
                self.report(
                    diagnostic.also(first, "caught here").help("put the one for all errors last, or remove this"),
                );
            }
            for kind in &catch.kinds {
                taken.entry(&kind.text).or_insert_with(|| head_of(catch));
            }
            if catch.kinds.is_empty() {
                all.get_or_insert_with(|| head_of(catch));
            }
        }
    }

    /// Tells of a way out of a `finally`, which would leave an error behind.
    pub(super) fn leave_finally(&mut self, word: &str, span: Span) -> Expr {
        let message = format!("`{word}` would leave the `finally`, and an error that goes through it would be lost");
        let diagnostic = Diagnostic::new(Code::LeavesFinally, self.place(span), message);
        self.report(diagnostic.help("put it behind the `try`, or catch the error there"));
        self.error(span)
    }
}

/// Gives a `catch` with its kinds, without its block.
fn head_of(catch: &tree::Catch) -> Span {
    let end = catch.kinds.last().map_or(catch.span.start + "catch".len() as u32, |kind| kind.span.end);
    Span::new(catch.span.start, end)
}
