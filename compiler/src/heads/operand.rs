//! Operands: constants of a type, within bounds. `None` always means that something was told.

use super::Scope;
use crate::constant::{Constant, evaluate};
use crate::ir::Type;
use diagnostics::{Code, Diagnostic, Span};
use grammar::tree::Expr;
use schedule::Bound;

/// Gives the value of an operand.
pub(super) fn constant<'t>(scope: &mut dyn Scope<'t>, expr: &'t Expr, type_: Option<Type>) -> Option<Constant> {
    let checked = scope.operand(expr, type_)?;
    let value = evaluate(scope.program(), &checked);
    if value.is_none() {
        let message = "a head is read before the task runs, so this must be a constant";
        let diagnostic = Diagnostic::new(Code::OperandNotConstant, expr.span.in_file(scope.file()), message);
        scope.report(diagnostic.label("not known before a run").help("write a literal, or the name of a `const`"));
    }
    value
}

/// Gives a length of time of more than nothing, in microseconds.
pub(super) fn length<'t>(scope: &mut dyn Scope<'t>, expr: &'t Expr) -> Option<i64> {
    match constant(scope, expr, Some(Type::DURATION))? {
        Constant::Duration(length) if length > 0 => Some(length),
        Constant::Duration(_) => {
            out_of_bounds(scope, expr.span, "a length of time in a head must be more than nothing");
            None
        }
        _ => None,
    }
}

/// Gives a time of day, in microseconds since midnight.
pub(super) fn time<'t>(scope: &mut dyn Scope<'t>, expr: &'t Expr) -> Option<i64> {
    match constant(scope, expr, Some(Type::TIME))? {
        Constant::Time(time) => Some(time),
        _ => None,
    }
}

/// Gives a text.
pub(super) fn text<'t>(scope: &mut dyn Scope<'t>, expr: &'t Expr) -> Option<String> {
    match constant(scope, expr, Some(Type::STRING))? {
        Constant::String(text) => Some(text),
        _ => None,
    }
}

/// Gives the times of day of all operands.
pub(super) fn times<'t>(scope: &mut dyn Scope<'t>, exprs: &'t [Expr]) -> Option<Vec<i64>> {
    let found: Vec<Option<i64>> = exprs.iter().map(|expr| time(scope, expr)).collect();
    found.into_iter().collect()
}

/// Gives a whole number within bounds; `what` is what the number is, in words.
pub(super) fn number<'t>(
    scope: &mut dyn Scope<'t>,
    expr: &'t Expr,
    bounds: std::ops::RangeInclusive<i64>,
    what: &str,
) -> Option<i64> {
    match constant(scope, expr, Some(Type::INT))? {
        Constant::Int(number) if bounds.contains(&number) => Some(number),
        Constant::Int(number) => {
            let expected = match (*bounds.start(), *bounds.end()) {
                (least, i64::MAX) => format!("at least {least}"),
                (least, most) => format!("from {least} to {most}"),
            };
            out_of_bounds(scope, expr.span, &format!("{what} must be {expected}, found {number}"));
            None
        }
        _ => None,
    }
}

/// Gives a date or an instant.
pub(super) fn bound<'t>(scope: &mut dyn Scope<'t>, expr: &'t Expr) -> Option<Bound> {
    match constant(scope, expr, None)? {
        Constant::Date(day) => i32::try_from(day).ok().map(Bound::Date),
        Constant::DateTime(at, _) => Some(Bound::Instant(at)),
        _ => {
            let message = "a schedule begins or ends at a date or an instant, and this is neither";
            let help = "write a date, `2026-01-31`, or an instant, `2026-01-31T09:30[Europe/Berlin]`";
            let diagnostic = Diagnostic::new(Code::OperandBounds, expr.span.in_file(scope.file()), message);
            scope.report(diagnostic.help(help));
            None
        }
    }
}

/// Tells that an operand is outside of what its clause takes.
pub(super) fn out_of_bounds(scope: &mut dyn Scope<'_>, span: Span, message: &str) {
    scope.report(Diagnostic::new(Code::OperandBounds, span.in_file(scope.file()), message));
}
