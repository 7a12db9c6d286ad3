//! What lives longer than an expression: steps and branches of bodies; events, states, settings, triggers and checks of programs.

use super::{Body, Expr, LocalId, RecordId, Type};
use bytecode::Cause;

/// `step name retry … timeout … { … } undo … { … }`.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its label.
    pub name: String,
    /// How often it is tried again.
    pub retry: Option<Retry>,
    /// The longest that all its attempts and pauses may take: a duration.
    pub timeout: Option<Expr>,
    /// What it does; its value is the step's.
    pub body: Expr,
    /// What undoes it.
    pub undo: Option<Undo>,
}

/// `retry n backoff a..b on kinds` of a step.
#[derive(Clone, Debug)]
pub struct Retry {
    /// How many more tries: an int.
    pub more: Expr,
    /// The shortest pause.
    pub shortest: Expr,
    /// The longest pause.
    pub longest: Expr,
    /// For which kinds; empty for the errors that say that trying again may help.
    pub kinds: Vec<String>,
}

/// `undo value => { … }`.
#[derive(Clone, Debug)]
pub struct Undo {
    /// The local that holds the step's value, which the closure captures.
    pub value: Option<LocalId>,
    /// A lambda without parameters.
    pub closure: Expr,
}

/// A branch of `parallel { … }`.
#[derive(Clone, Debug)]
pub struct Branch {
    /// What holds its value behind the block, with its type.
    pub local: Option<(LocalId, Type)>,
    /// A lambda without parameters, that gives nothing or an optional value.
    pub closure: Expr,
}

/// An event of the project.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its name.
    pub name: String,
    /// Its record.
    pub record: RecordId,
}

/// A state of the project.
#[derive(Clone, Debug)]
pub struct State {
    /// Its name.
    pub name: String,
    /// Its type.
    pub type_: Type,
    /// Its first value, as an optional: pure.
    pub initial: Body,
}

/// A setting of the project.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Its name.
    pub name: String,
    /// Its type.
    pub type_: Type,
    /// What holds where nothing is configured, as an optional: pure.
    pub default: Option<Body>,
}

/// What starts a task, beside schedules.
#[derive(Clone, Debug)]
pub struct Trigger {
    /// What happens.
    pub cause: Cause,
    /// `where`: over it, gives a bool.
    pub condition: Option<Body>,
    /// `with`: over it, gives the arguments of the task.
    pub arguments: Option<Body>,
    /// `key`: over it, gives a string.
    pub key: Option<Body>,
}

/// `ensure condition else "message"`.
#[derive(Clone, Debug)]
pub struct Ensure {
    /// Over the task's parameters and `result`; a bool.
    pub condition: Expr,
    /// The local `result`, where the task gives one.
    pub result: Option<LocalId>,
    /// What is said where it does not hold.
    pub message: String,
}

/// The keys of a task's clauses: pure bodies over the task's parameters that give an optional value.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    /// `concurrency … per`.
    pub concurrency: Option<Body>,
    /// `rate … per`.
    pub rate: Option<Body>,
    /// `cache … by`.
    pub cache: Option<Body>,
}
