//! What the engine decides, as data: rows for the history, a snapshot, acts on what lies around the run, and what the
//! shell does next. Nothing here holds a connection, a closure or a clock, so any store can apply it.

use super::gates::Gates;
use super::id::{ImageHash, RunId};
use super::inner::{Found, LogEntry};
use super::retry::Verdict;
use super::run::Wait;
use super::state::{RunState, Trigger};
use crate::clock::Micros;
use crate::vm::FailedUndo;
use crate::{Answer, Data, Failure};
use bytecode::{Class, NativeId};
use diagnostics::Place;
use serde::{Deserialize, Serialize};

/// The time of a timer that does not ring.
pub const NEVER: Micros = Micros::MAX;

/// The largest outcome of an operation, and the largest result of a run, in bytes.
pub const LARGEST_OUTCOME: usize = 4 << 20;

/// A run as it begins.
#[derive(Clone, Debug, PartialEq)]
pub struct NewRun {
    /// Its id.
    pub id: RunId,
    /// The program, as its image is called.
    pub project: String,
    /// The task.
    pub task: String,
    /// The image that it keeps to its end.
    pub image: ImageHash,
    /// The number of the task in the image.
    pub position: u32,
    /// What started it.
    pub trigger: Trigger,
    /// Its arguments; `None` where the default stands.
    pub arguments: Vec<Option<Data>>,
    /// When it was asked for.
    pub created_at: Micros,
    /// The longest it may take from its start.
    pub timeout: Option<Micros>,
    /// What it must pass to begin; nothing for a run that is read back.
    pub gates: Gates,
}

impl NewRun {
    /// Gives the time at which a run that starts at `started_at` has taken too long.
    pub fn deadline(&self, started_at: Micros) -> Option<Micros> {
        self.timeout.map(|timeout| started_at.saturating_add(timeout))
    }
}

/// One input of a run, in its order; written once and never changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its place in the run's order, from 0.
    pub seq: u64,
    /// When it was decided; never earlier than the row before it.
    pub at: Micros,
    /// What it says.
    pub body: Body,
}

/// The kinds of rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Body {
    /// A `once` operation is about to start.
    Intent {
        /// Which.
        asked: Asked,
        /// The steps that are open, outermost first.
        steps: Vec<String>,
    },
    /// An operation has ended.
    Outcome {
        /// Which.
        asked: Asked,
        /// The steps that were open, outermost first.
        steps: Vec<String>,
        /// Which try it was, from 1.
        attempt: u16,
        /// What became of it.
        result: Result<Data, Failure>,
    },
    /// A wait has begun.
    Wait {
        /// Which operation.
        asked: Asked,
        /// The steps that were open, outermost first.
        steps: Vec<String>,
        /// What for.
        wait: Wait,
    },
    /// The run takes an event, which the outcome after this row gives to it.
    Took {
        /// The event's name.
        name: String,
        /// Its place among all events.
        position: u64,
        /// Whether all of that name before it are taken too.
        all: bool,
    },
    /// An operation was withdrawn whose fiber is cancelled.
    Withdrawn {
        /// Which.
        operation: u64,
    },
    /// Somebody asked the run to stop.
    CancelAsked,
    /// The run's time was over.
    DeadlinePassed,
    /// Somebody let it go on that had failed: from before the outcome at which it did.
    Resumed {
        /// The operation at which it failed.
        operation: u64,
        /// How often it was let go on.
        generation: u32,
        /// What is said of that operation.
        verdict: Verdict,
        /// Who said it.
        by: String,
    },
    /// From here on it runs another image. The rows before it name natives by that image.
    Moved {
        /// The image that it ran.
        from: ImageHash,
        /// The image that it runs.
        to: ImageHash,
    },
}

/// What a row keeps of a request: enough to know it again, never the request itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The operation's number, given out by the machine.
    pub operation: u64,
    /// The native of the image.
    pub native: NativeId,
    /// How it may be repeated.
    #[serde(with = "class_code")]
    pub class: Class,
    /// The first eight bytes of the hash of name and arguments.
    pub request: u64,
}

/// A request of the machine, ready to be decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// What a row keeps of it.
    pub asked: Asked,
    /// The native's name.
    pub name: String,
    /// Its arguments.
    pub arguments: Vec<Data>,
    /// The steps that are open, outermost first.
    pub steps: Vec<String>,
    /// Where it stands in the program: the same in each attempt of its steps.
    pub path: u64,
    /// When it must be done.
    pub deadline: Option<Micros>,
    /// Whether nothing cancels it, because it undoes or tidies up.
    pub shielded: bool,
    /// Whether a step around it tries again what fails.
    pub retried: bool,
    /// Which of the machine's fibers asks.
    pub fiber: u64,
}

/// The state of a machine, and the bookkeeping that belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// How many rows are in it.
    pub seq: u64,
    /// Its bytes, with their own version and checksum.
    pub bytes: Vec<u8>,
}

/// What a decision does around the run. Each is idempotent by the run and the place it stands at.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Writes a line of the log, named by its operation.
    Log {
        /// The operation.
        operation: u64,
        /// When.
        at: Micros,
        /// What.
        entry: LogEntry,
    },
    /// Emits an event, named by its operation.
    Emit {
        /// The operation.
        operation: u64,
        /// When.
        at: Micros,
        /// The event's name.
        name: String,
        /// Its record.
        data: Data,
    },
    /// Replaces a state.
    SetState {
        /// Its name.
        name: String,
        /// The version that it has now; the one before must have been there.
        version: u64,
        /// Its value.
        value: Data,
    },
    /// Starts a run, unless it is there.
    Start(Box<NewRun>),
    /// Starts a run for whose end this one waits, unless it is there.
    Call(Box<NewRun>),
    /// Notes what an operation waits for.
    Await {
        /// The operation.
        operation: u64,
        /// What.
        key: WaitKey,
    },
    /// Forgets what an operation waits for.
    Unawait {
        /// The operation.
        operation: u64,
    },
    /// The run leaves the memory.
    Park {
        /// When it is loaded again, whatever happens; [`NEVER`] where no time is set.
        until: Micros,
    },
    /// The run is in memory again.
    Unpark,
    /// The run has ended.
    End(End),
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub struct End {
    /// Its last state.
    pub state: RunState,
    /// Its result or failure; nothing where it was cancelled or took too long.
    pub outcome: Option<Result<Data, RunFailure>>,
    /// When.
    pub at: Micros,
    /// How many operations it made.
    pub operations: u64,
}

/// Something between runs that an operation can wait for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum WaitKey {
    /// An event of a name.
    Event(String),
    /// The end of a run.
    Run(RunId),
}

impl WaitKey {
    /// Gives its kind and its text.
    pub fn as_row(&self) -> (&'static str, String) {
        match self {
            WaitKey::Event(name) => ("event", name.clone()),
            WaitKey::Run(run) => ("run", run.to_string()),
        }
    }
}

/// What somebody decided who was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Whether it may be done.
    pub approved: bool,
    /// Who decided.
    pub by: String,
    /// What they said.
    pub comment: String,
}

/// A failure with where it happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunFailure {
    /// What.
    pub failure: Failure,
    /// Where in the sources of the run's image.
    pub place: Option<Place>,
    /// The calls that led there, innermost first.
    pub trace: Vec<TraceLine>,
    /// The undos that failed: what they were to undo is still done.
    pub failed_undos: Vec<FailedUndo>,
}

impl From<Failure> for RunFailure {
    fn from(failure: Failure) -> Self {
        RunFailure { failure, place: None, trace: Vec::new(), failed_undos: Vec::new() }
    }
}

/// A call that had not returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceLine {
    /// The function.
    pub function: String,
    /// Where it stood.
    pub place: Option<Place>,
}

/// One decision about one run. It is applied whole or not at all.
#[derive(Clone, Debug, PartialEq)]
pub struct Transition {
    /// The run.
    pub run: RunId,
    /// The place of the first row; a store that already has it refuses the transition.
    pub expect_seq: u64,
    /// New rows.
    pub rows: Vec<Row>,
    /// A snapshot that contains all rows up to here.
    pub park: Option<Snapshot>,
    /// Effects around the run.
    pub acts: Vec<Act>,
    /// What the shell does.
    pub next: Next,
}

/// What the shell does after a decision.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// Nothing: something else will happen to the run.
    Nothing,
    /// Gives the machine an outcome, without waiting for the commit.
    Resume {
        /// The operation.
        operation: u64,
        /// Its outcome.
        result: Result<Data, Failure>,
    },
    /// Tells the machine that an operation was withdrawn; what of it is in flight is dropped.
    Withdraw {
        /// The operation.
        operation: u64,
    },
    /// Starts the operation, once the rows are durable.
    Perform {
        /// Which.
        asked: Asked,
        /// The steps that are open, outermost first.
        steps: Vec<String>,
    },
    /// Looks out for what an operation waits for.
    Await {
        /// The operation.
        operation: u64,
    },
    /// Cancels a run that belongs to this one, and waits until it has ended.
    CancelRun {
        /// The operation that waits for it.
        operation: u64,
        /// The run.
        run: RunId,
        /// What becomes of the operation then.
        cut: Cut,
    },
    /// Lets a `once` operation end by itself, but not for ever.
    Settle {
        /// The operation.
        operation: u64,
    },
    /// Cancels the machine: what it does is tidied up and undone.
    Stop(Failure),
    /// The run is over: whatever it still has in flight is dropped before the end is recorded.
    End,
}

/// Why an operation ends before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Nobody wants it any more.
    Withdrawn,
    /// The time of its step is over.
    Late,
}

impl Transition {
    /// Makes a transition that does nothing yet.
    pub fn new(run: RunId, expect_seq: u64) -> Self {
        Transition { run, expect_seq, rows: Vec::new(), park: None, acts: Vec::new(), next: Next::Nothing }
    }

    /// Says whether there is anything to store.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.acts.is_empty() && self.park.is_none()
    }

    /// Estimates the bytes of its rows.
    pub fn weight(&self) -> usize {
        let row = |row: &Row| match &row.body {
            Body::Outcome { result: Ok(value), .. } => 32 + value.weight(LARGEST_OUTCOME),
            Body::Outcome { result: Err(failure), .. } => 32 + failure.message.len(),
            Body::Intent { .. }
            | Body::Wait { .. }
            | Body::Took { .. }
            | Body::Withdrawn { .. }
            | Body::CancelAsked
            | Body::DeadlinePassed
            | Body::Resumed { .. }
            | Body::Moved { .. } => 32,
        };
        self.rows.iter().map(row).sum()
    }

    /// Joins what was decided directly after it, so that both become durable together.
    pub fn append(&mut self, later: Transition) {
        self.rows.extend(later.rows);
        self.acts.extend(later.acts);
        self.park = later.park.or(self.park.take());
        self.next = later.next;
    }
}

/// What happens to a run. All but the last come when its machine waits.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// Its machine asks for an operation.
    Asked {
        /// Which.
        request: Request,
        /// The draw that is used if the operation wants randomness.
        draw: u64,
        /// What was found between runs that it asks about.
        found: Found,
    },
    /// An operation in flight has ended.
    Answered {
        /// Which.
        operation: u64,
        /// What became of it.
        answer: Answer,
    },
    /// The time of a wait has come.
    Woke {
        /// Which operation waits.
        operation: u64,
    },
    /// An event was found that an operation waits for.
    Event {
        /// The operation.
        operation: u64,
        /// Which of the things it waits for.
        arm: u16,
        /// The event's name.
        name: String,
        /// Its place among all events.
        position: u64,
        /// Whether all of that name before it are taken too.
        all: bool,
        /// Its record.
        data: Data,
    },
    /// What an operation waits for cannot be found out.
    Unfound {
        /// The operation.
        operation: u64,
        /// Why.
        failure: Failure,
    },
    /// A run has ended that an operation waits for.
    Ended {
        /// The operation.
        operation: u64,
        /// How.
        result: Result<Data, Failure>,
    },
    /// A run has ended that was cancelled with its operation.
    Gone {
        /// The operation.
        operation: u64,
        /// Why it was.
        cut: Cut,
    },
    /// Somebody has decided.
    Decided {
        /// The operation that asks.
        operation: u64,
        /// What.
        decision: Decision,
    },
    /// The time of a step is over in which an operation goes on.
    Late {
        /// Which.
        operation: u64,
    },
    /// Recovery found an operation that was begun by a process that is gone.
    Lost {
        /// Which.
        operation: u64,
    },
    /// Its machine has no use for an operation any more.
    Withdraw {
        /// Which.
        operation: u64,
    },
    /// Somebody asks it to stop.
    Cancel,
    /// Its time is over.
    Deadline,
    /// A `once` operation has not ended in the time that was left to it.
    Unsettled {
        /// Which.
        operation: u64,
    },
    /// Its machine is done.
    Finished(Result<Data, RunFailure>),
}

/// `Class` as one small number in rows.
mod class_code {
    use bytecode::Class;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(class: &Class, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(match class {
            Class::Pure => 0,
            Class::Idempotent => 1,
            Class::Keyed => 2,
            Class::Once => 3,
        })
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Class, D::Error> {
        match u8::deserialize(deserializer)? {
            0 => Ok(Class::Pure),
            1 => Ok(Class::Idempotent),
            2 => Ok(Class::Keyed),
            3 => Ok(Class::Once),
            other => Err(serde::de::Error::custom(format!("no class has the number {other}"))),
        }
    }
}
