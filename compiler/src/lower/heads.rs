//! What surrounds bodies: events, states and settings, what starts tasks, and how their runs are treated.
//!
//! Expressions of heads become functions of their own, of what started the run or of the task's arguments.

use super::Lowering;
use super::instances::{Standalone, Work};
use crate::ir::{Body, Task, Type, TypeKind};
use bytecode::{Clauses, Event, FunctionId, Setting, State, Trigger};

impl<'p> Lowering<'p> {
    /// Writes the events, states and settings of the program.
    pub(super) fn declared(&mut self) {
        let program = self.program;
        for event in &program.events {
            let record = self.types.intern(TypeKind::Record(event.record, Vec::new()));
            let type_ = self.types.id(record);
            self.image.events.push(Event { name: event.name.clone(), type_ });
        }
        for state in &program.states {
            let initial = self.standalone(&state.initial, &state.name, None);
            let type_ = self.types.id(state.type_);
            self.image.states.push(State { name: state.name.clone(), type_, initial });
        }
        for setting in &program.settings {
            let default = setting.default.as_ref().map(|body| self.standalone(body, &setting.name, None));
            let (type_, check) = (self.types.id(setting.type_), self.type_check(setting.type_));
            self.image.settings.push(Setting { name: setting.name.clone(), type_, default, check });
        }
    }

    /// Gives the triggers of a task.
    pub(super) fn triggers(&mut self, task: &'p Task) -> Vec<Trigger> {
        let mut made = Vec::with_capacity(task.triggers.len());
        for trigger in &task.triggers {
            let mut function =
                |body: &'p Option<Body>| body.as_ref().map(|body| self.standalone(body, &task.name, None));
            made.push(Trigger {
                cause: trigger.cause.clone(),
                condition: function(&trigger.condition),
                arguments: function(&trigger.arguments),
                key: function(&trigger.key),
            });
        }
        made
    }

    /// Gives the clauses of a task with the functions of their keys.
    pub(super) fn clauses(&mut self, task: &'p Task) -> Clauses {
        let mut clauses = task.clauses.clone();
        let mut function =
            |body: &'p Option<Body>| body.as_ref().map(|body| self.standalone(body, &task.name, Some(task)));
        if let Some(concurrency) = &mut clauses.concurrency {
            concurrency.per = function(&task.keys.concurrency);
        }
        if let Some(rate) = &mut clauses.rate {
            rate.per = function(&task.keys.rate);
        }
        if let Some(cache) = &mut clauses.cache {
            cache.by = function(&task.keys.cache);
        }
        clauses
    }

    /// Gives the function of an expression that stands outside of every body.
    pub(super) fn standalone(&mut self, body: &'p Body, name: &str, task: Option<&'p Task>) -> FunctionId {
        let result = match body.value.type_ {
            Type::NEVER => self.types.intern(TypeKind::Optional(Type::NEVER)),
            type_ => type_,
        };
        self.instances.add(Work::Standalone(Standalone { name: name.to_owned(), body, result, task }))
    }
}
