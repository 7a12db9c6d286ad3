//! The steps that are open in a fiber: names for what is asked, when it must be done, and which attempt it is all the same.

use super::MAX_STEPS;
use super::place::Place;
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
    /// Where the fiber stands outside of its own steps.
    pub place: Place,
}

/// An open step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// Its name.
    pub name: ConstantId,
    /// When it must be done, in microseconds since 1970.
    pub deadline: Option<i64>,
    /// Where it stands.
    pub place: Place,
    /// Whether what fails in it is tried again by the step.
    pub retried: bool,
}

impl Steps {
    /// Gives the steps of the fiber of an undo: its step, which is not its own.
    pub fn of_undo(name: ConstantId, fiber: u64) -> Steps {
        let place = Place::of_undo(fiber);
        Steps { open: vec![Step { name, deadline: None, place, retried: false }], inherited: 1, place }
    }

    /// Begins a step; its deadline is `none` or a boxed instant.
    pub fn enter(&mut self, name: ConstantId, deadline: &Value, retried: bool) -> Result<(), Failure> {
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
        let place = self.place_mut().step();
        self.open.push(Step { name, deadline, place, retried });
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

    /// The innermost step is tried again.
    pub fn again(&mut self) {
        if let Some(step) = self.own() {
            step.place.asked = 0;
        }
    }

    /// Counts what is asked now.
    pub fn count(&mut self) {
        self.place_mut().count();
    }

    /// Gives the path of what was asked last.
    pub fn path(&self) -> u64 {
        self.innermost().last()
    }

    /// Gives the steps of a fiber that begins now, for an item of a `parallel`.
    pub fn inherit(&self, index: usize) -> Steps {
        Steps { open: self.open.clone(), inherited: self.open.len(), place: self.innermost().item(index) }
    }

    /// Gives the names, outermost first.
    pub fn names(&self, program: &Program) -> Vec<String> {
        self.open.iter().map(|step| name(program, step.name).to_owned()).collect()
    }

    /// Says whether a step tries again what fails.
    pub fn is_retried(&self) -> bool {
        self.open.iter().any(|step| step.retried)
    }

    /// Moves the deadlines by a span.
    pub fn postpone(&mut self, span: i64) {
        for deadline in self.open.iter_mut().filter_map(|step| step.deadline.as_mut()) {
            *deadline = deadline.saturating_add(span);
        }
    }

    /// Gives the earliest deadline.
    pub fn deadline(&self) -> Option<i64> {
        self.open.iter().filter_map(|step| step.deadline).min()
    }

    /// Gives the innermost step that the fiber has entered itself.
    fn own(&mut self) -> Option<&mut Step> {
        if self.open.len() > self.inherited { self.open.last_mut() } else { None }
    }

    fn place_mut(&mut self) -> &mut Place {
        if self.open.len() > self.inherited
            && let Some(step) = self.open.last_mut()
        {
            return &mut step.place;
        }
        &mut self.place
    }

    fn innermost(&self) -> Place {
        self.open.get(self.inherited..).and_then(<[Step]>::last).map_or(self.place, |step| step.place)
    }
}

/// Gives the text of a name. The verifier has seen that it is one.
pub(super) fn name(program: &Program, id: ConstantId) -> &str {
    match program.image().constants.get(id.0 as usize) {
        Some(Constant::String(name)) => name,
        Some(_) | None => "",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use std::collections::BTreeSet;

    const NAME: ConstantId = ConstantId(0);

    fn ask(steps: &mut Steps) -> u64 {
        steps.count();
        steps.path()
    }

    /// Two requests with a step between them, and another step after an attempt that failed late.
    fn attempt(steps: &mut Steps, inner_fails: bool) -> Vec<u64> {
        let mut paths = vec![ask(steps)];
        steps.enter(NAME, &Value::None, false).unwrap();
        paths.push(ask(steps));
        if inner_fails {
            ask(steps);
            steps.again();
            assert_eq!(ask(steps), paths[1]);
        }
        steps.leave().unwrap();
        paths.push(ask(steps));
        paths
    }

    #[test]
    fn an_attempt_asks_where_the_one_before_it_did() {
        let mut steps = Steps::default();
        steps.enter(NAME, &Value::None, false).unwrap();
        let first = attempt(&mut steps, false);
        steps.again();
        assert_eq!(attempt(&mut steps, true), first, "how often a step inside was tried makes no difference");
        steps.leave().unwrap();
        steps.again();
        assert!(!first.contains(&ask(&mut steps)), "what is outside of all steps is not tried again");
    }

    #[test]
    fn what_is_asked_at_two_places_has_two_paths() {
        let mut steps = Steps::default();
        let mut paths = Vec::new();
        for _ in 0..50 {
            paths.extend(attempt(&mut steps, false));
            steps.count();
            for index in 0..5 {
                let mut item = steps.inherit(index);
                // The step around the item is not its own.
                item.again();
                paths.extend(attempt(&mut item, false));
            }
            steps.enter(NAME, &Value::None, false).unwrap();
            paths.extend(attempt(&mut Steps::of_undo(NAME, paths.len() as u64), false));
        }
        let different: BTreeSet<u64> = paths.iter().copied().collect();
        assert_eq!(different.len(), paths.len());
    }
}
