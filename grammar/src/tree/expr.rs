//! Statements, expressions and patterns.

use super::{Argument, Name, Path, Retry, StringText, TypeExpr};
use diagnostics::Span;

/// Statements in braces; the value is that of the last one, if it is an expression.
#[derive(Clone, Debug)]
pub struct Block {
    /// The statements.
    pub statements: Vec<Statement>,
    /// With the braces.
    pub span: Span,
}

/// A statement.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Which statement.
    pub kind: StatementKind,
    /// The whole of it.
    pub span: Span,
}

/// The statements. Everything else that stands alone is an expression.
#[derive(Clone, Debug)]
pub enum StatementKind {
    /// `let` and `var`.
    Let {
        /// Whether it is `var`.
        mutable: bool,
        /// The name.
        name: Name,
        /// `: Type`.
        type_: Option<TypeExpr>,
        /// `= …`.
        value: Expr,
    },
    /// `target = value`, `target += value`.
    Assign {
        /// A name, or fields and indices of one.
        target: Expr,
        /// `+` of `+=`, and its kin.
        operator: Option<BinaryOperator>,
        /// The new value, or the right operand.
        value: Expr,
    },
    /// An expression for its effect, or as the block's value.
    Expr(Expr),
    /// `parallel { … }`.
    Parallel(Block),
    /// `emit OrderPaid(…)`.
    Emit(Expr),
    /// `mock http.get(url) { … }` in a test.
    Mock {
        /// The function.
        function: Path,
        /// Its parameters by name, any subset.
        parameters: Vec<Name>,
        /// What it gives.
        body: Block,
    },
    /// `at 2026-03-02T09:00[Europe/Berlin]` in a test.
    At(Expr),
    /// `expect …` in a test.
    Expect(Expect),
    /// `approve job by "ann"`, `reject job by "ann"` in a test.
    Decide {
        /// Whether it is `approve`.
        approve: bool,
        /// Which run.
        run: Expr,
        /// By whom.
        by: Expr,
    },
    /// Not readable; already told.
    Error,
}

/// The forms of `expect`.
#[derive(Clone, Debug)]
pub enum Expect {
    /// `expect condition`.
    Condition(Expr),
    /// `expect mail.send called 1 times`.
    Called {
        /// The mocked function.
        function: Path,
        /// How often.
        times: Expr,
    },
    /// `expect next sales_digest == 2026-…`.
    Next {
        /// The task.
        task: Path,
        /// The instant.
        at: Expr,
    },
    /// `expect fails invalid { … }`.
    Fails {
        /// The kind; any where it is missing.
        kind: Option<Name>,
        /// What must fail.
        body: Block,
    },
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// Which expression.
    pub kind: Box<ExprKind>,
    /// The whole of it, without enclosing parentheses.
    pub span: Span,
}

/// The expressions.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// A literal other than a string.
    Literal(Literal),
    /// A string with its interpolations.
    String(StringLiteral),
    /// A name: a variable, constant, function, module.
    Name(Name),
    /// `[a, b]`.
    List(Vec<Expr>),
    /// `{"a": 1, key: 2}`.
    Map(Vec<(Expr, Expr)>),
    /// `{}`: an empty map where a map is expected, else nothing.
    EmptyBraces,
    /// `.spam`, `.unsure(reason: "x")`.
    Case {
        /// The case.
        name: Name,
        /// Its data; `None` without parentheses.
        arguments: Option<Vec<Argument>>,
    },
    /// `f(a, name: b)`; the function may be a [`ExprKind::Field`], then it is a method or a module's function.
    Call {
        /// What is called.
        function: Expr,
        /// With what.
        arguments: Vec<Argument>,
    },
    /// `value.with(field: x)`: a changed copy.
    With {
        /// What is copied.
        value: Expr,
        /// What is changed, by name.
        changes: Vec<Argument>,
    },
    /// `items[at]`.
    Index {
        /// The list, map or json.
        value: Expr,
        /// Where.
        index: Expr,
    },
    /// `value.name`, or `value?.name`.
    Field {
        /// The record, module or enum.
        value: Expr,
        /// The field.
        name: Name,
        /// Whether it is `?.`.
        optional: bool,
    },
    /// `-x`, `not x`.
    Unary {
        /// Which.
        operator: UnaryOperator,
        /// Of what.
        operand: Expr,
    },
    /// `a + b`, `a ?? b`, `a..b`, `a in b`.
    Binary {
        /// Which.
        operator: BinaryOperator,
        /// Where the operator stands.
        operator_span: Span,
        /// Left of it.
        left: Expr,
        /// Right of it.
        right: Expr,
    },
    /// `x is .case`, `x is not none`.
    Is {
        /// What is asked.
        value: Expr,
        /// Whether it is `is not`.
        negated: bool,
        /// For what.
        pattern: Pattern,
    },
    /// `try expr`: the outcome as a `Result`.
    Try(Expr),
    /// `value catch fallback`.
    CatchValue {
        /// What may fail.
        value: Expr,
        /// What stands instead.
        fallback: Expr,
    },
    /// `x => …`, `(a, b) => …`.
    Lambda {
        /// The parameters.
        parameters: Vec<LambdaParameter>,
        /// What it gives.
        body: Body,
    },
    /// `if`, with `else if` as an `else` whose body is an `if`.
    If {
        /// What is asked.
        condition: Expr,
        /// If so.
        then: Block,
        /// If not.
        otherwise: Option<Body>,
    },
    /// `match`.
    Match {
        /// What is matched.
        value: Expr,
        /// The arms.
        arms: Vec<Arm>,
    },
    /// `for`.
    For(Box<For>),
    /// `while`.
    While {
        /// As long as this holds.
        condition: Expr,
        /// What is repeated.
        body: Block,
    },
    /// `break`.
    Break,
    /// `continue`.
    Continue,
    /// `return`, `return value`.
    Return(Option<Expr>),
    /// `fail kind "message"`, `fail error`.
    Fail(Fail),
    /// `try { … } catch … { … } finally { … }`.
    TryBlock {
        /// What may fail.
        body: Block,
        /// What to do then, in order.
        catches: Vec<Catch>,
        /// What is done in any case.
        finally: Option<Block>,
    },
    /// `step name retry 3 timeout 10s { … } undo receipt => { … }`.
    Step(Box<Step>),
    /// `wait 10m`.
    Wait(Expr),
    /// `wait until …`.
    WaitUntil(Expr),
    /// `wait for E as e where … within 2d`.
    WaitFor(Box<WaitFor>),
    /// `wait for approval "…" by role "finance" within 1d`.
    WaitApproval(Box<WaitApproval>),
    /// `wait for { … }`.
    WaitAny(Vec<WaitArm>),
    /// `call task(…)`.
    CallTask {
        /// The task.
        task: Path,
        /// With what.
        arguments: Vec<Argument>,
    },
    /// `start task(…) key "…"`.
    StartTask {
        /// The task.
        task: Path,
        /// With what.
        arguments: Vec<Argument>,
        /// `key …`.
        key: Option<Expr>,
    },
    /// `ask agent "…"`; reserved.
    Ask {
        /// The agent.
        agent: Path,
        /// What is asked.
        prompt: Expr,
    },
    /// Not readable; already told.
    Error,
}

/// Literals other than strings. Dates and instants are kept as text: the compiler reads them, with its own words for a
/// wrong one.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `42`, `1_000`, `5MiB`, its value.
    Int(i64),
    /// `3.14`, `1e9`: its text, for it may become a float or a decimal.
    Float(String),
    /// `true`, `false`.
    Bool(bool),
    /// `none`.
    None,
    /// `1h30m`, in microseconds.
    Duration(i64),
    /// `2026-01-31`.
    Date(String),
    /// `09:30`.
    Time(String),
    /// `2026-01-31T09:30[Europe/Berlin]`.
    DateTime(String),
}

/// A string literal.
#[derive(Clone, Debug)]
pub struct StringLiteral {
    /// The parts in order; empty for `""`.
    pub parts: Vec<StringPart>,
}

/// A part of a string.
#[derive(Clone, Debug)]
pub enum StringPart {
    /// Plain text, its escapes resolved.
    Text(String),
    /// `{expr}`.
    Value(Expr),
}

/// Prefix operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOperator {
    /// `-`.
    Negate,
    /// `not`.
    Not,
}

/// Infix operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOperator {
    /// `+`.
    Add,
    /// `-`.
    Subtract,
    /// `*`.
    Multiply,
    /// `/`.
    Divide,
    /// `%`.
    Remainder,
    /// `==`.
    Equal,
    /// `!=`.
    NotEqual,
    /// `<`.
    Less,
    /// `<=`.
    LessEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterEqual,
    /// `in`.
    In,
    /// `not in`.
    NotIn,
    /// `and`.
    And,
    /// `or`.
    Or,
    /// `??`.
    Otherwise,
    /// `..`, without its end.
    Range,
    /// `..=`, with its end.
    RangeInclusive,
}

/// A body that is a block or one expression.
#[derive(Clone, Debug)]
pub enum Body {
    /// `{ … }`.
    Block(Block),
    /// One expression.
    Expr(Expr),
}

/// A parameter of a lambda.
#[derive(Clone, Debug)]
pub struct LambdaParameter {
    /// Its name; `_` ignores it.
    pub name: Name,
    /// Its type, where written.
    pub type_: Option<TypeExpr>,
}

/// An arm of a match.
#[derive(Clone, Debug)]
pub struct Arm {
    /// What it takes.
    pub pattern: Pattern,
    /// `if …`.
    pub guard: Option<Expr>,
    /// What it gives.
    pub body: Body,
    /// The whole of it.
    pub span: Span,
}

/// A pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// Which pattern.
    pub kind: PatternKind,
    /// The whole of it.
    pub span: Span,
}

/// The patterns.
#[derive(Clone, Debug)]
pub enum PatternKind {
    /// `_`.
    Any,
    /// A name that is bound; whether a name is a constant is not asked.
    Bind(Name),
    /// A literal; a negative number is its value.
    Literal(Literal),
    /// A string without interpolation.
    String(StringText),
    /// `1..5`, `1..=5`.
    Range {
        /// The first value.
        from: Literal,
        /// The last one, or the one behind it.
        to: Literal,
        /// Whether `to` belongs to it.
        inclusive: bool,
    },
    /// `.case`, `.case(a, b)`, `Verdict.case(a)`.
    Case {
        /// `Verdict` of `Verdict.case`.
        enum_: Option<Path>,
        /// The case.
        name: Name,
        /// Its data by position; `None` without parentheses.
        fields: Option<Vec<Pattern>>,
    },
    /// `Record(field, other: pattern)`.
    Record {
        /// The record.
        path: Path,
        /// Field and pattern; a field alone binds its own name.
        fields: Vec<(Name, Option<Pattern>)>,
    },
    /// `a | b`.
    Or(Vec<Pattern>),
    /// Not readable; already told.
    Error,
}

/// `for`.
#[derive(Clone, Debug)]
pub struct For {
    /// `item`, or `key, value`.
    pub names: Vec<Name>,
    /// `: Sale`.
    pub type_: Option<TypeExpr>,
    /// What is walked.
    pub items: Expr,
    /// `parallel 8`.
    pub parallel: Option<Expr>,
    /// What is done.
    pub body: ForBody,
}

/// The body of a `for`.
#[derive(Clone, Debug)]
pub enum ForBody {
    /// For its effect.
    Block(Block),
    /// `yield …`: a list.
    Yield(Body),
}

/// `fail kind "message"` or `fail error`.
#[derive(Clone, Debug)]
pub enum Fail {
    /// With a kind and a message.
    Kind {
        /// The kind.
        kind: Name,
        /// The message.
        message: Expr,
    },
    /// With an error that was caught.
    Error(Expr),
}

/// A `catch` clause of a `try` block.
#[derive(Clone, Debug)]
pub struct Catch {
    /// The kinds; empty for what the world does.
    pub kinds: Vec<Name>,
    /// `as e`.
    pub binding: Option<Name>,
    /// What is done.
    pub body: Block,
    /// The whole of it.
    pub span: Span,
}

/// `step`.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its label.
    pub name: Name,
    /// `retry 5 backoff 1s..1m on kinds`.
    pub retry: Option<Retry>,
    /// `timeout 30s`.
    pub timeout: Option<Expr>,
    /// What it does.
    pub body: Block,
    /// `undo receipt => { … }`.
    pub undo: Option<Undo>,
}

/// `undo`.
#[derive(Clone, Debug)]
pub struct Undo {
    /// The step's value.
    pub binding: Option<Name>,
    /// What undoes it.
    pub body: Block,
}

/// `wait for E as e where … within …`, and `wait for job within …`.
#[derive(Clone, Debug)]
pub struct WaitFor {
    /// An event's record, or a `Run<T>`.
    pub subject: Expr,
    /// `as e`.
    pub binding: Option<Name>,
    /// `where …`.
    pub condition: Option<Expr>,
    /// `within …`.
    pub within: Option<Expr>,
}

/// `wait for approval`.
#[derive(Clone, Debug)]
pub struct WaitApproval {
    /// What is asked.
    pub question: Expr,
    /// `role`, `group` or `user`.
    pub by: Option<Name>,
    /// Whom.
    pub who: Option<Expr>,
    /// `within …`.
    pub within: Option<Expr>,
}

/// An arm of `wait for { … }`.
#[derive(Clone, Debug)]
pub struct WaitArm {
    /// What is waited for.
    pub kind: WaitArmKind,
    /// What is done then.
    pub body: Body,
    /// The whole of it.
    pub span: Span,
}

/// What an arm of `wait for { … }` waits for.
#[derive(Clone, Debug)]
pub enum WaitArmKind {
    /// `E as e where …`.
    Event {
        /// The event's record.
        event: Path,
        /// `as e`.
        binding: Option<Name>,
        /// `where …`.
        condition: Option<Expr>,
    },
    /// `within 3d`.
    Within(Expr),
}
