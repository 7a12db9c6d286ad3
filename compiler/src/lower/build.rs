//! Lists, maps, records and cases: made, changed in copies, and looked into; and their way from and to json.

use super::checks::named;
use super::code::Reg;
use super::way::is_plain;
use super::writer::{Writer, reference, word};
use crate::ir::{Expr, Field, Type, TypeKind};
use bytecode::{Bank, Class, Op, R, W};

impl<'p> Writer<'_, 'p> {
    /// Writes a list or set.
    pub(super) fn list(&mut self, items: &'p [Expr], type_: Type, into: R) {
        match self.kind(type_) {
            TypeKind::Set(_) => {
                self.emit(Op::NewMap { into });
                for item in items {
                    let mark = self.code.mark();
                    let (key, value) = (self.boxed(item), R(self.code.reference()));
                    self.emit(Op::NoneR { into: value });
                    self.emit(Op::MapSet { map: into, key, value });
                    self.code.release(mark);
                }
            }
            TypeKind::List(item) => {
                self.new_list(into, item);
                self.push_all(into, items);
            }
            _broken => self.emit(Op::NewList { into }),
        }
    }

    /// Writes an empty list for items of a type.
    pub(super) fn new_list(&mut self, into: R, item: Type) {
        let op = match (self.kind(item), self.bank(item)) {
            (TypeKind::Float, _) => Op::NewFloats { into },
            (TypeKind::Bool, _) => Op::NewBools { into },
            (_, Some(Bank::Word)) => Op::NewInts { into },
            (_, Some(Bank::Ref) | None) => Op::NewList { into },
        };
        self.emit(op);
    }

    /// Appends the values of expressions to a list.
    pub(super) fn push_all(&mut self, list: R, items: &'p [Expr]) {
        for item in items {
            let mark = self.code.mark();
            let value = self.operand(item);
            self.push(list, value);
            self.code.release(mark);
        }
    }

    /// Appends a value to a list.
    pub(super) fn push(&mut self, list: R, value: Reg) {
        self.emit(match value {
            Reg::Word(value) => Op::PushW { list, value: W(value) },
            Reg::Ref(value) => Op::PushR { list, value: R(value) },
        });
    }

    /// Writes a map.
    pub(super) fn map(&mut self, entries: &'p [(Expr, Expr)], into: R) {
        self.emit(Op::NewMap { into });
        for (key, value) in entries {
            let mark = self.code.mark();
            let (first, second) = (R(self.code.reference()), R(self.code.reference()));
            self.boxed_into(key, first);
            self.boxed_into(value, second);
            self.emit(Op::MapSet { map: into, key: first, value: second });
            self.code.release(mark);
        }
    }

    /// Writes a record.
    pub(super) fn record(&mut self, type_: Type, fields: &'p [Expr], order: &[u32], into: R) {
        let (_, from) = self.code.window(Some(Reg::Ref(into.0)));
        for at in 0..fields.len() {
            self.code.reserve(Reg::Ref(from.saturating_add(at as u16)));
        }
        for at in order {
            let Some(field) = fields.get(*at as usize) else { continue };
            let slot = R(from.saturating_add(*at as u16));
            self.boxed_into(field, slot);
            self.check_field(type_, *at, slot);
        }
        self.emit(Op::NewRecord { into, from: R(from), count: fields.len() as u16 });
    }

    /// Checks the condition on a field, if it has one, of a boxed value.
    pub(super) fn check_field(&mut self, record: Type, field: u32, value: R) {
        let TypeKind::Record(id, arguments) = self.kind(record) else { return };
        let program = self.all.program;
        if let Some(field) = program.records[id.0 as usize].fields.get(field as usize) {
            self.check_part(field, arguments, value);
        }
    }

    /// Writes a changed copy of a record.
    pub(super) fn with(&mut self, value: &'p Expr, changes: &'p [(u32, Expr)], into: R) {
        self.lower(value, Some(Reg::Ref(into.0)));
        for (field, change) in changes {
            let mark = self.code.mark();
            let boxed = self.boxed(change);
            self.check_field(value.type_, *field, boxed);
            self.emit(Op::SetField { record: into, field: *field as u16, value: boxed });
            self.code.release(mark);
        }
    }

    /// Writes a case of an enum.
    pub(super) fn case(&mut self, type_: Type, tag: u32, fields: &'p [Expr], into: Reg) {
        let Reg::Ref(target) = into else {
            self.load_word(into, u64::from(tag));
            return;
        };
        let (_, from) = self.code.window(Some(into));
        self.code.reserve(Reg::Ref(from));
        for at in 0..fields.len() {
            self.code.reserve(Reg::Ref(from.saturating_add(at as u16)));
        }
        for (at, field) in fields.iter().enumerate() {
            let slot = R(from.saturating_add(at as u16));
            self.boxed_into(field, slot);
            self.check_case_field(type_, (tag, at), slot);
        }
        self.emit(Op::NewCase { into: R(from), tag: tag as u16, count: fields.len() as u16 });
        self.take(Reg::Ref(target), Reg::Ref(from));
    }

    fn check_case_field(&mut self, choice: Type, field: (u32, usize), value: R) {
        let TypeKind::Enum(id, arguments) = self.kind(choice) else { return };
        let program = self.all.program;
        let case = program.enums[id.0 as usize].cases.get(field.0 as usize);
        if let Some(field) = case.and_then(|case| case.fields.get(field.1)) {
            self.check_part(field, arguments, value);
        }
    }

    /// Checks the condition on a field of a record or case, if it has one, of a boxed value.
    fn check_part(&mut self, field: &'p Field, arguments: Vec<Type>, value: R) {
        let Some(condition) = &field.condition else { return };
        let type_ = self.all.types.substitute(field.type_, &arguments);
        let check = self.all.condition_check(condition, named(&field.name), type_, arguments);
        let mark = self.code.mark();
        let open = match self.bank(type_) {
            Some(Bank::Word) => {
                let into = self.code.word();
                self.emit(Op::Unbox { into: W(into), from: value });
                Reg::Word(into)
            }
            Some(Bank::Ref) | None => Reg::Ref(value.0),
        };
        self.check(open, &[check]);
        self.code.release(mark);
    }

    /// Reads a field of a record in a register.
    pub(super) fn field_of(&mut self, record: R, field: u16, into: Reg) {
        self.emit(match into {
            Reg::Word(into) => Op::FieldW { into: W(into), record, field },
            Reg::Ref(into) => Op::FieldR { into: R(into), record, field },
        });
    }

    /// Writes an item of a list, map or json.
    pub(super) fn index(&mut self, expr: &'p Expr, parts: (&'p Expr, &'p Expr), into: Reg) {
        let (value, index) = parts;
        if matches!(self.kind(value.type_), TypeKind::List(_)) && is_plain(index) {
            self.inner_part(expr, into);
            return;
        }
        let from = reference(self.operand_before(value, &[index]));
        match self.kind(value.type_) {
            TypeKind::Map(..) => {
                let key = self.boxed(index);
                self.entry_of(from, key, into);
            }
            TypeKind::Bytes => {
                let native = self.native("bytes.at", Class::Pure, &[value.type_, index.type_], Type::INT);
                let refs = self.row(2);
                self.copy(Reg::Ref(refs), Reg::Ref(from.0));
                self.boxed_into(index, R(refs.saturating_add(1)));
                let given = self.ask((native, Class::Pure), refs, 2);
                self.unbox_into(into, given);
            }
            TypeKind::Json => {
                let index = self.boxed(index);
                self.emit(Op::JsonGet { into: reference(into), from, index });
            }
            _list => {
                let index = word(self.operand(index));
                self.item_of(from, index, into);
            }
        }
    }

    /// Reads an item of a list in a register.
    pub(super) fn item_of(&mut self, list: R, index: W, into: Reg) {
        self.emit(match into {
            Reg::Word(into) => Op::GetW { into: W(into), list, index },
            Reg::Ref(into) => Op::GetR { into: R(into), list, index },
        });
    }

    /// Reads an entry of a map in a register.
    pub(super) fn entry_of(&mut self, map: R, key: R, into: Reg) {
        match into {
            Reg::Ref(into) => self.emit(Op::MapIndex { into: R(into), map, key }),
            Reg::Word(into) => {
                let mark = self.code.mark();
                let from = R(self.code.reference());
                self.emit(Op::MapIndex { into: from, map, key });
                self.emit(Op::Unbox { into: W(into), from });
                self.code.release(mark);
            }
        }
    }

    /// Writes the json of a value.
    pub(super) fn encode(&mut self, value: &'p Expr, into: R) {
        let from = self.boxed(value);
        let of = self.type_id(value.type_);
        self.emit(Op::Encode { into, from, of });
    }

    /// Writes a value from json, as the type that is expected and all that it says.
    pub(super) fn decode(&mut self, value: &'p Expr, expr: &'p Expr, into: Reg) {
        let from = reference(self.operand(value));
        let of = self.type_id(expr.type_);
        let boxed = match into {
            Reg::Ref(into) => R(into),
            Reg::Word(_) => R(self.code.reference()),
        };
        self.emit(Op::Decode { into: boxed, from, of });
        self.unbox_into(into, boxed);
        let concrete = self.concrete(expr.type_);
        if self.all.says_more(concrete) {
            let check = self.all.instances.valid(concrete, self.at(expr.span));
            self.check_decoded(into, check);
        }
    }
}
