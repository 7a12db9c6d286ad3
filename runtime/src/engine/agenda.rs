//! The schedules in force, by when they start next, and what becomes of each of their due times.
//!
//! However many schedules there are, only those that are due are looked at. Due times that passed while nobody was there are
//! planned by `due`.

mod firing;

use super::due::{Calendar, Plan, catch_up};
use super::error::EngineError;
use super::event::EngineEvent;
use super::gates::Gates;
use super::halt::Halts;
use super::id::ImageHash;
use super::shared::Shared;
use super::state::OccurrenceOutcome;
use crate::Data;
use crate::clock::Micros;
use crate::store::{Halt, KeptSchedule, OccurrenceRow};
use firing::Firing;
use schedule::{Catchup, Rule};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::RangeInclusive;
use std::sync::Arc;

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
    pub(super) gates: Gates,
    /// The next nominal time.
    pub(super) next: Option<Micros>,
    /// Whether a person paused its task.
    pub(super) is_halted: bool,
}

/// A due time that is decided later than this is written as late.
const LATE: Micros = 10_000_000;

/// Due times that passed longer ago than this while the engine was up are planned as after a down-time.
const STALL: Micros = 60_000_000;

/// How many schedules are held against the ledger at a time.
const AUDITED: usize = 256;

/// How many due times are fired with one commit.
const AT_ONCE: usize = 512;

const DOWN: &str = "was down";
const STALLED: &str = "the machine slept or stood still";
const OVERSEEN: &str = "overseen: a defect of the runtime";
const LATER: &str = "a later due time stands for it";

/// The schedules in force.
#[derive(Default)]
pub(super) struct Agenda {
    schedules: Vec<Scheduled>,
    /// When each starts next, jitter included, with its number.
    starts: BinaryHeap<Reverse<(Micros, usize)>>,
    /// The last one that was held against the ledger.
    audited: usize,
}

impl Agenda {
    /// Gives when the next schedule starts something.
    pub(super) fn next(&self) -> Option<Micros> {
        self.starts.peek().map(|Reverse((at, _))| *at)
    }

    /// Begins with schedules: what passed before `begins` while nobody was there gets its rows, and the next due times are
    /// found.
    pub(super) fn put_in_force(
        &mut self,
        shared: &Arc<Shared>,
        mut schedules: Vec<Scheduled>,
        halts: &Halts,
        begins: Micros,
    ) -> Result<(), EngineError> {
        let mut firing = Firing::new(shared);
        for scheduled in &mut schedules {
            let halt = halts.of(&scheduled.project, &scheduled.task);
            scheduled.is_halted = halt.is_some_and(Halt::stands);
            if scheduled.is_halted {
                continue;
            }
            let from =
                scheduled.kept.decided_to.map_or(scheduled.kept.known_since, |decided| decided.saturating_add(1));
            let from = from.max(scheduled.kept.known_since);
            // What is due at this very moment is not missed: it fires.
            let to = begins.saturating_sub(scheduled.jitter).saturating_sub(1);
            // Mostly nothing passed; looking back for what did is dear for a schedule that is seldom due.
            scheduled.next = scheduled.rule.next(from);
            if scheduled.next.is_some_and(|due| due <= to) {
                make_up(&mut firing, scheduled, from..=to, &Absence::Down(halt));
                scheduled.next = scheduled.rule.next(to.saturating_add(1));
            }
            tell_next(shared, scheduled);
            if firing.len() >= AT_ONCE {
                std::mem::replace(&mut firing, Firing::new(shared)).finish()?;
            }
        }
        firing.finish()?;
        let starts =
            schedules.iter().enumerate().filter_map(|(number, each)| Some(Reverse((each.effective()?, number))));
        self.starts = starts.collect();
        self.schedules = schedules;
        Ok(())
    }

    /// Holds some schedules against the ledger, in turn: gives in words what was due and has no row, which it gets.
    pub(super) fn audit(&mut self, shared: &Arc<Shared>) -> Result<Vec<String>, EngineError> {
        let mut found = Vec::new();
        let mut firing = Firing::new(shared);
        for _ in 0..self.schedules.len().min(AUDITED) {
            self.audited = (self.audited + 1) % self.schedules.len();
            let Some(scheduled) = self.schedules.get(self.audited).filter(|each| !each.is_halted) else { continue };
            // What is due this very minute may be on its way.
            let before = firing.now().saturating_sub(scheduled.jitter).saturating_sub(STALL);
            let due = scheduled.rule.previous(before).filter(|due| *due >= scheduled.kept.known_since);
            if let Some(due) = due
                && !shared.reader.is_accounted_for(scheduled.kept.id, due)?
            {
                let at = crate::text::datetime(due, &shared.zone);
                found.push(format!("`{}` was due at {at} and has no row: it is kept as missed", scheduled.task));
                firing.miss(
                    scheduled,
                    vec![scheduled.nothing_ran((due, due), firing.now(), (OccurrenceOutcome::Missed, OVERSEEN))],
                );
            }
        }
        firing.finish()?;
        Ok(found)
    }

    /// Fires what is due now.
    pub(super) fn fire_due(&mut self, shared: &Arc<Shared>) -> Result<(), EngineError> {
        let now = shared.clock.now();
        while self.next().is_some_and(|at| at <= now) {
            self.fire_some(shared, now)?;
        }
        Ok(())
    }

    /// Fires what is due, as much as is worth one commit.
    fn fire_some(&mut self, shared: &Arc<Shared>, now: Micros) -> Result<(), EngineError> {
        let mut firing = Firing::new(shared);
        while firing.len() < AT_ONCE
            && let Some(Reverse((effective, number))) = self.starts.peek().copied()
            && effective <= now
        {
            self.starts.pop();
            let Some(scheduled) = self.schedules.get_mut(number) else { continue };
            let Some(nominal) = scheduled.next else { continue };
            if now - effective > STALL {
                let to = now.saturating_sub(scheduled.jitter);
                make_up(&mut firing, scheduled, nominal..=to, &Absence::Stalled);
                scheduled.next = scheduled.rule.next(to.saturating_add(1));
            } else {
                let late = now - effective > LATE;
                let outcome = if late { OccurrenceOutcome::Late } else { OccurrenceOutcome::Ran };
                firing.fire(scheduled, nominal, outcome);
                scheduled.next = scheduled.rule.next(nominal.saturating_add(1));
            }
            tell_next(shared, scheduled);
            self.starts.extend(scheduled.effective().map(|at| Reverse((at, number))));
        }
        firing.finish()
    }
}

/// Decides due times that have passed.
fn make_up(firing: &mut Firing<'_>, scheduled: &Scheduled, span: RangeInclusive<Micros>, absence: &Absence<'_>) {
    let policy = if firing.is_paused() { Catchup::None } else { scheduled.catchup };
    let next = |at| scheduled.rule.next(at);
    let previous = |before| scheduled.rule.previous(before);
    let calendar = Calendar { next: &next, previous: &previous };
    let Plan { missed, run } = catch_up(&calendar, *span.start(), *span.end(), policy);
    let decided_at = firing.now();
    let rows = missed.iter().map(|span| {
        let (outcome, why) = absence.at(span.0, !run.is_empty());
        scheduled.nothing_ran(*span, decided_at, (outcome, &why))
    });
    firing.miss(scheduled, rows.collect());
    for nominal in run {
        match scheduled.catchup {
            Catchup::All { .. } => firing.fire_in_turn(scheduled, nominal),
            Catchup::None | Catchup::Latest => firing.fire(scheduled, nominal, OccurrenceOutcome::Late),
        }
    }
}

/// Why due times passed of which nothing began.
enum Absence<'a> {
    /// Nobody served the folder, or the task was paused, up to a moment.
    Down(Option<&'a Halt>),
    /// The machine stood still under the engine.
    Stalled,
}

impl Absence<'_> {
    /// Says what becomes of a due time of it; a later one may stand for it.
    fn at(&self, due: Micros, later: bool) -> (OccurrenceOutcome, String) {
        match self {
            Absence::Down(Some(halt)) if (halt.at..=halt.ended_at.unwrap_or(halt.at)).contains(&due) => {
                (OccurrenceOutcome::Skipped, halt.words())
            }
            Absence::Down(_) => (OccurrenceOutcome::Missed, DOWN.to_owned()),
            Absence::Stalled if later => (OccurrenceOutcome::Coalesced, LATER.to_owned()),
            Absence::Stalled => (OccurrenceOutcome::Missed, STALLED.to_owned()),
        }
    }
}

fn tell_next(shared: &Shared, scheduled: &Scheduled) {
    if let Some(at) = scheduled.effective() {
        shared.tell(EngineEvent::NextDue { task: scheduled.task.clone(), at });
    }
}

impl Scheduled {
    /// Makes the row of due times, from the first to the last, at which nothing ran.
    fn nothing_ran(
        &self,
        (first, last): (Micros, Micros),
        decided_at: Micros,
        (outcome, why): (OccurrenceOutcome, &str),
    ) -> OccurrenceRow {
        OccurrenceRow {
            schedule: self.kept.id,
            nominal: first,
            until: (last != first).then_some(last),
            effective: first.saturating_add(self.jitter),
            decided_at,
            outcome,
            why: Some(why.to_owned()),
            run: None,
        }
    }

    /// Gives when it starts next, jitter included.
    fn effective(&self) -> Option<Micros> {
        self.next.map(|next| next.saturating_add(self.jitter))
    }
}
