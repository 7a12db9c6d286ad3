//! The beat: one thread that knows what is due next. It wakes runs, fires schedules, and looks for requests of other
//! processes. What it sends out is decided again by who receives it, so a beat too many does no harm.
//!
//! Timers of runs are measured by the clock that does not jump, schedules by the wall clock. A wall clock that jumps
//! forward is not yet told from time that passed; the place to hold automatic starts is `Agenda::fire_due`.

mod in_force;

use super::agenda::Agenda;
use super::error::EngineError;
use super::id::{ImageHash, RunId};
use super::manual::start_asked;
use super::onto::Onto;
use super::pause::with_awaited;
use super::resume::Resume;
use super::retry::Retry;
use super::shared::{BeatMessage, Message, ReactorMessage, Shared, Timer, Workers};
use super::state::RunState;
use super::sweep::Sweep;
use super::watch::Watchdog;
use crate::clock::{Micros, span_of};
use crate::store::{Applied, Ask, CLAIMS, PAGE, StartAsked, TimerKey, Work};
use bytecode::Image;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

/// How far ahead timers of parked runs are kept in memory.
const HORIZON: Micros = 60_000_000;

/// How many of them are read at once, and how many may be on their way to their workers.
const TIMERS: usize = 4096;

/// Before the first timer.
const NOTHING_READ: TimerKey = (Micros::MIN, i64::MIN);

/// The pause while parked runs are on their way.
const WAKING: Duration = Duration::from_millis(1);

/// The longest pause between two looks.
const LOOK: Duration = Duration::from_millis(250);

/// The thread's state.
pub(super) struct Beat {
    shared: Arc<Shared>,
    workers: Workers,
    inbox: Receiver<BeatMessage>,
    timers: BinaryHeap<Reverse<(Duration, RunId, Timer)>>,
    parked: HashSet<(RunId, Micros)>,
    /// Up to which time timers of parked runs are read.
    horizon: Micros,
    /// The last that was read.
    read_to: TimerKey,
    /// Whether more of them stand before the horizon.
    more: bool,
    agenda: Agenda,
    /// The images in force.
    in_force: Vec<(ImageHash, Arc<Image>)>,
    sweep: Sweep,
    watchdog: Watchdog,
}

impl Beat {
    /// Makes the beat, on its own thread.
    pub(super) fn new(shared: Arc<Shared>, workers: Workers, inbox: Receiver<BeatMessage>) -> Self {
        Beat {
            shared,
            workers,
            inbox,
            timers: BinaryHeap::new(),
            parked: HashSet::new(),
            horizon: Micros::MIN,
            read_to: NOTHING_READ,
            more: false,
            agenda: Agenda::default(),
            in_force: Vec::new(),
            sweep: Sweep::default(),
            watchdog: Watchdog::default(),
        }
    }

    /// Beats until the engine stops or the store fails.
    pub(super) fn work(mut self) {
        if let Err(error) = self.claim_all() {
            return self.give_up(error);
        }
        loop {
            match self.inbox.recv_timeout(self.shared.clock.nap(self.pause())) {
                Ok(BeatMessage::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(message) => {
                    if let Err(error) = self.take(message) {
                        return self.give_up(error);
                    }
                    continue;
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
            if self.shared.is_stopping() {
                continue;
            }
            if let Err(error) = self.look() {
                return self.give_up(error);
            }
        }
    }

    fn give_up(&self, error: EngineError) {
        self.shared.break_down(self.shared.store.fatal().unwrap_or(error));
    }

    /// Says whether as many runs are being woken as may be.
    fn is_full(&self) -> bool {
        self.shared.waking.load(Ordering::Relaxed) >= TIMERS
    }

    /// How long nothing is due that is known here.
    fn pause(&self) -> Duration {
        if self.more || self.is_full() {
            return WAKING;
        }
        let timer = self.timers.peek().map(|Reverse((at, ..))| at.saturating_sub(self.shared.clock.uptime()));
        let now = self.shared.clock.now();
        let schedule = self.agenda.next().map(|at| span_of(at.saturating_sub(now)));
        timer.into_iter().chain(schedule).min().unwrap_or(LOOK).min(LOOK)
    }

    fn take(&mut self, message: BeatMessage) -> Result<(), EngineError> {
        match message {
            BeatMessage::Arm { run, uptime, timer } => self.arm(run, uptime, timer),
            BeatMessage::InForce { images, reply } => {
                let (outcome, done) = match self.plan(&images) {
                    Ok(planned) => {
                        let done = self.put_in_force(planned);
                        (done.clone(), done)
                    }
                    Err(error) => (Err(error), Ok(())),
                };
                // Whoever asked may have gone.
                let _ = reply.send(outcome);
                done?;
            }
            BeatMessage::Stop => {}
        }
        Ok(())
    }

    fn look(&mut self) -> Result<(), EngineError> {
        self.ring();
        self.read_timers()?;
        self.ring();
        self.agenda.fire_due(&self.shared)?;
        self.answer()?;
        self.admit()?;
        self.watchdog.step(&self.shared, &self.workers, &mut self.agenda)?;
        self.sweep.step(&self.shared)
    }

    /// Does what other processes ask. A decision for a run that is held stays until the run goes on.
    fn answer(&mut self) -> Result<(), EngineError> {
        let mut behind = 0;
        loop {
            let page = self.shared.reader.requests(behind)?;
            let last = page.len() < PAGE;
            for request in page {
                let run = request.run;
                behind = request.id;
                match request.ask {
                    Ask::Cancel => self.workers.send(run, Message::Cancel { run }),
                    Ask::Decide(_) if self.shared.is_held(run) => continue,
                    Ask::Decide(decision) => self.workers.send(run, Message::Decide { run, decision }),
                    Ask::Retry(retry) => self.retry(run, retry, None)?,
                    Ask::RetryOnto(retry, onto) => self.retry(run, retry, Some(onto))?,
                    Ask::Start(start) => self.start(run, *start)?,
                    Ask::Resume(what) => self.resume(what)?,
                    // As long as nothing is in force here, this is no runtime, or not yet.
                    Ask::Deploy(_) if self.in_force.is_empty() => continue,
                    Ask::Deploy(image) => self.deploy(image)?,
                    Ask::Halt(halting) => self.halt(halting)?,
                }
                self.shared.store.apply(Work::Answered { request: request.id })?;
            }
            if last {
                return Ok(());
            }
        }
    }

    /// Lets runs go on that are held.
    fn resume(&mut self, what: Resume) -> Result<(), EngineError> {
        if !self.shared.pause.is_on() {
            return Ok(());
        }
        let runs = match what {
            Resume::All => return self.resume_all(),
            Resume::Run(run) => vec![run],
            Resume::Task(task) => self.shared.reader.runs_of_task(&task)?,
        };
        for found in with_awaited(&self.shared.reader, runs)? {
            let run = found.begun.id;
            self.shared.pause.let_go(found.row);
            match found.state {
                RunState::Running => self.workers.send(run, Message::Recover(run)),
                RunState::Waiting => self.workers.send(run, Message::Look { run }),
                RunState::Queued
                | RunState::Succeeded
                | RunState::Failed
                | RunState::Cancelled
                | RunState::TimedOut => {}
            }
        }
        self.read_anew();
        Ok(())
    }

    fn resume_all(&mut self) -> Result<(), EngineError> {
        self.shared.pause.end();
        self.workers.let_go_on(&self.shared.reader)?;
        self.read_anew();
        self.claim_all()?;
        self.shared.tell_reactor(ReactorMessage::LookAtAll);
        Ok(())
    }

    /// Reads all timers again that are near: those of held runs were left out.
    fn read_anew(&mut self) {
        self.horizon = Micros::MIN;
        self.more = false;
    }

    /// Starts a run that another process asks for; one that cannot be started is told where the owner talks.
    fn start(&self, run: RunId, start: StartAsked) -> Result<(), EngineError> {
        match (start_asked(&self.shared, run, start), self.shared.store.fatal()) {
            (Ok(()), _) => {}
            (Err(_), Some(fatal)) => return Err(fatal),
            (Err(error), None) => tracing::warn!(%run, %error, "a run was not started"),
        }
        Ok(())
    }

    /// Lets a failed run go on; one that may not is left as it is, as whoever asked will see.
    fn retry(&self, run: RunId, retry: Retry, onto: Option<Onto>) -> Result<(), EngineError> {
        let at = self.shared.clock.now();
        match (self.shared.store.apply(Work::Retry { run, retry, onto, at }), self.shared.store.fatal()) {
            (Ok(_), _) => {
                self.shared.let_go(run);
                self.workers.send(run, Message::Recover(run));
            }
            (Err(_), Some(fatal)) => return Err(fatal),
            (Err(error), None) => tracing::warn!(%run, %error, "a run was not let go on"),
        }
        Ok(())
    }

    fn arm(&mut self, run: RunId, uptime: Duration, timer: Timer) {
        if let Timer::Parked { at } = timer
            && !self.parked.insert((run, at))
        {
            return;
        }
        self.timers.push(Reverse((uptime, run, timer)));
    }

    /// Sends out what is due.
    fn ring(&mut self) {
        let uptime = self.shared.clock.uptime();
        while let Some(Reverse((at, run, timer))) = self.timers.peek().copied() {
            // So that a million runs that wake at once do not stand in the queues of the workers.
            if at > uptime || self.is_full() {
                return;
            }
            self.timers.pop();
            if let Timer::Parked { at } = timer {
                self.parked.remove(&(run, at));
                self.shared.waking.fetch_add(1, Ordering::Relaxed);
            }
            self.workers.send(run, Message::Due { run, timer });
        }
    }

    /// Reads the timers of parked runs that are near, page by page. Those of this process are armed already, and are read
    /// all the same now and then: nobody is forgotten.
    fn read_timers(&mut self) -> Result<(), EngineError> {
        let now = self.shared.clock.now();
        if !self.more {
            // A clock that was set reads anew, too.
            if (HORIZON / 2..=HORIZON).contains(&self.horizon.saturating_sub(now)) {
                return Ok(());
            }
            self.horizon = now.saturating_add(HORIZON);
            self.read_to = NOTHING_READ;
            self.more = true;
        }
        if self.is_full() {
            return Ok(());
        }
        let found = self.shared.reader.due_timers(self.read_to, self.horizon, TIMERS)?;
        self.more = found.len() >= TIMERS;
        for (run, timer) in found {
            self.read_to = timer;
            if self.shared.pause.holds(timer.1) {
                continue;
            }
            let at = timer.0;
            let uptime = self.shared.uptime_at(at);
            self.arm(run, uptime, Timer::Parked { at });
        }
        Ok(())
    }

    /// Lets those begin that waited for their time.
    fn admit(&self) -> Result<(), EngineError> {
        let at = self.shared.clock.now();
        while !self.shared.pause.is_on() && !self.shared.is_stopping() && self.shared.reader.any_due_delay(at)? {
            let applied = self.shared.store.apply(Work::Admit { at })?;
            self.shared.follow(applied);
        }
        Ok(())
    }

    /// Lets those begin that wait for a slot which an earlier process came to free, and no more.
    fn claim_all(&self) -> Result<(), EngineError> {
        let mut behind = String::new();
        while !self.shared.pause.is_on()
            && !self.shared.is_stopping()
            && let Some(group) = self.shared.reader.next_line(&behind)?
        {
            let at = self.shared.clock.now();
            let applied = self.shared.store.apply(Work::Claim { group: group.clone(), at })?;
            let all = !matches!(&applied, Applied::Claimed(begun) if begun.len() >= CLAIMS);
            self.shared.follow(applied);
            if all {
                behind = group;
            }
        }
        Ok(())
    }
}
