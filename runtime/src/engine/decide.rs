//! The state machine of a run: from what is known of it and what happens, to what is written and done.
//!
//! Pure. The shell brings time and draws, applies the transition, and then does what `next` says. Rules 5, 6, 16 of
//! the engine are here: who may be repeated, what needs an intent, what cancel may interrupt.

use super::inner::{self, Inner, Moment};
use super::run::{Ending, Phase, Run};
use super::state::RunState;
use super::transition::{Act, Asked, Body, End, Input, LARGEST_OUTCOME, Next, Request, Row, RunFailure, Transition};
use crate::clock::Micros;
use crate::{Answer, Data, ErrorKind, Failure};
use bytecode::Class;

/// What a decision may look at beside the run.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// The wall time.
    pub now: Micros,
    /// The name of the project's zone.
    pub zone: &'a str,
}

/// Decides what an input does to a run.
pub fn decide(run: &Run, input: Input, around: Surroundings<'_>) -> Transition {
    let mut decision = Decision::new(run, around.now);
    match input {
        Input::Asked { request, draw } => asked(&mut decision, request, draw, around.zone),
        Input::Answered { operation, answer } => answered(&mut decision, operation, answer),
        Input::Woke { operation } => woke(&mut decision, operation),
        Input::Lost => lost(&mut decision),
        Input::Cancel => stop(&mut decision, Ending::Cancelled),
        Input::Deadline => stop(&mut decision, Ending::TimedOut),
        Input::Unsettled { operation } => unsettled(&mut decision, operation),
        Input::Yielded => {
            if let Some(ending) = run.ending {
                decision.end_early(ending);
            }
        }
        Input::Finished(outcome) => finished(&mut decision, outcome),
    }
    decision.transition
}

struct Decision<'a> {
    run: &'a Run,
    now: Micros,
    transition: Transition,
}

impl<'a> Decision<'a> {
    fn new(run: &'a Run, now: Micros) -> Self {
        // A wall clock that was set back does not turn a run's time around.
        Decision { run, now: now.max(run.latest), transition: Transition::new(run.id, run.seq) }
    }

    fn row(&mut self, body: Body) {
        let seq = self.run.seq + u64::try_from(self.transition.rows.len()).unwrap_or(0);
        self.transition.rows.push(Row { seq, at: self.now, body });
    }

    fn outcome(&mut self, asked: Asked, result: Result<Data, Failure>) {
        self.row(Body::Outcome { asked, attempt: 1, result });
    }

    /// Records an outcome, and goes on or stops.
    fn settle(&mut self, asked: Asked, result: Result<Data, Failure>) {
        let result = within_limit(result);
        self.outcome(asked, result.clone());
        match self.run.ending {
            Some(ending) => self.end_early(ending),
            None => self.transition.next = Next::Resume(result),
        }
    }

    fn end_early(&mut self, ending: Ending) {
        let state = match ending {
            Ending::Cancelled => RunState::Cancelled,
            Ending::TimedOut => RunState::TimedOut,
        };
        self.end(state, None);
    }

    fn end(&mut self, state: RunState, outcome: Option<Result<Data, RunFailure>>) {
        let ended: usize = self.transition.rows.iter().filter(|row| matches!(row.body, Body::Outcome { .. })).count();
        let operations = self.run.operations + u64::try_from(ended).unwrap_or(0);
        self.transition.acts.push(Act::End(End { state, outcome, at: self.now, operations }));
        self.transition.next = Next::End;
    }
}

fn asked(decision: &mut Decision<'_>, request: Request, draw: u64, zone: &str) {
    if let Some(ending) = decision.run.ending {
        return decision.end_early(ending);
    }
    let asked = request.asked;
    let moment = Moment { now: decision.now, zone: zone.to_owned(), draw };
    match inner::evaluate(&request.name, &request.arguments, &moment) {
        None => {
            if asked.class == Class::Once {
                decision.row(Body::Intent(asked));
            }
            decision.transition.next = Next::Perform(asked);
        }
        Some(Err(failure)) => decision.settle(asked, Err(failure)),
        Some(Ok(Inner::Value(value))) => decision.settle(asked, Ok(value)),
        Some(Ok(Inner::Log(entry))) => {
            let act = Act::Log { operation: asked.operation, at: decision.now, entry };
            decision.transition.acts.push(act);
            decision.settle(asked, Ok(Data::None));
        }
        Some(Ok(Inner::Sleep(until))) if until <= decision.now => decision.settle(asked, Ok(Data::None)),
        Some(Ok(Inner::Sleep(until))) => {
            decision.row(Body::Sleep { asked, until });
            decision.transition.next = Next::Sleep { operation: asked.operation, until };
        }
    }
}

fn answered(decision: &mut Decision<'_>, operation: u64, answer: Answer) {
    // An answer to anything else comes from before a cancel or a cap, and is refused.
    let Phase::InFlight(asked) = decision.run.phase else { return };
    if asked.operation == operation {
        decision.settle(asked, known_outcome(asked.class, answer));
    }
}

/// Says what the run learns of an answer.
fn known_outcome(class: Class, answer: Answer) -> Result<Data, Failure> {
    match answer {
        Answer::Done(result) => result,
        Answer::NotDone(failure) => Err(failure),
        Answer::Unknown(failure) => match class {
            Class::Once => Err(interrupted(&failure.message)),
            Class::Pure | Class::Idempotent | Class::Keyed => Err(failure),
        },
    }
}

fn woke(decision: &mut Decision<'_>, operation: u64) {
    let Phase::Sleeping { asked, until } = decision.run.phase else { return };
    if asked.operation != operation {
        return;
    }
    // The span was measured by a clock that does not jump; for the run, the time it waited for has come.
    decision.now = decision.now.max(until);
    if decision.run.parked {
        decision.transition.acts.push(Act::Unpark);
    }
    decision.settle(asked, Ok(Data::None));
}

fn lost(decision: &mut Decision<'_>) {
    match decision.run.once_in_flight() {
        Some(asked) => decision.settle(asked, Err(interrupted("the process that did it is gone"))),
        None => {
            if let Some(ending) = decision.run.ending {
                decision.end_early(ending);
            }
        }
    }
}

fn stop(decision: &mut Decision<'_>, ending: Ending) {
    if decision.run.ending.is_some() || decision.run.phase == Phase::Over {
        return;
    }
    decision.row(match ending {
        Ending::Cancelled => Body::CancelAsked,
        Ending::TimedOut => Body::DeadlinePassed,
    });
    match decision.run.phase {
        // It stops at its next operation; the machine cannot be interrupted between two.
        Phase::Computing | Phase::Over => {}
        Phase::InFlight(asked) if asked.class == Class::Once => {
            decision.transition.next = Next::Settle { operation: asked.operation };
        }
        Phase::InFlight(_) | Phase::Sleeping { .. } => decision.end_early(ending),
    }
}

fn unsettled(decision: &mut Decision<'_>, operation: u64) {
    let Some(ending) = decision.run.ending else { return };
    match decision.run.once_in_flight() {
        Some(asked) if asked.operation == operation => {
            decision.outcome(asked, Err(interrupted("it was given up while the run was being stopped")));
            decision.end_early(ending);
        }
        Some(_) | None => {}
    }
}

fn finished(decision: &mut Decision<'_>, outcome: Result<Data, RunFailure>) {
    match outcome {
        Ok(value) => match within_limit(Ok(value)) {
            Ok(value) => decision.end(RunState::Succeeded, Some(Ok(value))),
            Err(failure) => {
                let failure = RunFailure { failure, place: None, trace: Vec::new() };
                decision.end(RunState::Failed, Some(Err(failure)));
            }
        },
        Err(failure) => decision.end(RunState::Failed, Some(Err(failure))),
    }
}

fn interrupted(why: &str) -> Failure {
    Failure::new(ErrorKind::Interrupted, format!("nobody knows whether it happened: {why}"))
}

fn within_limit(result: Result<Data, Failure>) -> Result<Data, Failure> {
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

#[cfg(test)]
mod tests;
