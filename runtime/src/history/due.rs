//! What became of due times, and the schedules that are or were in force.

use super::History;
use crate::clock::Micros;
use crate::engine::{EngineError, OccurrenceOutcome, RunId};
use crate::store::{OccurrenceRow, StoredSchedule};
use std::ops::RangeInclusive;

/// What became of a due time, or of a span of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The task.
    pub task: String,
    /// The rule by which it was due, in words; empty where a version of before did not write them.
    pub rule: String,
    /// The due time, or the first of a span.
    pub nominal: Micros,
    /// The last due time of a span.
    pub until: Option<Micros>,
    /// When it should have started, jitter included.
    pub effective: Micros,
    /// When it was decided.
    pub decided_at: Micros,
    /// What became of it.
    pub outcome: OccurrenceOutcome,
    /// Why, where no run began.
    pub why: Option<String>,
    /// The run that began.
    pub run: Option<RunId>,
}

/// A schedule that is or was in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownSchedule {
    /// The program.
    pub project: String,
    /// The task.
    pub task: String,
    /// The number of the schedule in the task.
    pub ordinal: u32,
    /// Its rule in words; empty where a version of before did not write them.
    pub rule: String,
    /// Since when it is in force: nothing before is ever due.
    pub since: Micros,
    /// When it went out of force.
    pub until: Option<Micros>,
}

impl History {
    /// Gives what became of due times from a nominal time on, newest first; `task` keeps those of one task.
    pub fn occurrences(&self, task: Option<&str>, from: Micros, limit: u32) -> Result<Vec<Occurrence>, EngineError> {
        self.occurrences_in(task, from..=Micros::MAX, limit)
    }

    /// Gives what became of the due times of a span of nominal times, newest first; `task` keeps those of one task.
    pub fn occurrences_in(
        &self,
        task: Option<&str>,
        span: RangeInclusive<Micros>,
        limit: u32,
    ) -> Result<Vec<Occurrence>, EngineError> {
        let rows = self.reader.occurrences(task, span, limit)?;
        Ok(rows.into_iter().map(|(schedule, row)| occurrence(schedule, row)).collect())
    }

    /// Gives the schedules of a task that are or were in force.
    pub fn schedules(&self, task: &str) -> Result<Vec<KnownSchedule>, EngineError> {
        let schedules = self.reader.schedules()?.into_iter().filter(|schedule| schedule.task == task);
        let known = schedules.map(|schedule| KnownSchedule {
            project: schedule.project,
            task: schedule.task,
            ordinal: schedule.ordinal,
            rule: schedule.rule,
            since: schedule.known_since,
            until: schedule.retired_at,
        });
        Ok(known.collect())
    }
}

fn occurrence(schedule: StoredSchedule, row: OccurrenceRow) -> Occurrence {
    Occurrence {
        task: schedule.task,
        rule: schedule.rule,
        nominal: row.nominal,
        until: row.until,
        effective: row.effective,
        decided_at: row.decided_at,
        outcome: row.outcome,
        why: row.why,
        run: row.run,
    }
}
