//! Top-level declarations.

use super::{Block, Clause, Expr, Name, Path, TypeExpr};
use diagnostics::Span;

/// A declaration.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its `///` lines, without their markers.
    pub doc: Option<String>,
    /// What it declares.
    pub kind: ItemKind,
    /// The whole of it, without its documentation.
    pub span: Span,
}

/// What can be declared.
#[derive(Clone, Debug)]
pub enum ItemKind {
    /// `use jobs.sales`, `use jobs.sales as s`, `use jobs.sales { Sale, fetch }`.
    Use(Use),
    /// `fn` with a body, in a file, `extern` or in an `extend`.
    Function(Function),
    /// `task`.
    Task(Task),
    /// `record`.
    Record(Record),
    /// `event`: a record that can be emitted.
    Event(Record),
    /// `enum`.
    Enum(Enum),
    /// `type Percent = int where it in 0..=100`.
    Refined(Refined),
    /// `const LIMIT = 10`.
    Const(Binding),
    /// `setting REGION: string = "eu"`.
    Setting(Binding),
    /// `state last_seen: datetime? = none`.
    State(Binding),
    /// `secret SHOP_TOKEN`.
    Secret(Name),
    /// `calendar holidays = […]` or `calendar holidays from "holidays.ics"`.
    Calendar(Calendar),
    /// `error_kind unreadable [retryable]`.
    ErrorKind {
        /// The new kind.
        name: Name,
        /// Whether it says `retryable`.
        retryable: bool,
    },
    /// `connection crm: http(base: "…")`.
    Connection {
        /// Its name.
        name: Name,
        /// `http`, `postgres`, …
        driver: Name,
        /// What it is opened with.
        arguments: Vec<Argument>,
    },
    /// `agent triage(model: "…")`; reserved.
    Agent {
        /// Its name.
        name: Name,
        /// What it is made with.
        arguments: Vec<Argument>,
    },
    /// `extend list<T> { fn … }`: methods of a type; for the library.
    Extend(Extend),
    /// `test "…" { … }`.
    Test {
        /// What it shows.
        title: StringText,
        /// Its body.
        body: Block,
    },
    /// Not readable; already told.
    Error,
}

/// A text in quotes without interpolation, its escapes resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StringText {
    /// What it says.
    pub text: String,
    /// Where it stands, with its quotes.
    pub span: Span,
}

/// `use`.
#[derive(Clone, Debug)]
pub struct Use {
    /// The module.
    pub module: Path,
    /// `as s`.
    pub alias: Option<Name>,
    /// `{ Sale, fetch }`; `None` where the module itself is brought in.
    pub names: Option<Vec<UseName>>,
}

/// A name that `use module { name as other }` brings in.
#[derive(Clone, Debug)]
pub struct UseName {
    /// What the module calls it.
    pub name: Name,
    /// What it is called here, if that is another name.
    pub alias: Option<Name>,
}

impl UseName {
    /// Gives the name that it has here.
    pub fn here(&self) -> &Name {
        self.alias.as_ref().unwrap_or(&self.name)
    }
}

/// A function: `fn name<T>(…) -> R { … }`, or `extern fn …` without a body.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name.
    pub name: Name,
    /// `<T, U>`.
    pub generics: Vec<Name>,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// `-> T`; without it the function gives nothing.
    pub result: Option<TypeExpr>,
    /// What it does, or how the outside does it.
    pub body: FunctionBody,
}

/// Where a function's work is done.
#[derive(Clone, Debug)]
pub enum FunctionBody {
    /// In the language.
    Block(Block),
    /// `extern fn … [needs net(url)] [pure|changes|idempotent|keyed|once]`: natively.
    Extern {
        /// What it touches: `net(url)`, `files read(path)`.
        needs: Vec<ExternNeed>,
        /// How it may be repeated; without the word it is pure.
        class: Option<Name>,
    },
}

/// A permission of a native function that depends on an argument: `net(url)`, `files write(path)`.
#[derive(Clone, Debug)]
pub struct ExternNeed {
    /// `net`, `files`, `exec`, …
    pub kind: Name,
    /// `read` or `write` of `files`.
    pub mode: Option<Name>,
    /// The parameter that says what is touched.
    pub parameter: Name,
}

/// A parameter or a record's field or a case's field:
/// `name: Type [where …] [as "…"] [= default] [choices …]`.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its `///` lines.
    pub doc: Option<String>,
    /// Its name.
    pub name: Name,
    /// Its type.
    pub type_: TypeExpr,
    /// `where …`, over `it`.
    pub condition: Option<Expr>,
    /// `as "…"`: the JSON name.
    pub json_name: Option<StringText>,
    /// `= …`.
    pub default: Option<Expr>,
    /// `choices …`.
    pub choices: Option<Expr>,
    /// The whole of it.
    pub span: Span,
}

/// A task.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its name.
    pub name: Name,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// `-> T`.
    pub result: Option<TypeExpr>,
    /// Its clauses, in their order.
    pub clauses: Vec<Clause>,
    /// What it does.
    pub body: Block,
}

/// A record or an event.
#[derive(Clone, Debug)]
pub struct Record {
    /// Its name.
    pub name: Name,
    /// `<T>`; for the library.
    pub generics: Vec<Name>,
    /// Its fields.
    pub fields: Vec<Parameter>,
}

/// An enum.
#[derive(Clone, Debug)]
pub struct Enum {
    /// Its name.
    pub name: Name,
    /// `<T>`; for the library.
    pub generics: Vec<Name>,
    /// Its cases.
    pub cases: Vec<Case>,
}

/// A case of an enum: `unsure(reason: string) as "not-sure"`.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its `///` lines.
    pub doc: Option<String>,
    /// Its name.
    pub name: Name,
    /// Its data.
    pub fields: Vec<Parameter>,
    /// `as "…"`.
    pub json_name: Option<StringText>,
    /// The whole of it.
    pub span: Span,
}

/// `type Percent = int where it in 0..=100`.
#[derive(Clone, Debug)]
pub struct Refined {
    /// Its name.
    pub name: Name,
    /// The type it narrows.
    pub base: TypeExpr,
    /// `where …`, over `it`.
    pub condition: Option<Expr>,
}

/// `NAME: Type = value` of `const`, `setting` and `state`.
#[derive(Clone, Debug)]
pub struct Binding {
    /// Its name.
    pub name: Name,
    /// `: Type`.
    pub type_: Option<TypeExpr>,
    /// `= …`.
    pub value: Option<Expr>,
}

/// `calendar`.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// Its name.
    pub name: Name,
    /// Where its dates come from.
    pub source: CalendarSource,
}

/// The dates of a calendar.
#[derive(Clone, Debug)]
pub enum CalendarSource {
    /// `= [2026-01-01, …]`.
    Dates(Expr),
    /// `from "holidays.ics"`.
    File(StringText),
}

/// `extend list<T> { fn … }`.
#[derive(Clone, Debug)]
pub struct Extend {
    /// The type that gets the methods; in them it is `self`.
    pub target: TypeExpr,
    /// `<T>` behind `extend`, for the names that are free in the target.
    pub generics: Vec<Name>,
    /// The methods, each a [`ItemKind::Function`].
    pub methods: Vec<Item>,
}

/// An argument of a call: positional, or `name: value`.
#[derive(Clone, Debug)]
pub struct Argument {
    /// `name:`.
    pub name: Option<Name>,
    /// The value.
    pub value: Expr,
}

impl Item {
    /// Gives the name that the item declares, if it declares one.
    pub fn name(&self) -> Option<&Name> {
        match &self.kind {
            ItemKind::Function(function) => Some(&function.name),
            ItemKind::Task(task) => Some(&task.name),
            ItemKind::Record(record) | ItemKind::Event(record) => Some(&record.name),
            ItemKind::Enum(declared) => Some(&declared.name),
            ItemKind::Refined(refined) => Some(&refined.name),
            ItemKind::Const(binding) | ItemKind::Setting(binding) | ItemKind::State(binding) => Some(&binding.name),
            ItemKind::Secret(name)
            | ItemKind::ErrorKind { name, .. }
            | ItemKind::Connection { name, .. }
            | ItemKind::Agent { name, .. } => Some(name),
            ItemKind::Calendar(calendar) => Some(&calendar.name),
            ItemKind::Use(_) | ItemKind::Extend(_) | ItemKind::Test { .. } | ItemKind::Error => None,
        }
    }
}
