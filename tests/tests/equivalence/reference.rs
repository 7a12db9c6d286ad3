//! A slow, obvious evaluator of the language: it walks the checked program, and every value is a copy.
//!
//! It shares the checker with the real thing and nothing behind it: no lowering, no instructions, no machine, none of
//! the runtime's collections and none of its natives. What it says is what a program means; where the machine says
//! something else, one of the two is wrong.

mod evaluate;
mod form;
mod json;
mod natives;
mod numbers;
mod places;
mod shape;
mod text;
mod value;

use compiler::ir::{Body, FunctionId, FunctionKind, Program, Type};
use diagnostics::{FileId, Sources};
use serde_json::Value as Json;
pub use value::{Failure, Stop, Value};

/// How many expressions a program may take; who takes more is not compared.
const STEPS: u64 = 200_000;

/// How deep calls may nest here. The machine's own limit is far above.
const CALLS: u32 = 150;

/// How long a list, map or text may become.
const LENGTH: usize = 20_000;

/// How many values a variable may have in it: one that is put into itself doubles each time.
const SIZE: usize = 5_000;

/// How deep a value may nest.
const DEPTH: u32 = 60;

/// The world: answers operations, by name and arguments.
pub type World<'w> = &'w mut dyn FnMut(&str, Vec<Json>) -> Result<Json, Failure>;

/// How a task ended.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// With a value.
    Value(Json),
    /// With an error: its kind, its message, and where.
    Failure {
        /// The kind.
        kind: String,
        /// The message.
        message: String,
        /// The file, line and column of what failed first.
        place: String,
    },
    /// It takes longer, nests deeper or grows larger than this evaluator can follow.
    TooMuch,
}

/// Runs a task that needs no arguments.
pub fn run(program: &Program, sources: &Sources, task: &str, world: World<'_>) -> End {
    let Some(task) = program.tasks.iter().find(|each| each.name == task) else { panic!("there is no task `{task}`") };
    let mut machine = Machine { program, sources, world, types: program.types.clone(), steps: STEPS, calls: 0 };
    let mut frame = Frame::new(&task.body, Vec::new(), Vec::new());
    for (at, parameter) in task.parameters.iter().enumerate() {
        let Some(default) = &parameter.default else { panic!("`{}` has no default", parameter.name) };
        let value = machine.evaluate(&mut frame, default).and_then(|value| {
            if let Some(condition) = &parameter.condition {
                machine.check(condition, &format!(" for `{}`", parameter.name), &value, Vec::new())?;
            }
            Ok(value)
        });
        match value {
            Ok(value) => frame.locals[at] = Some(value),
            Err(stop) => return machine.ended(task.result, Err(stop)),
        }
    }
    let given = machine.evaluate(&mut frame, &task.body.value);
    machine.ended(task.result, given)
}

/// What evaluates.
struct Machine<'p, 'w> {
    program: &'p Program,
    sources: &'p Sources,
    world: World<'w>,
    types: compiler::ir::Types,
    steps: u64,
    calls: u32,
}

/// One call: its locals, and what the type parameters are.
struct Frame<'p> {
    body: &'p Body,
    file: FileId,
    locals: Vec<Option<Value<'p>>>,
    arguments: Vec<Type>,
}

impl<'p> Frame<'p> {
    /// The first locals of a body are its parameters and what it captured.
    fn new(body: &'p Body, first: Vec<Value<'p>>, arguments: Vec<Type>) -> Self {
        let mut locals: Vec<Option<Value<'p>>> = first.into_iter().map(Some).collect();
        locals.resize(body.locals.len(), None);
        Frame { body, file: body.file, locals, arguments }
    }
}

impl<'p> Machine<'p, '_> {
    fn ended(&mut self, result: Type, given: Result<Value<'p>, Stop<'p>>) -> End {
        match given {
            Ok(value) | Err(Stop::Return(value)) => End::Value(self.encode(&value, result, &[])),
            Err(Stop::Fail(error)) => {
                let (kind, message) = error.kind_and_whole_message();
                let place = match error.field(3) {
                    Value::Text(place) => place.clone(),
                    _ => String::new(),
                };
                End::Failure { kind, message, place }
            }
            Err(Stop::TooMuch) => End::TooMuch,
            Err(Stop::Break | Stop::Continue) => panic!("a loop is left where there is none"),
        }
    }

    /// Evaluates a body with its parameters and what it captured.
    fn enter(&mut self, body: &'p Body, first: Vec<Value<'p>>, arguments: Vec<Type>) -> Result<Value<'p>, Stop<'p>> {
        if self.calls >= CALLS {
            return Err(Stop::TooMuch);
        }
        self.calls += 1;
        let given = self.evaluate(&mut Frame::new(body, first, arguments), &body.value);
        self.calls -= 1;
        match given {
            Err(Stop::Return(value)) => Ok(value),
            other => other,
        }
    }

    fn call(
        &mut self,
        id: FunctionId,
        type_arguments: Vec<Type>,
        arguments: Vec<Value<'p>>,
    ) -> Result<Value<'p>, Stop<'p>> {
        let function = &self.program.functions[id.0 as usize];
        match &function.kind {
            FunctionKind::Body(body) => {
                for (at, condition) in &function.conditions {
                    let role = format!(" for `{}`", body.locals[*at as usize].name);
                    self.check(condition, &role, &arguments[*at as usize], type_arguments.clone())?;
                }
                self.enter(body, arguments, type_arguments)
            }
            FunctionKind::Native { class: bytecode::Class::Pure, .. } => {
                let value = natives::pure(&function.name, arguments)?;
                self.within_limits(value)
            }
            FunctionKind::Native { .. } => {
                let types = function.parameters.iter().zip(arguments);
                let told = types.map(|(type_, value)| self.encode(&value, *type_, &type_arguments)).collect();
                let outcome = (self.world)(&function.name, told)?;
                let result = self.types.substitute(function.result, &type_arguments);
                let value = self.decode(&outcome, result).unwrap_or_else(|told| panic!("{outcome}: {told:?}"));
                Ok(value)
            }
        }
    }

    fn call_value(&mut self, function: Value<'p>, arguments: Vec<Value<'p>>) -> Result<Value<'p>, Stop<'p>> {
        match function {
            Value::Lambda(body, captured, types) => self.enter(body, [arguments, captured].concat(), types),
            Value::Function(id, types) => self.call(id, types, arguments),
            other => panic!("{other:?} is called"),
        }
    }

    fn within_limits(&self, value: Value<'p>) -> Result<Value<'p>, Stop<'p>> {
        let length = match &value {
            Value::Text(text) => text.len(),
            Value::List(items) => items.len(),
            Value::Map(entries) => entries.len(),
            _ => 0,
        };
        if length > LENGTH { Err(Stop::TooMuch) } else { Ok(value) }
    }
}
