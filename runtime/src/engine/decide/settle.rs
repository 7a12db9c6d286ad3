//! How operations end that have begun: by their answer, their time, or because nobody wants them any more.

use super::Decision;
use super::again::{self, Again};
use crate::engine::run::Wait;
use crate::engine::transition::{Act, Body, Cut, Decision as Decided, LARGEST_OUTCOME, Next};
use crate::{Answer, Data, ErrorKind, Failure};
use bytecode::Class;

/// The cases of the language's `Decision`.
const APPROVED: u16 = 0;
const REJECTED: u16 = 1;
const EXPIRED: u16 = 2;

/// Gives a decision as the language's `Decision`.
pub(super) fn decided(decision: Decided) -> Data {
    let tag = if decision.approved { APPROVED } else { REJECTED };
    Data::Case(tag, vec![Data::String(decision.by), Data::String(decision.comment)])
}

/// What an operation waits for has happened.
pub(super) fn happened(
    decision: &mut Decision<'_>,
    operation: u64,
    before: Option<Body>,
    result: Result<Data, Failure>,
) {
    if decision.run.open.get(&operation).is_some_and(|open| open.wait.is_some()) {
        if let Some(row) = before {
            decision.row(row);
        }
        settle(decision, operation, result);
    }
}

/// A run has ended that was cancelled with its operation.
pub(super) fn gone(decision: &mut Decision<'_>, operation: u64, cut: Cut) {
    match cut {
        Cut::Withdrawn => withdrawn(decision, operation),
        Cut::Late => settle(decision, operation, Err(too_late())),
    }
}

/// An operation in flight has ended.
pub(super) fn answered(decision: &mut Decision<'_>, operation: u64, answer: Answer, again: Option<Again<'_>>) {
    // An answer to anything else comes from before a cancel or a cap, and is refused.
    let Some(asked) = decision.run.in_flight(operation) else { return };
    let nothing_happened = again::pause_asked_for(&answer);
    let result = known_outcome(asked.class, answer);
    let wait = match (&result, again) {
        (Err(failure), Some(again)) => again.after(decision, asked, failure, nothing_happened),
        (_, _) => None,
    };
    match wait {
        Some(wait) => again::wait(decision, asked, wait),
        None => settle(decision, operation, result),
    }
}

/// The time of a wait has come.
pub(super) fn woke(decision: &mut Decision<'_>, operation: u64) {
    let Some(wait) = decision.run.open.get(&operation).and_then(|open| open.wait.as_ref()) else { return };
    // The span was measured by a clock that does not jump; for the run, the time it waited for has come.
    decision.now = decision.now.max(wait.until().unwrap_or(decision.now));
    if matches!(wait, Wait::Again { .. }) {
        return again::perform(decision, operation);
    }
    let result = match wait {
        Wait::Until(_) | Wait::Again { .. } | Wait::Run { .. } => Ok(Data::None),
        Wait::Event { arms, .. } => Ok(Data::Case(*arms, Vec::new())),
        Wait::Approval { .. } => Ok(Data::Case(EXPIRED, Vec::new())),
    };
    settle(decision, operation, result);
}

/// The time of a step is over.
pub(super) fn late(decision: &mut Decision<'_>, operation: u64) {
    if cancels_run(decision, operation, Cut::Late) {
        return;
    }
    let result = match decision.run.once_in_flight(operation) {
        Some(_) => Err(interrupted("the time of its step was over")),
        None => Err(too_late()),
    };
    settle(decision, operation, result);
}

/// What was begun by a process that is gone.
pub(super) fn lost(decision: &mut Decision<'_>, operation: u64) {
    if decision.run.once_in_flight(operation).is_some() {
        settle(decision, operation, Err(interrupted("the process that did it is gone")));
    }
}

/// The machine has no use for an operation: a `once` may end, for a while; anything else is dropped.
pub(super) fn withdraw(decision: &mut Decision<'_>, operation: u64) {
    if decision.run.once_in_flight(operation).is_some() {
        decision.transition.next = Next::Settle { operation };
    } else if !cancels_run(decision, operation, Cut::Withdrawn) {
        withdrawn(decision, operation);
    }
}

fn withdrawn(decision: &mut Decision<'_>, operation: u64) {
    decision.unawait(operation);
    decision.row(Body::Withdrawn { operation });
    decision.transition.next = Next::Withdraw { operation };
}

/// Cancels the run that an operation has called, which is awaited.
fn cancels_run(decision: &mut Decision<'_>, operation: u64, cut: Cut) -> bool {
    match decision.run.open.get(&operation).and_then(|open| open.wait.as_ref()) {
        Some(Wait::Run { run, owned: true, .. }) => {
            decision.transition.next = Next::CancelRun { operation, run: *run, cut };
            true
        }
        Some(Wait::Until(_) | Wait::Again { .. } | Wait::Event { .. } | Wait::Approval { .. } | Wait::Run { .. })
        | None => false,
    }
}

/// A `once` operation has not ended in the time that was left to it.
pub(super) fn unsettled(decision: &mut Decision<'_>, operation: u64) {
    if decision.run.once_in_flight(operation).is_some() {
        settle(decision, operation, Err(interrupted("it was given up while the run was being stopped")));
    }
}

fn settle(decision: &mut Decision<'_>, operation: u64, result: Result<Data, Failure>) {
    if let Some(open) = decision.run.open.get(&operation) {
        let (asked, steps) = (open.asked, open.steps.clone());
        decision.unawait(operation);
        decision.settle(asked, steps, result);
    }
}

impl Decision<'_> {
    /// Forgets what an operation waits for between runs.
    fn unawait(&mut self, operation: u64) {
        let wait = self.run.open.get(&operation).and_then(|open| open.wait.as_ref());
        if matches!(wait, Some(Wait::Event { .. } | Wait::Run { .. })) {
            self.transition.acts.push(Act::Unawait { operation });
        }
    }
}

/// Says what the run learns of an answer.
fn known_outcome(class: Class, answer: Answer) -> Result<Data, Failure> {
    match answer {
        Answer::Done(result) => result,
        Answer::NotDone(failure) | Answer::NotNow { failure, .. } => Err(failure),
        Answer::Unknown(failure) => match class {
            Class::Once => Err(interrupted(&failure.message)),
            Class::Pure | Class::Idempotent | Class::Keyed => Err(failure),
        },
    }
}

fn interrupted(why: &str) -> Failure {
    Failure::new(ErrorKind::Interrupted, format!("nobody knows whether it happened: {why}"))
}

/// Gives what an operation fails with that is not done when its step must be.
pub(super) fn too_late() -> Failure {
    Failure::new(ErrorKind::Timeout, "the time of its step is over")
}

/// Refuses what is too large to record.
pub(super) fn within_limit(result: Result<Data, Failure>) -> Result<Data, Failure> {
    let value = result?;
    let size = value.weight(LARGEST_OUTCOME);
    if size <= LARGEST_OUTCOME {
        return Ok(value);
    }
    let message = format!(
        "the value is larger than {} MiB, the most that is recorded; keep it in a file and give the file's path",
        LARGEST_OUTCOME >> 20
    );
    Err(Failure::new(ErrorKind::Limit, message))
}

/// Refuses a result that is larger than the task lets it be.
pub(super) fn within_output(value: Data, most: Option<u64>) -> Result<Data, Failure> {
    let Some(most) = most else { return Ok(value) };
    let bytes = usize::try_from(most).unwrap_or(usize::MAX);
    if value.weight(bytes) <= bytes {
        return Ok(value);
    }
    Err(Failure::new(ErrorKind::Limit, format!("the result is larger than {most} bytes, as `limit output` lets it be")))
}

/// Gives what an operation fails with that is one too many.
pub(super) fn too_many(most: u64) -> Failure {
    Failure::new(
        ErrorKind::Limit,
        format!("the run has begun {most} operations, as many as `limit operations` lets it"),
    )
}
