//! Due times that fire together: their rows and runs are queued one after the other and committed at once.

use super::{LATER, Scheduled};
use crate::clock::Micros;
use crate::engine::error::EngineError;
use crate::engine::event::EngineEvent;
use crate::engine::gates::Gates;
use crate::engine::id::RunId;
use crate::engine::shared::Shared;
use crate::engine::state::{OccurrenceOutcome, Trigger};
use crate::engine::transition::NewRun;
use crate::store::{Applied, Fire, OccurrenceRow, Work};
use bytecode::WhenFull;
use schedule::{Becomes, in_maintenance};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};

const PAUSED: &str = "paused";

/// What is told of a task once it is committed.
enum News {
    /// A due time fired.
    Fired { nominal: Micros, run: RunId },
    /// Nothing runs for a due time.
    Skipped { nominal: Micros, why: String },
    /// Nobody was there, from the first due time to the last.
    Missed { first: Micros, last: Micros },
}

type Reply = (String, News, Result<Applied, EngineError>);

/// Due times on their way to the ledger.
pub(super) struct Firing<'a> {
    shared: &'a Arc<Shared>,
    sender: Sender<Reply>,
    replies: Receiver<Reply>,
    len: usize,
}

impl<'a> Firing<'a> {
    pub(super) fn new(shared: &'a Arc<Shared>) -> Self {
        let (sender, replies) = mpsc::channel();
        Firing { shared, sender, replies, len: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Says whether nothing begins.
    pub(super) fn is_paused(&self) -> bool {
        self.shared.pause.is_on()
    }

    pub(super) fn now(&self) -> Micros {
        self.shared.clock.now()
    }

    /// Fires a due time.
    pub(super) fn fire(&mut self, scheduled: &Scheduled, nominal: Micros, outcome: OccurrenceOutcome) {
        let Some(not_before) = self.in_maintenance(scheduled, nominal) else { return };
        let run = self.new_run(scheduled, nominal, not_before);
        self.begin(scheduled, run, nominal, outcome);
    }

    /// Fires a due time of many that were missed: they are made up for one after the other, and none is skipped because
    /// the one before still runs.
    pub(super) fn fire_in_turn(&mut self, scheduled: &Scheduled, nominal: Micros) {
        let Some(not_before) = self.in_maintenance(scheduled, nominal) else { return };
        let mut run = self.new_run(scheduled, nominal, not_before);
        if let Some(slots) = run.gates.slots.as_mut().filter(|slots| slots.otherwise == WhenFull::Skip) {
            slots.otherwise = WhenFull::Queue;
        }
        self.begin(scheduled, run, nominal, OccurrenceOutcome::Late);
    }

    /// Gives from when on a due time may start, if it does: the engine may be paused, and windows may stand before it.
    fn in_maintenance(&mut self, scheduled: &Scheduled, nominal: Micros) -> Option<Option<Micros>> {
        if self.shared.pause.is_on() {
            self.skip(scheduled, nominal, OccurrenceOutcome::Skipped, PAUSED.to_owned());
            return None;
        }
        let windows = &self.shared.maintenance;
        if windows.is_empty() {
            return Some(None);
        }
        let next = || scheduled.rule.next(nominal.saturating_add(1)).map(|next| next.saturating_add(scheduled.jitter));
        match in_maintenance(windows, self.now(), &next) {
            Becomes::Starts => Some(None),
            Becomes::Delayed { to, .. } => Some(Some(to)),
            Becomes::Skipped { why } => {
                self.skip(scheduled, nominal, OccurrenceOutcome::Skipped, why);
                None
            }
            Becomes::Coalesced { why } => {
                self.skip(scheduled, nominal, OccurrenceOutcome::Coalesced, format!("{why}: {LATER}"));
                None
            }
        }
    }

    /// Writes rows of due times that were missed, oldest first.
    pub(super) fn miss(&mut self, scheduled: &Scheduled, rows: Vec<OccurrenceRow>) {
        if let (Some(oldest), Some(newest)) = (rows.first(), rows.last()) {
            let news = News::Missed { first: oldest.nominal, last: newest.until.unwrap_or(newest.nominal) };
            self.submit(scheduled, news, Work::Record(rows));
        }
    }

    /// Waits for the commit, and lets the runs begin.
    pub(super) fn finish(self) -> Result<(), EngineError> {
        let Firing { shared, sender, replies, len } = self;
        drop(sender);
        shared.store.help();
        let (mut outcome, mut known) = (Ok(()), 0);
        for (task, news, applied) in replies {
            known += 1;
            match applied {
                Ok(applied) => {
                    tell(shared, task, news, &applied);
                    shared.follow(applied);
                }
                Err(error) => outcome = outcome.and(Err(error)),
            }
        }
        // A store that was given up drops what it had.
        if known < len { outcome.and(Err(shared.store.fatal().unwrap_or(EngineError::Stopped))) } else { outcome }
    }

    fn new_run(&self, scheduled: &Scheduled, nominal: Micros, not_before: Option<Micros>) -> NewRun {
        let mut uid = [0; 16];
        self.shared.clock.fill(&mut uid);
        NewRun {
            id: RunId(uid),
            project: scheduled.project.clone(),
            task: scheduled.task.clone(),
            image: scheduled.image,
            position: scheduled.position,
            trigger: Trigger::Schedule { due: nominal },
            arguments: scheduled.arguments.clone(),
            created_at: self.shared.clock.now(),
            timeout: scheduled.timeout,
            gates: Gates { not_before, ..scheduled.gates.clone() },
        }
    }

    fn begin(&mut self, scheduled: &Scheduled, run: NewRun, nominal: Micros, outcome: OccurrenceOutcome) {
        let news = News::Fired { nominal, run: run.id };
        let (at, effective) = (run.created_at, nominal.saturating_add(scheduled.jitter));
        self.submit(
            scheduled,
            news,
            Work::Fire(Box::new(Fire { schedule: scheduled.kept.id, run, nominal, effective, at, outcome })),
        );
    }

    fn skip(&mut self, scheduled: &Scheduled, nominal: Micros, outcome: OccurrenceOutcome, why: String) {
        let row = scheduled.nothing_ran((nominal, nominal), self.now(), (outcome, &why));
        self.submit(scheduled, News::Skipped { nominal, why }, Work::Record(vec![row]));
    }

    fn submit(&mut self, scheduled: &Scheduled, news: News, work: Work) {
        self.len += 1;
        let (sender, task) = (self.sender.clone(), scheduled.task.clone());
        self.shared.store.submit(work, move |applied| drop(sender.send((task, news, applied))));
    }
}

fn tell(shared: &Shared, task: String, news: News, applied: &Applied) {
    match (news, applied) {
        (News::Fired { nominal, .. }, Applied::Skipped(why)) => {
            shared.tell(EngineEvent::Skipped { task, nominal, why: (*why).to_owned() });
        }
        (
            News::Fired { nominal, run },
            Applied::Began(_) | Applied::Queued | Applied::Refused(_) | Applied::Advanced(_),
        ) => shared.tell(EngineEvent::Fired { task, run, nominal }),
        (
            News::Fired { .. },
            Applied::Done
            | Applied::Claimed(_)
            | Applied::Already
            | Applied::Kept(_)
            | Applied::KeptReactions(_)
            | Applied::Trimmed(_),
        ) => {}
        (News::Skipped { nominal, why }, _) => shared.tell(EngineEvent::Skipped { task, nominal, why }),
        (News::Missed { first, last }, _) => shared.tell(EngineEvent::Missed { task, first, last }),
    }
}
