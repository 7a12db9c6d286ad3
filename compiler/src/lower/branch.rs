//! Conditions as jumps: `if a < b and c` compares and jumps, and no bool of the whole is ever made.

use super::code::{Label, Reg};
use super::jump::Side;
use super::writer::{Writer, reference, word};
use crate::ir::{Binary, Expr, ExprKind};
use bytecode::Bank;

impl<'p> Writer<'_, 'p> {
    /// Goes on at `to` if a condition is `when`, else behind it. What its patterns bind keeps its registers.
    pub(super) fn branch(&mut self, condition: &'p Expr, when: bool, to: Label) {
        let place = self.at(condition.span);
        let outer = self.code.place(place);
        self.branch_at(condition, when, to);
        if let Some(outer) = outer {
            self.code.place(outer);
        }
    }

    fn branch_at(&mut self, condition: &'p Expr, when: bool, to: Label) {
        match &condition.kind {
            ExprKind::Bool(value) if *value == when => self.code.jump(to),
            ExprKind::Bool(_) => {}
            ExprKind::Not(inner) => self.branch(inner, !when, to),
            ExprKind::And(left, right) => self.both((left, right), false, when, to),
            ExprKind::Or(left, right) => self.both((left, right), true, when, to),
            ExprKind::Binary { operator: Binary::Equal, left, right } => self.equal((left, right), when, to),
            ExprKind::Binary { operator: Binary::NotEqual, left, right } => self.equal((left, right), !when, to),
            ExprKind::Binary {
                operator: operator @ (Binary::Less | Binary::LessEqual | Binary::Greater | Binary::GreaterEqual),
                left,
                right,
            } => self.jump_compared(*operator, (left, right), when, to),
            ExprKind::InRange { value, from, to: last, inclusive } => {
                self.in_range(value, (from, last), *inclusive, when, to);
            }
            ExprKind::Is { value, pattern } => {
                let register = self.operand(value);
                let type_ = value.type_;
                self.begin_pattern(pattern);
                if when {
                    let no = self.code.label();
                    self.fits(register, type_, pattern, no);
                    self.code.jump(to);
                    self.code.bind(no);
                } else {
                    self.fits(register, type_, pattern, to);
                }
            }
            _other if self.bank(condition.type_) == Some(Bank::Word) => {
                let mark = self.code.mark();
                let value = word(self.operand(condition));
                self.code.jump_if(value.0, when, to);
                self.code.release(mark);
            }
            _never => self.lower(condition, None),
        }
    }

    /// `and` is decided by a false side, `or` by a true one.
    fn both(&mut self, sides: (&'p Expr, &'p Expr), decides: bool, when: bool, to: Label) {
        if when == decides {
            self.branch(sides.0, when, to);
            self.branch(sides.1, when, to);
        } else {
            let decided = self.code.label();
            self.branch(sides.0, decides, decided);
            self.branch(sides.1, when, to);
            self.code.bind(decided);
        }
    }

    fn equal(&mut self, sides: (&'p Expr, &'p Expr), when: bool, to: Label) {
        let mark = self.code.mark();
        match (&sides.0.kind, &sides.1.kind) {
            (_, ExprKind::None) => {
                let value = reference(self.operand(sides.0));
                self.code.jump_if_none(value.0, when, to);
            }
            (ExprKind::None, _) => {
                let value = reference(self.operand(sides.1));
                self.code.jump_if_none(value.0, when, to);
            }
            (_, _) if self.bank(sides.0.type_).is_none() => {
                let into = bytecode::W(self.code.word());
                self.compare(Binary::Equal, sides.0, sides.1, into);
                self.code.jump_if(into.0, when, to);
            }
            (_, _) => self.jump_compared(Binary::Equal, sides, when, to),
        }
        self.code.release(mark);
    }

    fn in_range(&mut self, value: &'p Expr, ends: (&'p Expr, &'p Expr), inclusive: bool, when: bool, to: Label) {
        let mark = self.code.mark();
        let outside = self.code.label();
        let no = if when { outside } else { to };
        let asked = self.temporary(value);
        self.outside(asked, value.type_, ends, inclusive, no);
        if when {
            self.code.jump(to);
        }
        self.code.bind(outside);
        self.code.release(mark);
    }

    /// Goes on at `no` if a value is not in a range.
    pub(super) fn outside(
        &mut self,
        value: Reg,
        type_: crate::ir::Type,
        ends: (&'p Expr, &'p Expr),
        inclusive: bool,
        no: Label,
    ) {
        let mark = self.code.mark();
        let from = match is_literal(ends.0) {
            true => self.side(ends.0),
            false => Side::In(self.operand_before(ends.0, &[ends.1])),
        };
        // Both ends are reached, whatever the first says; only a literal can do without.
        let last = if is_literal(ends.1) { None } else { Some(self.side(ends.1)) };
        self.jump_sides(Binary::GreaterEqual, type_, (value, from), false, no);
        let last = match last {
            Some(last) => last,
            None => self.side(ends.1),
        };
        let within = if inclusive { Binary::LessEqual } else { Binary::Less };
        self.jump_sides(within, type_, (value, last), false, no);
        self.code.release(mark);
    }

    /// Writes a condition as a bool.
    pub(super) fn truth(&mut self, condition: &'p Expr, into: Reg) {
        let (no, end) = (self.code.label(), self.code.label());
        self.branch(condition, false, no);
        self.load_word(into, 1);
        self.code.jump(end);
        self.code.bind(no);
        self.load_word(into, 0);
        self.code.bind(end);
    }
}

fn is_literal(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::String(_) | ExprKind::DateTime(..))
}
