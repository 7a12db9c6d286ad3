//! Starts by the hours that the clock on the wall shows.

use super::Hours;
use crate::wall::civil;
use jiff::Timestamp;
use jiff::tz::TimeZone;

const HOUR: i64 = 3_600_000_000;

/// The clock of a zone in a span of time, with the starts of each of its hours.
pub(super) struct WallClock {
    /// The stretches of one offset: from which instant on, and the offset.
    stretches: Vec<(i64, i64)>,
    /// The hour that the clock shows first, counted from 1970.
    first: i64,
    starts: Vec<u64>,
}

impl WallClock {
    pub(super) fn new(from: i64, to: i64, zone: &TimeZone) -> WallClock {
        let timestamp = |at| Timestamp::from_microsecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
        let stretch = |at: Timestamp| (at.as_microsecond(), i64::from(zone.to_offset(at).seconds()) * 1_000_000);
        let changes = zone.following(timestamp(from)).map(|change| stretch(change.timestamp()));
        let begin = (from, stretch(timestamp(from)).1);
        let stretches: Vec<_> = std::iter::once(begin).chain(changes.take_while(|(at, _)| *at < to)).collect();
        let ends = stretches.iter().skip(1).map(|(begins, _)| *begins).chain([to]);
        let hour = |wall: i64| wall.div_euclid(HOUR);
        // The clock may be put back in the first hour, and in the last.
        let first = stretches.iter().map(|(begins, offset)| hour(begins + offset)).min().unwrap_or(0);
        let last = stretches.iter().zip(ends).map(|((_, offset), end)| hour(end - 1 + offset)).max().unwrap_or(first);
        let length = usize::try_from(last - first + 1).unwrap_or(0);
        WallClock { first, starts: vec![0; length], stretches }
    }

    pub(super) fn add(&mut self, at: i64) {
        let stretch = self.stretches.partition_point(|(begins, _)| *begins <= at).saturating_sub(1);
        let offset = self.stretches.get(stretch).map_or(0, |(_, offset)| *offset);
        let hour = usize::try_from((at + offset).div_euclid(HOUR) - self.first);
        if let Some(starts) = hour.ok().and_then(|hour| self.starts.get_mut(hour)) {
            *starts += 1;
        }
    }

    pub(super) fn hours(self) -> Hours {
        Hours { first: civil(self.first * HOUR), starts: self.starts }
    }
}
