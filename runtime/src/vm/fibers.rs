//! The fibers of a machine: which there are, which can go on, which wait for what.
//!
//! Fibers are numbered in the order in which they begin. Of those that can go on the lowest runs, until it waits;
//! nothing else decides the order. `group` knows how fibers belong together, `undo` what begins after a failure.

use super::fiber::{Caught, Fiber};
use super::group::Group;
use super::program::Program;
use super::raise::{self, Raised};
use super::steps::Steps;
use super::{MAX_ALL_REGISTERS, MAX_FIBERS};
use crate::{ErrorKind, Failure, Value};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// All fibers that have not ended.
#[derive(Debug, Default)]
pub(super) struct Fibers {
    lines: BTreeMap<u64, Line>,
    ready: BTreeSet<u64>,
    /// The operations that are waited for, and by whom.
    asking: BTreeMap<u64, u64>,
    /// Operations that were not given to the driver yet, or are to be given again.
    pub untold: VecDeque<u64>,
    /// Operations whose fiber was cancelled, which the driver has not been told.
    pub withdrawing: VecDeque<u64>,
    /// How many have begun.
    pub begun: u64,
    registers: usize,
    weight: u64,
}

/// A fiber with its place among the others.
#[derive(Debug)]
pub(super) struct Line {
    /// Its frames.
    pub fiber: Fiber,
    /// What it does next.
    pub state: State,
    /// What it runs for.
    pub role: Role,
    /// The steps that are open.
    pub steps: Steps,
    /// Whether it is to end before its end.
    pub cancel: Cancel,
    /// Whether it belongs to an undo, or to what goes on after a cancellation: then nothing cancels it.
    pub shielded: bool,
    /// Whether it has executed anything.
    pub begun: bool,
    /// How many registers it had when it last stopped.
    pub registers: usize,
    /// How many bytes its values weighed then, and what it has been given of those it waits for.
    pub weight: u64,
}

/// What a fiber does next.
#[derive(Debug)]
pub(super) enum State {
    /// It goes on.
    Ready,
    /// It waits for the outcome of an operation, at which it stands.
    Asking(u64),
    /// It waits for the fibers that it has begun.
    Parallel(Box<Group>),
    /// It fails where it stands.
    Raising(Failure),
}

/// What a fiber runs for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The whole machine.
    Main,
    /// An item of what another fiber does in parallel.
    Item {
        /// That fiber.
        parent: u64,
        /// Which item.
        index: usize,
    },
    /// An undo.
    Undo,
}

/// Whether a fiber is to end before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cancel {
    /// It is not.
    No,
    /// At its next operation.
    Wanted,
    /// It was told; what it still does is to tidy up.
    Raised,
}

impl Fibers {
    /// Begins a fiber and gives its number; fails with `limit` where there are too many.
    pub fn begin(&mut self, fiber: Fiber, role: Role, steps: Steps, shielded: bool) -> Result<u64, Failure> {
        if self.lines.len() >= MAX_FIBERS {
            let message = format!("more than {MAX_FIBERS} things at once; give `parallel` a smaller number");
            return Err(Failure::new(ErrorKind::Limit, message));
        }
        let number = self.begun;
        self.begun += 1;
        let (state, cancel) = (State::Ready, Cancel::No);
        self.add(number, Line { fiber, state, role, steps, cancel, shielded, begun: false, registers: 0, weight: 0 });
        Ok(number)
    }

    /// Adds a line, and finds out what it waits for.
    pub fn add(&mut self, number: u64, line: Line) {
        match &line.state {
            State::Ready | State::Raising(_) => drop(self.ready.insert(number)),
            State::Asking(operation) => {
                self.asking.insert(*operation, number);
                match line.cancel {
                    Cancel::Wanted => self.withdrawing.push_back(*operation),
                    Cancel::No | Cancel::Raised => self.untold.push_back(*operation),
                }
            }
            State::Parallel(_) => {}
        }
        self.registers += line.registers;
        self.weight += line.weight;
        self.lines.insert(number, line);
    }

    /// Gives a line.
    pub fn get(&self, number: u64) -> Option<&Line> {
        self.lines.get(&number)
    }

    /// Gives a line to work on.
    pub fn get_mut(&mut self, number: u64) -> Option<&mut Line> {
        self.lines.get_mut(&number)
    }

    /// Gives all lines by their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &Line)> {
        self.lines.iter().map(|(number, line)| (*number, line))
    }

    /// Says whether no fiber is left.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Gives the fiber whose turn it is.
    pub fn first_ready(&self) -> Option<u64> {
        self.ready.first().copied()
    }

    /// Gives the fiber that waits for an operation.
    pub fn asker(&self, operation: u64) -> Option<u64> {
        self.asking.get(&operation).copied()
    }

    /// Moves the ends of all open steps by a span.
    pub fn postpone(&mut self, span: i64) {
        for line in self.lines.values_mut() {
            line.steps.postpone(span);
        }
    }

    /// Gives all operations that are waited for, as they are to be given again.
    pub fn tell_again(&mut self) {
        self.untold.clear();
        self.withdrawing.clear();
        for (operation, number) in &self.asking {
            match self.lines.get(number).map(|line| line.cancel) {
                Some(Cancel::Wanted) => self.withdrawing.push_back(*operation),
                Some(Cancel::No | Cancel::Raised) | None => self.untold.push_back(*operation),
            }
        }
    }

    /// Puts a fiber into another state.
    pub fn set(&mut self, number: u64, state: State) {
        let Some(line) = self.lines.get_mut(&number) else { return };
        if let State::Asking(operation) = &line.state {
            self.asking.remove(operation);
        }
        match &state {
            State::Ready | State::Raising(_) => drop(self.ready.insert(number)),
            State::Asking(operation) => {
                self.ready.remove(&number);
                self.asking.insert(*operation, number);
            }
            State::Parallel(_) => drop(self.ready.remove(&number)),
        }
        line.state = state;
    }

    /// Sends an error into a fiber, which goes on at its handler; gives back what it has no handler for.
    pub fn raise(&mut self, program: &Program, number: u64, raised: Raised) -> Option<Caught> {
        let line = self.lines.get_mut(&number)?;
        match raise::raise(program, &mut line.fiber, raised) {
            Ok(()) => {
                self.set(number, State::Ready);
                None
            }
            Err(caught) => Some(*caught),
        }
    }

    /// Counts the registers of a fiber that stops, and weighs what they hold; fails with `limit` where all together have
    /// too many.
    pub fn count(&mut self, number: u64) -> Result<(), Failure> {
        let Some(line) = self.lines.get_mut(&number) else { return Ok(()) };
        let (words, refs) = line.fiber.held;
        let held = words + refs;
        self.registers = self.registers - line.registers + held;
        line.registers = held;
        let weight = line.fiber.refs.iter().take(refs).map(weight).sum();
        self.weight = self.weight - line.weight + weight;
        line.weight = weight;
        if self.registers <= MAX_ALL_REGISTERS {
            return Ok(());
        }
        let count = self.lines.len();
        let message = format!("{count} things at once hold more than {MAX_ALL_REGISTERS} registers together");
        Err(Failure::new(ErrorKind::Limit, message))
    }

    /// Adds to the weight of a fiber a value that it will get.
    pub fn give(&mut self, number: u64, value: &Value) {
        if let Some(line) = self.lines.get_mut(&number) {
            line.weight += weight(value);
            self.weight += weight(value);
        }
    }

    /// Gives how many bytes all fibers hold, as far as they have stopped.
    pub fn weight(&self) -> u64 {
        self.weight
    }

    /// Takes a fiber out that has ended.
    pub fn remove(&mut self, number: u64) -> Option<Line> {
        let line = self.lines.remove(&number)?;
        self.ready.remove(&number);
        if let State::Asking(operation) = &line.state {
            self.asking.remove(operation);
        }
        self.registers -= line.registers;
        self.weight -= line.weight;
        Some(line)
    }

    /// Wants some fibers, and all that they have begun, to end: those that wait for an operation are to be told, the
    /// others end at their next one. What is shielded goes on.
    pub fn cancel(&mut self, numbers: impl IntoIterator<Item = u64>) {
        let mut wanted: Vec<u64> = numbers.into_iter().collect();
        while let Some(number) = wanted.pop() {
            let Some(line) = self.lines.get_mut(&number) else { continue };
            if line.shielded || line.cancel != Cancel::No {
                continue;
            }
            line.cancel = Cancel::Wanted;
            match &line.state {
                State::Asking(operation) => {
                    let operation = *operation;
                    self.untold.retain(|untold| *untold != operation);
                    self.withdrawing.push_back(operation);
                }
                State::Parallel(group) => wanted.extend(group.members.iter().rev()),
                State::Ready | State::Raising(_) => {}
            }
        }
    }

    /// Sends the cancellation to fibers that compute and do not come to an operation.
    pub fn interrupt(&mut self) {
        for number in &self.ready {
            if let Some(line) = self.lines.get_mut(number)
                && line.cancel == Cancel::Wanted
            {
                line.cancel = Cancel::Raised;
                line.state = State::Raising(raise::cancellation());
            }
        }
    }
}

/// Gives how many bytes a value in a register weighs beyond the register.
fn weight(value: &Value) -> u64 {
    match value {
        Value::None | Value::Bool(_) | Value::Int(_) | Value::Float(_) => 0,
        Value::Decimal(_)
        | Value::String(_)
        | Value::Bytes(_)
        | Value::DateTime(_)
        | Value::List(_)
        | Value::Map(_)
        | Value::Record(_)
        | Value::Case(_)
        | Value::Closure(_) => u64::from(value.extent().bytes),
    }
}
