//! Between values and data that crosses the machine's border.

use super::extent::too_deep;
use super::{Case, Closure, List, MAX_DEPTH, Map, Parts, Value};
use crate::{Data, Failure};
use std::rc::Rc;

impl Value {
    /// Makes a value of data; fails with `limit` where it nests too deep or weighs too much.
    pub fn from_data(data: Data) -> Result<Value, Failure> {
        from_data(data, 0)
    }

    /// Gives the value as data that shares nothing with it.
    pub fn to_data(&self) -> Data {
        match self {
            Value::None => Data::None,
            Value::Bool(value) => Data::Bool(*value),
            Value::Int(value) => Data::Int(*value),
            Value::Float(value) => Data::Float(*value),
            Value::Decimal(number) => Data::Decimal(**number),
            Value::String(text) => Data::String(text.as_str().to_owned()),
            Value::Bytes(bytes) => Data::Bytes(bytes.as_ref().clone()),
            Value::DateTime(instant) => Data::DateTime(instant.micros, instant.zone.as_str().to_owned()),
            Value::List(list) => Data::List(list.iter().map(|item| item.to_data()).collect()),
            Value::Map(map) => Data::Map(map.iter().map(|(key, value)| (key.to_data(), value.to_data())).collect()),
            Value::Record(fields) => Data::Record(all_to_data(fields)),
            Value::Case(case) => Data::Case(case.tag, all_to_data(&case.fields)),
            Value::Closure(closure) => Data::Closure(closure.function, all_to_data(&closure.captured)),
        }
    }
}

fn all_to_data(values: &[Value]) -> Vec<Data> {
    values.iter().map(Value::to_data).collect()
}

fn from_data(data: Data, depth: u16) -> Result<Value, Failure> {
    if depth > MAX_DEPTH {
        return Err(too_deep());
    }
    Ok(match data {
        Data::None => Value::None,
        Data::Bool(value) => Value::Bool(value),
        Data::Int(value) => Value::Int(value),
        Data::Float(value) => Value::Float(value),
        Data::Decimal(number) => Value::decimal(number),
        Data::String(text) => Value::from(text),
        Data::Bytes(bytes) => Value::bytes(bytes),
        Data::DateTime(micros, zone) => Value::datetime(micros, zone),
        Data::List(items) => Value::list(list_from_data(items, depth)?),
        Data::Map(entries) => {
            let mut map = Map::new();
            for (key, value) in entries {
                map.insert(from_data(key, depth + 1)?, from_data(value, depth + 1)?)?;
            }
            Value::map(map)
        }
        Data::Record(fields) => Value::Record(Rc::new(parts(fields, depth)?)),
        Data::Case(tag, fields) => Value::Case(Rc::new(Case { tag, fields: parts(fields, depth)? })),
        Data::Closure(function, captured) => {
            Value::Closure(Rc::new(Closure { function, captured: parts(captured, depth)? }))
        }
    })
}

fn parts(data: Vec<Data>, depth: u16) -> Result<Parts, Failure> {
    Parts::new(data.into_iter().map(|data| from_data(data, depth + 1)).collect::<Result<_, _>>()?)
}

/// A list of one kind of words stands densely, as the machine would have built it.
fn list_from_data(items: Vec<Data>, depth: u16) -> Result<List, Failure> {
    let dense = match items.first() {
        Some(Data::Int(_)) => items
            .iter()
            .map(|item| if let Data::Int(item) = item { Some(*item) } else { None })
            .collect::<Option<_>>()
            .map(List::Ints),
        Some(Data::Float(_)) => items
            .iter()
            .map(|item| if let Data::Float(item) = item { Some(*item) } else { None })
            .collect::<Option<_>>()
            .map(List::Floats),
        Some(Data::Bool(_)) => items
            .iter()
            .map(|item| if let Data::Bool(item) = item { Some(*item) } else { None })
            .collect::<Option<_>>()
            .map(List::Bools),
        _ => None,
    };
    match dense {
        Some(list) => Ok(list),
        None => parts(items, depth).map(List::Refs),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn data_comes_back_as_it_went() {
        let data = Data::Record(vec![
            Data::None,
            Data::List(vec![Data::Int(1), Data::Int(2)]),
            Data::List(vec![Data::Int(1), Data::Float(2.5), Data::Bool(true)]),
            Data::Map(vec![(Data::String("b".into()), Data::Bytes(vec![1])), (Data::String("a".into()), Data::None)]),
            Data::Case(3, vec![Data::DateTime(7, "UTC".into())]),
            Data::Closure(1, vec![Data::Float(1.5)]),
        ]);
        assert_eq!(Value::from_data(data.clone()).unwrap().to_data(), data);
    }

    #[test]
    fn data_that_nests_too_deep_is_refused() {
        let nest = |levels| (0..levels).fold(Data::None, |inner, _| Data::List(vec![inner]));
        assert!(Value::from_data(nest(MAX_DEPTH)).is_ok());
        assert_eq!(Value::from_data(nest(MAX_DEPTH + 1)).unwrap_err().kind, "limit");
    }

    #[test]
    fn a_value_that_would_weigh_too_much_is_refused() {
        let mut value = Value::from("0123456789abcdef");
        let failed = (0..MAX_DEPTH).find_map(|_| match Value::record(vec![value.clone(), value.clone()]) {
            Ok(record) => {
                value = record;
                None
            }
            Err(failure) => Some(failure),
        });
        assert!(failed.unwrap().message.contains("256 MiB"));
    }
}
