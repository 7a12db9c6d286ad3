//! What the engine tells while it works, for a terminal or a test. Events may be lost by a listener that is slow; the
//! history has everything.

use super::error::EngineError;
use super::id::RunId;
use super::inner::LogEntry;
use super::state::{RunState, Trigger};
use super::transition::RunFailure;
use crate::Failure;
use crate::clock::Micros;
use crate::store::HaltKind;

/// Something that happened.
#[derive(Clone, Debug)]
pub enum EngineEvent {
    /// A schedule was due and a run of it began, or waits for the one before.
    Fired {
        /// The task.
        task: String,
        /// The run.
        run: RunId,
        /// The due time.
        nominal: Micros,
    },
    /// A schedule was due and nothing began.
    Skipped {
        /// The task.
        task: String,
        /// The due time.
        nominal: Micros,
        /// Why.
        why: String,
    },
    /// Due times passed while nobody was there.
    Missed {
        /// The task.
        task: String,
        /// The first due time.
        first: Micros,
        /// The last one.
        last: Micros,
    },
    /// Another process has put a version into the folder.
    Deployed {
        /// The project.
        project: String,
        /// The number of the version.
        version: u32,
    },
    /// From now on nothing of a task begins.
    Halted {
        /// The task.
        task: String,
        /// How.
        kind: HaltKind,
        /// Who wants it.
        by: String,
        /// Why.
        why: String,
    },
    /// A task that was paused or archived is let go.
    LetGo {
        /// The task.
        task: String,
        /// Who wants it.
        by: String,
    },
    /// A schedule will be due.
    NextDue {
        /// The task.
        task: String,
        /// When the run will start, jitter included.
        at: Micros,
    },
    /// A run began.
    Started {
        /// The run.
        run: RunId,
        /// The task.
        task: String,
        /// What started it.
        trigger: Trigger,
    },
    /// A run goes on after a restart of the engine.
    Recovered {
        /// The run.
        run: RunId,
        /// The task.
        task: String,
    },
    /// A run stays where it is, because this version cannot run its program.
    Stranded {
        /// The run.
        run: RunId,
        /// The task.
        task: String,
        /// Why.
        why: EngineError,
    },
    /// An operation ended.
    Operation {
        /// The run.
        run: RunId,
        /// The task.
        task: String,
        /// The native.
        name: String,
        /// How it failed, if it did.
        failure: Option<Failure>,
    },
    /// A run waits, and has left the memory.
    Waiting {
        /// The run.
        run: RunId,
        /// The task.
        task: String,
        /// Until when, at the latest.
        until: Option<Micros>,
    },
    /// A run logged a line.
    Log {
        /// The run.
        run: RunId,
        /// The task.
        task: String,
        /// The line.
        entry: LogEntry,
    },
    /// A run ended.
    Finished {
        /// The run.
        run: RunId,
        /// The task.
        task: String,
        /// How.
        state: RunState,
        /// Why, if it failed.
        failure: Option<RunFailure>,
    },
    /// Something could go on and did not, or was due and has no row.
    Watchdog {
        /// What, and what is done about it.
        found: String,
    },
    /// The engine has stopped by itself: nothing goes on until it is opened again.
    Broken(EngineError),
}
