//! Times of a schedule that its zone leaves out: what the lint about daylight saving names.

use crate::plan::Plan;
use crate::wall::{civil, clamp, day_of, start_of};
use crate::{Rule, ScheduleError, Spec};
use jiff::civil::DateTime;

/// How many are given at most.
const MOST: usize = 100;

/// Gives the nominal wall-clock times of a schedule that do not exist in its zone, because the clock is put forward
/// over them between two instants; at most 100. They run at the first instant after their gap.
///
/// `every` without a window and cron with a `*` or a step have none: they follow real time or the clock on the wall.
///
/// # Errors
/// As [`Rule::new`].
pub fn gaps(spec: &Spec, from: i64, to: i64) -> Result<Vec<DateTime>, ScheduleError> {
    let rule = Rule::new(spec)?;
    let times: &[i64] = match &rule.plan {
        Plan::Times { times, .. } => times,
        Plan::Windows { from, .. } => std::slice::from_ref(from),
        Plan::Grid { .. } | Plan::Shown { .. } | Plan::Once(_) => return Ok(Vec::new()),
    };
    let mut found = Vec::new();
    let mut at = clamp(from);
    while let Some(change) = rule.zone.stretch_end(at).filter(|change| *change <= to) {
        let begins = change + rule.zone.offset(change - 1);
        let ends = rule.zone.wall(change);
        for day in day_of(begins)..=day_of(ends) {
            if ends <= begins || !named(&rule, day) {
                continue;
            }
            let walls = times.iter().map(|time| start_of(day) + time);
            found.extend(walls.filter(|wall| (begins..ends).contains(wall)).map(civil).take(MOST - found.len()));
        }
        if found.len() >= MOST {
            break;
        }
        at = change;
    }
    Ok(found)
}

fn named(rule: &Rule, day: i32) -> bool {
    rule.life.holds(day)
        && match &rule.plan {
            Plan::Times { days, .. } => days.contains(day),
            Plan::Windows { days, .. } => days.contains(crate::wall::weekday_of(day)),
            Plan::Grid { .. } | Plan::Shown { .. } | Plan::Once(_) => false,
        }
}
