//! What the engine knows of a run beside its machine: a fold over its rows, the same live and after a restart.

use super::id::RunId;
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
        }
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
