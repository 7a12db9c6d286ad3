//! The virtual machine: pure, bounded, and plain data through and through.
//!
//! It has no clock, no files, no threads. It runs until it is done, fails, has used its fuel or wants something of the
//! world; what it wanted is then given to it and it goes on. Its whole state can be written at each such moment and read
//! back by another process: the rest of the run is the same.
//!
//! `program` links an image, `fiber` is the state, `execute` the instructions, `raise` where errors go, `snapshot` how
//! the state is written.

mod calls;
mod codec;
mod collections;
mod error;
mod execute;
mod fiber;
mod numbers;
mod program;
mod raise;
mod snapshot;
pub(crate) mod typed;

pub use error::{Frame, RunError, SnapshotError};
pub use program::{LinkError, Program};
pub(crate) use typed::value as typed_value;

use crate::{Data, ErrorKind, Failure, Value};
use bytecode::{Bank, FunctionId, NativeId, TypeId};
use diagnostics::Place;
use execute::Exit;
use fiber::{Fiber, State};
use raise::Raised;
use std::rc::Rc;

/// How deep calls may nest.
pub const MAX_CALLS: usize = 10_000;

/// How many registers of a bank all frames together may have.
pub const MAX_REGISTERS: usize = 1 << 20;

/// A machine: one run of one function.
#[derive(Debug)]
pub struct Vm {
    program: Rc<Program>,
    fiber: Fiber,
    /// The type of the result, where it is known.
    result: Option<TypeId>,
    /// How many operations were asked for.
    operations: u64,
}

/// Why a machine stopped.
#[derive(Debug)]
pub enum Stop {
    /// It is done and gives a value.
    Done(Data),
    /// It wants something of the world; [`Vm::resume`] gives it the outcome.
    Operation(Request),
    /// It has used its fuel; it can go on.
    OutOfFuel,
    /// It failed.
    Failed(Box<RunError>),
}

/// What a machine wants of the world.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Which of the machine's fibers asks.
    pub fiber: u32,
    /// The number of the operation: the machine counts from 1.
    pub operation: u64,
    /// What is wanted.
    pub native: NativeId,
    /// With what.
    pub arguments: Vec<Data>,
    /// Where in the source.
    pub place: Option<Place>,
}

impl Vm {
    /// Makes a machine that calls a function with boxed arguments.
    ///
    /// # Errors
    /// Fails with `internal` where the function does not exist or the arguments do not fit its parameters.
    pub fn call(program: Rc<Program>, function: FunctionId, arguments: Vec<Value>) -> Result<Vm, Failure> {
        let Some(callee) = program.function(function) else {
            return Err(Failure::new(ErrorKind::Internal, format!("the program has no function {function}")));
        };
        if callee.parameters.len() != arguments.len() || callee.captures != 0 {
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
        words.resize(usize::from(callee.words).max(words.len()), 0);
        refs.resize(usize::from(callee.refs).max(refs.len()), Value::None);
        let fiber = Fiber::new(function, words, refs);
        Ok(Vm { program, fiber, result: None, operations: 0 })
    }

    /// Makes a machine that runs a task. `None` stands for an argument that was not given.
    ///
    /// # Errors
    /// Fails with `internal` where there is no such task, and with `invalid` where an argument is not of its type.
    pub fn task(program: Rc<Program>, index: usize, arguments: &[Option<Data>]) -> Result<Vm, Failure> {
        let image = Rc::clone(&program);
        let Some(task) = image.image().tasks.get(index) else {
            return Err(Failure::new(ErrorKind::Internal, format!("the program has no task {index}")));
        };
        if arguments.len() > task.parameters.len() {
            let (expected, found) = (task.parameters.len(), arguments.len());
            let message = format!("task {} has {expected} parameters, found {found} arguments", task.name);
            return Err(Failure::new(ErrorKind::Invalid, message));
        }
        let mut given = 0_i64;
        let mut values = vec![Value::None];
        for (position, parameter) in task.parameters.iter().enumerate() {
            let value = match arguments.get(position).and_then(Option::as_ref) {
                Some(data) => {
                    given |= 1 << position.min(62);
                    typed::value(&image.image().types, parameter.type_, data.clone()).map_err(|failure| Failure {
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
        let mut vm = Vm::call(program, task.entry, values)?;
        vm.result = Some(task.result);
        Ok(vm)
    }

    /// Goes on until something stops it. Each call, native and backward jump takes one of `fuel`.
    pub fn run(&mut self, fuel: u64) -> Stop {
        let mut left = fuel;
        let mut raised = match std::mem::replace(&mut self.fiber.state, State::Ready) {
            State::Ready => None,
            State::Raising(failure) => Some(Raised::Failure(failure)),
            State::Asking => {
                // Asked once more without an outcome: the same request again.
                return self.request();
            }
            State::Ended => {
                self.fiber.state = State::Ended;
                let failure = Failure::new(ErrorKind::Internal, "the machine has ended already");
                return Stop::Failed(Box::new(RunError { failure, place: None, trace: Vec::new() }));
            }
        };
        loop {
            if let Some(raised) = raised.take()
                && let Err(error) = raise::raise(&self.program, &mut self.fiber, raised)
            {
                self.end();
                return Stop::Failed(error);
            }
            match execute::execute(&self.program, &mut self.fiber, &mut left) {
                Ok(Exit::Done(value)) => {
                    self.end();
                    return Stop::Done(value.to_data());
                }
                Ok(Exit::DoneWord(word)) => {
                    self.end();
                    return Stop::Done(typed::word(&self.program.image().types, self.result, word));
                }
                Ok(Exit::Perform) => {
                    self.operations += 1;
                    return self.request();
                }
                Ok(Exit::Around(op)) => {
                    let message = format!("this version has no `{}`", op.mnemonic());
                    raised = Some(Raised::Failure(Failure::new(ErrorKind::Internal, message)));
                }
                Ok(Exit::OutOfFuel) => return Stop::OutOfFuel,
                Err(error) => raised = Some(*error),
            }
        }
    }

    /// Gives the outcome of the operation that was asked for. Without one it does nothing.
    pub fn resume(&mut self, outcome: Result<Data, Failure>) {
        if !matches!(self.fiber.state, State::Asking) {
            return;
        }
        let placed = outcome.and_then(|data| {
            let Some((native, window, count)) = self.asked() else {
                return Err(Failure::new(ErrorKind::Internal, "the machine waits without having asked"));
            };
            let image = self.program.image();
            let result = image.natives.get(usize::from(native.0)).map(|native| native.result);
            let value = match result {
                Some(result) => typed::value(&image.types, result, data)?,
                None => Value::from_data(data)?,
            };
            if let Some(slot) = self.fiber.refs.get_mut(window + count) {
                *slot = value;
            }
            Ok(())
        });
        self.fiber.state = match placed {
            Ok(()) => {
                self.fiber.top.pc += 1;
                State::Ready
            }
            Err(failure) => State::Raising(failure),
        };
    }

    /// Says whether it waits for the outcome of an operation.
    pub fn is_waiting(&self) -> bool {
        matches!(self.fiber.state, State::Asking)
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
        match Vm::call(Rc::clone(program), function, arguments)?.run(fuel) {
            Stop::Done(data) => Ok(data),
            Stop::Failed(error) => Err(error.failure),
            Stop::OutOfFuel => Err(Failure::new(ErrorKind::Limit, "a check takes too long")),
            Stop::Operation(_) => Err(Failure::new(ErrorKind::Forbidden, "a check may not touch the world")),
        }
    }

    /// Gives the program it runs.
    pub fn program(&self) -> &Rc<Program> {
        &self.program
    }

    /// Gives the native it stands at, where its window begins on the stack, and how many arguments it has.
    fn asked(&self) -> Option<(NativeId, usize, usize)> {
        match self.program.op(self.fiber.top.function, self.fiber.top.pc)? {
            bytecode::Op::Perform { native, refs, count } => {
                Some((native, self.fiber.top.refs + usize::from(refs.0), usize::from(count)))
            }
            _ => None,
        }
    }

    fn request(&mut self) -> Stop {
        self.fiber.state = State::Asking;
        let (native, window, count) = self.asked().unwrap_or((NativeId(u16::MAX), 0, 0));
        let arguments = self.fiber.refs.get(window..window + count).unwrap_or(&[]);
        Stop::Operation(Request {
            fiber: 0,
            operation: self.operations,
            native,
            arguments: arguments.iter().map(Value::to_data).collect(),
            place: self.program.place(self.fiber.top.function, self.fiber.top.pc),
        })
    }

    /// Lets go of everything: an ended machine holds no memory.
    fn end(&mut self) {
        self.fiber = Fiber::ended();
    }
}
