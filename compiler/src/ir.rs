//! The checked program: every name is an id, every expression has its type, every conversion is written down. What the
//! checker gives and the lowering takes; there are no errors in it any more.
//!
//! Generic functions stay generic: a call names its type arguments, and the lowering makes one instance per use.

mod durable;
mod expr;
mod secret;
mod types;

pub use durable::*;
pub use expr::*;
pub use types::*;

use bytecode::{Class, Clauses, Permission, PermissionKind, TaskSchedule};
use diagnostics::{FileId, Place, Span};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $name(pub u32);
        )*
    };
}

ids! {
    /// A function of the program.
    FunctionId;
    /// A record of the program.
    RecordId;
    /// An enum of the program.
    EnumId;
    /// A refined type of the program.
    RefinedId;
    /// A local of one body.
    LocalId;
    /// A declared secret.
    SecretId;
}

/// A checked project with the parts of the library that it has.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// All types that occur.
    pub types: Types,
    /// All records; 0 is the built-in `Error`.
    pub records: Vec<Record>,
    /// All enums; 0 is the built-in `Result`, with the cases `ok` and `err`.
    pub enums: Vec<Enum>,
    /// All refined types.
    pub refined: Vec<Refined>,
    /// All functions and methods, the library's among them; the lowering takes what tasks reach.
    pub functions: Vec<Function>,
    /// The project's tasks.
    pub tasks: Vec<Task>,
    /// The project's events.
    pub events: Vec<Event>,
    /// The project's states.
    pub states: Vec<State>,
    /// The project's settings.
    pub settings: Vec<Setting>,
    /// The declared secrets. Two of one name are one secret.
    pub secrets: Vec<Secret>,
}

/// A declared secret.
#[derive(Clone, Debug)]
pub struct Secret {
    /// Its name.
    pub name: String,
    /// Where its name stands.
    pub place: Place,
}

/// A record's or event's shape.
#[derive(Clone, Debug)]
pub struct Record {
    /// Its name.
    pub name: String,
    /// How many type parameters it has.
    pub generics: u32,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// A field of a record or a case.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its name in JSON.
    pub json_name: String,
    /// Its type.
    pub type_: Type,
    /// Its default, evaluated, as JSON text.
    pub default: Option<String>,
    /// `where …`.
    pub condition: Option<Condition>,
}

/// An enum's shape.
#[derive(Clone, Debug)]
pub struct Enum {
    /// Its name.
    pub name: String,
    /// How many type parameters it has.
    pub generics: u32,
    /// Its cases.
    pub cases: Vec<Case>,
}

/// A case of an enum.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name.
    pub name: String,
    /// Its name in JSON.
    pub json_name: String,
    /// Its data.
    pub fields: Vec<Field>,
}

/// A refined type. Its values are those of its base.
#[derive(Clone, Debug)]
pub struct Refined {
    /// Its name.
    pub name: String,
    /// The type it narrows.
    pub base: Type,
    /// What must hold.
    pub condition: Option<Condition>,
}

/// A pure condition over one value.
#[derive(Clone, Debug)]
pub struct Condition {
    /// A body whose only parameter is `it` and whose value is a bool.
    pub body: Body,
    /// Its text, for the message when it does not hold.
    pub text: String,
}

/// A function or method. A method's first parameter is `self`.
#[derive(Clone, Debug)]
pub struct Function {
    /// `probe`, `http.get`, `list.map`.
    pub name: String,
    /// Where its name stands.
    pub place: Place,
    /// How many type parameters it has.
    pub generics: u32,
    /// The types of its parameters.
    pub parameters: Vec<Type>,
    /// What must hold of its parameters, by their numbers; checked when it is called.
    pub conditions: Vec<(u32, Condition)>,
    /// The type of its result.
    pub result: Type,
    /// How it is done.
    pub kind: FunctionKind,
}

/// How a function is done.
#[derive(Clone, Debug)]
pub enum FunctionKind {
    /// In the language.
    Body(Body),
    /// Natively, under the function's name.
    Native {
        /// How it may be repeated.
        class: Class,
        /// What it touches: a kind, and the parameter that says which.
        needs: Vec<(PermissionKind, u32)>,
    },
}

/// Code with its own locals: of a function, a lambda, a task, a condition.
#[derive(Clone, Debug)]
pub struct Body {
    /// The file of all its spans.
    pub file: FileId,
    /// The locals; the parameters come first, then what a lambda captures.
    pub locals: Vec<Local>,
    /// How many of the locals are parameters.
    pub parameters: u32,
    /// What it does; its value is the result.
    pub value: Expr,
}

/// A local variable.
#[derive(Clone, Debug)]
pub struct Local {
    /// Its name; empty for one that the checker made.
    pub name: String,
    /// Its type.
    pub type_: Type,
    /// Where it was declared.
    pub span: Span,
}

/// A task.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub doc: String,
    /// Where its name stands.
    pub place: Place,
    /// Its parameters; parameter `n` is local `n` of the body.
    pub parameters: Vec<TaskParameter>,
    /// The type of its result.
    pub result: Type,
    /// What it does.
    pub body: Body,
    /// When it is due.
    pub schedules: Vec<TaskSchedule>,
    /// What it may touch.
    pub needs: Vec<Permission>,
    /// In microseconds.
    pub timeout: Option<i64>,
    /// What else starts it.
    pub triggers: Vec<Trigger>,
    /// How its runs are treated; the functions in it are made of `keys` and `ensures`.
    pub clauses: Clauses,
    /// The keys of its clauses.
    pub keys: Keys,
    /// What must hold of its result.
    pub ensures: Vec<Ensure>,
}

/// A parameter of a task.
#[derive(Clone, Debug)]
pub struct TaskParameter {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub doc: String,
    /// Its type.
    pub type_: Type,
    /// What stands for it where it is not given: an expression over the body's locals, so over earlier parameters.
    pub default: Option<Expr>,
    /// The default as it was written.
    pub default_text: String,
    /// `where …`.
    pub condition: Option<Condition>,
    /// `choices …`: gives a list of values.
    pub choices: Option<Body>,
}
