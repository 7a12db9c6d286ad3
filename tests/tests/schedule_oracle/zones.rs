//! Every change of every zone of the time zone database, from 2000 to 2040.

use jiff::civil::date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// A change, and what makes the clocks of two zones the same around it: the offsets from a week before to a week after.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    pub instant: i64,
    offsets: Vec<(i64, i32)>,
}

/// The zones that have a change in common.
pub struct Shared {
    pub change: Change,
    pub zones: Vec<String>,
}

/// What is compared.
pub struct Database {
    pub zones: usize,
    pub transitions: usize,
    pub changes: Vec<Shared>,
}

/// Reads the changes of the zones that `wanted` names.
pub fn database(wanted: impl Fn(&str) -> bool) -> Database {
    let mut found: BTreeMap<Change, Vec<String>> = BTreeMap::new();
    let (mut zones, mut transitions) = (0, 0);
    // What a system keeps beside its zones is not for schedules.
    let ours = |name: &str| !name.starts_with("posix/") && !name.starts_with("right/") && schedule::zone_exists(name);
    for name in jiff::tz::db().available().map(|name| name.to_string()).filter(|name| ours(name) && wanted(name)) {
        let zone = TimeZone::get(&name).unwrap();
        zones += 1;
        for change in changes(&zone) {
            transitions += 1;
            found.entry(change).or_default().push(name.clone());
        }
    }
    let changes = found.into_iter().map(|(change, zones)| Shared { change, zones }).collect();
    Database { zones, transitions, changes }
}

/// The changes of a zone's clock; the beginning of the years stands for a zone without any. What the database has as a
/// transition without another offset, where only the name changes or a file ends, is none.
fn changes(zone: &TimeZone) -> Vec<Change> {
    let [from, to] = [2000, 2041].map(|year| date(year, 1, 1).to_zoned(TimeZone::UTC).unwrap().timestamp());
    let instants = zone.following(from).map(|change| change.timestamp()).take_while(|change| *change < to);
    let all = instants.map(|instant| change(zone, instant));
    let moved: Vec<Change> = all.filter(|change| change.forward() != 0).collect();
    if moved.is_empty() { vec![change(zone, from)] } else { moved }
}

fn change(zone: &TimeZone, instant: Timestamp) -> Change {
    let week = SignedDuration::from_hours(7 * 24);
    let (from, to) = (instant - week, instant + week);
    let around = zone.following(from).map(|change| change.timestamp()).take_while(|change| *change < to);
    let offset = |at: Timestamp| (at.as_second(), zone.to_offset(at).seconds());
    let offsets = std::iter::once(offset(from)).chain(around.map(offset)).collect();
    Change { instant: instant.as_microsecond(), offsets }
}

impl Change {
    /// Says how far the clock is put forward (or, below nothing, back) at the change, in seconds.
    pub fn forward(&self) -> i32 {
        let at = self.instant / 1_000_000;
        let (before, since) = self.offsets.iter().partition::<Vec<&(i64, i32)>, _>(|(instant, _)| *instant < at);
        match (before.last(), since.first()) {
            (Some((_, before)), Some((_, since))) => since - before,
            (_, None) | (None, _) => 0,
        }
    }

    /// Says whether the clock is put forward into another day.
    pub fn leaves_day(&self) -> bool {
        let at = self.instant / 1_000_000;
        let before = self.offsets.iter().rev().find(|(instant, _)| *instant < at).map_or(0, |(_, offset)| *offset);
        let shows = at + i64::from(before);
        self.forward() > 0 && shows.div_euclid(86_400) != (shows + i64::from(self.forward())).div_euclid(86_400)
    }
}
