//! How natives read their arguments.
//!
//! The compiler has checked the types, so a wrong kind is a defect of ours (`internal`), told instead of a panic.
//! An argument that may be absent is `none`; ask with [`Arguments::given`].

use super::{DateTime, Decimal, List, Map, Parts, Text, Value};
use crate::{ErrorKind, Failure};
use std::rc::Rc;

/// Reading arguments by position: `arguments.string(0)?`.
///
/// ```
/// use runtime::{Arguments, Failure, Value};
///
/// fn repeat(arguments: &mut [Value]) -> Result<Value, Failure> {
///     let times = usize::try_from(arguments.int(1)?).unwrap_or(0).min(1_000);
///     Ok(Value::from(arguments.string(0)?.repeat(times)))
/// }
/// assert_eq!(repeat(&mut [Value::from("ab"), Value::Int(2)])?, Value::from("abab"));
/// # Ok::<(), Failure>(())
/// ```
pub trait Arguments {
    /// Gives an argument as it is.
    fn value(&self, index: usize) -> Result<&Value, Failure>;
    /// Gives an argument to change or to take (`std::mem::take`).
    fn value_mut(&mut self, index: usize) -> Result<&mut Value, Failure>;
    /// Gives an argument that may be `none`.
    fn given(&self, index: usize) -> Option<&Value>;
    /// Gives a bool.
    fn bool(&self, index: usize) -> Result<bool, Failure>;
    /// Gives an int, duration, date, time or case number.
    fn int(&self, index: usize) -> Result<i64, Failure>;
    /// Gives a float; an int where JSON gave one.
    fn float(&self, index: usize) -> Result<f64, Failure>;
    /// Gives a decimal.
    fn decimal(&self, index: usize) -> Result<Decimal, Failure>;
    /// Gives a string.
    fn string(&self, index: usize) -> Result<&str, Failure>;
    /// Gives a string to change in place.
    fn string_mut(&mut self, index: usize) -> Result<&mut Text, Failure>;
    /// Gives bytes.
    fn bytes(&self, index: usize) -> Result<&[u8], Failure>;
    /// Gives a datetime.
    fn datetime(&self, index: usize) -> Result<&DateTime, Failure>;
    /// Gives a list.
    fn list(&self, index: usize) -> Result<&List, Failure>;
    /// Gives a list to change; it is copied first if it is shared.
    fn list_mut(&mut self, index: usize) -> Result<&mut List, Failure>;
    /// Gives a map or set.
    fn map(&self, index: usize) -> Result<&Map, Failure>;
    /// Gives a map or set to change; it is copied first if it is shared.
    fn map_mut(&mut self, index: usize) -> Result<&mut Map, Failure>;
    /// Gives the fields of a record.
    fn record(&self, index: usize) -> Result<&Parts, Failure>;
    /// Gives the fields of a record to change; they are copied first if they are shared.
    fn record_mut(&mut self, index: usize) -> Result<&mut Parts, Failure>;
}

impl Arguments for [Value] {
    fn value(&self, index: usize) -> Result<&Value, Failure> {
        self.get(index).ok_or_else(|| missing(index))
    }

    fn value_mut(&mut self, index: usize) -> Result<&mut Value, Failure> {
        self.get_mut(index).ok_or_else(|| missing(index))
    }

    fn given(&self, index: usize) -> Option<&Value> {
        self.get(index).filter(|value| !value.is_none())
    }

    fn bool(&self, index: usize) -> Result<bool, Failure> {
        match self.value(index)? {
            Value::Bool(value) => Ok(*value),
            other => Err(wrong(index, "a bool", other)),
        }
    }

    fn int(&self, index: usize) -> Result<i64, Failure> {
        match self.value(index)? {
            Value::Int(value) => Ok(*value),
            other => Err(wrong(index, "an int", other)),
        }
    }

    fn float(&self, index: usize) -> Result<f64, Failure> {
        match self.value(index)? {
            Value::Float(value) => Ok(*value),
            Value::Int(value) => Ok(*value as f64),
            other => Err(wrong(index, "a float", other)),
        }
    }

    fn decimal(&self, index: usize) -> Result<Decimal, Failure> {
        match self.value(index)? {
            Value::Decimal(value) => Ok(**value),
            other => Err(wrong(index, "a decimal", other)),
        }
    }

    fn string(&self, index: usize) -> Result<&str, Failure> {
        match self.value(index)? {
            Value::String(text) => Ok(text.as_str()),
            other => Err(wrong(index, "a string", other)),
        }
    }

    fn string_mut(&mut self, index: usize) -> Result<&mut Text, Failure> {
        match self.value_mut(index)? {
            Value::String(text) => Ok(text),
            other => Err(wrong(index, "a string", other)),
        }
    }

    fn bytes(&self, index: usize) -> Result<&[u8], Failure> {
        match self.value(index)? {
            Value::Bytes(bytes) => Ok(bytes),
            other => Err(wrong(index, "bytes", other)),
        }
    }

    fn datetime(&self, index: usize) -> Result<&DateTime, Failure> {
        match self.value(index)? {
            Value::DateTime(instant) => Ok(instant),
            other => Err(wrong(index, "a datetime", other)),
        }
    }

    fn list(&self, index: usize) -> Result<&List, Failure> {
        match self.value(index)? {
            Value::List(list) => Ok(list),
            other => Err(wrong(index, "a list", other)),
        }
    }

    fn list_mut(&mut self, index: usize) -> Result<&mut List, Failure> {
        match self.value_mut(index)? {
            Value::List(list) => Ok(Rc::make_mut(list)),
            other => Err(wrong(index, "a list", other)),
        }
    }

    fn map(&self, index: usize) -> Result<&Map, Failure> {
        match self.value(index)? {
            Value::Map(map) => Ok(map),
            other => Err(wrong(index, "a map", other)),
        }
    }

    fn map_mut(&mut self, index: usize) -> Result<&mut Map, Failure> {
        match self.value_mut(index)? {
            Value::Map(map) => Ok(Rc::make_mut(map)),
            other => Err(wrong(index, "a map", other)),
        }
    }

    fn record(&self, index: usize) -> Result<&Parts, Failure> {
        match self.value(index)? {
            Value::Record(fields) => Ok(fields),
            other => Err(wrong(index, "a record", other)),
        }
    }

    fn record_mut(&mut self, index: usize) -> Result<&mut Parts, Failure> {
        match self.value_mut(index)? {
            Value::Record(fields) => Ok(Rc::make_mut(fields)),
            other => Err(wrong(index, "a record", other)),
        }
    }
}

#[cold]
fn missing(index: usize) -> Failure {
    Failure::new(ErrorKind::Internal, format!("a native was called without its argument {index}"))
}

#[cold]
fn wrong(index: usize, expected: &str, found: &Value) -> Failure {
    let found = found.describe();
    Failure::new(ErrorKind::Internal, format!("argument {index} of a native: expected {expected}, found {found}"))
}
