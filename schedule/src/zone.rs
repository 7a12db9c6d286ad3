//! Time zones: between instants and the clock on the wall.
//!
//! Two views of a zone are enough for every rule. [`Zone::first_at`] answers for times that come once a day; stretches
//! of one offset ([`Zone::offset`] up to [`Zone::stretch_end`]) for what counts or repeats.

use crate::ScheduleError;
use crate::wall::{civil, clamp};
use jiff::Timestamp;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

/// Says whether there is a time zone of that name, in the writing of the IANA.
pub fn zone_exists(name: &str) -> bool {
    find(name).is_some()
}

fn find(name: &str) -> Option<TimeZone> {
    // Opening the database walks the folder of all zones, and most projects need only this one.
    if name == "UTC" {
        return Some(TimeZone::UTC);
    }
    // The database does not mind the case of letters. A schedule does, so that every tool that reads it finds the zone.
    let zone = jiff::tz::db().get(name).ok()?;
    zone.iana_name().is_some_and(|found| found == name).then_some(zone)
}

/// A time zone.
#[derive(Clone, Debug)]
pub(crate) struct Zone(TimeZone);

impl Zone {
    /// Finds a zone by its name; none is UTC.
    pub(crate) fn named(name: Option<&str>) -> Result<Zone, ScheduleError> {
        let Some(name) = name else { return Ok(Zone(TimeZone::UTC)) };
        match find(name) {
            Some(zone) => Ok(Zone(zone)),
            None => Err(ScheduleError::UnknownZone { name: name.to_owned(), suggestion: suggest(name) }),
        }
    }

    pub(crate) fn jiff(&self) -> &TimeZone {
        &self.0
    }

    /// Gives the offset from UTC at an instant, in microseconds.
    pub(crate) fn offset(&self, instant: i64) -> i64 {
        micros(self.0.to_offset(timestamp(instant)))
    }

    /// Gives what the clock on the wall shows at an instant.
    pub(crate) fn wall(&self, instant: i64) -> i64 {
        let instant = clamp(instant);
        instant + self.offset(instant)
    }

    /// Gives the first instant at which the clock on the wall shows `wall` or later. So a time that does not exist is
    /// the first instant after the gap, and one that exists twice is the first of the two. It never falls as `wall`
    /// rises.
    pub(crate) fn first_at(&self, wall: i64) -> i64 {
        let wall = clamp(wall);
        match self.0.to_ambiguous_timestamp(civil(wall)).offset() {
            AmbiguousOffset::Unambiguous { offset } => wall - micros(offset),
            AmbiguousOffset::Fold { before, .. } => wall - micros(before),
            AmbiguousOffset::Gap { before, after } => {
                // Read with the offset that comes after, a time in the gap lies before it.
                self.0
                    .following(timestamp(wall - micros(after)))
                    .take(4)
                    .map(|transition| transition.timestamp().as_microsecond())
                    .find(|&instant| self.wall(instant) > wall)
                    .unwrap_or(wall - micros(before))
            }
        }
    }

    /// Gives the first instant after `instant` at which the zone's offset may change, if there is one.
    pub(crate) fn stretch_end(&self, instant: i64) -> Option<i64> {
        self.0.following(timestamp(instant)).next().map(|transition| transition.timestamp().as_microsecond())
    }
}

fn timestamp(instant: i64) -> Timestamp {
    Timestamp::from_microsecond(clamp(instant)).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn micros(offset: Offset) -> i64 {
    i64::from(offset.seconds()) * 1_000_000
}

/// Finds the zone that was meant: by a mistyped name, or by a city alone.
fn suggest(name: &str) -> Option<String> {
    let names: Vec<String> = jiff::tz::db().available().map(|found| found.to_string()).collect();
    let wanted = name.replace(' ', "_");
    let same = names.iter().find(|found| found.eq_ignore_ascii_case(&wanted));
    let city = || names.iter().find(|found| last_part(found).eq_ignore_ascii_case(last_part(&wanted)));
    same.or_else(city)
        .map(String::as_str)
        .or_else(|| diagnostics::nearest(&wanted, names.iter().map(String::as_str)))
        .map(str::to_owned)
}

fn last_part(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_found_by_its_exact_name_only() {
        assert!(zone_exists("Europe/Berlin"));
        assert!(zone_exists("UTC"));
        assert!(zone_exists("Etc/UTC"));
        assert!(!zone_exists("europe/berlin"));
        assert!(!zone_exists("Europe/Berlinn"));
        assert!(!zone_exists(""));
        assert!(!zone_exists("../../etc/passwd"));
    }

    #[test]
    fn the_zone_that_was_meant_is_suggested() {
        assert_eq!(suggest("europe/berlin").as_deref(), Some("Europe/Berlin"));
        assert_eq!(suggest("Europe/Berln").as_deref(), Some("Europe/Berlin"));
        assert_eq!(suggest("Berlin").as_deref(), Some("Europe/Berlin"));
        assert_eq!(suggest("America/New York").as_deref(), Some("America/New_York"));
        assert_eq!(suggest("Middle-earth/Shire"), None);
    }
}
