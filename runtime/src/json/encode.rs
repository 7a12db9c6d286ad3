//! From data to JSON.

use crate::{Data, Decimal, text};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytecode::{FieldType, Type, TypeId, secret};
use serde_json::{Map, Value as Json};

/// What has fewer digits comes back the same from a double: those of 10 to the power of 15.
const MOST_DIGITS: u64 = 1_000_000_000_000_000;

/// What stands for a float that is no number.
const NAN: &str = "NaN";
/// What stands for a float that is larger than every number.
const INFINITY: &str = "Infinity";
/// What stands for a float that is smaller than every number.
const MINUS_INFINITY: &str = "-Infinity";

/// Gives the float for which a name stands.
pub(super) fn named_float(name: &str) -> Option<f64> {
    match name {
        NAN => Some(f64::NAN),
        INFINITY => Some(f64::INFINITY),
        MINUS_INFINITY => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

/// Gives the JSON of data of a type. Where data is not of the type, the form that fits any.
pub fn encode(types: &[Type], id: TypeId, data: &Data) -> Json {
    let Some(type_) = types.get(usize::from(id.0)) else { return untyped(data) };
    match (type_, data) {
        // A secret is one wherever it stands, whatever the type says.
        (_, Data::Case(tag, _)) if secret::is_secret(*tag) => untyped(data),
        (Type::Optional(_), Data::None) => Json::Null,
        (Type::Optional(inner), data) => match types.get(usize::from(inner.0)) {
            // An optional of an optional is refused by the verifier; were it there, it would not be followed.
            Some(Type::Optional(_)) | None => untyped(data),
            Some(_) => encode(types, *inner, data),
        },
        (Type::Duration, Data::Int(micros)) => Json::String(text::iso_duration(*micros)),
        (Type::Date, Data::Int(days)) => Json::String(text::date(*days)),
        (Type::Time, Data::Int(micros)) => Json::String(text::time(*micros)),
        (Type::Secret(_), _) => Json::String(secret::REDACTED.to_owned()),
        (Type::List(item), Data::List(items)) => {
            Json::Array(items.iter().map(|data| encode(types, *item, data)).collect())
        }
        (Type::Set(item), Data::Map(entries)) => {
            Json::Array(entries.iter().map(|(data, _)| encode(types, *item, data)).collect())
        }
        (Type::Map(key, value), Data::Map(entries)) => encode_map(types, *key, *value, entries),
        (Type::Record(shape), Data::Record(values)) => Json::Object(encode_fields(types, &shape.fields, values)),
        (Type::Enum(shape), Data::Int(number)) => {
            let case = usize::try_from(*number).ok().and_then(|number| shape.cases.get(number));
            case.map_or_else(|| untyped(data), |case| Json::String(case.json_name.clone()))
        }
        (Type::Enum(shape), Data::Case(tag, values)) => match shape.cases.get(usize::from(*tag)) {
            Some(case) if case.fields.is_empty() => Json::String(case.json_name.clone()),
            Some(case) => {
                let fields = Json::Object(encode_fields(types, &case.fields, values));
                Json::Object(Map::from_iter([(case.json_name.clone(), fields)]))
            }
            None => untyped(data),
        },
        (
            Type::Nothing
            | Type::Int
            | Type::Float
            | Type::Decimal
            | Type::Bool
            | Type::String
            | Type::Bytes
            | Type::Duration
            | Type::Date
            | Type::Time
            | Type::DateTime
            | Type::Json
            | Type::List(_)
            | Type::Map(..)
            | Type::Set(_)
            | Type::Record(_)
            | Type::Enum(_)
            | Type::Function,
            data,
        ) => untyped(data),
    }
}

fn encode_map(types: &[Type], key: TypeId, value: TypeId, entries: &[(Data, Data)]) -> Json {
    if matches!(types.get(usize::from(key.0)), Some(Type::String)) {
        return Json::Object(
            entries.iter().map(|(name, data)| (object_key(name), encode(types, value, data))).collect(),
        );
    }
    let pairs =
        entries.iter().map(|(name, data)| Json::Array(vec![encode(types, key, name), encode(types, value, data)]));
    Json::Array(pairs.collect())
}

fn encode_fields(types: &[Type], fields: &[FieldType], values: &[Data]) -> Map<String, Json> {
    let pairs = fields.iter().zip(values);
    pairs.map(|(field, data)| (field.json_name.clone(), encode(types, field.type_, data))).collect()
}

/// Gives the JSON of data of the type `json`, or of an unknown one.
pub fn untyped(data: &Data) -> Json {
    match data {
        Data::None => Json::Null,
        Data::Bool(value) => Json::Bool(*value),
        Data::Int(value) => Json::from(*value),
        Data::Float(value) => float(*value),
        Data::Decimal(value) => decimal(*value),
        Data::String(text) => Json::String(text.clone()),
        Data::Bytes(bytes) => Json::String(STANDARD.encode(bytes)),
        Data::DateTime(micros, zone) => Json::String(text::datetime(*micros, zone)),
        Data::List(items) | Data::Record(items) => Json::Array(items.iter().map(untyped).collect()),
        Data::Map(entries) => {
            Json::Object(entries.iter().map(|(key, value)| (object_key(key), untyped(value))).collect())
        }
        Data::Case(tag, _) if secret::is_secret(*tag) => Json::String(secret::REDACTED.to_owned()),
        Data::Case(tag, values) => {
            Json::Array(vec![Json::from(*tag), Json::Array(values.iter().map(untyped).collect())])
        }
        Data::Closure(..) => Json::Null,
    }
}

/// A float is a number of JSON, or the name of what JSON has no number for, as the JSON form of protocol buffers has it.
pub fn float(value: f64) -> Json {
    match serde_json::Number::from_f64(value) {
        Some(number) => Json::Number(number),
        None if value.is_nan() => Json::from(NAN),
        None if value > 0.0 => Json::from(INFINITY),
        None => Json::from(MINUS_INFINITY),
    }
}

/// A decimal is a number of JSON, unless it has more digits than readers of JSON keep: then it is a string of them.
fn decimal(value: Decimal) -> Json {
    let text = value.to_string();
    let value = value.normalize();
    match (i64::try_from(value.mantissa()), text.parse::<f64>()) {
        (Ok(digits), _) if digits.unsigned_abs() < MOST_DIGITS && value.scale() == 0 => Json::from(digits),
        (Ok(digits), Ok(number)) if digits.unsigned_abs() < MOST_DIGITS => Json::from(number),
        (_, _) => Json::String(text),
    }
}

fn object_key(key: &Data) -> String {
    match key {
        Data::String(text) => text.clone(),
        other => untyped(other).to_string(),
    }
}
