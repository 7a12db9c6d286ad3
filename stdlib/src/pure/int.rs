//! `int`: whole numbers.

use super::bounds::arithmetic;
use runtime::{Arguments, Failure, Natives, Value};

/// Adds the natives.
pub fn add(natives: &mut Natives) {
    natives.pure("int.parse", parse);
    natives.pure("int.pow", pow);
    natives.pure("int.to_float", to_float);
    natives.pure("int.to_string", to_string);
}

fn parse(arguments: &mut [Value]) -> Result<Value, Failure> {
    Ok(Value::from(read(arguments.string(0)?)))
}

/// Reads digits with an optional minus in front; white space around them, `+` and `_` are not taken.
fn read(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

fn pow(arguments: &mut [Value]) -> Result<Value, Failure> {
    let (base, exponent) = (arguments.int(0)?, arguments.int(1)?);
    let power = match u32::try_from(exponent) {
        Ok(exponent) => base.checked_pow(exponent),
        Err(_) if exponent < 0 => return Err(arithmetic(format!("{base}.pow({exponent}): an exponent is at least 0"))),
        // So large an exponent leaves only what multiplying does not change.
        Err(_) => match base {
            0 | 1 => Some(base),
            -1 => Some(if exponent % 2 == 0 { 1 } else { -1 }),
            _ => None,
        },
    };
    power.map(Value::Int).ok_or_else(|| arithmetic(format!("{base}.pow({exponent}) does not fit an int")))
}

fn to_float(arguments: &mut [Value]) -> Result<Value, Failure> {
    Ok(Value::Float(arguments.int(0)? as f64))
}

fn to_string(arguments: &mut [Value]) -> Result<Value, Failure> {
    Ok(Value::from(arguments.int(0)?.to_string()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_number_is_read_as_it_is_written_and_nothing_else_is() {
        assert_eq!(read("-7"), Some(-7));
        assert_eq!(read("9223372036854775807"), Some(i64::MAX));
        for text in ["", "-", "+1", " 1", "1_000", "1.0", "9223372036854775808", "١"] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_power_that_does_not_fit_fails() {
        let pow = |base: i64, exponent: i64| pow(&mut [Value::Int(base), Value::Int(exponent)]);
        assert_eq!(pow(2, 62).unwrap(), Value::Int(1 << 62));
        assert_eq!(pow(-1, i64::MAX).unwrap(), Value::Int(-1));
        assert_eq!(pow(0, 0).unwrap(), Value::Int(1));
        assert_eq!(pow(2, 63).unwrap_err().kind, "arithmetic");
        assert_eq!(pow(2, i64::MAX).unwrap_err().kind, "arithmetic");
        assert_eq!(pow(2, -1).unwrap_err().message, "2.pow(-1): an exponent is at least 0");
    }
}
