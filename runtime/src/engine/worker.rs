//! A worker: a thread that owns machines and drives them. The shell around `step` and `decide`.
//!
//! It never waits for the disk or the world: both answer with messages. Whatever leaves the process waits for the
//! commit of the rows before it.

use super::decide::{Surroundings, decide};
use super::error::EngineError;
use super::event::EngineEvent;
use super::id::{ImageHash, RunId};
use super::live::{Live, Loaded};
use super::perform::perform;
use super::run::Phase;
use super::shared::{BeatMessage, Message, Shared, Then, Timer};
use super::state::{RunState, Trigger};
use super::step::{self, Stepped, step};
use super::transition::{Act, Body, End, Input, Next, RunFailure, Transition};
use crate::clock::{Micros, span_micros, span_of};
use crate::store::{Applied, Begun, Reader, Work};
use crate::vm::Program;
use crate::{Answer, Data, ErrorKind, Failure};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

/// How much a machine computes before others have their turn.
const SLICE_FUEL: u64 = 200_000;

/// How many inner operations a run makes before others have their turn.
const SLICE_OPERATIONS: u32 = 256;

/// How often a worker that stops looks at what is still in flight.
const STOP_LOOK: Duration = Duration::from_millis(5);

/// How many programs a worker keeps ready.
const PROGRAMS: usize = 64;

/// A worker of an engine.
pub(super) struct Worker {
    shared: Arc<Shared>,
    inbox: Receiver<Message>,
    me: Sender<Message>,
    beat: Sender<BeatMessage>,
    reader: Reader,
    programs: HashMap<ImageHash, Rc<Loaded>>,
    live: HashMap<RunId, Live>,
}

impl Worker {
    /// Makes a worker, on its own thread.
    pub(super) fn new(
        shared: Arc<Shared>,
        inbox: Receiver<Message>,
        me: Sender<Message>,
        beat: Sender<BeatMessage>,
        reader: Reader,
    ) -> Self {
        Worker { shared, inbox, me, beat, reader, programs: HashMap::new(), live: HashMap::new() }
    }

    /// Works until the engine stops.
    pub(super) fn work(mut self) {
        while let Ok(message) = self.inbox.recv() {
            if self.shared.is_dead() {
                return self.drop_all();
            }
            match message {
                Message::Die => return self.drop_all(),
                Message::Stop { until } => return self.stop(until),
                other => self.take(other),
            }
        }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Begin(begun) => self.begin(begun),
            Message::Recover(run) => self.recover(run),
            Message::Answered { run, operation, answer } => self.answered(run, operation, answer),
            Message::Committed { run, then, applied } => self.committed(run, then, applied),
            Message::Due { run, timer } => self.due(run, timer),
            Message::Cancel { run } => self.cancel(run),
            Message::Continue(run) => self.with(run, |worker, live| worker.advance(live, None)),
            Message::Stop { .. } | Message::Die => {}
        }
    }

    /// Works on a run in memory, if it is there.
    fn with(&mut self, run: RunId, work: impl FnOnce(&mut Self, &mut Live)) {
        if let Some(mut live) = self.live.remove(&run) {
            work(self, &mut live);
            self.live.insert(run, live);
        }
    }

    fn begin(&mut self, begun: Begun) {
        let Begun { run, started_at } = begun;
        let (id, task) = (run.id, run.task.clone());
        self.shared.tell(EngineEvent::Started { run: id, task, trigger: run.trigger });
        let begun = self.program(run.image).map_err(|error| Box::new(step::internal(&error.to_string())));
        let live = begun.and_then(|loaded| Live::begin(run.clone(), started_at, loaded));
        match live {
            Ok(mut live) => {
                self.arm_deadline(&live);
                self.advance(&mut live, None);
                self.live.insert(id, live);
            }
            Err(failure) => self.end_unloaded(id, *failure, 0),
        }
    }

    fn program(&mut self, hash: ImageHash) -> Result<Rc<Loaded>, EngineError> {
        if let Some(loaded) = self.programs.get(&hash) {
            return Ok(Rc::clone(loaded));
        }
        let image = Arc::new(self.reader.image(hash)?);
        let program = Program::new(Arc::clone(&image), &self.shared.natives)
            .map_err(|error| EngineError::BadImage(error.to_string()))?;
        if self.programs.len() >= PROGRAMS {
            // Runs keep their own; this is only what new ones find ready.
            self.programs.clear();
        }
        let loaded = Rc::new(Loaded { image, program });
        self.programs.insert(hash, Rc::clone(&loaded));
        Ok(loaded)
    }

    fn recover(&mut self, run: RunId) {
        if self.live.contains_key(&run) {
            return;
        }
        if let Some(mut live) = self.load(run) {
            self.shared.tell(EngineEvent::Recovered { run, task: live.begun.task.clone() });
            self.go_on(&mut live);
            self.live.insert(run, live);
        }
    }

    /// Brings a run back from the store; a run that cannot be brought back fails, one that has ended stays ended.
    fn load(&mut self, run: RunId) -> Option<Live> {
        let stored = match self.reader.load(run) {
            Ok(stored) => stored,
            Err(error) => {
                self.reading_failed(error);
                return None;
            }
        };
        if stored.run.state.is_final() || stored.run.state == RunState::Queued {
            return None;
        }
        let loaded = match self.program(stored.run.begun.image) {
            Ok(loaded) => loaded,
            Err(error) => {
                self.end_unloaded(run, step::internal(&error.to_string()), 0);
                return None;
            }
        };
        let row = stored.run.row;
        let reader = &self.reader;
        let live = Live::load(stored, loaded, |from, limit| {
            reader.rows(row, from, limit).map_err(|error| Box::new(step::internal(&error.to_string())))
        });
        match live {
            Ok(live) => {
                self.arm_deadline(&live);
                Some(live)
            }
            Err(failure) => {
                self.end_unloaded(run, *failure, 0);
                None
            }
        }
    }

    /// Lets a run go on that was just brought back.
    fn go_on(&mut self, live: &mut Live) {
        match live.run.phase {
            Phase::InFlight(_) if live.run.once_in_flight().is_some() => {
                let next = self.decide(live, Input::Lost);
                self.follow(live, next);
            }
            Phase::Sleeping { asked, until } => {
                self.sleep(live, asked.operation, until);
            }
            // What may be repeated is asked for again.
            Phase::InFlight(_) | Phase::Computing => {
                live.run.phase = Phase::Computing;
                self.advance(live, None);
            }
            Phase::Over => {}
        }
    }

    /// Lets a machine go on until it waits, and follows what is decided on the way.
    fn advance(&mut self, live: &mut Live, mut outcome: Option<Result<Data, Failure>>) {
        for _ in 0..SLICE_OPERATIONS {
            let stepped = step(&mut live.vm, &live.loaded.image, outcome.take(), SLICE_FUEL);
            live.vm_waits = matches!(stepped, Stepped::Asks(_));
            let input = match stepped {
                Stepped::Asks(request) if self.holds(live, &request.name) => return self.flush(live, Then::Nothing),
                Stepped::Asks(request) => {
                    live.request = Some(request.clone());
                    Input::Asked { request, draw: self.draw() }
                }
                Stepped::Yields => Input::Yielded,
                Stepped::Ends(outcome) => Input::Finished(outcome),
            };
            let yielded = input == Input::Yielded;
            let next = self.decide(live, input);
            match next {
                Next::Resume(result) => {
                    live.vm_waits = false;
                    outcome = Some(result);
                }
                Next::Nothing if yielded => break,
                other => return self.follow(live, other),
            }
        }
        // Others have their turn. The outcome is delivered first, since it is decided.
        if let Some(outcome) = outcome {
            live.vm.resume(live.vm.operations(), outcome);
            live.vm_waits = false;
        }
        self.flush(live, Then::Nothing);
        let _ = self.me.send(Message::Continue(live.run.id));
    }

    /// Says whether a request is left to the next start of the engine.
    fn holds(&self, live: &Live, name: &str) -> bool {
        self.shared.is_stopping() && live.run.ending.is_none() && !super::inner::is_inner(name)
    }

    fn decide(&self, live: &mut Live, input: Input) -> Next {
        let shared = &self.shared;
        let around = Surroundings { now: shared.clock.now(), zone: &shared.zone };
        let transition = decide(&live.run, input, around);
        self.tell_about(live, &transition);
        live.take(transition)
    }

    fn tell_about(&self, live: &Live, transition: &Transition) {
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

    /// Does what was decided.
    fn follow(&mut self, live: &mut Live, next: Next) {
        match next {
            Next::Nothing => self.flush(live, Then::Nothing),
            Next::Resume(result) => self.advance(live, Some(result)),
            Next::Perform(_) => self.flush(live, Then::Perform),
            Next::Sleep { operation, until } => self.sleep(live, operation, until),
            Next::Settle { operation } => {
                self.flush(live, Then::Nothing);
                let cap = self.shared.clock.now().saturating_add(span_micros(self.shared.settle_cap));
                self.arm(live.run.id, cap, Timer::Settle { operation });
            }
            Next::End => self.end(live),
        }
    }

    fn sleep(&mut self, live: &mut Live, operation: u64, until: Micros) {
        let (run, task) = (live.run.id, live.begun.task.clone());
        self.shared.tell(EngineEvent::Waiting { run, task, until });
        let span = span_of(until.saturating_sub(self.shared.clock.now()));
        if span < self.shared.park_after || live.run.ending.is_some() {
            self.flush(live, Then::Nothing);
            return self.arm(run, until, Timer::Wait { operation });
        }
        let wakes_at = live.deadline.map_or(until, |deadline| deadline.min(until));
        live.run.parked = true;
        live.put_away();
        live.pending.acts.push(Act::Park { until: wakes_at });
        // The span is measured from here, whatever becomes of the wall clock until the commit.
        let uptime = self.shared.uptime_at(wakes_at);
        self.flush(live, Then::Leave { until: wakes_at, uptime });
    }

    fn end(&mut self, live: &mut Live) {
        if let Some((_, flight)) = &live.flight {
            // The end is recorded when the operation is gone, which its answer says.
            flight.abort();
            return;
        }
        let end = live.pending.acts.iter().find_map(|act| match act {
            Act::End(end) => Some(Box::new(end.clone())),
            Act::Log { .. } | Act::Park { .. } | Act::Unpark => None,
        });
        self.flush(live, end.map_or(Then::Nothing, Then::Forget));
    }

    /// Hands what is pending to the store. What follows waits for the commit, unless nothing is left to commit.
    fn flush(&mut self, live: &mut Live, then: Then) {
        let transition = live.take_pending();
        if !transition.is_empty() {
            return self.submit(live, transition, then);
        }
        match then {
            Then::Nothing => {}
            Then::Perform if live.uncommitted == 0 => self.perform(live),
            Then::Perform | Then::Leave { .. } | Then::Forget(_) => self.submit(live, transition, then),
        }
    }

    fn submit(&self, live: &mut Live, transition: Transition, then: Then) {
        live.uncommitted += 1;
        self.hand_over(transition, then);
    }

    fn hand_over(&self, transition: Transition, then: Then) {
        let (run, me) = (transition.run, self.me.clone());
        self.shared.store.submit(Work::Advance(transition), move |applied| {
            let _ = me.send(Message::Committed { run, then, applied });
        });
    }

    fn committed(&mut self, run: RunId, then: Then, applied: Result<Applied, EngineError>) {
        if let Err(error) = applied {
            return self.refused(run, error);
        }
        if let Some(live) = self.live.get_mut(&run) {
            live.uncommitted = live.uncommitted.saturating_sub(1);
        }
        match then {
            Then::Nothing => {}
            Then::Perform => self.with(run, |worker, live| worker.perform(live)),
            Then::Leave { until, uptime } => {
                // Something may have happened to it since; then it stays.
                if self
                    .live
                    .get(&run)
                    .is_some_and(|live| live.run.parked && live.pending.is_empty() && live.uncommitted == 0)
                {
                    self.live.remove(&run);
                }
                let _ = self.beat.send(BeatMessage::Arm { run, uptime, timer: Timer::Parked { at: until } });
            }
            Then::Forget(end) => self.forget(run, *end),
        }
    }

    fn refused(&mut self, run: RunId, error: EngineError) {
        match self.shared.store.fatal() {
            Some(fatal) => self.shared.break_down(fatal),
            // Somebody else ended the run, or it is gone: there is nothing left to drive.
            None => {
                tracing::warn!(%run, %error, "a transition was refused");
                self.live.remove(&run);
                self.shared.ends.tell();
            }
        }
    }

    fn forget(&mut self, run: RunId, end: End) {
        let begun = self.live.remove(&run).map(|live| live.begun);
        let task = begun.as_ref().map(|begun| begun.task.clone()).unwrap_or_default();
        let failure = end.outcome.and_then(Result::err);
        self.shared.tell(EngineEvent::Finished { run, task, state: end.state, failure });
        self.shared.ends.tell();
        if let Some(begun) = begun
            && matches!(begun.trigger, Trigger::Schedule { .. })
        {
            let _ = self.beat.send(BeatMessage::Freed { project: begun.project, task: begun.task });
        }
    }

    /// Ends a run that could not be brought into memory.
    fn end_unloaded(&self, run: RunId, failure: RunFailure, operations: u64) {
        let at = self.shared.clock.now();
        let end = End { state: RunState::Failed, outcome: Some(Err(failure)), at, operations };
        let mut transition = Transition::new(run, 0);
        transition.acts.push(Act::End(end.clone()));
        self.hand_over(transition, Then::Forget(Box::new(end)));
    }

    fn perform(&mut self, live: &mut Live) {
        let Some(request) = live.request.take() else { return };
        if live.run.ending.is_some() {
            let failure = Failure::new(ErrorKind::Interrupted, "the run was stopped before it began");
            let operation = request.asked.operation;
            let next = self.decide(live, Input::Answered { operation, answer: Answer::NotDone(failure) });
            return self.follow(live, next);
        }
        let operation = request.asked.operation;
        let permissions = Arc::clone(&live.permissions);
        let flight = perform(&self.shared, &live.run, permissions, request, self.me.clone());
        live.flight = flight.map(|flight| (operation, flight));
    }

    fn answered(&mut self, run: RunId, operation: u64, answer: Answer) {
        self.with(run, |worker, live| {
            if live.flight.as_ref().is_some_and(|(in_flight, _)| *in_flight == operation) {
                live.flight = None;
            }
            if live.run.phase == Phase::Over {
                // The end was decided and has waited for this.
                return worker.end(live);
            }
            let next = worker.decide(live, Input::Answered { operation, answer });
            worker.follow(live, next);
        });
    }

    fn due(&mut self, run: RunId, timer: Timer) {
        let input = match timer {
            Timer::Parked { at } => return self.wake(run, at),
            Timer::Wait { operation } => Input::Woke { operation },
            Timer::Deadline => Input::Deadline,
            Timer::Settle { operation } => Input::Unsettled { operation },
        };
        self.with(run, |worker, live| {
            let next = worker.decide(live, input);
            worker.follow(live, next);
        });
    }

    /// Brings a parked run back, whose time has come by the clock that measured it.
    fn wake(&mut self, run: RunId, at: Micros) {
        if self.live.contains_key(&run) || self.shared.is_stopping() {
            return;
        }
        let Some(mut live) = self.load(run) else { return };
        if live.parked_until != Some(at) {
            // It was woken by something else and sleeps anew.
            return;
        }
        if let Phase::Sleeping { asked, until } = live.run.phase {
            let first = live.deadline.is_none_or(|deadline| until <= deadline);
            let input = if first { Input::Woke { operation: asked.operation } } else { Input::Deadline };
            let next = self.decide(&mut live, input);
            self.follow(&mut live, next);
        } else {
            self.go_on(&mut live);
        }
        self.live.insert(run, live);
    }

    fn cancel(&mut self, run: RunId) {
        if !self.live.contains_key(&run) {
            let at = self.shared.clock.now();
            let parked = self.load(run);
            match parked {
                Some(live) => drop(self.live.insert(run, live)),
                None => {
                    let shared = Arc::clone(&self.shared);
                    return self.shared.store.submit(Work::CancelQueued { run, at }, move |_| shared.ends.tell());
                }
            }
        }
        self.with(run, |worker, live| {
            let next = worker.decide(live, Input::Cancel);
            worker.follow(live, next);
        });
    }

    fn arm_deadline(&self, live: &Live) {
        if let Some(deadline) = live.deadline {
            self.arm(live.run.id, deadline, Timer::Deadline);
        }
    }

    fn arm(&self, run: RunId, at: Micros, timer: Timer) {
        let uptime = self.shared.uptime_at(at);
        let _ = self.beat.send(BeatMessage::Arm { run, uptime, timer });
    }

    fn draw(&self) -> u64 {
        let mut bytes = [0; 8];
        self.shared.clock.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    fn reading_failed(&self, error: EngineError) {
        match error {
            EngineError::NoRun(_) => {}
            // What cannot be read now may be read after a restart; going on could write on top of damage.
            other => self.shared.break_down(other),
        }
    }

    /// Lets what is in flight end for a while, then puts all runs away.
    fn stop(mut self, until: Duration) {
        loop {
            match self.inbox.recv_timeout(STOP_LOOK) {
                Ok(Message::Die) => return self.drop_all(),
                Ok(message) => self.take(message),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            let busy = self.live.values().any(|live| live.flight.is_some() || live.uncommitted > 0);
            if !busy || self.shared.is_dead() || self.shared.clock.uptime() >= until {
                break;
            }
        }
        for (_, mut live) in std::mem::take(&mut self.live) {
            if let Some((_, flight)) = live.flight.take() {
                flight.abort();
            }
            if live.run.phase != Phase::Over && live.vm_waits && live.run.seq > live.snapshot_seq {
                live.put_away();
            }
            let rest = live.take_pending();
            if !rest.is_empty() {
                self.shared.store.submit(Work::Advance(rest), |_| {});
            }
        }
    }

    fn drop_all(mut self) {
        for live in self.live.values_mut() {
            if let Some((_, flight)) = live.flight.take() {
                flight.abort();
            }
        }
    }
}
