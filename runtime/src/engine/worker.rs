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
mod turns;

use super::error::EngineError;
use super::id::{ImageHash, RunId};
use super::live::{Live, Loaded};
use super::shared::{BeatMessage, Message, Shared, Timer};
use super::transition::Input;
use crate::Answer;
use crate::clock::Micros;
use crate::store::Work;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender, TryRecvError};
use turns::Turns;

/// After how many messages the next run begins, whatever else there is to do.
const MESSAGES_BEFORE_A_BEGIN: u32 = 8;

/// A worker of an engine.
pub(super) struct Worker {
    shared: Arc<Shared>,
    inbox: Receiver<Message>,
    me: Sender<Message>,
    beat: Sender<BeatMessage>,
    programs: HashMap<ImageHash, Rc<Loaded>>,
    live: HashMap<RunId, Box<Live>>,
    /// Runs that are to begin; what goes on already comes first.
    turns: Turns,
    /// How many messages came since one began.
    since_begun: u32,
    /// Runs that came into memory while the message that they begin was on its way.
    early: HashSet<RunId>,
}

impl Worker {
    /// Makes a worker, on its own thread.
    pub(super) fn new(
        shared: Arc<Shared>,
        inbox: Receiver<Message>,
        me: Sender<Message>,
        beat: Sender<BeatMessage>,
    ) -> Self {
        Worker {
            shared,
            inbox,
            me,
            beat,
            programs: HashMap::new(),
            live: HashMap::new(),
            turns: Turns::default(),
            since_begun: 0,
            early: HashSet::new(),
        }
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

    /// Gives the next message. What is to begin does so when none is there, or after so many. Before it waits for one,
    /// what it has decided is committed.
    fn next(&mut self) -> Option<Message> {
        loop {
            if self.since_begun >= MESSAGES_BEFORE_A_BEGIN {
                self.begin_next();
            }
            match self.inbox.try_recv() {
                Ok(message) => {
                    self.since_begun += 1;
                    return Some(message);
                }
                Err(TryRecvError::Disconnected) => return None,
                Err(TryRecvError::Empty) => {}
            }
            if self.begin_next() {
                continue;
            }
            if !self.shared.store.help() {
                return self.inbox.recv().ok();
            }
        }
    }

    /// Lets the run begin whose turn it is.
    fn begin_next(&mut self) -> bool {
        self.since_begun = 0;
        let next = self.turns.next();
        let any = next.is_some();
        if let Some(begun) = next {
            self.begin(begun);
        }
        any
    }

    /// Says whether a run is in memory; one that is to begin does so first.
    fn is_in_memory(&mut self, run: RunId) -> bool {
        if let Some(begun) = self.turns.take(run) {
            self.begin(begun);
        }
        self.live.contains_key(&run)
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Begin(begun) => self.stand_in_line(*begun),
            Message::Recover(run) => self.recover(run),
            Message::Watch(run) => self.watch(run),
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
        if !self.is_in_memory(run) {
            self.shared.let_go(run);
            let at = self.shared.clock.now();
            match self.fetch(run) {
                Some(live) => drop(self.live.insert(run, Box::new(live))),
                None => {
                    let shared = Arc::clone(&self.shared);
                    return self.shared.store.submit(Work::CancelQueued { run, at }, move |applied| {
                        if let Ok(applied) = applied {
                            shared.follow(applied);
                        }
                    });
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
