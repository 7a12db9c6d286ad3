//! The steps that are open in a fiber: names for what is asked, and when it must be done.

use super::MAX_STEPS;
use super::program::Program;
use crate::{ErrorKind, Failure, Value};
use bytecode::{Constant, ConstantId};

/// The steps of a fiber, outermost first; those of the fiber that began it come first.
#[derive(Clone, Debug, Default)]
pub(super) struct Steps {
    /// All of them.
    pub open: Vec<Step>,
    /// How many belong to the fiber that began this one.
    pub inherited: usize,
}

/// An open step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// Its name.
    pub name: ConstantId,
    /// When it must be done, in microseconds since 1970.
    pub deadline: Option<i64>,
}

impl Steps {
    /// Begins a step; its deadline is `none` or a boxed instant.
    pub fn enter(&mut self, name: ConstantId, deadline: &Value) -> Result<(), Failure> {
        let deadline = match deadline {
            Value::None => None,
            Value::Int(instant) => Some(*instant),
            other => {
                let message = format!("a step began with {} as its deadline", other.describe());
                return Err(Failure::new(ErrorKind::Internal, message));
            }
        };
        if self.open.len() >= MAX_STEPS {
            return Err(Failure::new(ErrorKind::Limit, format!("more than {MAX_STEPS} steps stand in each other")));
        }
        self.open.push(Step { name, deadline });
        Ok(())
    }

    /// Ends the innermost step.
    pub fn leave(&mut self) -> Result<(), Failure> {
        if self.open.len() <= self.inherited {
            return Err(Failure::new(ErrorKind::Internal, "a step ended that had not begun"));
        }
        self.open.pop();
        Ok(())
    }

    /// Gives the steps of a fiber that begins now.
    pub fn inherit(&self) -> Steps {
        Steps { open: self.open.clone(), inherited: self.open.len() }
    }

    /// Gives the names, outermost first.
    pub fn names(&self, program: &Program) -> Vec<String> {
        self.open.iter().map(|step| name(program, step.name).to_owned()).collect()
    }

    /// Gives the earliest deadline.
    pub fn deadline(&self) -> Option<i64> {
        self.open.iter().filter_map(|step| step.deadline).min()
    }
}

/// Gives the text of a name. The verifier has seen that it is one.
pub(super) fn name(program: &Program, id: ConstantId) -> &str {
    match program.image().constants.get(id.0 as usize) {
        Some(Constant::String(name)) => name,
        Some(_) | None => "",
    }
}
