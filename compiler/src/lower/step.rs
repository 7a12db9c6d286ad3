//! Steps: entered once, tried again in a loop, and left on every way out.
//!
//! Two guards stand around the body. The inner one takes the errors that are tried again; the outer one takes all that
//! go on, a cancellation too, and leaves the step before they do. A step that is left by `return`, `break` or
//! `continue` ended well: its undo is kept, which for one that asks for the step's value the checker refuses.

use super::code::{Label, Reg};
use super::errors::RETRYABLE;
use super::writer::{Exit, Writer};
use crate::ir::{Expr, Retry, Step, Type, TypeKind};
use bytecode::inner::Inner;
use bytecode::{Op, R, Takes, W};

/// Where what the attempts need is kept.
struct Attempts {
    /// The number of the present attempt.
    number: W,
    /// How many more are allowed.
    more: W,
    /// The pauses, boxed.
    shortest: R,
    longest: R,
}

impl<'p> Writer<'_, 'p> {
    /// Writes a step; its value goes to `into`.
    pub(super) fn step(&mut self, step: &'p Step, into: Option<Reg>) {
        let attempts = step.retry.as_ref().map(|retry| self.attempts(retry));
        let value = step.undo.as_ref().and_then(|undo| undo.value);
        let given = match value {
            Some(local) => Some(self.declare(local, step.body.type_)),
            None => into,
        };
        self.enter_step(step);
        let (again, end, leave) = (self.code.label(), self.code.label(), self.code.label());
        let error = self.code.reference();
        self.exits.push(Exit::Step { step, guards: self.guards.len() });
        self.guard();
        self.code.force(again);
        match (&step.retry, attempts) {
            (Some(retry), Some(attempts)) => self.tried(step, (retry, &attempts), again, given),
            (_, _) => self.lower(&step.body, given),
        }
        let ranges = self.unguard();
        self.exits.pop();
        self.ended(step, step.undo.as_ref().map(|undo| &undo.closure));
        if let (Some(into), Some(given)) = (into, given) {
            self.copy(into, given);
        }
        self.code.jump(end);
        self.code.handle(&ranges, &Takes::All, error, leave);
        self.code.bind(leave);
        self.emit(Op::LeaveStep {});
        self.emit(Op::Fail { error: R(error) });
        self.code.bind(end);
    }

    /// Writes the end of a step that went well: nothing after it counts for its deadline, and its undo is kept before
    /// anything can be cancelled again.
    fn ended(&mut self, step: &'p Step, undo: Option<&'p Expr>) {
        self.emit(Op::LeaveStep {});
        let mark = self.code.mark();
        if let Some(closure) = undo {
            let name = self.all.pool.string(&mut self.all.image, &step.name);
            let closure = self.boxed(closure);
            self.emit(Op::PushUndo { name, closure });
        }
        let refs = self.row(1);
        self.load_string(R(refs), &step.name);
        self.ask_inner(Inner::StepEnd, refs, &[Type::STRING], Type::NOTHING);
        self.code.release(mark);
    }

    /// Writes what is done where a step is left by `return`, `break` or `continue`.
    pub(super) fn leave_step(&mut self, step: &'p Step) {
        let undo = step.undo.as_ref().filter(|undo| undo.value.is_none());
        self.ended(step, undo.map(|undo| &undo.closure));
    }

    fn enter_step(&mut self, step: &'p Step) {
        let mark = self.code.mark();
        let deadline = match &step.timeout {
            Some(length) => self.deadline(step, length),
            // Nothing is asked of anybody, so nothing needs a row.
            None => {
                let none = R(self.code.reference());
                self.emit(Op::NoneR { into: none });
                none
            }
        };
        let name = self.all.pool.string(&mut self.all.image, &step.name);
        self.emit(Op::EnterStep { name, deadline, retried: i16::from(step.retry.is_some()) });
        self.code.release(mark);
    }

    /// Asks when a step must be done that begins now.
    fn deadline(&mut self, step: &'p Step, length: &'p Expr) -> R {
        let refs = self.row(2);
        self.load_string(R(refs), &step.name);
        self.boxed_into(length, R(refs.saturating_add(1)));
        let length = self.all.types.intern(TypeKind::Optional(Type::DURATION));
        let deadline = self.all.types.intern(TypeKind::Optional(Type::INT));
        self.ask_inner(Inner::StepBegin, refs, &[Type::STRING, length], deadline)
    }

    fn attempts(&mut self, retry: &'p Retry) -> Attempts {
        let number = self.int(0);
        let more = W(self.code.word());
        self.lower(&retry.more, Some(Reg::Word(more.0)));
        let (shortest, longest) = (R(self.code.reference()), R(self.code.reference()));
        self.boxed_into(&retry.shortest, shortest);
        self.boxed_into(&retry.longest, longest);
        Attempts { number, more, shortest, longest }
    }

    /// Writes one attempt, and what follows where it fails.
    fn tried(&mut self, step: &'p Step, retry: (&'p Retry, &Attempts), again: Label, given: Option<Reg>) {
        let (retry, attempts) = retry;
        let (failed, gives_up, done) = (self.code.label(), self.code.label(), self.code.label());
        self.emit(Op::AddIntBy { into: attempts.number, left: attempts.number, value: 1 });
        let error = R(self.code.reference());
        self.guard();
        self.lower(&step.body, given);
        let ranges = self.unguard();
        self.code.jump(done);
        let takes = match retry.kinds.as_slice() {
            [] => Takes::World,
            kinds => Takes::Kinds(kinds.to_vec()),
        };
        self.code.handle(&ranges, &takes, error.0, failed);
        self.code.bind(failed);
        let mark = self.code.mark();
        let may = W(self.code.word());
        if retry.kinds.is_empty() {
            self.emit(Op::FieldW { into: may, record: error, field: RETRYABLE });
            self.code.jump_if(may.0, false, gives_up);
        }
        self.emit(Op::LeInt { into: may, left: attempts.number, right: attempts.more });
        self.code.jump_if(may.0, false, gives_up);
        self.pause_between(step, attempts, error);
        self.code.jump(again);
        self.code.bind(gives_up);
        self.emit(Op::Fail { error });
        self.code.release(mark);
        self.code.bind(done);
    }

    /// Asks for the pause before the next attempt. If it fails, because it would pass the deadline, the step fails as the
    /// attempt did.
    fn pause_between(&mut self, step: &'p Step, attempts: &Attempts, first: R) {
        let (failed, end) = (self.code.label(), self.code.label());
        let second = R(self.code.reference());
        let refs = self.row(4);
        let at = |offset: u16| R(refs.saturating_add(offset));
        self.guard();
        self.load_string(at(0), &step.name);
        self.emit(Op::BoxInt { into: at(1), from: attempts.number });
        self.emit(Op::MoveR { into: at(2), from: attempts.shortest });
        self.emit(Op::MoveR { into: at(3), from: attempts.longest });
        let types = [Type::STRING, Type::INT, Type::DURATION, Type::DURATION];
        self.ask_inner(Inner::StepPause, refs, &types, Type::NOTHING);
        let ranges = self.unguard();
        self.code.jump(end);
        self.code.handle(&ranges, &Takes::World, second.0, failed);
        self.code.bind(failed);
        self.fail_both(first, second);
        self.code.bind(end);
    }
}
