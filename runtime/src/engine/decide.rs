//! The state machine of a run: from what is known of it and what happens, to what is written and done.
//!
//! Pure. The shell brings time and draws, applies the transition, and then does what `next` says. Rules 5, 6, 16 of
//! the engine are here: who may be repeated, what needs an intent, what cancel may interrupt.

mod again;
mod settle;

use super::inner::{self, Comes, Facts, Found, Moment};
use super::run::{Ending, Run, Wait};
use super::state::RunState;
use super::transition::{Act, Asked, Body, End, Input, Next, Request, Row, RunFailure, Transition, WaitKey};
use crate::clock::Micros;
use crate::{Data, ErrorKind, Failure};
use bytecode::inner::Inner;
use bytecode::{Class, RunLimits};
use settle::within_limit;

pub use again::Again;

/// What a decision may look at beside the run.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// The wall time.
    pub now: Micros,
    /// The name of the project's zone.
    pub zone: &'a str,
    /// What the run says of itself.
    pub facts: &'a Facts,
    /// How much the task lets a run have.
    pub limits: RunLimits,
    /// How the operation that has been answered is tried again where it failed, if it may be.
    pub again: Option<Again<'a>>,
}

/// Decides what an input does to a run.
pub fn decide(run: &Run, input: Input, around: Surroundings<'_>) -> Transition {
    let mut decision = Decision::new(run, around.now);
    if !run.over {
        match input {
            Input::Asked { request, draw, found } => asked(&mut decision, request, (draw, found), around),
            Input::Answered { operation, answer } => settle::answered(&mut decision, operation, answer, around.again),
            Input::Event { operation, arm, name, position, all, data } => {
                let took = Body::Took { name, position, all };
                settle::happened(&mut decision, operation, Some(took), Ok(Data::Case(arm, vec![data])));
            }
            Input::Ended { operation, result } => settle::happened(&mut decision, operation, None, result),
            Input::Unfound { operation, failure } => settle::happened(&mut decision, operation, None, Err(failure)),
            Input::Decided { operation, decision: decided } => {
                settle::happened(&mut decision, operation, None, Ok(settle::decided(decided)));
            }
            Input::Gone { operation, cut } => settle::gone(&mut decision, operation, cut),
            Input::Woke { operation } => settle::woke(&mut decision, operation),
            Input::Late { operation } => settle::late(&mut decision, operation),
            Input::Lost { operation } => settle::lost(&mut decision, operation),
            Input::Withdraw { operation } => settle::withdraw(&mut decision, operation),
            Input::Unsettled { operation } => settle::unsettled(&mut decision, operation),
            Input::Cancel => stop(&mut decision, Ending::Cancelled),
            Input::Deadline => stop(&mut decision, Ending::TimedOut),
            Input::Finished(outcome) => finished(&mut decision, outcome, around.limits),
        }
    }
    decision.transition
}

/// Gives what a machine is cancelled with.
pub fn stopping(ending: Ending) -> Failure {
    match ending {
        // No program sees the kind: what is cancelled is not caught.
        Ending::Cancelled => Failure::new(ErrorKind::Interrupted, "somebody asked the run to stop"),
        Ending::TimedOut => Failure::new(ErrorKind::Timeout, "the run took longer than its task allows"),
    }
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
        if self.run.parked && !self.transition.acts.contains(&Act::Unpark) {
            self.transition.acts.push(Act::Unpark);
        }
        let seq = self.run.seq + u64::try_from(self.transition.rows.len()).unwrap_or(0);
        self.transition.rows.push(Row { seq, at: self.now, body });
    }

    /// Records an outcome, and goes on with it.
    fn settle(&mut self, asked: Asked, steps: Vec<String>, result: Result<Data, Failure>) {
        let result = within_limit(result);
        let attempt = self.run.tries(asked.operation).saturating_add(1);
        self.row(Body::Outcome { asked, steps, attempt, result: result.clone() });
        self.transition.next = Next::Resume { operation: asked.operation, result };
    }

    fn end(&mut self, state: RunState, outcome: Option<Result<Data, RunFailure>>) {
        if self.run.parked {
            self.transition.acts.push(Act::Unpark);
        }
        let operations = self.run.operations;
        self.transition.acts.push(Act::End(End { state, outcome, at: self.now, operations }));
        self.transition.next = Next::End;
    }
}

fn asked(decision: &mut Decision<'_>, request: Request, (draw, found): (u64, Found), around: Surroundings<'_>) {
    let Request { asked, name, arguments, steps, deadline, shielded, .. } = request;
    let inner = Inner::from_name(&name);
    if let Some(most) = around.limits.operations.filter(|most| !shielded && decision.run.begun() >= *most) {
        return decision.settle(asked, steps, Err(settle::too_many(most)));
    }
    if deadline.is_some_and(|deadline| deadline <= decision.now) && inner.is_none_or(inner::may_wait) {
        return decision.settle(asked, steps, Err(settle::too_late()));
    }
    let Some(inner) = inner else {
        if asked.class == Class::Once {
            decision.row(Body::Intent { asked, steps: steps.clone() });
        }
        decision.transition.next = Next::Perform { asked, steps };
        return;
    };
    let moment = Moment { now: decision.now, zone: around.zone, draw, deadline, facts: around.facts };
    match inner::evaluate(inner, &arguments, &moment, found) {
        Ok(comes) => come(decision, asked, steps, comes),
        Err(failure) => decision.settle(asked, steps, Err(failure)),
    }
}

/// Does what an inner operation comes to, together with its outcome.
fn come(decision: &mut Decision<'_>, asked: Asked, steps: Vec<String>, comes: Comes) {
    let (operation, at) = (decision.run.number_of(asked.operation), decision.now);
    let mut act = |act| decision.transition.acts.push(act);
    let value = match comes {
        Comes::Value(value) => value,
        Comes::Log(entry) => {
            act(Act::Log { operation, at, entry });
            Data::None
        }
        Comes::Emit { name, data } => {
            act(Act::Emit { operation, at, name, data });
            Data::None
        }
        Comes::Change { name, version, value, gives } => {
            act(Act::SetState { name, version, value });
            gives
        }
        Comes::Start(run) => {
            let id = run.id.to_string();
            act(Act::Start(run));
            Data::Record(vec![Data::String(id)])
        }
        Comes::Call(run) => {
            let id = run.id;
            act(Act::Call(run));
            let wait = Wait::Run { run: id, owned: true, until: None };
            return wait_for(decision, asked, steps, (wait, vec![WaitKey::Run(id)]));
        }
        Comes::Wait(Wait::Until(until), _) if until <= at => Data::None,
        Comes::Wait(wait, keys) => return wait_for(decision, asked, steps, (wait, keys)),
    };
    decision.settle(asked, steps, Ok(value));
}

fn wait_for(decision: &mut Decision<'_>, asked: Asked, steps: Vec<String>, (wait, keys): (Wait, Vec<WaitKey>)) {
    let operation = asked.operation;
    decision.transition.acts.extend(keys.into_iter().map(|key| Act::Await { operation, key }));
    decision.row(Body::Wait { asked, steps, wait });
    decision.transition.next = Next::Await { operation };
}

fn stop(decision: &mut Decision<'_>, ending: Ending) {
    if decision.run.ending.is_some() {
        return;
    }
    decision.row(match ending {
        Ending::Cancelled => Body::CancelAsked,
        Ending::TimedOut => Body::DeadlinePassed,
    });
    decision.transition.next = Next::Stop(stopping(ending));
}

fn finished(decision: &mut Decision<'_>, outcome: Result<Data, RunFailure>, limits: RunLimits) {
    let within = |value| within_limit(Ok(value)).and_then(|value| settle::within_output(value, limits.output));
    let failure = match outcome.and_then(|value| within(value).map_err(RunFailure::from)) {
        Ok(value) => return decision.end(RunState::Succeeded, Some(Ok(value))),
        Err(failure) => failure,
    };
    let state = match decision.run.ending {
        None => RunState::Failed,
        Some(Ending::Cancelled) => RunState::Cancelled,
        Some(Ending::TimedOut) => RunState::TimedOut,
    };
    // That it was stopped says the state; only what could not be undone is to be told.
    let told = state == RunState::Failed || !failure.failed_undos.is_empty();
    decision.end(state, told.then_some(Err(failure)));
}

#[cfg(test)]
mod tests;
