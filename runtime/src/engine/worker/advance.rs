//! Driving a run: its machine goes on until it waits; then what has happened is decided, one input after the other.
//!
//! An outcome is delivered only when all fibers wait, so the order of the rows is all that a machine can see of the world:
//! live and after a restart it does the same.

use super::Worker;
use crate::clock::{Micros, span_micros};
use crate::engine::decide::{Surroundings, decide};
use crate::engine::event::EngineEvent;
use crate::engine::inner::{self, Found};
use crate::engine::live::Live;
use crate::engine::shared::{Message, Timer};
use crate::engine::step::{Stepped, step};
use crate::engine::transition::{Act, Body, Input, Next, Request, Transition};
use bytecode::inner::Inner;

/// How much a machine computes before others have their turn.
const SLICE_FUEL: u64 = 200_000;

/// How many steps a machine makes before others have their turn.
const SLICE_STEPS: u32 = 512;

/// After how many turns without coming to an operation a machine is interrupted that is to stop.
const PATIENCE_TURNS: u32 = 5;

/// What is to be decided.
enum Todo {
    /// A request, which may ask about what is between runs.
    Request(Request, u64),
    /// Anything else.
    Input(Input),
}

impl Worker {
    /// Something has happened to a run in memory.
    pub(super) fn happened(&mut self, live: &mut Live, input: Input) {
        live.inputs.push_back(input);
        self.go_on(live);
    }

    /// Lets a run go on, unless it does by itself.
    pub(super) fn go_on(&mut self, live: &mut Live) {
        if !live.busy {
            self.advance(live);
        }
    }

    /// Lets a run go on until it waits and all that has happened is decided, or others have their turn.
    pub(super) fn advance(&mut self, live: &mut Live) {
        live.busy = false;
        for _ in 0..SLICE_STEPS {
            if live.run.over {
                return;
            }
            match step(&mut live.vm, &live.loaded.image, SLICE_FUEL) {
                Stepped::Asks(request) => self.admit(live, request),
                Stepped::Withdraws(operation) => {
                    // After a restart the machine does not ask again for it: what was in flight went with the process.
                    let lost = !live.requests.contains_key(&operation) && live.run.once_in_flight(operation).is_some();
                    live.inputs.push_back(if lost { Input::Lost { operation } } else { Input::Withdraw { operation } });
                }
                Stepped::Waits => {
                    live.turns = 0;
                    match self.next_input(live) {
                        Some(Todo::Request(request, draw)) => self.decide_request(live, request, draw),
                        Some(Todo::Input(input)) => self.decide_and_follow(live, input),
                        None => return self.rest(live),
                    }
                }
                Stepped::Yields => {
                    self.interrupt(live);
                    break;
                }
                Stepped::Ends(outcome) => self.decide_and_follow(live, Input::Finished(outcome)),
            }
        }
        if !live.run.over {
            live.busy = true;
            self.flush(live);
            let _ = self.me.send(Message::Continue(live.run.id));
        }
    }

    /// Gives what is to be decided next; what a run waits for between runs is looked at last.
    fn next_input(&self, live: &mut Live) -> Option<Todo> {
        match live.inputs.pop_front() {
            Some(Input::Asked { request, draw, .. }) => return Some(Todo::Request(request, draw)),
            Some(input) => return Some(Todo::Input(input)),
            None => {}
        }
        while let Some(operation) = live.looks.pop_first() {
            if let Some(input) = self.look(live, operation) {
                return Some(Todo::Input(input));
            }
        }
        None
    }

    /// Takes in what the machine asks for. What was begun before a restart goes on as its class allows.
    fn admit(&self, live: &mut Live, request: Request) {
        let request = live.ask(request, self.shared.clock.now());
        let operation = request.asked.operation;
        let waits = live.run.open.get(&operation).is_some_and(|open| open.wait.is_some());
        if waits {
            self.await_again(live, operation);
        } else if live.run.once_in_flight(operation).is_some() {
            live.inputs.push_back(Input::Lost { operation });
        } else if !self.holds(live, &request) {
            let draws = matches!(Inner::from_name(&request.name), Some(Inner::RandomInt | Inner::StepPause));
            let draw = if draws { self.draw() } else { 0 };
            live.inputs.push_back(Input::Asked { request, draw, found: Found::Nothing });
        }
    }

    /// Says whether a request is left to the next start of the engine.
    fn holds(&self, live: &Live, request: &Request) -> bool {
        self.shared.is_stopping() && live.run.ending.is_none() && !inner::is_inner(&request.name)
    }

    /// A machine that is to stop and computes for ever is interrupted. That it was is not in its rows, so its state is.
    fn interrupt(&mut self, live: &mut Live) {
        live.turns += 1;
        let wants = |input: &Input| matches!(input, Input::Cancel | Input::Deadline);
        let wanted = live.inputs.iter().position(wants);
        if live.turns < PATIENCE_TURNS || (wanted.is_none() && live.run.ending.is_none()) {
            return;
        }
        if let Some(input) = wanted.and_then(|at| live.inputs.remove(at)) {
            self.decide_and_follow(live, input);
        }
        live.vm.interrupt();
        live.put_away();
    }

    pub(super) fn decide_and_follow(&mut self, live: &mut Live, input: Input) {
        let next = self.decide(live, input);
        self.follow(live, next);
    }

    fn decide(&self, live: &mut Live, input: Input) -> Next {
        let shared = &self.shared;
        let again = match &input {
            Input::Answered { operation, .. } => live.again(*operation),
            _ => None,
        };
        let limits = live.clauses().map(|clauses| clauses.limits).unwrap_or_default();
        let around = Surroundings { now: shared.clock.now(), zone: &shared.zone, facts: &live.facts, limits, again };
        let transition = decide(&live.run, input, around);
        self.tell_about(live, &transition);
        live.take(transition)
    }

    fn tell_about(&self, live: &Live, transition: &Transition) {
        if self.shared.events.receiver_count() == 0 {
            return;
        }
        let (run, task) = (live.run.id, &live.begun.task);
        for row in &transition.rows {
            if let Body::Outcome { asked, result, .. } = &row.body {
                let native = live.loaded.image.natives.get(usize::from(asked.native.0));
                let name = native.map(|native| native.name.clone()).unwrap_or_default();
                let failure = result.as_ref().err().cloned();
                self.shared.tell(EngineEvent::Operation { run, task: task.clone(), name, failure });
            }
        }
        for act in &transition.acts {
            if let Act::Log { entry, .. } = act {
                self.shared.tell(EngineEvent::Log { run, task: task.clone(), entry: entry.clone() });
            }
        }
    }

    /// Does what was decided. The machine waits, or has ended.
    fn follow(&mut self, live: &mut Live, next: Next) {
        match next {
            Next::Nothing => {}
            Next::Resume { operation, result } => {
                self.drop_operation(live, operation);
                live.vm.resume(operation, result);
            }
            Next::Withdraw { operation } => {
                self.drop_operation(live, operation);
                live.vm.withdraw(operation);
            }
            Next::Perform { asked, .. } => {
                self.arm_step(live, asked.operation);
                live.after.perform.push(asked.operation);
            }
            Next::Await { operation } => {
                self.arm_step(live, operation);
                self.arm_wait(live, operation);
                live.after.look.push(operation);
            }
            Next::CancelRun { operation, run, cut } => self.cancel_run(live, operation, run, cut),
            Next::Settle { operation } => {
                let now = self.shared.clock.now().max(live.run.latest);
                let cap = now.saturating_add(span_micros(self.shared.settle_cap));
                self.arm(live, cap, Timer::Settle { operation });
            }
            Next::Stop(failure) => live.vm.cancel(failure),
            Next::End => self.end(live),
        }
    }

    fn drop_operation(&self, live: &mut Live, operation: u64) {
        live.requests.remove(&operation);
        live.seen.remove(&operation);
        live.giving_up.remove(&operation);
        live.after.perform.retain(|waiting| *waiting != operation);
        // Its answer takes it out of what is in flight: until then it may still hold something.
        if let Some(flight) = live.flights.get(&operation) {
            flight.abort();
        }
    }

    /// Looks out again for what was waited for before a restart or a sleep.
    pub(super) fn await_again(&self, live: &mut Live, operation: u64) {
        let now = self.shared.clock.now().max(live.woken_at.unwrap_or(Micros::MIN)).max(live.run.latest);
        let until = live.run.open.get(&operation).and_then(|open| open.wait.as_ref()).and_then(|wait| wait.until());
        let deadline = live.requests.get(&operation).and_then(|request| request.deadline);
        if until.is_some_and(|until| until <= now && deadline.is_none_or(|deadline| until <= deadline)) {
            live.inputs.push_back(Input::Woke { operation });
        } else if deadline.is_some_and(|deadline| deadline <= now) {
            live.inputs.push_back(Input::Late { operation });
        } else {
            self.arm_step(live, operation);
            self.arm_wait(live, operation);
            live.looks.insert(operation);
        }
    }

    fn arm_step(&self, live: &Live, operation: u64) {
        if let Some(deadline) = live.requests.get(&operation).and_then(|request| request.deadline) {
            self.arm(live, deadline, Timer::Step { operation });
        }
    }

    fn arm_wait(&self, live: &Live, operation: u64) {
        let wait = live.run.open.get(&operation).and_then(|open| open.wait.as_ref());
        if let Some(until) = wait.and_then(|wait| wait.until()) {
            self.arm(live, until, Timer::Wait { operation });
        }
    }

    fn draw(&self) -> u64 {
        let mut bytes = [0; 8];
        self.shared.clock.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }
}
