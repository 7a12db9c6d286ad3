//! Blocks and the statements in them.

use super::{
    Checker,
    local::Origin,
    report::{Because, Want},
};
use crate::ir::{Expr, ExprKind, Statement, Type};
use diagnostics::{Code, Diagnostic, Span};
use grammar::tree::{self, Body, StatementKind};

impl<'t> Checker<'t> {
    /// Checks a block in a scope of its own; its value is that of its last expression.
    pub(super) fn block(&mut self, block: &'t tree::Block, want: Want) -> Expr {
        let scope = self.open_scope();
        let value = self.open_block(block, want);
        self.close_scope(scope);
        value
    }

    /// Checks a block in a scope that the caller opened.
    pub(super) fn open_block(&mut self, block: &'t tree::Block, want: Want) -> Expr {
        let mut statements = Vec::with_capacity(block.statements.len());
        let mut value = None;
        let mut ended = false;
        let count = block.statements.len();
        for (at, statement) in block.statements.iter().enumerate() {
            if ended {
                self.tell_unreachable(statement.span.to(block.statements[count - 1].span));
                self.muted += 1;
                self.statement(statement);
                self.muted -= 1;
                continue;
            }
            if at + 1 == count
                && let StatementKind::Expr(expr) = &statement.kind
            {
                let checked = self.expr(expr, want);
                ended = checked.type_ == Type::NEVER;
                value = Some(Box::new(checked));
                continue;
            }
            if let Some(checked) = self.statement(statement) {
                ended = never(&checked);
                statements.push(checked);
            }
        }
        let type_ = match &value {
            Some(value) => value.type_,
            None if ended => Type::NEVER,
            None if block.statements.last().is_some_and(|last| matches!(last.kind, StatementKind::Error)) => {
                Type::ERROR
            }
            None => Type::NOTHING,
        };
        self.make(ExprKind::Block { statements, value }, type_, block.span)
    }

    fn tell_unreachable(&mut self, span: Span) {
        let message = "nothing comes here: what stands before does not go on".to_owned();
        self.report(Diagnostic::new(Code::Unreachable, self.place(span), message));
    }

    /// Checks a body that is a block or an expression.
    pub(super) fn body_of(&mut self, body: &'t Body, want: Want) -> Expr {
        match body {
            Body::Block(block) => self.block(block, want),
            Body::Expr(expr) => {
                let scope = self.open_scope();
                let value = self.expr(expr, want);
                self.close_scope(scope);
                value
            }
        }
    }

    /// Checks a statement; `None` where there is nothing to do, or something was told.
    pub(super) fn statement(&mut self, statement: &'t tree::Statement) -> Option<Statement> {
        match &statement.kind {
            StatementKind::Let { mutable, name, type_, value } => {
                Some(self.let_(*mutable, name, type_.as_ref(), value))
            }
            StatementKind::Assign { target, operator, value } => self.assign(target, *operator, value, statement.span),
            StatementKind::Expr(expr) => Some(Statement::Expr(self.expr(expr, Want::Dropped))),
            StatementKind::Parallel(block) => {
                self.touches("parallel", statement.span);
                Some(self.parallel(block))
            }
            StatementKind::Emit(value) => self.emit(value, statement.span),
            StatementKind::Mock { .. }
            | StatementKind::At(_)
            | StatementKind::Expect(_)
            | StatementKind::Decide { .. } => {
                let message = "this stands only in a `test`".to_owned();
                self.report(Diagnostic::new(Code::Misplaced, self.place(statement.span), message));
                None
            }
            StatementKind::Error => None,
        }
    }

    fn let_(
        &mut self,
        mutable: bool,
        name: &'t tree::Name,
        written: Option<&'t tree::TypeExpr>,
        value: &'t tree::Expr,
    ) -> Statement {
        self.tell_named_credential(name, value);
        let origin = if mutable { Origin::Var } else { Origin::Let };
        let (value, type_) = match written {
            Some(written) => {
                let type_ = self.resolve(written);
                let because = Because::Declared(self.place(written.span));
                (self.check_expr(value, Want::Type(type_, because)), type_)
            }
            None => {
                let value = self.check_expr(value, Want::Any);
                let value = self.settled(value);
                let type_ = value.type_;
                (value, type_)
            }
        };
        let local = self.declare_local(name, type_, origin);
        if value.type_ == Type::ERROR {
            self.body.facts[local.0 as usize].used = true;
        }
        Statement::Let { local, value }
    }
}

fn never(statement: &Statement) -> bool {
    match statement {
        Statement::Let { value, .. } | Statement::Expr(value) => value.type_ == Type::NEVER,
        Statement::Assign { .. } | Statement::Parallel(_) => false,
    }
}
