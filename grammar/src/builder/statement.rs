//! Blocks and statements.

use super::Builder;
use crate::parser::{Node, Rule};
use crate::scanner::TokenKind;
use crate::tree::{BinaryOperator, Block, Body, Expect, Expr, ExprKind, Name, Path, Statement, StatementKind};
use crate::words;
use diagnostics::{Code, Diagnostic, Span};

impl Builder<'_> {
    /// Builds a block, or the `{}` that the scanner took for an empty map.
    pub(super) fn block(&mut self, node: Node<'_>) -> Block {
        let span = self.span(&node);
        if node.as_rule() == Rule::map {
            if let Some(entry) = node.into_inner().next() {
                let entry = self.span(&entry);
                self.tell(
                    Diagnostic::new(
                        Code::UnexpectedToken,
                        self.place(entry),
                        "found an entry of a map, expected a statement",
                    )
                    .label("this block holds statements"),
                );
            }
            return Block { statements: Vec::new(), span };
        }
        let in_arm = std::mem::replace(&mut self.in_arm, false);
        let statements = node.into_inner().map(|statement| self.statement(statement)).collect();
        self.in_arm = in_arm;
        Block { statements, span }
    }

    pub(super) fn statement(&mut self, node: Node<'_>) -> Statement {
        let span = self.span(&node);
        let kind = match node.as_rule() {
            Rule::bad_statement => {
                self.broken(Rule::statement_entry, span);
                self.broken_let(span)
            }
            Rule::let_ => self.let_(node, span),
            Rule::assignment => self.assignment(node),
            Rule::parallel => {
                let block = node.into_inner().next().map(|block| self.block(block));
                block.map_or(StatementKind::Error, StatementKind::Parallel)
            }
            Rule::emit => self.only_expr(node).map_or(StatementKind::Error, StatementKind::Emit),
            Rule::at_statement => self.only_expr(node).map_or(StatementKind::Error, StatementKind::At),
            Rule::mock => self.mock(node, span),
            Rule::expect => self.expect(node).map_or(StatementKind::Error, StatementKind::Expect),
            Rule::decide => self.decide(node).unwrap_or(StatementKind::Error),
            _ => StatementKind::Error,
        };
        Statement { kind, span }
    }

    /// Declares the name of a `let` that cannot be read, so that nobody misses it.
    fn broken_let(&mut self, span: Span) -> StatementKind {
        let tokens = &self.scan.tokens;
        let at = self.scan.token_at(span.start);
        let word = |at: usize| tokens.get(at).copied().filter(|token| token.kind == TokenKind::Word);
        let (Some(let_), Some(mut name)) = (word(at), word(at + 1)) else { return StatementKind::Error };
        let first = let_.text(self.text);
        let mutable = words::near_let(first) == Some("var") || name.is_word(self.text, "mut");
        if let (true, Some(behind)) = (name.is_word(self.text, "mut"), word(at + 2)) {
            name = behind;
        }
        let text = name.text(self.text);
        // `lett x = …`, and `int x = …`: what stands behind the name tells that it is declared.
        let assigned = tokens.get(at + 2).is_some_and(|sign| matches!(sign.text(self.text), "=" | ":"));
        let declares = matches!(first, "let" | "var" | "const") || name.is_word(self.text, "mut") || assigned;
        if !declares || name.end > span.end || words::is_reserved(text) {
            return StatementKind::Error;
        }
        let name = Name { text: text.into(), span: name.span() };
        StatementKind::Let { mutable, name, type_: None, value: self.error_expr(span) }
    }

    fn let_(&mut self, node: Node<'_>, span: Span) -> StatementKind {
        let mut mutable = false;
        let mut name = self.no_name(span);
        let mut type_ = None;
        let mut value = self.error_expr(span);
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::mutability => mutable = child.as_str() == "var",
                Rule::word => name = self.new_name(&child),
                Rule::type_ => type_ = Some(self.type_expr(child)),
                _ => value = self.expr(child),
            }
        }
        StatementKind::Let { mutable, name, type_, value }
    }

    fn assignment(&mut self, node: Node<'_>) -> StatementKind {
        let mut inner = node.into_inner();
        let Some(first) = inner.next() else { return StatementKind::Error };
        let target = self.expr(first);
        let (Some(sign), Some(value)) = (inner.next(), inner.next()) else { return StatementKind::Expr(target) };
        let sign_span = self.span(&sign);
        let operator = match sign.as_str() {
            "+=" => Some(BinaryOperator::Add),
            "-=" => Some(BinaryOperator::Subtract),
            "*=" => Some(BinaryOperator::Multiply),
            "/=" => Some(BinaryOperator::Divide),
            "%=" => Some(BinaryOperator::Remainder),
            _ => None,
        };
        let value = self.expr(value);
        if !is_place(&target) {
            if !matches!(*target.kind, ExprKind::Error) {
                self.tell_no_place(target.span, sign_span);
            }
            return StatementKind::Error;
        }
        StatementKind::Assign { target, operator, value }
    }

    fn tell_no_place(&mut self, target: Span, sign: Span) {
        let told = if self.in_arm && self.source(sign) == "=" {
            let place = self.place(sign);
            Diagnostic::new(Code::ArmArrow, place, "an arm is written with `=>`, not with `=`")
                .label("write `=>`")
                .safe_fix("write `=>`", place, "=>")
        } else {
            Diagnostic::new(
                Code::AssignTarget,
                self.place(target),
                "only a variable, its fields and entries can be assigned",
            )
            .label("this is a value")
            .help("compare with `==`; a changed copy of a record is `value.with(field: …)`")
        };
        self.tell(told);
    }

    fn mock(&mut self, node: Node<'_>, span: Span) -> StatementKind {
        let mut function = Path { names: Vec::new(), span };
        let mut parameters = Vec::new();
        let mut body = Block { statements: Vec::new(), span };
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::path => function = self.path(child),
                Rule::word => parameters.push(self.name(&child)),
                _ => body = self.block(child),
            }
        }
        StatementKind::Mock { function, parameters, body }
    }

    fn expect(&mut self, node: Node<'_>) -> Option<Expect> {
        let form = node.into_inner().next()?;
        match form.as_rule() {
            Rule::expect_fails => {
                let mut kind = None;
                let mut body = None;
                for child in form.into_inner() {
                    match child.as_rule() {
                        Rule::word => kind = Some(self.name(&child)),
                        _ => body = Some(self.block(child)),
                    }
                }
                Some(Expect::Fails { kind, body: body? })
            }
            Rule::expect_next => {
                let mut inner = form.into_inner();
                let task = self.path(inner.next()?);
                Some(Expect::Next { task, at: self.expr(inner.next()?) })
            }
            Rule::expect_called => {
                let mut inner = form.into_inner();
                let function = self.path(inner.next()?);
                Some(Expect::Called { function, times: self.simple(inner.next()?) })
            }
            _ => Some(Expect::Condition(self.expr(form))),
        }
    }

    fn decide(&mut self, node: Node<'_>) -> Option<StatementKind> {
        let mut inner = node.into_inner();
        let approve = inner.next()?.as_str() == "approve";
        let run = self.simple(inner.next()?);
        Some(StatementKind::Decide { approve, run, by: self.simple(inner.next()?) })
    }

    /// Builds what stands behind `=>` of an arm: a block, or one statement, which is a block of its own if it is no
    /// expression.
    pub(super) fn arm_body(&mut self, node: Node<'_>) -> Body {
        if node.as_rule() == Rule::block {
            return Body::Block(self.block(node));
        }
        let in_arm = std::mem::replace(&mut self.in_arm, true);
        let statement = self.statement(node);
        self.in_arm = in_arm;
        match statement.kind {
            StatementKind::Expr(expr) => Body::Expr(expr),
            _ => {
                let span = statement.span;
                Body::Block(Block { statements: vec![statement], span })
            }
        }
    }
}

/// Says whether something can be assigned: a name, or fields and entries of one.
fn is_place(target: &Expr) -> bool {
    let mut part = target;
    loop {
        match &*part.kind {
            ExprKind::Name(_) => return true,
            ExprKind::Field { value, optional: false, .. } | ExprKind::Index { value, .. } => part = value,
            _ => return false,
        }
    }
}
