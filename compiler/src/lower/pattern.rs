//! `match` and `is`: a value is compared with patterns, and their names are bound, from left to right.

use super::code::{Label, Reg};
use super::jump::Side;
use super::writer::{Writer, reference, word};
use crate::ir::{Arm, Binary, Expr, Pattern, Type};
use bytecode::{Op, R, W};

impl<'p> Writer<'_, 'p> {
    /// Writes `match`.
    pub(super) fn match_value(&mut self, value: &'p Expr, arms: &'p [Arm], into: Option<Reg>) {
        let end = self.code.label();
        let guards: Vec<&Expr> = arms.iter().filter_map(|arm| arm.guard.as_ref()).collect();
        let matched = self.operand_before(value, &guards);
        for arm in arms {
            let next = self.code.label();
            let mark = self.code.mark();
            self.begin_pattern(&arm.pattern);
            self.fits(matched, value.type_, &arm.pattern, next);
            if let Some(guard) = &arm.guard {
                self.branch(guard, false, next);
            }
            self.lower(&arm.body, into);
            self.code.release(mark);
            self.code.jump(end);
            self.code.bind(next);
        }
        // The checker saw that an arm fits: nothing comes here, but the code may not run on.
        if self.code.is_reachable() {
            let message = self.string("no arm of a `match` fits");
            self.fail_with("internal", message);
        }
        self.code.bind(end);
    }

    /// Gives the names of a pattern new registers when they are next met: the code around it may be written several
    /// times, and what a name had the last time has other uses by now.
    pub(super) fn begin_pattern(&mut self, pattern: &Pattern) {
        match pattern {
            Pattern::Any | Pattern::Value(_) | Pattern::Range { .. } | Pattern::None => {}
            Pattern::Bind(local) => {
                if let Some(known) = self.locals.get_mut(local.0 as usize) {
                    *known = None;
                }
            }
            Pattern::Some(inner, _) => self.begin_pattern(inner),
            Pattern::Case { fields, .. } => fields.iter().for_each(|(inner, _)| self.begin_pattern(inner)),
            Pattern::Record(fields) => fields.iter().for_each(|(_, inner, _)| self.begin_pattern(inner)),
            Pattern::Or(choices) => choices.iter().for_each(|choice| self.begin_pattern(choice)),
        }
    }

    /// Goes on at `no` if a value does not fit; binds the names of the pattern.
    pub(super) fn fits(&mut self, value: Reg, type_: Type, pattern: &'p Pattern, no: Label) {
        match pattern {
            Pattern::Any => {}
            Pattern::Bind(local) => {
                let register = self.local(*local, type_);
                self.copy(register, value);
            }
            Pattern::Value(literal) => {
                let mark = self.code.mark();
                let literal = self.side(literal);
                self.jump_sides(Binary::Equal, type_, (value, literal), false, no);
                self.code.release(mark);
            }
            Pattern::Range { from, to, inclusive } => self.outside(value, type_, (from, to), *inclusive, no),
            Pattern::None => self.code.jump_if_none(reference(value).0, false, no),
            Pattern::Some(inner, type_) => {
                self.code.jump_if_none(reference(value).0, true, no);
                self.part(inner, *type_, no, Part::Open(reference(value)));
            }
            Pattern::Case { tag, fields } => {
                self.has_tag(value, *tag, no);
                for (at, (inner, type_)) in fields.iter().enumerate() {
                    self.part(inner, *type_, no, Part::OfCase(reference(value), at as u16));
                }
            }
            Pattern::Record(fields) => {
                for (field, inner, type_) in fields {
                    self.part(inner, *type_, no, Part::OfRecord(reference(value), *field as u16));
                }
            }
            Pattern::Or(choices) => self.any_fits(value, type_, choices, no),
        }
    }

    fn any_fits(&mut self, value: Reg, type_: Type, choices: &'p [Pattern], no: Label) {
        let yes = self.code.label();
        for (at, choice) in choices.iter().enumerate() {
            if at + 1 == choices.len() {
                self.fits(value, type_, choice, no);
            } else {
                let next = self.code.label();
                self.fits(value, type_, choice, next);
                self.code.jump(yes);
                self.code.bind(next);
            }
        }
        self.code.bind(yes);
    }

    /// Goes on at `no` if a value is another case.
    pub(super) fn has_tag(&mut self, value: Reg, tag: u32, no: Label) {
        match value {
            Reg::Word(found) => {
                let mark = self.code.mark();
                let small = i16::try_from(tag).map(Side::Small);
                let tag = small.unwrap_or_else(|_| Side::In(Reg::Word(self.int(i64::from(tag)).0)));
                self.jump_same(W(found), tag, false, no);
                self.code.release(mark);
            }
            Reg::Ref(value) => self.code.jump_if_not_case(R(value), tag as u16, no),
        }
    }

    /// Reads a value of a case in a register.
    pub(super) fn case_field(&mut self, from: R, field: u16, into: Reg) {
        self.emit(match into {
            Reg::Word(into) => Op::CaseFieldW { into: W(into), from, field },
            Reg::Ref(into) => Op::CaseFieldR { into: R(into), from, field },
        });
    }

    /// Reads a part of a value where a pattern asks for it.
    fn part(&mut self, pattern: &'p Pattern, type_: Type, no: Label, part: Part) {
        if matches!(pattern, Pattern::Any) {
            return;
        }
        let register = match pattern {
            Pattern::Bind(local) => self.local(*local, type_),
            _other => {
                let bank = self.slot(type_);
                self.code.allocate(bank)
            }
        };
        match (part, register) {
            (Part::Open(from), Reg::Word(_)) => self.emit(Op::Unbox { into: word(register), from }),
            (Part::Open(from), Reg::Ref(_)) => self.copy(register, Reg::Ref(from.0)),
            (Part::OfRecord(record, field), _) => self.field_of(record, field, register),
            (Part::OfCase(from, field), _) => self.case_field(from, field, register),
        }
        if !matches!(pattern, Pattern::Bind(_)) {
            self.fits(register, type_, pattern, no);
        }
    }
}

/// A part of a value that a pattern looks into.
#[derive(Clone, Copy)]
enum Part {
    /// What is in an optional value.
    Open(R),
    /// A field of a case.
    OfCase(R, u16),
    /// A field of a record.
    OfRecord(R, u16),
}
