//! A run in memory: its machine, its bookkeeping, and what was decided but not yet handed to the store.

mod replay;
mod sealed;

use super::decide::Again;
use super::error::EngineError;
use super::inner::Facts;
use super::run::Run;
use super::shared::After;
use super::step;
use super::transition::{Act, Cut, Input, NEVER, NewRun, Next, Request, RunFailure, Transition, WaitKey};
use crate::Natives;
use crate::clock::Micros;
use crate::secret::RunKey;
use crate::vm::{Program, Vm};
use bytecode::secret::holds_secrets;
use bytecode::{Clauses, Image, Permission};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::rc::Rc;
use std::sync::Arc;
use tokio::task::AbortHandle;

pub(super) use replay::NotLoaded;
use sealed::{unseal_row, unseal_snapshot};

/// A program that worker threads share the image of.
pub(super) struct Loaded {
    pub(super) image: Arc<Image>,
    pub(super) program: Rc<Program>,
    /// For each task, whether its runs hold secrets that only they know.
    holds_secrets: Vec<bool>,
}

impl Loaded {
    /// Makes an image ready to run.
    pub(super) fn new(image: Arc<Image>, natives: &Natives) -> Result<Loaded, EngineError> {
        let program = Program::new(Arc::clone(&image), natives);
        let program = program.map_err(|error| EngineError::BadImage(error.to_string()))?;
        let holds_secrets = image.tasks.iter().map(|task| holds_secrets(&image, task.entry)).collect();
        Ok(Loaded { image, program, holds_secrets })
    }

    /// Says whether runs of a task hold secrets that only they know.
    pub(super) fn holds_secrets(&self, position: u32) -> bool {
        let position = usize::try_from(position).unwrap_or(usize::MAX);
        self.holds_secrets.get(position).copied().unwrap_or(false)
    }
}

/// A run in memory.
pub(super) struct Live {
    /// How it began.
    pub(super) begun: NewRun,
    /// What it says of itself.
    pub(super) facts: Facts,
    /// Its bookkeeping, ahead of the store by `pending` and what is uncommitted.
    pub(super) run: Run,
    /// Its program.
    pub(super) loaded: Rc<Loaded>,
    /// What its history is sealed with, where it holds secrets that only it knows.
    pub(super) key: Option<RunKey>,
    /// What it may touch.
    pub(super) permissions: Arc<[Permission]>,
    /// Its machine.
    pub(super) vm: Vm,
    /// What has happened and is not decided yet; that is done when the machine waits.
    pub(super) inputs: VecDeque<Input>,
    /// Whether it computes, and will go on by itself.
    pub(super) busy: bool,
    /// For how many turns it has computed without waiting.
    pub(super) turns: u32,
    /// What the machine has asked for and has no outcome.
    pub(super) requests: BTreeMap<u64, Request>,
    /// Operations whose waits between runs are to be looked at.
    pub(super) looks: BTreeSet<u64>,
    /// Up to which event each wait has looked, and found nothing.
    pub(super) seen: HashMap<u64, u64>,
    /// Operations whose runs were cancelled, and why.
    pub(super) giving_up: HashMap<u64, Cut>,
    /// What was decided and not yet submitted.
    pub(super) pending: Transition,
    /// What follows once that is durable.
    pub(super) after: After,
    /// How many transitions are with the store.
    pub(super) uncommitted: u32,
    /// How many rows the last snapshot has.
    pub(super) snapshot_seq: u64,
    /// The operations in flight.
    pub(super) flights: HashMap<u64, AbortHandle>,
    /// When a fiber that undoes or tidies up must be done.
    pub(super) shields: HashMap<u64, Micros>,
    /// When it is to wake, where the store says that it is parked.
    pub(super) parked_until: Option<Micros>,
    /// The time that has come for it by the clock that does not jump, if it was woken.
    pub(super) woken_at: Option<Micros>,
}

/// How many rows may follow a snapshot.
const SNAPSHOT_ROWS: u64 = 256;

/// How long an undo or a `finally` may take that nothing cancels.
const SHIELDED: Micros = 300_000_000;

impl Live {
    /// Begins a run.
    pub(super) fn begin(
        begun: NewRun,
        started_at: Micros,
        dir: String,
        loaded: Rc<Loaded>,
        key: Option<RunKey>,
    ) -> Result<Live, Box<RunFailure>> {
        let vm = new_vm(&begun, &loaded)?;
        let run = Run::new(begun.id, started_at);
        let deadline = begun.deadline(started_at);
        let facts = Facts { started_at, deadline, dir, ..Facts::of(&begun) };
        Ok(Live { key, ..Live::with(begun, facts, run, loaded, vm) })
    }

    fn with(begun: NewRun, facts: Facts, run: Run, loaded: Rc<Loaded>, vm: Vm) -> Live {
        let position = usize::try_from(begun.position).unwrap_or(usize::MAX);
        let needs = loaded.image.tasks.get(position).map(|task| task.needs.clone()).unwrap_or_default();
        Live {
            pending: Transition::new(run.id, run.seq),
            snapshot_seq: run.seq,
            begun,
            facts,
            run,
            loaded,
            key: None,
            permissions: needs.into(),
            vm,
            inputs: VecDeque::new(),
            busy: false,
            turns: 0,
            requests: BTreeMap::new(),
            looks: BTreeSet::new(),
            seen: HashMap::new(),
            giving_up: HashMap::new(),
            after: After::default(),
            uncommitted: 0,
            flights: HashMap::new(),
            shields: HashMap::new(),
            parked_until: None,
            woken_at: None,
        }
    }

    /// Takes in a request of the machine. What undoes or tidies up has a time of its own, and no other.
    pub(super) fn ask(&mut self, mut request: Request, now: Micros) -> Request {
        if request.shielded {
            let until = *self.shields.entry(request.fiber).or_insert(now.saturating_add(SHIELDED));
            request.deadline = Some(until);
        }
        if self.vm.is_undoing()
            && let Some(step) = request.steps.first_mut()
        {
            *step = format!("undo {step}");
        }
        self.requests.insert(request.asked.operation, request.clone());
        request
    }

    /// Gives what the head of its task says about it.
    pub(super) fn clauses(&self) -> Option<&Clauses> {
        let position = usize::try_from(self.begun.position).unwrap_or(usize::MAX);
        self.loaded.image.tasks.get(position).map(|task| &task.clauses)
    }

    /// Gives how an operation is tried again, unless a step does that, or it undoes or tidies up.
    pub(super) fn again(&self, operation: u64) -> Option<Again<'_>> {
        let retry = self.clauses()?.retry.as_ref()?;
        let request = self.requests.get(&operation).filter(|request| !request.retried && !request.shielded)?;
        let deadline = request.deadline.into_iter().chain(self.facts.deadline).min();
        Some(Again { retry, deadline })
    }

    /// Takes in a decision, and gives what is to be done.
    pub(super) fn take(&mut self, transition: Transition) -> Next {
        self.run.take(&transition);
        let next = transition.next.clone();
        for act in &transition.acts {
            match act {
                Act::Emit { name, .. } => self.after.hints.push(WaitKey::Event(name.clone())),
                Act::Start(run) | Act::Call(run) => self.after.started.push(run.id),
                Act::Log { .. }
                | Act::SetState { .. }
                | Act::Await { .. }
                | Act::Unawait { .. }
                | Act::Park { .. }
                | Act::Unpark
                | Act::End(_) => {}
            }
        }
        self.pending.append(transition);
        next
    }

    /// Takes what is to be submitted, with a snapshot when it is time for one.
    pub(super) fn take_pending(&mut self) -> Transition {
        if self.can_be_saved() && self.run.seq.saturating_sub(self.snapshot_seq) >= SNAPSHOT_ROWS {
            self.put_away();
        }
        let next = Transition::new(self.run.id, self.run.seq);
        let mut transition = std::mem::replace(&mut self.pending, next);
        self.seal(&mut transition);
        transition
    }

    /// Says whether the machine stands where its bookkeeping does.
    pub(super) fn can_be_saved(&self) -> bool {
        !self.run.over && self.vm.is_waiting()
    }

    /// Adds a snapshot to what is pending.
    pub(super) fn put_away(&mut self) {
        if let Some(snapshot) = step::save(&self.run, &self.vm) {
            self.snapshot_seq = snapshot.seq;
            self.pending.park = Some(snapshot);
        }
    }

    /// Gives by how much the run's time, which never goes back, is ahead of the wall clock.
    pub(super) fn ahead_of(&self, now: Micros) -> Micros {
        self.run.latest.saturating_sub(now).max(0)
    }

    /// Says whether it is parked and nothing has happened to it since: then it sleeps on as it was.
    pub(super) fn sleeps_on(&self) -> bool {
        let until = self.next_time().map_or(NEVER, |time| time.saturating_sub(self.run.ahead));
        self.run.parked && self.pending.is_empty() && self.parked_until == Some(until)
    }

    /// Gives the next time at which something is due, whatever happens before, by the run's time.
    pub(super) fn next_time(&self) -> Option<Micros> {
        let waits = self.run.open.values().filter_map(|open| open.wait.as_ref()?.until());
        let deadlines = self.requests.values().filter_map(|request| request.deadline);
        let run = self.facts.deadline.filter(|_| self.run.ending.is_none());
        waits.chain(deadlines).chain(run).min()
    }
}

fn new_vm(begun: &NewRun, loaded: &Loaded) -> Result<Vm, Box<RunFailure>> {
    let position = usize::try_from(begun.position).unwrap_or(usize::MAX);
    if position >= loaded.image.tasks.len() {
        return Err(Box::new(step::internal("the program has no such task")));
    }
    Vm::task(Rc::clone(&loaded.program), position, &begun.arguments).map_err(|failure| Box::new(failure.into()))
}
