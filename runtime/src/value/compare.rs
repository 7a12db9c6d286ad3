//! Equality, hashing and order of values.
//!
//! Recursion is bounded by the depth of values. Parts that are the same in memory are not looked into.

use super::{Case, Closure, DateTime, List, Map, Parts, Value};
use rustc_hash::FxBuildHasher;
use std::cmp::Ordering;
use std::hash::{BuildHasher, Hash, Hasher};
use std::rc::Rc;

impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::None, Value::None) => true,
            (Value::Bool(left), Value::Bool(right)) => left == right,
            (Value::Int(left), Value::Int(right)) => left == right,
            (Value::Float(left), Value::Float(right)) => left == right,
            // Only JSON mixes the two: 1 and 1.0 are one number there.
            (Value::Int(int), Value::Float(float)) | (Value::Float(float), Value::Int(int)) => *int as f64 == *float,
            (Value::Decimal(left), Value::Decimal(right)) => left == right,
            (Value::String(left), Value::String(right)) => left == right,
            (Value::Bytes(left), Value::Bytes(right)) => left == right,
            (Value::DateTime(left), Value::DateTime(right)) => left == right,
            (Value::List(left), Value::List(right)) => Rc::ptr_eq(left, right) || left == right,
            (Value::Map(left), Value::Map(right)) => Rc::ptr_eq(left, right) || left == right,
            (Value::Record(left), Value::Record(right)) => Rc::ptr_eq(left, right) || left == right,
            (Value::Case(left), Value::Case(right)) => Rc::ptr_eq(left, right) || left == right,
            (Value::Closure(left), Value::Closure(right)) => Rc::ptr_eq(left, right) || left == right,
            _ => false,
        }
    }
}

// Floats are not keys in the language; one that is not itself (NaN) is merely never found.
impl Eq for Value {}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Value::None => state.write_u8(0),
            Value::Bool(value) => state.write_u8(u8::from(*value) + 1),
            Value::Int(value) => state.write_i64(*value),
            Value::Float(value) => hash_float(*value, state),
            Value::Decimal(number) => number.hash(state),
            Value::String(text) => text.hash(state),
            Value::Bytes(bytes) => bytes.hash(state),
            Value::DateTime(instant) => state.write_i64(instant.micros),
            Value::List(list) => list.hash(state),
            Value::Map(map) => hash_entries(map, state),
            Value::Record(fields) => fields.hash(state),
            Value::Case(case) => {
                state.write_u16(case.tag);
                case.fields.hash(state);
            }
            Value::Closure(closure) => {
                state.write_u16(closure.function);
                closure.captured.hash(state);
            }
        }
    }
}

/// A float that is an int hashes as that int, since the two may be equal.
fn hash_float<H: Hasher>(value: f64, state: &mut H) {
    let int = value as i64;
    if int as f64 == value { state.write_i64(int) } else { state.write_u64(value.to_bits()) }
}

/// The order of entries does not matter to equality, so what they hash to is added up.
fn hash_entries<H: Hasher>(map: &Map, state: &mut H) {
    let hashes = map.iter().map(|entry| FxBuildHasher.hash_one(entry));
    state.write_u64(hashes.fold(map.len() as u64, u64::wrapping_add));
}

impl PartialEq for DateTime {
    fn eq(&self, other: &DateTime) -> bool {
        self.micros == other.micros
    }
}

impl PartialEq for List {
    fn eq(&self, other: &List) -> bool {
        match (self, other) {
            (List::Ints(left), List::Ints(right)) => left == right,
            (List::Floats(left), List::Floats(right)) => left == right,
            (List::Bools(left), List::Bools(right)) => left == right,
            (List::Refs(left), List::Refs(right)) => left == right,
            (left, right) => left.len() == right.len() && left.iter().eq(right.iter()),
        }
    }
}

impl Hash for List {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.len());
        match self {
            List::Ints(items) => items.iter().for_each(|item| state.write_i64(*item)),
            List::Floats(items) => items.iter().for_each(|item| hash_float(*item, state)),
            List::Bools(_) | List::Refs(_) => self.iter().for_each(|item| item.hash(state)),
        }
    }
}

impl PartialEq for Map {
    fn eq(&self, other: &Map) -> bool {
        self.len() == other.len() && self.iter().all(|(key, value)| other.get(key) == Some(value))
    }
}

impl PartialEq for Parts {
    fn eq(&self, other: &Parts) -> bool {
        **self == **other
    }
}

impl Hash for Parts {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl PartialEq for Case {
    fn eq(&self, other: &Case) -> bool {
        self.tag == other.tag && self.fields == other.fields
    }
}

impl PartialEq for Closure {
    fn eq(&self, other: &Closure) -> bool {
        self.function == other.function && self.captured == other.captured
    }
}

impl Value {
    /// Orders two values of one type: numbers by value (NaN last), strings and bytes by bytes, datetimes by instant,
    /// containers item by item, `none` first. Values of different kinds are ordered by kind.
    pub fn compare(&self, other: &Value) -> Ordering {
        match (self, other) {
            (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
            (Value::Int(left), Value::Int(right)) => left.cmp(right),
            (Value::Float(left), Value::Float(right)) => compare_floats(*left, *right),
            (Value::Int(left), Value::Float(right)) => compare_floats(*left as f64, *right),
            (Value::Float(left), Value::Int(right)) => compare_floats(*left, *right as f64),
            (Value::Decimal(left), Value::Decimal(right)) => left.cmp(right),
            (Value::String(left), Value::String(right)) => left.as_bytes().cmp(right.as_bytes()),
            (Value::Bytes(left), Value::Bytes(right)) => left.cmp(right),
            (Value::DateTime(left), Value::DateTime(right)) => left.micros.cmp(&right.micros),
            (Value::List(left), Value::List(right)) => {
                let pairs = left.iter().zip(right.iter());
                first_difference(pairs.map(|(left, right)| left.compare(&right)))
                    .unwrap_or_else(|| left.len().cmp(&right.len()))
            }
            (Value::Record(left), Value::Record(right)) => compare_parts(left, right),
            (Value::Case(left), Value::Case(right)) => {
                left.tag.cmp(&right.tag).then_with(|| compare_parts(&left.fields, &right.fields))
            }
            (left, right) => left.rank().cmp(&right.rank()),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Value::None => 0,
            Value::Bool(_) => 1,
            Value::Int(_) | Value::Float(_) | Value::Decimal(_) => 2,
            Value::String(_) => 3,
            Value::Bytes(_) => 4,
            Value::DateTime(_) => 5,
            Value::List(_) => 6,
            Value::Map(_) => 7,
            Value::Record(_) => 8,
            Value::Case(_) => 9,
            Value::Closure(_) => 10,
        }
    }
}

fn compare_floats(left: f64, right: f64) -> Ordering {
    left.partial_cmp(&right).unwrap_or_else(|| left.is_nan().cmp(&right.is_nan()))
}

fn compare_parts(left: &[Value], right: &[Value]) -> Ordering {
    let pairs = left.iter().zip(right);
    first_difference(pairs.map(|(left, right)| left.compare(right))).unwrap_or_else(|| left.len().cmp(&right.len()))
}

fn first_difference(mut orders: impl Iterator<Item = Ordering>) -> Option<Ordering> {
    orders.find(|order| order.is_ne())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn hash(value: &Value) -> u64 {
        FxBuildHasher.hash_one(value)
    }

    #[test]
    fn lists_are_equal_in_whatever_form() {
        let words = Value::list(vec![1, 2]);
        let refs = Value::list(List::of(vec![Value::Int(1), Value::Int(2)]).unwrap());
        assert_eq!(words, refs);
        assert_eq!(hash(&words), hash(&refs));
    }

    #[test]
    fn datetimes_are_equal_by_instant() {
        let (berlin, utc) = (Value::datetime(5, "Europe/Berlin"), Value::datetime(5, "UTC"));
        assert_eq!(berlin, utc);
        assert_eq!(hash(&berlin), hash(&utc));
        assert_eq!(berlin.compare(&Value::datetime(6, "UTC")), Ordering::Less);
    }

    #[test]
    fn equal_numbers_hash_alike() {
        assert_eq!(Value::Int(3), Value::Float(3.0));
        assert_eq!(hash(&Value::Int(3)), hash(&Value::Float(3.0)));
        assert_eq!(hash(&Value::Float(0.0)), hash(&Value::Float(-0.0)));
    }

    #[test]
    fn maps_are_equal_in_whatever_order() {
        let make = |keys: [i64; 2]| {
            let mut map = Map::new();
            for key in keys {
                map.insert(Value::Int(key), Value::Int(key * 2)).unwrap();
            }
            Value::map(map)
        };
        assert_eq!(make([1, 2]), make([2, 1]));
        assert_eq!(hash(&make([1, 2])), hash(&make([2, 1])));
    }
}
