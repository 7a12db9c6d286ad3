//! Branches: each is a closure, the machine runs them as fibers, and what they give comes back as one list.
//!
//! What a branch gives is boxed; an optional type stands for that, so nothing else is special about its function.

use super::code::Reg;
use super::writer::Writer;
use crate::ir::{Branch, Expr};
use bytecode::{Op, R, W};

impl<'p> Writer<'_, 'p> {
    /// Writes `parallel { … }`; what its branches give goes into their locals, which stay.
    pub(super) fn parallel_block(&mut self, branches: &'p [Branch]) {
        let locals: Vec<Option<Reg>> =
            branches.iter().map(|branch| branch.local.map(|(local, type_)| self.declare(local, type_))).collect();
        let mark = self.code.mark();
        let from = self.row(1);
        self.emit(Op::NewList { into: R(from) });
        for branch in branches {
            let mark = self.code.mark();
            let closure = self.boxed(&branch.closure);
            self.emit(Op::PushR { list: R(from), value: closure });
            self.code.release(mark);
        }
        let at_most = self.int(0);
        self.emit(Op::Parallel { from: R(from), at_most });
        let results = R(from.saturating_add(1));
        for (at, local) in locals.into_iter().enumerate() {
            let Some(local) = local else { continue };
            let mark = self.code.mark();
            let index = self.int(at as i64);
            let boxed = R(self.code.reference());
            self.emit(Op::GetR { into: boxed, list: results, index });
            self.unbox_into(local, boxed);
            self.code.release(mark);
        }
        self.emit(Op::NoneR { into: results });
        self.code.release(mark);
    }

    /// Writes a closure called for each item of a list; the list of what it gives goes to `into`.
    pub(super) fn parallel_each(&mut self, list: &'p Expr, each: &'p Expr, width: &'p Expr, into: Option<Reg>) {
        let from = self.row(2);
        self.lower(list, Some(Reg::Ref(from.saturating_add(1))));
        let at_most = W(self.code.word());
        self.lower(width, Some(Reg::Word(at_most.0)));
        self.lower(each, Some(Reg::Ref(from)));
        self.emit(Op::ParallelEach { from: R(from), at_most });
        if let Some(into) = into {
            self.take(into, Reg::Ref(from.saturating_add(2)));
        }
    }
}
