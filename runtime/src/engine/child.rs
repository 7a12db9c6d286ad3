//! Runs that other runs or events start: their arguments, and how they ended.

use super::error::EngineError;
use super::id::RunId;
use super::inner;
use super::live::Loaded;
use super::state::RunState;
use super::transition::RunFailure;
use crate::store::{Reader, RunRow};
use crate::vm::{Vm, typed_value};
use crate::{Data, ErrorKind, Failure};
use bytecode::Task;
use bytecode::inner::Inner;

/// How much a predicate, a change or a check may compute.
pub(super) const FUEL: u64 = 10_000_000;

/// Reads arguments: a list with one item per parameter, which is a list of its value or an empty one.
pub(super) fn arguments(given: Option<&Data>) -> Result<Vec<Option<Data>>, Failure> {
    let wrong = || Failure::new(ErrorKind::Internal, "a task was called without a list of its arguments");
    let Some(Data::List(given)) = given else { return Err(wrong()) };
    given
        .iter()
        .map(|item| match item {
            Data::List(item) => Ok(item.first().cloned()),
            _ => Err(wrong()),
        })
        .collect()
}

/// Checks arguments against their types and conditions.
pub(super) fn check(loaded: &Loaded, task: &Task, arguments: &[Option<Data>]) -> Result<(), Failure> {
    for (parameter, argument) in task.parameters.iter().zip(arguments) {
        let Some(argument) = argument else { continue };
        let value = typed_value(&loaded.image.types, parameter.type_, argument.clone());
        let checked = value.and_then(|value| match parameter.check {
            Some(check) => Vm::pure(&loaded.program, check, vec![value], FUEL).map(drop),
            None => Ok(()),
        });
        checked
            .map_err(|failure| Failure { message: format!("`{}`: {}", parameter.name, failure.message), ..failure })?;
    }
    Ok(())
}

/// Gives what a run that has ended gives to whoever waits for it.
pub(super) fn outcome(row: RunRow) -> Result<Data, Failure> {
    match (row.state, row.outcome) {
        (_, Some(Ok(value))) => Ok(value),
        (RunState::Failed, Some(Err(RunFailure { failure, .. }))) => Err(failure),
        // It was skipped: its failure says why.
        (RunState::Cancelled, Some(Err(RunFailure { failure, .. }))) if row.started_at.is_none() => Err(failure),
        (RunState::TimedOut, _) => {
            let message = format!("the run {} of `{}` took longer than its task allows", row.begun.id, row.begun.task);
            Err(Failure::new(ErrorKind::Timeout, message))
        }
        (_, _) => {
            let message = format!("the run {} of `{}` was cancelled", row.begun.id, row.begun.task);
            Err(Failure::new(ErrorKind::Denied, message))
        }
    }
}

/// Gives the result or the failure of a run that has ended.
pub(super) fn ended(reader: &Reader, inner: Inner, arguments: &[Data]) -> Result<Data, Failure> {
    let id = inner::run_id(arguments.first().unwrap_or(&Data::None))?;
    let Some(row) = stored(reader, id)? else {
        return Err(Failure::new(ErrorKind::NotFound, format!("there is no run {id}")));
    };
    if !row.state.is_final() {
        return Err(Failure::new(ErrorKind::Conflict, format!("the run {id} still goes on; wait for it")));
    }
    match (inner, outcome(row)) {
        (Inner::RunError, Ok(_)) => Ok(Data::None),
        (Inner::RunError, Err(failure)) => Ok(failure.to_record()),
        (_, outcome) => outcome,
    }
}

/// Finds a run, if there is one.
pub(super) fn stored(reader: &Reader, run: RunId) -> Result<Option<RunRow>, Failure> {
    match reader.find(&run.into()) {
        Ok(row) => Ok(Some(row)),
        Err(EngineError::NoRun(_)) => Ok(None),
        Err(error) => Err(unreadable(error)),
    }
}

/// What a run fails with that cannot find out what it asks.
pub(super) fn unreadable(error: EngineError) -> Failure {
    Failure::new(ErrorKind::Internal, format!("the data folder cannot be read: {error}"))
}
