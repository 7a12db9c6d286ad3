//! Bringing a stored run back: its snapshot, then the rows after it, each delivered as it was the first time.

use super::{Live, Loaded, new_vm, unseal_row, unseal_snapshot};
use crate::clock::Micros;
use crate::engine::decide::stopping;
use crate::engine::error::EngineError;
use crate::engine::inner::Facts;
use crate::engine::retry::{OWN_CODE, Verdict};
use crate::engine::run::{Ending, Run};
use crate::engine::step::{self, Stepped, step};
use crate::engine::transition::{Asked, Body, Input, Row, RunFailure, Transition};
use crate::secret::{RunKey, Unsealed};
use crate::store::{RunRow, StoredRun};
use crate::{ErrorKind, Failure};
use std::rc::Rc;

/// How many rows of a history are read at once.
const PAGE: u32 = 512;

/// How much a machine computes while it is brought up to a row, before others have their turn.
const REPLAY_FUEL: u64 = 1 << 20;

/// Why a stored run is not in memory.
pub(in crate::engine) enum NotLoaded {
    /// It cannot go on, and fails.
    Failed(Box<RunFailure>),
    /// It cannot be read now; another time it may.
    Unread(EngineError),
    /// It cannot be unsealed.
    Sealed(Unsealed),
}

impl From<Box<RunFailure>> for NotLoaded {
    fn from(failure: Box<RunFailure>) -> Self {
        NotLoaded::Failed(failure)
    }
}

impl From<EngineError> for NotLoaded {
    fn from(error: EngineError) -> Self {
        NotLoaded::Unread(error)
    }
}

impl From<Unsealed> for NotLoaded {
    fn from(why: Unsealed) -> Self {
        NotLoaded::Sealed(why)
    }
}

impl Live {
    /// Brings a stored run back: its snapshot and the rows after it, which `page` gives from a place on.
    pub(in crate::engine) fn load(
        stored: StoredRun,
        dir: String,
        loaded: Rc<Loaded>,
        key: Option<RunKey>,
        mut page: impl FnMut(u64, u32) -> Result<Vec<Row>, EngineError>,
    ) -> Result<Live, NotLoaded> {
        let RunRow { begun, started_at, deadline, .. } = stored.run;
        let started_at = started_at.unwrap_or(begun.created_at);
        let mut snapshot = stored.snapshot;
        if let (Some(snapshot), Some(key)) = (&mut snapshot, &key) {
            unseal_snapshot(key, snapshot)?;
        }
        let restored = snapshot.and_then(|snapshot| match step::restore(&snapshot, &loaded.program) {
            Ok(restored) => Some(restored),
            Err(why) => {
                // It only makes the way short: the history has everything.
                tracing::warn!(run = %begun.id, why, "a run is brought back from its whole history");
                None
            }
        });
        let (mut run, vm) = match restored {
            Some(restored) => restored,
            None => (Run::new(begun.id, started_at), new_vm(&begun, &loaded)?),
        };
        run.parked = stored.timer.is_some();
        let facts = Facts { started_at, deadline, dir, ..Facts::of(&begun) };
        let mut live = Live::with(begun, facts, run, loaded, vm);
        live.parked_until = stored.timer;
        loop {
            let mut rows = page(live.run.seq, PAGE)?;
            if let Some(key) = &key {
                rows.iter_mut().try_for_each(|row| unseal_row(key, row))?;
            }
            let last = rows.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
            for row in &rows {
                live.replay(row)?;
            }
            if last {
                break;
            }
        }
        live.pending = Transition::new(live.run.id, live.run.seq);
        // Whatever has no outcome is asked once more, so that it is decided how it goes on.
        live.requests.clear();
        live.inputs.clear();
        live.vm.ask_again();
        live.key = key;
        Ok(live)
    }

    /// Delivers a recorded row, after making sure that the machine asks for what it answers.
    fn replay(&mut self, row: &Row) -> Result<(), Box<RunFailure>> {
        match &row.body {
            Body::Intent { asked, .. } | Body::Wait { asked, .. } => self.expect(*asked, row.at)?,
            Body::Outcome { asked, result, .. } => {
                self.expect(*asked, row.at)?;
                self.vm.resume(asked.operation, result.clone());
                self.requests.remove(&asked.operation);
            }
            Body::Withdrawn { operation } => {
                self.catch_up(row.at)?;
                self.vm.withdraw(*operation);
                self.requests.remove(operation);
            }
            Body::Took { .. } | Body::Moved { .. } => {}
            Body::CancelAsked => self.replay_stop(Ending::Cancelled, row.at)?,
            Body::DeadlinePassed => self.replay_stop(Ending::TimedOut, row.at)?,
            Body::Resumed { operation, generation, verdict, .. } => {
                // Its own code may go on otherwise now, as far as it likes.
                if *operation != OWN_CODE {
                    self.catch_up(row.at)?;
                }
                if let (Verdict::NotDone, Some(request)) = (verdict, self.requests.get(operation)) {
                    self.run.renewed.insert(request.path, *generation);
                }
                // The time in between does not count.
                self.vm.postpone(row.at.saturating_sub(self.run.latest));
                self.shields.clear();
                self.run.take_row(row);
                self.run.renew_from(self.vm.operations());
                return Ok(());
            }
        }
        self.run.take_row(row);
        Ok(())
    }

    fn replay_stop(&mut self, ending: Ending, at: Micros) -> Result<(), Box<RunFailure>> {
        self.catch_up(at)?;
        self.vm.cancel(stopping(ending));
        Ok(())
    }

    /// Lets the machine go on until it waits, as it did before the row was decided.
    fn catch_up(&mut self, at: Micros) -> Result<(), Box<RunFailure>> {
        loop {
            match step(&mut self.vm, &self.loaded.image, REPLAY_FUEL) {
                Stepped::Asks(request) => drop(self.ask(request, at)),
                Stepped::Withdraws(operation) => self.inputs.push_back(Input::Withdraw { operation }),
                Stepped::Yields => {}
                Stepped::Waits => return Ok(()),
                Stepped::Ends(_) => return Err(mismatch("the program ends where its history goes on")),
            }
        }
    }

    fn expect(&mut self, recorded: Asked, at: Micros) -> Result<(), Box<RunFailure>> {
        self.catch_up(at)?;
        let asked = self.requests.get(&recorded.operation).map(|request| request.asked);
        if asked == Some(recorded) {
            return Ok(());
        }
        let name = |asked: Asked| {
            let native = self.loaded.image.natives.get(usize::from(asked.native.0));
            native.map_or("?", |native| native.name.as_str())
        };
        let asked = asked.map_or("nothing", name);
        let place = recorded.operation;
        Err(mismatch(&format!("operation {place} was `{}`, the program asks for `{asked}`", name(recorded))))
    }
}

fn mismatch(why: &str) -> Box<RunFailure> {
    let message = format!("the run cannot be brought back: {why}");
    Box::new(Failure::new(ErrorKind::Internal, message).into())
}
