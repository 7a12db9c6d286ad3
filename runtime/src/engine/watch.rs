//! The watchdog: finds what could go on and does not, tells it, and lets it.
//!
//! Nothing that it looks for is to be found while the engine is right. It asks the store alone, so that it does not believe
//! what the rest of the engine believes; what it finds is done the way a restart would do it.

use super::agenda::Agenda;
use super::error::EngineError;
use super::event::EngineEvent;
use super::id::RunId;
use super::shared::{Message, ReactorMessage, Shared, Workers};
use crate::store::Work;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

/// How long after a look the next one comes.
const PAUSE: Duration = Duration::from_secs(60);

/// Each so many looks, sleepers are told again what may have happened.
const SLEEPERS: u32 = 10;

/// How often a run is helped before it is left for a restart: one whose program this version cannot run stays as it is.
const MOST_TRIES: u8 = 3;

/// What the watchdog remembers from look to look.
#[derive(Default)]
pub(super) struct Watchdog {
    /// When it looks next, by the clock that does not jump.
    next: Duration,
    looks: u32,
    /// The runs that were about to do something at the last look.
    busy: HashSet<RunId>,
    /// How often those were helped that stood still.
    tries: HashMap<RunId, u8>,
    /// The groups whose next run could have begun at the last look.
    free: HashSet<String>,
}

impl Watchdog {
    /// Looks, if it is time.
    pub(super) fn step(
        &mut self,
        shared: &Arc<Shared>,
        workers: &Workers,
        agenda: &mut Agenda,
    ) -> Result<(), EngineError> {
        let uptime = shared.clock.uptime();
        if uptime < self.next || shared.pause.is_on() {
            return Ok(());
        }
        self.next = uptime.saturating_add(PAUSE);
        self.look_at_runs(shared, workers)?;
        self.look_at_lines(shared)?;
        for found in agenda.audit(shared)? {
            tell(shared, found);
        }
        self.looks = self.looks.wrapping_add(1);
        if self.looks.is_multiple_of(SLEEPERS) {
            for run in shared.reader.may_go_on()? {
                workers.send(run, Message::Look { run });
            }
            shared.tell_reactor(ReactorMessage::LookAtAll);
        }
        Ok(())
    }

    /// A run that neither sleeps nor is in memory, at two looks, is driven by nobody.
    fn look_at_runs(&mut self, shared: &Shared, workers: &Workers) -> Result<(), EngineError> {
        let busy: HashSet<RunId> = shared.reader.running()?.into_iter().collect();
        self.tries.retain(|run, _| busy.contains(run));
        for run in busy.intersection(&self.busy) {
            let tries = self.tries.entry(*run).or_default();
            if *tries < MOST_TRIES {
                // The worker knows whether it has it; those that compute for minutes are asked no more after a while.
                *tries += 1;
                workers.send(*run, Message::Watch(*run));
            }
        }
        self.busy = busy;
        Ok(())
    }

    /// A run that waits for a slot which is free, at two looks, was told by nobody.
    fn look_at_lines(&mut self, shared: &Arc<Shared>) -> Result<(), EngineError> {
        let (mut free, mut behind) = (HashSet::new(), String::new());
        while let Some(group) = shared.reader.next_line(&behind)? {
            if shared.reader.has_room_in_line(&group)? {
                if self.free.contains(&group) {
                    tell(shared, format!("a slot of `{group}` was free and runs waited for it: they begin now"));
                    let at = shared.clock.now();
                    let applied = shared.store.apply(Work::Claim { group: group.clone(), at })?;
                    shared.follow(applied);
                }
                free.insert(group.clone());
            }
            behind = group;
        }
        self.free = free;
        Ok(())
    }
}

/// Tells what the watchdog found.
pub(super) fn tell(shared: &Shared, found: String) {
    tracing::error!(%found, "the watchdog found something that should not be");
    shared.tell(EngineEvent::Watchdog { found });
}
