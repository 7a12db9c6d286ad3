//! Instants and durations as the command line reads and shows them. Both count microseconds.

use crate::error::CliError;
use jiff::{SignedDuration, Timestamp, civil, fmt::temporal::DateTimeParser, tz::TimeZone};
use runtime::clock::{Clock, SystemClock};

/// Reads an instant: RFC 9557 with or without a zone (`2026-03-28T00:00[Europe/Berlin]`, `…Z`), or a date; without a
/// zone it is meant in `zone`.
pub fn parse(text: &str, zone: &TimeZone) -> Result<i64, CliError> {
    static PARSER: DateTimeParser = DateTimeParser::new();
    let zoned = PARSER
        .parse_zoned(text)
        .ok()
        .or_else(|| Some(PARSER.parse_timestamp(text).ok()?.to_zoned(zone.clone())))
        .or_else(|| PARSER.parse_datetime(text).ok()?.to_zoned(zone.clone()).ok())
        .or_else(|| text.parse::<civil::Date>().ok()?.to_zoned(zone.clone()).ok());
    zoned.map(|zoned| zoned.timestamp().as_microsecond()).ok_or_else(|| {
        CliError::usage(
            format!("`{text}` is not a time"),
            "write it as 2026-03-28, 2026-03-28T09:00 or 2026-03-28T09:00[Europe/Berlin]",
        )
    })
}

/// Reads when something began: a length of time back from now, `2h` or `7d`, or an instant as [`parse`] does.
pub fn since(text: &str) -> Result<i64, CliError> {
    let back = text.parse::<jiff::Span>().ok().and_then(|span| {
        let span = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).ok()?;
        i64::try_from(span.as_micros()).ok()
    });
    match back {
        Some(back) => Ok(now().saturating_sub(back)),
        None => parse(text, &TimeZone::system()),
    }
}

/// Gives an instant in universal time: `2026-03-29T01:00:00Z`.
pub fn universal(micros: i64) -> String {
    Timestamp::from_microsecond(micros).map_or_else(|_| "out of range".to_owned(), |instant| instant.to_string())
}

/// Gives an instant as a person here reads it: `2026-03-29 03:00:00`.
pub fn here(micros: i64) -> String {
    Timestamp::from_microsecond(micros)
        .map_or_else(|_| "out of range".to_owned(), |it| it.to_zoned(TimeZone::system()).strftime("%F %T").to_string())
}

/// Gives the time of day of an instant here: `03:00:00`.
pub fn clock(micros: i64) -> String {
    Timestamp::from_microsecond(micros)
        .map_or_else(|_| "out of range".to_owned(), |it| it.to_zoned(TimeZone::system()).strftime("%T").to_string())
}

/// Gives now, in microseconds since 1970.
pub fn now() -> i64 {
    SystemClock.now()
}

/// Gives a length of time as a person says it: `850ms`, `1.2s`, `3m 05s`.
pub fn length(micros: i64) -> String {
    let duration = SignedDuration::from_micros(micros.max(0));
    let (seconds, millis) = (duration.as_secs(), duration.subsec_millis());
    match seconds {
        0 => format!("{millis}ms"),
        1..60 => format!("{seconds}.{}s", millis / 100),
        60..3600 => format!("{}m {:02}s", seconds / 60, seconds % 60),
        3600..86_400 => format!("{}h {:02}m", seconds / 3600, seconds % 3600 / 60),
        _ => format!("{}d {:02}h", seconds / 86_400, seconds % 86_400 / 3600),
    }
}
