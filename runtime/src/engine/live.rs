//! A run in memory: its machine, its bookkeeping, and what was decided but not yet handed to the store.

use super::run::{Phase, Run};
use super::step::{self, Stepped, step};
use super::transition::NewRun;
use super::transition::{Asked, Body, Next, Request, Row, RunFailure, Transition};
use crate::clock::Micros;
use crate::store::{RunRow, StoredRun};
use crate::vm::{Program, Vm};
use crate::{ErrorKind, Failure};
use bytecode::{Image, Permission};
use std::rc::Rc;
use std::sync::Arc;
use tokio::task::AbortHandle;

/// A program that worker threads share the image of.
pub(super) struct Loaded {
    pub(super) image: Arc<Image>,
    pub(super) program: Rc<Program>,
}

/// A run in memory.
pub(super) struct Live {
    /// How it began.
    pub(super) begun: NewRun,
    /// When it has taken too long.
    pub(super) deadline: Option<Micros>,
    /// Its bookkeeping, ahead of the store by `pending` and what is uncommitted.
    pub(super) run: Run,
    /// Its program.
    pub(super) loaded: Rc<Loaded>,
    /// What it may touch.
    pub(super) permissions: Arc<[Permission]>,
    /// Its machine.
    pub(super) vm: Vm,
    /// Whether the machine stands at an operation, so that it can be put away.
    pub(super) vm_waits: bool,
    /// The request that the machine stands at, until it is performed.
    pub(super) request: Option<Request>,
    /// What was decided and not yet submitted.
    pub(super) pending: Transition,
    /// How many transitions are with the store.
    pub(super) uncommitted: u32,
    /// How many rows the last snapshot has.
    pub(super) snapshot_seq: u64,
    /// The operation in flight.
    pub(super) flight: Option<(u64, AbortHandle)>,
    /// When it was to wake, if it was parked when it was loaded.
    pub(super) parked_until: Option<Micros>,
}

/// How many rows may follow a snapshot.
const SNAPSHOT_ROWS: u64 = 256;

/// How many rows of a history are read at once.
const PAGE: u32 = 512;

/// How much a machine computes while it is brought up to a row, before it must have asked for something.
const REPLAY_FUEL: u64 = 1 << 20;

impl Live {
    /// Begins a run.
    pub(super) fn begin(begun: NewRun, started_at: Micros, loaded: Rc<Loaded>) -> Result<Live, Box<RunFailure>> {
        let vm = new_vm(&begun, &loaded)?;
        let run = Run::new(begun.id, started_at);
        let deadline = begun.deadline(started_at);
        Ok(Live::with(begun, deadline, run, loaded, vm))
    }

    fn with(begun: NewRun, deadline: Option<Micros>, run: Run, loaded: Rc<Loaded>, vm: Vm) -> Live {
        let position = usize::try_from(begun.position).unwrap_or(usize::MAX);
        let needs = loaded.image.tasks.get(position).map(|task| task.needs.clone()).unwrap_or_default();
        Live {
            pending: Transition::new(run.id, run.seq),
            snapshot_seq: run.seq,
            begun,
            deadline,
            run,
            loaded,
            permissions: needs.into(),
            vm,
            vm_waits: false,
            request: None,
            uncommitted: 0,
            flight: None,
            parked_until: None,
        }
    }

    /// Brings a stored run back: its snapshot and the rows after it, which `page` gives from a place on.
    pub(super) fn load(
        stored: StoredRun,
        loaded: Rc<Loaded>,
        mut page: impl FnMut(u64, u32) -> Result<Vec<Row>, Box<RunFailure>>,
    ) -> Result<Live, Box<RunFailure>> {
        let RunRow { begun, started_at, deadline, .. } = stored.run;
        let (mut run, vm) = match &stored.snapshot {
            Some(snapshot) => step::restore(snapshot, &loaded.program).map_err(|why| mismatch(&why))?,
            None => (Run::new(begun.id, started_at.unwrap_or(begun.created_at)), new_vm(&begun, &loaded)?),
        };
        run.parked = stored.timer.is_some();
        let mut live = Live::with(begun, deadline, run, loaded, vm);
        live.vm_waits = stored.snapshot.is_some();
        live.parked_until = stored.timer;
        loop {
            let rows = page(live.run.seq, PAGE)?;
            let last = rows.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
            for row in &rows {
                live.replay(row)?;
            }
            if last {
                break;
            }
        }
        live.pending = Transition::new(live.run.id, live.run.seq);
        Ok(live)
    }

    /// Feeds a recorded row, after making sure that the machine asks for what it answers.
    fn replay(&mut self, row: &Row) -> Result<(), Box<RunFailure>> {
        match &row.body {
            Body::Intent(asked) | Body::Sleep { asked, .. } => self.expect(*asked)?,
            Body::Outcome { asked, result, .. } => {
                match self.run.phase {
                    Phase::InFlight(waiting) | Phase::Sleeping { asked: waiting, .. } if waiting == *asked => {}
                    Phase::InFlight(_) | Phase::Sleeping { .. } | Phase::Computing | Phase::Over => {
                        self.expect(*asked)?;
                    }
                }
                self.vm.resume(asked.operation, result.clone());
                self.vm_waits = false;
                self.request = None;
            }
            Body::CancelAsked | Body::DeadlinePassed => {}
        }
        self.run.take_row(row);
        Ok(())
    }

    fn expect(&mut self, recorded: Asked) -> Result<(), Box<RunFailure>> {
        let asked = loop {
            match step(&mut self.vm, &self.loaded.image, None, REPLAY_FUEL) {
                Stepped::Asks(request) => break request.asked,
                Stepped::Yields => {}
                Stepped::Ends(_) => return Err(mismatch("the program ends where its history goes on")),
            }
        };
        self.vm_waits = true;
        if asked == recorded {
            return Ok(());
        }
        let name = |native: bytecode::NativeId| {
            let native = self.loaded.image.natives.get(usize::from(native.0));
            native.map_or("?", |native| native.name.as_str())
        };
        let (asks, has) = (name(asked.native), name(recorded.native));
        Err(mismatch(&format!("operation {} asks for `{asks}`, its history has `{has}`", recorded.operation)))
    }

    /// Takes a decision in, and gives what is to be done.
    pub(super) fn take(&mut self, transition: Transition) -> Next {
        self.run.take(&transition);
        let next = transition.next.clone();
        self.pending.append(transition);
        next
    }

    /// Takes what is to be submitted, with a snapshot when it is time for one.
    pub(super) fn take_pending(&mut self) -> Transition {
        if self.vm_waits && self.run.seq.saturating_sub(self.snapshot_seq) >= SNAPSHOT_ROWS {
            self.put_away();
        }
        let next = Transition::new(self.run.id, self.run.seq);
        std::mem::replace(&mut self.pending, next)
    }

    /// Adds a snapshot to what is pending. The machine stands at an operation.
    pub(super) fn put_away(&mut self) {
        if let Some(snapshot) = step::save(&self.run, &self.vm) {
            self.snapshot_seq = snapshot.seq;
            self.pending.park = Some(snapshot);
        }
    }
}

fn new_vm(begun: &NewRun, loaded: &Loaded) -> Result<Vm, Box<RunFailure>> {
    let position = usize::try_from(begun.position).unwrap_or(usize::MAX);
    if position >= loaded.image.tasks.len() {
        return Err(Box::new(step::internal("the program has no such task")));
    }
    Vm::task(Rc::clone(&loaded.program), position, &begun.arguments)
        .map_err(|failure| Box::new(RunFailure { failure, place: None, trace: Vec::new() }))
}

fn mismatch(why: &str) -> Box<RunFailure> {
    let message = format!("the run cannot be brought back: {why}");
    Box::new(RunFailure { failure: Failure::new(ErrorKind::Internal, message), place: None, trace: Vec::new() })
}
