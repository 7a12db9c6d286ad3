//! Reading what happened in a data folder, with or without an engine that owns it.
//!
//! It shows what is committed, may lag behind a live engine by a commit, and never writes.

mod due;
mod figures;

pub use crate::store::{Halt, HaltKind, InFlight, LogRow, RunFigures, Version};
pub use due::{KnownSchedule, Occurrence};

use crate::clock::Micros;
use crate::engine::{
    Asked, Body, EngineError, ImageHash, NoRetry, RunFailure, RunId, RunPrefix, RunState, Said, Search, Trigger,
    Verdict, Wait, is_unknown,
};
use crate::store::{Reader, RunRow};
use crate::{Data, Failure};
use bytecode::Image;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// The history of a data folder.
pub struct History {
    reader: Reader,
}

/// A run at a glance.
#[derive(Clone, Debug, PartialEq)]
pub struct RunSummary {
    /// Its id.
    pub id: RunId,
    /// The program.
    pub project: String,
    /// The task.
    pub task: String,
    /// The image it runs.
    pub image: ImageHash,
    /// The number of the task in the image.
    pub position: u32,
    /// What started it.
    pub trigger: Trigger,
    /// Where it is.
    pub state: RunState,
    /// Its arguments; `None` where the default stood.
    pub arguments: Vec<Option<Data>>,
    /// When it was asked for.
    pub created_at: Micros,
    /// When it started.
    pub started_at: Option<Micros>,
    /// When it has taken too long.
    pub deadline: Option<Micros>,
    /// When it ended.
    pub ended_at: Option<Micros>,
    /// Its result, or why it failed; nothing while it goes on, or where it was cancelled or took too long.
    pub outcome: Option<Result<Data, RunFailure>>,
    /// How many operations it made; counted at its end.
    pub operations: u64,
}

impl RunSummary {
    /// Says whether nobody knows what became of the operation at which it failed.
    pub fn is_unknown(&self) -> bool {
        self.state == RunState::Failed && matches!(&self.outcome, Some(Err(failed)) if is_unknown(&failed.failure))
    }
}

/// A line of a run's history.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Its place.
    pub seq: u64,
    /// When.
    pub at: Micros,
    /// The steps of the task to which it belongs, outermost first.
    pub steps: Vec<String>,
    /// The operation of which it tells, for one that begins, waits or ends.
    pub operation: Option<u64>,
    /// What.
    pub what: StepKind,
    /// Whether it was set aside: the run failed behind it, and went on before it.
    pub aside: bool,
}

/// The kinds of lines.
#[derive(Clone, Debug, PartialEq)]
pub enum StepKind {
    /// A `once` operation is about to start.
    Began {
        /// The native.
        name: String,
    },
    /// An operation ended.
    Ended {
        /// The native.
        name: String,
        /// Which try it was, from 1: a crash may have come between.
        attempt: u16,
        /// What became of it.
        result: Result<Data, Failure>,
    },
    /// A wait began.
    Waits {
        /// The native.
        name: String,
        /// Until when, at the latest.
        until: Option<Micros>,
    },
    /// It took an event.
    Took {
        /// The event.
        name: String,
    },
    /// An operation was given up, because what it belonged to was cancelled.
    Withdrawn {
        /// The operation.
        operation: u64,
    },
    /// Somebody asked the run to stop.
    CancelAsked,
    /// Its time was over.
    DeadlinePassed,
    /// It had failed, and somebody let it go on.
    Resumed {
        /// What was said of the operation at which it failed.
        verdict: Verdict,
        /// Who said it.
        by: String,
    },
    /// It went on to another image.
    Moved {
        /// The one that it ran.
        from: ImageHash,
        /// The one that it runs.
        to: ImageHash,
    },
}

/// How many rows are read at once.
const PAGE: u32 = 1024;

impl History {
    /// Opens the history of a folder that exists.
    pub fn open(folder: &Path) -> Result<History, EngineError> {
        Ok(History { reader: Reader::open(folder)? })
    }

    /// Counts the runs that have not ended, by task; a sleeper is late that should have woken before `now`.
    pub fn in_flight(&self, now: Micros) -> Result<Vec<InFlight>, EngineError> {
        self.reader.in_flight(now)
    }

    /// Gives all tasks that have an image now, with their projects first.
    pub fn tasks(&self) -> Result<Vec<(String, String)>, EngineError> {
        self.reader.tasks()
    }

    /// Gives the last halt of every task that ever had one: a pause or an archiving, also one that is over.
    pub fn halts(&self) -> Result<Vec<Halt>, EngineError> {
        self.reader.halts()
    }

    /// Gives why nothing of a task begins, if that is so.
    pub fn halt(&self, project: &str, task: &str) -> Result<Option<Halt>, EngineError> {
        self.reader.halt(project, task)
    }

    /// Gives the history that a reader reads.
    pub(crate) fn of(reader: Reader) -> History {
        History { reader }
    }

    /// Finds the one run whose id begins so.
    pub fn run(&self, prefix: &RunPrefix) -> Result<RunSummary, EngineError> {
        Ok(RunSummary::from(self.reader.find(prefix)?))
    }

    /// Gives the run whose result a run has, by `cache` of their task; nothing for one that made its own.
    pub fn result_of(&self, run: RunId) -> Result<Option<RunId>, EngineError> {
        self.reader.result_of(self.reader.run(run)?.row)
    }

    /// Lists up to `limit` runs, newest first; `task` keeps those of one task.
    pub fn runs(&self, task: Option<&str>, limit: usize) -> Result<Vec<RunSummary>, EngineError> {
        self.runs_since(None, limit, |run| task.is_none_or(|task| run.task == task))
    }

    /// Lists up to `limit` runs that are wanted, newest first; `since` is when they were asked for at the earliest.
    pub fn runs_since(
        &self,
        since: Option<Micros>,
        limit: usize,
        wanted: impl Fn(&RunSummary) -> bool,
    ) -> Result<Vec<RunSummary>, EngineError> {
        let mut found = Vec::new();
        let mut before = i64::MAX;
        let mut size = PAGE.min(u32::try_from(limit).unwrap_or(PAGE));
        while found.len() < limit {
            let page = self.reader.runs(before, size)?;
            size = size.saturating_mul(2).min(PAGE);
            let Some(last) = page.last() else { break };
            before = last.row;
            let is_late = |run: &RunRow| since.is_none_or(|since| run.begun.created_at >= since);
            // Somebody may have set the clock, so one that is too early does not end it; a page of them does.
            let any_late = page.iter().any(is_late);
            let late = page.into_iter().filter(is_late).map(RunSummary::from).filter(&wanted);
            found.extend(late.take(limit - found.len()));
            if !any_late {
                break;
            }
        }
        Ok(found)
    }

    /// Gives the history of a run from a place on, at most `limit` lines.
    pub fn steps(&self, run: RunId, from: u64, limit: u32) -> Result<Vec<Step>, EngineError> {
        let stored = self.reader.find(&RunPrefix::from(run))?;
        let image = self.reader.image(stored.begun.image)?;
        let name = |native: bytecode::NativeId| {
            image.natives.get(usize::from(native.0)).map(|native| native.name.clone()).unwrap_or_default()
        };
        let rows = self.reader.all_rows(stored.row, from, limit)?.into_iter().map(|(row, aside)| {
            let of = |asked: Asked, steps, what| (Some(asked.operation), steps, what);
            let alone = |what| (None, Vec::new(), what);
            let (operation, steps, what) = match row.body {
                Body::Took { name, .. } => alone(StepKind::Took { name }),
                Body::Intent { asked, steps } => of(asked, steps, StepKind::Began { name: name(asked.native) }),
                Body::Outcome { asked, steps, attempt, result } => {
                    of(asked, steps, StepKind::Ended { name: name(asked.native), attempt, result })
                }
                Body::Wait { asked, steps, wait } => {
                    of(asked, steps, StepKind::Waits { name: name(asked.native), until: wait.until() })
                }
                Body::Withdrawn { operation } => alone(StepKind::Withdrawn { operation }),
                Body::CancelAsked => alone(StepKind::CancelAsked),
                Body::DeadlinePassed => alone(StepKind::DeadlinePassed),
                Body::Resumed { verdict, by, .. } => alone(StepKind::Resumed { verdict, by }),
                Body::Moved { from, to } => alone(StepKind::Moved { from, to }),
            };
            Step { seq: row.seq, at: row.at, steps, operation, what, aside }
        });
        Ok(rows.collect())
    }

    /// Gives the runs that hold a slot of a group, oldest first, with the names of the groups; at most 10,000.
    pub fn holds(&self) -> Result<Vec<(RunId, String)>, EngineError> {
        self.reader.holds(10_000)
    }

    /// Gives the operation at which a run failed, in its image.
    ///
    /// # Errors
    /// Says why the run cannot go on there.
    pub(crate) fn failed_operation(
        &self,
        run: RunId,
        said: &Said,
    ) -> Result<(Arc<Image>, bytecode::NativeId), EngineError> {
        let stored = self.reader.find(&RunPrefix::from(run))?;
        let refused = |why| EngineError::NoRetry { run, why };
        let (RunState::Failed, Some(Err(failed))) = (stored.state, &stored.outcome) else {
            return Err(refused(NoRetry::NotFailed(stored.state)));
        };
        let page = |from| self.reader.rows(stored.row, from, PAGE);
        let place = Search::new(&failed.failure).through(page)?.end(said, false).map_err(refused)?;
        let asked = place.asked.ok_or_else(|| refused(NoRetry::OwnCode))?;
        Ok((self.reader.image(stored.begun.image)?, asked.native))
    }

    /// Gives what a run asks people and nobody has decided yet, oldest first: the question, and who may decide.
    pub fn questions(&self, run: RunId) -> Result<Vec<(String, String)>, EngineError> {
        let stored = self.reader.find(&RunPrefix::from(run))?;
        let (mut seq, mut open) = (0, BTreeMap::new());
        loop {
            let rows = self.reader.rows(stored.row, seq, PAGE)?;
            let Some(last) = rows.last() else { return Ok(open.into_values().collect()) };
            seq = last.seq + 1;
            for row in rows {
                match row.body {
                    Body::Wait { asked, wait: Wait::Approval { what, by, .. }, .. } => {
                        open.insert(asked.operation, (what, by));
                    }
                    Body::Outcome { asked: Asked { operation, .. }, .. } | Body::Withdrawn { operation } => {
                        open.remove(&operation);
                    }
                    Body::Intent { .. }
                    | Body::Wait { .. }
                    | Body::Took { .. }
                    | Body::CancelAsked
                    | Body::DeadlinePassed
                    | Body::Resumed { .. }
                    | Body::Moved { .. } => {}
                }
            }
        }
    }

    /// Gives up to `limit` lines that a run logged, oldest first.
    pub fn logs(&self, run: RunId, limit: u32) -> Result<Vec<LogRow>, EngineError> {
        self.logs_after(run, None, limit)
    }

    /// Gives those that an operation logged which was asked for after another one.
    pub fn logs_after(&self, run: RunId, after: Option<u64>, limit: u32) -> Result<Vec<LogRow>, EngineError> {
        let stored = self.reader.find(&RunPrefix::from(run))?;
        let after = after.map_or(-1, |operation| i64::try_from(operation).unwrap_or(i64::MAX));
        self.reader.logs(stored.row, after, limit)
    }

    /// Reads an image: the types by which values of its runs are printed, and the sources of their places.
    pub fn image(&self, hash: ImageHash) -> Result<Arc<Image>, EngineError> {
        self.reader.image(hash)
    }

    /// Gives what was deployed of a project last.
    pub fn newest_version(&self, project: &str) -> Result<Option<Version>, EngineError> {
        self.reader.newest_version(project)
    }

    /// Gives a version of a project, where there is one of this number.
    pub fn version(&self, project: &str, number: u32) -> Result<Option<Version>, EngineError> {
        self.reader.version(project, number)
    }

    /// Gives the version of its project that a run is on: of those with its image the newest that was there when it was
    /// asked for, or else the newest, for a run that has gone on to it.
    pub fn version_of(&self, run: &RunSummary) -> Result<Option<Version>, EngineError> {
        let of = |until| self.reader.version_of_image(&run.project, run.image, until);
        Ok(of(run.created_at)?.or(of(Micros::MAX)?))
    }

    /// Gives the image that a task has now.
    pub fn current_image(&self, project: &str, task: &str) -> Result<Option<ImageHash>, EngineError> {
        self.reader.current_image(project, task)
    }

    /// Gives the place of the next row of a run, its latest time, and how many operations have ended.
    pub(crate) fn position(&self, run: RunId) -> Result<(u64, Micros, u64), EngineError> {
        let stored = self.reader.find(&RunPrefix::from(run))?;
        let (mut seq, mut latest, mut operations) = (0, stored.started_at.unwrap_or(stored.begun.created_at), 0);
        loop {
            let rows = self.reader.rows(stored.row, seq, PAGE)?;
            let Some(last) = rows.last() else { return Ok((seq, latest, operations)) };
            seq = last.seq + 1;
            latest = latest.max(last.at);
            let ended = rows.iter().filter(|row| matches!(row.body, Body::Outcome { .. })).count();
            operations += u64::try_from(ended).unwrap_or(0);
        }
    }
}

impl From<RunRow> for RunSummary {
    fn from(row: RunRow) -> Self {
        let RunRow { begun, state, started_at, deadline, ended_at, outcome, operations, row: _ } = row;
        RunSummary {
            id: begun.id,
            project: begun.project,
            task: begun.task,
            image: begun.image,
            position: begun.position,
            trigger: begun.trigger,
            state,
            arguments: begun.arguments,
            created_at: begun.created_at,
            started_at,
            deadline,
            ended_at,
            outcome,
            operations,
        }
    }
}
