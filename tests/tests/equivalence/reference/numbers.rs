//! Operators on values.

use super::value::{Failure, Value, equal, order};
use compiler::ir::Binary;
use rust_decimal::Decimal;

type Given<'p> = Result<Value<'p>, Failure>;

/// Gives `left operator right`.
pub fn binary<'p>(operator: Binary, left: Value<'p>, right: Value<'p>) -> Given<'p> {
    match operator {
        Binary::Equal => Ok(Value::Bool(equal(&left, &right))),
        Binary::NotEqual => Ok(Value::Bool(!equal(&left, &right))),
        Binary::Less => Ok(Value::Bool(order(&left, &right).is_some_and(std::cmp::Ordering::is_lt))),
        Binary::LessEqual => Ok(Value::Bool(order(&left, &right).is_some_and(std::cmp::Ordering::is_le))),
        Binary::Greater => Ok(Value::Bool(order(&left, &right).is_some_and(std::cmp::Ordering::is_gt))),
        Binary::GreaterEqual => Ok(Value::Bool(order(&left, &right).is_some_and(std::cmp::Ordering::is_ge))),
        Binary::Add | Binary::Subtract | Binary::Multiply | Binary::Divide | Binary::Remainder => {
            arithmetic(operator, left, right)
        }
    }
}

fn arithmetic<'p>(operator: Binary, left: Value<'p>, right: Value<'p>) -> Given<'p> {
    match (operator, left, right) {
        (Binary::Add, Value::Text(left), Value::Text(right)) => Ok(Value::Text(left + &right)),
        (Binary::Add, Value::List(left), Value::List(right)) => Ok(Value::List([left, right].concat())),
        (operator, Value::Float(left), Value::Float(right)) => Ok(Value::Float(match operator {
            Binary::Add => left + right,
            Binary::Subtract => left - right,
            Binary::Multiply => left * right,
            Binary::Divide => left / right,
            _ => left % right,
        })),
        (operator, Value::Decimal(left), Value::Decimal(right)) => decimal(operator, left, right),
        (operator, Value::Int(left), Value::Int(right)) => int(operator, left, right).map(Value::Int),
        (Binary::Divide, Value::Duration(left), Value::Duration(right)) => {
            int(Binary::Divide, left, right).map(Value::Int)
        }
        (operator, Value::Duration(left), Value::Duration(right) | Value::Int(right))
        | (operator, Value::Int(left), Value::Duration(right)) => int(operator, left, right).map(Value::Duration),
        (Binary::Add, Value::DateTime(instant, zone), Value::Duration(by)) => {
            int(Binary::Add, instant, by).map(|instant| Value::DateTime(instant, zone))
        }
        (Binary::Subtract, Value::DateTime(instant, zone), Value::Duration(by)) => {
            int(Binary::Subtract, instant, by).map(|instant| Value::DateTime(instant, zone))
        }
        (Binary::Subtract, Value::DateTime(left, _), Value::DateTime(right, _)) => {
            int(Binary::Subtract, left, right).map(Value::Duration)
        }
        (operator, left, right) => panic!("{left:?} {operator:?} {right:?}"),
    }
}

fn decimal<'p>(operator: Binary, left: Decimal, right: Decimal) -> Given<'p> {
    let (sign, exact) = match operator {
        Binary::Add => ('+', left.checked_add(right)),
        Binary::Subtract => ('-', left.checked_sub(right)),
        Binary::Multiply => ('*', left.checked_mul(right)),
        Binary::Divide | Binary::Remainder if right.is_zero() => {
            return Err(Failure::new("arithmetic", "division by zero"));
        }
        Binary::Divide => ('/', left.checked_div(right).map(|quotient| quotient.normalize())),
        _ => ('%', left.checked_rem(right)),
    };
    let fail = || Failure::new("arithmetic", format!("{left} {sign} {right} does not fit a decimal"));
    exact.map(Value::Decimal).ok_or_else(fail)
}

/// Arithmetic in 128 bits, where nothing overflows; what does not fit 64 fails.
fn int(operator: Binary, left: i64, right: i64) -> Result<i64, Failure> {
    let (wide, other) = (i128::from(left), i128::from(right));
    let (sign, exact) = match operator {
        Binary::Add => ('+', wide + other),
        Binary::Subtract => ('-', wide - other),
        Binary::Multiply => ('*', wide * other),
        Binary::Divide | Binary::Remainder if right == 0 => {
            return Err(Failure::new("arithmetic", "division by zero"));
        }
        Binary::Divide => ('/', wide / other),
        _ => ('%', wide % other),
    };
    i64::try_from(exact).map_err(|_| {
        let right = if right < 0 { format!("({right})") } else { right.to_string() };
        Failure::new("arithmetic", format!("{left} {sign} {right} does not fit an int"))
    })
}

/// Gives `-value`.
pub fn negate(value: Value<'_>) -> Given<'_> {
    let negated = |number: i64| {
        let message = || Failure::new("arithmetic", format!("-({number}) does not fit an int"));
        i64::try_from(-i128::from(number)).map_err(|_| message())
    };
    match value {
        Value::Int(number) => negated(number).map(Value::Int),
        Value::Duration(number) => negated(number).map(Value::Duration),
        Value::Decimal(number) => Ok(Value::Decimal(-number)),
        Value::Float(number) => Ok(Value::Float(-number)),
        other => panic!("-{other:?}"),
    }
}
