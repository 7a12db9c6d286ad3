//! Durations as text: `1h30m` for people, ISO 8601 for machines; either form is read.

use std::fmt::Write as _;

const MILLISECOND: i64 = 1_000;
const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const WEEK: i64 = 7 * DAY;

/// Gives a duration of microseconds as `1h30m`, `250ms`, `-2d`, `0s`.
pub fn duration(micros: i64) -> String {
    let mut text = String::new();
    if micros < 0 {
        text.push('-');
    }
    let units = [(DAY, "d"), (HOUR, "h"), (MINUTE, "m"), (SECOND, "s"), (MILLISECOND, "ms"), (1, "us")];
    let mut rest = micros.unsigned_abs();
    for (unit, name) in units {
        let unit = unit.unsigned_abs();
        if rest >= unit {
            // Writing to a string does not fail.
            let _ = write!(text, "{}{name}", rest / unit);
            rest %= unit;
        }
    }
    if micros == 0 { "0s".to_owned() } else { text }
}

/// Gives a duration of microseconds in ISO 8601: `PT1H30M`, `PT0.25S`, `-PT48H`, `PT0S`.
pub fn iso_duration(micros: i64) -> String {
    let total = micros.unsigned_abs();
    let (hours, minutes, seconds) = (
        total / HOUR.unsigned_abs(),
        total % HOUR.unsigned_abs() / MINUTE.unsigned_abs(),
        total % MINUTE.unsigned_abs(),
    );
    let mut text = String::from(if micros < 0 { "-PT" } else { "PT" });
    if hours > 0 {
        let _ = write!(text, "{hours}H");
    }
    if minutes > 0 {
        let _ = write!(text, "{minutes}M");
    }
    if seconds > 0 || total == 0 {
        let _ = write!(text, "{}", seconds / SECOND.unsigned_abs());
        let fraction = seconds % SECOND.unsigned_abs();
        if fraction > 0 {
            let digits = format!("{fraction:06}");
            let _ = write!(text, ".{}", digits.trim_end_matches('0'));
        }
        text.push('S');
    }
    text
}

/// Reads a duration, `1h30m` or ISO 8601, as microseconds. Months and years are no durations.
pub fn parse_duration(text: &str) -> Option<i64> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let total = match rest.strip_prefix(['P', 'p']) {
        Some(rest) => parse_iso(rest)?,
        None => parse_units(rest, unit_of)?,
    };
    let signed = if negative { -total } else { total };
    i64::try_from(signed).ok()
}

fn parse_iso(text: &str) -> Option<i128> {
    let (days, time) = match text.split_once(['T', 't']) {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None if text.is_empty() => return None,
        None => (text, ""),
    };
    let mut total = 0;
    if !days.is_empty() {
        total += parse_units(days, |unit| match unit {
            "W" | "w" => Some(WEEK),
            "D" | "d" => Some(DAY),
            _ => None,
        })?;
    }
    if !time.is_empty() {
        total += parse_units(time, |unit| match unit {
            "H" | "h" => Some(HOUR),
            "M" | "m" => Some(MINUTE),
            "S" | "s" => Some(SECOND),
            _ => None,
        })?;
    }
    Some(total)
}

fn unit_of(unit: &str) -> Option<i64> {
    match unit {
        "w" => Some(WEEK),
        "d" => Some(DAY),
        "h" => Some(HOUR),
        "m" => Some(MINUTE),
        "s" => Some(SECOND),
        "ms" => Some(MILLISECOND),
        "us" => Some(1),
        _ => None,
    }
}

/// Sums numbers with units, each unit smaller than the one before.
fn parse_units(text: &str, unit_of: impl Fn(&str) -> Option<i64>) -> Option<i128> {
    let (mut total, mut rest, mut previous) = (0_i128, text, i64::MAX);
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|glyph: char| !glyph.is_ascii_digit() && glyph != '.')?;
        let (number, behind) = rest.split_at(digits);
        let letters = behind.find(|glyph: char| !glyph.is_ascii_alphabetic()).unwrap_or(behind.len());
        let (name, behind) = behind.split_at(letters);
        let unit = unit_of(name).filter(|unit| *unit < previous)?;
        total = total.checked_add(scale(number, unit)?)?;
        (rest, previous) = (behind, unit);
    }
    Some(total)
}

/// Multiplies a decimal number by a unit, exactly down to a microsecond.
fn scale(number: &str, unit: i64) -> Option<i128> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    if whole.is_empty() || whole.len() > 19 || fraction.is_empty() || fraction.len() > 9 {
        return None;
    }
    let whole: i128 = whole.parse().ok()?;
    let divisor = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let fraction: i128 = fraction.parse().ok()?;
    Some(whole * i128::from(unit) + fraction * i128::from(unit) / divisor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_they_are_written() {
        for micros in [0, 1, -1, 999, 1_000, SECOND, MINUTE + 1, HOUR + 30 * MINUTE, -3 * DAY, i64::MAX, i64::MIN] {
            assert_eq!(parse_duration(&duration(micros)), Some(micros), "{}", duration(micros));
            assert_eq!(parse_duration(&iso_duration(micros)), Some(micros), "{}", iso_duration(micros));
        }
        assert_eq!(duration(HOUR + 30 * MINUTE), "1h30m");
        assert_eq!(iso_duration(HOUR + 30 * MINUTE), "PT1H30M");
        assert_eq!(iso_duration(250_000), "PT0.25S");
        assert_eq!(parse_duration("P1DT12H"), Some(36 * HOUR));
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in
            ["", "1", "h", "1h1h", "1m1h", "P", "PT", "1.h", ".5h", "1y", "99999999999999999999w", "--1h", "1 h"]
        {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }
}
