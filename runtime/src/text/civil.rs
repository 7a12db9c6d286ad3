//! Dates, times and datetimes as text: ISO 8601, and RFC 9557 where there is a zone.

use jiff::civil::{Date, Time};
use jiff::fmt::temporal::Pieces;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// Finds a zone by its name: `Europe/Berlin`, `UTC`, `+01:00`.
pub fn zone(name: &str) -> Option<TimeZone> {
    if name == "UTC" || name == "Z" {
        return Some(TimeZone::UTC);
    }
    match name.as_bytes() {
        [sign @ (b'+' | b'-'), ..] => {
            let (hours, minutes) = name.get(1..)?.split_once(':').unwrap_or((name.get(1..)?, "0"));
            let seconds = hours
                .parse::<i32>()
                .ok()?
                .checked_mul(3600)?
                .checked_add(minutes.parse::<i32>().ok()?.checked_mul(60)?)?;
            let signed = if *sign == b'-' { -seconds } else { seconds };
            Offset::from_seconds(signed).ok().map(TimeZone::fixed)
        }
        _ => TimeZone::get(name).ok(),
    }
}

/// Gives a datetime in RFC 9557: `2026-01-31T09:30:00+01:00[Europe/Berlin]`, `2026-01-31T08:30:00Z`. In a zone that is
/// not known here it stands in UTC; an instant beyond the calendar as its microseconds.
pub fn datetime(micros: i64, zone_name: &str) -> String {
    let Ok(instant) = Timestamp::from_microsecond(micros) else { return format!("{micros}us since 1970") };
    match zone(zone_name) {
        Some(zone) if zone.iana_name().is_some_and(|name| name != "UTC") => instant.to_zoned(zone).to_string(),
        Some(zone) if zone.iana_name().is_none() => instant.display_with_offset(zone.to_offset(instant)).to_string(),
        Some(_) | None => instant.to_string(),
    }
}

/// Reads a datetime of RFC 9557, with a zone or an offset, as microseconds since 1970 and the name of its zone.
pub fn parse_datetime(text: &str) -> Option<(i64, String)> {
    let pieces = Pieces::parse(text).ok()?;
    pieces.time()?;
    if pieces.time_zone_annotation().is_some() {
        let zoned: Zoned = text.parse().ok()?;
        let name = match zoned.time_zone().iana_name() {
            Some(name) => name.to_owned(),
            None => offset_name(zoned.offset()),
        };
        return Some((zoned.timestamp().as_microsecond(), name));
    }
    let offset = pieces.to_numeric_offset()?;
    let instant: Timestamp = text.parse().ok()?;
    let utc = text.ends_with(['Z', 'z']);
    Some((instant.as_microsecond(), if utc { "UTC".to_owned() } else { offset_name(offset) }))
}

fn offset_name(offset: Offset) -> String {
    let seconds = offset.seconds();
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Gives a date of days since 1970: `2026-01-31`; one beyond the calendar as its number of days.
pub fn date(days: i64) -> String {
    let span = i32::try_from(days).ok().and_then(|days| jiff::Span::new().try_days(days).ok());
    match span.and_then(|span| Date::new(1970, 1, 1).ok()?.checked_add(span).ok()) {
        Some(date) => date.to_string(),
        None => format!("{days}d since 1970"),
    }
}

/// Reads a date as days since 1970.
pub fn parse_date(text: &str) -> Option<i64> {
    if text.len() != 10 {
        return None;
    }
    let date: Date = text.parse().ok()?;
    let span = Date::new(1970, 1, 1).ok()?.until(date).ok()?;
    Some(i64::from(span.get_days()))
}

/// Gives a time of microseconds since midnight: `09:30:00`, `09:30:00.25`.
pub fn time(micros: i64) -> String {
    let micros = micros.rem_euclid(DAY);
    let (seconds, fraction) = (micros / SECOND, micros % SECOND);
    let mut text = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if fraction > 0 {
        let digits = format!("{fraction:06}");
        text.push('.');
        text.push_str(digits.trim_end_matches('0'));
    }
    text
}

/// Reads a time as microseconds since midnight.
pub fn parse_time(text: &str) -> Option<i64> {
    if text.as_bytes().get(2) != Some(&b':') {
        return None;
    }
    let time: Time = text.parse().ok()?;
    let seconds = i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second());
    Some(seconds * SECOND + i64::from(time.subsec_nanosecond()) / 1_000)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn datetimes_keep_their_zone() {
        for text in ["2026-01-31T09:30:00+01:00[Europe/Berlin]", "2026-01-31T09:30:00Z", "2026-07-31T09:30:00.5-03:30"]
        {
            let (micros, zone) = parse_datetime(text).unwrap();
            assert_eq!(datetime(micros, &zone), text);
        }
        assert_eq!(parse_datetime("2026-01-31T09:30:00"), None);
        assert_eq!(parse_datetime("2026-01-31"), None);
        assert_eq!(parse_datetime("2026-01-31T09:30:00[Nowhere/Else]"), None);
    }

    #[test]
    fn dates_and_times_read_as_they_are_written() {
        for days in [0, -1, 20_000, 800_000, -700_000] {
            assert_eq!(parse_date(&date(days)), Some(days), "{}", date(days));
        }
        assert_eq!(date(20_484), "2026-01-31");
        for micros in [0, 34_200 * SECOND, DAY - 1] {
            assert_eq!(parse_time(&time(micros)), Some(micros));
        }
        assert_eq!(parse_time("9:30"), None);
        assert_eq!(parse_date("2026-1-31"), None);
        assert_eq!(date(i64::MAX), format!("{}d since 1970", i64::MAX));
        assert_eq!(datetime(i64::MAX, "UTC"), format!("{}us since 1970", i64::MAX));
    }
}
