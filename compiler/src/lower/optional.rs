//! Optional values: `??`, `?.`, and what is known not to be `none`.

use super::code::Reg;
use super::writer::{Writer, reference};
use crate::ir::{Expr, LocalId, TypeKind};
use bytecode::{Bank, Op, R, W};

impl<'p> Writer<'_, 'p> {
    /// Writes `value ?? fallback`.
    pub(super) fn otherwise(&mut self, value: &'p Expr, fallback: &'p Expr, into: Option<Reg>) {
        let (none, end) = (self.code.label(), self.code.label());
        match into {
            Some(Reg::Word(into)) => {
                let from = reference(self.operand(value));
                self.code.jump_if_none(from.0, true, none);
                self.emit(Op::Unbox { into: W(into), from });
            }
            Some(Reg::Ref(into)) => {
                self.lower(value, Some(Reg::Ref(into)));
                self.code.jump_if_none(into, true, none);
            }
            None => {
                let asked = reference(self.operand(value));
                self.code.jump_if_none(asked.0, true, none);
            }
        }
        self.code.jump(end);
        self.code.bind(none);
        self.lower(fallback, into);
        self.code.bind(end);
    }

    /// Writes a value that is known not to be `none`.
    pub(super) fn unwrap(&mut self, value: &'p Expr, into: Reg) {
        match into {
            Reg::Ref(_) => self.lower(value, Some(into)),
            Reg::Word(into) => {
                let from = reference(self.operand(value));
                self.emit(Op::Unbox { into: W(into), from });
            }
        }
    }

    /// Writes `value?.…`.
    pub(super) fn chain(&mut self, value: &'p Expr, local: LocalId, body: &'p Expr, into: Option<Reg>) {
        let (none, end) = (self.code.label(), self.code.label());
        let from = reference(self.operand_before(value, &[body]));
        self.code.jump_if_none(from.0, true, none);
        let inner = match self.kind(value.type_) {
            TypeKind::Optional(inner) => inner,
            _json => value.type_,
        };
        match self.bank(inner) {
            Some(Bank::Word) => {
                let register = self.declare(local, inner);
                self.unbox_into(register, from);
            }
            Some(Bank::Ref) | None => self.place_local(local, Reg::Ref(from.0)),
        }
        self.lower(body, into);
        self.code.jump(end);
        self.code.bind(none);
        if let Some(Reg::Ref(into)) = into {
            self.emit(Op::NoneR { into: R(into) });
        }
        self.code.bind(end);
    }
}
