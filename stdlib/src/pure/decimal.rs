//! `decimal`: exact numbers of 28 digits.

use super::bounds::{arithmetic, invalid};
use runtime::{Arguments, Decimal, Failure, Natives, Value};
use rust_decimal::RoundingStrategy;
use rust_decimal::prelude::ToPrimitive;

/// Adds the natives.
pub fn add(natives: &mut Natives) {
    natives.pure("decimal.parse", |it| Ok(read(it.string(0)?).map_or(Value::None, Value::decimal)));
    natives.pure("decimal.add", |it| of_two(it, "+", Decimal::checked_add));
    natives.pure("decimal.subtract", |it| of_two(it, "-", Decimal::checked_sub));
    natives.pure("decimal.multiply", |it| of_two(it, "*", Decimal::checked_mul));
    natives.pure("decimal.divide", |it| of_two(divisor(it)?, "/", quotient));
    natives.pure("decimal.remainder", |it| of_two(divisor(it)?, "%", Decimal::checked_rem));
    natives.pure("decimal.negate", |it| Ok(Value::decimal(-it.decimal(0)?)));
    natives.pure("decimal.round", round);
    natives.pure("decimal.floor", |it| Ok(Value::decimal(it.decimal(0)?.floor())));
    natives.pure("decimal.ceil", |it| Ok(Value::decimal(it.decimal(0)?.ceil())));
    natives.pure("decimal.to_int", to_int);
    natives.pure("decimal.to_float", |it| Ok(Value::Float(it.decimal(0)?.to_f64().unwrap_or(f64::NAN))));
    natives.pure("decimal.to_string", |it| Ok(Value::from(it.decimal(0)?.to_string())));
    natives.pure("int.to_decimal", |it| Ok(Value::decimal(Decimal::from(it.int(0)?))));
    natives.pure("float.to_decimal", of_float);
}

/// Reads digits with at most one point and a sign; nothing is rounded.
fn read(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if plain(whole) && plain(part) { Decimal::from_str_exact(text).ok() } else { None }
}

fn of_two(
    arguments: &mut [Value],
    sign: &str,
    operate: fn(Decimal, Decimal) -> Option<Decimal>,
) -> Result<Value, Failure> {
    let (left, right) = (arguments.decimal(0)?, arguments.decimal(1)?);
    match operate(left, right) {
        Some(result) => Ok(Value::decimal(result)),
        None => Err(arithmetic(format!("{left} {sign} {right} does not fit a decimal"))),
    }
}

/// A quotient has no zeros at its end: how many the division made says nothing.
fn quotient(left: Decimal, right: Decimal) -> Option<Decimal> {
    left.checked_div(right).map(|quotient| quotient.normalize())
}

fn divisor(arguments: &mut [Value]) -> Result<&mut [Value], Failure> {
    if arguments.decimal(1)?.is_zero() {
        return Err(arithmetic("division by zero"));
    }
    Ok(arguments)
}

fn round(arguments: &mut [Value]) -> Result<Value, Failure> {
    let (value, digits) = (arguments.decimal(0)?, arguments.int(1)?);
    match u32::try_from(digits) {
        Ok(digits) if digits <= Decimal::MAX_SCALE => {
            let rounded = value.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero);
            Ok(Value::decimal(rounded))
        }
        Ok(_) | Err(_) => Err(invalid(format!("a decimal is rounded to 0 to 28 digits, found {digits}"))),
    }
}

fn to_int(arguments: &mut [Value]) -> Result<Value, Failure> {
    let value = arguments.decimal(0)?;
    value.trunc().to_i64().map(Value::Int).ok_or_else(|| arithmetic(format!("{value} does not fit an int")))
}

/// The shortest text of a float that reads back as the same is the number that was meant.
fn of_float(arguments: &mut [Value]) -> Result<Value, Failure> {
    let value = arguments.float(0)?;
    let text = format!("{value:e}");
    match Decimal::from_scientific(&text) {
        Ok(number) => Ok(Value::decimal(number)),
        Err(_) => Err(arithmetic(format!("{value:?} does not fit a decimal"))),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn number(text: &str) -> Value {
        Value::decimal(read(text).unwrap())
    }

    fn operated(name: &str, left: &str, right: &str) -> Result<String, String> {
        let mut natives = Natives::new();
        add(&mut natives);
        let Some(runtime::NativeFn::Pure(operate)) = natives.get(name) else { return Err("no such native".into()) };
        match operate(&mut [number(left), number(right)]) {
            Ok(value) => Ok([value].as_slice().decimal(0).unwrap().to_string()),
            Err(failure) => Err(failure.to_string()),
        }
    }

    #[test]
    fn sums_and_products_of_what_fits_are_exact() {
        let exact = |name, left, right, expected: &str| assert_eq!(operated(name, left, right).unwrap(), expected);
        exact("decimal.add", "0.1", "0.2", "0.3");
        exact("decimal.add", "9999999999999999999999999999", "-1", "9999999999999999999999999998");
        exact("decimal.subtract", "1", "0.0000000000000000000000000001", "0.9999999999999999999999999999");
        exact("decimal.multiply", "19.99", "0.0825", "1.649175");
        exact("decimal.multiply", "99999999999999", "99999999999999", "9999999999999800000000000001");
        exact("decimal.remainder", "-7.5", "2", "-1.5");
        exact("decimal.divide", "10", "4", "2.5");
    }

    #[test]
    fn what_does_not_end_is_rounded_to_28_digits() {
        assert_eq!(operated("decimal.divide", "1", "3").unwrap(), "0.3333333333333333333333333333");
        assert_eq!(operated("decimal.divide", "2", "3").unwrap(), "0.6666666666666666666666666667");
    }

    #[test]
    fn what_does_not_fit_fails() {
        let largest = "79228162514264337593543950335";
        assert_eq!(
            operated("decimal.add", largest, "1").unwrap_err(),
            format!("arithmetic: {largest} + 1 does not fit a decimal")
        );
        assert!(operated("decimal.multiply", largest, "2").unwrap_err().starts_with("arithmetic"));
        assert_eq!(operated("decimal.divide", "1", "0.00").unwrap_err(), "arithmetic: division by zero");
        assert_eq!(operated("decimal.remainder", "1", "0").unwrap_err(), "arithmetic: division by zero");
    }

    #[test]
    fn a_number_is_read_as_it_is_written_and_nothing_else_is() {
        for right in ["0", "-7", "19.90", "9999999999999999999999999999", "0.0000000000000000000000000001"] {
            assert_eq!(read(right).unwrap().to_string(), right);
        }
        for wrong in ["", "-", "+1", "1.", ".5", "1e3", "1_000", " 1", "1.2.3", "99999999999999999999999999999999"] {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn halves_are_rounded_away_from_zero() {
        let rounded = |text: &str, digits| round(&mut [number(text), Value::Int(digits)]);
        assert_eq!(rounded("2.675", 2).unwrap(), number("2.68"));
        assert_eq!(rounded("-2.5", 0).unwrap(), number("-3"));
        assert_eq!(rounded("2.5", 5).unwrap(), number("2.5"));
        assert_eq!(rounded("2.5", -1).unwrap_err().kind, "invalid");
        assert_eq!(of_float(&mut [Value::Float(0.1)]).unwrap(), number("0.1"));
        assert_eq!(of_float(&mut [Value::Float(f64::NAN)]).unwrap_err().kind, "arithmetic");
        assert_eq!(to_int(&mut [number("-7.9")]).unwrap(), Value::Int(-7));
    }
}
