//! Handing decisions to the store, and what waits for them to be durable.

use super::Worker;
use crate::clock::span_of;
use crate::engine::child;
use crate::engine::error::EngineError;
use crate::engine::event::EngineEvent;
use crate::engine::id::RunId;
use crate::engine::live::Live;
use crate::engine::perform::perform;
use crate::engine::shared::{After, Alarm, BeatMessage, Message, Then, Timer};
use crate::engine::state::RunState;
use crate::engine::transition::{Act, End, Input, NEVER, Transition};
use crate::store::{Applied, Work};
use crate::{Answer, ErrorKind, Failure};
use std::sync::{Arc, PoisonError};

impl Worker {
    /// Nothing is left to decide: what was decided goes to the store, and a run that waits for long leaves the memory.
    pub(super) fn rest(&mut self, live: &mut Live) {
        let waits = live.run.only_waits() && live.flights.is_empty() && !live.run.open.is_empty();
        let sleeps_on = live.sleeps_on();
        // While it sleeps its time passes with that of the clock: they stay as far apart as they were.
        let ahead = if sleeps_on { live.run.ahead } else { live.ahead_of(self.shared.clock.now()) };
        let time = live.next_time().map(|time| time.saturating_sub(ahead));
        let pause = time.map(|time| span_of(time.saturating_sub(self.shared.clock.now())));
        let leaves = waits && live.can_be_saved() && pause.is_none_or(|pause| pause >= self.shared.park_after);
        if !leaves {
            return self.flush(live);
        }
        let mut alarm = None;
        if !sleeps_on {
            let run = live.run.id;
            let until = time.unwrap_or(NEVER);
            // The span is measured from here, whatever becomes of the wall clock until the commit. One that sleeps on has its
            // alarm, or is found in the store when the wall clock comes near: measured anew by a clock that was set back,
            // it would be late by as much.
            alarm = time.map(|at| Alarm { at, uptime: self.shared.uptime_at(at) });
            self.shared.tell_with(|| EngineEvent::Waiting { run, task: live.begun.task.clone(), until: time });
            live.run.parked = true;
            live.run.ahead = ahead;
            live.parked_until = Some(until);
            live.put_away();
            live.pending.acts.push(Act::Park { until });
        }
        let (transition, after) = (live.take_pending(), std::mem::take(&mut live.after));
        self.submit(live, transition, Then::Leave { after, alarm });
    }

    /// Hands what is pending to the store. What follows waits for the commit, unless nothing is left to commit.
    pub(super) fn flush(&mut self, live: &mut Live) {
        let (transition, after) = (live.take_pending(), std::mem::take(&mut live.after));
        if transition.is_empty() && (after.is_empty() || live.uncommitted == 0) {
            return self.durable(live, after);
        }
        self.submit(live, transition, Then::After(after));
    }

    fn submit(&self, live: &mut Live, transition: Transition, then: Then) {
        live.uncommitted += 1;
        self.hand_over(transition, then);
    }

    /// Hands a transition to the store; its commit comes back as a message.
    pub(super) fn hand_over(&self, transition: Transition, then: Then) {
        let (run, me) = (transition.run, self.me.clone());
        self.shared.store.submit(Work::Advance(transition), move |applied| {
            let _ = me.send(Message::Committed { run, then, applied });
        });
    }

    /// A transition is durable, or has failed.
    pub(super) fn committed(&mut self, run: RunId, then: Then, applied: Result<Applied, EngineError>) {
        match applied {
            Ok(applied) => self.shared.follow(applied),
            Err(error) => return self.refused(run, error),
        }
        if let Some(live) = self.live.get_mut(&run) {
            live.uncommitted = live.uncommitted.saturating_sub(1);
        }
        match then {
            Then::After(after) => self.with(run, |worker, live| worker.durable(live, after)),
            Then::Leave { after, alarm } => {
                self.with(run, |worker, live| worker.durable(live, after));
                self.leave(run, alarm);
            }
            Then::Forget { after, end } => {
                self.with(run, |worker, live| worker.durable(live, after));
                self.forget(run, *end);
            }
        }
    }

    /// Lets a parked run leave the memory, unless something has happened to it since.
    fn leave(&mut self, run: RunId, alarm: Option<Alarm>) {
        let still = self.live.get(&run).is_some_and(|live| {
            live.run.parked && !live.busy && live.inputs.is_empty() && live.pending.is_empty() && live.uncommitted == 0
        });
        if still {
            self.live.remove(&run);
        }
        if let Some(Alarm { at, uptime }) = alarm {
            let _ = self.beat.send(BeatMessage::Arm { run, uptime, timer: Timer::Parked { at } });
        }
    }

    /// Does what waited for the commit.
    fn durable(&mut self, live: &mut Live, after: After) {
        for operation in after.perform {
            self.perform(live, operation);
        }
        if !after.started.is_empty() {
            let mut between = self.shared.between.lock().unwrap_or_else(PoisonError::into_inner);
            after.started.iter().for_each(|run| drop(between.starting.remove(run)));
        }
        for key in after.hints {
            self.shared.hint(&live.begun.project, &key);
        }
        if !after.look.is_empty() {
            live.looks.extend(after.look);
            self.go_on(live);
        }
    }

    fn perform(&mut self, live: &mut Live, operation: u64) {
        // It may have been withdrawn, or its time may be over.
        let Some(request) = live.requests.get(&operation) else { return };
        if live.run.in_flight(operation).is_none() || live.flights.contains_key(&operation) {
            return;
        }
        if live.run.ending.is_some() && !request.shielded {
            let failure = Failure::new(ErrorKind::Interrupted, "the run was stopped before it began");
            return self.happened(live, Input::Answered { operation, answer: Answer::NotDone(failure) });
        }
        let permissions = Arc::clone(&live.permissions);
        let flight = perform(&self.shared, (&live.run, &live.facts.dir), permissions, request.clone(), self.me.clone());
        live.flights.extend(flight.map(|flight| (operation, flight)));
    }

    /// Records the end of a run, once nothing of it is in flight any more: the last answer comes back here.
    pub(super) fn end(&mut self, live: &mut Live) {
        if !live.flights.is_empty() {
            live.flights.values().for_each(tokio::task::AbortHandle::abort);
            return;
        }
        let mut ends = live.pending.acts.iter();
        let end = ends.find_map(|act| if let Act::End(end) = act { Some(Box::new(end.clone())) } else { None });
        if let Some(end) = end {
            let (transition, after) = (live.take_pending(), std::mem::take(&mut live.after));
            self.submit(live, transition, Then::Forget { after, end });
        }
    }

    fn refused(&mut self, run: RunId, error: EngineError) {
        match self.shared.store.fatal() {
            Some(fatal) => self.shared.break_down(fatal),
            // Somebody else ended the run, or it is gone: there is nothing left to drive.
            None => {
                tracing::warn!(%run, %error, "a transition was refused");
                // What was decided on top of it is not to be built on.
                self.shared.between.lock().unwrap_or_else(PoisonError::into_inner).states.clear();
                self.live.remove(&run);
                self.shared.ends.tell(run);
            }
        }
    }

    fn forget(&mut self, run: RunId, end: End) {
        let begun = match self.live.remove(&run) {
            Some(live) => Some(live.begun),
            None => child::stored(&self.shared.reader, run).ok().flatten().map(|row| row.begun),
        };
        self.shared.has_ended(run, begun.as_ref(), &end);
        // A run that failed may be let go on, and finds its folder again.
        if end.state != RunState::Failed {
            // A folder that was never made is no loss, and one that stays is tidied up by hand.
            let _ = std::fs::remove_dir_all(self.shared.dir_of(run));
        }
    }
}
