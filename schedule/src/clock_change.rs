//! What changes of the clock do to a schedule: the times that its zone leaves out or has twice.

use crate::Rule;
use crate::pattern::Days;
use crate::plan::Plan;
use crate::wall::{civil, clamp, day_of, start_of, weekday_of};
use jiff::civil::DateTime;

/// How many effects are given at most.
const MOST: usize = 1_000;

/// What a change of the clock does to a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockChange {
    /// When the clock is put forward or back.
    pub at: i64,
    /// What comes of it.
    pub effect: ClockEffect,
}

/// What becomes of due times when the clock is put forward or back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClockEffect {
    /// A time that does not exist: it is due at the change, when the clock has gone past it.
    Moved(DateTime),
    /// A time that exists twice: it is due the first time.
    First(DateTime),
    /// Cron with a `*` or a step is due in the second pass, too, so many times.
    Repeated(usize),
    /// Cron with a `*` or a step is not due in the gap, so many times.
    LeftOut(usize),
}

impl Rule {
    /// Gives what the changes of the zone's clock between two instants do to the schedule, at most 1,000 effects.
    ///
    /// `every` has none, but for the time of day at which a window opens: it counts real time.
    pub fn clock_changes(&self, from: i64, to: i64) -> Vec<ClockChange> {
        let mut found = Vec::new();
        let mut at = clamp(from);
        while let Some(change) = self.zone.stretch_end(at).filter(|change| *change <= to && found.len() < MOST) {
            let effects = self.effects(change);
            found.extend(effects.into_iter().take(MOST - found.len()).map(|effect| ClockChange { at: change, effect }));
            at = change;
        }
        found
    }

    fn effects(&self, change: i64) -> Vec<ClockEffect> {
        let before = change + self.zone.offset(change - 1);
        let since = self.zone.wall(change);
        let forward = before < since;
        let walls = self.walls(before.min(since), before.max(since));
        match &self.plan {
            Plan::Shown { .. } if walls.is_empty() => Vec::new(),
            Plan::Shown { .. } if forward => vec![ClockEffect::LeftOut(walls.len())],
            Plan::Shown { .. } => vec![ClockEffect::Repeated(walls.len())],
            Plan::Times { .. } | Plan::Windows { .. } | Plan::Grid { .. } | Plan::Once(_) => {
                let effect = if forward { ClockEffect::Moved } else { ClockEffect::First };
                walls.into_iter().map(|wall| effect(civil(wall))).collect()
            }
        }
    }

    /// Gives the wall-clock times of the schedule from one, and before another; what is between them is a day at most.
    fn walls(&self, from: i64, to: i64) -> Vec<i64> {
        let times: &[i64] = match &self.plan {
            Plan::Times { times, .. } | Plan::Shown { times, .. } => times,
            Plan::Windows { from, .. } => std::slice::from_ref(from),
            Plan::Grid { .. } | Plan::Once(_) => return Vec::new(),
        };
        let days = (day_of(from)..=day_of(to)).filter(|day| self.names(*day));
        let walls = days.flat_map(|day| times.iter().map(move |time| start_of(day) + time));
        walls.filter(|wall| (from..to).contains(wall)).collect()
    }

    fn names(&self, day: i32) -> bool {
        let contains = |days: &Days| days.contains(day);
        self.life.holds(day)
            && match &self.plan {
                Plan::Times { days, .. } | Plan::Shown { days, .. } => contains(days),
                Plan::Windows { days, .. } => days.contains(weekday_of(day)),
                Plan::Grid { .. } | Plan::Once(_) => false,
            }
    }
}
