//! Runs of a task, summed up.
//!
//! How long runs take is told of those that succeeded: one that fails at once says nothing of how long the work takes. The
//! times are exact, for all lengths are kept.

use crate::numbers::percentile;
use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};
use runtime::engine::RunState;
use runtime::history::RunFigures;
use std::collections::BTreeMap;

/// What runs come to.
pub(super) struct Summary {
    /// Where days begin.
    pub(super) zone: TimeZone,
    /// How many there are.
    pub(super) runs: u64,
    /// How many are in each state, in the order of the states.
    pub(super) states: Vec<(RunState, u64)>,
    /// How many operations those made that ended.
    pub(super) operations: u64,
    /// From start to end, waits included; of those that succeeded.
    pub(super) took: Lengths,
    /// From when they were asked for to their start; of those that started.
    pub(super) stood_in_line: Lengths,
    /// The days on which runs were asked for.
    pub(super) days: BTreeMap<Date, Day>,
}

/// The runs of a day.
#[derive(Default)]
pub(super) struct Day {
    /// How many there are.
    pub(super) runs: u64,
    /// How many succeeded.
    pub(super) succeeded: u64,
    /// How many failed or took too long.
    pub(super) failed: u64,
    /// How long those took that succeeded.
    pub(super) took: Lengths,
}

/// Lengths of time, in microseconds.
#[derive(Default)]
pub(super) struct Lengths(Vec<i64>);

/// What stands for many lengths of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spread {
    /// Half of them are not longer.
    pub(super) p50: i64,
    /// 95 of 100 are not longer.
    pub(super) p95: i64,
    /// 99 of 100 are not longer.
    pub(super) p99: i64,
    /// The longest.
    pub(super) longest: i64,
}

impl Summary {
    /// Makes one of no runs.
    pub(super) fn of(zone: TimeZone) -> Self {
        Summary {
            zone,
            runs: 0,
            states: RunState::ALL.iter().map(|state| (*state, 0)).collect(),
            operations: 0,
            took: Lengths::default(),
            stood_in_line: Lengths::default(),
            days: BTreeMap::new(),
        }
    }

    /// Adds a run.
    pub(super) fn add(&mut self, run: &RunFigures) {
        self.runs += 1;
        self.operations = self.operations.saturating_add(run.operations);
        if let Some((_, runs)) = self.states.iter_mut().find(|(state, _)| *state == run.state) {
            *runs += 1;
        }
        if let Some(started) = run.started_at {
            self.stood_in_line.0.push(started.saturating_sub(run.created_at).max(0));
        }
        let instant = Timestamp::from_microsecond(run.created_at).unwrap_or_default();
        let day = self.days.entry(self.zone.to_datetime(instant).date()).or_default();
        day.runs += 1;
        match run.state {
            RunState::Succeeded => {
                day.succeeded += 1;
                if let Some((from, to)) = run.started_at.zip(run.ended_at) {
                    day.took.0.push(to.saturating_sub(from).max(0));
                }
            }
            RunState::Failed | RunState::TimedOut => day.failed += 1,
            RunState::Queued | RunState::Running | RunState::Waiting | RunState::Cancelled => {}
        }
    }

    /// Puts everything in the order that is told, once all runs are added.
    pub(super) fn sorted(mut self) -> Self {
        self.took = Lengths(self.days.values().flat_map(|day| &day.took.0).copied().collect());
        let of_days = self.days.values_mut().map(|day| &mut day.took);
        for lengths in of_days.chain([&mut self.took, &mut self.stood_in_line]) {
            lengths.0.sort_unstable();
        }
        self
    }

    /// Gives how many are in a state.
    pub(super) fn in_state(&self, wanted: RunState) -> u64 {
        self.states.iter().filter(|(state, _)| *state == wanted).map(|(_, runs)| runs).sum()
    }

    /// Gives how many of those succeeded that came to an end by themselves, and how many those are: who cancels a run has
    /// not seen it fail.
    pub(super) fn success(&self) -> (u64, u64) {
        let succeeded = self.in_state(RunState::Succeeded);
        (succeeded, succeeded + self.in_state(RunState::Failed) + self.in_state(RunState::TimedOut))
    }

    /// Gives how many ended.
    pub(super) fn ended(&self) -> u64 {
        self.states.iter().filter(|(state, _)| state.is_final()).map(|(_, runs)| runs).sum()
    }
}

impl Lengths {
    /// Gives what stands for them; nothing where there are none. They must be sorted.
    pub(super) fn spread(&self) -> Option<Spread> {
        Some(Spread {
            p50: percentile(&self.0, 50)?,
            p95: percentile(&self.0, 95)?,
            p99: percentile(&self.0, 99)?,
            longest: *self.0.last()?,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    const DAY: i64 = 86_400_000_000;

    fn run(state: RunState, created_at: i64, took: i64) -> RunFigures {
        let started_at = (state != RunState::Queued).then_some(created_at + 5);
        let ended_at = state.is_final().then_some(created_at + 5 + took);
        RunFigures { state, created_at, started_at, ended_at, operations: 2 }
    }

    #[test]
    fn runs_are_summed_up_by_state_length_and_day() {
        let mut summary = Summary::of(TimeZone::UTC);
        for length in 1..=100 {
            summary.add(&run(RunState::Succeeded, length % 2 * DAY, length));
        }
        for (state, at) in [(RunState::Failed, 0), (RunState::TimedOut, DAY), (RunState::Cancelled, DAY)] {
            summary.add(&run(state, at, 1_000_000));
        }
        summary.add(&run(RunState::Queued, 3 * DAY, 0));
        let summary = summary.sorted();
        assert_eq!((summary.runs, summary.ended(), summary.success()), (104, 103, (100, 102)));
        assert_eq!(summary.took.spread(), Some(Spread { p50: 50, p95: 95, p99: 99, longest: 100 }));
        assert_eq!(summary.stood_in_line.spread(), Some(Spread { p50: 5, p95: 5, p99: 5, longest: 5 }));
        let days: Vec<_> = summary.days.values().map(|day| (day.runs, day.succeeded, day.failed)).collect();
        assert_eq!(days, [(51, 50, 1), (52, 50, 1), (1, 0, 0)]);
        let halves: Vec<_> = summary.days.values().map(|day| day.took.spread().map(|spread| spread.p50)).collect();
        assert_eq!(halves, [Some(50), Some(49), None]);
    }

    #[test]
    fn of_no_runs_nothing_is_told() {
        let summary = Summary::of(TimeZone::UTC).sorted();
        assert_eq!((summary.success(), summary.took.spread(), summary.days.len()), ((0, 0), None, 0));
    }
}
