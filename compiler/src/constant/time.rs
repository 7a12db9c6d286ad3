//! Dates, times and lengths of time as text, in the forms of JSON.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// Gives `2026-01-31` of days since 1970; `None` outside of the years that the language has.
pub(super) fn date_text(days: i64) -> Option<String> {
    let epoch = Date::constant(1970, 1, 1);
    let days = i32::try_from(days).ok()?;
    Some(epoch.checked_add(days.days()).ok()?.to_string())
}

/// Gives `09:30:00` of microseconds since midnight.
pub(super) fn time_text(micros: i64) -> String {
    let seconds = micros / 1_000_000;
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{hour:02}:{minute:02}:{second:02}{}", fraction(micros % 1_000_000))
}

/// Gives `PT1H30M` of microseconds.
pub(super) fn duration_text(micros: i64) -> String {
    let sign = if micros < 0 { "-" } else { "" };
    let micros = micros.unsigned_abs();
    let seconds = micros / 1_000_000;
    let mut text = format!("{sign}PT");
    if seconds >= 3_600 {
        text.push_str(&format!("{}H", seconds / 3_600));
    }
    if !(seconds / 60).is_multiple_of(60) {
        text.push_str(&format!("{}M", seconds / 60 % 60));
    }
    let rest = micros % 60_000_000;
    if rest > 0 || micros == 0 {
        text.push_str(&format!("{}{}S", rest / 1_000_000, fraction((rest % 1_000_000) as i64)));
    }
    text
}

/// Gives an instant in its zone, as RFC 9557 writes it; an unknown zone counts as UTC.
pub(super) fn datetime_text(micros: i64, zone: &str) -> Option<String> {
    let instant = Timestamp::from_microsecond(micros).ok()?;
    Some(instant.to_zoned(zone_of(zone)).to_string())
}

fn zone_of(name: &str) -> TimeZone {
    let fixed = || format!("1970-01-01T00:00:00{name}[{name}]").parse::<jiff::Zoned>().ok();
    TimeZone::get(name).ok().or_else(|| Some(fixed()?.time_zone().clone())).unwrap_or(TimeZone::UTC)
}

fn fraction(micros: i64) -> String {
    if micros == 0 { String::new() } else { format!(".{micros:06}").trim_end_matches('0').to_owned() }
}
