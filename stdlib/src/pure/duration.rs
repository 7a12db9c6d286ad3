//! `duration`: lengths of time, in microseconds.

use jiff::{Span, SpanRelativeTo};
use runtime::{Arguments, Natives, Value};

/// The units of the language, in microseconds.
const UNITS: [(&str, i64); 7] = [
    ("us", 1),
    ("ms", 1_000),
    ("s", 1_000_000),
    ("m", 60_000_000),
    ("h", 3_600_000_000),
    ("d", 86_400_000_000),
    ("w", 604_800_000_000),
];

/// Adds the natives.
pub fn add(natives: &mut Natives) {
    natives.pure("duration.parse", |arguments| Ok(Value::from(read(arguments.string(0)?))));
    natives.pure("duration.seconds", |arguments| Ok(Value::Float(arguments.int(0)? as f64 / 1e6)));
}

fn read(text: &str) -> Option<i64> {
    let (negative, length) = match text.strip_prefix('-') {
        Some(length) => (true, length),
        None => (false, text),
    };
    let micros = if length.starts_with(['P', 'p']) { read_iso(length) } else { read_units(length) }?;
    Some(if negative { -micros } else { micros })
}

/// Reads `1h30m`: whole numbers, each with its unit, the units falling.
fn read_units(text: &str) -> Option<i64> {
    let (mut rest, mut sum, mut last) = (text, 0_i64, i64::MAX);
    while !rest.is_empty() {
        let digits = rest.find(|character: char| !character.is_ascii_digit())?;
        let (number, after) = rest.split_at_checked(digits)?;
        let letters = after.find(|character: char| character.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(letters)?;
        let (_, size) = UNITS.iter().find(|(name, _)| *name == unit)?;
        if *size >= last {
            return None;
        }
        last = *size;
        sum = sum.checked_add(number.parse::<i64>().ok()?.checked_mul(*size)?)?;
        rest = after;
    }
    (last < i64::MAX).then_some(sum)
}

/// Reads ISO 8601 with weeks of 7 days and days of 24 hours; months and years have no length.
fn read_iso(text: &str) -> Option<i64> {
    let span: Span = text.parse().ok()?;
    let length = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    i64::try_from(length.as_micros()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_writing_are_read() {
        assert_eq!(read("1h30m"), Some(5_400_000_000));
        assert_eq!(read("-250ms"), Some(-250_000));
        assert_eq!(read("1w1d"), Some(8 * 86_400_000_000));
        assert_eq!(read("0s"), Some(0));
        assert_eq!(read("PT1H30M"), Some(5_400_000_000));
        assert_eq!(read("P1DT0.5S"), Some(86_400_500_000));
    }

    #[test]
    fn what_is_no_length_is_none() {
        for text in
            ["", "-", "5", "h", "30m1h", "1h1h", "1.5h", "5min", "1 h", "P1M", "P", "--1s", "99999999999w", "1hü"]
        {
            assert_eq!(read(text), None, "{text:?}");
        }
    }
}
