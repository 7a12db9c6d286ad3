//! Operators: which types they take and what they give.

use super::{
    Checker,
    report::{Because, Want},
};
use crate::ir::{Binary, Expr, ExprKind, Type, TypeKind};
use diagnostics::{Code, Diagnostic, Span};
use grammar::tree::{self, BinaryOperator as Op, ExprKind as Tree, UnaryOperator};

impl<'t> Checker<'t> {
    /// Checks `-x` and `not x`.
    pub(super) fn unary(&mut self, operator: UnaryOperator, operand: &'t tree::Expr, span: Span, want: Want) -> Expr {
        match operator {
            UnaryOperator::Not => {
                let value = self.condition(operand);
                self.make(ExprKind::Not(Box::new(value)), Type::BOOL, span)
            }
            UnaryOperator::Negate => {
                let hint = match self.wanted_base(want) {
                    Some(type_ @ (Type::INT | Type::FLOAT | Type::DECIMAL | Type::DURATION)) => {
                        Want::Type(type_, Because::Nothing)
                    }
                    Some(_) | None => Want::Any,
                };
                self.tell_negated_call(operand, span);
                let value = self.expr(operand, hint);
                let type_ = self.base(value.type_);
                match type_ {
                    Type::INT | Type::FLOAT | Type::DECIMAL | Type::DURATION => {
                        let value = self.convert(value, type_, Because::Nothing);
                        self.make(ExprKind::Negate(Box::new(value)), type_, span)
                    }
                    Type::ERROR => self.error(span),
                    _ => {
                        let message = format!("`-` does not apply to `{}`", self.name(value.type_));
                        self.report(Diagnostic::new(Code::OperatorTypes, self.place(span), message));
                        self.error(span)
                    }
                }
            }
        }
    }

    /// Checks an infix operator.
    pub(super) fn binary(
        &mut self,
        operator: Op,
        operator_span: Span,
        left: &'t tree::Expr,
        right: &'t tree::Expr,
        span: Span,
        want: Want,
    ) -> Expr {
        match operator {
            Op::And | Op::Or => self.logical(operator, left, right, span),
            Op::Otherwise => self.otherwise(left, right, span, want),
            Op::In | Op::NotIn => self.contains(operator, operator_span, left, right, span),
            Op::Range | Op::RangeInclusive => {
                let message = "a range stands only after `in`, in a pattern, or in a `for`".to_owned();
                self.report(Diagnostic::new(Code::NotAValue, self.place(span), message));
                self.error(span)
            }
            Op::Equal | Op::NotEqual => self.equality(operator, operator_span, left, right, span),
            Op::Less | Op::LessEqual | Op::Greater | Op::GreaterEqual => {
                let (left, right) = self.operands(operator, left, right, Want::Any);
                self.applied(operator, operator_span, left, right, span)
            }
            Op::Add | Op::Subtract | Op::Multiply | Op::Divide | Op::Remainder => {
                let hint = match self.wanted_base(want) {
                    Some(type_ @ (Type::FLOAT | Type::DECIMAL)) => Want::Type(type_, Because::Nothing),
                    // Without the optional that may be around it: that has no operators.
                    Some(type_) if matches!(self.kind(type_), TypeKind::List(_)) => Want::Type(type_, Because::Nothing),
                    _ => Want::Any,
                };
                let (left, right) = self.operands(operator, left, right, hint);
                self.applied(operator, operator_span, left, right, span)
            }
        }
    }

    /// Checks `and` and `or`. What the left side of `and` binds is seen by the right one, and by what follows where the
    /// whole holds.
    pub(super) fn logical(&mut self, operator: Op, left: &'t tree::Expr, right: &'t tree::Expr, span: Span) -> Expr {
        let scope = self.open_scope();
        let is_foreign = self.is_foreign_sign(left.span, right.span);
        let checked = self.side_of_logical(left, is_foreign);
        // The right side of `or` is asked where the left one does not hold.
        if operator == Op::Or {
            self.close_scope(scope);
        }
        let state = self.mark_narrowing();
        self.assume(&checked, operator == Op::And);
        let right = self.side_of_logical(right, is_foreign);
        self.forget_narrowing(state);
        let (left, right) = (Box::new(checked), Box::new(right));
        let kind = if operator == Op::And { ExprKind::And(left, right) } else { ExprKind::Or(left, right) };
        self.make(kind, Type::BOOL, span)
    }

    fn otherwise(&mut self, left: &'t tree::Expr, right: &'t tree::Expr, span: Span, want: Want) -> Expr {
        let hint = match want {
            Want::Type(type_, because) if type_ != self.hole => Want::Type(self.optional(type_), because),
            Want::Type(..) | Want::Any | Want::Dropped => Want::Any,
        };
        let value = self.expr(left, hint);
        let value = self.expect_value(value);
        let inner = match self.kind(value.type_) {
            TypeKind::Optional(inner) => *inner,
            TypeKind::Json => Type::JSON,
            TypeKind::Error => Type::ERROR,
            TypeKind::Never => return value,
            _ => {
                let message =
                    format!("`??` needs a value that may be `none` before it, found `{}`", self.name(value.type_));
                let mut diagnostic = Diagnostic::new(Code::OperatorTypes, self.place(left.span), message);
                if matches!(*left.kind, tree::ExprKind::Index { .. }) {
                    diagnostic = diagnostic.help("an item that is not there fails; `.get(…)` gives `none` for it");
                }
                self.report(diagnostic);
                Type::ERROR
            }
        };
        let because = Because::Earlier(self.place(left.span));
        let right_hint = match want {
            Want::Type(type_, because) if !self.has_hole(type_) => Want::Type(type_, because),
            Want::Type(..) | Want::Any | Want::Dropped if inner == Type::NEVER => Want::Any,
            Want::Type(..) | Want::Any | Want::Dropped => Want::Type(inner, because),
        };
        let fallback = self.expr(right, right_hint);
        let fallback = self.expect_value(fallback);
        let Some(common) = self.join(inner, fallback.type_) else {
            self.mismatch(right.span, fallback.type_, inner, because);
            return self.error(span);
        };
        let fallback = self.convert_quietly(fallback, common);
        let wanted = if common == Type::JSON { Type::JSON } else { self.optional(common) };
        let value = self.convert_quietly(value, wanted);
        if inner == Type::ERROR {
            return self.error(span);
        }
        self.make(ExprKind::Otherwise(Box::new(value), Box::new(fallback)), common, span)
    }

    fn contains(
        &mut self,
        operator: Op,
        operator_span: Span,
        left: &'t tree::Expr,
        right: &'t tree::Expr,
        span: Span,
    ) -> Expr {
        let found =
            if let Tree::Binary { operator: range @ (Op::Range | Op::RangeInclusive), left: from, right: to, .. } =
                &*right.kind
            {
                self.in_range(left, from, to, *range == Op::RangeInclusive, span)
            } else {
                self.contained(left, right, operator_span, span)
            };
        if operator == Op::NotIn && found.type_ == Type::BOOL {
            return self.make(ExprKind::Not(Box::new(found)), Type::BOOL, span);
        }
        found
    }

    fn contained(&mut self, left: &'t tree::Expr, right: &'t tree::Expr, operator: Span, span: Span) -> Expr {
        if let Tree::List(items) = &*right.kind
            && items.iter().any(|item| matches!(&*item.kind, Tree::Case { .. }))
        {
            return self.among_cases(left, right, span);
        }
        let within = self.check_expr(right, Want::Any);
        let within = self.seen(within);
        let wanted = match self.kind(self.base(within.type_)) {
            TypeKind::List(item) | TypeKind::Set(item) | TypeKind::Map(item, _) => *item,
            TypeKind::String => Type::STRING,
            TypeKind::Error => {
                self.check_expr(left, Want::Any);
                return self.error(span);
            }
            _ => {
                self.check_expr(left, Want::Any);
                let message = format!(
                    "`in` looks into a list, a map, a set, a string or a range, found `{}`",
                    self.name(within.type_)
                );
                self.report(Diagnostic::new(Code::OperatorTypes, self.place(operator), message));
                return self.error(span);
            }
        };
        if self.holds_secret(wanted) {
            self.check_expr(left, Want::Any);
            let message = format!("values of `{}` cannot be compared", self.name(wanted));
            let diagnostic = Diagnostic::new(Code::NotComparable, self.place(operator), message);
            self.report(diagnostic.note("a secret is not compared: what came of it would tell of it"));
            return self.error(span);
        }
        let because = Because::Earlier(self.place(right.span));
        let value = if wanted == Type::NEVER {
            self.check_expr(left, Want::Any)
        } else {
            self.check_expr(left, Want::Type(self.base(wanted), because))
        };
        self.make(ExprKind::Contains { within: Box::new(within), value: Box::new(value) }, Type::BOOL, span)
    }

    /// Checks `value in [.a, .b]`: what the cases are of is known from the value.
    fn among_cases(&mut self, left: &'t tree::Expr, right: &'t tree::Expr, span: Span) -> Expr {
        let value = self.check_expr(left, Want::Any);
        let value = self.settled(value);
        let list = self.list_of(value.type_);
        let within = self.check_expr(right, Want::Type(list, Because::Earlier(self.place(left.span))));
        self.make(ExprKind::Contains { within: Box::new(within), value: Box::new(value) }, Type::BOOL, span)
    }

    fn in_range(
        &mut self,
        left: &'t tree::Expr,
        from: &'t tree::Expr,
        to: &'t tree::Expr,
        inclusive: bool,
        span: Span,
    ) -> Expr {
        let value = self.check_expr(left, Want::Any);
        let type_ = self.base(value.type_);
        let because = Because::Earlier(self.place(left.span));
        let is_ordered = matches!(
            type_,
            Type::INT
                | Type::FLOAT
                | Type::DECIMAL
                | Type::DATE
                | Type::TIME
                | Type::DURATION
                | Type::DATETIME
                | Type::ERROR
        );
        if !is_ordered {
            let message = format!("`{}` cannot be asked for in a range", self.name(value.type_));
            self.report(Diagnostic::new(Code::OperatorTypes, self.place(left.span), message));
            return self.error(span);
        }
        let value = self.convert(value, type_, because);
        let from = self.check_expr(from, Want::Type(type_, because));
        let to = self.check_expr(to, Want::Type(type_, because));
        let kind = ExprKind::InRange { value: Box::new(value), from: Box::new(from), to: Box::new(to), inclusive };
        self.make(kind, Type::BOOL, span)
    }

    /// Checks both sides; a side that gets its meaning from the other one comes second.
    fn operands(&mut self, operator: Op, left: &'t tree::Expr, right: &'t tree::Expr, hint: Want) -> (Expr, Expr) {
        if needs_other_side(left) && !needs_other_side(right) {
            let right_value = self.expr(right, hint);
            let right_value = self.expect_value(right_value);
            let because = Because::Earlier(self.place(right.span));
            let left_value = self.expr(left, Want::Type(right_value.type_, because));
            return (self.expect_value(left_value), right_value);
        }
        let left_value = self.expr(left, hint);
        let left_value = self.expect_value(left_value);
        let because = Because::Earlier(self.place(left.span));
        let right_hint = match self.base(left_value.type_) {
            Type::NEVER => Want::Any,
            type_ if takes_others(operator, type_) => Want::Any,
            _ => Want::Type(left_value.type_, because),
        };
        let right_value = self.expr(right, right_hint);
        (left_value, self.expect_value(right_value))
    }

    fn equality(
        &mut self,
        operator: Op,
        operator_span: Span,
        left: &'t tree::Expr,
        right: &'t tree::Expr,
        span: Span,
    ) -> Expr {
        let (left, right) = self.operands(operator, left, right, Want::Any);
        let (left, right) = (self.seen(left), self.seen(right));
        if left.type_ == Type::ERROR || right.type_ == Type::ERROR {
            return self.make(ExprKind::Nothing, Type::ERROR, span);
        }
        let common = self.join(left.type_, right.type_);
        let (Some(common), false) =
            (common, common == Some(Type::JSON) && left.type_ != right.type_ && !is_json_pair(&left, &right))
        else {
            return self.no_operator(operator, operator_span, &left, &right, span);
        };
        let asks_for_none = matches!(left.kind, ExprKind::None) || matches!(right.kind, ExprKind::None);
        if !asks_for_none && !self.is_comparable(common) {
            let message = format!("values of `{}` cannot be compared", self.name(common));
            self.report(Diagnostic::new(Code::NotComparable, self.place(operator_span), message));
            return self.error(span);
        }
        let (left, right) = (self.convert_quietly(left, common), self.convert_quietly(right, common));
        let operator = if operator == Op::Equal { Binary::Equal } else { Binary::NotEqual };
        let kind = ExprKind::Binary { operator, left: Box::new(left), right: Box::new(right) };
        self.make(kind, Type::BOOL, span)
    }

    /// Applies an arithmetic or ordering operator to checked operands.
    pub(super) fn applied(&mut self, operator: Op, operator_span: Span, left: Expr, right: Expr, span: Span) -> Expr {
        if operator == Op::Add && self.joins_secret(left.type_, right.type_) {
            return self.put_together(vec![left, right], span);
        }
        let (left, right) = (self.seen(left), self.seen(right));
        let (left_type, right_type) = (self.base(left.type_), self.base(right.type_));
        if left_type == Type::ERROR || right_type == Type::ERROR {
            return self.error(span);
        }
        if left_type == Type::NEVER || right_type == Type::NEVER {
            let value = if left_type == Type::NEVER { left } else { right };
            return value;
        }
        if let Some((made, result)) = self.operation(operator, left_type, right_type) {
            let left = self.convert_quietly(left, left_type);
            let right = self.convert_quietly(right, right_type);
            let kind = ExprKind::Binary { operator: made, left: Box::new(left), right: Box::new(right) };
            return self.make(kind, result, span);
        }
        if let Some(common) = self.literal_join(&left, &right)
            && let Some((made, result)) = self.operation(operator, common, common)
        {
            let left = self.convert_quietly(left, common);
            let right = self.convert_quietly(right, common);
            let kind = ExprKind::Binary { operator: made, left: Box::new(left), right: Box::new(right) };
            return self.make(kind, result, span);
        }
        self.no_operator(operator, operator_span, &left, &right, span)
    }

    /// `1 + x` of a float `x`, `[] + names`.
    fn literal_join(&mut self, left: &Expr, right: &Expr) -> Option<Type> {
        let is_literal = |value: &Expr| match &value.kind {
            ExprKind::Int(_) => true,
            ExprKind::Negate(inner) => matches!(inner.kind, ExprKind::Int(_)),
            _ => false,
        };
        match (left.type_, right.type_) {
            (Type::INT, type_ @ (Type::FLOAT | Type::DECIMAL)) if is_literal(left) => Some(type_),
            (type_ @ (Type::FLOAT | Type::DECIMAL), Type::INT) if is_literal(right) => Some(type_),
            (left, right) if matches!(self.kind(left), TypeKind::List(_)) => self.join(left, right),
            _ => None,
        }
    }

    /// Gives the instruction and result of an operator on base types.
    fn operation(&self, operator: Op, left: Type, right: Type) -> Option<(Binary, Type)> {
        let same = left == right;
        let is_number = |type_: Type| matches!(type_, Type::INT | Type::FLOAT | Type::DECIMAL);
        let is_length = |type_: Type| matches!(type_, Type::INT | Type::FLOAT | Type::DECIMAL | Type::DURATION);
        let is_ordered = matches!(
            left,
            Type::INT
                | Type::FLOAT
                | Type::DECIMAL
                | Type::STRING
                | Type::DURATION
                | Type::DATE
                | Type::TIME
                | Type::DATETIME
        );
        let is_list = matches!(self.kind(left), TypeKind::List(_));
        Some(match operator {
            Op::Add if same && (is_length(left) || left == Type::STRING || is_list) => (Binary::Add, left),
            Op::Add if left == Type::DATETIME && right == Type::DURATION => (Binary::Add, left),
            Op::Subtract if same && is_length(left) => (Binary::Subtract, left),
            Op::Subtract if left == Type::DATETIME && right == Type::DURATION => (Binary::Subtract, left),
            Op::Subtract if left == Type::DATETIME && same => (Binary::Subtract, Type::DURATION),
            Op::Multiply if same && is_number(left) => (Binary::Multiply, left),
            Op::Multiply if (left, right) == (Type::DURATION, Type::INT) => (Binary::Multiply, left),
            Op::Multiply if (left, right) == (Type::INT, Type::DURATION) => (Binary::Multiply, right),
            Op::Divide if same && is_number(left) => (Binary::Divide, left),
            Op::Divide if (left, right) == (Type::DURATION, Type::INT) => (Binary::Divide, left),
            Op::Divide if (left, right) == (Type::DURATION, Type::DURATION) => (Binary::Divide, Type::INT),
            Op::Remainder if same && is_length(left) => (Binary::Remainder, left),
            Op::Less if same && is_ordered => (Binary::Less, Type::BOOL),
            Op::LessEqual if same && is_ordered => (Binary::LessEqual, Type::BOOL),
            Op::Greater if same && is_ordered => (Binary::Greater, Type::BOOL),
            Op::GreaterEqual if same && is_ordered => (Binary::GreaterEqual, Type::BOOL),
            _ => return None,
        })
    }

    fn no_operator(&mut self, operator: Op, operator_span: Span, left: &Expr, right: &Expr, span: Span) -> Expr {
        let (left_name, right_name) = (self.name(left.type_), self.name(right.type_));
        let sign = sign(operator);
        let message = format!("`{sign}` does not apply to `{left_name}` and `{right_name}`");
        let mut diagnostic = Diagnostic::new(Code::OperatorTypes, self.place(operator_span), message);
        diagnostic = diagnostic.also(self.place(left.span), format!("this is `{left_name}`"));
        diagnostic = diagnostic.also(self.place(right.span), format!("this is `{right_name}`"));
        let optional = self.inside_optional(left.type_).is_some() || self.inside_optional(right.type_).is_some();
        diagnostic = match (self.base(left.type_), self.base(right.type_)) {
            _ if optional => diagnostic.help("say what stands for `none` with `?? …`, or ask `!= none` before"),
            (Type::STRING, _) | (_, Type::STRING) => self.text_operator(diagnostic, operator, left, right, span),
            (Type::INT, Type::FLOAT) | (Type::FLOAT, Type::INT) => {
                diagnostic.help("convert the int with `.to_float()`")
            }
            (Type::INT, Type::DECIMAL) | (Type::DECIMAL, Type::INT) => {
                diagnostic.help("convert the int with `.to_decimal()`")
            }
            (Type::FLOAT, Type::DECIMAL) | (Type::DECIMAL, Type::FLOAT) => {
                diagnostic.help("convert the float with `.to_decimal()`")
            }
            (Type::DURATION, Type::INT) | (Type::INT, Type::DURATION) => {
                diagnostic.help("give the number a unit: `30s`, or multiply: `n * 1s`")
            }
            (Type::JSON, _) | (_, Type::JSON) => {
                diagnostic.help("say what the json is with `.decode()`: `let n: int = value.decode()`")
            }
            (Type::DATE, Type::DATE) => diagnostic.help("the days between two dates are `first.until(second)`"),
            (Type::DATE, Type::DURATION) => diagnostic.help("calendar steps are `date.plus(days: 1)`"),
            _ => diagnostic,
        };
        self.report(diagnostic);
        self.error(span)
    }
}

fn is_json_pair(left: &Expr, right: &Expr) -> bool {
    let is_plain = |value: &Expr| {
        matches!(
            value.kind,
            ExprKind::None | ExprKind::String(_) | ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Bool(_)
        ) || value.type_ == Type::JSON
    };
    is_plain(left) && is_plain(right)
}

/// Says whether an expression gets its type from the other operand: a case, `none`, `[]`, an int literal.
fn needs_other_side(expr: &tree::Expr) -> bool {
    match &*expr.kind {
        Tree::Case { .. } | Tree::EmptyBraces => true,
        Tree::Literal(tree::Literal::None | tree::Literal::Int(_) | tree::Literal::Float(_)) => true,
        Tree::Unary { operator: UnaryOperator::Negate, operand } => needs_other_side(operand),
        Tree::List(items) => items.is_empty(),
        _ => false,
    }
}

/// Says whether the right operand may be of another type than the left one: `1h * 2`, `now() - 1h`.
fn takes_others(operator: Op, left: Type) -> bool {
    match left {
        Type::DURATION => matches!(operator, Op::Multiply | Op::Divide),
        Type::DATETIME => matches!(operator, Op::Add | Op::Subtract),
        Type::INT => operator == Op::Multiply,
        _ => false,
    }
}

/// Gives an operator as it is written.
pub(super) fn sign(operator: Op) -> &'static str {
    match operator {
        Op::Add => "+",
        Op::Subtract => "-",
        Op::Multiply => "*",
        Op::Divide => "/",
        Op::Remainder => "%",
        Op::Equal => "==",
        Op::NotEqual => "!=",
        Op::Less => "<",
        Op::LessEqual => "<=",
        Op::Greater => ">",
        Op::GreaterEqual => ">=",
        Op::In => "in",
        Op::NotIn => "not in",
        Op::And => "and",
        Op::Or => "or",
        Op::Otherwise => "??",
        Op::Range => "..",
        Op::RangeInclusive => "..=",
    }
}
