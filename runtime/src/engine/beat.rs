//! The beat: one thread that knows what is due next. It wakes runs, fires schedules, and looks for requests of other
//! processes. What it sends out is decided again by who receives it, so a beat too many does no harm.
//!
//! Timers of runs are measured by the clock that does not jump, schedules by the wall clock. A wall clock that jumps
//! forward is not yet told from time that passed; the place to hold automatic starts is `Beat::fire_due`.

use super::due::{Calendar, Plan, catch_up};
use super::error::EngineError;
use super::event::EngineEvent;
use super::id::{ImageHash, RunId};
use super::shared::{BeatMessage, Message, Shared, Timer, Workers};
use super::slots::Slots;
use super::state::{OccurrenceOutcome, Trigger};
use super::sweep::Sweep;
use super::transition::NewRun;
use crate::Data;
use crate::clock::{Micros, span_of};
use crate::store::{Applied, Ask, CLAIMS, Fire, KeptSchedule, OccurrenceRow, TimerKey, Work};
use bytecode::WhenFull;
use schedule::{Catchup, Rule};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

/// A schedule in force, with what its runs begin with.
pub(super) struct Scheduled {
    pub(super) kept: KeptSchedule,
    pub(super) rule: Rule,
    pub(super) jitter: Micros,
    pub(super) catchup: Catchup,
    pub(super) project: String,
    pub(super) task: String,
    pub(super) image: ImageHash,
    pub(super) position: u32,
    pub(super) timeout: Option<Micros>,
    pub(super) arguments: Vec<Option<Data>>,
    pub(super) slots: Option<Slots>,
    /// The next nominal time.
    pub(super) next: Option<Micros>,
}

/// A due time that is decided later than this is written as late.
const LATE: Micros = 10_000_000;

/// Due times that passed longer ago than this while the engine was up are planned as after a down-time.
const STALL: Micros = 60_000_000;

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

const DOWN: &str = "was down";
const STALLED: &str = "the machine slept or stood still";
const LATER: &str = "a later due time stands for it";
const PAUSED: &str = "paused";

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
    schedules: Vec<Scheduled>,
    sweep: Sweep,
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
            schedules: Vec::new(),
            sweep: Sweep::default(),
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
        let schedule = self.schedules.iter().filter_map(Scheduled::effective).min();
        let schedule = schedule.map(|at| span_of(at.saturating_sub(now)));
        timer.into_iter().chain(schedule).min().unwrap_or(LOOK).min(LOOK)
    }

    fn take(&mut self, message: BeatMessage) -> Result<(), EngineError> {
        match message {
            BeatMessage::Arm { run, uptime, timer } => self.arm(run, uptime, timer),
            BeatMessage::Schedules { schedules, reply } => {
                let outcome = self.put_in_force(schedules);
                // Whoever asked may have gone.
                let _ = reply.send(outcome.clone());
                outcome?;
            }
            BeatMessage::Retain(retained) => self.sweep.begin(retained),
            BeatMessage::Stop => {}
        }
        Ok(())
    }

    fn look(&mut self) -> Result<(), EngineError> {
        self.ring();
        self.read_timers()?;
        self.ring();
        self.fire_due()?;
        for request in self.shared.reader.requests()? {
            let run = request.run;
            let message = match request.ask {
                Ask::Cancel => Message::Cancel { run },
                Ask::Decide(decision) => Message::Decide { run, decision },
            };
            self.workers.send(run, message);
            self.shared.store.apply(Work::Answered { request: request.id })?;
        }
        self.sweep.step(&self.shared)
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
            let at = timer.0;
            let uptime = self.shared.uptime_at(at);
            self.arm(run, uptime, Timer::Parked { at });
        }
        Ok(())
    }

    /// Lets those begin that wait for a slot which an earlier process came to free, and no more.
    fn claim_all(&self) -> Result<(), EngineError> {
        let mut behind = String::new();
        while !self.shared.paused
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

    /// Begins with schedules: what passed while nobody was there gets its rows, and the next due times are found.
    fn put_in_force(&mut self, mut schedules: Vec<Scheduled>) -> Result<(), EngineError> {
        let now = self.shared.clock.now();
        for scheduled in &mut schedules {
            let from =
                scheduled.kept.decided_to.map_or(scheduled.kept.known_since, |decided| decided.saturating_add(1));
            let from = from.max(scheduled.kept.known_since);
            // What is due at this very moment is not missed: it fires.
            let to = now.saturating_sub(scheduled.jitter).saturating_sub(1);
            self.make_up(scheduled, from, to, DOWN)?;
            scheduled.next = scheduled.rule.next(from.max(to.saturating_add(1)));
            self.tell_next(scheduled);
        }
        self.schedules = schedules;
        Ok(())
    }

    /// Decides due times that have passed.
    fn make_up(&self, scheduled: &Scheduled, from: Micros, to: Micros, why: &str) -> Result<(), EngineError> {
        let policy = if self.shared.paused { Catchup::None } else { scheduled.catchup };
        let next = |at| scheduled.rule.next(at);
        let previous = |before| scheduled.rule.previous(before);
        let Plan { missed, run } = catch_up(&Calendar { next: &next, previous: &previous }, from, to, policy);
        let now = self.shared.clock.now();
        let (outcome, why) = match (why, run.is_empty()) {
            (DOWN, _) | (_, true) => (OccurrenceOutcome::Missed, why),
            _ => (OccurrenceOutcome::Coalesced, LATER),
        };
        let rows = missed.iter().map(|&(first, last)| OccurrenceRow {
            schedule: scheduled.kept.id,
            nominal: first,
            until: (last != first).then_some(last),
            effective: first.saturating_add(scheduled.jitter),
            decided_at: now,
            outcome,
            why: Some(why.to_owned()),
            run: None,
        });
        let rows: Vec<OccurrenceRow> = rows.collect();
        if let (Some((first, _)), Some((_, last))) = (missed.first(), missed.last()) {
            self.shared.store.apply(Work::Record(rows))?;
            self.shared.tell(EngineEvent::Missed { task: scheduled.task.clone(), first: *first, last: *last });
        }
        let queue = matches!(scheduled.catchup, Catchup::All { .. });
        for nominal in run {
            self.fire(scheduled, nominal, OccurrenceOutcome::Late, queue)?;
        }
        Ok(())
    }

    /// Fires what is due now.
    fn fire_due(&mut self) -> Result<(), EngineError> {
        let now = self.shared.clock.now();
        let mut schedules = std::mem::take(&mut self.schedules);
        for scheduled in &mut schedules {
            while let (Some(nominal), Some(effective)) = (scheduled.next, scheduled.effective())
                && effective <= now
            {
                if now - effective > STALL {
                    let to = now.saturating_sub(scheduled.jitter);
                    self.make_up(scheduled, nominal, to, STALLED)?;
                    scheduled.next = scheduled.rule.next(to.saturating_add(1));
                } else {
                    let late = now - effective > LATE;
                    let outcome = if late { OccurrenceOutcome::Late } else { OccurrenceOutcome::Ran };
                    self.fire(scheduled, nominal, outcome, false)?;
                    scheduled.next = scheduled.rule.next(nominal.saturating_add(1));
                }
                self.tell_next(scheduled);
            }
        }
        self.schedules = schedules;
        Ok(())
    }

    fn fire(
        &self,
        scheduled: &Scheduled,
        nominal: Micros,
        outcome: OccurrenceOutcome,
        queue: bool,
    ) -> Result<(), EngineError> {
        let now = self.shared.clock.now();
        let effective = nominal.saturating_add(scheduled.jitter);
        let task = scheduled.task.clone();
        if self.shared.paused {
            self.shared.store.apply(Work::Record(vec![OccurrenceRow {
                schedule: scheduled.kept.id,
                nominal,
                until: None,
                effective,
                decided_at: now,
                outcome: OccurrenceOutcome::Skipped,
                why: Some(PAUSED.to_owned()),
                run: None,
            }]))?;
            self.shared.tell(EngineEvent::Skipped { task, nominal, why: PAUSED.to_owned() });
            return Ok(());
        }
        let mut uid = [0; 16];
        self.shared.clock.fill(&mut uid);
        let mut run = NewRun {
            id: RunId(uid),
            project: scheduled.project.clone(),
            task: scheduled.task.clone(),
            image: scheduled.image,
            position: scheduled.position,
            trigger: Trigger::Schedule { due: nominal },
            arguments: scheduled.arguments.clone(),
            created_at: now,
            timeout: scheduled.timeout,
            slots: scheduled.slots.clone(),
        };
        if let Some(slots) = run.slots.as_mut().filter(|slots| queue && slots.otherwise == WhenFull::Skip) {
            // All that was missed is made up for, one after the other.
            slots.otherwise = WhenFull::Queue;
        }
        let id = run.id;
        let fire = Fire { schedule: scheduled.kept.id, run, nominal, effective, at: now, outcome };
        let applied = self.shared.store.apply(Work::Fire(fire))?;
        match &applied {
            Applied::Began(_) | Applied::Queued | Applied::Refused(_) | Applied::Advanced(_) => {
                self.shared.tell(EngineEvent::Fired { task, run: id, nominal });
            }
            Applied::Skipped(why) => {
                self.shared.tell(EngineEvent::Skipped { task, nominal, why: (*why).to_owned() });
            }
            Applied::Done
            | Applied::Claimed(_)
            | Applied::Already
            | Applied::Kept(_)
            | Applied::KeptReactions(_)
            | Applied::Trimmed(_) => {}
        }
        self.shared.follow(applied);
        Ok(())
    }

    fn tell_next(&self, scheduled: &Scheduled) {
        if let Some(at) = scheduled.effective() {
            self.shared.tell(EngineEvent::NextDue { task: scheduled.task.clone(), at });
        }
    }
}

impl Scheduled {
    /// Gives when it starts next, jitter included.
    fn effective(&self) -> Option<Micros> {
        self.next.map(|next| next.saturating_add(self.jitter))
    }
}
