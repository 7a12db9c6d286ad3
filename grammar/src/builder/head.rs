//! The clauses of a task's head.

use super::Builder;
use super::once::Seen;
use crate::parser::{Node, Rule};
use crate::tree::{
    AlertCause, Clause, ClauseKind, Expr, ExprKind, Name, NeedOperand, Needs, Retry, StringText, Trigger,
};
use diagnostics::Span;

impl Builder<'_> {
    pub(super) fn clause(&mut self, node: Node<'_>) -> Clause {
        let span = self.span(&node);
        let kind = match node.as_rule() {
            Rule::bad_clause => {
                self.broken(Rule::clause_entry, span);
                ClauseKind::Error
            }
            Rule::on_clause => node.into_inner().next().map_or(ClauseKind::Error, |trigger| self.on_clause(trigger)),
            Rule::needs => self.needs(node),
            Rule::retry => ClauseKind::Retry(self.retry(node)),
            Rule::concurrency => self.concurrency(node),
            Rule::rate => self.rate(node),
            Rule::cache => self.cache(node),
            Rule::limit => ClauseKind::Limit(node.into_inner().filter_map(|part| self.limit_part(part)).collect()),
            Rule::only => self.only(node),
            Rule::alert => self.alert(node),
            Rule::allow => ClauseKind::Allow(node.into_inner().filter_map(|part| self.allowed(part)).collect()),
            Rule::ensure => self.ensure(node),
            Rule::tags => ClauseKind::Tags(node.into_inner().map(|text| self.plain_text(text)).collect()),
            Rule::priority => {
                let name = node.into_inner().next().map(|word| self.name(&word));
                name.map_or(ClauseKind::Error, ClauseKind::Priority)
            }
            Rule::timeout => self.only_expr(node).map_or(ClauseKind::Error, ClauseKind::Timeout),
            Rule::retain => self.only_expr(node).map_or(ClauseKind::Error, ClauseKind::Retain),
            _ => ClauseKind::Error,
        };
        Clause { kind, span }
    }

    fn on_clause(&mut self, node: Node<'_>) -> ClauseKind {
        if node.as_rule() == Rule::schedule {
            return self
                .schedule(node)
                .map_or(ClauseKind::Error, |schedule| ClauseKind::On(Trigger::Schedule(Box::new(schedule))));
        }
        self.trigger(node).map_or(ClauseKind::Error, ClauseKind::On)
    }

    fn needs(&mut self, node: Node<'_>) -> ClauseKind {
        let mut words = Vec::new();
        let mut mode = None;
        let mut operands = Vec::new();
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::mode => mode = Some(self.name(&child)),
                Rule::string => operands.push(NeedOperand::Text(self.plain_text(child))),
                _ if words.is_empty() => words.push(self.name(&child)),
                _ => operands.push(NeedOperand::Name(self.name(&child))),
            }
        }
        let kind = words.pop();
        kind.map_or(ClauseKind::Error, |kind| ClauseKind::Needs(Needs { kind, mode, operands }))
    }

    pub(super) fn retry(&mut self, node: Node<'_>) -> Retry {
        let span = self.span(&node);
        let mut retry = Retry { count: self.error_expr(span), backoff: None, on: Vec::new() };
        let mut seen = Seen::default();
        for child in node.into_inner() {
            let span = self.span(&child);
            if child.as_rule() != Rule::simple && self.is_repeated(&mut seen, span, "`retry`") {
                continue;
            }
            match child.as_rule() {
                Rule::simple => retry.count = self.simple(child),
                Rule::backoff => {
                    let mut ends = child.into_inner().map(|end| self.simple(end));
                    retry.backoff = ends.next().zip(ends.next());
                }
                _ => retry.on = self.words(child),
            }
        }
        retry
    }

    /// Gives the names of a `words` node, or of a node that has one.
    pub(super) fn words(&mut self, node: Node<'_>) -> Vec<Name> {
        if node.as_rule() == Rule::words {
            return node.into_inner().map(|word| self.name(&word)).collect();
        }
        node.into_inner().flat_map(|child| self.words_or_nothing(child)).collect()
    }

    fn words_or_nothing(&mut self, node: Node<'_>) -> Vec<Name> {
        if node.as_rule() == Rule::words { self.words(node) } else { Vec::new() }
    }

    fn concurrency(&mut self, node: Node<'_>) -> ClauseKind {
        let mut limit = self.error_expr(self.span(&node));
        let mut per = None;
        let mut otherwise = None;
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::simple => limit = self.simple(child),
                Rule::per => per = self.only_expr(child),
                _ => otherwise = child.into_inner().next().map(|word| self.name(&word)),
            }
        }
        ClauseKind::Concurrency { limit, per, otherwise }
    }

    fn rate(&mut self, node: Node<'_>) -> ClauseKind {
        let mut operands: Vec<Expr> = Vec::with_capacity(2);
        let mut per = None;
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::per => per = self.only_expr(child),
                _ => operands.push(self.simple(child)),
            }
        }
        match (operands.pop(), operands.pop()) {
            (Some(period), Some(count)) => ClauseKind::Rate { count, period, per },
            _ => ClauseKind::Error,
        }
    }

    fn cache(&mut self, node: Node<'_>) -> ClauseKind {
        let mut duration = self.error_expr(self.span(&node));
        let mut by = Vec::new();
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::simple => duration = self.simple(child),
                _ => by.push(self.expr(child)),
            }
        }
        ClauseKind::Cache { duration, by }
    }

    fn limit_part(&mut self, node: Node<'_>) -> Option<(Name, Expr)> {
        let mut inner = node.into_inner();
        let name = inner.next()?;
        let name = self.name(&name);
        Some((name, self.simple(inner.next()?)))
    }

    fn only(&mut self, node: Node<'_>) -> ClauseKind {
        let mut times = Vec::with_capacity(2);
        let mut days = Vec::new();
        let mut zone = None;
        let mut otherwise = None;
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::simple => times.push(self.simple(child)),
                Rule::on_days => days = self.words(child),
                Rule::zone => zone = child.into_inner().next().map(|text| self.text_expr(text)),
                _ => otherwise = child.into_inner().next().map(|word| self.name(&word)),
            }
        }
        match (times.pop(), times.pop()) {
            (Some(to), Some(from)) => ClauseKind::Only { from, to, days, zone, otherwise },
            _ => ClauseKind::Error,
        }
    }

    /// Gives a string without interpolation as an expression.
    fn text_expr(&mut self, node: Node<'_>) -> Expr {
        let StringText { text, span } = self.plain_text(node);
        let parts = if text.is_empty() { Vec::new() } else { vec![crate::tree::StringPart::Text(text)] };
        Expr { kind: Box::new(ExprKind::String(crate::tree::StringLiteral { parts })), span }
    }

    fn alert(&mut self, node: Node<'_>) -> ClauseKind {
        let mut channel = StringText { text: String::new(), span: self.span(&node) };
        let mut on = Vec::new();
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::string => channel = self.plain_text(child),
                _ => on.extend(self.alert_cause(child)),
            }
        }
        ClauseKind::Alert { channel, on }
    }

    fn alert_cause(&mut self, node: Node<'_>) -> Option<AlertCause> {
        let mut inner = node.into_inner();
        let name = inner.next()?;
        Some(AlertCause { name: self.name(&name), after: inner.next().map(|after| self.simple(after)) })
    }

    fn allowed(&mut self, node: Node<'_>) -> Option<(Name, StringText)> {
        let mut inner = node.into_inner();
        let kind = inner.next()?;
        let kind = self.name(&kind);
        Some((kind, self.plain_text(inner.next()?)))
    }

    fn ensure(&mut self, node: Node<'_>) -> ClauseKind {
        let mut condition = self.error_expr(self.span(&node));
        let mut message = None;
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::string => message = Some(self.plain_text(child)),
                _ => condition = self.expr(child),
            }
        }
        ClauseKind::Ensure { condition, message }
    }

    /// Builds the operand of a clause or an option.
    pub(super) fn simple(&mut self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        let negative = node.as_str().starts_with('-');
        let Some(inner) = node.into_inner().next() else { return self.error_expr(span) };
        if negative && inner.as_rule() == Rule::number {
            return self.negative_number(inner, span);
        }
        let operand = self.expr(inner);
        if negative {
            let operator = crate::tree::UnaryOperator::Negate;
            return Expr { kind: Box::new(ExprKind::Unary { operator, operand }), span };
        }
        operand
    }

    /// Makes an error node.
    pub(super) fn error_expr(&self, span: Span) -> Expr {
        Expr { kind: Box::new(ExprKind::Error), span }
    }

    /// Gives the one expression of a node that is a word and an expression.
    pub(super) fn only_expr(&mut self, node: Node<'_>) -> Option<Expr> {
        node.into_inner().next().map(|inner| self.expr(inner))
    }
}
