//! The stack of undos of a machine, and what happens once its main fiber has failed.
//!
//! Undos run newest first, each as a fiber of its own that nothing cancels. One that fails is remembered and stops
//! nothing. A machine that succeeds drops them all.

use super::error::{FailedUndo, RunError};
use super::fiber::Caught;
use super::fibers::{Fibers, Role};
use super::program::Program;
use super::steps::Steps;
use super::{MAX_UNDOS, group, raise, steps};
use crate::value::Extent;
use crate::{ErrorKind, Failure, Value};
use bytecode::ConstantId;

/// The undos of a machine.
#[derive(Debug)]
pub(super) struct Undos {
    /// What is to be undone, newest last.
    pub stack: Vec<Undo>,
    /// How heavy it is.
    pub extent: Extent,
    /// What is left to do once the main fiber has failed.
    pub ending: Option<Ending>,
}

/// What undoes a step.
#[derive(Debug)]
pub(super) struct Undo {
    /// The step.
    pub name: ConstantId,
    /// A closure without parameters.
    pub closure: Value,
}

/// The end of a machine whose main fiber has failed.
#[derive(Debug)]
pub(super) struct Ending {
    /// With what.
    pub error: Caught,
    /// The undo that runs.
    pub running: ConstantId,
    /// Those that failed.
    pub failed: Vec<FailedUndo>,
}

impl Default for Undos {
    fn default() -> Self {
        Undos { stack: Vec::new(), extent: Extent::EMPTY, ending: None }
    }
}

impl Undos {
    /// Puts an undo on the stack; what undoes is not undone itself.
    pub fn push(&mut self, name: ConstantId, closure: &Value) -> Result<(), Failure> {
        if self.ending.is_some() {
            return Ok(());
        }
        if self.stack.len() >= MAX_UNDOS {
            return Err(Failure::new(ErrorKind::Limit, format!("more than {MAX_UNDOS} steps could have to be undone")));
        }
        self.extent.add(closure.extent())?;
        self.stack.push(Undo { name, closure: closure.clone() });
        Ok(())
    }

    /// Begins the end of a machine whose main fiber has failed.
    pub fn begin(&mut self, error: Caught) {
        self.ending = Some(Ending { error, running: ConstantId(0), failed: Vec::new() });
    }

    /// Remembers that the undo that ran has failed.
    pub fn failed(&mut self, program: &Program, failure: Failure) {
        if let Some(ending) = &mut self.ending {
            let step = steps::name(program, ending.running).to_owned();
            ending.failed.push(FailedUndo { step, failure });
        }
    }

    /// Begins the next undo; gives the error of the machine where none is left.
    pub fn next(&mut self, program: &Program, fibers: &mut Fibers) -> Option<Box<RunError>> {
        while let Some(undo) = self.stack.pop() {
            if let Some(ending) = &mut self.ending {
                ending.running = undo.name;
            }
            let steps = Steps::of_undo(undo.name, fibers.begun);
            let begun = group::prepare(program, &undo.closure, None)
                .and_then(|fiber| fibers.begin(fiber, Role::Undo, steps, true));
            match begun {
                Ok(_) => return None,
                Err(failure) => self.failed(program, failure),
            }
        }
        let ending = self.ending.take()?;
        Some(raise::run_error(program, &ending.error, ending.failed))
    }
}
