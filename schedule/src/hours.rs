//! Hours: a part of some days of the week, in which something may begin.

use crate::wall::{DAY, day_of, start_of, weekday_of};
use crate::zone::Zone;
use crate::{ScheduleError, Weekdays, Window};

/// How many days ahead it is looked: a week, and one more where a change of the clock swallows the hours of a day.
const AHEAD: i32 = 15;

/// A part of some days. It begins on the day that is named, also where it goes over midnight; its end is not in it.
#[derive(Clone, Debug)]
pub struct Hours {
    window: Window,
    days: Weekdays,
    zone: Zone,
}

impl Hours {
    /// Reads hours in a zone; none is UTC.
    ///
    /// # Errors
    /// An unknown zone.
    pub fn new(window: Window, days: Weekdays, zone: Option<&str>) -> Result<Hours, ScheduleError> {
        Ok(Hours { window, days, zone: Zone::named(zone)? })
    }

    /// Gives the first instant from `at` on that lies in the hours; `None` where no day has them.
    pub fn first_from(&self, at: i64) -> Option<i64> {
        let today = day_of(self.zone.wall(at));
        let over_midnight = if self.window.to <= self.window.from { DAY } else { 0 };
        let days =
            (today.saturating_sub(1)..today.saturating_add(AHEAD)).filter(|day| self.days.contains(weekday_of(*day)));
        days.map(start_of).find_map(|day| {
            let opens = self.zone.first_at(day + self.window.from);
            let closes = self.zone.first_at(day + self.window.to + over_midnight);
            (at < closes && opens < closes).then_some(at.max(opens))
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    const HOUR: i64 = 3_600_000_000;

    fn hours(from: i64, to: i64, days: Weekdays, zone: &str) -> Hours {
        Hours::new(Window { from: from * HOUR, to: to * HOUR }, days, Some(zone)).unwrap()
    }

    fn first(hours: &Hours, at: &str) -> String {
        let at = at.parse::<Timestamp>().unwrap().as_microsecond();
        Timestamp::from_microsecond(hours.first_from(at).unwrap()).unwrap().to_string()
    }

    #[test]
    fn what_lies_inside_begins_at_once_and_the_end_is_outside() {
        let day = hours(8, 18, Weekdays::ALL, "UTC");
        for at in ["2026-03-02T08:00:00Z", "2026-03-02T17:59:59.999999Z"] {
            assert_eq!(first(&day, at), at);
        }
        assert_eq!(first(&day, "2026-03-02T07:59:59Z"), "2026-03-02T08:00:00Z");
        assert_eq!(first(&day, "2026-03-02T18:00:00Z"), "2026-03-03T08:00:00Z");
    }

    #[test]
    fn a_night_belongs_to_the_day_on_which_it_begins() {
        let nights = hours(22, 6, Weekdays::WORKING, "Europe/Berlin");
        // Friday's night goes on on Saturday morning; then nothing until Monday night.
        assert_eq!(first(&nights, "2026-03-07T04:59:00Z"), "2026-03-07T04:59:00Z");
        assert_eq!(first(&nights, "2026-03-07T05:00:00Z"), "2026-03-09T21:00:00Z");
        assert_eq!(first(&nights, "2026-03-09T03:00:00Z"), "2026-03-09T21:00:00Z");
    }

    #[test]
    fn hours_that_the_clock_leaves_out_are_of_the_next_day() {
        // 02:00 to 03:00 does not exist on 2026-03-29 in Berlin.
        let hour = hours(2, 3, Weekdays::ALL, "Europe/Berlin");
        assert_eq!(first(&hour, "2026-03-28T23:00:00Z"), "2026-03-30T00:00:00Z");
        let sundays = hours(2, 3, Weekdays(0b100_0000), "Europe/Berlin");
        assert_eq!(first(&sundays, "2026-03-28T23:00:00Z"), "2026-04-05T00:00:00Z");
    }
}
