//! Inner operations: asked like natives, under their names in `bytecode::Inner`, with boxed arguments in a row.

use super::checks::named;
use super::code::Reg;
use super::writer::Writer;
use crate::ir::{Expr, Type};
use bytecode::inner::Inner;
use bytecode::{Class, Op, R};

impl<'p> Writer<'_, 'p> {
    /// Writes an inner operation.
    pub(super) fn inner(&mut self, operation: Inner, arguments: &'p [Expr], result: Type, into: Option<Reg>) {
        let refs = self.row(arguments.len());
        for (at, argument) in arguments.iter().enumerate() {
            self.boxed_into(argument, R(refs.saturating_add(at as u16)));
        }
        let types: Vec<Type> = arguments.iter().map(|argument| argument.type_).collect();
        let given = self.ask_inner(operation, refs, &types, result);
        if let (Some(into), Some(_)) = (into, self.bank(result)) {
            self.unbox_into(into, given);
        }
    }

    /// Asks an inner operation whose boxed arguments stand in a row, and gives where its boxed result is.
    pub(super) fn ask_inner(&mut self, operation: Inner, refs: u16, parameters: &[Type], result: Type) -> R {
        let native = self.native(operation.name(), Class::Idempotent, parameters, result);
        self.ask((native, Class::Idempotent), refs, parameters.len())
    }

    /// Writes the arguments of a task: a list of a value for each, empty where the default stands.
    pub(super) fn task_arguments(&mut self, task: u32, values: &'p [Option<Expr>], into: R) {
        let program = self.all.program;
        let declared = program.tasks.get(task as usize).map_or(&[][..], |task| task.parameters.as_slice());
        self.emit(Op::NewList { into });
        for (at, value) in values.iter().enumerate() {
            let mark = self.code.mark();
            let one = R(self.code.reference());
            self.emit(Op::NewList { into: one });
            if let Some(value) = value {
                let register = self.temporary(value);
                let parameter = declared.get(at);
                if let Some((parameter, condition)) =
                    parameter.and_then(|parameter| Some((parameter, parameter.condition.as_ref()?)))
                {
                    let check =
                        self.all.condition_check(condition, named(&parameter.name), parameter.type_, Vec::new());
                    self.check(register, &[check]);
                }
                let boxed = self.box_register(register, value.type_);
                self.emit(Op::PushR { list: one, value: boxed });
            }
            self.emit(Op::PushR { list: into, value: one });
            self.code.release(mark);
        }
    }
}
