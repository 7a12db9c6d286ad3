//! Times in which nothing that is due begins, and the hours in which a task may: what becomes of a start.
//!
//! Pure: the runtime decides by it, and whoever looks ahead shows the same.

use crate::{Catchup, Form, Hours, Rule, ScheduleError, Spec};

/// How many windows may follow on each other before a start behind them is looked at no further.
const MOST_IN_TURN: usize = 64;

/// How many due times are looked at for one that starts.
const MOST_LOOKED_AT: usize = 10_000;

/// A time in which nothing that is due begins, once or again and again.
#[derive(Clone, Debug)]
pub struct Maintenance {
    /// What it is for.
    name: String,
    times: Times,
    due: WhenDue,
}

#[derive(Clone, Debug)]
enum Times {
    Once { from: i64, to: i64 },
    Again { rule: Box<Rule>, lasts: i64 },
}

/// What becomes of a due time that comes in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenDue {
    /// Nothing runs for it.
    Skip,
    /// It starts when the window ends.
    Delay,
    /// The last one of the window starts when it ends; nothing runs for those before it.
    RunLast,
}

/// What becomes of a start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Becomes {
    /// It begins as it is due.
    Starts,
    /// It begins later.
    Delayed {
        /// When.
        to: i64,
        /// By what: `maintenance "patches"`.
        why: String,
    },
    /// It does not begin.
    Skipped {
        /// By what.
        why: String,
    },
    /// It does not begin, because a later due time of its schedule stands for it.
    Coalesced {
        /// By what.
        why: String,
    },
}

/// What stands before the starts of a task.
#[derive(Clone, Debug, Default)]
pub struct Doors {
    /// The windows of the runtime.
    pub maintenance: Vec<Maintenance>,
    /// The hours of the task, and whether a start outside is put off; otherwise it is skipped.
    pub hours: Option<(Hours, bool)>,
}

impl Maintenance {
    /// Makes a window that comes once: its end is not in it.
    #[must_use]
    pub fn once(name: String, (from, to): (i64, i64), due: WhenDue) -> Maintenance {
        Maintenance { name, times: Times::Once { from, to }, due }
    }

    /// Makes a window that begins whenever a cron expression says in a zone, and lasts some microseconds.
    ///
    /// # Errors
    /// An expression that cannot be read or never comes, and an unknown zone.
    pub fn again(
        name: String,
        (cron, zone): (String, Option<String>),
        lasts: i64,
        due: WhenDue,
    ) -> Result<Maintenance, ScheduleError> {
        let (form, except, catchup) = (Form::Cron(cron), Vec::new(), Catchup::None);
        let spec = Spec { form, zone, jitter: None, except, starting: None, ending: None, catchup };
        Ok(Maintenance { name, times: Times::Again { rule: Box::new(Rule::new(&spec)?), lasts }, due })
    }

    /// Gives when the window ends in which an instant lies, if it lies in one.
    #[must_use]
    pub fn end_at(&self, at: i64) -> Option<i64> {
        match &self.times {
            Times::Once { from, to } => (*from..*to).contains(&at).then_some(*to),
            Times::Again { rule, lasts } => {
                let end = rule.previous(at.saturating_add(1))?.saturating_add(*lasts);
                (at < end).then_some(end)
            }
        }
    }

    fn words(&self) -> String {
        format!("maintenance `{}`", self.name)
    }
}

/// Says what windows let become of a start at an instant. `next` gives the next start of the same schedule.
#[must_use]
pub fn in_maintenance(windows: &[Maintenance], at: i64, next: &dyn Fn() -> Option<i64>) -> Becomes {
    let mut becomes = Becomes::Starts;
    let mut begins = at;
    for _ in 0..MOST_IN_TURN {
        let Some((window, end)) = windows.iter().find_map(|window| Some((window, window.end_at(begins)?))) else {
            break;
        };
        let why = window.words();
        match window.due {
            WhenDue::Skip => return Becomes::Skipped { why },
            WhenDue::RunLast if next().is_some_and(|next| next < end) => return Becomes::Coalesced { why },
            WhenDue::Delay | WhenDue::RunLast => {}
        }
        begins = end;
        becomes = Becomes::Delayed { to: end, why };
    }
    becomes
}

impl Doors {
    /// Says whether nothing stands before any start.
    #[must_use]
    pub fn are_open(&self) -> bool {
        self.maintenance.is_empty() && self.hours.is_none()
    }

    /// Gives the first start that comes of the due times of a rule from an instant on, of the first 10,000.
    #[must_use]
    pub fn first(&self, rule: &Rule, from: i64) -> Option<i64> {
        rule.iter(from).take(MOST_LOOKED_AT).find_map(|due| {
            match self.pass(due, &|| rule.next(due.saturating_add(1))) {
                Becomes::Starts => Some(due),
                Becomes::Delayed { to, .. } => Some(to),
                Becomes::Skipped { .. } | Becomes::Coalesced { .. } => None,
            }
        })
    }

    /// Says what becomes of a start at an instant. `next` gives the next start of the same schedule.
    #[must_use]
    pub fn pass(&self, at: i64, next: &dyn Fn() -> Option<i64>) -> Becomes {
        let becomes = in_maintenance(&self.maintenance, at, next);
        let begins = match &becomes {
            Becomes::Starts => at,
            Becomes::Delayed { to, .. } => *to,
            Becomes::Skipped { .. } | Becomes::Coalesced { .. } => return becomes,
        };
        let Some((hours, delay)) = &self.hours else { return becomes };
        let why = || "`only between`".to_owned();
        match hours.first_from(begins) {
            Some(opens) if opens == begins => becomes,
            Some(to) if *delay => Becomes::Delayed { to, why: why() },
            Some(_) | None => Becomes::Skipped { why: why() },
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{Weekdays, Window};

    const HOUR: i64 = 3_600_000_000;

    fn once(from: i64, to: i64, due: WhenDue) -> Maintenance {
        Maintenance::once("move".to_owned(), (from * HOUR, to * HOUR), due)
    }

    fn pass(doors: &Doors, at: i64, next: Option<i64>) -> Becomes {
        doors.pass(at * HOUR, &|| next.map(|next| next * HOUR))
    }

    fn delayed(to: i64, why: &str) -> Becomes {
        Becomes::Delayed { to: to * HOUR, why: why.to_owned() }
    }

    const MOVE: &str = "maintenance `move`";

    #[test]
    fn a_window_skips_puts_off_or_runs_the_last_one() {
        let doors = |due| Doors { maintenance: vec![once(2, 5, due)], hours: None };
        assert_eq!(pass(&doors(WhenDue::Skip), 1, None), Becomes::Starts);
        assert_eq!(pass(&doors(WhenDue::Skip), 5, None), Becomes::Starts);
        assert_eq!(pass(&doors(WhenDue::Skip), 2, None), Becomes::Skipped { why: MOVE.to_owned() });
        assert_eq!(pass(&doors(WhenDue::Delay), 3, Some(4)), delayed(5, MOVE));
        assert_eq!(pass(&doors(WhenDue::RunLast), 3, Some(4)), Becomes::Coalesced { why: MOVE.to_owned() });
        assert_eq!(pass(&doors(WhenDue::RunLast), 4, Some(5)), delayed(5, MOVE));
        assert_eq!(pass(&doors(WhenDue::RunLast), 4, None), delayed(5, MOVE));
    }

    #[test]
    fn windows_that_follow_on_each_other_are_passed_in_turn() {
        let maintenance = vec![once(5, 7, WhenDue::Delay), once(2, 5, WhenDue::Delay)];
        assert_eq!(pass(&Doors { maintenance, hours: None }, 3, None), delayed(7, MOVE));
        let maintenance = vec![once(2, 5, WhenDue::Delay), once(5, 7, WhenDue::Skip)];
        assert_eq!(pass(&Doors { maintenance, hours: None }, 3, None), Becomes::Skipped { why: MOVE.to_owned() });
    }

    #[test]
    fn a_recurring_window_is_there_each_time() {
        let nightly = ("0 2 * * *".to_owned(), Some("UTC".to_owned()));
        let nightly = Maintenance::again("patches".to_owned(), nightly, 2 * HOUR, WhenDue::Delay).unwrap();
        for day in 0..3 {
            assert_eq!(nightly.end_at((24 * day + 1) * HOUR), None);
            assert_eq!(nightly.end_at((24 * day + 2) * HOUR), Some((24 * day + 4) * HOUR));
            assert_eq!(nightly.end_at((24 * day + 4) * HOUR - 1), Some((24 * day + 4) * HOUR));
            assert_eq!(nightly.end_at((24 * day + 4) * HOUR), None);
        }
    }

    #[test]
    fn a_window_without_an_end_is_left() {
        let always = ("* * * * *".to_owned(), None);
        let always = Maintenance::again("always".to_owned(), always, HOUR, WhenDue::Delay).unwrap();
        assert!(matches!(pass(&Doors { maintenance: vec![always], hours: None }, 3, None), Becomes::Delayed { .. }));
    }

    #[test]
    fn the_hours_of_a_task_count_when_the_window_is_over() {
        let hours = Hours::new(Window { from: 8 * HOUR, to: 18 * HOUR }, Weekdays::ALL, Some("UTC")).unwrap();
        let doors =
            |delay| Doors { maintenance: vec![once(9, 20, WhenDue::Delay)], hours: Some((hours.clone(), delay)) };
        assert_eq!(pass(&doors(true), 8, None), Becomes::Starts);
        assert_eq!(pass(&doors(true), 10, None), delayed(32, "`only between`"));
        assert_eq!(pass(&doors(false), 10, None), Becomes::Skipped { why: "`only between`".to_owned() });
        assert_eq!(pass(&doors(true), 3, None), delayed(8, "`only between`"));
    }
}
