//! Arithmetic on ints, which fails rather than wraps: each operation, and the error where it gives nothing.

use crate::{ErrorKind, Failure};

/// Adds.
#[inline(always)]
pub(super) fn add(left: i64, right: i64) -> Option<i64> {
    left.checked_add(right)
}

/// Subtracts.
#[inline(always)]
pub(super) fn subtract(left: i64, right: i64) -> Option<i64> {
    left.checked_sub(right)
}

/// Multiplies.
#[inline(always)]
pub(super) fn multiply(left: i64, right: i64) -> Option<i64> {
    left.checked_mul(right)
}

/// Divides toward zero.
#[inline(always)]
pub(super) fn divide(left: i64, right: i64) -> Option<i64> {
    left.checked_div(right)
}

/// Gives the rest of a division, with the sign of the left side.
#[inline(always)]
pub(super) fn remainder(left: i64, right: i64) -> Option<i64> {
    if right == 0 {
        return None;
    }
    // Most numbers are small, and many processors divide 32 bits in a fraction of the time of 64.
    if let (Ok(left), Ok(right)) = (u32::try_from(left), u32::try_from(right)) {
        return left.checked_rem(right).map(i64::from);
    }
    // The one quotient that does not fit has the rest 0, which does.
    Some(left.wrapping_rem(right))
}

/// Says that there is no sum.
#[cold]
pub(super) fn no_add(left: i64, right: i64) -> Failure {
    does_not_fit(left, '+', right)
}

/// Says that there is no sum with a literal. One below zero was written as a subtraction, and is told as one.
#[cold]
pub(super) fn no_add_by(left: i64, right: i16) -> Failure {
    if right < 0 { no_subtract(left, -i64::from(right)) } else { no_add(left, i64::from(right)) }
}

/// Says that there is no difference.
#[cold]
pub(super) fn no_subtract(left: i64, right: i64) -> Failure {
    does_not_fit(left, '-', right)
}

/// Says that there is no product.
#[cold]
pub(super) fn no_multiply(left: i64, right: i64) -> Failure {
    does_not_fit(left, '*', right)
}

/// Says that there is no quotient.
#[cold]
pub(super) fn no_divide(left: i64, right: i64) -> Failure {
    if right == 0 { by_zero() } else { does_not_fit(left, '/', right) }
}

/// Says that there is no rest.
#[cold]
pub(super) fn no_remainder(_left: i64, _right: i64) -> Failure {
    by_zero()
}

/// Says that there is no opposite.
#[cold]
pub(super) fn no_negate(from: i64) -> Failure {
    Failure::new(ErrorKind::Arithmetic, format!("-({from}) does not fit an int"))
}

fn does_not_fit(left: i64, operator: char, right: i64) -> Failure {
    let right = if right < 0 { format!("({right})") } else { right.to_string() };
    Failure::new(ErrorKind::Arithmetic, format!("{left} {operator} {right} does not fit an int"))
}

fn by_zero() -> Failure {
    Failure::new(ErrorKind::Arithmetic, "division by zero")
}
