//! `map`: values by key.

use super::bounds::to_int;
use runtime::{Arguments, Failure, List, Natives, Parts, Value};

/// Adds the natives.
pub fn add(natives: &mut Natives) {
    natives.pure("map.len", |arguments| Ok(to_int(arguments.map(0)?.len())));
    natives.pure("map.get", |it| Ok(it.map(0)?.get(it.value(1)?).cloned().unwrap_or_default()));
    natives.pure("map.keys", |arguments| list(arguments.map(0)?.keys()));
    natives.pure("map.values", |arguments| list(arguments.map(0)?.values()));
    natives.pure("map.remove", remove);
    natives.pure("map.merge", merge);
}

/// Makes a list in the form that its items ask for: words stand densely.
pub(super) fn list<'a>(items: impl Iterator<Item = &'a Value>) -> Result<Value, Failure> {
    let mut items = items.peekable();
    let mut list = match items.peek() {
        Some(Value::Int(_)) => List::Ints(Vec::new()),
        Some(Value::Float(_)) => List::Floats(Vec::new()),
        Some(Value::Bool(_)) => List::Bools(Vec::new()),
        Some(_) | None => List::Refs(Parts::default()),
    };
    for item in items {
        list.push(item.clone())?;
    }
    Ok(Value::from(list))
}

fn remove(arguments: &mut [Value]) -> Result<Value, Failure> {
    let key = std::mem::take(arguments.value_mut(1)?);
    Ok(arguments.map_mut(0)?.remove(&key).unwrap_or_default())
}

fn merge(arguments: &mut [Value]) -> Result<Value, Failure> {
    let other = std::mem::take(arguments.value_mut(1)?);
    let merged = arguments.map_mut(0)?;
    for (key, value) in [other].as_slice().map(0)?.iter() {
        merged.insert(key.clone(), value.clone())?;
    }
    Ok(std::mem::take(arguments.value_mut(0)?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use runtime::Map;

    fn map(entries: &[(&str, i64)]) -> Value {
        let mut map = Map::new();
        for (key, value) in entries {
            map.insert(Value::from(*key), Value::Int(*value)).unwrap();
        }
        Value::map(map)
    }

    #[test]
    fn merging_keeps_the_order_and_takes_the_others_values() {
        let first = map(&[("a", 1), ("b", 2)]);
        let merged = merge(&mut [first.clone(), map(&[("b", 3), ("c", 4)])]).unwrap();
        assert_eq!(list([merged].as_slice().map(0).unwrap().values()).unwrap(), Value::list(vec![1, 3, 4]));
        assert_eq!(first, map(&[("a", 1), ("b", 2)]));
    }

    #[test]
    fn removing_gives_the_value_or_none() {
        let mut arguments = [map(&[("a", 1)]), Value::from("a")];
        assert_eq!(remove(&mut arguments).unwrap(), Value::Int(1));
        assert_eq!(arguments[0], map(&[]));
        arguments[1] = Value::from("a");
        assert!(remove(&mut arguments).unwrap().is_none());
    }
}
