//! Conditions as functions: what a refined type, a field or a parameter says about its values.
//!
//! A check takes a value in its bank, gives nothing, and fails with `invalid` and a message that has the value and the
//! condition's text: `found 120, which is no `Percent`: …`. A value from outside is also checked all through, by one
//! function per type that has conditions in it; its message begins with the way to the part: `.lines[3].price: found …`.

use super::Lowering;
use super::code::Reg;
use super::instances::{Condition, Subject, Work};
use super::writer::{Writer, reference};
use crate::ir::{self, EnumId, Field, RecordId, RefinedId, TaskParameter, Type, TypeKind};
use bytecode::{Bank, FunctionId, Op, R, Takes, W};
use diagnostics::{FileId, Place, Span};
use rustc_hash::FxHashSet;

/// The place of a check that stands at none of its own.
const NOWHERE: Place = Place { file: FileId(0), span: Span { start: 0, end: 0 } };

impl<'p> Lowering<'p> {
    /// Gives the check of a condition on a value of a type without type parameters.
    pub(super) fn condition_check(
        &mut self,
        condition: &'p ir::Condition,
        subject: Subject,
        type_: Type,
        arguments: Vec<Type>,
    ) -> FunctionId {
        self.instances.condition(Condition { condition, subject, type_, arguments })
    }

    /// Gives the checks of a refined type, those of what it narrows first.
    pub(super) fn refined_checks(&mut self, id: RefinedId) -> Vec<FunctionId> {
        let program = self.program;
        let mut checks = Vec::new();
        let mut next = Some(id);
        while let Some(id) = next {
            let refined = &program.refined[id.0 as usize];
            if let Some(condition) = &refined.condition {
                let subject = Subject::Type(refined.name.clone());
                checks.push(self.condition_check(condition, subject, refined.base, Vec::new()));
            }
            next = match self.types.exact(refined.base) {
                TypeKind::Refined(base) => Some(base),
                _plain => None,
            };
        }
        checks.reverse();
        checks
    }

    /// Gives the check of a task's parameter, if there is anything to check.
    pub(super) fn parameter_check(&mut self, parameter: &'p TaskParameter) -> Option<FunctionId> {
        let mut checks: Vec<FunctionId> = self.type_check(parameter.type_).into_iter().collect();
        if let Some(condition) = &parameter.condition {
            checks.push(self.condition_check(condition, named(&parameter.name), parameter.type_, Vec::new()));
        }
        match checks.as_slice() {
            [] => None,
            [only] => Some(*only),
            _several => Some(self.instances.add(Work::Checks(parameter.type_, checks, NOWHERE))),
        }
    }

    /// Gives the check of what a type says beyond the shape of its values, if it says anything.
    pub(super) fn type_check(&mut self, type_: Type) -> Option<FunctionId> {
        self.says_more(type_).then(|| self.instances.valid(type_, NOWHERE))
    }

    /// Says whether values of a type must fulfil conditions beyond its shape.
    pub(super) fn says_more(&mut self, type_: Type) -> bool {
        self.says_more_within(type_, &mut FxHashSet::default())
    }

    fn says_more_within(&mut self, type_: Type, seen: &mut FxHashSet<Type>) -> bool {
        if !seen.insert(type_) || seen.len() > super::limits::TABLE {
            return false;
        }
        let program = self.program;
        match self.types.exact(type_) {
            // A function has no form outside.
            TypeKind::Function(..) => false,
            TypeKind::Refined(id) => {
                let refined = &program.refined[id.0 as usize];
                refined.condition.is_some() || self.says_more_within(refined.base, seen)
            }
            TypeKind::Record(id, arguments) => {
                self.fields_say_more(&program.records[id.0 as usize].fields, &arguments, seen)
            }
            TypeKind::Enum(id, arguments) => {
                let cases = &program.enums[id.0 as usize].cases;
                cases.iter().any(|case| self.fields_say_more(&case.fields, &arguments, seen))
            }
            other => other.parts().any(|part| self.says_more_within(part, seen)),
        }
    }

    fn fields_say_more(&mut self, fields: &'p [Field], arguments: &[Type], seen: &mut FxHashSet<Type>) -> bool {
        fields.iter().any(|field| {
            let type_ = self.types.substitute(field.type_, arguments);
            field.condition.is_some() || self.says_more_within(type_, seen)
        })
    }
}

impl<'p> Writer<'_, 'p> {
    /// Writes the function that checks all that a type says.
    pub(super) fn valid(&mut self, type_: Type) -> Vec<Bank> {
        let value = self.parameter(type_);
        match self.all.types.exact(type_) {
            TypeKind::Refined(id) => {
                let plain = self.all.types.kind(type_);
                let plain = self.all.types.intern(plain);
                self.check_inner(value, plain);
                let checks = self.all.refined_checks(id);
                self.check_at(Step::Itself, |writer| writer.check(value, &checks));
            }
            TypeKind::Optional(inner) => {
                let none = self.code.label();
                self.code.jump_if_none(reference(value).0, true, none);
                self.check_boxed(reference(value), inner);
                self.code.bind(none);
            }
            TypeKind::List(item) => self.check_items(reference(value), item),
            TypeKind::Secret(inner) => self.check_inner(value, inner),
            TypeKind::Set(item) => self.walk(reference(value), true, |writer, at| {
                let part = R(writer.code.reference());
                writer.emit(Op::MapKey { into: part, map: reference(value), at });
                writer.check_at(Step::Item(at), |writer| writer.check_boxed(part, item));
            }),
            TypeKind::Map(key, entry) => self.walk(reference(value), true, |writer, at| {
                let (name, part) = (R(writer.code.reference()), R(writer.code.reference()));
                writer.emit(Op::MapKey { into: name, map: reference(value), at });
                writer.check_at(Step::Key(name, key), |writer| writer.check_boxed(name, key));
                writer.emit(Op::MapValue { into: part, map: reference(value), at });
                writer.check_at(Step::Key(name, key), |writer| writer.check_boxed(part, entry));
            }),
            TypeKind::Record(id, arguments) => self.check_record(reference(value), id, &arguments),
            TypeKind::Enum(id, arguments) => self.check_cases(value, id, &arguments),
            _plain => {}
        }
        vec![match value {
            Reg::Word(_) => Bank::Word,
            Reg::Ref(_) => Bank::Ref,
        }]
    }

    fn check_inner(&mut self, value: Reg, type_: Type) {
        if self.all.says_more(type_) {
            let place = self.at(Span::default());
            let check = self.all.instances.valid(type_, place);
            self.check(value, &[check]);
        }
    }

    fn check_boxed(&mut self, boxed: R, type_: Type) {
        if !self.all.says_more(type_) {
            return;
        }
        let mark = self.code.mark();
        let value = self.opened(boxed, type_);
        self.check_inner(value, type_);
        self.code.release(mark);
    }

    /// Gives a boxed value in its bank.
    fn opened(&mut self, boxed: R, type_: Type) -> Reg {
        match self.bank(type_) {
            Some(Bank::Word) => {
                let into = self.code.word();
                self.emit(Op::Unbox { into: W(into), from: boxed });
                Reg::Word(into)
            }
            Some(Bank::Ref) | None => Reg::Ref(boxed.0),
        }
    }

    fn check_items(&mut self, list: R, item: Type) {
        self.walk(list, false, |writer, at| {
            let bank = writer.slot(item);
            let register = writer.code.allocate(bank);
            writer.item_of(list, at, register);
            writer.check_at(Step::Item(at), |writer| writer.check_inner(register, item));
        });
    }

    fn check_record(&mut self, record: R, id: RecordId, arguments: &[Type]) {
        let program = self.all.program;
        for (at, field) in program.records[id.0 as usize].fields.iter().enumerate() {
            let boxed = R(self.code.reference());
            self.check_part_of((field, arguments), step(&field.json_name), boxed, |writer, register| {
                writer.field_of(record, at as u16, register);
            });
        }
    }

    fn check_cases(&mut self, value: Reg, id: EnumId, arguments: &[Type]) {
        let program = self.all.program;
        for (tag, case) in program.enums[id.0 as usize].cases.iter().enumerate() {
            let other = self.code.label();
            self.has_tag(value, tag as u32, other);
            for (at, field) in case.fields.iter().enumerate() {
                let boxed = R(self.code.reference());
                let way = step(&case.json_name) + &step(&field.json_name);
                self.check_part_of((field, arguments), way, boxed, |writer, register| {
                    writer.case_field(reference(value), at as u16, register);
                });
            }
            self.code.bind(other);
        }
    }

    fn check_part_of(
        &mut self,
        (field, arguments): (&'p Field, &[Type]),
        way: String,
        boxed: R,
        read: impl FnOnce(&mut Self, Reg),
    ) {
        let type_ = self.all.types.substitute(field.type_, arguments);
        if field.condition.is_none() && !self.all.says_more(type_) {
            return;
        }
        let mark = self.code.mark();
        let register = match self.bank(type_) {
            Some(Bank::Word) => Reg::Word(self.code.word()),
            Some(Bank::Ref) | None => Reg::Ref(boxed.0),
        };
        read(self, register);
        self.check_at(Step::Fixed(way.clone()), |writer| writer.check_inner(register, type_));
        if let Some(condition) = &field.condition {
            let check = self.all.condition_check(condition, named(&field.name), type_, arguments.to_vec());
            self.check_at(Step::Fixed(way + ": "), |writer| writer.check(register, &[check]));
        }
        self.code.release(mark);
    }

    /// Checks a decoded value all through; a failure has the path of what does not fit.
    pub(super) fn check_decoded(&mut self, value: Reg, check: FunctionId) {
        self.check_at(Step::Fixed("$".to_owned()), |writer| writer.check(value, &[check]));
    }

    /// Does a check of a part; where it fails, the way to the part is put before the message.
    fn check_at(&mut self, step: Step, check: impl FnOnce(&mut Self)) {
        let mark = self.code.mark();
        let error = R(self.code.reference());
        let from = self.code.here();
        check(self);
        let ranges = [(from, self.code.here())];
        if ranges[0].0 < ranges[0].1 {
            let (failed, end) = (self.code.label(), self.code.label());
            self.code.jump(end);
            let invalid = Takes::Kinds(vec!["invalid".to_owned()]);
            self.code.handle(&ranges, &invalid, error.0, failed);
            self.code.bind(failed);
            let message = self.led_to(step, error);
            self.emit(Op::SetField { record: error, field: MESSAGE, value: message });
            self.emit(Op::Fail { error });
            self.code.bind(end);
        }
        self.code.release(mark);
    }

    /// Gives the message of an error with a step before it.
    fn led_to(&mut self, step: Step, error: R) -> R {
        let first = R(self.code.reference());
        let count = match step {
            Step::Itself => self.around(first, ": ", None, ""),
            Step::Fixed(text) => self.around(first, &text, None, ""),
            Step::Item(at) => self.around(first, "[", Some((Reg::Word(at.0), Type::INT)), "]"),
            Step::Key(key, type_) if matches!(self.kind(type_), TypeKind::String) => {
                self.around(first, "[\"", Some((Reg::Ref(key.0), type_)), "\"]")
            }
            Step::Key(key, type_) => {
                let key = self.opened(key, type_);
                self.around(first, "[", Some((key, type_)), "]")
            }
        };
        let message = R(self.code.reference());
        self.emit(Op::FieldR { into: message, record: error, field: MESSAGE });
        self.emit(Op::Concat { into: first, from: first, count: count + 1 });
        first
    }

    /// Writes texts into a row of registers: what stands before a value, its text, and what stands behind it.
    fn around(&mut self, first: R, before: &str, value: Option<(Reg, Type)>, behind: &str) -> u16 {
        self.load_string(first, before);
        let Some((value, type_)) = value else { return 1 };
        let text = R(self.code.reference());
        self.text_into(text, value, type_);
        let end = self.string(behind);
        debug_assert_eq!(end.0, first.0 + 2, "the texts stand in a row");
        3
    }

    fn text_into(&mut self, into: R, value: Reg, type_: Type) {
        let of = self.type_id(type_);
        self.emit(match value {
            Reg::Word(from) => Op::TextW { into, from: W(from), of },
            Reg::Ref(from) => Op::TextR { into, from: R(from), of },
        });
    }

    /// Fails because a condition does not hold of a value.
    pub(super) fn fail_check(&mut self, value: Reg, type_: Type, subject: &Subject, condition: &str) {
        let message = R(self.code.reference());
        let quote = if matches!(self.kind(type_), TypeKind::String) { "\"" } else { "" };
        let behind = match subject {
            Subject::Type(name) => format!("{quote}, which is no `{name}`: `{condition}` must hold"),
            Subject::Named(name) => format!("{quote} for `{name}`: `{condition}` must hold"),
        };
        let count = self.around(message, &format!("found {quote}"), Some((value, type_)), &behind);
        self.emit(Op::Concat { into: message, from: message, count });
        self.fail_with("invalid", message);
    }
}

/// A step on the way from a value to a part of it.
enum Step {
    /// The value itself.
    Itself,
    /// A field, or what else is known while compiling.
    Fixed(String),
    /// An item by its index.
    Item(W),
    /// An entry by its key, boxed, of this type.
    Key(R, Type),
}

/// The field of an `Error` that has its message.
const MESSAGE: u16 = 1;

/// Makes the subject of a condition on a field or parameter.
pub(super) fn named(name: &str) -> Subject {
    Subject::Named(name.to_owned())
}

/// Gives a step to a field, as paths into JSON are written.
fn step(name: &str) -> String {
    let is_plain = !name.is_empty() && name.chars().all(|each| each.is_alphanumeric() || "_-".contains(each));
    if is_plain { format!(".{name}") } else { format!("[{name:?}]") }
}
