//! Waits, steps, and the forms that start or ask something.

use super::Builder;
use super::once::Seen;
use crate::parser::{Node, Rule};
use crate::tree::{Block, ExprKind, Path, Step, Undo, WaitApproval, WaitArm, WaitArmKind, WaitFor};
use diagnostics::Span;

impl Builder<'_> {
    pub(super) fn wait_any(&mut self, node: Node<'_>) -> ExprKind {
        let mut arms = Vec::new();
        for child in node.into_inner() {
            if child.as_rule() == Rule::bad_wait_arm {
                let span = self.span(&child);
                self.broken(Rule::wait_arm_entry, span);
            } else if let Some(arm) = self.wait_arm(child) {
                arms.push(arm);
            }
        }
        ExprKind::WaitAny(arms)
    }

    fn wait_arm(&mut self, node: Node<'_>) -> Option<WaitArm> {
        let span = self.span(&node);
        let mut inner = node.into_inner();
        let head = inner.next()?;
        let kind = match head.as_rule() {
            Rule::within => WaitArmKind::Within(self.only_expr(head)?),
            _ => self.wait_event(head)?,
        };
        let body = self.arm_body(inner.next()?);
        Some(WaitArm { kind, body, span })
    }

    fn wait_event(&mut self, node: Node<'_>) -> Option<WaitArmKind> {
        let mut event = None;
        let mut binding = None;
        let mut condition = None;
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::path => event = Some(self.path(child)),
                Rule::alias => binding = child.into_inner().next().map(|word| self.new_name(&word)),
                _ => condition = self.only_expr(child),
            }
        }
        Some(WaitArmKind::Event { event: event?, binding, condition })
    }

    pub(super) fn wait_approval(&mut self, node: Node<'_>, span: Span) -> ExprKind {
        let mut wait = WaitApproval { question: self.error_expr(span), by: None, who: None, within: None };
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::by => {
                    let mut inner = child.into_inner();
                    wait.by = inner.next().map(|word| self.name(&word));
                    wait.who = inner.next().map(|who| self.simple(who));
                }
                _ => wait.question = self.simple(child),
            }
        }
        ExprKind::WaitApproval(Box::new(wait))
    }

    /// Builds `wait for` with its subject and name; the chain adds `where` and `within`.
    pub(super) fn wait_for(&mut self, node: Node<'_>, span: Span) -> ExprKind {
        let mut binding = None;
        let mut operand = Vec::new();
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::alias => binding = child.into_inner().next().map(|word| self.new_name(&word)),
                _ => operand.push(child),
            }
        }
        let mut operand = operand.into_iter();
        let subject = match operand.next() {
            Some(first) => {
                let first_span = self.span(&first);
                let subject = self.primary(first);
                operand.fold((subject, first_span), |(value, outer), postfix| self.postfix(value, outer, postfix)).0
            }
            None => self.error_expr(span),
        };
        ExprKind::WaitFor(Box::new(WaitFor { subject, binding, condition: None, within: None }))
    }

    pub(super) fn step(&mut self, node: Node<'_>, span: Span) -> ExprKind {
        let mut step = Step {
            name: self.no_name(span),
            retry: None,
            timeout: None,
            body: Block { statements: Vec::new(), span },
            undo: None,
        };
        let mut seen = Seen::default();
        for child in node.into_inner() {
            let span = self.span(&child);
            let is_part = matches!(child.as_rule(), Rule::retry | Rule::timeout);
            if is_part && self.is_repeated(&mut seen, span, "step") {
                continue;
            }
            match child.as_rule() {
                Rule::word => step.name = self.name(&child),
                Rule::retry => step.retry = Some(self.retry(child)),
                Rule::timeout => step.timeout = self.only_expr(child),
                Rule::undo => step.undo = self.undo(child),
                _ => step.body = self.block(child),
            }
        }
        ExprKind::Step(Box::new(step))
    }

    fn undo(&mut self, node: Node<'_>) -> Option<Undo> {
        let mut binding = None;
        let mut body = None;
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::word => binding = Some(self.new_name(&child)),
                _ => body = Some(self.block(child)),
            }
        }
        Some(Undo { binding, body: body? })
    }

    /// Builds `call`, `start` and `ask`.
    pub(super) fn task_form(&mut self, node: Node<'_>, span: Span) -> ExprKind {
        let rule = node.as_rule();
        let mut task = Path { names: Vec::new(), span };
        let mut arguments = Vec::new();
        let mut key = None;
        let mut prompt = self.error_expr(span);
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::path => task = self.path(child),
                Rule::arguments => arguments = self.arguments(child),
                Rule::start_key => key = self.only_expr(child),
                _ => prompt = self.expr(child),
            }
        }
        match rule {
            Rule::call_task => ExprKind::CallTask { task, arguments },
            Rule::start_task => ExprKind::StartTask { task, arguments, key },
            _ => ExprKind::Ask { agent: task, prompt },
        }
    }
}
