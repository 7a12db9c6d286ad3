//! Why a machine stops, and what it wants then.

use super::RunError;
use crate::Data;
use bytecode::NativeId;
use diagnostics::Place;

/// Why a machine stopped.
#[derive(Debug)]
pub enum Stop {
    /// It is done and gives a value.
    Done(Data),
    /// It wants something of the world; [`resume`](super::Vm::resume) gives it the outcome. It may have more to do meanwhile.
    Operation(Request),
    /// It has no use any more for an operation that it asked for; [`withdraw`](super::Vm::withdraw) says that it was withdrawn, or
    /// [`resume`](super::Vm::resume) gives the outcome that it had all the same.
    Cancel(u64),
    /// It waits for the outcomes of operations, and has nothing else to do.
    Waiting,
    /// It has used its fuel; it can go on.
    OutOfFuel,
    /// It failed.
    Failed(Box<RunError>),
}

/// What a machine wants of the world.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Which of the machine's fibers asks, in the order in which they began.
    pub fiber: u64,
    /// The number of the operation: the machine counts from 1.
    pub operation: u64,
    /// What is wanted.
    pub native: NativeId,
    /// With what.
    pub arguments: Vec<Data>,
    /// Where in the source.
    pub place: Option<Place>,
    /// The steps that are open, outermost first.
    pub steps: Vec<String>,
    /// Where it stands in the program: the same in each attempt of its steps.
    pub path: u64,
    /// When they must be done, in microseconds since 1970.
    pub deadline: Option<i64>,
    /// Whether it belongs to an undo or a `finally` after a cancellation, which nothing cancels.
    pub shielded: bool,
    /// Whether it stands in a step that tries again what fails.
    pub retried: bool,
}
