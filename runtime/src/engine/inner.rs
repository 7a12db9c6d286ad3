//! Inner operations: what the engine itself does for a run. Effect and outcome are one transaction, so they happen once.
//!
//! Pure: what an operation may look at comes in. Which natives are inner is said by `bytecode::inner`; all others go to
//! the world.

mod between;
mod clock;
mod log;
mod step;

use super::run::Wait;
use super::state::Trigger;
use super::transition::{NewRun, WaitKey};
pub(super) use step::pause_of;

use crate::clock::Micros;
use crate::{Data, ErrorKind, Failure};
use bytecode::inner::Inner;

/// What an inner operation may look at.
#[derive(Clone, Debug)]
pub struct Moment<'a> {
    /// The run's present, which never goes back.
    pub now: Micros,
    /// The name of the project's zone.
    pub zone: &'a str,
    /// Random bits for this operation.
    pub draw: u64,
    /// When what is asked must be done.
    pub deadline: Option<Micros>,
    /// What the run says of itself.
    pub facts: &'a Facts,
}

/// What a run says of itself: `run.id`, `run.due`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Its id.
    pub id: String,
    /// What started it.
    pub trigger: String,
    /// When it was due, or was started.
    pub due: Micros,
    /// When it began.
    pub started_at: Micros,
    /// When it has taken too long.
    pub deadline: Option<Micros>,
    /// Its private folder.
    pub dir: String,
}

impl Facts {
    /// Gives what is known of a run before it starts.
    pub fn of(run: &NewRun) -> Facts {
        let due = match run.trigger {
            Trigger::Schedule { due } => due,
            Trigger::Manual
            | Trigger::Task { .. }
            | Trigger::Event { .. }
            | Trigger::Success { .. }
            | Trigger::Failure { .. } => run.created_at,
        };
        Facts { id: run.id.to_string(), trigger: run.trigger.name().to_owned(), due, ..Facts::default() }
    }
}

/// What was found between runs for an operation that asks about it.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Found {
    /// Nothing was asked.
    #[default]
    Nothing,
    /// A value: of a state, of a run.
    Value(Data),
    /// It cannot be done.
    Failed(Failure),
    /// What a change makes of a state.
    Changed {
        /// The version that it has then.
        version: u64,
        /// Its new value.
        value: Data,
        /// What the change gives.
        gives: Data,
    },
    /// The run that is to be started.
    Start(Box<NewRun>),
}

/// What an inner operation comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Comes {
    /// A value at once.
    Value(Data),
    /// A line of the log, and nothing as a value.
    Log(LogEntry),
    /// A wait, and what between runs it is for.
    Wait(Wait, Vec<WaitKey>),
    /// An event, and nothing as a value.
    Emit {
        /// Its name.
        name: String,
        /// Its record.
        data: Data,
    },
    /// A state is replaced.
    Change {
        /// Its name.
        name: String,
        /// The version that it has then.
        version: u64,
        /// Its new value.
        value: Data,
        /// What the change gives.
        gives: Data,
    },
    /// A run begins that is left alone.
    Start(Box<NewRun>),
    /// A run begins that belongs to this one, which waits for it.
    Call(Box<NewRun>),
}

/// A line of a run's log.
#[derive(Clone, Debug, PartialEq)]
pub struct LogEntry {
    /// How important it is.
    pub level: LogLevel,
    /// Its text.
    pub message: String,
    /// What was given beside it, by name.
    pub fields: Vec<(String, Data)>,
}

/// How important a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// For whoever looks for a fault.
    Debug,
    /// What happened.
    Info,
    /// What should be looked at.
    Warn,
    /// What went wrong.
    Error,
}

impl LogLevel {
    /// All of them, least important first.
    pub const ALL: &[LogLevel] = &[LogLevel::Debug, LogLevel::Info, LogLevel::Warn, LogLevel::Error];

    /// Gives its name.
    pub fn name(self) -> &'static str {
        match self {
            LogLevel::Debug => "debug",
            LogLevel::Info => "info",
            LogLevel::Warn => "warn",
            LogLevel::Error => "error",
        }
    }

    /// Finds it by its name.
    pub fn from_name(name: &str) -> Option<LogLevel> {
        LogLevel::ALL.iter().copied().find(|level| level.name() == name)
    }
}

impl Comes {
    /// A wait until a time.
    fn until(until: Micros) -> Comes {
        Comes::Wait(Wait::Until(until), Vec::new())
    }
}

/// Says whether the engine does a native itself.
pub fn is_inner(name: &str) -> bool {
    Inner::from_name(name).is_some()
}

pub(super) use between::run_id;

/// Says whether an inner operation may take time.
pub fn may_wait(inner: Inner) -> bool {
    matches!(
        inner,
        Inner::TimerSleep
            | Inner::TimerWaitUntil
            | Inner::StepPause
            | Inner::EventWait
            | Inner::WaitApproval
            | Inner::TaskCall
            | Inner::TaskJoin
    )
}

/// Evaluates an inner operation.
///
/// # Errors
/// Gives what the operation fails with.
pub fn evaluate(inner: Inner, arguments: &[Data], moment: &Moment<'_>, found: Found) -> Result<Comes, Failure> {
    if let Found::Failed(failure) = found {
        return Err(failure);
    }
    let facts = moment.facts;
    match inner {
        Inner::ClockNow => Ok(Comes::Value(instant(moment.now, moment))),
        Inner::ClockToday => clock::today(arguments, moment),
        Inner::LogDebug => Ok(log::entry(LogLevel::Debug, arguments)),
        Inner::LogError => Ok(log::entry(LogLevel::Error, arguments)),
        Inner::LogInfo => Ok(log::entry(LogLevel::Info, arguments)),
        Inner::LogWarn => Ok(log::entry(LogLevel::Warn, arguments)),
        Inner::RandomInt => clock::random_int(arguments, moment),
        Inner::TimerSleep => clock::sleep(arguments, moment),
        Inner::TimerWaitUntil => clock::wait_until(arguments),
        Inner::StepBegin => step::begin(arguments, moment),
        Inner::StepPause => step::pause(arguments, moment),
        Inner::StepEnd => Ok(Comes::Value(Data::None)),
        Inner::RunId => Ok(Comes::Value(Data::String(facts.id.clone()))),
        Inner::RunTrigger => Ok(Comes::Value(Data::String(facts.trigger.clone()))),
        Inner::RunDue => Ok(Comes::Value(instant(facts.due, moment))),
        Inner::RunStartedAt => Ok(Comes::Value(instant(facts.started_at, moment))),
        Inner::RunDir => Ok(Comes::Value(Data::String(facts.dir.clone()))),
        Inner::EventEmit => between::emit(arguments),
        Inner::EventWait => between::wait_for_events(arguments, moment),
        Inner::WaitApproval => between::wait_for_approval(arguments, moment),
        Inner::TaskJoin => between::join(arguments, moment),
        Inner::TaskCall
        | Inner::TaskStart
        | Inner::RunResult
        | Inner::RunError
        | Inner::SettingRead
        | Inner::StateRead
        | Inner::StateChange => between::found(inner, arguments, found),
    }
}

fn instant(at: Micros, moment: &Moment<'_>) -> Data {
    Data::DateTime(at, moment.zone.to_owned())
}

fn unexpected(inner: Inner, expected: &str) -> Failure {
    Failure::new(ErrorKind::Internal, format!("`{}` was called without {expected}", inner.name()))
}
