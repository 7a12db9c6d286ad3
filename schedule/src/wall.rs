//! Wall-clock time as a number: microseconds since 1970-01-01T00:00 on the clock on the wall, whatever its zone.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;

/// The length of a civil day in microseconds.
pub(crate) const DAY: i64 = 86_400_000_000;

/// Instants and wall-clock times outside of these are taken as these: the years 1 and 9998, so that a day more or less
/// is still a date.
const EARLIEST: i64 = -719_162 * DAY;
const LATEST: i64 = 2_932_000 * DAY;

/// Brings an instant or wall-clock time into the years that have dates.
pub(crate) fn clamp(micros: i64) -> i64 {
    micros.clamp(EARLIEST, LATEST)
}

/// Gives the day a wall-clock time is on, in days since 1970-01-01.
pub(crate) fn day_of(wall: i64) -> i32 {
    i32::try_from(clamp(wall).div_euclid(DAY)).unwrap_or(0)
}

/// Gives the wall-clock time at which a day begins.
pub(crate) fn start_of(day: i32) -> i64 {
    i64::from(day) * DAY
}

/// Gives the weekday of a day; 0 is Monday.
pub(crate) fn weekday_of(day: i32) -> u8 {
    // 1970-01-01 was a Thursday.
    u8::try_from((i64::from(day) + 3).rem_euclid(7)).unwrap_or(0)
}

/// Gives a wall-clock time as a civil one.
pub(crate) fn civil(wall: i64) -> DateTime {
    let timestamp = Timestamp::from_microsecond(clamp(wall)).unwrap_or(Timestamp::UNIX_EPOCH);
    Offset::UTC.to_datetime(timestamp)
}

/// Gives the date of a day.
pub(crate) fn date_of(day: i32) -> Date {
    civil(start_of(day)).date()
}
