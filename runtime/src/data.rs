//! Values as they cross a boundary: between threads, into the journal, to natives and back.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A value as plain data that owns all of itself. Its type is known to whoever holds it; numbers of the machine's words
/// come as `Int` (int, duration, date, time, case number), `Float` or `Bool`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Data {
    /// `none`, JSON's `null`, and the value of what gives nothing.
    None,
    /// A bool.
    Bool(bool),
    /// An int; a duration in microseconds; a date in days since 1970; a time in microseconds since midnight; the number
    /// of a case of an enum without data.
    Int(i64),
    /// A float.
    Float(f64),
    /// A decimal.
    Decimal(Decimal),
    /// A string.
    String(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// An instant in microseconds since 1970, and the name of its zone.
    DateTime(i64, String),
    /// A list.
    List(Vec<Data>),
    /// A map, in the order of insertion; an object of JSON has string keys, and a set has its items as keys of `none`.
    Map(Vec<(Data, Data)>),
    /// A record's fields, in their order.
    Record(Vec<Data>),
    /// A case of an enum with data.
    Case(u16, Vec<Data>),
    /// A function of the image and what it captured.
    Closure(u16, Vec<Data>),
}

impl Data {
    /// Gives what kind of value it is, in words of the language, for messages.
    pub fn describe(&self) -> &'static str {
        match self {
            Data::None => "none",
            Data::Bool(_) => "a bool",
            Data::Int(_) => "an int",
            Data::Float(_) => "a float",
            Data::Decimal(_) => "a decimal",
            Data::String(_) => "a string",
            Data::Bytes(_) => "bytes",
            Data::DateTime(..) => "a datetime",
            Data::List(_) => "a list",
            Data::Map(_) => "a map",
            Data::Record(_) => "a record",
            Data::Case(..) => "a case",
            Data::Closure(..) => "a function",
        }
    }
}
