//! Assignments and changing methods. A part of a variable is taken out, changed and put back, so that what nobody else
//! has is changed in place and nothing is copied.
//!
//! Whatever may fail is done before anything is taken out, or its failure puts all back before the error goes on: a
//! `catch` in the same function never sees a variable with a hole.

use super::call::Taking;
use super::code::Reg;
use super::operate::flatten;
use super::walk;
use super::way::{Way, must_be_there};
use super::writer::{Writer, reference};
use crate::ir::{self, Binary, Expr, ExprKind, FunctionKind, Target, Type, TypeKind};
use bytecode::{Class, Op, R, W};

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
            None => self.operand_beside(value, target.local),
            Some(operator) => {
                let bank = self.slot(target.type_);
                let new = self.code.allocate(bank);
                let mark = self.code.mark();
                let (current, between) = self.read(variable, &path);
                self.combine(operator, (current, target.type_), value, new);
                self.forget_read(current, &between);
                self.code.release(mark);
                new
            }
        };
        let Some(((last, container, _), before)) = path.split_last() else { return };
        if let Way::Field(field) = last
            && self.has_condition(*last, *container)
        {
            let mark = self.code.mark();
            let boxed = self.box_register(new, target.type_);
            self.check_field(*container, u32::from(*field), boxed);
            self.code.release(mark);
        }
        // The field itself was asked already.
        let asked = if matches!(last, Way::Field(_)) { before } else { path.as_slice() };
        let old = self.keep_old(variable, asked);
        self.put(variable, &path, operator.is_none(), (new, target.type_));
        self.still_holds(variable, asked, old);
    }

    /// Puts a value where a way leads to. Whether it leads there is looked at before, unless that is known.
    fn put(&mut self, variable: R, path: &[(Way, Type, Type)], unseen: bool, value: (Reg, Type)) {
        let (value, type_) = value;
        // One instruction leaves no hole where it fails.
        if let (Reg::Word(word), [(first, _, _), (second, _, _)]) = (value, path)
            && self.put_two(variable, *first, *second, W(word))
        {
            return;
        }
        let Some(((last, _, _), before)) = path.split_last() else { return };
        if unseen && self.is_guarded() {
            self.look(variable, must_be_there(path));
        }
        let containers = self.take_out(variable, before);
        let holder = containers.last().copied().unwrap_or(variable);
        self.set(holder, *last, value, type_);
        self.put_back(variable, before, &containers);
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
            ExprKind::Text(_) | ExprKind::Binary { operator: Binary::Add, .. }
                if self.kind(value.type_) == TypeKind::String =>
            {
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
            ExprKind::Binary { operator: Binary::Add, left, right }
                if matches!(left.kind, ExprKind::Local(local) if local == target.local)
                    && matches!(self.kind(value.type_), TypeKind::List(_))
                    && !walk::changes(right, target.local) =>
            {
                self.combine(Binary::Add, (variable, target.type_), right, variable);
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
            let item = self.operand_beside(item, target.local);
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
            let (part, between) = self.read(variable, &path[..=at]);
            let value = self.box_register(part, *to);
            self.whole_again(
                |writer| writer.check_field(*from, u32::from(field), value),
                |writer| {
                    if let Some(old) = old {
                        writer.take(Reg::Ref(variable.0), Reg::Ref(old.0));
                    }
                },
            );
            self.forget_read(part, &between);
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
}
