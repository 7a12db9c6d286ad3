//! What becomes of due times that passed while nobody was there.
//!
//! Pure, over two questions to a calendar rule: the first due time from an instant on, and the last one before it.
//! Every due time of the span ends up either in a run or in a row; a long span of a frequent schedule is one row.

use crate::clock::Micros;
use schedule::{Catchup, MOST_CAUGHT_UP};

/// A calendar rule, as far as it is asked here.
pub struct Calendar<'a> {
    /// Gives the first due time at or after an instant.
    pub next: &'a dyn Fn(Micros) -> Option<Micros>,
    /// Gives the last due time before an instant.
    pub previous: &'a dyn Fn(Micros) -> Option<Micros>,
}

/// A plan for due times that have passed, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Spans of due times at which nothing runs: the first and the last of each.
    pub missed: Vec<(Micros, Micros)>,
    /// Due times that are run now.
    pub run: Vec<Micros>,
}

/// How many missed due times of one schedule get a row each; more of them share one.
const SINGLE_ROWS: usize = 100;

/// Plans the due times from `from` to `to`, both included.
pub fn catch_up(calendar: &Calendar<'_>, from: Micros, to: Micros, policy: Catchup) -> Plan {
    let wanted = match policy {
        Catchup::None => 0,
        Catchup::Latest => 1,
        Catchup::All { limit } => limit.min(MOST_CAUGHT_UP) as usize,
    };
    let run = latest(calendar, from, to, wanted);
    let missed_to = run.first().map_or(to, |first| first.saturating_sub(1));
    Plan { missed: missed(calendar, from, missed_to), run }
}

/// Gives the last due times of a span, at most `count`, oldest first.
fn latest(calendar: &Calendar<'_>, from: Micros, to: Micros, count: usize) -> Vec<Micros> {
    let mut found = Vec::new();
    let mut before = to.saturating_add(1);
    while found.len() < count {
        match (calendar.previous)(before) {
            Some(due) if due >= from && due < before => {
                found.push(due);
                before = due;
            }
            Some(_) | None => break,
        }
    }
    found.reverse();
    found
}

fn missed(calendar: &Calendar<'_>, from: Micros, to: Micros) -> Vec<(Micros, Micros)> {
    let mut found = Vec::new();
    let mut at = from;
    while let Some(due) = (calendar.next)(at).filter(|due| *due <= to && *due >= at) {
        found.push((due, due));
        if found.len() > SINGLE_ROWS {
            let first = found.first().map_or(due, |(first, _)| *first);
            let last = (calendar.previous)(to.saturating_add(1)).filter(|last| *last >= due).unwrap_or(due);
            return vec![(first, last)];
        }
        at = due.saturating_add(1);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_ten(from: Micros, to: Micros, policy: Catchup) -> Plan {
        let next = |at: Micros| Some((at + 9).div_euclid(10) * 10);
        let previous = |before: Micros| Some((before - 1).div_euclid(10) * 10);
        catch_up(&Calendar { next: &next, previous: &previous }, from, to, policy)
    }

    #[test]
    fn none_misses_all() {
        let plan = every_ten(1, 30, Catchup::None);
        assert_eq!(plan, Plan { missed: vec![(10, 10), (20, 20), (30, 30)], run: vec![] });
    }

    #[test]
    fn latest_runs_the_last_one() {
        let plan = every_ten(1, 39, Catchup::Latest);
        assert_eq!(plan, Plan { missed: vec![(10, 10), (20, 20)], run: vec![30] });
    }

    #[test]
    fn all_runs_the_last_of_them_in_order() {
        let plan = every_ten(10, 50, Catchup::All { limit: 3 });
        assert_eq!(plan, Plan { missed: vec![(10, 10), (20, 20)], run: vec![30, 40, 50] });
    }

    #[test]
    fn nothing_due_is_nothing_planned() {
        assert_eq!(every_ten(11, 19, Catchup::Latest), Plan::default());
        assert_eq!(every_ten(30, 29, Catchup::Latest), Plan::default());
    }

    #[test]
    fn many_missed_due_times_share_a_row() {
        let plan = every_ten(0, 10_000_000, Catchup::Latest);
        assert_eq!(plan, Plan { missed: vec![(0, 9_999_990)], run: vec![10_000_000] });
    }

    #[test]
    fn a_rule_without_an_end_is_cut_at_the_limit() {
        assert_eq!(every_ten(0, 10_000_000, Catchup::All { limit: u32::MAX }).run.len(), MOST_CAUGHT_UP as usize);
    }
}
