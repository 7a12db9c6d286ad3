//! `step`: a named group with its value, its retries and what undoes it.

use super::{
    Checker,
    local::Origin,
    report::{Because, Want},
};
use crate::ir::{Expr, ExprKind, Retry, Step, Type, Undo};
use diagnostics::{Code, Diagnostic, Span};
use grammar::tree;

impl<'t> Checker<'t> {
    /// Checks `step name retry … timeout … { … } undo … { … }`.
    pub(super) fn step(&mut self, step: &'t tree::Step, span: Span, want: Want) -> Expr {
        self.touches("step", span);
        let retry = step.retry.as_ref().map(|retry| self.retry(retry));
        let timeout = step.timeout.as_ref().map(|timeout| self.length(timeout, "the timeout of a step"));
        let binding = step.undo.as_ref().and_then(|undo| undo.binding.as_ref());
        let want = if binding.is_some() && want == Want::Dropped { Want::Any } else { want };
        let keeps = binding.filter(|name| name.text != "_").map(|name| name.span);
        let kept = keeps.map(|kept| (kept, self.body.loops)).or(self.body.kept_step);
        let outer = std::mem::replace(&mut self.body.kept_step, kept);
        let state = self.mark_narrowing();
        let body = self.block(&step.body, want);
        if retry.is_some() {
            self.forget_narrowing(state);
        }
        self.body.kept_step = outer;
        let type_ = body.type_;
        let undo = step.undo.as_ref().map(|undo| self.undo(undo, type_, span));
        let name = step.name.text.to_string();
        self.make(ExprKind::Step(Box::new(Step { name, retry, timeout, body, undo })), type_, span)
    }

    fn undo(&mut self, undo: &'t tree::Undo, type_: Type, span: Span) -> Undo {
        let scope = self.open_scope();
        let value = undo.binding.as_ref().and_then(|name| {
            if type_ == Type::NOTHING {
                let message = format!("the step gives no value, so there is nothing that `{}` could be", name.text);
                let diagnostic = Diagnostic::new(Code::UndoValue, self.place(name.span), message);
                self.report(diagnostic.help("write `undo { … }`, or end the step with the value that is needed"));
            }
            let known = !matches!(type_, Type::NOTHING | Type::NEVER | Type::ERROR);
            let local = self.declare_local(name, if known { type_ } else { Type::ERROR }, Origin::Let);
            self.body.facts[local.0 as usize].used |= !known;
            known.then_some(local)
        });
        let closure = self.closure(span, |checker| checker.block(&undo.body, Want::Dropped));
        self.close_scope(scope);
        Undo { value, closure }
    }

    fn retry(&mut self, retry: &'t tree::Retry) -> Retry {
        let more = self.check_expr(&retry.count, Want::Type(Type::INT, Because::Nothing));
        if let ExprKind::Int(number) = more.kind
            && !(0..=1_000).contains(&number)
        {
            let message = format!("the number of further tries must be from 0 to 1000, found {number}");
            self.report(Diagnostic::new(Code::OperandBounds, self.place(retry.count.span), message));
        }
        let (shortest, longest) = match &retry.backoff {
            Some((shortest, longest)) => {
                let pauses = (self.length(shortest, "a pause"), self.length(longest, "a pause"));
                if let (ExprKind::Int(first), ExprKind::Int(last)) = (&pauses.0.kind, &pauses.1.kind)
                    && first > last
                {
                    let span = shortest.span.to(longest.span);
                    let message = "the first pause is longer than the longest".to_owned();
                    self.report(Diagnostic::new(Code::OperandBounds, self.place(span), message));
                }
                pauses
            }
            None => {
                let (shortest, longest) = bytecode::Retry::PAUSES;
                let pause = |length| self.make(ExprKind::Int(length), Type::DURATION, retry.count.span);
                (pause(shortest), pause(longest))
            }
        };
        let known = retry.on.iter().filter(|kind| self.error_kind(kind).is_some());
        let kinds = known.map(|kind| kind.text.to_string()).collect();
        Retry { more, shortest, longest, kinds }
    }

    /// Checks a length of time, which a literal must give as more than nothing.
    pub(super) fn length(&mut self, length: &'t tree::Expr, what: &str) -> Expr {
        let value = self.check_expr(length, Want::Type(Type::DURATION, Because::Nothing));
        if matches!(value.kind, ExprKind::Int(length) if length <= 0) {
            let message = format!("{what} must be more than nothing");
            self.report(Diagnostic::new(Code::OperandBounds, self.place(length.span), message));
        }
        value
    }

    /// Tells of a way out of a step whose undo needs the value that the step then does not give. `loops` is how deep the
    /// loop stands that is left; nothing for a `return`.
    pub(super) fn leave_kept_step(&mut self, word: &str, loops: Option<u32>, span: Span) {
        let Some((kept, depth)) = self.body.kept_step else { return };
        if loops.is_some_and(|loops| loops > depth) {
            return;
        }
        let message = format!("`{word}` leaves a step whose undo needs its value");
        let place = self.place(kept);
        let diagnostic = Diagnostic::new(Code::UndoValue, self.place(span), message);
        let diagnostic = diagnostic.also(place, "the undo takes the value of the step");
        self.report(diagnostic.help("end the step with its value, and decide behind it"));
    }
}
