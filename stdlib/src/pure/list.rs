//! `list`: what is faster here than in the language.

use super::bounds::{check_text, invalid, position, to_int};
use runtime::{Arguments, ErrorKind, Failure, List, Map, Natives, Parts, Value};

/// Adds the natives.
pub fn add(natives: &mut Natives) {
    natives.pure("list.is_before", |it| Ok(Value::Bool(ordered(it.value(0)?)?.compare(it.value(1)?).is_lt())));
    natives.pure("list.in_order", in_order);
    natives.pure("list.len", |arguments| Ok(to_int(arguments.list(0)?.len())));
    natives.pure("list.get", get);
    natives.pure("list.push", push);
    natives.pure("list.pop", |arguments| Ok(arguments.list_mut(0)?.pop().unwrap_or_default()));
    natives.pure("list.insert", insert);
    natives.pure("list.remove", remove);
    natives.pure("list.index_of", index_of);
    natives.pure("list.chunks", chunks);
    natives.pure("list.unique", unique);
    natives.pure("list.reverse", reverse);
    natives.pure("list.take", |it| Ok(Value::from(it.list(0)?.slice(0, position(it.int(1)?))?)));
    natives.pure("list.skip", |it| Ok(Value::from(it.list(0)?.slice(position(it.int(1)?), usize::MAX)?)));
    natives.pure("list.slice", slice);
    natives.pure("list.concat", concat);
    natives.pure("list.join", join);
    natives.pure("list.sort", sort);
}

/// Fails with `invalid` unless values of this kind have an order.
fn ordered(value: &Value) -> Result<&Value, Failure> {
    match value {
        Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Decimal(_)
        | Value::String(_)
        | Value::DateTime(_) => Ok(value),
        Value::None
        | Value::Bytes(_)
        | Value::List(_)
        | Value::Map(_)
        | Value::Record(_)
        | Value::Case(_)
        | Value::Closure(_) => Err(invalid(format!("{} has no order; order by one of its parts", value.describe()))),
    }
}

fn in_order(arguments: &mut [Value]) -> Result<Value, Failure> {
    let (items, keys, descending) = (arguments.list(0)?, arguments.list(1)?, arguments.bool(2)?);
    let mut pairs = Vec::with_capacity(items.len());
    for (key, item) in keys.iter().zip(items.iter()) {
        ordered(&key)?;
        pairs.push((key, item));
    }
    if descending {
        pairs.sort_by(|(left, _), (right, _)| right.compare(left));
    } else {
        pairs.sort_by(|(left, _), (right, _)| left.compare(right));
    }
    collected(items, pairs.into_iter().map(|(_, item)| item))
}

/// Makes a list in the form of another one.
fn collected(like: &List, items: impl Iterator<Item = Value>) -> Result<Value, Failure> {
    let mut list = like.empty_like();
    for item in items {
        list.push(item)?;
    }
    Ok(Value::from(list))
}

fn get(arguments: &mut [Value]) -> Result<Value, Failure> {
    let index = usize::try_from(arguments.int(1)?).ok();
    let list = arguments.list(0)?;
    Ok(index.and_then(|index| list.get(index)).unwrap_or_default())
}

/// Appends in place where nobody else has the first list.
fn concat(arguments: &mut [Value]) -> Result<Value, Failure> {
    let more = std::mem::take(arguments.value_mut(1)?);
    if let Value::List(more) = &more {
        arguments.list_mut(0)?.append(more)?;
    }
    Ok(std::mem::take(arguments.value_mut(0)?))
}

fn push(arguments: &mut [Value]) -> Result<Value, Failure> {
    let item = std::mem::take(arguments.value_mut(1)?);
    arguments.list_mut(0)?.push(item)?;
    Ok(Value::None)
}

fn insert(arguments: &mut [Value]) -> Result<Value, Failure> {
    let index = arguments.int(1)?;
    let length = arguments.list(0)?.len();
    // Behind the last item is a place, too.
    let Some(at) = usize::try_from(index).ok().filter(|at| *at <= length) else { return Err(outside(index, length)) };
    let item = std::mem::take(arguments.value_mut(2)?);
    arguments.list_mut(0)?.insert(at, item)?;
    Ok(Value::None)
}

fn remove(arguments: &mut [Value]) -> Result<Value, Failure> {
    let index = arguments.int(1)?;
    let length = arguments.list(0)?.len();
    let list = arguments.list_mut(0)?;
    usize::try_from(index).ok().and_then(|at| list.remove(at)).ok_or_else(|| outside(index, length))
}

fn outside(index: i64, length: usize) -> Failure {
    Failure::new(ErrorKind::OutOfRange, format!("there is no index {index} in a list of {length}"))
}

fn index_of(arguments: &mut [Value]) -> Result<Value, Failure> {
    let item = arguments.value(1)?;
    Ok(arguments.list(0)?.iter().position(|other| other == *item).map_or(Value::None, to_int))
}

fn chunks(arguments: &mut [Value]) -> Result<Value, Failure> {
    let (list, size) = (arguments.list(0)?, arguments.int(1)?);
    let Some(size) = usize::try_from(size).ok().filter(|size| *size > 0) else {
        return Err(invalid(format!("a part of a list has at least one item, found {size}")));
    };
    let mut parts = Parts::default();
    for from in (0..list.len()).step_by(size) {
        parts.push(Value::from(list.slice(from, from.saturating_add(size))?))?;
    }
    Ok(Value::from(List::from(parts)))
}

fn unique(arguments: &mut [Value]) -> Result<Value, Failure> {
    let list = arguments.list(0)?;
    let mut seen = Map::new();
    for item in list.iter() {
        seen.insert(item, Value::None)?;
    }
    collected(list, seen.keys().cloned())
}

fn reverse(arguments: &mut [Value]) -> Result<Value, Failure> {
    arguments.list_mut(0)?.reverse();
    Ok(std::mem::take(arguments.value_mut(0)?))
}

fn slice(arguments: &mut [Value]) -> Result<Value, Failure> {
    let start = position(arguments.int(1)?);
    let end = match arguments.given(2) {
        Some(_) => position(arguments.int(2)?),
        None => usize::MAX,
    };
    Ok(Value::from(arguments.list(0)?.slice(start, end)?))
}

fn join(arguments: &mut [Value]) -> Result<Value, Failure> {
    let (list, separator) = (arguments.list(0)?, arguments.string(1)?);
    let mut joined = String::new();
    for (number, item) in list.iter().enumerate() {
        if number > 0 {
            joined.push_str(separator);
        }
        joined.push_str([item].string(0)?);
        check_text(Some(joined.len()))?;
    }
    Ok(Value::from(joined))
}

fn sort(arguments: &mut [Value]) -> Result<Value, Failure> {
    let descending = arguments.bool(1)?;
    let list = arguments.list_mut(0)?;
    list.sort();
    if descending {
        // These kinds have no two values that are equal and yet differ, but for datetimes in other zones, and -0.0.
        list.reverse();
    }
    Ok(std::mem::take(arguments.value_mut(0)?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn ints(items: &[i64]) -> Value {
        Value::list(items.to_vec())
    }

    #[test]
    fn equal_keys_keep_their_order_both_ways() {
        let keys = ints(&[2, 1, 2, 1]);
        let order = |descending| in_order(&mut [ints(&[0, 1, 2, 3]), keys.clone(), Value::Bool(descending)]).unwrap();
        assert_eq!(order(false), ints(&[1, 3, 0, 2]));
        assert_eq!(order(true), ints(&[0, 2, 1, 3]));
    }

    #[test]
    fn what_has_no_order_is_refused() {
        let nested = Value::list(List::of(vec![ints(&[1]), ints(&[2])]).unwrap());
        let failure = in_order(&mut [nested.clone(), nested, Value::Bool(false)]).unwrap_err();
        assert_eq!(failure.message, "a list has no order; order by one of its parts");
    }

    #[test]
    fn changing_a_shared_list_leaves_the_other_alone() {
        let shared = ints(&[1, 2, 3]);
        let mut arguments = [shared.clone(), Value::Int(0)];
        assert_eq!(remove(&mut arguments).unwrap(), Value::Int(1));
        assert_eq!(arguments[0], ints(&[2, 3]));
        assert_eq!(reverse(&mut [shared.clone()]).unwrap(), ints(&[3, 2, 1]));
        assert_eq!(shared, ints(&[1, 2, 3]));
    }

    #[test]
    fn indexes_outside_are_told() {
        assert_eq!(remove(&mut [ints(&[1]), Value::Int(1)]).unwrap_err().kind, "out_of_range");
        assert_eq!(remove(&mut [ints(&[1]), Value::Int(-1)]).unwrap_err().kind, "out_of_range");
        let mut arguments = [ints(&[1]), Value::Int(1), Value::Int(5)];
        insert(&mut arguments).unwrap();
        assert_eq!(arguments[0], ints(&[1, 5]));
        assert!(get(&mut [ints(&[1]), Value::Int(-1)]).unwrap().is_none());
    }

    #[test]
    fn parts_of_lists_are_within_their_bounds() {
        let chunked = chunks(&mut [ints(&[1, 2, 3]), Value::Int(2)]).unwrap();
        assert_eq!(chunked, Value::list(List::of(vec![ints(&[1, 2]), ints(&[3])]).unwrap()));
        assert_eq!(chunks(&mut [ints(&[1]), Value::Int(0)]).unwrap_err().kind, "invalid");
        assert_eq!(slice(&mut [ints(&[1, 2, 3]), Value::Int(-5), Value::Int(2)]).unwrap(), ints(&[1, 2]));
        assert_eq!(slice(&mut [ints(&[1, 2, 3]), Value::Int(2), Value::Int(1)]).unwrap(), ints(&[]));
        assert_eq!(unique(&mut [ints(&[3, 1, 3, 1])]).unwrap(), ints(&[3, 1]));
    }

    #[test]
    fn texts_are_joined() {
        let list = Value::list(List::strings(["a", "b"]).unwrap());
        assert_eq!(join(&mut [list, Value::from(", ")]).unwrap(), Value::from("a, b"));
    }
}
