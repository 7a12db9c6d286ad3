//! Assignments and changing methods. A part of a variable is taken out, changed and put back, so that what nobody else
//! has is changed in place and nothing is copied.
//!
//! Whatever may fail is done before anything is taken out, or its failure puts all back before the error goes on: a
//! `catch` in the same function never sees a variable with a hole.

use super::call::Taking;
use super::code::Reg;
use super::operate::flatten;
use super::walk;
use super::writer::{Writer, reference, word};
use crate::ir::{self, Binary, Expr, ExprKind, FunctionKind, Target, TargetStep, Type, TypeKind};
use bytecode::{Class, Op, R, W};

/// A step into a variable, its index evaluated.
#[derive(Clone, Copy)]
enum Way {
    Field(u16),
    Item(W),
    Entry(R),
    /// A part of json.
    Part(R),
}

/// The way into a variable: each step with the type it starts from and the one it comes to.
type Path = Vec<(Way, Type, Type)>;

impl<'p> Writer<'_, 'p> {
    /// Writes an assignment.
    pub(super) fn assign(&mut self, target: &'p Target, operator: Option<Binary>, value: &'p Expr) {
        if target.path.is_empty() {
            let variable = self.local(target.local, target.type_);
            match operator {
                None => self.replace(target, variable, value),
                Some(operator) => {
                    let left = if walk::changes(value, target.local) {
                        // What the variable had before the right side changes it.
                        let bank = self.slot(target.type_);
                        let before = self.code.allocate(bank);
                        self.copy(before, variable);
                        before
                    } else {
                        variable
                    };
                    self.combine(operator, (left, target.type_), value, variable);
                }
            }
            return;
        }
        let variable = reference(self.variable(target));
        let path = self.path(target, std::slice::from_ref(value));
        let new = match operator {
            None => {
                let own = matches!(value.kind, ExprKind::Local(local) if local == target.local);
                let new = if own { self.temporary(value) } else { self.operand(value) };
                if self.is_guarded() {
                    self.look(variable, must_be_there(&path));
                }
                new
            }
            Some(operator) => {
                let bank = self.slot(target.type_);
                let new = self.code.allocate(bank);
                let mark = self.code.mark();
                let parts = self.read(variable, &path);
                if let Some(current) = parts.last() {
                    self.combine(operator, (*current, target.type_), value, new);
                }
                self.forget_parts(&parts);
                self.code.release(mark);
                new
            }
        };
        let Some(((last, container, _), before)) = path.split_last() else { return };
        if let Way::Field(field) = last {
            let mark = self.code.mark();
            let boxed = self.box_register(new, target.type_);
            self.check_field(*container, u32::from(*field), boxed);
            self.code.release(mark);
        }
        // The field itself was asked already.
        let asked = if matches!(last, Way::Field(_)) { before } else { path.as_slice() };
        let old = self.keep_old(variable, asked);
        let containers = self.take_out(variable, before);
        let holder = containers.last().copied().unwrap_or(variable);
        self.set(holder, *last, new, target.type_);
        self.put_back(variable, before, &containers);
        self.still_holds(variable, asked, old);
    }

    /// Gives the register of the variable of a target.
    fn variable(&mut self, target: &Target) -> Reg {
        self.locals.get(target.local.0 as usize).copied().flatten().unwrap_or(Reg::Ref(0))
    }

    /// Replaces a whole variable.
    fn replace(&mut self, target: &'p Target, variable: Reg, value: &'p Expr) {
        match &value.kind {
            ExprKind::Call { function, type_arguments, arguments } if self.bank(value.type_).is_some() => {
                let bank = self.slot(value.type_);
                let given = self.code.allocate(bank);
                let place = self.at(value.span);
                let outer = self.code.place(place);
                self.call(*function, type_arguments, arguments, Some(given), Taking::Only(target.local));
                if let Some(outer) = outer {
                    self.code.place(outer);
                }
                self.take(variable, given);
            }
            ExprKind::Binary { operator: Binary::Add, .. } if self.kind(value.type_) == TypeKind::String => {
                let mut parts = Vec::new();
                flatten(value, &mut parts);
                match parts.split_first() {
                    Some((first, rest))
                        if matches!(first.kind, ExprKind::Local(local) if local == target.local)
                            && !rest.iter().any(|each| walk::changes(each, target.local)) =>
                    {
                        self.append(reference(variable), rest);
                    }
                    Some(_) | None => self.replace_by_new(variable, value),
                }
            }
            ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Bool(_)
            | ExprKind::String(_)
            | ExprKind::None
            | ExprKind::Local(_)
            | ExprKind::Binary { .. }
            | ExprKind::Negate(_)
            | ExprKind::Field { .. }
            | ExprKind::Index { .. }
            | ExprKind::IntToFloat(_) => self.lower(value, Some(variable)),
            _other => self.replace_by_new(variable, value),
        }
    }

    /// The new value is made beside the old one, which it may read.
    fn replace_by_new(&mut self, variable: Reg, value: &'p Expr) {
        if self.bank(value.type_).is_none() {
            self.lower(value, None);
            return;
        }
        let new = self.temporary(value);
        self.take(variable, new);
    }

    /// Writes `left operator value`, of `+=` and the like.
    fn combine(&mut self, operator: Binary, left: (Reg, Type), value: &'p Expr, into: Reg) {
        let (register, type_) = left;
        match (operator, self.kind(type_), register) {
            (Binary::Add, TypeKind::String, Reg::Ref(text)) => {
                let mut parts = Vec::new();
                flatten(value, &mut parts);
                self.append(R(text), &parts);
                self.take(into, register);
            }
            (Binary::Add, TypeKind::List(_), Reg::Ref(list)) => self.extend((R(list), type_), value, into),
            (_, _, _) => self.arithmetic(operator, left, value, into),
        }
    }

    /// Appends texts to a string in place.
    fn append(&mut self, text: R, parts: &[&'p Expr]) {
        let from = self.code.reference();
        let count = self.parts(parts, 1);
        self.emit(Op::TakeR { into: R(from), from: text });
        self.emit(Op::Concat { into: text, from: R(from), count });
    }

    /// Appends a list to a list.
    fn extend(&mut self, list: (R, Type), value: &'p Expr, into: Reg) {
        let (list, type_) = list;
        if let ExprKind::List(items) = &value.kind
            && let [item] = items.as_slice()
        {
            let item = self.operand(item);
            self.push(list, item);
            self.take(into, Reg::Ref(list.0));
            return;
        }
        let native = self.native("list.concat", Class::Pure, &[type_, value.type_], type_);
        let refs = self.row(2);
        self.boxed_into(value, R(refs.saturating_add(1)));
        self.take(Reg::Ref(refs), Reg::Ref(list.0));
        let given = self.ask((native, Class::Pure), refs, 2);
        self.take(into, Reg::Ref(given.0));
    }

    /// Writes a call of a method that changes what it is called on.
    pub(super) fn change(
        &mut self,
        method: (ir::FunctionId, &[Type]),
        target: &'p Target,
        arguments: &'p [Expr],
        into: Option<Reg>,
    ) {
        let program = self.all.program;
        let callee = &program.functions[method.0.0 as usize];
        let variable = reference(self.variable(target));
        let path = self.path(target, arguments);
        if let ("list.push", [item]) = (callee.name.as_str(), arguments) {
            let item = self.operand(item);
            if self.is_guarded() {
                self.look(variable, &path);
            }
            let old = self.keep_old(variable, &path);
            let containers = self.take_out(variable, &path);
            self.push(containers.last().copied().unwrap_or(variable), item);
            self.put_back(variable, &path, &containers);
            self.still_holds(variable, &path, old);
            return;
        }
        let class = match callee.kind {
            FunctionKind::Native { class, .. } => class,
            FunctionKind::Body(_) => Class::Pure,
        };
        let types: Vec<Type> = method.1.iter().map(|each| self.concrete(*each)).collect();
        let (native, result) = self.native_of(callee, class, &types);
        let count = arguments.len() + 1;
        let refs = self.row(count);
        for (at, argument) in arguments.iter().enumerate() {
            self.boxed_into(argument, R(refs.saturating_add(at as u16 + 1)));
        }
        if self.is_guarded() {
            self.look(variable, &path);
        }
        let old = self.keep_old(variable, &path);
        let containers = self.take_out(variable, &path);
        let changed = containers.last().copied().unwrap_or(variable);
        self.take(Reg::Ref(refs), Reg::Ref(changed.0));
        let restore = |writer: &mut Self| {
            writer.take(Reg::Ref(changed.0), Reg::Ref(refs));
            writer.put_back(variable, &path, &containers);
        };
        self.whole_again(
            |writer| {
                writer.ask((native, class), refs, count);
            },
            restore,
        );
        restore(self);
        self.still_holds(variable, &path, old);
        if let (Some(into), Some(_)) = (into, self.bank(result)) {
            self.unbox_into(into, R(refs.saturating_add(count as u16)));
        }
    }

    /// Keeps a variable as it is before a change that a field on the way may refuse, where an error can find it again.
    fn keep_old(&mut self, variable: R, path: &[(Way, Type, Type)]) -> Option<R> {
        let may_refuse = path.iter().any(|(way, from, _)| self.has_condition(*way, *from));
        if !may_refuse || !self.is_guarded() {
            return None;
        }
        let old = R(self.code.reference());
        self.emit(Op::MoveR { into: old, from: variable });
        Some(old)
    }

    /// Fails where a part was changed and a field on the way to it does not take its value any more, innermost first.
    fn still_holds(&mut self, variable: R, path: &[(Way, Type, Type)], old: Option<R>) {
        for (at, (way, from, to)) in path.iter().enumerate().rev() {
            let Way::Field(field) = *way else { continue };
            if !self.has_condition(*way, *from) {
                continue;
            }
            let mark = self.code.mark();
            let parts = self.read(variable, &path[..=at]);
            let value = self.box_register(parts.last().copied().unwrap_or(Reg::Ref(variable.0)), *to);
            self.whole_again(
                |writer| writer.check_field(*from, u32::from(field), value),
                |writer| {
                    if let Some(old) = old {
                        writer.take(Reg::Ref(variable.0), Reg::Ref(old.0));
                    }
                },
            );
            self.forget_parts(&parts);
            self.code.release(mark);
        }
        if let Some(old) = old {
            self.emit(Op::NoneR { into: old });
        }
    }

    fn has_condition(&mut self, way: Way, from: Type) -> bool {
        let (Way::Field(field), TypeKind::Record(id, _)) = (way, self.kind(from)) else { return false };
        let fields = &self.all.program.records[id.0 as usize].fields;
        fields.get(usize::from(field)).is_some_and(|field| field.condition.is_some())
    }

    /// Evaluates the indices of a target, which nothing changes that is evaluated `then`.
    fn path(&mut self, target: &'p Target, then: &'p [Expr]) -> Path {
        let mut from = self.type_of(target.local);
        let mut path = Vec::with_capacity(target.path.len());
        for (at, step) in target.path.iter().enumerate() {
            let rest = target.path[at + 1..].iter().filter_map(|step| match step {
                TargetStep::Field(..) => None,
                TargetStep::Index(index, _) => Some(index),
            });
            let later: Vec<&Expr> = rest.chain(then).collect();
            let (way, to) = match step {
                TargetStep::Field(field, type_) => (Way::Field(*field as u16), *type_),
                TargetStep::Index(index, type_) => {
                    let way = match self.kind(from) {
                        TypeKind::Map(..) => Way::Entry(self.boxed_before(index, &later)),
                        TypeKind::Json => Way::Part(self.boxed_before(index, &later)),
                        _list => Way::Item(word(self.operand_before(index, &later))),
                    };
                    (way, *type_)
                }
            };
            path.push((way, from, to));
            from = to;
        }
        path
    }

    /// Reads what is at each step, shared.
    fn read(&mut self, variable: R, path: &[(Way, Type, Type)]) -> Vec<Reg> {
        let mut from = variable;
        let mut parts = Vec::with_capacity(path.len());
        for (way, _, to) in path {
            let bank = self.slot(*to);
            let into = self.code.allocate(bank);
            match *way {
                Way::Field(field) => self.field_of(from, field, into),
                Way::Item(index) => self.item_of(from, index, into),
                Way::Entry(key) => self.entry_of(from, key, into),
                Way::Part(index) => self.emit(Op::JsonGet { into: reference(into), from, index }),
            }
            parts.push(into);
            from = reference(into);
        }
        parts
    }

    /// Fails where a step does not lead anywhere, before anything is taken out.
    fn look(&mut self, variable: R, path: &[(Way, Type, Type)]) {
        if path.iter().all(|(way, _, _)| matches!(way, Way::Field(_))) {
            return;
        }
        let mark = self.code.mark();
        let parts = self.read(variable, path);
        self.forget_parts(&parts);
        self.code.release(mark);
    }

    /// What was read must not stay shared.
    fn forget_parts(&mut self, parts: &[Reg]) {
        for part in parts {
            if let Reg::Ref(part) = part {
                self.emit(Op::NoneR { into: R(*part) });
            }
        }
    }

    fn take_out(&mut self, variable: R, path: &[(Way, Type, Type)]) -> Vec<R> {
        let mut from = variable;
        let mut containers = Vec::with_capacity(path.len());
        for (way, _, _) in path {
            let into = R(self.code.reference());
            self.emit(match *way {
                Way::Field(field) => Op::TakeField { into, record: from, field },
                Way::Item(index) => Op::TakeItem { into, list: from, index },
                Way::Entry(key) | Way::Part(key) => Op::MapTake { into, map: from, key },
            });
            containers.push(into);
            from = into;
        }
        containers
    }

    fn put_back(&mut self, variable: R, path: &[(Way, Type, Type)], containers: &[R]) {
        for (at, ((way, _, type_), part)) in path.iter().zip(containers).enumerate().rev() {
            let holder = match at {
                0 => variable,
                inner => containers.get(inner - 1).copied().unwrap_or(variable),
            };
            self.set(holder, *way, Reg::Ref(part.0), *type_);
            self.emit(Op::NoneR { into: *part });
        }
    }

    fn set(&mut self, holder: R, way: Way, value: Reg, type_: Type) {
        match (way, value) {
            (Way::Item(index), Reg::Word(value)) => self.emit(Op::SetW { list: holder, index, value: W(value) }),
            (Way::Item(index), Reg::Ref(value)) => self.emit(Op::SetR { list: holder, index, value: R(value) }),
            (Way::Field(field), value) => {
                let value = self.box_register(value, type_);
                self.emit(Op::SetField { record: holder, field, value });
            }
            (Way::Entry(key) | Way::Part(key), value) => {
                let value = self.box_register(value, type_);
                self.emit(Op::MapSet { map: holder, key, value });
            }
        }
    }

    /// Gives the boxed form of a value in a register.
    pub(super) fn box_register(&mut self, value: Reg, type_: Type) -> R {
        match value {
            Reg::Ref(value) => R(value),
            Reg::Word(value) => {
                let into = R(self.code.reference());
                self.box_word(into, W(value), type_);
                into
            }
        }
    }
}

/// Gives the steps that must lead somewhere for an assignment: a last one into a map makes its entry.
fn must_be_there(path: &[(Way, Type, Type)]) -> &[(Way, Type, Type)] {
    match path.split_last() {
        Some(((Way::Entry(_) | Way::Part(_) | Way::Field(_), _, _), before)) => before,
        Some(((Way::Item(_), _, _), _)) | None => path,
    }
}
