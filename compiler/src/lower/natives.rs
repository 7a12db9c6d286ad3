//! Calls of natives: boxed arguments in a row, the result behind them; and those that are one instruction.

use super::code::Reg;
use super::writer::{Writer, reference, word};
use crate::ir::{self, Expr, Type};
use bytecode::{Bank, Class, NativeId, Op, R, W};

impl<'p> Writer<'_, 'p> {
    /// Writes a call of a native.
    pub(super) fn native_call(
        &mut self,
        callee: &'p ir::Function,
        class: Class,
        types: &[Type],
        arguments: &'p [Expr],
        into: Option<Reg>,
    ) {
        if self.instruction(&callee.name, arguments, into) {
            return;
        }
        let (native, result) = self.native_of(callee, class, types);
        let refs = self.row(arguments.len());
        for (at, argument) in arguments.iter().enumerate() {
            self.boxed_into(argument, R(refs.saturating_add(at as u16)));
        }
        let given = self.ask((native, class), refs, arguments.len());
        if let (Some(into), Some(_)) = (into, self.bank(result)) {
            self.unbox_into(into, given);
        }
    }

    /// Gives the native of a function for some types, and the type of its result.
    pub(super) fn native_of(&mut self, callee: &ir::Function, class: Class, types: &[Type]) -> (NativeId, Type) {
        let parameters: Vec<Type> =
            callee.parameters.iter().map(|each| self.all.types.substitute(*each, types)).collect();
        let result = self.all.types.substitute(callee.result, types);
        (self.native(&callee.name, class, &parameters, result), result)
    }

    /// Takes registers in a row for the arguments of a native, and one behind them for its result.
    pub(super) fn row(&mut self, count: usize) -> u16 {
        let first = self.code.reference();
        for _ in 0..count {
            self.code.reference();
        }
        first
    }

    /// Calls a native with arguments that stand in a row, and gives where its result is.
    pub(super) fn ask(&mut self, native: (NativeId, Class), refs: u16, count: usize) -> R {
        let (native, class) = native;
        let (from, count) = (R(refs), count as u16);
        self.emit(match class {
            Class::Pure => Op::CallNative { native, refs: from, count },
            Class::Idempotent | Class::Keyed | Class::Once => Op::Perform { native, refs: from, count },
        });
        R(refs.saturating_add(count))
    }

    /// Writes a native that the machine has an instruction for; says whether it is one.
    fn instruction(&mut self, name: &str, arguments: &'p [Expr], into: Option<Reg>) -> bool {
        let Some(into) = into else { return false };
        match (name, arguments) {
            ("list.len", [list]) => {
                let list = reference(self.operand(list));
                self.emit(Op::ListLen { into: word(into), list });
            }
            ("map.len" | "set.len", [map]) => {
                let map = reference(self.operand(map));
                self.emit(Op::MapLen { into: word(into), map });
            }
            ("map.get", [map, key]) => {
                let from = reference(self.operand_before(map, &[key]));
                let key = self.boxed(key);
                self.emit(Op::MapGet { into: reference(into), map: from, key });
            }
            ("int.to_float", [value]) => {
                let from = word(self.operand(value));
                self.emit(Op::IntToFloat { into: word(into), from });
            }
            _other => return false,
        }
        true
    }

    /// Writes a function around a native, for where it is used as a value.
    pub(super) fn wrapper(&mut self, callee: &'p ir::Function, class: Class) -> Vec<Bank> {
        let arguments = self.arguments.clone();
        let (native, result) = self.native_of(callee, class, &arguments);
        let types: Vec<Type> = callee.parameters.iter().map(|each| self.concrete(*each)).collect();
        let given: Vec<Reg> = types.iter().map(|each| self.parameter(*each)).collect();
        let refs = self.row(given.len());
        let mut banks = Vec::with_capacity(given.len());
        for (at, (value, type_)) in given.iter().zip(types).enumerate() {
            let slot = refs.saturating_add(at as u16);
            match value {
                Reg::Word(value) => {
                    banks.push(Bank::Word);
                    self.box_word(R(slot), W(*value), type_);
                }
                Reg::Ref(_) => {
                    banks.push(Bank::Ref);
                    self.copy(Reg::Ref(slot), *value);
                }
            }
        }
        let from = self.ask((native, class), refs, banks.len());
        match self.bank(result) {
            None => self.give(None),
            Some(bank) => {
                let value = self.code.allocate(bank);
                self.unbox_into(value, from);
                self.give(Some(value));
            }
        }
        banks
    }
}
