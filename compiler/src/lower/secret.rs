//! Secrets: how they are made, which is all that a machine has of those that are declared.

use super::code::Reg;
use super::writer::Writer;
use crate::ir::{Expr, FunctionId, SecretId, Type, TypeKind};
use bytecode::secret::{APPLIED, HELD, JOINED, NAMED};
use bytecode::{Op, R};

impl<'p> Writer<'_, 'p> {
    /// Says whether values of a type are secrets.
    pub(super) fn is_secret(&self, type_: Type) -> bool {
        matches!(self.all.types.exact(type_), TypeKind::Secret(_))
    }

    /// Writes a declared secret.
    pub(super) fn named_secret(&mut self, id: SecretId, into: R) {
        let program = self.all.program;
        let from = self.parts_of_secret(1, into);
        self.load_string(R(from), &program.secrets[id.0 as usize].name);
        self.secret_of_parts(NAMED, from, 1, into);
    }

    /// Writes a value that is secret from here on.
    pub(super) fn held_secret(&mut self, value: &'p Expr, into: R) {
        let from = self.parts_of_secret(1, into);
        self.boxed_into(value, R(from));
        self.secret_of_parts(HELD, from, 1, into);
    }

    /// Writes the text of parts, some of them secrets.
    pub(super) fn joined_secret(&mut self, parts: &'p [Expr], into: R) {
        let from = self.parts_of_secret(parts.len(), into);
        for (at, part) in parts.iter().enumerate() {
            self.text_of(part, R(from.saturating_add(at as u16)));
        }
        self.secret_of_parts(JOINED, from, parts.len(), into);
    }

    /// Writes a pure native of secrets.
    pub(super) fn deferred(&mut self, function: FunctionId, arguments: &'p [Expr], into: R) {
        let program = self.all.program;
        let from = self.parts_of_secret(arguments.len() + 1, into);
        self.load_string(R(from), &program.functions[function.0 as usize].name);
        for (at, argument) in arguments.iter().enumerate() {
            self.boxed_into(argument, R(from.saturating_add(at as u16 + 1)));
        }
        self.secret_of_parts(APPLIED, from, arguments.len() + 1, into);
    }

    /// Takes registers in a row.
    fn parts_of_secret(&mut self, count: usize, into: R) -> u16 {
        let (_, from) = self.code.window(Some(Reg::Ref(into.0)));
        for at in 0..count {
            self.code.reserve(Reg::Ref(from.saturating_add(at as u16)));
        }
        from
    }

    fn secret_of_parts(&mut self, tag: u16, from: u16, count: usize, into: R) {
        self.emit(Op::NewCase { into: R(from), tag, count: count as u16 });
        self.take(Reg::Ref(into.0), Reg::Ref(from));
    }
}
