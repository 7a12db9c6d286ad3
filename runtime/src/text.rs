//! The text of values: what stands in `"{x}"`, and how times are written and read.
//!
//! Numbers print in the shortest form that reads back; datetimes as RFC 9557; durations as `1h30m`; cases by their
//! names; inside lists and records strings are quoted, so that what is shown is not mistaken.

mod civil;
mod duration;

pub use civil::{date, datetime, parse_date, parse_datetime, parse_time, time, zone};
pub use duration::{duration, iso_duration, parse_duration};

use crate::value::MAX_BYTES;
use crate::{Data, Extent, Failure, Value};
use bytecode::{FieldType, Type, TypeId, secret};
use std::fmt::Write as _;

/// Gives the text of a float, in the shortest form that reads back as the same: `2.0`, `1e300`, `NaN`.
pub fn float(value: f64) -> String {
    format!("{value:?}")
}

/// Gives the text of a word of a type.
pub fn of_word(types: &[Type], of: TypeId, word: u64) -> String {
    let data = match types.get(usize::from(of.0)) {
        // Most words in texts are plain ints, which need no look at their type.
        Some(Type::Int) => return word.cast_signed().to_string(),
        Some(Type::Float) => Data::Float(f64::from_bits(word)),
        Some(Type::Bool) => Data::Bool(word != 0),
        _ => Data::Int(word.cast_signed()),
    };
    of_data(types, of, &data)
}

/// Gives the text of a value of a type as a string; fails with `limit` where it would be too large.
pub(crate) fn of_value(types: &[Type], of: TypeId, value: &Value) -> Result<Value, Failure> {
    if let Value::String(text) = value {
        return Ok(Value::String(text.clone()));
    }
    let text = of_data(types, of, &value.to_data());
    Extent::flat(text.len()).check()?;
    Ok(Value::from(text))
}

/// Gives the text of data of a type. Beyond the size of values it is cut.
pub fn of_data(types: &[Type], of: TypeId, data: &Data) -> String {
    let mut out = String::new();
    write(&mut out, types, Some(of), data, false);
    out
}

fn write(out: &mut String, types: &[Type], of: Option<TypeId>, data: &Data, quoted: bool) {
    if out.len() as u64 > MAX_BYTES {
        return;
    }
    let mut type_ = of.and_then(|id| types.get(usize::from(id.0)));
    if let Some(Type::Optional(inner)) = type_ {
        type_ = types.get(usize::from(inner.0));
    }
    if let Some(Type::Secret(_)) = type_ {
        return out.push_str(secret::REDACTED);
    }
    if let (Some(Type::Json), data) = (type_, data)
        && !matches!(data, Data::String(_))
    {
        // Writing to a string does not fail, here and below.
        let _ = write!(out, "{}", crate::json::untyped(data));
        return;
    }
    match data {
        Data::Case(tag, _) if secret::is_secret(*tag) => out.push_str(secret::REDACTED),
        Data::None => out.push_str("none"),
        Data::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Data::Int(value) => write_int(out, type_, *value),
        Data::Float(value) => out.push_str(&float(*value)),
        Data::Decimal(value) => {
            let _ = write!(out, "{value}");
        }
        Data::String(text) if quoted => {
            let _ = write!(out, "{text:?}");
        }
        Data::String(text) => out.push_str(text),
        Data::Bytes(bytes) => {
            let _ = write!(out, "{} bytes", bytes.len());
        }
        Data::DateTime(micros, zone) => out.push_str(&datetime(*micros, zone)),
        Data::List(items) => {
            let item_type = match type_ {
                Some(Type::List(item)) => Some(*item),
                _ => None,
            };
            write_items(out, types, item_type, items.iter());
        }
        Data::Map(entries) if matches!(type_, Some(Type::Set(_))) => {
            let item_type = match type_ {
                Some(Type::Set(item)) => Some(*item),
                _ => None,
            };
            write_items(out, types, item_type, entries.iter().map(|(item, _)| item));
        }
        Data::Map(entries) => {
            let (key_type, value_type) = match type_ {
                Some(Type::Map(key, value)) => (Some(*key), Some(*value)),
                _ => (None, None),
            };
            out.push('{');
            for (position, (key, value)) in entries.iter().enumerate() {
                separate(out, position);
                write(out, types, key_type, key, true);
                out.push_str(": ");
                write(out, types, value_type, value, true);
            }
            out.push('}');
        }
        Data::Record(values) => {
            let (name, fields) = match type_ {
                Some(Type::Record(shape)) => (shape.name.as_str(), shape.fields.as_slice()),
                _ => ("", [].as_slice()),
            };
            write_parts(out, types, name, fields, values);
        }
        Data::Case(tag, values) => {
            let case = match type_ {
                Some(Type::Enum(shape)) => shape.cases.get(usize::from(*tag)),
                _ => None,
            };
            let (name, fields) = case.map_or(("", [].as_slice()), |case| (&case.name, &case.fields));
            if values.is_empty() { out.push_str(name) } else { write_parts(out, types, name, fields, values) }
        }
        Data::Closure(..) => out.push_str("a function"),
    }
}

fn write_items<'d>(out: &mut String, types: &[Type], of: Option<TypeId>, items: impl Iterator<Item = &'d Data>) {
    out.push('[');
    for (position, item) in items.enumerate() {
        separate(out, position);
        write(out, types, of, item, true);
    }
    out.push(']');
}

fn separate(out: &mut String, position: usize) {
    if position > 0 {
        out.push_str(", ");
    }
}

fn write_parts(out: &mut String, types: &[Type], name: &str, fields: &[FieldType], values: &[Data]) {
    out.push_str(name);
    out.push('(');
    for (position, value) in values.iter().enumerate() {
        separate(out, position);
        let field = fields.get(position);
        if let Some(field) = field {
            let _ = write!(out, "{}: ", field.name);
        }
        write(out, types, field.map(|field| field.type_), value, true);
    }
    out.push(')');
}

fn write_int(out: &mut String, type_: Option<&Type>, value: i64) {
    match type_ {
        Some(Type::Duration) => out.push_str(&duration(value)),
        Some(Type::Date) => out.push_str(&date(value)),
        Some(Type::Time) => out.push_str(&time(value)),
        Some(Type::Enum(shape)) => {
            let case = usize::try_from(value).ok().and_then(|number| shape.cases.get(number));
            out.push_str(case.map_or("", |case| &case.name));
        }
        _ => {
            let _ = write!(out, "{value}");
        }
    }
}
