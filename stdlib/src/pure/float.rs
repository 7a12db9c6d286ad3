//! `float`: floating-point numbers.

use super::bounds::arithmetic;
use runtime::{Arguments, Failure, Natives, Value};

/// Adds the natives.
pub fn add(natives: &mut Natives) {
    natives.pure("float.parse", parse);
    natives.pure("float.abs", |arguments| Ok(Value::Float(arguments.float(0)?.abs())));
    natives.pure("float.pow", |arguments| Ok(Value::Float(arguments.float(0)?.powf(arguments.float(1)?))));
    natives.pure("float.floor", |arguments| Ok(Value::Float(arguments.float(0)?.floor())));
    natives.pure("float.ceil", |arguments| Ok(Value::Float(arguments.float(0)?.ceil())));
    natives.pure("float.round", |arguments| Ok(Value::Float(round(arguments.float(0)?, arguments.int(1)?))));
    natives.pure("float.sqrt", |arguments| Ok(Value::Float(arguments.float(0)?.sqrt())));
    natives.pure("float.is_nan", |arguments| Ok(Value::Bool(arguments.float(0)?.is_nan())));
    natives.pure("float.to_int", to_int);
    natives.pure("float.to_string", |arguments| Ok(Value::from(runtime::text::float(arguments.float(0)?))));
}

fn parse(arguments: &mut [Value]) -> Result<Value, Failure> {
    let text = arguments.string(0)?;
    // Rust also reads `inf`, `nan` and `+1`, which are no numbers of the language.
    let begins = text.strip_prefix('-').unwrap_or(text).starts_with(|first: char| first.is_ascii_digit());
    let number = if begins { text.parse::<f64>().ok().filter(|number| number.is_finite()) } else { None };
    Ok(number.map_or(Value::None, Value::Float))
}

/// Rounds to digits behind the point, or in front of it where `digits` is below zero; halves away from zero.
///
/// The decimal text decides what is a half, so that `1.005` rounds as it reads: `1.01`.
fn round(number: f64, digits: i64) -> f64 {
    if digits == 0 || !number.is_finite() {
        return number.round();
    }
    // Beyond these a double has no digits, or nothing but zeros.
    if digits > 330 {
        return number;
    }
    if digits < -330 {
        return 0.0_f64.copysign(number);
    }
    let shifted = format!("{number:e}");
    let Some((mantissa, exponent)) = shifted.split_once('e') else { return number };
    let Ok(exponent) = exponent.parse::<i64>() else { return number };
    let moved = format!("{mantissa}e{}", exponent + digits).parse::<f64>().unwrap_or(number);
    if !moved.is_finite() {
        return number;
    }
    format!("{:e}", moved.round())
        .split_once('e')
        .and_then(|(mantissa, exponent)| {
            let exponent = exponent.parse::<i64>().ok()? - digits;
            format!("{mantissa}e{exponent}").parse().ok()
        })
        .unwrap_or(number)
}

fn to_int(arguments: &mut [Value]) -> Result<Value, Failure> {
    let number = arguments.float(0)?.trunc();
    // Both bounds are exact doubles: -2⁶³ fits an int, 2⁶³ does not.
    const BOUND: f64 = 9_223_372_036_854_775_808.0;
    if (-BOUND..BOUND).contains(&number) {
        Ok(Value::Int(number as i64))
    } else {
        Err(arithmetic(format!("{number} does not fit an int")))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::float_cmp)]
    use super::*;

    #[test]
    fn rounding_goes_by_the_decimal_text() {
        assert_eq!(round(2.5, 0), 3.0);
        assert_eq!(round(-2.5, 0), -3.0);
        assert_eq!(round(1.005, 2), 1.01);
        assert_eq!(round(2.675, 2), 2.68);
        assert_eq!(round(1234.5678, -2), 1200.0);
        assert_eq!(round(1e300, 5), 1e300);
        assert_eq!(round(1.5, i64::MAX), 1.5);
        assert_eq!(round(1.5, i64::MIN), 0.0);
        assert!(round(f64::NAN, 3).is_nan());
    }

    #[test]
    fn only_numbers_of_the_language_are_read() {
        let parse = |text: &str| parse(&mut [Value::from(text)]).unwrap();
        assert_eq!(parse("-1.5e3"), Value::Float(-1_500.0));
        for text in ["", "inf", "nan", "+1", ".5", " 1", "1e999", "0x1"] {
            assert!(parse(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn what_does_not_fit_an_int_fails() {
        let to_int = |number: f64| to_int(&mut [Value::Float(number)]);
        assert_eq!(to_int(-1.9).unwrap(), Value::Int(-1));
        assert_eq!(to_int(-9_223_372_036_854_775_808.0).unwrap(), Value::Int(i64::MIN));
        for number in [9_223_372_036_854_775_808.0, f64::NAN, f64::INFINITY] {
            assert_eq!(to_int(number).unwrap_err().kind, "arithmetic");
        }
    }
}
