//! Branches of `parallel`: bodies of their own that see outer variables as they were, and change none of them.
//!
//! A branch is a lambda without a parameter, or of one item. What goes in and out of it is boxed, which an optional type
//! says: `opened` and `boxed` are the two ways.

use super::{Checker, body::BodyState, lambda::finish, report::Want};
use crate::ir::{Expr, ExprKind, LocalId, Type, TypeKind};
use diagnostics::{Code, Diagnostic, Span};
use smol_str::SmolStr;

/// What a body is a branch of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BranchKind {
    /// `parallel { … }`.
    Block,
    /// `for … parallel n { … }`.
    Item,
    /// `for … parallel n yield …`.
    Yield {
        /// Whether a `continue` leaves items out.
        leaves_out: bool,
    },
}

impl<'t> Checker<'t> {
    /// Checks a branch as a lambda; `body` gives its value, of which what `ended` makes is the result of the lambda.
    /// Gives the lambda and the type of the value.
    pub(super) fn branch(
        &mut self,
        kind: BranchKind,
        item: Option<Type>,
        span: Span,
        body: impl FnOnce(&mut Self, Option<LocalId>) -> Expr,
    ) -> (Expr, Type, BranchKind) {
        self.enter_lambda();
        self.body.branch = Some(kind);
        self.body.in_branch = true;
        let parameter = item.map(|item| {
            let boxed = self.optional(item);
            self.push_local(SmolStr::default(), boxed, span, super::local::Origin::Implied)
        });
        let value = body(self, parameter);
        let type_ = value.type_;
        let kind = self.body.branch.unwrap_or(kind);
        let value = match (kind, type_) {
            (BranchKind::Item, _) | (_, Type::NOTHING | Type::NEVER | Type::ERROR) => value,
            (BranchKind::Yield { leaves_out: true }, _) => {
                let list = self.list_of(type_);
                let one = self.make(ExprKind::List(vec![value]), list, span);
                self.boxed(one)
            }
            (BranchKind::Block | BranchKind::Yield { .. }, _) => self.boxed(value),
        };
        let file = self.current().file;
        let inner = self.leave_lambda();
        let result = if kind == BranchKind::Item { Type::NOTHING } else { value.type_ };
        let (captures, body) = finish(inner, file, usize::from(parameter.is_some()), value);
        let parameters = item.map(|item| self.optional(item)).into_iter().collect();
        let function = self.program.types.intern(TypeKind::Function(parameters, result));
        let closure = self.make(ExprKind::Lambda { captures, body: Box::new(body) }, function, span);
        (closure, type_, kind)
    }

    /// Makes a lambda without parameters of a body that gives nothing.
    pub(super) fn closure(&mut self, span: Span, body: impl FnOnce(&mut Self) -> Expr) -> Expr {
        self.enter_lambda();
        self.body.result = Some(Want::Dropped);
        let value = body(self);
        let file = self.current().file;
        let inner = self.leave_lambda();
        let (captures, body) = finish(inner, file, 0, value);
        let function = self.program.types.intern(TypeKind::Function(Vec::new(), Type::NOTHING));
        self.make(ExprKind::Lambda { captures, body: Box::new(body) }, function, span)
    }

    /// Takes a local without a name into the lambda that is being checked.
    pub(super) fn capture_hidden(&mut self, source: LocalId) -> Option<Expr> {
        let outer = self.outer.last()?;
        let local = outer.locals.get(source.0 as usize)?.clone();
        let (type_, span) = (local.type_, local.span);
        let id = self.body.take_hidden(local, source);
        Some(self.make(ExprKind::Local(id), type_, span))
    }

    /// Gives a value in its boxed form.
    pub(super) fn boxed(&mut self, value: Expr) -> Expr {
        let type_ = self.optional(value.type_);
        if type_ == value.type_ {
            return value;
        }
        let span = value.span;
        self.make(ExprKind::Some(Box::new(value)), type_, span)
    }

    /// Gives a boxed value as one of a type.
    pub(super) fn opened(&mut self, value: Expr, type_: Type) -> Expr {
        if value.type_ == type_ {
            return value;
        }
        let span = value.span;
        self.make(ExprKind::Unwrap(Box::new(value)), type_, span)
    }

    /// Checks `continue` where it ends the turn of one item, and tells of what would leave a branch.
    pub(super) fn leave_branch(&mut self, kind: BranchKind, word: &str, span: Span) -> Expr {
        let value = match (kind, word) {
            (BranchKind::Item, "continue") => None,
            (BranchKind::Yield { .. }, "continue") => {
                self.body.branch = Some(BranchKind::Yield { leaves_out: true });
                let nothing = self.optional(Type::NEVER);
                Some(Box::new(self.make(ExprKind::None, nothing, span)))
            }
            (BranchKind::Block | BranchKind::Item | BranchKind::Yield { .. }, _) => {
                let message = format!("`{word}` cannot leave a branch of `parallel`: the others are still going on");
                let diagnostic = Diagnostic::new(Code::LeavesBranch, self.place(span), message);
                let help = match kind {
                    BranchKind::Block => "let the branch give a value, and decide behind the block",
                    BranchKind::Item | BranchKind::Yield { .. } => {
                        "collect with `yield` and decide behind the loop, or walk the items one after another"
                    }
                };
                self.report(diagnostic.help(help));
                return self.make(ExprKind::Nothing, Type::NEVER, span);
            }
        };
        self.make(ExprKind::Return(value), Type::NEVER, span)
    }
}

impl BodyState {
    /// Takes a local of the enclosing body in, under no name.
    pub(super) fn take_hidden(&mut self, local: crate::ir::Local, source: LocalId) -> LocalId {
        let id = LocalId(self.locals.len() as u32);
        self.locals.push(local);
        self.facts.push(super::body::LocalFacts {
            origin: super::local::Origin::Implied,
            used: true,
            captured: Some(source),
        });
        id
    }
}
