//! Ways into values: fields, items and entries, a step after the other; how they are read, taken out, put back.
//!
//! Two steps in a row through records and lists are one instruction, which neither shares nor moves what lies between.

use super::code::Reg;
use super::expr::local_of;
use super::writer::{Writer, reference, word};
use crate::ir::{Binary, Expr, ExprKind, Target, TargetStep, Type, TypeKind};
use bytecode::{Op, R, W};

/// A step into a value, its index evaluated.
#[derive(Clone, Copy)]
pub(super) enum Way {
    Field(u16),
    Item(W),
    Entry(R),
    /// A part of json.
    Part(R),
}

impl Way {
    /// Says whether one instruction goes this step and the next.
    fn joins(self, next: Way) -> bool {
        let direct = |way| matches!(way, Way::Field(_) | Way::Item(_));
        direct(self) && direct(next)
    }
}

/// The steps of a way, each with the type it starts from and the one it comes to.
pub(super) type Path = Vec<(Way, Type, Type)>;

impl<'p> Writer<'_, 'p> {
    /// Writes a field of a record, or an item of a list whose index needs no more than a look.
    pub(super) fn inner_part(&mut self, expr: &'p Expr, into: Reg) {
        let mut path = Path::new();
        let from = self.way_to(expr, &mut path);
        let between = self.read_into(from, &path, into);
        self.forget(&between);
    }

    /// Collects the steps that end at a part of a value, and gives the register of the value they start from.
    fn way_to(&mut self, expr: &'p Expr, path: &mut Path) -> R {
        match &expr.kind {
            ExprKind::Field { value, field } => {
                let from = self.way_to(value, path);
                path.push((Way::Field(*field as u16), value.type_, expr.type_));
                from
            }
            ExprKind::Index { value, index } if self.is_list(value.type_) && is_plain(index) => {
                let from = self.way_to(value, path);
                path.push((Way::Item(word(self.operand(index))), value.type_, expr.type_));
                from
            }
            ExprKind::Retype(inner) => self.way_to(inner, path),
            _other => reference(self.operand(expr)),
        }
    }

    fn is_list(&mut self, type_: Type) -> bool {
        matches!(self.kind(type_), TypeKind::List(_))
    }

    /// Evaluates the indices of a target, which nothing changes that is evaluated `then`.
    pub(super) fn path(&mut self, target: &'p Target, then: &'p [Expr]) -> Path {
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
                        // A variable may be a key in itself.
                        TypeKind::Map(..) if local_of(&index.kind) == Some(target.local) => {
                            Way::Entry(reference(self.temporary(index)))
                        }
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

    /// Reads what a way leads to into a new register; gives it with those of what was shared between.
    pub(super) fn read(&mut self, variable: R, path: &[(Way, Type, Type)]) -> (Reg, Vec<R>) {
        let Some((_, _, to)) = path.last() else { return (Reg::Ref(variable.0), Vec::new()) };
        let bank = self.slot(*to);
        let into = self.code.allocate(bank);
        let between = self.read_into(variable, path, into);
        (into, between)
    }

    /// Reads what a way leads to; gives the registers of what was shared between.
    fn read_into(&mut self, variable: R, path: &[(Way, Type, Type)], into: Reg) -> Vec<R> {
        let (mut from, mut rest, mut between) = (variable, path, Vec::new());
        while let [(way, _, _), behind @ ..] = rest {
            let (second, after) = match behind {
                [(next, _, _), after @ ..] if way.joins(*next) => (Some(*next), after),
                _one => (None, behind),
            };
            let part = if after.is_empty() { into } else { Reg::Ref(self.code.reference()) };
            match (second.and_then(|second| two_steps(from, *way, second, part)), *way) {
                (Some(op), _) => self.emit(op),
                (None, Way::Field(field)) => self.field_of(from, field, part),
                (None, Way::Item(index)) => self.item_of(from, index, part),
                (None, Way::Entry(key)) => self.entry_of(from, key, part),
                (None, Way::Part(index)) => self.emit(Op::JsonGet { into: reference(part), from, index }),
            }
            if !after.is_empty() {
                from = reference(part);
                between.push(from);
            }
            rest = after;
        }
        between
    }

    /// Fails where a step does not lead anywhere, before anything is taken out.
    pub(super) fn look(&mut self, variable: R, path: &[(Way, Type, Type)]) {
        if path.iter().all(|(way, _, _)| matches!(way, Way::Field(_))) {
            return;
        }
        let mark = self.code.mark();
        let (last, between) = self.read(variable, path);
        self.forget_read(last, &between);
        self.code.release(mark);
    }

    /// What was read must not stay shared.
    pub(super) fn forget_read(&mut self, last: Reg, between: &[R]) {
        if let Reg::Ref(last) = last {
            self.emit(Op::NoneR { into: R(last) });
        }
        self.forget(between);
    }

    fn forget(&mut self, parts: &[R]) {
        for part in parts {
            self.emit(Op::NoneR { into: *part });
        }
    }

    /// Takes what is at each step out of what is before it; gives the registers.
    pub(super) fn take_out(&mut self, variable: R, path: &[(Way, Type, Type)]) -> Vec<R> {
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

    /// Puts back what was taken out, innermost first.
    pub(super) fn put_back(&mut self, variable: R, path: &[(Way, Type, Type)], containers: &[R]) {
        for (at, ((way, _, type_), part)) in path.iter().zip(containers).enumerate().rev() {
            let holder = match at {
                0 => variable,
                inner => containers.get(inner - 1).copied().unwrap_or(variable),
            };
            self.set(holder, *way, Reg::Ref(part.0), *type_);
            self.emit(Op::NoneR { into: *part });
        }
    }

    /// Replaces what is one step inside a value.
    pub(super) fn set(&mut self, holder: R, way: Way, value: Reg, type_: Type) {
        match (way, value) {
            (Way::Item(index), Reg::Word(value)) => self.emit(Op::SetW { list: holder, index, value: W(value) }),
            (Way::Item(index), Reg::Ref(value)) => self.emit(Op::SetR { list: holder, index, value: R(value) }),
            (Way::Field(field), Reg::Word(value)) => {
                self.emit(Op::PutField { record: holder, field, value: W(value) });
            }
            (Way::Field(field), Reg::Ref(value)) => {
                self.emit(Op::SetField { record: holder, field, value: R(value) });
            }
            (Way::Entry(key) | Way::Part(key), value) => {
                let value = self.box_register(value, type_);
                self.emit(Op::MapSet { map: holder, key, value });
            }
        }
    }

    /// Replaces a word that is two steps inside a value, where one instruction does so; says whether it does.
    pub(super) fn put_two(&mut self, holder: R, first: Way, second: Way, value: W) -> bool {
        let op = match (first, second) {
            (Way::Item(index), Way::Item(at)) => Op::PutItemItem { list: holder, index, at, value },
            (Way::Item(index), Way::Field(field)) => Op::PutItemField { list: holder, index, field, value },
            (Way::Field(field), Way::Item(index)) => Op::PutFieldItem { record: holder, field, index, value },
            (Way::Field(field), Way::Field(inner)) => Op::PutFieldField { record: holder, field, inner, value },
            (Way::Entry(_) | Way::Part(_), _) | (_, Way::Entry(_) | Way::Part(_)) => return false,
        };
        self.emit(op);
        true
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

/// Gives the instruction that reads two steps at once, where there is one.
fn two_steps(from: R, first: Way, second: Way, into: Reg) -> Option<Op> {
    Some(match (first, second, into) {
        (Way::Item(index), Way::Item(at), Reg::Word(into)) => Op::ItemItemW { into: W(into), list: from, index, at },
        (Way::Item(index), Way::Item(at), Reg::Ref(into)) => Op::ItemItemR { into: R(into), list: from, index, at },
        (Way::Item(index), Way::Field(field), Reg::Word(into)) => {
            Op::ItemFieldW { into: W(into), list: from, index, field }
        }
        (Way::Item(index), Way::Field(field), Reg::Ref(into)) => {
            Op::ItemFieldR { into: R(into), list: from, index, field }
        }
        (Way::Field(field), Way::Item(index), Reg::Word(into)) => {
            Op::FieldItemW { into: W(into), record: from, field, index }
        }
        (Way::Field(field), Way::Item(index), Reg::Ref(into)) => {
            Op::FieldItemR { into: R(into), record: from, field, index }
        }
        (Way::Field(field), Way::Field(inner), Reg::Word(into)) => {
            Op::FieldFieldW { into: W(into), record: from, field, inner }
        }
        (Way::Field(field), Way::Field(inner), Reg::Ref(into)) => {
            Op::FieldFieldR { into: R(into), record: from, field, inner }
        }
        (Way::Entry(_) | Way::Part(_), _, _) | (_, Way::Entry(_) | Way::Part(_), _) => return None,
    })
}

/// Says whether an index is a name, a number, or one a little beside it, which may as well be evaluated before the list
/// is looked into.
pub(super) fn is_plain(index: &Expr) -> bool {
    match &index.kind {
        ExprKind::Local(_) | ExprKind::Int(_) => true,
        ExprKind::Binary { operator: Binary::Add | Binary::Subtract, left, right } => {
            matches!(left.kind, ExprKind::Local(_)) && matches!(right.kind, ExprKind::Int(_))
        }
        _other => false,
    }
}

/// Gives the steps that must lead somewhere for an assignment: a last one into a map makes its entry.
pub(super) fn must_be_there(path: &[(Way, Type, Type)]) -> &[(Way, Type, Type)] {
    match path.split_last() {
        Some(((Way::Entry(_) | Way::Part(_) | Way::Field(_), _, _), before)) => before,
        Some(((Way::Item(_), _, _), _)) | None => path,
    }
}
