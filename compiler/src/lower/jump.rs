//! Comparing and jumping in one instruction: the sides are registers or small literals, and no bool is made.

use super::code::{Label, Reg};
use super::operate::Family;
use super::writer::{Writer, reference, word};
use crate::ir::{Binary, Expr, ExprKind, Type};
use bytecode::{Op, W};

/// A side of a comparison.
#[derive(Clone, Copy)]
pub(super) enum Side {
    /// A register.
    In(Reg),
    /// A literal that stands in the instruction.
    Small(i16),
}

/// Gives the literal, if an expression is one that fits into an instruction.
pub(super) fn small(expr: &Expr) -> Option<i16> {
    match &expr.kind {
        ExprKind::Int(value) => i16::try_from(*value).ok(),
        ExprKind::Retype(inner) => small(inner),
        _other => None,
    }
}

impl<'p> Writer<'_, 'p> {
    /// Gives a side of a comparison.
    pub(super) fn side(&mut self, expr: &'p Expr) -> Side {
        match small(expr) {
            Some(value) if self.family(expr.type_) == Family::Int => Side::Small(value),
            Some(_) | None => Side::In(self.operand(expr)),
        }
    }

    /// Goes on at `to` if a comparison is `when`.
    pub(super) fn jump_compared(&mut self, operator: Binary, sides: (&'p Expr, &'p Expr), when: bool, to: Label) {
        let mark = self.code.mark();
        let left = self.operand_before(sides.0, &[sides.1]);
        let right = self.side(sides.1);
        self.jump_sides(operator, sides.0.type_, (left, right), when, to);
        self.code.release(mark);
    }

    /// Goes on at `to` if it is so `when` that two values compare. They have the same type, which has words or is ordered
    /// or has `==`, as the operator asks.
    pub(super) fn jump_sides(
        &mut self,
        operator: Binary,
        type_: Type,
        (left, right): (Reg, Side),
        when: bool,
        to: Label,
    ) {
        let family = self.family(type_);
        match (operator, family) {
            (Binary::Equal | Binary::NotEqual, Family::Int) => {
                self.jump_same(word(left), right, when == (operator == Binary::Equal), to);
            }
            (Binary::Equal | Binary::NotEqual, _) => {
                let mark = self.code.mark();
                let same = W(self.code.word());
                let right = self.register(right);
                self.same(type_, (left, right), same);
                self.code.jump_if(same.0, when == (operator == Binary::Equal), to);
                self.code.release(mark);
            }
            (_, Family::Int) => self.jump_ordered(operator, (word(left), right), when, to),
            (_, Family::Float) => {
                let right = word(self.register(right));
                self.jump_floats(operator, (word(left), right), when, to);
            }
            (_, Family::String | Family::DateTime | Family::Decimal | Family::Other) => {
                let mark = self.code.mark();
                let order = W(self.code.word());
                let right = self.register(right);
                self.emit(Op::CompareRef { into: order, left: reference(left), right: reference(right) });
                self.jump_ordered(operator, (order, Side::Small(0)), when, to);
                self.code.release(mark);
            }
        }
    }

    fn register(&mut self, side: Side) -> Reg {
        match side {
            Side::In(register) => register,
            Side::Small(value) => Reg::Word(self.int(i64::from(value)).0),
        }
    }

    /// Goes on at `label` if it is so `when` that two words have the same bits.
    pub(super) fn jump_same(&mut self, left: W, right: Side, when: bool, label: Label) {
        let to = self.code.to(label);
        self.emit(match (right, when) {
            (Side::Small(value), true) => Op::JumpEqBy { left, value, to },
            (Side::Small(value), false) => Op::JumpNeBy { left, value, to },
            (Side::In(right), true) => Op::JumpEq { left, right: word(right), to },
            (Side::In(right), false) => Op::JumpNe { left, right: word(right), to },
        });
    }

    fn jump_ordered(&mut self, operator: Binary, (left, right): (W, Side), when: bool, label: Label) {
        let operator = if when { operator } else { opposite(operator) };
        // `<=` a literal is `<` the next one, if there is a next one.
        let (operator, right) = match (operator, right) {
            (Binary::LessEqual, Side::Small(value)) if value < i16::MAX => (Binary::Less, Side::Small(value + 1)),
            (Binary::GreaterEqual, Side::Small(value)) if value > i16::MIN => (Binary::Greater, Side::Small(value - 1)),
            (operator, right) => (operator, right),
        };
        let to = self.code.to(label);
        let op = match (operator, right) {
            (Binary::Less, Side::Small(value)) => Op::JumpLtBy { left, value, to },
            (Binary::Greater, Side::Small(value)) => Op::JumpGtBy { left, value, to },
            (operator, right) => {
                let right = word(self.register(right));
                match operator {
                    Binary::Less => Op::JumpLtInt { left, right, to },
                    Binary::LessEqual => Op::JumpLeInt { left, right, to },
                    Binary::Greater => Op::JumpLtInt { left: right, right: left, to },
                    Binary::GreaterEqual
                    | Binary::Equal
                    | Binary::NotEqual
                    | Binary::Add
                    | Binary::Subtract
                    | Binary::Multiply
                    | Binary::Divide
                    | Binary::Remainder => Op::JumpLeInt { left: right, right: left, to },
                }
            }
        };
        self.emit(op);
    }

    /// What is not a number is neither less nor greater, so the opposite of `<` is not `>=`.
    fn jump_floats(&mut self, operator: Binary, (left, right): (W, W), when: bool, label: Label) {
        let to = self.code.to(label);
        let swapped = matches!(operator, Binary::Greater | Binary::GreaterEqual);
        let (left, right) = if swapped { (right, left) } else { (left, right) };
        let or_equal = matches!(operator, Binary::LessEqual | Binary::GreaterEqual);
        self.emit(match (or_equal, when) {
            (false, true) => Op::JumpLtFloat { left, right, to },
            (true, true) => Op::JumpLeFloat { left, right, to },
            (false, false) => Op::JumpNltFloat { left, right, to },
            (true, false) => Op::JumpNleFloat { left, right, to },
        });
    }
}

/// Gives the comparison that holds where another does not, of values that have one order.
fn opposite(operator: Binary) -> Binary {
    match operator {
        Binary::Less => Binary::GreaterEqual,
        Binary::LessEqual => Binary::Greater,
        Binary::Greater => Binary::LessEqual,
        Binary::GreaterEqual => Binary::Less,
        other @ (Binary::Equal
        | Binary::NotEqual
        | Binary::Add
        | Binary::Subtract
        | Binary::Multiply
        | Binary::Divide
        | Binary::Remainder) => other,
    }
}
