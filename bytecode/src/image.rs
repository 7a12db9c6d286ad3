//! A compiled program: self-contained, named by the hash of its bytes.

use crate::{Bank, Clauses, FunctionId, Op, Permission, R, To, Trigger, Type, TypeId};
use diagnostics::Place;
use schedule::Spec;
use serde::{Deserialize, Serialize};

/// A program as it is stored and run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Image {
    /// The name of the project or file.
    pub name: String,
    /// Its tasks.
    pub tasks: Vec<Task>,
    /// Its functions.
    pub functions: Vec<Function>,
    /// Constants that are words.
    pub words: Vec<u64>,
    /// Constants that are references.
    pub constants: Vec<Constant>,
    /// The types that values are printed, read and written by.
    pub types: Vec<Type>,
    /// What it asks of the library.
    pub natives: Vec<Native>,
    /// The events that may be emitted and waited for.
    pub events: Vec<Event>,
    /// The states that outlive runs.
    pub states: Vec<State>,
    /// What is configured from outside.
    pub settings: Vec<Setting>,
    /// The sources, by the file numbers of all places in the image: for traces and listings.
    pub sources: Vec<Source>,
}

/// A source in an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The name that is shown.
    pub name: String,
    /// Its text; empty for the standard library's.
    pub text: String,
}

/// A constant that is a reference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Constant {
    /// A string.
    String(String),
    /// A decimal: all its digits as one number, and how many of them stand behind the point.
    Decimal(i128, u32),
    /// A datetime: microseconds since 1970 and the name of its zone.
    DateTime(i64, String),
}

/// A function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Function {
    /// Its name, for traces.
    pub name: String,
    /// The banks of its parameters in their order; those of a bank stand in its registers from 0 on.
    pub parameters: Vec<Bank>,
    /// How many captured values stand, boxed, behind its reference parameters.
    pub captures: u16,
    /// The bank of its result.
    pub result: Option<Bank>,
    /// How many word registers it uses.
    pub words: u16,
    /// How many reference registers it uses.
    pub refs: u16,
    /// Its instructions; the last one does not fall through.
    pub code: Vec<Op>,
    /// Where errors go, innermost first.
    pub handlers: Vec<Handler>,
    /// From which instruction on which place is meant, ascending.
    pub places: Vec<(u32, Place)>,
}

/// Takes errors of a part of a function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handler {
    /// The first instruction.
    pub from: To,
    /// The instruction behind the last one.
    pub to: To,
    /// Which errors.
    pub takes: Takes,
    /// Where the error goes.
    pub into: R,
    /// Where it goes on.
    pub target: To,
}

/// Which errors a handler takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Takes {
    /// What the world does: all but `forbidden limit interrupted assertion internal`.
    World,
    /// Some kinds.
    Kinds(Vec<String>),
    /// All: a `finally`.
    All,
}

/// A function of the library that is done natively.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Native {
    /// `http.get`, `string.trim`.
    pub name: String,
    /// How it may be repeated.
    pub class: Class,
    /// The types of its parameters.
    pub parameters: Vec<TypeId>,
    /// The type of its result.
    pub result: TypeId,
}

/// An event: a record that can be emitted and waited for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its name.
    pub name: String,
    /// Its record.
    pub type_: TypeId,
}

/// A state: a value that outlives runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Its name.
    pub name: String,
    /// Its type.
    pub type_: TypeId,
    /// A pure function without parameters that gives its first value, boxed.
    pub initial: FunctionId,
}

/// A setting: a value that is configured outside of the program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// Its name.
    pub name: String,
    /// Its type.
    pub type_: TypeId,
    /// A pure function without parameters that gives, boxed, what holds where nothing is configured.
    pub default: Option<FunctionId>,
    /// A pure function of the value, in its bank, that gives nothing and fails with `invalid` where it does not fit.
    pub check: Option<FunctionId>,
}

/// How an operation may be repeated when its outcome is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Class {
    /// Not an operation: the same arguments give the same result, and nothing is touched.
    Pure,
    /// Repeating it changes nothing.
    Idempotent,
    /// The other side recognises a repetition by its key.
    Keyed,
    /// It may not be repeated.
    Once,
}

/// A task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub doc: String,
    /// Where its name stands.
    pub place: Place,
    /// Its parameters, at most 63.
    pub parameters: Vec<TaskParameter>,
    /// The type of its result.
    pub result: TypeId,
    /// The function of its body. Its first parameter is a word whose bit `n` says whether parameter `n` was given; then
    /// the parameters, those that were not given being 0 or `none`.
    pub entry: FunctionId,
    /// When it is due.
    pub schedules: Vec<TaskSchedule>,
    /// What it may touch.
    pub needs: Vec<Permission>,
    /// The longest a run may take, in microseconds.
    pub timeout: Option<i64>,
    /// What else starts it.
    pub triggers: Vec<Trigger>,
    /// How its runs are treated.
    pub clauses: Clauses,
}

/// A parameter of a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskParameter {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub doc: String,
    /// Its type.
    pub type_: TypeId,
    /// The text of its default, if it has one.
    pub default: Option<String>,
    /// A pure function of the value, in its bank, that gives nothing and fails with `invalid` where it does not fit.
    pub check: Option<FunctionId>,
    /// A function of nothing that gives a list of values, for forms.
    pub choices: Option<FunctionId>,
}

/// A schedule of a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskSchedule {
    /// When.
    pub spec: Spec,
    /// Names and values, as JSON text, of `with (…)`.
    pub arguments: Vec<(String, String)>,
}
