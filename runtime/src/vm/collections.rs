//! What instructions do to records, cases, lists, maps, strings and json.
//!
//! Each asks for the kind of value it needs; the compiler makes sure of it, so another kind is an error `internal`.

use crate::value::{MAX_BYTES, too_large};
use crate::{Case, Closure, ErrorKind, Failure, List, Map, Parts, Text, Value};
use std::rc::Rc;

#[cold]
fn unexpected(expected: &str, found: &Value) -> Failure {
    Failure::new(ErrorKind::Internal, format!("the machine expected {expected} and found {}", found.describe()))
}

#[cold]
fn no_part(index: u16, count: usize) -> Failure {
    Failure::new(ErrorKind::Internal, format!("the machine asked for part {index} of {count}"))
}

#[cold]
fn no_item(index: i64, length: usize) -> Failure {
    let message = match length {
        0 => format!("index {index} of an empty list"),
        length => format!("index {index} of a list of {length}"),
    };
    Failure::new(ErrorKind::OutOfRange, message)
}

#[cold]
fn no_key(key: &Value) -> Failure {
    let key = match key {
        Value::String(text) => {
            let shown: String = text.chars().take(80).collect();
            format!("{shown:?}")
        }
        Value::Int(int) => int.to_string(),
        other => other.describe().to_owned(),
    };
    Failure::new(ErrorKind::OutOfRange, format!("the map has no key {key}"))
}

/// Gives the word of a boxed number.
pub(super) fn word(value: &Value) -> Result<u64, Failure> {
    value.word().ok_or_else(|| unexpected("a number", value))
}

/// Joins strings, into the first one where nothing else holds it.
pub(super) fn concat(strings: &mut [Value]) -> Result<Value, Failure> {
    let Some((first, rest)) = strings.split_first_mut() else { return Ok(Value::String(Text::EMPTY)) };
    let mut joined = match std::mem::take(first) {
        Value::String(text) => text,
        other => return Err(unexpected("a string", &other)),
    };
    for value in rest {
        let Value::String(text) = value else { return Err(unexpected("a string", value)) };
        if joined.len() as u64 + text.len() as u64 > MAX_BYTES {
            return Err(too_large());
        }
        joined.push_str(text);
    }
    Ok(Value::String(joined))
}

fn record(value: &Value) -> Result<&Parts, Failure> {
    match value {
        Value::Record(fields) => Ok(fields),
        other => Err(unexpected("a record", other)),
    }
}

fn record_mut(value: &mut Value) -> Result<&mut Parts, Failure> {
    match value {
        Value::Record(fields) => Ok(Rc::make_mut(fields)),
        other => Err(unexpected("a record", other)),
    }
}

/// Gives a part of a record or case.
fn part(parts: &Parts, index: u16) -> Result<&Value, Failure> {
    parts.get(usize::from(index)).ok_or_else(|| no_part(index, parts.len()))
}

/// Gives a field of a record.
pub(super) fn field(value: &Value, index: u16) -> Result<&Value, Failure> {
    record(value).and_then(|fields| part(fields, index))
}

/// Moves a field out of a record.
pub(super) fn take_field(value: &mut Value, index: u16) -> Result<Value, Failure> {
    let fields = record_mut(value)?;
    let count = fields.len();
    fields.take(usize::from(index)).ok_or_else(|| no_part(index, count))
}

/// Replaces a field of a record.
pub(super) fn set_field(value: &mut Value, index: u16, field: Value) -> Result<(), Failure> {
    let fields = record_mut(value)?;
    let count = fields.len();
    fields.set(usize::from(index), field)?.map(drop).ok_or_else(|| no_part(index, count))
}

/// Gives a case with data.
pub(super) fn case(value: &Value) -> Result<&Case, Failure> {
    match value {
        Value::Case(case) => Ok(case),
        other => Err(unexpected("a case", other)),
    }
}

/// Gives a value of a case.
pub(super) fn case_field(value: &Value, index: u16) -> Result<&Value, Failure> {
    case(value).and_then(|case| part(&case.fields, index))
}

/// Gives a closure.
pub(super) fn closure(value: &Value) -> Result<Rc<Closure>, Failure> {
    match value {
        Value::Closure(closure) => Ok(Rc::clone(closure)),
        other => Err(unexpected("a function", other)),
    }
}

/// Gives a list.
pub(super) fn list(value: &Value) -> Result<&List, Failure> {
    match value {
        Value::List(list) => Ok(list),
        other => Err(unexpected("a list", other)),
    }
}

/// Gives a list to change.
pub(super) fn list_mut(value: &mut Value) -> Result<&mut List, Failure> {
    match value {
        Value::List(list) => Ok(Rc::make_mut(list)),
        other => Err(unexpected("a list", other)),
    }
}

/// Gives a position as one of a list of some length; fails with `out_of_range`.
fn position(index: i64, length: usize) -> Result<usize, Failure> {
    usize::try_from(index).ok().filter(|at| *at < length).ok_or_else(|| no_item(index, length))
}

/// Gives an item.
pub(super) fn get(value: &Value, index: i64) -> Result<Value, Failure> {
    let list = list(value)?;
    let at = position(index, list.len())?;
    list.get(at).ok_or_else(|| no_item(index, list.len()))
}

/// Gives an item of a list of references where it stands.
pub(super) fn item(value: &Value, index: i64) -> Result<&Value, Failure> {
    let list = list(value)?;
    let at = position(index, list.len())?;
    match list {
        List::Refs(items) => items.get(at).ok_or_else(|| no_item(index, at)),
        List::Ints(_) | List::Floats(_) | List::Bools(_) => Err(unexpected("a list of lists or records", value)),
    }
}

/// Says why no word was put: what is asked for one fails, or gives one that is not of the kind.
#[cold]
pub(super) fn not_put(found: Result<u64, Failure>) -> Failure {
    let internal = |_| Failure::new(ErrorKind::Internal, "the machine put a word where another kind of value stands");
    found.map_or_else(|failure| failure, internal)
}

/// Lists of words with fewer items cannot weigh too much.
const FAR_FROM_LIMIT: usize = 1 << 20;

/// Appends a word, where the list is one of words, nobody else's, and far from the limit; says whether it did.
#[inline(always)]
pub(super) fn push_word_to(value: &mut Value, word: u64) -> bool {
    fn push<T>(items: &mut Vec<T>, item: T) -> bool {
        let fits = items.len() < FAR_FROM_LIMIT;
        if fits {
            items.push(item);
        }
        fits
    }
    let Value::List(list) = value else { return false };
    match Rc::get_mut(list) {
        Some(List::Ints(items)) => push(items, word.cast_signed()),
        Some(List::Floats(items)) => push(items, f64::from_bits(word)),
        Some(List::Bools(items)) => push(items, word != 0),
        Some(List::Refs(_)) | None => false,
    }
}

/// Gives an item that is a word.
pub(super) fn get_word(value: &Value, index: i64) -> Result<u64, Failure> {
    let list = list(value)?;
    let at = position(index, list.len())?;
    let found = match list {
        List::Ints(items) => items.get(at).map(|item| item.cast_unsigned()),
        List::Floats(items) => items.get(at).map(|item| item.to_bits()),
        List::Bools(items) => items.get(at).map(|item| u64::from(*item)),
        List::Refs(items) => return items.get(at).map_or_else(|| Err(no_item(index, items.len())), word),
    };
    found.ok_or_else(|| no_item(index, list.len()))
}

/// Replaces an item.
pub(super) fn set(value: &mut Value, index: i64, item: Value) -> Result<(), Failure> {
    let list = list_mut(value)?;
    let at = position(index, list.len())?;
    list.set(at, item).map(drop)
}

/// Boxes a word as the items of a list are boxed.
fn boxed(list: &List, word: u64) -> Value {
    match list {
        List::Ints(_) => Value::Int(word.cast_signed()),
        List::Floats(_) => Value::Float(f64::from_bits(word)),
        List::Bools(_) => Value::Bool(word != 0),
        List::Refs(items) => match items.last() {
            Some(Value::Float(_)) => Value::Float(f64::from_bits(word)),
            Some(Value::Bool(_)) => Value::Bool(word != 0),
            _ => Value::Int(word.cast_signed()),
        },
    }
}

/// Replaces an item by a word.
pub(super) fn set_word(value: &mut Value, index: i64, word: u64) -> Result<(), Failure> {
    let list = list_mut(value)?;
    let at = position(index, list.len())?;
    let item = boxed(list, word);
    list.set(at, item).map(drop)
}

/// Appends a word.
pub(super) fn push_word(value: &mut Value, word: u64) -> Result<(), Failure> {
    let list = list_mut(value)?;
    let item = boxed(list, word);
    list.push(item)
}

/// Moves an item out of a list.
pub(super) fn take_item(value: &mut Value, index: i64) -> Result<Value, Failure> {
    let list = list_mut(value)?;
    let at = position(index, list.len())?;
    match list {
        List::Refs(items) => items.take(at).ok_or_else(|| no_item(index, at)),
        // Words are copied; nothing is gained by moving one.
        List::Ints(_) | List::Floats(_) | List::Bools(_) => list.get(at).ok_or_else(|| no_item(index, at)),
    }
}

/// Gives a map.
pub(super) fn map(value: &Value) -> Result<&Map, Failure> {
    match value {
        Value::Map(map) => Ok(map),
        other => Err(unexpected("a map", other)),
    }
}

/// Gives a map to change.
pub(super) fn map_mut(value: &mut Value) -> Result<&mut Map, Failure> {
    match value {
        Value::Map(map) => Ok(Rc::make_mut(map)),
        other => Err(unexpected("a map", other)),
    }
}

/// Gives the value of a key that must be there.
pub(super) fn map_index(value: &Value, key: &Value) -> Result<Value, Failure> {
    map(value)?.get(key).cloned().ok_or_else(|| no_key(key))
}

/// Moves the value of a key out of a map.
pub(super) fn map_take(value: &mut Value, key: &Value) -> Result<Value, Failure> {
    map_mut(value)?.take(key).ok_or_else(|| no_key(key))
}

/// Gives the entry at a position.
pub(super) fn entry(value: &Value, index: i64) -> Result<(Value, Value), Failure> {
    let map = map(value)?;
    let found = usize::try_from(index).ok().and_then(|at| map.at(at));
    let missing = || Failure::new(ErrorKind::OutOfRange, format!("entry {index} of a map of {}", map.len()));
    found.map(|(key, value)| (key.clone(), value.clone())).ok_or_else(missing)
}

/// Says whether something is an item of a list, a key of a map or a part of a string.
pub(super) fn contains(within: &Value, value: &Value) -> Result<bool, Failure> {
    match (within, value) {
        (Value::List(list), value) => Ok(match (list.as_ref(), value) {
            (List::Ints(items), Value::Int(item)) => items.contains(item),
            (List::Refs(items), value) => items.contains(value),
            (list, value) => list.iter().any(|item| item == *value),
        }),
        (Value::Map(map), key) => Ok(map.contains(key)),
        (Value::String(text), Value::String(part)) => Ok(text.contains(part.as_str())),
        (other, _) => Err(unexpected("a list, map or string", other)),
    }
}

/// Gives the item of a json value at an index or key, or `none`.
pub(super) fn json_get(from: &Value, index: &Value) -> Value {
    match (from, index) {
        (Value::List(list), Value::Int(index)) => {
            usize::try_from(*index).ok().and_then(|at| list.get(at)).unwrap_or_default()
        }
        (Value::Map(map), key) => map.get(key).cloned().unwrap_or_default(),
        _ => Value::None,
    }
}
