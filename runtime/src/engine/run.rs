//! What the engine knows of a run beside its machine: a fold over its rows, the same live and after a restart.

use super::id::RunId;
use super::transition::{Act, Asked, Body, Next, Row, Transition};
use crate::clock::Micros;
use bytecode::{Class, NativeId};
use serde::{Deserialize, Serialize};

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
    /// What it is about.
    pub phase: Phase,
    /// Whether it is about to stop, and why.
    pub ending: Option<Ending>,
    /// Whether it is parked.
    pub parked: bool,
}

/// What a run is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// Its machine computes.
    Computing,
    /// An operation is in flight.
    InFlight(Asked),
    /// It waits for a time.
    Sleeping {
        /// The operation.
        asked: Asked,
        /// Until when.
        until: Micros,
    },
    /// It has ended.
    Over,
}

/// Why a run stops before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ending {
    /// Somebody asked.
    Cancelled,
    /// Its time was over.
    TimedOut,
}

impl Run {
    /// Makes the bookkeeping of a run that starts.
    pub fn new(id: RunId, started_at: Micros) -> Self {
        Run { id, seq: 0, latest: started_at, operations: 0, phase: Phase::Computing, ending: None, parked: false }
    }

    /// Takes in a row.
    pub fn take_row(&mut self, row: &Row) {
        self.seq = row.seq + 1;
        self.latest = self.latest.max(row.at);
        match &row.body {
            Body::Intent(asked) => self.phase = Phase::InFlight(*asked),
            Body::Outcome { .. } => {
                self.operations += 1;
                self.phase = Phase::Computing;
            }
            Body::Sleep { asked, until } => self.phase = Phase::Sleeping { asked: *asked, until: *until },
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
                Act::Log { .. } => {}
                Act::Park { .. } => self.parked = true,
                Act::Unpark => self.parked = false,
                Act::End(_) => self.phase = Phase::Over,
            }
        }
        match transition.next {
            Next::Perform(asked) => self.phase = Phase::InFlight(asked),
            Next::Nothing | Next::Resume(_) | Next::Sleep { .. } | Next::Settle { .. } | Next::End => {}
        }
    }

    /// Gives the operation in flight, if it may not be repeated.
    pub fn once_in_flight(&self) -> Option<Asked> {
        match self.phase {
            Phase::InFlight(asked) if asked.class == Class::Once => Some(asked),
            Phase::InFlight(_) | Phase::Computing | Phase::Sleeping { .. } | Phase::Over => None,
        }
    }

    /// Gives the native that the run is waiting for.
    pub fn native(&self) -> Option<NativeId> {
        match self.phase {
            Phase::InFlight(asked) | Phase::Sleeping { asked, .. } => Some(asked.native),
            Phase::Computing | Phase::Over => None,
        }
    }
}
