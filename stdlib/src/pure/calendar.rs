//! Between the numbers of values and civil dates, times and zones.

use super::bounds::{arithmetic, invalid};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use runtime::Failure;

/// The length of a day in microseconds.
pub const DAY: i64 = 86_400_000_000;

/// Gives the date of a day since 1970-01-01.
pub fn date(day: i64) -> Result<Date, Failure> {
    let outside = || arithmetic(format!("day {day} since 1970 is outside of the calendar"));
    let micros = day.checked_mul(DAY).ok_or_else(outside)?;
    let timestamp = Timestamp::from_microsecond(micros).map_err(|_| outside())?;
    Ok(Offset::UTC.to_datetime(timestamp).date())
}

/// Gives the day since 1970-01-01 of a date.
pub fn day(date: Date) -> Result<i64, Failure> {
    wall(date.at(0, 0, 0, 0)).map(|micros| micros.div_euclid(DAY))
}

/// Gives what a clock shows as microseconds since 1970-01-01T00:00 on that clock.
pub fn wall(shown: DateTime) -> Result<i64, Failure> {
    Offset::UTC
        .to_timestamp(shown)
        .map(Timestamp::as_microsecond)
        .map_err(|_| arithmetic(format!("{shown} is outside of the calendar")))
}

/// Gives an instant.
pub fn instant(micros: i64) -> Result<Timestamp, Failure> {
    Timestamp::from_microsecond(micros)
        .map_err(|_| arithmetic(format!("{micros} microseconds since 1970 is outside of the calendar")))
}

/// Finds a zone: a name of the IANA, `UTC`, or an offset such as `+01:00`.
pub fn zone(name: &str) -> Result<TimeZone, Failure> {
    runtime::text::zone(name).ok_or_else(|| invalid(format!("there is no time zone {name:?}")))
}

/// Gives the first instant at which a clock in the zone shows a time or a later one: in a gap of daylight saving the
/// first one after it, of two the first.
pub fn first_at(zone: &TimeZone, shown: DateTime) -> Result<i64, Failure> {
    let micros = wall(shown)?;
    let at = |offset: Offset| micros - i64::from(offset.seconds()) * 1_000_000;
    Ok(match zone.to_ambiguous_timestamp(shown).offset() {
        AmbiguousOffset::Unambiguous { offset } => at(offset),
        AmbiguousOffset::Fold { before, .. } => at(before),
        AmbiguousOffset::Gap { before, after } => {
            let changes = zone.following(instant(at(after))?).take(4).map(|change| change.timestamp());
            let after_gap = changes.into_iter().find(|change| zone.to_datetime(*change) > shown);
            after_gap.map_or(at(before), Timestamp::as_microsecond)
        }
    })
}
