//! Bringing runs into memory: those that begin, those of an earlier process, those that were parked.

use super::Worker;
use crate::clock::Micros;
use crate::engine::error::EngineError;
use crate::engine::event::EngineEvent;
use crate::engine::id::{ImageHash, RunId};
use crate::engine::live::{Live, Loaded, NotLoaded};
use crate::engine::shared::{After, Then, Timer};
use crate::engine::state::RunState;
use crate::engine::transition::{Act, End, Input, RunFailure, Transition};
use crate::engine::watch;
use crate::secret::RunKey;
use crate::store::Begun;
use std::rc::Rc;

/// How many programs a worker keeps ready.
const PROGRAMS: usize = 64;

impl Worker {
    /// A run is to begin: it waits for its turn.
    pub(super) fn stand_in_line(&mut self, begun: Begun) {
        if self.early.remove(&begun.run.id) {
            return;
        }
        let program = self.program(begun.run.image).ok();
        let position = usize::try_from(begun.run.position).unwrap_or(usize::MAX);
        let task = program.as_ref().and_then(|program| program.image.tasks.get(position));
        let priority = task.and_then(|task| task.clauses.priority);
        self.turns.push(begun, priority);
    }

    /// Begins a run.
    pub(super) fn begin(&mut self, begun: Begun) {
        let Begun { run, started_at } = begun;
        if self.live.contains_key(&run.id) {
            return;
        }
        let id = run.id;
        self.shared.tell_with(|| EngineEvent::Started { run: id, task: run.task.clone(), trigger: run.trigger });
        let dir = self.shared.dir_of(id);
        let loaded = match self.program(run.image) {
            Ok(loaded) => loaded,
            Err(error) => return self.left(id, &run.task, error),
        };
        let key = match self.key_of(id, &loaded, run.position) {
            Ok(key) => key,
            Err(error) => return self.reading_failed(error),
        };
        match Live::begin(run, started_at, dir, loaded, key) {
            Ok(mut live) => {
                self.arm_deadline(&live);
                self.advance(&mut live);
                self.live.insert(id, Box::new(live));
            }
            Err(failure) => self.end_unloaded(id, *failure),
        }
    }

    fn program(&mut self, hash: ImageHash) -> Result<Rc<Loaded>, EngineError> {
        if let Some(loaded) = self.programs.get(&hash) {
            return Ok(Rc::clone(loaded));
        }
        let loaded = Rc::new(Loaded::new(self.shared.reader.image(hash)?, &self.shared.natives)?);
        if self.programs.len() >= PROGRAMS {
            // Runs keep their own; this is only what new ones find ready.
            self.programs.clear();
        }
        self.programs.insert(hash, Rc::clone(&loaded));
        Ok(loaded)
    }

    /// Lets a run of an earlier process go on.
    pub(super) fn recover(&mut self, run: RunId) {
        if self.early.remove(&run) || self.is_in_memory(run) {
            return;
        }
        if let Some(mut live) = self.load(run) {
            self.shared.tell_with(|| EngineEvent::Recovered { run, task: live.begun.task.clone() });
            self.advance(&mut live);
            self.live.insert(run, Box::new(live));
        }
    }

    /// Lets a run go on that should be in memory and is not.
    pub(super) fn watch(&mut self, run: RunId) {
        if !self.is_in_memory(run)
            && let Some(mut live) = self.load(run)
        {
            let found = format!("run {run} of `{}` was driven by nobody: it goes on now", live.begun.task);
            watch::tell(&self.shared, found);
            self.advance(&mut live);
            self.live.insert(run, Box::new(live));
        }
    }

    /// Brings a run back that somebody asks for. One that is not parked is on its way into memory, and does not begin
    /// again when it comes.
    pub(super) fn fetch(&mut self, run: RunId) -> Option<Live> {
        let live = self.load(run)?;
        if !live.run.parked {
            self.early.insert(run);
        }
        Some(live)
    }

    /// Brings a run back from the store; a run that cannot be brought back fails, one that has ended stays ended. One whose
    /// program this version cannot run stays as it is, for the version that can.
    pub(super) fn load(&mut self, run: RunId) -> Option<Live> {
        let stored = match self.shared.reader.load(run) {
            Ok(stored) => stored,
            Err(error) => {
                self.reading_failed(error);
                return None;
            }
        };
        if self.shared.pause.holds(stored.run.row) {
            return None;
        }
        if stored.run.state.is_final() || stored.run.state == RunState::Queued {
            return None;
        }
        let loaded = match self.program(stored.run.begun.image) {
            Ok(loaded) => loaded,
            Err(error) => {
                self.left(run, &stored.run.begun.task, error);
                return None;
            }
        };
        let key = match self.key_of(run, &loaded, stored.run.begun.position) {
            Ok(key) => key,
            Err(error) => {
                self.reading_failed(error);
                return None;
            }
        };
        let row = stored.run.row;
        let reader = &self.shared.reader;
        let dir = self.shared.dir_of(run);
        match Live::load(stored, dir, loaded, key, |from, limit| reader.rows(row, from, limit)) {
            Ok(live) => {
                self.arm_deadline(&live);
                Some(live)
            }
            Err(NotLoaded::Failed(failure)) => {
                self.end_unloaded(run, *failure);
                None
            }
            Err(NotLoaded::Unread(error)) => {
                self.reading_failed(error);
                None
            }
            Err(NotLoaded::Sealed(why)) => {
                self.reading_failed(self.shared.key.refused(why));
                None
            }
        }
    }

    /// Leaves a run as it is whose program is not ready.
    fn left(&self, run: RunId, task: &str, why: EngineError) {
        match why {
            EngineError::BadImage(_) | EngineError::NoImage(_) => {
                tracing::warn!(%run, error = %why, "a run is left as it is");
                self.shared.tell(EngineEvent::Stranded { run, task: task.to_owned(), why });
            }
            other => self.reading_failed(other),
        }
    }

    /// Gives what the history of a run is sealed with, where it has to be.
    fn key_of(&self, run: RunId, loaded: &Loaded, position: u32) -> Result<Option<RunKey>, EngineError> {
        loaded.holds_secrets(position).then(|| self.shared.key.of_run(run)).transpose()
    }

    /// The time of a parked run has come by the clock that measured it: it is brought back, unless something else has
    /// done that already.
    pub(super) fn wake(&mut self, run: RunId, at: Micros) {
        if self.shared.is_stopping() {
            return;
        }
        if self.live.contains_key(&run) {
            return self.with(run, |worker, live| {
                if live.parked_until == Some(at) {
                    worker.note_time(live, at);
                    let waits = live.run.open.iter().filter(|(_, open)| open.wait.is_some());
                    let waits: Vec<u64> = waits.map(|(operation, _)| *operation).collect();
                    waits.into_iter().for_each(|operation| worker.await_again(live, operation));
                    worker.go_on(live);
                }
            });
        }
        let Some(mut live) = self.load(run) else { return };
        // Woken by something else, it sleeps anew.
        if live.parked_until == Some(at) {
            self.note_time(&mut live, at);
            self.advance(&mut live);
            self.live.insert(run, Box::new(live));
        }
    }

    /// Tells a run that was parked which time has come.
    fn note_time(&self, live: &mut Live, at: Micros) {
        let at = at.saturating_add(live.run.ahead);
        live.woken_at = Some(at);
        if live.facts.deadline.is_some_and(|deadline| deadline <= at) {
            live.inputs.push_back(Input::Deadline);
        }
    }

    fn arm_deadline(&self, live: &Live) {
        if let Some(deadline) = live.facts.deadline {
            self.arm(live, deadline, Timer::Deadline);
        }
    }

    /// Ends a run that could not be brought into memory.
    fn end_unloaded(&self, run: RunId, failure: RunFailure) {
        let at = self.shared.clock.now();
        let end = End { state: RunState::Failed, outcome: Some(Err(failure)), at, operations: 0 };
        let mut transition = Transition::new(run, 0);
        transition.acts.push(Act::End(end.clone()));
        self.hand_over(transition, Then::Forget { after: After::default(), end: Box::new(end) });
    }
}
