//! A worker: a thread that owns machines and drives them. The shell around `step` and `decide`.
//!
//! It never waits for the world, and for the disk only where it commits what it decided itself: both answer with messages. Whatever leaves the process waits for the
//! commit of the rows before it. `load` brings runs into memory, `advance` drives them, `between` knows what they do
//! with each other, `commit` hands over what was decided and does what waited for it, `stop` puts all away.

mod advance;
mod between;
mod commit;
mod load;
mod stop;

use super::error::EngineError;
use super::id::{ImageHash, RunId};
use super::live::{Live, Loaded};
use super::shared::{BeatMessage, Message, Shared, Timer};
use super::transition::Input;
use crate::Answer;
use crate::clock::Micros;
use crate::store::Work;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender, TryRecvError};

/// A worker of an engine.
pub(super) struct Worker {
    shared: Arc<Shared>,
    inbox: Receiver<Message>,
    me: Sender<Message>,
    beat: Sender<BeatMessage>,
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
    ) -> Self {
        Worker { shared, inbox, me, beat, programs: HashMap::new(), live: HashMap::new() }
    }

    /// Works until the engine stops.
    pub(super) fn work(mut self) {
        while let Some(message) = self.next() {
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

    /// Gives the next message. Before it waits for one, what it has decided is committed.
    fn next(&self) -> Option<Message> {
        loop {
            match self.inbox.try_recv() {
                Ok(message) => return Some(message),
                Err(TryRecvError::Disconnected) => return None,
                Err(TryRecvError::Empty) => {}
            }
            if !self.shared.store.help() {
                return self.inbox.recv().ok();
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
            Message::Look { run } => self.look_at(run),
            Message::Decide { run, decision } => self.decided(run, decision),
            Message::Continue(run) => self.with(run, |worker, live| worker.advance(live)),
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

    fn answered(&mut self, run: RunId, operation: u64, answer: Answer) {
        self.with(run, |worker, live| {
            live.flights.remove(&operation);
            if live.run.over {
                // The end was decided and has waited for this.
                return worker.end(live);
            }
            worker.happened(live, Input::Answered { operation, answer });
        });
    }

    fn due(&mut self, run: RunId, timer: Timer) {
        let input = match timer {
            Timer::Parked { at } => {
                self.shared.waking.fetch_sub(1, Ordering::Relaxed);
                return self.wake(run, at);
            }
            Timer::Wait { operation } => Input::Woke { operation },
            Timer::Step { operation } => Input::Late { operation },
            Timer::Deadline => Input::Deadline,
            Timer::Settle { operation } => Input::Unsettled { operation },
        };
        self.with(run, |worker, live| worker.happened(live, input));
    }

    fn cancel(&mut self, run: RunId) {
        if !self.live.contains_key(&run) {
            let at = self.shared.clock.now();
            match self.load(run) {
                Some(live) => drop(self.live.insert(run, live)),
                None => {
                    let shared = Arc::clone(&self.shared);
                    return self.shared.store.submit(Work::CancelQueued { run, at }, move |_| shared.ends.tell(run));
                }
            }
        }
        self.with(run, |worker, live| worker.happened(live, Input::Cancel));
    }

    /// Arms a timer for a time of a run.
    fn arm(&self, live: &Live, at: Micros, timer: Timer) {
        let at = at.saturating_sub(live.ahead_of(self.shared.clock.now()));
        let uptime = self.shared.uptime_at(at);
        let _ = self.beat.send(BeatMessage::Arm { run: live.run.id, uptime, timer });
    }

    fn reading_failed(&self, error: EngineError) {
        match error {
            EngineError::NoRun(_) => {}
            // What cannot be read now may be read after a restart; going on could write on top of damage.
            other => self.shared.break_down(other),
        }
    }
}
