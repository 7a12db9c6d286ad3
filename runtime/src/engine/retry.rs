//! Going on with a run that failed: where its history is taken up again, and what a person says of the operation there.
//!
//! Pure. Rule 18 of the engine is here: a run goes on from the state before the outcome at which it failed, and not once
//! it has begun to undo. What came after that outcome is set aside: it stays in the history and is delivered no more.
//! Outcomes of what was in flight at that moment stay, because it happened only once.

use super::state::RunState;
use super::transition::{Asked, Body, Row};
use crate::clock::Micros;
use crate::{Data, ErrorKind, Failure};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a person says of the operation at which a run failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Said {
    /// Nothing: it is done again, with the same idempotency key.
    Nothing,
    /// It happened, and gave this.
    Done(Data),
    /// It did not happen: it is done again, with a new idempotency key.
    NotDone,
}

/// What a person said, without the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// Nothing.
    Nothing,
    /// That it happened.
    Done,
    /// That it did not happen.
    NotDone,
}

impl Said {
    /// Gives it without the value.
    pub fn verdict(&self) -> Verdict {
        match self {
            Said::Nothing => Verdict::Nothing,
            Said::Done(_) => Verdict::Done,
            Said::NotDone => Verdict::NotDone,
        }
    }
}

/// Somebody wants a failed run to go on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Retry {
    /// What is said of the operation at which it failed.
    pub said: Said,
    /// Who says it.
    pub by: String,
}

/// What stands for the operation at which a run failed that failed in its own code.
pub const OWN_CODE: u64 = u64::MAX;

/// Why a run cannot go on where it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoRetry {
    /// It did not fail.
    #[error("its state is `{0}`")]
    NotFailed(RunState),
    /// Its code failed.
    #[error("it was not an operation that failed, but its own code")]
    OwnCode,
    /// It has undone something.
    #[error("it has begun to undo what it did")]
    Undone,
    /// Nobody has said what became of the operation.
    #[error("nobody knows whether its last operation happened")]
    Unknown,
    /// Its slot is taken.
    #[error("no slot of its task is free")]
    Busy,
}

impl NoRetry {
    /// Says what a person can do about it.
    pub fn help(self) -> &'static str {
        match self {
            NoRetry::NotFailed(_) => "only a run that failed can go on where it was; start a new one",
            NoRetry::OwnCode => "it would fail again in the same way: deploy a mended version, then `--on-latest`",
            NoRetry::Undone => "start a new run",
            NoRetry::Unknown => {
                "find out, and say `--as done` (with `--result JSON` where it gives something) or `--as not-done`"
            }
            NoRetry::Busy => "try again when another run of the task has ended",
        }
    }
}

/// Where a failed run is taken up again.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The operation at which it failed; nothing where it was its own code.
    pub asked: Option<Asked>,
    /// The steps that were open, outermost first.
    pub steps: Vec<String>,
    /// The rows that are set aside, by their places.
    pub aside: Vec<u64>,
    /// The place of the next row.
    pub next: u64,
    /// The latest time in the history.
    pub latest: Micros,
    undone: bool,
    /// What was in flight.
    open: BTreeSet<u64>,
    /// The place of the row that says that the operation began.
    began: Option<u64>,
}

/// Looks through a history for the place, row by row.
pub struct Search<'f> {
    failure: &'f Failure,
    open: BTreeSet<u64>,
    /// Where operations began, by their numbers.
    began: BTreeMap<u64, u64>,
    found: Option<Place>,
    next: u64,
    latest: Micros,
    /// Whether anything was undone at all.
    any_undone: bool,
}

impl<'f> Search<'f> {
    /// Begins to look for the operation that gave a failure.
    pub fn new(failure: &'f Failure) -> Self {
        Search {
            failure,
            open: BTreeSet::new(),
            began: BTreeMap::new(),
            found: None,
            next: 0,
            latest: Micros::MIN,
            any_undone: false,
        }
    }

    /// Looks through the pages of a history, which `page` gives from a place on.
    ///
    /// # Errors
    /// Gives what a page could not be read for.
    pub fn through<E>(mut self, mut page: impl FnMut(u64) -> Result<Vec<Row>, E>) -> Result<Self, E> {
        loop {
            let rows = page(self.next)?;
            if rows.is_empty() {
                return Ok(self);
            }
            rows.iter().for_each(|row| self.take(row));
        }
    }

    /// Takes in the next row.
    fn take(&mut self, row: &Row) {
        self.next = row.seq + 1;
        self.latest = self.latest.max(row.at);
        if let Body::Intent { steps, .. } | Body::Wait { steps, .. } | Body::Outcome { steps, .. } = &row.body {
            self.any_undone |= is_undo(steps);
        }
        match &row.body {
            Body::Intent { asked, steps } | Body::Wait { asked, steps, .. } => {
                self.behind(row.seq, Some(steps));
                self.open.insert(asked.operation);
                self.began.insert(asked.operation, row.seq);
            }
            Body::Outcome { asked, steps, result, .. } => {
                self.open.remove(&asked.operation);
                match result {
                    Err(failure) if self.is_it(failure) && !self.was_in_flight(*asked) => {
                        self.found(*asked, steps, row)
                    }
                    Ok(_) if self.was_in_flight(*asked) => {}
                    Err(failure) if is_unknown(failure) && self.was_in_flight(*asked) => {}
                    Ok(_) | Err(_) => self.behind(row.seq, Some(steps)),
                }
                self.began.remove(&asked.operation);
            }
            Body::Withdrawn { operation } => {
                self.open.remove(operation);
                self.behind(row.seq, None);
            }
            Body::Took { .. }
            | Body::CancelAsked
            | Body::DeadlinePassed
            | Body::Resumed { .. }
            | Body::Moved { .. } => {
                self.behind(row.seq, None);
            }
        }
    }

    fn is_it(&self, failure: &Failure) -> bool {
        failure.kind == self.failure.kind && failure.message == self.failure.message
    }

    fn was_in_flight(&self, asked: Asked) -> bool {
        self.found.as_ref().is_some_and(|place| place.open.contains(&asked.operation))
    }

    fn found(&mut self, asked: Asked, steps: &[String], row: &Row) {
        // What undoes may fail with the same words as what it undoes.
        let undone = is_undo(steps) || self.found.as_ref().is_some_and(|place| place.undone);
        self.found = Some(Place {
            asked: Some(asked),
            steps: steps.to_vec(),
            aside: vec![row.seq],
            next: 0,
            latest: 0,
            undone,
            open: self.open.clone(),
            began: self.began.get(&asked.operation).copied(),
        });
    }

    /// A row comes after the place: it is set aside.
    fn behind(&mut self, seq: u64, steps: Option<&Vec<String>>) {
        if let Some(place) = &mut self.found {
            place.aside.push(seq);
            place.undone |= steps.is_some_and(|steps| is_undo(steps));
        }
    }

    /// Gives the place, if the run may go on there with what is said; with other code also where its own has failed.
    ///
    /// # Errors
    /// Says why it may not.
    pub fn end(self, said: &Said, with_other_code: bool) -> Result<Place, NoRetry> {
        let own_code = || Place {
            asked: None,
            steps: Vec::new(),
            aside: Vec::new(),
            next: 0,
            latest: 0,
            undone: self.any_undone,
            open: BTreeSet::new(),
            began: None,
        };
        let mut place = match self.found {
            Some(place) => place,
            None if with_other_code => own_code(),
            None => return Err(NoRetry::OwnCode),
        };
        if place.undone {
            return Err(NoRetry::Undone);
        }
        if is_unknown(self.failure) && *said == Said::Nothing {
            return Err(NoRetry::Unknown);
        }
        if with_other_code && !is_unknown(self.failure) {
            // It is known that it failed, and other code may ask for something else before it.
            place.aside.extend(place.began);
        }
        Ok(Place { next: self.next, latest: self.latest, ..place })
    }
}

/// Says whether these are the steps of what undoes.
fn is_undo(steps: &[String]) -> bool {
    steps.first().is_some_and(|step| step.starts_with("undo "))
}

/// Says whether a failure means that nobody knows what happened.
pub fn is_unknown(failure: &Failure) -> bool {
    failure.kind == ErrorKind::Interrupted.name()
}
