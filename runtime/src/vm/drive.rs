//! Whose turn it is, and what becomes of a fiber that stops.

use super::execute::{self, Exit};
use super::fiber::{Caught, Fiber};
use super::fibers::{Cancel, Role, State};
use super::program::Linked;
use super::raise::{self, Raised};
use super::undo::Undos;
use super::{Request, RunError, Stop, Vm, group, typed};
use crate::{ErrorKind, Failure, Value};
use bytecode::{NativeId, Op, R};

impl Vm {
    /// Goes on until something stops it. Each call, native, backward jump and new fiber takes one of `fuel`.
    pub fn run(&mut self, fuel: u64) -> Stop {
        let mut left = fuel;
        loop {
            if let Some(operation) = self.fibers.withdrawing.pop_front() {
                return Stop::Cancel(operation);
            }
            if let Some(operation) = self.fibers.untold.pop_front() {
                return self.request(operation);
            }
            let Some(number) = self.fibers.first_ready() else { break };
            if left == 0 {
                return Stop::OutOfFuel;
            }
            if let Some(stop) = self.turn(number, &mut left) {
                return stop;
            }
        }
        if !self.fibers.is_empty() {
            self.memory.begin();
            return Stop::Waiting;
        }
        let failure = Failure::new(ErrorKind::Internal, "the machine has ended already");
        Stop::Failed(Box::new(RunError { failure, place: None, trace: Vec::new(), failed_undos: Vec::new() }))
    }

    /// Lets a fiber go on that can.
    fn turn(&mut self, number: u64, left: &mut u64) -> Option<Stop> {
        let line = self.fibers.get_mut(number)?;
        if let State::Raising(failure) = &line.state {
            let raised = Raised::Failure(failure.clone());
            return self.raise(number, raised);
        }
        if !line.begun {
            line.begun = true;
            *left = left.saturating_sub(1);
            if line.cancel == Cancel::Wanted {
                return self.end(number, Err(raise::caught(raise::cancellation())));
            }
        }
        let mut fuel = self.memory.fuel(*left);
        let exit = match fuel.owed {
            0 => execute::execute(&self.program, &mut line.fiber, &mut fuel),
            _ => Ok(Exit::OutOfFuel),
        };
        *left -= self.memory.used(*left, fuel);
        match exit {
            Ok(Exit::Done(value)) => self.end(number, Ok(value)),
            Ok(Exit::DoneWord(word)) => {
                self.end(number, Ok(typed::boxed(&self.program.image().types, self.result, word)))
            }
            Ok(Exit::Perform) => self.perform(number),
            Ok(Exit::Around(op)) => self.around(number, op),
            Ok(Exit::OutOfFuel) if self.memory.left == 0 => match self.weigh(number) {
                Ok(()) => None,
                Err(failure) => self.raise(number, Raised::Failure(failure)),
            },
            Ok(Exit::OutOfFuel) => Some(Stop::OutOfFuel),
            Err(raised) => self.raise(number, *raised),
        }
    }

    /// Counts what a fiber holds that has stopped; fails with `limit` where all together hold too much.
    fn weigh(&mut self, number: u64) -> Result<(), Failure> {
        self.memory.begin();
        self.fibers.count(number)?;
        // What undoes has its own bounds, and is not to fail for what was done.
        if self.is_undoing() { Ok(()) } else { self.memory.check(&self.fibers) }
    }

    /// A fiber has come to an operation.
    fn perform(&mut self, number: u64) -> Option<Stop> {
        if self.is_cancelled(number) {
            return self.raise(number, Raised::Failure(raise::cancellation()));
        }
        if let Err(failure) = self.weigh(number) {
            return self.raise(number, Raised::Failure(failure));
        }
        self.operations += 1;
        self.count(number);
        self.fibers.set(number, State::Asking(self.operations));
        Some(self.request(self.operations))
    }

    /// Counts what a fiber asks; after a pause its step is tried again.
    fn count(&mut self, number: u64) {
        let Some(line) = self.fibers.get(number) else { return };
        let native = self.asked(&line.fiber).and_then(|(native, ..)| self.program.natives.get(usize::from(native.0)));
        let pauses = matches!(native, Some(Linked::Pause));
        let Some(line) = self.fibers.get_mut(number) else { return };
        line.steps.count();
        if pauses {
            line.steps.again();
        }
    }

    /// A fiber has come to an instruction about what lies around it.
    fn around(&mut self, number: u64, op: Op) -> Option<Stop> {
        match self.do_around(number, op) {
            Ok(None) => None,
            Ok(Some(caught)) => self.end(number, Err(caught)),
            Err(failure) => self.raise(number, Raised::Failure(failure)),
        }
    }

    fn do_around(&mut self, number: u64, op: Op) -> Result<Option<Caught>, Failure> {
        if let Op::Parallel { at_most, .. } | Op::ParallelEach { at_most, .. } = op {
            if self.is_cancelled(number) {
                return Err(raise::cancellation());
            }
            self.weigh(number)?;
            let Some(line) = self.fibers.get(number) else { return Ok(None) };
            let at_most = line.fiber.words.get(line.fiber.top.word(at_most.0)).copied().unwrap_or(0);
            group::begin(&self.program, &mut self.fibers, number, at_most)?;
            return Ok(group::fill(&self.program, &mut self.fibers, number));
        }
        let Some(line) = self.fibers.get_mut(number) else { return Ok(None) };
        let register = |register: R| line.fiber.refs.get(line.fiber.top.reference(register.0));
        match op {
            Op::EnterStep { name, deadline, retried } => {
                let deadline = register(deadline).cloned().unwrap_or_default();
                line.steps.enter(name, &deadline, retried != 0)?;
            }
            Op::LeaveStep {} => line.steps.leave()?,
            Op::PushUndo { name, closure } => {
                self.undos.push(name, register(closure).unwrap_or(&Value::None))?;
            }
            other => {
                let message = format!("`{}` says nothing about fibers", other.mnemonic());
                return Err(Failure::new(ErrorKind::Internal, message));
            }
        }
        line.fiber.top.pc += 1;
        Ok(None)
    }

    fn is_cancelled(&mut self, number: u64) -> bool {
        match self.fibers.get_mut(number) {
            Some(line) if line.cancel == Cancel::Wanted => {
                line.cancel = Cancel::Raised;
                true
            }
            Some(_) | None => false,
        }
    }

    fn raise(&mut self, number: u64, raised: Raised) -> Option<Stop> {
        let caught = self.fibers.raise(&self.program, number, raised)?;
        self.end(number, Err(caught))
    }

    /// A fiber has ended, and perhaps the machine with it.
    fn end(&mut self, number: u64, outcome: Result<Value, Caught>) -> Option<Stop> {
        let (role, outcome) = group::end(&self.program, &mut self.fibers, number, outcome)?;
        match (role, outcome) {
            (Role::Main, Ok(value)) => {
                self.undos = Undos::default();
                return Some(Stop::Done(value.to_data()));
            }
            (Role::Main, Err(caught)) => {
                self.undos.begin(self.cancelled.take().map_or(caught, raise::caught));
            }
            (Role::Undo, Ok(_)) => {}
            (Role::Undo, Err(caught)) => self.undos.failed(&self.program, raise::failure_of(&caught.error)),
            (Role::Item { .. }, _) => return None,
        }
        self.undos.next(&self.program, &mut self.fibers).map(Stop::Failed)
    }

    /// Gives the native that a fiber stands at, where its window begins on the stack, and how many arguments it has.
    pub(super) fn asked(&self, fiber: &Fiber) -> Option<(NativeId, usize, usize)> {
        match self.program.op(fiber.top.function, fiber.top.pc)? {
            Op::Perform { native, refs, count } => Some((native, fiber.top.reference(refs.0), usize::from(count))),
            _ => None,
        }
    }

    fn request(&mut self, operation: u64) -> Stop {
        let number = self.fibers.asker(operation).unwrap_or(0);
        let Some(line) = self.fibers.get(number) else { return Stop::Waiting };
        let (native, window, count) = self.asked(&line.fiber).unwrap_or((NativeId(u16::MAX), 0, 0));
        let arguments = line.fiber.refs.get(window..window + count).unwrap_or(&[]);
        Stop::Operation(Request {
            fiber: number,
            operation,
            native,
            arguments: arguments.iter().map(Value::to_data).collect(),
            place: self.program.place(line.fiber.top.function, line.fiber.top.pc),
            steps: line.steps.names(&self.program),
            path: line.steps.path(),
            deadline: line.steps.deadline(),
            shielded: line.shielded || line.cancel == Cancel::Raised,
            retried: line.steps.is_retried(),
        })
    }
}
