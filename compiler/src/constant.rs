//! Values that are known while compiling: operands of heads, defaults, arguments of refined types.
//!
//! [`evaluate`] knows the pure part of the language and a few native functions, within fixed bounds. `None` always means
//! "not known here", never "wrong": whoever needs the value says so in its own words.

mod beginning;
mod evaluate;
mod json;
mod native;
mod operators;
mod pattern;
mod time;

pub(crate) use beginning::{Beginning, Piece, beginning, bounded, is_in_run_dir, pieces};
pub use evaluate::{evaluate, holds};

use crate::ir::{EnumId, RecordId};
use rust_decimal::Decimal;

/// A value that is known while compiling.
#[derive(Clone, Debug, PartialEq)]
pub enum Constant {
    /// No value.
    Nothing,
    /// `none`.
    None,
    /// An int.
    Int(i64),
    /// A finite float.
    Float(f64),
    /// A decimal.
    Decimal(Decimal),
    /// A bool.
    Bool(bool),
    /// A string.
    String(String),
    /// A duration, in microseconds.
    Duration(i64),
    /// A date, in days since 1970.
    Date(i64),
    /// A time of day, in microseconds since midnight.
    Time(i64),
    /// An instant in microseconds since 1970, and its zone.
    DateTime(i64, String),
    /// A list, or a set without its duplicates.
    List(Vec<Constant>),
    /// A map, each key once.
    Map(Vec<(Constant, Constant)>),
    /// A record, its values by field.
    Record(RecordId, Vec<Constant>),
    /// A case of an enum: its number and its data.
    Case(EnumId, u32, Vec<Constant>),
    /// A value as json: its text.
    Json(String),
}

impl Constant {
    /// Gives the text of a string.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Constant::String(text) => Some(text),
            Constant::Nothing
            | Constant::None
            | Constant::Int(_)
            | Constant::Float(_)
            | Constant::Decimal(_)
            | Constant::Bool(_)
            | Constant::Duration(_)
            | Constant::Date(_)
            | Constant::Time(_)
            | Constant::DateTime(..)
            | Constant::List(_)
            | Constant::Map(_)
            | Constant::Record(..)
            | Constant::Case(..)
            | Constant::Json(_) => None,
        }
    }
}
