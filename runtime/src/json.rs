//! Values as JSON, by their types, and back.
//!
//! `decode` tells all problems at once, each with its path; `encode` gives the forms of the manual. Both know values by
//! their types alone; [`untyped`] and [`of_json`] are for values of the type `json`.

mod decode;
mod encode;

pub use decode::{Problem, decode, decode_lenient, from_text};
pub use encode::{encode, float, untyped};

use crate::vm::typed_value;
use crate::{Data, ErrorKind, Failure, Value};
use bytecode::{Type, TypeId};

/// Gives JSON as data of the type `json`. Numbers that are no `int` become floats.
pub fn from_json(json: &serde_json::Value) -> Data {
    match json {
        serde_json::Value::Null => Data::None,
        serde_json::Value::Bool(value) => Data::Bool(*value),
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(int) => Data::Int(int),
            None => Data::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        serde_json::Value::String(text) => Data::String(text.clone()),
        serde_json::Value::Array(items) => Data::List(items.iter().map(from_json).collect()),
        serde_json::Value::Object(fields) => {
            Data::Map(fields.iter().map(|(name, value)| (Data::String(name.clone()), from_json(value))).collect())
        }
    }
}

/// Gives data of the type `json` as JSON.
pub fn of_json(data: &Data) -> serde_json::Value {
    untyped(data)
}

/// Makes a value of a type from a json value; unknown fields are ignored.
pub(crate) fn decode_value(types: &[Type], of: TypeId, json: &Value) -> Result<Value, Failure> {
    let data = decode_lenient(types, of, &untyped(&json.to_data())).map_err(|problems| {
        let sentences: Vec<String> = problems.iter().map(Problem::to_string).collect();
        Failure::new(ErrorKind::Invalid, sentences.join("; "))
    })?;
    typed_value(types, of, data)
}

/// Makes a json value of a value of a type.
pub(crate) fn encode_value(types: &[Type], of: TypeId, value: &Value) -> Result<Value, Failure> {
    Value::from_data(from_json(&encode(types, of, &value.to_data())))
}
