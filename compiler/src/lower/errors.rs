//! Errors: `try`, `catch` and `finally` are ranges of instructions, and cost nothing where nothing fails.

use super::code::Reg;
use super::writer::{self, Exit, Writer, reference};
use crate::ir::{Catch, Expr, Type};
use bytecode::{Op, R, Takes};

/// Something that takes errors of the code that is being written.
#[derive(Default)]
pub(super) struct Guard {
    /// Where its last range begins; `None` while code is written that it does not guard.
    from: Option<u32>,
    ranges: Vec<(u32, u32)>,
}

/// The fields of an `Error` that are read and set here.
pub(super) const RETRYABLE: u16 = 2;
pub(super) const CAUSE: u16 = 4;

/// The kinds that may be tried again unless an error says otherwise.
const RETRYABLE_KINDS: [&str; 4] = ["timeout", "network", "unavailable", "rate_limited"];

impl<'p> Writer<'_, 'p> {
    /// Begins to guard.
    pub(super) fn guard(&mut self) {
        let from = Some(self.code.here());
        self.guards.push(Guard { from, ranges: Vec::new() });
    }

    /// Ends the innermost guard, and gives the ranges of instructions that it guards.
    pub(super) fn unguard(&mut self) -> Vec<(u32, u32)> {
        let Some(mut guard) = self.guards.pop() else { return Vec::new() };
        self.pause(&mut guard);
        guard.ranges
    }

    /// Leaves out what comes next.
    pub(super) fn pause(&self, guard: &mut Guard) {
        guard.ranges.extend(guard.from.take().map(|from| (from, self.code.here())));
    }

    /// Guards again.
    pub(super) fn resume(&self, guard: &mut Guard) {
        guard.from = Some(self.code.here());
    }

    /// Writes `try value`: a `Result`.
    pub(super) fn try_value(&mut self, value: &'p Expr, into: R) {
        let (failed, end) = (self.code.label(), self.code.label());
        let given = R(self.code.reference());
        self.guard();
        self.boxed_into(value, given);
        let ranges = self.unguard();
        self.emit(Op::NewCase { into: given, tag: 0, count: 1 });
        self.code.jump(end);
        self.code.handle(&ranges, &Takes::World, given.0, failed);
        self.code.bind(failed);
        self.emit(Op::NewCase { into: given, tag: 1, count: 1 });
        self.code.bind(end);
        self.take(Reg::Ref(into.0), Reg::Ref(given.0));
    }

    /// Writes `value catch fallback`.
    pub(super) fn catch_value(&mut self, value: &'p Expr, fallback: &'p Expr, into: Option<Reg>) {
        let (failed, end) = (self.code.label(), self.code.label());
        let error = self.code.reference();
        self.guard();
        self.lower(value, into);
        let ranges = self.unguard();
        self.code.jump(end);
        self.code.handle(&ranges, &Takes::World, error, failed);
        self.code.bind(failed);
        self.lower(fallback, into);
        self.code.bind(end);
    }

    /// Writes `try { … } catch … finally { … }`.
    pub(super) fn try_block(
        &mut self,
        body: &'p Expr,
        catches: &'p [Catch],
        finally: Option<&'p Expr>,
        into: Option<Reg>,
    ) {
        let Some(finally) = finally else {
            self.try_catches(body, catches, into);
            return;
        };
        let (failed, end) = (self.code.label(), self.code.label());
        let error = self.code.reference();
        self.exits.push(Exit::Finally { code: finally, guards: self.guards.len() });
        self.guard();
        self.try_catches(body, catches, into);
        let ranges = self.unguard();
        self.exits.pop();
        self.lower(finally, None);
        self.code.jump(end);
        self.code.handle(&ranges, &Takes::All, error, failed);
        self.code.bind(failed);
        self.finally_after(finally, R(error));
        self.code.bind(end);
    }

    fn try_catches(&mut self, body: &'p Expr, catches: &'p [Catch], into: Option<Reg>) {
        let end = self.code.label();
        let error = self.code.reference();
        self.guard();
        self.lower(body, into);
        let ranges = self.unguard();
        self.code.jump(end);
        for catch in catches {
            let taken = self.code.label();
            let takes = match catch.kinds.as_slice() {
                [] => Takes::World,
                kinds => Takes::Kinds(kinds.to_vec()),
            };
            self.code.handle(&ranges, &takes, error, taken);
            self.code.bind(taken);
            if let Some(local) = catch.local {
                self.place_local(local, Reg::Ref(error));
            }
            self.lower(&catch.body, into);
            self.code.jump(end);
        }
        self.code.bind(end);
    }

    /// Writes a `finally` after an error, which goes on behind it. An error of its own becomes the cause of the first,
    /// unless that has one.
    fn finally_after(&mut self, finally: &'p Expr, first: R) {
        let failed = self.code.label();
        let second = R(self.code.reference());
        self.guard();
        self.lower(finally, None);
        let ranges = self.unguard();
        self.emit(Op::Fail { error: first });
        self.code.handle(&ranges, &Takes::All, second.0, failed);
        self.code.bind(failed);
        self.fail_both(first, second);
    }

    /// Fails with the first of two errors. The second is attached to it, unless another one is.
    pub(super) fn fail_both(&mut self, first: R, second: R) {
        let attach = self.code.label();
        let cause = R(self.code.reference());
        self.emit(Op::FieldR { into: cause, record: first, field: CAUSE });
        self.code.jump_if_none(cause.0, true, attach);
        self.emit(Op::Fail { error: first });
        self.code.bind(attach);
        self.emit(Op::SetField { record: first, field: CAUSE, value: second });
        self.emit(Op::Fail { error: first });
    }

    /// Does something that may fail while a variable is taken apart: `restore` puts it together before an error goes on
    /// to what takes it in this function.
    pub(super) fn whole_again(&mut self, risky: impl FnOnce(&mut Self), restore: impl FnOnce(&mut Self)) {
        if !self.is_guarded() {
            risky(self);
            return;
        }
        let (failed, end) = (self.code.label(), self.code.label());
        let error = self.code.reference();
        let from = self.code.here();
        risky(self);
        let ranges = [(from, self.code.here())];
        self.code.jump(end);
        self.code.handle(&ranges, &Takes::All, error, failed);
        self.code.bind(failed);
        restore(self);
        self.emit(Op::Fail { error: R(error) });
        self.code.bind(end);
    }

    /// Writes `fail kind "message"`.
    pub(super) fn fail(&mut self, kind: &str, retryable: bool, message: &'p Expr) {
        let text = reference(self.operand(message));
        let error = self.new_error(kind, text);
        if retryable != RETRYABLE_KINDS.contains(&kind) {
            let (word, value) = (Reg::Word(self.code.word()), R(self.code.reference()));
            self.load_word(word, u64::from(retryable));
            self.box_word(value, writer::word(word), Type::BOOL);
            self.emit(Op::SetField { record: error, field: RETRYABLE, value });
        }
        self.emit(Op::Fail { error });
    }

    /// Fails with a message in a register.
    pub(super) fn fail_with(&mut self, kind: &str, message: R) {
        let error = self.new_error(kind, message);
        self.emit(Op::Fail { error });
    }

    fn new_error(&mut self, kind: &str, message: R) -> R {
        let into = R(self.code.reference());
        let kind = self.string(kind);
        self.emit(Op::NewError { into, kind, message });
        into
    }
}
