//! Values inside the machine: 16 bytes each, shared by counting, changed in place when unshared.
//!
//! A value is what the language says it is: assigning copies. The copy is a count; whoever changes a shared part copies
//! that part first (`Rc::make_mut`). So values form trees, never circles, and each container knows how deep and how
//! heavy it is: dropping, comparing, printing and writing a value recurse at most [`MAX_DEPTH`] levels.
//!
//! JSON is not apart: `None`, `Bool`, `Int`, `Float`, `String`, a list of references, a map with string keys.

mod arguments;
mod compare;
mod convert;
mod extent;
mod list;
mod map;
mod parts;
mod text;

pub use arguments::Arguments;
pub(crate) use extent::too_large;
pub use extent::{Extent, MAX_BYTES, MAX_DEPTH};
pub use list::List;
pub use map::Map;
pub use parts::Parts;
pub use text::Text;

pub use rust_decimal::Decimal;
use std::rc::Rc;

/// A value. The language's types are known to the code that works on it; `Int` is also a duration (microseconds), a
/// date (days since 1970), a time (microseconds since midnight) and the number of a case of an enum without data.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// `none`, JSON's `null`, and the value of what gives nothing.
    #[default]
    None,
    /// A bool.
    Bool(bool),
    /// An int, duration, date, time or case number.
    Int(i64),
    /// A float.
    Float(f64),
    /// A decimal.
    Decimal(Rc<Decimal>),
    /// A string.
    String(Text),
    /// Bytes.
    Bytes(Rc<Vec<u8>>),
    /// An instant with its zone.
    DateTime(Rc<DateTime>),
    /// A list.
    List(Rc<List>),
    /// A map, an object of JSON, or a set: its items are keys whose value is `none`.
    Map(Rc<Map>),
    /// A record: its fields in their order.
    Record(Rc<Parts>),
    /// A case of an enum with data.
    Case(Rc<Case>),
    /// A function with what it captured.
    Closure(Rc<Closure>),
}

const _: () = assert!(size_of::<Value>() == 16, "a value takes sixteen bytes");

/// An instant with its zone. Equality and order are those of the instant alone.
#[derive(Clone, Debug)]
pub struct DateTime {
    /// Microseconds since 1970-01-01T00:00Z.
    pub micros: i64,
    /// The name of the zone: `Europe/Berlin`, `UTC`, `+01:00`.
    pub zone: Text,
}

/// A case of an enum with data.
#[derive(Clone, Debug)]
pub struct Case {
    /// The number of the case.
    pub tag: u16,
    /// Its data.
    pub fields: Parts,
}

/// A function of the image with what it captured.
#[derive(Clone, Debug)]
pub struct Closure {
    /// The number of the function.
    pub function: u16,
    /// The captured values, boxed.
    pub captured: Parts,
}

impl Value {
    /// Makes a string.
    pub fn string(text: impl Into<Text>) -> Value {
        Value::String(text.into())
    }

    /// Makes a decimal; zero has no sign.
    pub fn decimal(mut number: Decimal) -> Value {
        if number.is_zero() {
            number.set_sign_positive(true);
        }
        Value::Decimal(Rc::new(number))
    }

    /// Makes a set of items, each once, where it first stands; fails with `limit` where it would weigh too much.
    pub fn set(items: impl IntoIterator<Item = Value>) -> Result<Value, crate::Failure> {
        let mut set = Map::new();
        for item in items {
            set.insert(item, Value::None)?;
        }
        Ok(Value::map(set))
    }

    /// Makes bytes.
    pub fn bytes(bytes: Vec<u8>) -> Value {
        Value::Bytes(Rc::new(bytes))
    }

    /// Makes a datetime from microseconds since 1970 and the name of a zone.
    pub fn datetime(micros: i64, zone: impl Into<Text>) -> Value {
        Value::DateTime(Rc::new(DateTime { micros, zone: zone.into() }))
    }

    /// Makes a list.
    pub fn list(list: impl Into<List>) -> Value {
        Value::List(Rc::new(list.into()))
    }

    /// Makes a map.
    pub fn map(map: Map) -> Value {
        Value::Map(Rc::new(map))
    }

    /// Makes a record of its fields in their order; fails with `limit` where it would nest too deep or weigh too much.
    pub fn record(fields: Vec<Value>) -> Result<Value, crate::Failure> {
        Ok(Value::Record(Rc::new(Parts::new(fields)?)))
    }

    /// Makes a case of an enum with data; fails with `limit` where it would nest too deep or weigh too much.
    pub fn case(tag: u16, fields: Vec<Value>) -> Result<Value, crate::Failure> {
        Ok(Value::Case(Rc::new(Case { tag, fields: Parts::new(fields)? })))
    }

    /// Says whether it is `none`.
    pub fn is_none(&self) -> bool {
        matches!(self, Value::None)
    }

    /// Gives the word of an int, float or bool; `None` for what has none.
    pub fn word(&self) -> Option<u64> {
        match self {
            Value::Bool(value) => Some(u64::from(*value)),
            Value::Int(value) => Some(value.cast_unsigned()),
            Value::Float(value) => Some(value.to_bits()),
            Value::None
            | Value::Decimal(_)
            | Value::String(_)
            | Value::Bytes(_)
            | Value::DateTime(_)
            | Value::List(_)
            | Value::Map(_)
            | Value::Record(_)
            | Value::Case(_)
            | Value::Closure(_) => None,
        }
    }

    /// Gives what kind of value it is, in words of the language, for messages.
    pub fn describe(&self) -> &'static str {
        match self {
            Value::None => "none",
            Value::Bool(_) => "a bool",
            Value::Int(_) => "an int",
            Value::Float(_) => "a float",
            Value::Decimal(_) => "a decimal",
            Value::String(_) => "a string",
            Value::Bytes(_) => "bytes",
            Value::DateTime(_) => "a datetime",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
            Value::Record(_) => "a record",
            Value::Case(_) => "a case",
            Value::Closure(_) => "a function",
        }
    }

    /// Gives how deep and how heavy it is, without looking into it.
    pub fn extent(&self) -> Extent {
        match self {
            Value::None | Value::Bool(_) | Value::Int(_) | Value::Float(_) => Extent::WORD,
            Value::Decimal(_) => Extent::flat(size_of::<Decimal>()),
            Value::String(text) => Extent::flat(text.len()),
            Value::Bytes(bytes) => Extent::flat(bytes.len()),
            Value::DateTime(_) => Extent::flat(size_of::<DateTime>()),
            Value::List(list) => list.extent(),
            Value::Map(map) => map.extent(),
            Value::Record(fields) => fields.extent(),
            Value::Case(case) => case.fields.extent(),
            Value::Closure(closure) => closure.captured.extent(),
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Value {
        Value::Int(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Value {
        Value::Float(value)
    }
}

impl From<Decimal> for Value {
    fn from(value: Decimal) -> Value {
        Value::decimal(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Value {
        Value::String(Text::from(value))
    }
}

impl From<String> for Value {
    fn from(value: String) -> Value {
        Value::String(Text::from(value))
    }
}

impl From<List> for Value {
    fn from(value: List) -> Value {
        Value::List(Rc::new(value))
    }
}

impl From<Map> for Value {
    fn from(value: Map) -> Value {
        Value::Map(Rc::new(value))
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::None, Into::into)
    }
}
