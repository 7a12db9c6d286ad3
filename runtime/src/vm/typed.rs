//! Data from outside as values of a type: what does not fit its type does not get in.
//!
//! Empty lists, too, get the form that code for their type expects.

use crate::{Case, Data, ErrorKind, Failure, List, MAX_DEPTH, Map, Parts, Value};
use bytecode::secret::is_secret;
use bytecode::{Bank, FieldType, Type, TypeId};
use std::rc::Rc;

/// Makes a value of data that should be of a type.
pub(crate) fn value(types: &[Type], id: TypeId, data: Data) -> Result<Value, Failure> {
    convert(types, id, data, 0)
}

/// Makes an empty list in the form for its type, where it has none yet.
pub(super) fn settle(types: &[Type], id: TypeId, value: Value) -> Value {
    if let Value::List(list) = &value
        && list.is_empty()
        && let Some(Type::List(item)) = types.get(usize::from(id.0))
    {
        return Value::list(empty(types, *item));
    }
    value
}

/// Gives a word as a value of a type; an int where the type is not known.
pub(super) fn boxed(types: &[Type], id: Option<TypeId>, word: u64) -> Value {
    match id.and_then(|id| types.get(usize::from(id.0))) {
        Some(Type::Float) => Value::Float(f64::from_bits(word)),
        Some(Type::Bool) => Value::Bool(word != 0),
        _ => Value::Int(word.cast_signed()),
    }
}

/// Makes an empty list for items of a type.
pub(super) fn empty(types: &[Type], item: TypeId) -> List {
    match types.get(usize::from(item.0)) {
        Some(Type::Float) => List::Floats(Vec::new()),
        Some(Type::Bool) => List::Bools(Vec::new()),
        Some(other) if other.bank(types) == Some(Bank::Word) => List::Ints(Vec::new()),
        _ => List::Refs(Parts::default()),
    }
}

fn convert(types: &[Type], id: TypeId, data: Data, depth: u16) -> Result<Value, Failure> {
    if depth > MAX_DEPTH {
        return Value::from_data(data);
    }
    let Some(type_) = types.get(usize::from(id.0)) else { return Err(wrong("a value", &data)) };
    match (type_, data) {
        (Type::Nothing, _) => Ok(Value::None),
        (Type::Json | Type::Function, data) => Value::from_data(data),
        (Type::Optional(_), Data::None) => Ok(Value::None),
        (Type::Optional(inner), data) => convert(types, *inner, data, depth + 1),
        (Type::Int | Type::Duration | Type::Date | Type::Time, Data::Int(value)) => Ok(Value::Int(value)),
        (Type::Float, Data::Float(value)) => Ok(Value::Float(value)),
        (Type::Float, Data::Int(value)) => Ok(Value::Float(value as f64)),
        (Type::Bool, Data::Bool(value)) => Ok(Value::Bool(value)),
        (Type::String, Data::String(text)) => Ok(Value::from(text)),
        (Type::Bytes, Data::Bytes(bytes)) => Ok(Value::bytes(bytes)),
        (Type::DateTime, Data::DateTime(micros, zone)) => Ok(Value::datetime(micros, zone)),
        (Type::Decimal, Data::Decimal(value)) => Ok(Value::decimal(value)),
        (Type::Secret(_), data @ Data::Case(tag, _)) if is_secret(tag) => Value::from_data(data),
        (Type::Secret(inner), data) => convert(types, *inner, data, depth + 1),
        (Type::Set(item), Data::Map(entries)) => {
            let mut set = Map::new();
            for (data, _) in entries {
                set.insert(convert(types, *item, data, depth + 1)?, Value::None)?;
            }
            Ok(Value::map(set))
        }
        (Type::List(item), Data::List(items)) => {
            let mut list = empty(types, *item);
            for data in items {
                list.push(convert(types, *item, data, depth + 1)?)?;
            }
            Ok(Value::list(list))
        }
        (Type::Map(key, value), Data::Map(entries)) => {
            let mut map = Map::new();
            for (key_data, data) in entries {
                map.insert(convert(types, *key, key_data, depth + 1)?, convert(types, *value, data, depth + 1)?)?;
            }
            Ok(Value::map(map))
        }
        (Type::Record(shape), Data::Record(fields)) => {
            Ok(Value::Record(Rc::new(parts(types, &shape.fields, fields, &shape.name, depth)?)))
        }
        (Type::Enum(shape), Data::Int(number)) if shape.is_plain() => {
            let known = usize::try_from(number).is_ok_and(|number| number < shape.cases.len());
            if known { Ok(Value::Int(number)) } else { Err(wrong(&shape.name, &Data::Int(number))) }
        }
        (Type::Enum(shape), Data::Case(tag, fields)) if !shape.is_plain() => match shape.cases.get(usize::from(tag)) {
            Some(case) => {
                let fields = parts(types, &case.fields, fields, &case.name, depth)?;
                Ok(Value::Case(Rc::new(Case { tag, fields })))
            }
            None => Err(wrong(&shape.name, &Data::Int(i64::from(tag)))),
        },
        (Type::Int, data) => Err(wrong("an int", &data)),
        (Type::Float, data) => Err(wrong("a float", &data)),
        (Type::Bool, data) => Err(wrong("a bool", &data)),
        (Type::String, data) => Err(wrong("a string", &data)),
        (Type::Bytes, data) => Err(wrong("bytes", &data)),
        (Type::Duration, data) => Err(wrong("a duration", &data)),
        (Type::Date, data) => Err(wrong("a date", &data)),
        (Type::Time, data) => Err(wrong("a time", &data)),
        (Type::DateTime, data) => Err(wrong("a datetime", &data)),
        (Type::Decimal, data) => Err(wrong("a decimal", &data)),
        (Type::List(_), data) => Err(wrong("a list", &data)),
        (Type::Set(_), data) => Err(wrong("a set", &data)),
        (Type::Map(..), data) => Err(wrong("a map", &data)),
        (Type::Record(shape), data) => Err(wrong(&shape.name, &data)),
        (Type::Enum(shape), data) => Err(wrong(&shape.name, &data)),
    }
}

fn parts(types: &[Type], fields: &[FieldType], data: Vec<Data>, name: &str, depth: u16) -> Result<Parts, Failure> {
    if fields.len() != data.len() {
        let (expected, found) = (fields.len(), data.len());
        return Err(Failure::new(ErrorKind::Invalid, format!("expected {name} of {expected} fields, found {found}")));
    }
    let mut values = Vec::with_capacity(data.len());
    for (field, data) in fields.iter().zip(data) {
        values.push(convert(types, field.type_, data, depth + 1)?);
    }
    Parts::new(values)
}

#[cold]
fn wrong(expected: &str, found: &Data) -> Failure {
    Failure::new(ErrorKind::Invalid, format!("expected {expected}, found {}", found.describe()))
}
