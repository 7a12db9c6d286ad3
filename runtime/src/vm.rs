//! The virtual machine: pure, bounded, and plain data through and through.
//!
//! It has no clock, no files, no threads. It runs until it is done, fails, has used its fuel or wants something of the
//! world; what it wanted is then given to it and it goes on. Its whole state can be written at each such moment and read
//! back by another process: the rest of the run is the same.
//!
//! `program` links an image, `fiber` is one line of execution, `execute` the instructions, `inside` their quick ways into
//! values, `raise` where errors go, `memory` how much all of it may hold. `drive` says whose turn it is, `fibers` which there are, `group` how fibers wait for
//! others, `steps` and `undo` what is done around operations, `place` where each of them stands, `snapshot` how all of it
//! is written.

mod calls;
mod codec;
mod collections;
mod drive;
mod error;
mod execute;
mod fiber;
mod fibers;
mod group;
mod inside;
mod memory;
mod numbers;
mod place;
mod program;
mod raise;
mod snapshot;
mod steps;
mod stop;
pub(crate) mod typed;
mod undo;
mod window;

pub use error::{FailedUndo, Frame, RunError, SnapshotError};
pub use memory::DEFAULT_MEMORY;
pub use program::{LinkError, Program};
pub use stop::{Request, Stop};
pub(crate) use typed::value as typed_value;

use crate::{Data, ErrorKind, Failure, Value};
use bytecode::{Bank, FunctionId, Image, Task, TypeId};
use fiber::Fiber;
use fibers::{Cancel, Fibers, Role, State};
use memory::Memory;
use std::rc::Rc;
use steps::Steps;
use undo::Undos;

/// How deep calls may nest.
pub const MAX_CALLS: usize = 10_000;

/// How many registers of a bank all frames together may have.
pub const MAX_REGISTERS: usize = 1 << 20;

/// How many fibers there may be at once.
pub const MAX_FIBERS: usize = 10_000;

/// How many registers all waiting fibers together may have.
pub const MAX_ALL_REGISTERS: usize = 1 << 22;

/// How deep `parallel` may nest.
pub const MAX_GROUPS: usize = 100;

/// How deep steps may nest.
pub const MAX_STEPS: usize = 100;

/// How many undos a machine may keep.
pub const MAX_UNDOS: usize = 10_000;

/// How much the key of a clause may compute.
const KEY_FUEL: u64 = 10_000_000;

/// A machine: one run of one function.
#[derive(Debug)]
pub struct Vm {
    program: Rc<Program>,
    fibers: Fibers,
    undos: Undos,
    /// With what it fails, once it is cancelled.
    cancelled: Option<Failure>,
    /// The type of the result, where it is known.
    result: Option<TypeId>,
    /// How many operations were asked for.
    operations: u64,
    /// How much it may hold.
    memory: Memory,
}

impl Vm {
    /// Makes a machine that calls a function with boxed arguments.
    ///
    /// # Errors
    /// Fails with `internal` where the function does not exist or the arguments do not fit its parameters.
    pub fn call(program: Rc<Program>, function: FunctionId, arguments: Vec<Value>) -> Result<Vm, Failure> {
        Vm::call_with(program, function, arguments, &[])
    }

    fn call_with(
        program: Rc<Program>,
        function: FunctionId,
        arguments: Vec<Value>,
        captured: &[Value],
    ) -> Result<Vm, Failure> {
        let Some(callee) = program.function(function) else {
            return Err(Failure::new(ErrorKind::Internal, format!("the program has no function {function}")));
        };
        if callee.parameters.len() != arguments.len() || usize::from(callee.captures) != captured.len() {
            let (expected, found) = (callee.parameters.len(), arguments.len());
            let message = format!("function {}: expected {expected} arguments, found {found}", callee.name);
            return Err(Failure::new(ErrorKind::Internal, message));
        }
        let (mut words, mut refs) = (Vec::new(), Vec::new());
        for (bank, argument) in callee.parameters.iter().zip(arguments) {
            match bank {
                Bank::Word => words.push(argument.word().unwrap_or(0)),
                Bank::Ref => refs.push(argument),
            }
        }
        refs.extend_from_slice(captured);
        words.resize(usize::from(callee.words).max(words.len()), 0);
        refs.resize(usize::from(callee.refs).max(refs.len()), Value::None);
        let mut fibers = Fibers::default();
        fibers.begin(Fiber::new(function, words, refs), Role::Main, Steps::default(), false)?;
        Ok(Vm {
            program,
            fibers,
            undos: Undos::default(),
            cancelled: None,
            result: None,
            operations: 0,
            memory: Memory::new(None),
        })
    }

    /// Makes a machine that runs a task. `None` stands for an argument that was not given.
    ///
    /// # Errors
    /// Fails with `internal` where there is no such task, and with `invalid` where an argument is not of its type.
    pub fn task(program: Rc<Program>, index: usize, arguments: &[Option<Data>]) -> Result<Vm, Failure> {
        let linked = Rc::clone(&program);
        let Some(task) = linked.image().tasks.get(index) else {
            return Err(Failure::new(ErrorKind::Internal, format!("the program has no task {index}")));
        };
        if arguments.len() > task.parameters.len() {
            let (expected, found) = (task.parameters.len(), arguments.len());
            let message = format!("task {} has {expected} parameters, found {found} arguments", task.name);
            return Err(Failure::new(ErrorKind::Invalid, message));
        }
        let values = task_values(linked.image(), task, arguments)?;
        let mut vm = Vm::call(program, task.entry, values)?;
        vm.result = Some(task.result);
        vm.memory = Memory::new(task.clauses.limits.memory);
        Ok(vm)
    }

    /// Runs a pure function of a task's arguments to its end: the key of a clause of its head.
    ///
    /// # Errors
    /// As [`Vm::task`] and [`Vm::pure`].
    pub fn of_arguments(
        program: &Rc<Program>,
        function: FunctionId,
        task: usize,
        arguments: &[Option<Data>],
    ) -> Result<Data, Failure> {
        let Some(task) = program.image().tasks.get(task) else {
            return Err(Failure::new(ErrorKind::Internal, format!("the program has no task {task}")));
        };
        let values = task_values(program.image(), task, arguments)?;
        Vm::pure(program, function, values, KEY_FUEL).map_err(|failure| {
            if failure.kind != ErrorKind::Forbidden.name() {
                return failure;
            }
            Failure {
                message: "it needs the default of a parameter, which touches the world; give that argument".to_owned(),
                ..failure
            }
        })
    }

    /// Gives the outcome of an operation that was asked for. Without one it does nothing.
    pub fn resume(&mut self, operation: u64, outcome: Result<Data, Failure>) {
        let Some(number) = self.fibers.asker(operation) else { return };
        self.fibers.untold.retain(|untold| *untold != operation);
        self.fibers.withdrawing.retain(|withdrawing| *withdrawing != operation);
        let placed = outcome.and_then(|data| self.place_outcome(number, data));
        let state = match placed {
            Ok(()) => State::Ready,
            Err(failure) => State::Raising(failure),
        };
        self.fibers.set(number, state);
    }

    fn place_outcome(&mut self, number: u64, data: Data) -> Result<(), Failure> {
        let asked = self.fibers.get(number).and_then(|line| self.asked(&line.fiber));
        let Some((native, window, count)) = asked else {
            return Err(Failure::new(ErrorKind::Internal, "the machine waits without having asked"));
        };
        let image = self.program.image();
        let value = match image.natives.get(usize::from(native.0)) {
            Some(native) => typed::value(&image.types, native.result, data)?,
            None => Value::from_data(data)?,
        };
        if let Some(line) = self.fibers.get_mut(number) {
            if let Some(slot) = line.fiber.refs.get_mut(window + count) {
                *slot = value;
            }
            line.fiber.top.pc += 1;
        }
        Ok(())
    }

    /// Says that an operation was withdrawn whose fiber is cancelled: the fiber ends, its `finally` first. For any other
    /// it does nothing.
    pub fn withdraw(&mut self, operation: u64) {
        let Some(number) = self.fibers.asker(operation) else { return };
        if self.fibers.get(number).is_some_and(|line| line.cancel == Cancel::Wanted) {
            self.fibers.withdrawing.retain(|withdrawing| *withdrawing != operation);
            // It still stands at its operation, where the cancellation is raised.
            self.fibers.set(number, State::Ready);
        }
    }

    /// Cancels all that goes on: each fiber ends at its next operation, then what was done is undone, then the machine
    /// has failed with `failure`. The second time, and once the main fiber has failed, it does nothing.
    pub fn cancel(&mut self, failure: Failure) {
        let main = self.fibers.iter().find(|(_, line)| line.role == Role::Main).map(|(number, _)| number);
        if let (Some(main), None) = (main, &self.cancelled) {
            self.cancelled = Some(failure);
            self.fibers.cancel([main]);
        }
    }

    /// Ends cancelled fibers where they stand that compute without coming to an operation.
    pub fn interrupt(&mut self) {
        self.fibers.interrupt();
    }

    /// Says whether it waits for the outcomes of operations, and for nothing else.
    pub fn is_waiting(&self) -> bool {
        self.fibers.first_ready().is_none() && !self.fibers.is_empty()
    }

    /// Says whether it undoes what was done.
    pub fn is_undoing(&self) -> bool {
        self.undos.ending.is_some()
    }

    /// Moves the ends of all open steps by a span of microseconds, in which nobody worked at them.
    pub fn postpone(&mut self, span: i64) {
        self.fibers.postpone(span);
    }

    /// Lets [`Vm::run`] give every operation once more that has no outcome.
    pub fn ask_again(&mut self) {
        self.fibers.tell_again();
    }

    /// Gives how many operations were asked for so far.
    pub fn operations(&self) -> u64 {
        self.operations
    }

    /// Runs a pure function to its end, at most as long as the fuel lasts: the check of a parameter, say.
    ///
    /// # Errors
    /// Gives what the function failed with; `limit` where the fuel did not last; `forbidden` where it asked for an
    /// operation.
    pub fn pure(
        program: &Rc<Program>,
        function: FunctionId,
        arguments: Vec<Value>,
        fuel: u64,
    ) -> Result<Data, Failure> {
        Vm::call(Rc::clone(program), function, arguments)?.run_pure(fuel)
    }

    /// Runs a pure closure, of a request, to its end: the predicate of a wait, the change of a state.
    ///
    /// # Errors
    /// As [`Vm::pure`], and `internal` where the value is no closure.
    pub fn pure_closure(
        program: &Rc<Program>,
        closure: &Value,
        arguments: Vec<Value>,
        fuel: u64,
    ) -> Result<Data, Failure> {
        let Value::Closure(closure) = closure else {
            let message = format!("expected a function, found {}", closure.describe());
            return Err(Failure::new(ErrorKind::Internal, message));
        };
        let function = FunctionId(closure.function);
        Vm::call_with(Rc::clone(program), function, arguments, &closure.captured)?.run_pure(fuel)
    }

    fn run_pure(&mut self, fuel: u64) -> Result<Data, Failure> {
        match self.run(fuel) {
            Stop::Done(data) => Ok(data),
            Stop::Failed(error) => Err(error.failure),
            Stop::OutOfFuel => Err(Failure::new(ErrorKind::Limit, "a check takes too long")),
            Stop::Operation(_) | Stop::Cancel(_) | Stop::Waiting => {
                Err(Failure::new(ErrorKind::Forbidden, "a check may not touch the world"))
            }
        }
    }

    /// Gives the program it runs.
    pub fn program(&self) -> &Rc<Program> {
        &self.program
    }
}

/// Gives what the body of a task takes: which arguments were given, then all of them.
fn task_values(image: &Image, task: &Task, arguments: &[Option<Data>]) -> Result<Vec<Value>, Failure> {
    let mut given = 0_i64;
    let mut values = vec![Value::None];
    for (position, parameter) in task.parameters.iter().enumerate() {
        let value = match arguments.get(position).and_then(Option::as_ref) {
            Some(data) => {
                given |= 1 << position.min(62);
                typed::value(&image.types, parameter.type_, data.clone()).map_err(|failure| Failure {
                    message: format!("`{}`: {}", parameter.name, failure.message),
                    ..failure
                })?
            }
            None => Value::None,
        };
        values.push(value);
    }
    if let Some(first) = values.first_mut() {
        *first = Value::Int(given);
    }
    Ok(values)
}
