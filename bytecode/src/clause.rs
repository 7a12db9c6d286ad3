//! What a task's head says beyond schedules and permissions: what else starts it, and how its runs are treated.
//!
//! Plain data. Spans are in microseconds, times of day in microseconds since midnight. Functions of the task's arguments
//! take what the task's body takes; functions of what started a run take it as one reference.

use crate::FunctionId;
use schedule::{Weekdays, Window};
use serde::{Deserialize, Serialize};

/// Something other than a schedule that starts a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    /// What happens.
    pub cause: Cause,
    /// `where`: a pure function of it that gives a bool; a run begins only if it is true.
    pub condition: Option<FunctionId>,
    /// `with`: a function of it that gives a list with one item per parameter: a list of its value, or an empty one
    /// where the default stands. Without it, fields become arguments by name.
    pub arguments: Option<FunctionId>,
    /// `key`: a pure function of it that gives a string; a second start with the same key gives the first run.
    pub key: Option<FunctionId>,
}

/// What starts a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cause {
    /// An event of that name was emitted; the functions take its record.
    Event(String),
    /// A run of that task succeeded; the functions take its `Run`, a record of the run's id.
    Success(String),
    /// A run of that task failed; the functions take its `Run`, a record of the run's id.
    Failure(String),
    /// A request came; the functions take its `Request`.
    Webhook {
        /// The path.
        path: String,
        /// How it is known to be genuine.
        verify: Verify,
    },
    /// A file appeared or changed; the functions take its `FileChange`.
    File(String),
}

/// How a request is known to be genuine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verify {
    /// By a signature over its body.
    Hmac {
        /// The secret.
        secret: String,
        /// The header that has the signature, where it is not the usual one.
        header: Option<String>,
    },
    /// By a token, which is the secret.
    Bearer(String),
    /// It is not.
    Nothing,
}

/// How the runs of a task are treated. What is not said is `None` or empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clauses {
    /// `retry`.
    pub retry: Option<Retry>,
    /// `concurrency`.
    pub concurrency: Option<Concurrency>,
    /// `rate`.
    pub rate: Option<Rate>,
    /// `cache`.
    pub cache: Option<Cache>,
    /// `priority`.
    pub priority: Option<Priority>,
    /// `limit`.
    pub limits: RunLimits,
    /// `only`.
    pub only: Option<Only>,
    /// `alert`, one for each channel.
    pub alerts: Vec<Alert>,
    /// `allow`.
    pub allow: Vec<Allowed>,
    /// `ensure`: the texts; the body itself checks them.
    pub ensure: Vec<String>,
    /// `retain`: how long the history is kept.
    pub retain: Option<i64>,
    /// `tags`.
    pub tags: Vec<String>,
}

/// `retry 3 backoff 5s..2m on timeout, network`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retry {
    /// How many more tries.
    pub more: u32,
    /// The shortest and the longest pause.
    pub backoff: Option<(i64, i64)>,
    /// For which kinds; empty for those that are retryable.
    pub kinds: Vec<String>,
}

impl Retry {
    /// The shortest and the longest pause where nothing is said about them, in microseconds.
    pub const PAUSES: (i64, i64) = (1_000_000, 60_000_000);
}

/// `concurrency 1 per expr else queue`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concurrency {
    /// How many runs at once.
    pub at_once: u32,
    /// The key: a pure function of the arguments that gives a boxed value.
    pub per: Option<FunctionId>,
    /// What happens to one more.
    pub otherwise: WhenFull,
}

/// What happens to a run for which there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WhenFull {
    /// It waits.
    Queue,
    /// It does not begin.
    Skip,
    /// The oldest one is cancelled.
    CancelOldest,
    /// It fails.
    Fail,
}

/// `rate 100 per 1m per expr`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    /// How many starts.
    pub starts: u32,
    /// In how long.
    pub within: i64,
    /// The key: a pure function of the arguments that gives a boxed value.
    pub per: Option<FunctionId>,
}

/// `cache 1h by expr, …`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cache {
    /// How long a result stands.
    pub keep: i64,
    /// A pure function of the arguments that gives a boxed value; runs for which it is equal share a result.
    pub by: Option<FunctionId>,
}

/// `priority low`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Priority {
    /// `low`.
    Low,
    /// `normal`.
    Normal,
    /// `high`.
    High,
}

/// `limit memory 256MiB, operations 10_000, output 1MiB`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunLimits {
    /// Bytes of values.
    pub memory: Option<u64>,
    /// How many operations.
    pub operations: Option<u64>,
    /// Bytes of the result.
    pub output: Option<u64>,
}

/// `only between 22:00 and 06:00 on weekdays in "zone" else skip`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Only {
    /// The part of the day.
    pub window: Window,
    /// The days.
    pub days: Weekdays,
    /// The zone; `None` is the project's.
    pub zone: Option<String>,
    /// Whether a start outside is put off; otherwise it is skipped.
    pub delay: bool,
}

/// `alert "ops" on failure, late after 10m`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// The channel.
    pub channel: String,
    /// What for.
    pub on: Vec<AlertCause>,
}

/// What an alert is sent for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AlertCause {
    /// A run failed.
    Failure,
    /// A run began late, by at least so much.
    Late {
        /// How much; `None` is the project's.
        after: Option<i64>,
    },
    /// A run takes longer than that.
    Overdue {
        /// How long.
        after: i64,
    },
    /// A run succeeded after one that had failed.
    Recovery,
    /// A run succeeded.
    Success,
}

/// Who may start a task by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Allowed {
    /// `role "operator"`.
    Role(String),
    /// `group "finance"`.
    Group(String),
}

impl Clauses {
    /// Gives the names of the clauses that say something, as they are written.
    pub fn names(&self) -> Vec<&'static str> {
        let said = [
            ("retry", self.retry.is_some()),
            ("concurrency", self.concurrency.is_some()),
            ("rate", self.rate.is_some()),
            ("cache", self.cache.is_some()),
            ("priority", self.priority.is_some()),
            ("limit", self.limits != RunLimits::default()),
            ("only", self.only.is_some()),
            ("alert", !self.alerts.is_empty()),
            ("allow", !self.allow.is_empty()),
            ("ensure", !self.ensure.is_empty()),
            ("retain", self.retain.is_some()),
            ("tags", !self.tags.is_empty()),
        ];
        said.into_iter().filter_map(|(name, said)| said.then_some(name)).collect()
    }
}
