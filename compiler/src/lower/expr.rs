//! Expressions: each writes its value into the register it is given, as the last thing it does to it.
//!
//! A register that is given is one that nobody reads until the expression is done: a new local, a temporary. Whoever
//! assigns to a variable that the expression may read gives a temporary and moves.

use super::call::Taking;
use super::code::Reg;
use super::limits;
use super::writer::{Writer, reference, word};
use crate::ir::{Expr, ExprKind, LocalId, Statement, TypeKind};
use bytecode::{Bank, Op, R};

impl<'p> Writer<'_, 'p> {
    /// Writes an expression: its value goes to `into`, or is dropped.
    pub(super) fn lower(&mut self, expr: &'p Expr, into: Option<Reg>) {
        if self.depth >= limits::EXPRESSION_DEPTH {
            if self.all.diagnostics.is_empty() {
                let place = self.at(expr.span);
                let most = limits::EXPRESSION_DEPTH;
                self.all.too_large(place, format!("the expression is nested more than {most} deep"));
            }
            return;
        }
        self.depth += 1;
        let mark = self.code.mark();
        let place = self.at(expr.span);
        let outer = self.code.place(place);
        match self.bank(expr.type_) {
            Some(bank) => {
                let into = if drops_well(&expr.kind) { into } else { Some(self.or_new(into, bank)) };
                self.expression(expr, into);
            }
            None => {
                self.expression(expr, None);
                if let (Some(Reg::Ref(into)), TypeKind::Nothing) = (into, self.kind(expr.type_)) {
                    self.emit(Op::NoneR { into: R(into) });
                }
            }
        }
        if let Some(outer) = outer {
            self.code.place(outer);
        }
        self.code.release(mark);
        self.depth -= 1;
    }

    fn or_new(&mut self, into: Option<Reg>, bank: Bank) -> Reg {
        match into {
            Some(known) => known,
            None => self.code.allocate(bank),
        }
    }

    /// Gives a register with the value: a local's own where it is one.
    pub(super) fn operand(&mut self, expr: &'p Expr) -> Reg {
        match &expr.kind {
            ExprKind::Local(local) => self.local(*local, expr.type_),
            ExprKind::Retype(inner) => self.operand(inner),
            ExprKind::Some(inner) | ExprKind::Unwrap(inner)
                if self.bank(inner.type_) == Some(Bank::Ref) && self.bank(expr.type_) == Some(Bank::Ref) =>
            {
                self.operand(inner)
            }
            _other => self.temporary(expr),
        }
    }

    /// Gives a new register with the value.
    pub(super) fn temporary(&mut self, expr: &'p Expr) -> Reg {
        let bank = self.slot(expr.type_);
        let register = self.code.allocate(bank);
        self.lower(expr, Some(register));
        register
    }

    /// Gives a register with the value that `then` does not change.
    pub(super) fn operand_before(&mut self, expr: &'p Expr, then: &[&Expr]) -> Reg {
        match local_of(&expr.kind) {
            Some(local) if then.iter().any(|then| super::walk::changes(then, local)) => self.temporary(expr),
            Some(_) | None => self.operand(expr),
        }
    }

    /// Gives a register that is not the local's own, which may be changed in place meanwhile.
    pub(super) fn operand_beside(&mut self, expr: &'p Expr, local: LocalId) -> Reg {
        if local_of(&expr.kind) == Some(local) { self.temporary(expr) } else { self.operand(expr) }
    }

    /// Gives a register with the boxed value that `then` does not change.
    pub(super) fn boxed_before(&mut self, expr: &'p Expr, then: &[&Expr]) -> R {
        if self.bank(expr.type_) == Some(Bank::Ref) {
            return reference(self.operand_before(expr, then));
        }
        self.boxed(expr)
    }

    /// Writes the boxed value of an expression.
    pub(super) fn boxed_into(&mut self, expr: &'p Expr, into: R) {
        if self.bank(expr.type_) != Some(Bank::Word) {
            self.lower(expr, Some(Reg::Ref(into.0)));
            return;
        }
        let mark = self.code.mark();
        let from = word(self.operand(expr));
        self.box_word(into, from, expr.type_);
        self.code.release(mark);
    }

    /// Gives a register with the boxed value of an expression.
    pub(super) fn boxed(&mut self, expr: &'p Expr) -> R {
        if self.bank(expr.type_) == Some(Bank::Ref) {
            return reference(self.operand(expr));
        }
        let into = R(self.code.reference());
        self.boxed_into(expr, into);
        into
    }

    /// Writes one expression whose register is known, if it has a value that is kept.
    fn expression(&mut self, expr: &'p Expr, into: Option<Reg>) {
        // For kinds that always have a value there is a register; the first one stands for a broken program.
        let target = into.unwrap_or(Reg::Ref(0));
        match &expr.kind {
            ExprKind::Int(value) => self.load_word(target, *value as u64),
            ExprKind::Float(value) => self.load_word(target, value.to_bits()),
            ExprKind::Bool(value) => self.load_word(target, u64::from(*value)),
            ExprKind::String(text) => self.load_string(reference(target), text),
            ExprKind::DateTime(instant, zone) => {
                let constant = self.all.pool.datetime(&mut self.all.image, *instant, zone);
                self.emit(Op::ConstR { into: reference(target), constant });
            }
            ExprKind::Decimal(number) => {
                let constant = self.all.pool.decimal(&mut self.all.image, *number);
                self.emit(Op::ConstR { into: reference(target), constant });
            }
            ExprKind::None => self.emit(Op::NoneR { into: reference(target) }),
            ExprKind::Nothing => {}
            ExprKind::Local(local) => {
                if let Some(into) = into {
                    let from = self.local(*local, expr.type_);
                    self.copy(into, from);
                }
            }
            ExprKind::Secret(id) => self.named_secret(*id, reference(target)),
            ExprKind::Held(value) => self.held_secret(value, reference(target)),
            ExprKind::Deferred { function, arguments } => self.deferred(*function, arguments, reference(target)),
            ExprKind::Text(parts) if self.is_secret(expr.type_) => self.joined_secret(parts, reference(target)),
            ExprKind::Text(parts) => self.text(parts, reference(target)),
            ExprKind::List(items) => self.list(items, expr.type_, reference(target)),
            ExprKind::Map(entries) => self.map(entries, reference(target)),
            ExprKind::Record { fields, order } => self.record(expr.type_, fields, order, reference(target)),
            ExprKind::Case { tag, fields } => self.case(expr.type_, *tag, fields, target),
            ExprKind::With { value, changes } => self.with(value, changes, reference(target)),
            ExprKind::Call { function, type_arguments, arguments } => {
                self.call(*function, type_arguments, arguments, into, Taking::Nothing);
            }
            ExprKind::Change { function, type_arguments, target, arguments } => {
                self.change((*function, type_arguments), target, arguments, into);
            }
            ExprKind::Inner { operation, arguments } => self.inner(*operation, arguments, expr.type_, into),
            ExprKind::TaskArguments { task, values } => self.task_arguments(*task, values, reference(target)),
            ExprKind::Step(step) => self.step(step, into),
            ExprKind::ParallelEach { list, each, width } => self.parallel_each(list, each, width, into),
            ExprKind::CallValue { function, arguments } => self.call_value(function, arguments, expr.type_, into),
            ExprKind::Lambda { captures, body } => {
                self.lambda_value(captures, body, expr, reference(target));
            }
            ExprKind::Function { function, type_arguments } => {
                self.function_value(*function, type_arguments, reference(target));
            }
            ExprKind::Field { .. } => self.inner_part(expr, target),
            ExprKind::Index { value, index } => self.index(expr, (value, index), target),
            ExprKind::Negate(value) => self.negate(value, target),
            ExprKind::Binary { operator, left, right } => self.binary(*operator, left, right, target),
            ExprKind::Not(_)
            | ExprKind::And(..)
            | ExprKind::Or(..)
            | ExprKind::InRange { .. }
            | ExprKind::Is { .. } => self.truth(expr, target),
            ExprKind::Otherwise(value, fallback) => self.otherwise(value, fallback, into),
            ExprKind::Contains { within, value } => self.contains(within, value, word(target)),
            ExprKind::Some(value) => match target {
                Reg::Ref(into) => self.boxed_into(value, R(into)),
                Reg::Word(_) => self.lower(value, Some(target)),
            },
            ExprKind::Unwrap(value) => self.unwrap(value, target),
            ExprKind::Chain { value, local, body } => self.chain(value, *local, body, into),
            ExprKind::IntToFloat(value) => {
                let from = word(self.operand(value));
                self.emit(Op::IntToFloat { into: word(target), from });
            }
            ExprKind::Encode(value) => self.encode(value, reference(target)),
            ExprKind::Decode(value) => self.decode(value, expr, target),
            ExprKind::Refine { refined, value } => {
                self.lower(value, Some(target));
                let checks = self.all.refined_checks(*refined);
                self.check(target, &checks);
            }
            // A program in which a secret is disclosed is not lowered.
            ExprKind::Retype(value) | ExprKind::Disclose(value) => self.lower(value, into),
            ExprKind::Try(value) => self.try_value(value, reference(target)),
            ExprKind::CatchValue { value, fallback } => self.catch_value(value, fallback, into),
            ExprKind::If { condition, then, otherwise } => {
                self.if_else(condition, then, otherwise.as_deref(), into);
            }
            ExprKind::Match { value, arms } => self.match_value(value, arms, into),
            ExprKind::For(walked) => self.for_each(walked, expr.type_, into),
            ExprKind::While { condition, body } => self.while_loop(condition, body),
            ExprKind::Break => self.leave_turn(false),
            ExprKind::Continue => self.leave_turn(true),
            ExprKind::Return(value) => self.return_value(value.as_deref()),
            ExprKind::Fail { kind, retryable, message } => self.fail(kind, *retryable, message),
            ExprKind::Rethrow(error) => {
                let error = reference(self.operand(error));
                self.emit(Op::Fail { error });
            }
            ExprKind::TryBlock { body, catches, finally } => {
                self.try_block(body, catches, finally.as_deref(), into);
            }
            ExprKind::Block { statements, value } => {
                self.statements(statements);
                if let Some(value) = value {
                    self.lower(value, into);
                }
            }
        }
    }

    /// Writes statements; their locals keep their registers until the block ends.
    pub(super) fn statements(&mut self, statements: &'p [Statement]) {
        for statement in statements {
            match statement {
                Statement::Let { local, value } => {
                    let register = self.declare(*local, value.type_);
                    self.lower(value, Some(register));
                }
                Statement::Assign { target, operator, value, span } => {
                    let mark = self.code.mark();
                    let place = self.at(*span);
                    let outer = self.code.place(place);
                    self.assign(target, *operator, value);
                    if let Some(outer) = outer {
                        self.code.place(outer);
                    }
                    self.code.release(mark);
                }
                Statement::Parallel(branches) => self.parallel_block(branches),
                Statement::Expr(value) => self.lower(value, None),
            }
        }
    }

    fn if_else(&mut self, condition: &'p Expr, then: &'p Expr, otherwise: Option<&'p Expr>, into: Option<Reg>) {
        let (no, end) = (self.code.label(), self.code.label());
        self.branch(condition, false, no);
        self.lower(then, into);
        if let Some(otherwise) = otherwise {
            self.code.jump(end);
            self.code.bind(no);
            self.lower(otherwise, into);
        } else {
            self.code.bind(no);
        }
        self.code.bind(end);
    }

    /// Gives the register of the function's last value. Locals are not read any more behind it.
    fn last_value(&mut self, expr: &'p Expr) -> Reg {
        match &expr.kind {
            ExprKind::Call { function, type_arguments, arguments } if !self.is_guarded() => {
                let bank = self.slot(expr.type_);
                let into = self.code.allocate(bank);
                let place = self.at(expr.span);
                let outer = self.code.place(place);
                self.call(*function, type_arguments, arguments, Some(into), Taking::All);
                if let Some(outer) = outer {
                    self.code.place(outer);
                }
                into
            }
            _other => self.operand(expr),
        }
    }

    /// Gives the value of the function: each end of a block, `if` or expression returns by itself.
    pub(super) fn give_last(&mut self, expr: &'p Expr) {
        if self.bank(expr.type_).is_none() || self.bank(self.result).is_none() {
            self.lower(expr, None);
            if self.kind(expr.type_) == TypeKind::Nothing {
                self.give(None);
            }
            return;
        }
        let mark = self.code.mark();
        match &expr.kind {
            ExprKind::Block { statements, value: Some(value) } => {
                self.statements(statements);
                self.give_last(value);
            }
            ExprKind::If { condition, then, otherwise: Some(otherwise) } => {
                let no = self.code.label();
                self.branch(condition, false, no);
                self.give_last(then);
                self.code.bind(no);
                self.give_last(otherwise);
            }
            _other => {
                let value = self.last_value(expr);
                self.give(Some(value));
            }
        }
        self.code.release(mark);
    }
}

/// Gives the local whose register an operand would have.
pub(super) fn local_of(kind: &ExprKind) -> Option<LocalId> {
    match kind {
        ExprKind::Local(local) => Some(*local),
        ExprKind::Retype(inner) | ExprKind::Some(inner) | ExprKind::Unwrap(inner) => local_of(&inner.kind),
        _other => None,
    }
}

/// Says whether an expression with a value can be written without a register for it.
fn drops_well(kind: &ExprKind) -> bool {
    matches!(
        kind,
        ExprKind::Local(_)
            | ExprKind::Call { .. }
            | ExprKind::Change { .. }
            | ExprKind::Inner { .. }
            | ExprKind::Step(_)
            | ExprKind::ParallelEach { .. }
            | ExprKind::CallValue { .. }
            | ExprKind::Otherwise(..)
            | ExprKind::Chain { .. }
            | ExprKind::Retype(_)
            | ExprKind::CatchValue { .. }
            | ExprKind::If { .. }
            | ExprKind::Match { .. }
            | ExprKind::TryBlock { .. }
            | ExprKind::Block { .. }
    )
}
