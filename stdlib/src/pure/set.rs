//! `set`: each value once. A set is a map whose values are `none`.

use super::bounds::to_int;
use super::map;
use runtime::{Arguments, Failure, Natives, Value};

/// Adds the natives.
pub fn add(natives: &mut Natives) {
    natives.pure("set.len", |arguments| Ok(to_int(arguments.map(0)?.len())));
    natives.pure("set.add", put);
    natives.pure("set.remove", remove);
    natives.pure("set.union", union);
    natives.pure("set.intersect", |arguments| kept(arguments, true));
    natives.pure("set.difference", |arguments| kept(arguments, false));
    natives.pure("set.to_list", |arguments| map::list(arguments.map(0)?.keys()));
    natives.pure("list.to_set", |arguments| Value::set(arguments.list(0)?.iter()));
}

fn put(arguments: &mut [Value]) -> Result<Value, Failure> {
    let value = std::mem::take(arguments.value_mut(1)?);
    Ok(Value::Bool(arguments.map_mut(0)?.insert(value, Value::None)?.is_none()))
}

fn remove(arguments: &mut [Value]) -> Result<Value, Failure> {
    let value = std::mem::take(arguments.value_mut(1)?);
    Ok(Value::Bool(arguments.map_mut(0)?.remove(&value).is_some()))
}

/// Adds to the first set in place where nobody else has it.
fn union(arguments: &mut [Value]) -> Result<Value, Failure> {
    let other = std::mem::take(arguments.value_mut(1)?);
    let all = arguments.map_mut(0)?;
    for value in [other].as_slice().map(0)?.keys() {
        all.insert(value.clone(), Value::None)?;
    }
    Ok(std::mem::take(arguments.value_mut(0)?))
}

/// Gives the values of the first set that are in the second, or those that are not.
fn kept(arguments: &mut [Value], in_both: bool) -> Result<Value, Failure> {
    let other = arguments.map(1)?;
    Value::set(arguments.map(0)?.keys().filter(|value| other.contains(value) == in_both).cloned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn set(items: &[i64]) -> Value {
        Value::set(items.iter().map(|item| Value::Int(*item))).unwrap()
    }

    #[test]
    fn a_set_has_each_value_once_and_no_order_of_its_own() {
        assert_eq!(set(&[1, 2, 1]), set(&[2, 1]));
        let mut arguments = [set(&[1]), Value::Int(2)];
        assert_eq!(put(&mut arguments).unwrap(), Value::Bool(true));
        arguments[1] = Value::Int(2);
        assert_eq!(put(&mut arguments).unwrap(), Value::Bool(false));
        assert_eq!(arguments[0], set(&[1, 2]));
        arguments[1] = Value::Int(1);
        assert_eq!(remove(&mut arguments).unwrap(), Value::Bool(true));
        assert_eq!(arguments[0], set(&[2]));
    }

    #[test]
    fn combining_leaves_what_was_combined_alone() {
        let (left, right) = (set(&[1, 2]), set(&[2, 3]));
        assert_eq!(union(&mut [left.clone(), right.clone()]).unwrap(), set(&[1, 2, 3]));
        assert_eq!(kept(&mut [left.clone(), right.clone()], true).unwrap(), set(&[2]));
        assert_eq!(kept(&mut [left.clone(), right.clone()], false).unwrap(), set(&[1]));
        assert_eq!(left, set(&[1, 2]));
    }
}
