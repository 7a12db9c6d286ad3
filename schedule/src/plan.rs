//! Where the instants of a rule come from: one search forward for each kind of rule.
//!
//! A search walks days or stretches of one offset, never minutes, and always ends: it is given the last instant it may
//! look at.

use crate::Weekdays;
use crate::cron::{Clock, Cron};
use crate::pattern::Days;
use crate::wall::{DAY, clamp, day_of, start_of, weekday_of};
use crate::zone::Zone;

/// A rule, ready to be searched.
#[derive(Clone, Debug)]
pub(crate) enum Plan {
    /// `every`: real time from an anchor on, on some days.
    Grid { anchor: i64, begins: bool, period: i64, days: Weekdays },
    /// `every … from … to`: real time, begun anew on each day; `to` is counted from the midnight that begins the day.
    Windows { period: i64, from: i64, to: i64, days: Weekdays },
    /// Wall-clock times, each once a day.
    Times { days: Days, times: Vec<i64> },
    /// Cron with a `*` or a step in its minute or hour: whatever the clock on the wall shows, it fires.
    Shown { days: Days, times: Vec<i64> },
    /// One instant.
    Once(i64),
}

/// The nominal days a schedule's modifiers leave, and its last instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Life {
    pub(crate) first_day: i32,
    pub(crate) last_day: i32,
    pub(crate) first: i64,
    pub(crate) last: i64,
    /// Sorted.
    pub(crate) except: Vec<i32>,
}

impl Life {
    /// A schedule without modifiers.
    pub(crate) fn unbounded() -> Life {
        Life { first_day: i32::MIN, last_day: i32::MAX, first: i64::MIN, last: i64::MAX, except: Vec::new() }
    }

    pub(crate) fn is_unbounded(&self) -> bool {
        *self == Life::unbounded()
    }

    pub(crate) fn holds(&self, day: i32) -> bool {
        (self.first_day..=self.last_day).contains(&day) && self.except.binary_search(&day).is_err()
    }
}

impl Plan {
    /// Makes the plan of a cron expression.
    pub(crate) fn cron(cron: Cron) -> Plan {
        let Cron { clock, days, repeats } = cron;
        let times = Clock::times(clock);
        let days = Days::Cron(days);
        if repeats { Plan::Shown { days, times } } else { Plan::Times { days, times } }
    }

    /// Gives the first instant from `from` to `until`, both included.
    pub(crate) fn first(&self, zone: &Zone, life: &Life, from: i64, until: i64) -> Option<i64> {
        let (asked, until) = (from, clamp(until.min(life.last)));
        let from = clamp(from.max(life.first));
        if from.max(asked) > until {
            return None;
        }
        let found = match self {
            Plan::Grid { anchor, begins, period, days } => {
                let from = if *begins { from.max(*anchor) } else { from };
                let grid = Grid { anchor: *anchor, period: *period, days: *days };
                grid.first(zone, life, from, until)
            }
            Plan::Windows { period, from: opens, to: closes, days } => {
                let window = Window { period: *period, opens: *opens, closes: *closes };
                let shown = zone.wall(from - 1);
                let mut range = days_between(zone, life, from, until);
                range.find_map(|day| {
                    // What the clock has shown before `from` is over.
                    let over = start_of(day) + closes <= shown;
                    let named = !over && days.contains(weekday_of(day)) && life.holds(day);
                    named.then(|| window.first(zone, day, from)).flatten()
                })
            }
            Plan::Times { days, times } => {
                let shown = zone.wall(from - 1);
                days_between(zone, life, from, until).find_map(|day| {
                    // What the clock has shown before `from` is over, and needs no look at the zone. A little of what
                    // it has not may be, too, where it was put back.
                    let over = times.partition_point(|time| start_of(day) + time <= shown);
                    let rest = times.get(over..).filter(|rest| !rest.is_empty())?;
                    if !(life.holds(day) && days.contains(day)) {
                        return None;
                    }
                    rest.iter().map(|time| zone.first_at(start_of(day) + time)).find(|instant| *instant >= from)
                })
            }
            Plan::Shown { days, times } => first_shown(zone, life, days, times, from, until),
            Plan::Once(at) => (*at >= from && life.holds(day_of(zone.wall(*at)))).then_some(*at),
        };
        found.filter(|&instant| instant <= until)
    }
}

/// Gives the nominal days whose instants may lie between two instants. A gap may be a whole day long and a window may
/// end on the day after it began, hence the days before; a fold over midnight makes one day begin twice, hence the
/// one after.
fn days_between(zone: &Zone, life: &Life, from: i64, until: i64) -> std::ops::RangeInclusive<i32> {
    let first = day_of(zone.wall(from)) - 3;
    let last = day_of(zone.wall(until)) + 1;
    first.max(life.first_day)..=last.min(life.last_day)
}

struct Grid {
    anchor: i64,
    period: i64,
    days: Weekdays,
}

impl Grid {
    fn first(&self, zone: &Zone, life: &Life, from: i64, until: i64) -> Option<i64> {
        let mut at = from;
        loop {
            let instant = align(self.anchor, self.period, at)?;
            if instant > until {
                return None;
            }
            let offset = zone.offset(instant);
            let day = day_of(instant + offset);
            if self.days.contains(weekday_of(day)) && life.holds(day) {
                return Some(instant);
            }
            if day > life.last_day.saturating_add(1) {
                return None;
            }
            // On to the next day, or to where the offset changes: a clock put back over midnight repeats a day.
            let next_day = start_of(day + 1) - offset;
            at = zone.stretch_end(instant).map_or(next_day, |end| end.min(next_day));
        }
    }
}

struct Window {
    period: i64,
    opens: i64,
    closes: i64,
}

impl Window {
    fn first(&self, zone: &Zone, day: i32, from: i64) -> Option<i64> {
        let opens = zone.first_at(start_of(day) + self.opens);
        let closes = zone.first_at(start_of(day) + self.closes);
        let instant = align(opens, self.period, from.max(opens))?;
        (instant <= closes).then_some(instant)
    }
}

/// Gives the first point of a grid at or after an instant.
fn align(anchor: i64, period: i64, at: i64) -> Option<i64> {
    let (anchor, period, at) = (i128::from(anchor), i128::from(period), i128::from(at));
    let behind = (at - anchor).rem_euclid(period);
    let point = if behind == 0 { at } else { at - behind + period };
    i64::try_from(point).ok()
}

/// Walks stretches of one offset; inside each the wall clock simply runs.
fn first_shown(zone: &Zone, life: &Life, days: &Days, times: &[i64], from: i64, until: i64) -> Option<i64> {
    let mut at = from;
    while at <= until {
        let offset = zone.offset(at);
        let end = zone.stretch_end(at).map_or(until, |end| (end - 1).min(until));
        if let Some(wall) = first_wall(life, days, times, at + offset, end + offset) {
            return Some(wall - offset);
        }
        at = end.checked_add(1)?;
    }
    None
}

fn first_wall(life: &Life, days: &Days, times: &[i64], from: i64, until: i64) -> Option<i64> {
    let first = day_of(from).max(life.first_day);
    let last = day_of(until).min(life.last_day);
    let wall = (first..=last).filter(|&day| life.holds(day) && days.contains(day)).find_map(|day| {
        let next = times.partition_point(|time| start_of(day) + time < from);
        times.get(next).map(|time| start_of(day) + time)
    })?;
    (wall <= until).then_some(wall)
}

/// Says where a window ends, counted from the midnight that begins its day.
pub(crate) fn window_end(from: i64, to: i64) -> i64 {
    if to < from { to + DAY } else { to }
}
