//! Operators on values: which instruction does it for which types.

use super::code::Reg;
use super::jump::small;
use super::writer::{Writer, reference, word};
use crate::ir::{Binary, Expr, ExprKind, Type, TypeKind};
use bytecode::{Bank, Class, Op, R, W};

/// The families of types whose operators have instructions of their own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// Words that are ints: int, duration, date, time, plain cases, bool.
    Int,
    Float,
    String,
    DateTime,
    Decimal,
    /// Everything else: a reference.
    Other,
}

impl<'p> Writer<'_, 'p> {
    /// Gives the family of a type.
    pub(super) fn family(&mut self, type_: Type) -> Family {
        match (self.kind(type_), self.bank(type_)) {
            (TypeKind::Float, _) => Family::Float,
            (TypeKind::String, _) => Family::String,
            (TypeKind::DateTime, _) => Family::DateTime,
            (TypeKind::Decimal, _) => Family::Decimal,
            (_, Some(Bank::Word)) => Family::Int,
            (_, Some(Bank::Ref) | None) => Family::Other,
        }
    }

    /// Writes arithmetic or a comparison.
    pub(super) fn binary(&mut self, operator: Binary, left: &'p Expr, right: &'p Expr, into: Reg) {
        match operator {
            Binary::Add | Binary::Subtract | Binary::Multiply | Binary::Divide | Binary::Remainder => {
                if operator == Binary::Add && self.family(left.type_) == Family::String {
                    let mut parts = Vec::new();
                    flatten(left, &mut parts);
                    flatten(right, &mut parts);
                    self.joined(&parts, reference(into));
                    return;
                }
                let first = self.operand_before(left, &[right]);
                self.arithmetic(operator, (first, left.type_), right, into);
            }
            Binary::Equal
            | Binary::NotEqual
            | Binary::Less
            | Binary::LessEqual
            | Binary::Greater
            | Binary::GreaterEqual => self.compare(operator, left, right, word(into)),
        }
    }

    /// Writes arithmetic whose left side is in a register.
    pub(super) fn arithmetic(&mut self, operator: Binary, left: (Reg, Type), right: &'p Expr, into: Reg) {
        let (first, type_) = left;
        match self.family(type_) {
            Family::Int => self.int_arithmetic(operator, word(first), right, word(into)),
            Family::Float => {
                let (into, left, right) = (word(into), word(first), word(self.operand(right)));
                self.emit(match operator {
                    Binary::Subtract => Op::SubFloat { into, left, right },
                    Binary::Multiply => Op::MulFloat { into, left, right },
                    Binary::Divide => Op::DivFloat { into, left, right },
                    Binary::Remainder => Op::RemFloat { into, left, right },
                    Binary::Add
                    | Binary::Equal
                    | Binary::NotEqual
                    | Binary::Less
                    | Binary::LessEqual
                    | Binary::Greater
                    | Binary::GreaterEqual => Op::AddFloat { into, left, right },
                });
            }
            Family::DateTime => {
                let (name, result) = match (operator, self.kind(right.type_)) {
                    (Binary::Subtract, TypeKind::DateTime) => ("datetime.since", Type::DURATION),
                    (Binary::Subtract, _) => ("datetime.subtract", type_),
                    (_, _) => ("datetime.add", type_),
                };
                self.on_boxes(name, (reference(first), type_), right, result, into);
            }
            Family::Decimal => {
                let name = match operator {
                    Binary::Subtract => "decimal.subtract",
                    Binary::Multiply => "decimal.multiply",
                    Binary::Divide => "decimal.divide",
                    Binary::Remainder => "decimal.remainder",
                    Binary::Add
                    | Binary::Equal
                    | Binary::NotEqual
                    | Binary::Less
                    | Binary::LessEqual
                    | Binary::Greater
                    | Binary::GreaterEqual => "decimal.add",
                };
                self.on_boxes(name, (reference(first), type_), right, type_, into);
            }
            Family::String | Family::Other => {
                self.on_boxes("list.concat", (reference(first), type_), right, type_, into);
            }
        }
    }

    fn int_arithmetic(&mut self, operator: Binary, left: W, right: &'p Expr, into: W) {
        if let Some(value) = small(right)
            && let Some(op) = by_literal(operator, left, value, into)
        {
            self.emit(op);
            return;
        }
        let right = word(self.operand(right));
        self.emit(match operator {
            Binary::Subtract => Op::SubInt { into, left, right },
            Binary::Multiply => Op::MulInt { into, left, right },
            Binary::Divide => Op::DivInt { into, left, right },
            Binary::Remainder => Op::RemInt { into, left, right },
            Binary::Add
            | Binary::Equal
            | Binary::NotEqual
            | Binary::Less
            | Binary::LessEqual
            | Binary::Greater
            | Binary::GreaterEqual => Op::AddInt { into, left, right },
        });
    }

    /// Calls a pure native of two values, the first of them a reference.
    fn on_boxes(&mut self, name: &str, left: (R, Type), right: &'p Expr, result: Type, into: Reg) {
        let native = self.native(name, Class::Pure, &[left.1, right.type_], result);
        let (first, second, given) = (self.code.reference(), self.code.reference(), self.code.reference());
        self.emit(Op::MoveR { into: R(first), from: left.0 });
        self.boxed_into(right, R(second));
        self.emit(Op::CallNative { native, refs: R(first), count: 2 });
        self.unbox_into(into, R(given));
    }

    /// Writes a comparison as a bool.
    pub(super) fn compare(&mut self, operator: Binary, left: &'p Expr, right: &'p Expr, into: W) {
        match operator {
            Binary::Equal | Binary::NotEqual => {
                if self.bank(left.type_).is_none() {
                    self.lower(left, None);
                    self.lower(right, None);
                    self.load_word(Reg::Word(into.0), 1);
                } else {
                    let first = self.operand_before(left, &[right]);
                    let second = self.operand(right);
                    self.same(left.type_, (first, second), into);
                }
                if operator == Binary::NotEqual {
                    self.emit(Op::Not { into, from: into });
                }
            }
            Binary::Less
            | Binary::LessEqual
            | Binary::Greater
            | Binary::GreaterEqual
            | Binary::Add
            | Binary::Subtract
            | Binary::Multiply
            | Binary::Divide
            | Binary::Remainder => {
                let first = self.operand_before(left, &[right]);
                let second = self.operand(right);
                self.ordered(operator, left.type_, (first, second), into);
            }
        }
    }

    /// Writes whether two registers are equal.
    pub(super) fn same(&mut self, type_: Type, sides: (Reg, Reg), into: W) {
        match self.family(type_) {
            Family::Int => self.emit(Op::EqWord { into, left: word(sides.0), right: word(sides.1) }),
            Family::Float => self.emit(Op::EqFloat { into, left: word(sides.0), right: word(sides.1) }),
            Family::String | Family::DateTime | Family::Decimal | Family::Other => {
                self.emit(Op::EqRef { into, left: reference(sides.0), right: reference(sides.1) });
            }
        }
    }

    /// Writes how two registers are ordered.
    pub(super) fn ordered(&mut self, operator: Binary, type_: Type, sides: (Reg, Reg), into: W) {
        let swapped = matches!(operator, Binary::Greater | Binary::GreaterEqual);
        let (first, second) = if swapped { (sides.1, sides.0) } else { sides };
        let or_equal = matches!(operator, Binary::LessEqual | Binary::GreaterEqual);
        match self.family(type_) {
            Family::Int => {
                let (left, right) = (word(first), word(second));
                self.emit(if or_equal { Op::LeInt { into, left, right } } else { Op::LtInt { into, left, right } });
            }
            Family::Float => {
                let (left, right) = (word(first), word(second));
                self.emit(if or_equal { Op::LeFloat { into, left, right } } else { Op::LtFloat { into, left, right } });
            }
            Family::String | Family::DateTime | Family::Decimal | Family::Other => {
                let mark = self.code.mark();
                let (left, right) = (W(self.code.word()), self.int(0));
                self.emit(Op::CompareRef { into: left, left: reference(first), right: reference(second) });
                self.emit(if or_equal { Op::LeInt { into, left, right } } else { Op::LtInt { into, left, right } });
                self.code.release(mark);
            }
        }
    }

    /// Writes `-value`.
    pub(super) fn negate(&mut self, value: &'p Expr, into: Reg) {
        match self.family(value.type_) {
            Family::Float => {
                let from = word(self.operand(value));
                self.emit(Op::NegFloat { into: word(into), from });
            }
            Family::Decimal => {
                let native = self.native("decimal.negate", Class::Pure, &[value.type_], value.type_);
                let refs = self.row(1);
                self.boxed_into(value, R(refs));
                let given = self.ask((native, Class::Pure), refs, 1);
                self.take(into, Reg::Ref(given.0));
            }
            Family::Int | Family::String | Family::DateTime | Family::Other => {
                let from = word(self.operand(value));
                self.emit(Op::NegInt { into: word(into), from });
            }
        }
    }

    /// Writes `value in within`.
    pub(super) fn contains(&mut self, within: &'p Expr, value: &'p Expr, into: W) {
        let value = self.boxed_before(value, &[within]);
        let place = self.operand(within);
        self.emit(Op::Contains { into, within: reference(place), value });
    }

    /// Writes the text of parts.
    pub(super) fn text(&mut self, parts: &'p [Expr], into: R) {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            flat.push(part);
        }
        self.joined(&flat, into);
    }

    /// Joins the texts of expressions.
    fn joined(&mut self, parts: &[&'p Expr], into: R) {
        match parts {
            [] => self.load_string(into, ""),
            [only] => self.text_of(only, into),
            [first, rest @ ..] => {
                let from = self.code.reference();
                self.text_of(first, R(from));
                let count = self.parts(rest, 1);
                self.emit(Op::Concat { into, from: R(from), count });
            }
        }
    }

    /// Writes the texts of expressions into the next registers, and gives how many there are with those before them.
    pub(super) fn parts(&mut self, parts: &[&'p Expr], before: u16) -> u16 {
        let mut count = before;
        for part in parts {
            let register = self.code.reference();
            self.text_of(part, R(register));
            // Past the limit there are no registers either, which is told.
            count = count.saturating_add(1);
        }
        count
    }

    /// Writes the text of an expression.
    pub(super) fn text_of(&mut self, expr: &'p Expr, into: R) {
        if self.family(expr.type_) == Family::String {
            self.lower(expr, Some(Reg::Ref(into.0)));
            return;
        }
        let mark = self.code.mark();
        let of = self.type_id(expr.type_);
        match self.operand(expr) {
            Reg::Word(from) => self.emit(Op::TextW { into, from: W(from), of }),
            Reg::Ref(from) => self.emit(Op::TextR { into, from: R(from), of }),
        }
        self.code.release(mark);
    }
}

/// Gives the instruction that has its right side in it, if there is one.
fn by_literal(operator: Binary, left: W, value: i16, into: W) -> Option<Op> {
    match operator {
        Binary::Add if value >= 0 => Some(Op::AddIntBy { into, left, value }),
        Binary::Subtract if value > 0 => Some(Op::AddIntBy { into, left, value: -value }),
        Binary::Multiply => Some(Op::MulIntBy { into, left, value }),
        Binary::Divide => Some(Op::DivIntBy { into, left, value }),
        Binary::Remainder => Some(Op::RemIntBy { into, left, value }),
        Binary::Add
        | Binary::Subtract
        | Binary::Equal
        | Binary::NotEqual
        | Binary::Less
        | Binary::LessEqual
        | Binary::Greater
        | Binary::GreaterEqual => None,
    }
}

/// Takes a chain of joined strings and texts apart, from left to right.
pub(super) fn flatten<'p>(expr: &'p Expr, parts: &mut Vec<&'p Expr>) {
    let mut pending = vec![expr];
    while let Some(next) = pending.pop() {
        match &next.kind {
            ExprKind::Binary { operator: Binary::Add, left, right } if next.type_ == Type::STRING => {
                pending.extend([&**right, &**left]);
            }
            ExprKind::Text(inner) => pending.extend(inner.iter().rev()),
            _other => parts.push(next),
        }
    }
}
