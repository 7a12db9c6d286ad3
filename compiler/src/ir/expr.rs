//! Checked expressions and patterns.

use super::{Body, Branch, FunctionId, LocalId, RefinedId, SecretId, Step, Type};
use bytecode::inner::Inner;
use diagnostics::Span;
use rust_decimal::Decimal;

/// An expression with its type.
#[derive(Clone, Debug)]
pub struct Expr {
    /// Which expression.
    pub kind: ExprKind,
    /// The type of its value; `Nothing` where it has none, `Never` where it does not go on.
    pub type_: Type,
    /// Where it stands, in the file of its body.
    pub span: Span,
}

/// The expressions.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// An int, duration (microseconds), date (days since 1970) or time (microseconds since midnight).
    Int(i64),
    /// A float.
    Float(f64),
    /// A decimal.
    Decimal(Decimal),
    /// A bool.
    Bool(bool),
    /// A string.
    String(String),
    /// A datetime: microseconds since 1970, and its zone.
    DateTime(i64, String),
    /// `none`, of an optional type or of json.
    None,
    /// No value.
    Nothing,
    /// A local.
    Local(LocalId),
    /// A declared secret.
    Secret(SecretId),
    /// A value that only a run knows, secret from here on.
    Held(Box<Expr>),
    /// A secret as a plain value: a mistake, told with the way that the secret took. Never in a finished program.
    Disclose(Box<Expr>),
    /// A pure native of secrets. It is called when the secret that it gives is used.
    Deferred {
        /// Which.
        function: FunctionId,
        /// By parameter.
        arguments: Vec<Expr>,
    },
    /// A string of the texts of its parts, each of any type that has a text; a secret where a part is one.
    Text(Vec<Expr>),
    /// A list, or a set: what stands in it twice is in the set once.
    List(Vec<Expr>),
    /// A map.
    Map(Vec<(Expr, Expr)>),
    /// A record; one expression per field. They are evaluated in the order of `order`, indices of `fields`.
    Record {
        /// By field.
        fields: Vec<Expr>,
        /// In which order they are evaluated.
        order: Vec<u32>,
    },
    /// A case of an enum.
    Case {
        /// The number of the case.
        tag: u32,
        /// Its data.
        fields: Vec<Expr>,
    },
    /// A changed copy of a record.
    With {
        /// The record.
        value: Box<Expr>,
        /// Field and new value.
        changes: Vec<(u32, Expr)>,
    },
    /// A call of a function, method or native; missing arguments have their defaults already.
    Call {
        /// What is called.
        function: FunctionId,
        /// For its type parameters.
        type_arguments: Vec<Type>,
        /// By parameter.
        arguments: Vec<Expr>,
    },
    /// A call of a native method that changes the variable it is called on: `items.push(x)`.
    Change {
        /// The method; its first parameter is what it changes.
        function: FunctionId,
        /// For its type parameters.
        type_arguments: Vec<Type>,
        /// What is changed.
        target: Target,
        /// The other arguments.
        arguments: Vec<Expr>,
    },
    /// An inner operation, done by the engine.
    Inner {
        /// Which.
        operation: Inner,
        /// With what, by position.
        arguments: Vec<Expr>,
    },
    /// The arguments of a task as `task.call` takes them: a list with one item per parameter, which is a list of its
    /// value, or an empty one where the default stands.
    TaskArguments {
        /// The task's number.
        task: u32,
        /// By parameter.
        values: Vec<Option<Expr>>,
    },
    /// `step`.
    Step(Box<Step>),
    /// Calls a closure for each item of a list, some of them at once; gives the list of what it gives, or nothing.
    ParallelEach {
        /// The items.
        list: Box<Expr>,
        /// A lambda of an optional item that gives a reference or nothing.
        each: Box<Expr>,
        /// How many at once.
        width: Box<Expr>,
    },
    /// A call of a function value.
    CallValue {
        /// What is called.
        function: Box<Expr>,
        /// With what.
        arguments: Vec<Expr>,
    },
    /// A lambda.
    Lambda {
        /// The locals of the enclosing body that it captures; they are the locals behind the parameters in `body`.
        captures: Vec<LocalId>,
        /// Its own code.
        body: Box<Body>,
    },
    /// A function as a value.
    Function {
        /// Which.
        function: FunctionId,
        /// For its type parameters.
        type_arguments: Vec<Type>,
    },
    /// A field of a record.
    Field {
        /// The record.
        value: Box<Expr>,
        /// The field's number.
        field: u32,
    },
    /// An item of a list or bytes (by int), a map (by key: fails where it is missing) or json (`none` where it is missing).
    Index {
        /// The list, map or json.
        value: Box<Expr>,
        /// Where.
        index: Box<Expr>,
    },
    /// `-x` of an int, float, decimal or duration.
    Negate(Box<Expr>),
    /// `not x`.
    Not(Box<Expr>),
    /// Arithmetic and comparison; both sides have the same type, or are a pair that [`Binary`] names.
    Binary {
        /// Which.
        operator: Binary,
        /// Left of it.
        left: Box<Expr>,
        /// Right of it.
        right: Box<Expr>,
    },
    /// `a and b`.
    And(Box<Expr>, Box<Expr>),
    /// `a or b`.
    Or(Box<Expr>, Box<Expr>),
    /// `a ?? b`: `a` is optional or json; the value has the type of the whole.
    Otherwise(Box<Expr>, Box<Expr>),
    /// `value in within`: of a list, set, map (keys) or string.
    Contains {
        /// Where it is looked for.
        within: Box<Expr>,
        /// What is looked for.
        value: Box<Expr>,
    },
    /// `value in from..to`, of ints, floats, dates, times, durations or datetimes.
    InRange {
        /// What is asked.
        value: Box<Expr>,
        /// The first value.
        from: Box<Expr>,
        /// The last one, or the one behind it.
        to: Box<Expr>,
        /// Whether `to` belongs to it.
        inclusive: bool,
    },
    /// Whether a value fits a pattern; the pattern's names are bound if so.
    Is {
        /// What is asked.
        value: Box<Expr>,
        /// For what.
        pattern: Pattern,
    },
    /// A `T` as a `T?`.
    Some(Box<Expr>),
    /// A `T?` that is known not to be `none` as a `T`.
    Unwrap(Box<Expr>),
    /// `value?.…`: `none` if the value is, else the body (of an optional type) with the local bound to it.
    Chain {
        /// The optional value.
        value: Box<Expr>,
        /// What it is called in the body.
        local: LocalId,
        /// What is done with it.
        body: Box<Expr>,
    },
    /// An int as a float.
    IntToFloat(Box<Expr>),
    /// Any value with a JSON form as json.
    Encode(Box<Expr>),
    /// Json as the expression's type; fails with `invalid`.
    Decode(Box<Expr>),
    /// A value as a refined type; fails with `invalid`.
    Refine {
        /// The refined type.
        refined: RefinedId,
        /// The value.
        value: Box<Expr>,
    },
    /// A value whose type only changes its name: a refined type as its base, or the reverse where it was checked.
    Retype(Box<Expr>),
    /// `try value`: a `Result`.
    Try(Box<Expr>),
    /// `value catch fallback`.
    CatchValue {
        /// What may fail.
        value: Box<Expr>,
        /// What stands instead.
        fallback: Box<Expr>,
    },
    /// `if`; without `else` it has no value.
    If {
        /// What is asked.
        condition: Box<Expr>,
        /// If so.
        then: Box<Expr>,
        /// If not.
        otherwise: Option<Box<Expr>>,
    },
    /// `match`; exhaustive.
    Match {
        /// What is matched.
        value: Box<Expr>,
        /// The arms, in order.
        arms: Vec<Arm>,
    },
    /// `for`.
    For(Box<For>),
    /// `while`.
    While {
        /// As long as this holds.
        condition: Box<Expr>,
        /// What is repeated.
        body: Box<Expr>,
    },
    /// `break` of the innermost loop.
    Break,
    /// `continue` of the innermost loop; in a `for … yield` the item is left out.
    Continue,
    /// `return`.
    Return(Option<Box<Expr>>),
    /// `fail kind "message"`.
    Fail {
        /// The kind's name.
        kind: String,
        /// Whether trying again may help.
        retryable: bool,
        /// The message.
        message: Box<Expr>,
    },
    /// `fail error`, of an `Error`.
    Rethrow(Box<Expr>),
    /// `try { … } catch … finally { … }`.
    TryBlock {
        /// What may fail.
        body: Box<Expr>,
        /// What is done then; the first that takes the kind.
        catches: Vec<Catch>,
        /// What is done in any case; its value is dropped.
        finally: Option<Box<Expr>>,
    },
    /// Statements, and the value of the last of them.
    Block {
        /// All but the last.
        statements: Vec<Statement>,
        /// The value; `None` where there is none.
        value: Option<Box<Expr>>,
    },
}

/// A statement.
#[derive(Clone, Debug)]
pub enum Statement {
    /// Declares a local.
    Let {
        /// Which.
        local: LocalId,
        /// Its first value.
        value: Expr,
    },
    /// Changes a variable.
    Assign {
        /// What of it.
        target: Target,
        /// With which operator: `+=`.
        operator: Option<Binary>,
        /// The new value, or the right operand.
        value: Expr,
        /// The whole statement.
        span: Span,
    },
    /// `parallel { … }`.
    Parallel(Vec<Branch>),
    /// An expression whose value is dropped.
    Expr(Expr),
}

/// A variable or a part of it.
#[derive(Clone, Debug)]
pub struct Target {
    /// The variable.
    pub local: LocalId,
    /// The way into it; empty for all of it.
    pub path: Vec<TargetStep>,
    /// The type of what is changed.
    pub type_: Type,
    /// Where it stands.
    pub span: Span,
}

/// A step of the way into a variable.
#[derive(Clone, Debug)]
pub enum TargetStep {
    /// A field of a record; with the type of the field.
    Field(u32, Type),
    /// An item of a list or an entry of a map; with the type of the item.
    Index(Expr, Type),
}

/// Binary operators on values. Where nothing else is said both operands and the result have one type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    /// Of ints, floats, decimals, durations, strings (joined), lists (joined); datetime + duration, date + time is not.
    Add,
    /// Of ints, floats, decimals, durations; datetime - duration; datetime - datetime gives a duration.
    Subtract,
    /// Of ints, floats, decimals; duration * int, int * duration.
    Multiply,
    /// Of ints, floats, decimals; duration / int; duration / duration gives an int.
    Divide,
    /// Of ints, floats, decimals, durations.
    Remainder,
    /// Of all comparable types; gives a bool.
    Equal,
    /// Of all comparable types; gives a bool.
    NotEqual,
    /// Of ordered types: int, float, string, duration, date, time, datetime; gives a bool.
    Less,
    /// As [`Binary::Less`].
    LessEqual,
    /// As [`Binary::Less`].
    Greater,
    /// As [`Binary::Less`].
    GreaterEqual,
}

/// An arm of a match.
#[derive(Clone, Debug)]
pub struct Arm {
    /// What it takes.
    pub pattern: Pattern,
    /// `if …`.
    pub guard: Option<Expr>,
    /// What it gives.
    pub body: Expr,
}

/// A pattern over a value of a known type.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// Everything.
    Any,
    /// Everything, bound to a local of the value's type.
    Bind(LocalId),
    /// A value that is equal to a literal of the same type.
    Value(Box<Expr>),
    /// A range of literals.
    Range {
        /// The first value.
        from: Box<Expr>,
        /// The last one, or the one behind it.
        to: Box<Expr>,
        /// Whether `to` belongs to it.
        inclusive: bool,
    },
    /// `none`.
    None,
    /// An optional value that is not `none` and, as a `T` of the given type, fits.
    Some(Box<Pattern>, Type),
    /// A case with its data.
    Case {
        /// The number of the case.
        tag: u32,
        /// Patterns by field, with the fields' types; empty where the data is not asked.
        fields: Vec<(Pattern, Type)>,
    },
    /// A record: field number, pattern, the field's type.
    Record(Vec<(u32, Pattern, Type)>),
    /// One of several, binding the same locals.
    Or(Vec<Pattern>),
}

impl Pattern {
    /// Says whether it asks for `none` anywhere.
    pub fn asks_none(&self) -> bool {
        match self {
            Pattern::None => true,
            Pattern::Any | Pattern::Bind(_) | Pattern::Value(_) | Pattern::Range { .. } => false,
            Pattern::Some(inner, _) => inner.asks_none(),
            Pattern::Case { fields, .. } => fields.iter().any(|(field, _)| field.asks_none()),
            Pattern::Record(fields) => fields.iter().any(|(_, field, _)| field.asks_none()),
            Pattern::Or(parts) => parts.iter().any(Pattern::asks_none),
        }
    }
}

/// `for`.
#[derive(Clone, Debug)]
pub struct For {
    /// What is walked.
    pub over: Over,
    /// What is done with each. In a `yield` its value is the item of the list.
    pub body: Expr,
    /// Whether the loop gives a list of its body's values.
    pub yields: bool,
}

/// What a `for` walks.
#[derive(Clone, Debug)]
pub enum Over {
    /// The items of a list or a set.
    Items {
        /// The list.
        list: Expr,
        /// Each item.
        item: LocalId,
    },
    /// The entries of a map.
    Entries {
        /// The map.
        map: Expr,
        /// Each key.
        key: LocalId,
        /// Each value.
        value: LocalId,
    },
    /// The lines of a file, part by part: `files.lines(path)`.
    Parts {
        /// What is walked, and the local that keeps it.
        path: (Expr, LocalId),
        /// Where the first part begins, and the local that says where each does.
        from: (Expr, LocalId),
        /// Asks for a part, by those locals: a record of its items, and where the next one begins, `none` at the end.
        part: Expr,
        /// The type of an item.
        type_: Type,
        /// Each item.
        item: LocalId,
    },
    /// Ints.
    Range {
        /// The first.
        from: Expr,
        /// The last, or the one behind it.
        to: Expr,
        /// Whether `to` belongs to it.
        inclusive: bool,
        /// Each int.
        item: LocalId,
    },
}

/// A `catch` clause.
#[derive(Clone, Debug)]
pub struct Catch {
    /// The kinds; empty for what the world does.
    pub kinds: Vec<String>,
    /// The error, if it has a name.
    pub local: Option<LocalId>,
    /// What is done.
    pub body: Expr,
}
