//! What the engine knows of a run beside its machine: a fold over its rows, the same live and after a restart.

use super::id::RunId;
use super::retry::Verdict;
use super::transition::{Act, Asked, Body, Next, Row, Transition};
use crate::clock::Micros;
use bytecode::Class;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The bookkeeping of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// The place of the next row.
    pub seq: u64,
    /// The latest time that its history shows; its `now()` is never earlier.
    pub latest: Micros,
    /// How many operations have ended.
    pub operations: u64,
    /// The operations that were begun and have not ended, by their numbers.
    pub open: BTreeMap<u64, Open>,
    /// Whether it is about to stop, and why.
    pub ending: Option<Ending>,
    /// Whether it is parked.
    pub parked: bool,
    /// By how much its time was ahead of the wall clock when it was parked: somebody had set the clock back.
    pub ahead: Micros,
    /// Whether it has ended.
    pub over: bool,
    /// Of each event the position up to which all were taken.
    pub floors: BTreeMap<String, u64>,
    /// Positions of other events that were taken.
    pub taken: BTreeSet<u64>,
    /// How often somebody let it go on that had failed.
    pub generation: u32,
    /// Requests, by where they stand in the program, of which somebody said that they were not done, with the generation in
    /// which that was said: these get new idempotency keys.
    pub renewed: BTreeMap<u64, u32>,
    /// From which operation on it is of which generation: what was asked for before it failed keeps its own.
    pub generations: BTreeMap<u64, u32>,
}

/// An operation that has not ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// Which.
    pub asked: Asked,
    /// The steps that were open, outermost first.
    pub steps: Vec<String>,
    /// What it waits for; `None` for what is in flight.
    pub wait: Option<Wait>,
    /// How often it was tried and has failed.
    pub tries: u16,
}

/// What an operation waits for that costs nothing meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wait {
    /// A time.
    Until(Micros),
    /// The first of some events.
    Event {
        /// How many arms there are.
        arms: u16,
        /// Until when.
        until: Option<Micros>,
    },
    /// A person.
    Approval {
        /// What is asked.
        what: String,
        /// Who may decide: `role finance`.
        by: String,
        /// Until when.
        until: Option<Micros>,
    },
    /// The end of a run.
    Run {
        /// Which.
        run: RunId,
        /// Whether it belongs to this one, and is cancelled with it.
        owned: bool,
        /// Until when.
        until: Option<Micros>,
    },
    /// The time at which it is tried again.
    Again {
        /// When.
        until: Micros,
        /// How often it has failed.
        tries: u16,
    },
}

/// Where the generation stands in the number of an operation: a run makes fewer operations than this many bits count.
const GENERATION_BITS: u32 = 40;

/// Why a run stops before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ending {
    /// Somebody asked.
    Cancelled,
    /// Its time was over.
    TimedOut,
}

impl Wait {
    /// Gives when it ends, whatever happens in between.
    pub fn until(&self) -> Option<Micros> {
        match self {
            Wait::Until(until) | Wait::Again { until, .. } => Some(*until),
            Wait::Event { until, .. } | Wait::Approval { until, .. } | Wait::Run { until, .. } => *until,
        }
    }
}

impl Run {
    /// Makes the bookkeeping of a run that starts.
    pub fn new(id: RunId, started_at: Micros) -> Self {
        Run {
            id,
            seq: 0,
            latest: started_at,
            operations: 0,
            open: BTreeMap::new(),
            ending: None,
            parked: false,
            ahead: 0,
            over: false,
            floors: BTreeMap::new(),
            taken: BTreeSet::new(),
            generation: 0,
            renewed: BTreeMap::new(),
            generations: BTreeMap::new(),
        }
    }

    /// Takes in a row.
    pub fn take_row(&mut self, row: &Row) {
        self.seq = row.seq + 1;
        self.latest = self.latest.max(row.at);
        match &row.body {
            Body::Intent { asked, steps } => self.begin(*asked, steps.clone(), None),
            Body::Outcome { asked, .. } => {
                self.operations += 1;
                self.open.remove(&asked.operation);
            }
            Body::Wait { asked, steps, wait } => self.begin(*asked, steps.clone(), Some(wait.clone())),
            Body::Took { name, position, all: true } => drop(self.floors.insert(name.clone(), *position)),
            Body::Took { position, all: false, .. } => drop(self.taken.insert(*position)),
            Body::Withdrawn { operation } => drop(self.open.remove(operation)),
            Body::CancelAsked => self.ending = self.ending.or(Some(Ending::Cancelled)),
            Body::DeadlinePassed => self.ending = self.ending.or(Some(Ending::TimedOut)),
            Body::Moved { .. } => {}
            Body::Resumed { operation, generation, verdict, .. } => self.resume(*operation, *generation, *verdict),
        }
    }

    /// Goes on before the outcome at which it failed. What may have happened once stays open, and what waits for a time;
    /// all else is asked for again, and a run that was called and went with the failure is called anew.
    fn resume(&mut self, operation: u64, generation: u32, verdict: Verdict) {
        self.generation = generation;
        let again = self.open.remove(&operation);
        let calls = |open: &Open| matches!(open.wait, Some(Wait::Run { owned: true, .. }));
        let renewed: Vec<u64> = match verdict == Verdict::NotDone || again.as_ref().is_some_and(calls) {
            true => vec![operation],
            false => Vec::new(),
        };
        let called = self.open.iter().filter(|(_, open)| calls(open)).map(|(number, _)| *number);
        for number in renewed.into_iter().chain(called).collect::<Vec<_>>() {
            let after = self.generation_of(number + 1);
            self.generations.insert(number, generation);
            self.generations.entry(number + 1).or_insert(after);
        }
        self.open.retain(|_, open| matches!(open.wait, None | Some(Wait::Until(_) | Wait::Again { .. })));
    }

    /// What is asked for from this operation on is of the newest generation.
    pub fn renew_from(&mut self, operation: u64) {
        self.generations.split_off(&operation);
        self.generations.insert(operation, self.generation);
    }

    /// Gives the generation of an operation.
    pub fn generation_of(&self, operation: u64) -> u32 {
        self.generations.range(..=operation).next_back().map_or(0, |(_, generation)| *generation)
    }

    /// Gives the number by which what lies around the run knows an operation: no other of any generation has it.
    pub fn number_of(&self, operation: u64) -> u64 {
        (u64::from(self.generation_of(operation)) << GENERATION_BITS) | operation
    }

    /// Takes in a decision: its rows, and what the shell is about to do.
    pub fn take(&mut self, transition: &Transition) {
        for row in &transition.rows {
            self.take_row(row);
        }
        for act in &transition.acts {
            match act {
                Act::Log { .. }
                | Act::Emit { .. }
                | Act::SetState { .. }
                | Act::Start(_)
                | Act::Call(_)
                | Act::Await { .. }
                | Act::Unawait { .. } => {}
                Act::Park { .. } => self.parked = true,
                Act::Unpark => self.parked = false,
                Act::End(_) => self.over = true,
            }
        }
        match &transition.next {
            Next::Perform { asked, steps } => self.begin(*asked, steps.clone(), None),
            Next::Nothing
            | Next::Resume { .. }
            | Next::Withdraw { .. }
            | Next::Await { .. }
            | Next::CancelRun { .. }
            | Next::Settle { .. }
            | Next::Stop(_)
            | Next::End => {}
        }
    }

    fn begin(&mut self, asked: Asked, steps: Vec<String>, wait: Option<Wait>) {
        let tries = match &wait {
            Some(Wait::Again { tries, .. }) => *tries,
            Some(Wait::Until(_) | Wait::Event { .. } | Wait::Approval { .. } | Wait::Run { .. }) => 0,
            None => self.tries(asked.operation),
        };
        self.open.insert(asked.operation, Open { asked, steps, wait, tries });
    }

    /// Gives how many operations it has begun.
    pub fn begun(&self) -> u64 {
        self.operations.saturating_add(u64::try_from(self.open.len()).unwrap_or(u64::MAX))
    }

    /// Gives how often an operation was tried and has failed.
    pub fn tries(&self, operation: u64) -> u16 {
        self.open.get(&operation).map_or(0, |open| open.tries)
    }

    /// Gives an operation that is in flight.
    pub fn in_flight(&self, operation: u64) -> Option<Asked> {
        self.open.get(&operation).filter(|open| open.wait.is_none()).map(|open| open.asked)
    }

    /// Gives an operation that is in flight, if it may not be repeated.
    pub fn once_in_flight(&self, operation: u64) -> Option<Asked> {
        self.in_flight(operation).filter(|asked| asked.class == Class::Once)
    }

    /// Says whether all that it has begun waits for something and costs nothing.
    pub fn only_waits(&self) -> bool {
        self.open.values().all(|open| open.wait.is_some())
    }
}
