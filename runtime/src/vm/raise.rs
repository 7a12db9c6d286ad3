//! Where errors go: to the innermost handler that takes them, or out of the machine.

use super::error::{FailedUndo, Frame, RunError};
use super::fiber::{Activation, Caught, Fiber};
use super::program::Program;
use crate::{ErrorKind, Failure, Parts, Value};
use bytecode::{Function, FunctionId, Handler, Takes};
use std::rc::Rc;

/// What is raised.
#[derive(Debug)]
pub(super) enum Raised {
    /// By the machine or a native.
    Failure(Failure),
    /// A record `Error`, by `fail`.
    Thrown(Value),
    /// By a fiber that this one waited for.
    Passed(Caught),
}

impl From<Failure> for Box<Raised> {
    fn from(failure: Failure) -> Self {
        Box::new(Raised::Failure(failure))
    }
}

/// How many errors that are attached to each other are told.
const MAX_ATTACHED: usize = 3;

/// How many caught errors are remembered for throwing them again.
const MAX_CAUGHT: usize = 16;

/// The fields of the record `Error`, by position.
const KIND: usize = 0;
const MESSAGE: usize = 1;
const RETRYABLE: usize = 2;
const WHERE: usize = 3;
const CAUSE: usize = 4;

/// The kind of what a cancelled fiber is sent. No error of a program can have it; only a `finally` sees it.
const CANCELLED: &str = "(cancelled)";

/// Gives what a cancelled fiber is sent.
pub(super) fn cancellation() -> Failure {
    Failure { kind: CANCELLED.to_owned(), message: "it was cancelled".to_owned(), retryable: false }
}

/// Makes an error that comes from no instruction.
pub(super) fn caught(failure: Failure) -> Caught {
    Caught { error: record(&failure, Value::None), trace: Vec::new() }
}

/// Says what a run failed with.
pub(super) fn run_error(program: &Program, caught: &Caught, failed_undos: Vec<FailedUndo>) -> Box<RunError> {
    let trace = &caught.trace;
    let place = trace.iter().find_map(|(function, pc)| program.place(*function, *pc));
    let frames = trace.iter().map(|(function, pc)| Frame {
        function: program.function(*function).map(|function| function.name.clone()).unwrap_or_default(),
        place: program.place(*function, *pc),
    });
    Box::new(RunError { failure: whole_failure(&caught.error), place, trace: frames.collect(), failed_undos })
}

/// Sends an error to its handler; gives it back where none takes it.
pub(super) fn raise(program: &Program, fiber: &mut Fiber, raised: Raised) -> Result<(), Box<Caught>> {
    let (failure, error, trace) = origin(program, fiber, raised);
    let depth = fiber.callers.len();
    for level in (0..=depth).rev() {
        let frame = if level == depth { fiber.top } else { fiber.callers.get(level).copied().unwrap_or(fiber.top) };
        let Some(function) = program.function(frame.function) else { continue };
        let Some(handler) = find(function, frame.pc, &failure.kind) else { continue };
        let (into, target) = (handler.into, handler.target);
        unwind_to(fiber, level, function);
        fiber.top.pc = target.0;
        if let Some(slot) = fiber.refs.get_mut(fiber.top.reference(into.0)) {
            *slot = error.clone();
        }
        if fiber.caught.len() >= MAX_CAUGHT {
            fiber.caught.remove(0);
        }
        fiber.caught.push(Caught { error, trace });
        return Ok(());
    }
    Err(Box::new(Caught { error, trace }))
}

/// Gives an error as a failure and as a record, and where it was raised first.
fn origin(program: &Program, fiber: &mut Fiber, raised: Raised) -> (Failure, Value, Vec<(FunctionId, u32)>) {
    let failure = match &raised {
        Raised::Failure(failure) => failure.clone(),
        Raised::Thrown(error) => failure_of(error),
        Raised::Passed(caught) => failure_of(&caught.error),
    };
    if let Raised::Thrown(error) = &raised
        && let Some(known) = fiber.caught.iter().rposition(|caught| is_same(&caught.error, error))
    {
        let trace = fiber.caught.remove(known).trace;
        return (failure, error.clone(), trace);
    }
    let here = std::iter::once(&fiber.top).chain(fiber.callers.iter().rev()).map(|frame| (frame.function, frame.pc));
    let trace: Vec<_> = match &raised {
        Raised::Passed(caught) => caught.trace.iter().copied().chain(here).take(RunError::MAX_TRACE).collect(),
        Raised::Failure(_) | Raised::Thrown(_) => here.take(RunError::MAX_TRACE).collect(),
    };
    let place = trace.iter().find_map(|(function, pc)| program.place(*function, *pc));
    let text = place.map_or(Value::None, |place| Value::from(program.describe(place)));
    let error = match raised {
        Raised::Thrown(Value::Record(mut fields))
        | Raised::Passed(Caught { error: Value::Record(mut fields), trace: _ }) => {
            if fields.get(WHERE).is_some_and(Value::is_none) {
                // A string is too light to break a limit that the record held before.
                let _ = Rc::make_mut(&mut fields).set(WHERE, text);
            }
            Value::Record(fields)
        }
        Raised::Thrown(_) | Raised::Failure(_) | Raised::Passed(_) => record(&failure, text),
    };
    (failure, error, trace)
}

/// Says whether an error is one that was caught before. A `finally` that failed, too, may have given it a cause.
fn is_same(caught: &Value, thrown: &Value) -> bool {
    match (caught, thrown) {
        (Value::Record(caught), Value::Record(thrown)) => {
            caught.iter().zip(thrown.iter()).take(CAUSE).all(|(caught, thrown)| caught == thrown)
        }
        (caught, thrown) => caught == thrown,
    }
}

/// Makes the record `Error` of a failure.
pub(super) fn record(failure: &Failure, place: Value) -> Value {
    let fields = vec![
        Value::from(failure.kind.as_str()),
        Value::from(failure.message.as_str()),
        Value::Bool(failure.retryable),
        place,
        Value::None,
    ];
    Value::Record(Rc::new(Parts::new(fields).unwrap_or_default()))
}

/// Reads a record `Error`.
pub(super) fn failure_of(error: &Value) -> Failure {
    if let Value::Record(fields) = error
        && let Some(Value::String(kind)) = fields.get(KIND)
        && let Some(Value::String(message)) = fields.get(MESSAGE)
    {
        let retryable = matches!(fields.get(RETRYABLE), Some(Value::Bool(true)));
        return Failure { kind: kind.as_str().to_owned(), message: message.as_str().to_owned(), retryable };
    }
    Failure::new(ErrorKind::Internal, format!("the program failed with {}, not with an error", error.describe()))
}

/// Gives an error with those that are attached to it, in one sentence.
fn whole_failure(error: &Value) -> Failure {
    let mut failure = failure_of(error);
    let mut last = error;
    for _ in 0..MAX_ATTACHED {
        let Value::Record(fields) = last else { break };
        let Some(next) = fields.get(CAUSE).filter(|cause| !cause.is_none()) else { break };
        let Failure { kind, message, retryable: _ } = failure_of(next);
        failure.message.push_str(&format!("; then {kind}: {message}"));
        last = next;
    }
    failure
}

fn find<'f>(function: &'f Function, pc: u32, kind: &str) -> Option<&'f Handler> {
    function.handlers.iter().find(|handler| (handler.from.0..handler.to.0).contains(&pc) && takes(&handler.takes, kind))
}

fn takes(takes: &Takes, kind: &str) -> bool {
    match takes {
        Takes::World => kind != CANCELLED && !ErrorKind::from_name(kind).is_some_and(ErrorKind::must_be_named),
        Takes::Kinds(kinds) => kinds.iter().any(|taken| taken == kind),
        Takes::All => true,
    }
}

/// Makes the frame at a level the top one; what was above is let go.
fn unwind_to(fiber: &mut Fiber, level: usize, function: &Function) {
    let Some(&frame) = fiber.callers.get(level) else { return };
    let above: Activation = fiber.callers.get(level + 1).copied().unwrap_or(fiber.top);
    fiber.callers.truncate(level);
    fiber.top = frame;
    fiber.refs.truncate(above.refs as usize);
    fiber.refs.resize(frame.reference(function.refs), Value::None);
    fiber.words.resize(frame.word(function.words), 0);
    fiber.held = (fiber.words.len(), fiber.refs.len());
}
