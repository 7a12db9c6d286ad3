//! Arithmetic on ints, which fails rather than wraps.

use crate::{ErrorKind, Failure};

/// Adds.
pub(super) fn add(left: i64, right: i64) -> Result<i64, Failure> {
    left.checked_add(right).ok_or_else(|| does_not_fit(left, '+', right))
}

/// Adds a literal; one below zero was written as a subtraction.
pub(super) fn add_literal(left: i64, value: i16) -> Result<i64, Failure> {
    let by = i64::from(value);
    left.checked_add(by).ok_or_else(|| match value {
        0.. => does_not_fit(left, '+', by),
        _ => does_not_fit(left, '-', -by),
    })
}

/// Subtracts.
pub(super) fn subtract(left: i64, right: i64) -> Result<i64, Failure> {
    left.checked_sub(right).ok_or_else(|| does_not_fit(left, '-', right))
}

/// Multiplies.
pub(super) fn multiply(left: i64, right: i64) -> Result<i64, Failure> {
    left.checked_mul(right).ok_or_else(|| does_not_fit(left, '*', right))
}

/// Divides toward zero.
pub(super) fn divide(left: i64, right: i64) -> Result<i64, Failure> {
    match right {
        0 => Err(by_zero()),
        right => left.checked_div(right).ok_or_else(|| does_not_fit(left, '/', right)),
    }
}

/// Gives the rest of a division, with the sign of the left side.
pub(super) fn remainder(left: i64, right: i64) -> Result<i64, Failure> {
    match right {
        0 => Err(by_zero()),
        // The one quotient that does not fit has the rest 0, which does.
        right => Ok(left.wrapping_rem(right)),
    }
}

/// Negates.
pub(super) fn negate(from: i64) -> Result<i64, Failure> {
    from.checked_neg().ok_or_else(|| Failure::new(ErrorKind::Arithmetic, format!("-({from}) does not fit an int")))
}

#[cold]
fn does_not_fit(left: i64, operator: char, right: i64) -> Failure {
    let right = if right < 0 { format!("({right})") } else { right.to_string() };
    Failure::new(ErrorKind::Arithmetic, format!("{left} {operator} {right} does not fit an int"))
}

#[cold]
fn by_zero() -> Failure {
    Failure::new(ErrorKind::Arithmetic, "division by zero")
}
