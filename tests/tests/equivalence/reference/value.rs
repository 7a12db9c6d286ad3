//! Values that share nothing: a copy is a copy.

use compiler::ir::{Body, EnumId, FunctionId, RecordId, Type};
use rust_decimal::Decimal;
use serde_json::Value as Json;
use std::cmp::Ordering;

/// A value. Each says what it is, so that its text and its order can be told without knowing its type.
#[derive(Clone, Debug)]
pub enum Value<'p> {
    /// `none`, JSON's `null`, and the value of what gives nothing.
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Decimal(Decimal),
    Text(String),
    /// Microseconds.
    Duration(i64),
    /// Days since 1970.
    Date(i64),
    /// Microseconds since midnight.
    Time(i64),
    /// Microseconds since 1970, and the zone.
    DateTime(i64, String),
    List(Vec<Value<'p>>),
    /// Each value once, in the order in which they came.
    Set(Vec<Value<'p>>),
    /// In the order in which the keys came.
    Map(Vec<(Value<'p>, Value<'p>)>),
    /// Its fields in their order.
    Record(RecordId, Vec<Value<'p>>),
    /// The number of a case, and its data.
    Case(EnumId, u32, Vec<Value<'p>>),
    /// Any JSON but `null`.
    Json(Json),
    /// A lambda with what it captured, and what the type parameters were.
    Lambda(&'p Body, Vec<Value<'p>>, Vec<Type>),
    /// A function with its type arguments.
    Function(FunctionId, Vec<Type>),
}

/// What an operation or a native fails with: kind and message.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// The kind.
    pub kind: String,
    /// The message.
    pub message: String,
}

impl Failure {
    pub fn new(kind: &str, message: impl Into<String>) -> Self {
        Failure { kind: kind.to_owned(), message: message.into() }
    }
}

/// Why an expression gives no value.
#[derive(Clone, Debug)]
pub enum Stop<'p> {
    /// An error, a record `Error`.
    Fail(Value<'p>),
    Break,
    Continue,
    Return(Value<'p>),
    /// More than this evaluator follows.
    TooMuch,
}

/// The kinds that may be tried again unless an error says otherwise.
const RETRYABLE: [&str; 4] = ["timeout", "network", "unavailable", "rate_limited"];

impl From<Failure> for Stop<'_> {
    fn from(failure: Failure) -> Self {
        let retryable = RETRYABLE.contains(&failure.kind.as_str());
        Stop::Fail(Value::error(&failure.kind, &failure.message, retryable))
    }
}

impl<'p> Value<'p> {
    /// Makes a record `Error`: kind, message, retryable, where, cause.
    pub fn error(kind: &str, message: &str, retryable: bool) -> Self {
        let text = |text: &str| Value::Text(text.to_owned());
        let fields = vec![text(kind), text(message), Value::Bool(retryable), Value::None, Value::None];
        Value::Record(RecordId(0), fields)
    }

    /// Gives the kind of a record `Error`, and its message with those of the first three errors that are attached to it.
    pub fn kind_and_whole_message(&self) -> (String, String) {
        let (kind, mut message) = self.kind_and_message();
        let mut last = self;
        for _ in 0..3 {
            last = match last {
                Value::Record(_, fields) if !matches!(fields[4], Value::None) => &fields[4],
                _ => break,
            };
            let (kind, then) = last.kind_and_message();
            message += &format!("; then {kind}: {then}");
        }
        (kind, message)
    }

    /// Gives the kind and the message of a record `Error`.
    pub fn kind_and_message(&self) -> (String, String) {
        match (self.field(0), self.field(1)) {
            (Value::Text(kind), Value::Text(message)) => (kind.clone(), message.clone()),
            other => panic!("{other:?} is no kind and message"),
        }
    }

    pub fn text(text: impl Into<String>) -> Self {
        Value::Text(text.into())
    }

    /// Makes a value of the type `json`.
    pub fn json(json: Json) -> Self {
        if json.is_null() { Value::None } else { Value::Json(json) }
    }

    /// Gives a field of a record.
    pub fn field(&self, at: u32) -> &Value<'p> {
        match self {
            Value::Record(_, fields) => &fields[at as usize],
            other => panic!("{other:?} has no fields"),
        }
    }

    pub fn as_bool(&self) -> bool {
        match self {
            Value::Bool(value) => *value,
            other => panic!("{other:?} is no bool"),
        }
    }

    pub fn as_int(&self) -> i64 {
        match self {
            Value::Int(value) => *value,
            other => panic!("{other:?} is no int"),
        }
    }

    pub fn as_text(&self) -> &str {
        match self {
            Value::Text(text) => text,
            other => panic!("{other:?} is no text"),
        }
    }

    pub fn as_list(&self) -> &[Value<'p>] {
        match self {
            Value::List(items) | Value::Set(items) => items,
            other => panic!("{other:?} is no list"),
        }
    }

    pub fn as_map(&self) -> &[(Value<'p>, Value<'p>)] {
        match self {
            Value::Map(entries) => entries,
            other => panic!("{other:?} is no map"),
        }
    }

    /// Gives a value as JSON, if it is of the type `json`.
    pub fn as_json(&self) -> Json {
        match self {
            Value::None => Json::Null,
            Value::Json(json) => json.clone(),
            other => panic!("{other:?} is no json"),
        }
    }
}

/// Makes a set: what comes twice is in it once, where it came first.
pub fn set_of<'p>(values: impl IntoIterator<Item = Value<'p>>) -> Value<'p> {
    let mut once: Vec<Value<'p>> = Vec::new();
    for value in values {
        if !once.iter().any(|known| equal(known, &value)) {
            once.push(value);
        }
    }
    Value::Set(once)
}

/// Gives the value of a key.
pub fn get<'v, 'p>(entries: &'v [(Value<'p>, Value<'p>)], key: &Value<'p>) -> Option<&'v Value<'p>> {
    entries.iter().find(|(known, _)| equal(known, key)).map(|(_, value)| value)
}

/// Sets the value of a key; a new one goes to the end.
pub fn set<'p>(entries: &mut Vec<(Value<'p>, Value<'p>)>, key: Value<'p>, value: Value<'p>) {
    match entries.iter_mut().find(|(known, _)| equal(known, &key)) {
        Some(entry) => entry.1 = value,
        None => entries.push((key, value)),
    }
}

/// Says whether two values of one type are equal.
pub fn equal(left: &Value<'_>, right: &Value<'_>) -> bool {
    let all_equal = |left: &[Value<'_>], right: &[Value<'_>]| {
        left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equal(left, right))
    };
    match (left, right) {
        (Value::None, Value::None) => true,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Int(left), Value::Int(right))
        | (Value::Duration(left), Value::Duration(right))
        | (Value::Date(left), Value::Date(right))
        | (Value::Time(left), Value::Time(right))
        | (Value::DateTime(left, _), Value::DateTime(right, _)) => left == right,
        (Value::Float(left), Value::Float(right)) => left == right,
        (Value::Decimal(left), Value::Decimal(right)) => left == right,
        (Value::Text(left), Value::Text(right)) => left == right,
        (Value::List(left), Value::List(right)) => all_equal(left, right),
        (Value::Set(left), Value::Set(right)) => {
            left.len() == right.len() && left.iter().all(|value| right.iter().any(|other| equal(value, other)))
        }
        (Value::Map(left), Value::Map(right)) => {
            // The order of entries does not matter.
            let found = |(key, value): &(Value<'_>, Value<'_>)| get(right, key).is_some_and(|it| equal(it, value));
            left.len() == right.len() && left.iter().all(found)
        }
        (Value::Record(_, left), Value::Record(_, right)) => all_equal(left, right),
        (Value::Case(_, one, left), Value::Case(_, other, right)) => one == other && all_equal(left, right),
        (Value::Json(left), Value::Json(right)) => json_equal(left, right),
        (_, _) => false,
    }
}

/// In JSON, 1 and 1.0 are one number.
fn json_equal(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Number(left), Json::Number(right)) => left.as_f64() == right.as_f64(),
        (Json::Array(left), Json::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| json_equal(left, right))
        }
        (Json::Object(left), Json::Object(right)) => {
            let found = |(key, value): (&String, &Json)| right.get(key).is_some_and(|it| json_equal(it, value));
            left.len() == right.len() && left.iter().all(found)
        }
        (left, right) => left == right,
    }
}

/// Gives the order of two values of one type, if it has one: NaN has none.
pub fn order(left: &Value<'_>, right: &Value<'_>) -> Option<Ordering> {
    match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        (Value::Int(left), Value::Int(right))
        | (Value::Duration(left), Value::Duration(right))
        | (Value::Date(left), Value::Date(right))
        | (Value::Time(left), Value::Time(right))
        | (Value::DateTime(left, _), Value::DateTime(right, _)) => Some(left.cmp(right)),
        (Value::Float(left), Value::Float(right)) => left.partial_cmp(right),
        (Value::Decimal(left), Value::Decimal(right)) => Some(left.cmp(right)),
        (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
        (left, right) => panic!("{left:?} and {right:?} have no order"),
    }
}
