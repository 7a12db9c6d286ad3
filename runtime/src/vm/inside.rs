//! What lies one or two steps inside a value: read where it stands, and words replaced where they stand.
//!
//! These are the quick ways: they give nothing where a step does not lead on, and whoever asked goes the long way of
//! [`super::collections`], which says what is wrong. Putting a word for a word changes no weight, so the containers
//! around it need not know; those that are shared are copied on the way, as everywhere.

use crate::{List, Value};
use std::rc::Rc;

/// Gives a field of a record.
#[inline(always)]
pub(super) fn field(value: &Value, field: u16) -> Option<&Value> {
    match value {
        Value::Record(fields) => fields.get(usize::from(field)),
        _other => None,
    }
}

/// Gives a value of a case.
#[inline(always)]
pub(super) fn case_field(value: &Value, field: u16) -> Option<&Value> {
    match value {
        Value::Case(case) => case.fields.get(usize::from(field)),
        _other => None,
    }
}

/// Gives an item of a list of references.
#[inline(always)]
pub(super) fn item(value: &Value, index: i64) -> Option<&Value> {
    let Value::List(list) = value else { return None };
    match &**list {
        List::Refs(items) => items.get(usize::try_from(index).ok()?),
        List::Ints(_) | List::Floats(_) | List::Bools(_) => None,
    }
}

/// Gives an item that is a word, of a list of words.
#[inline(always)]
pub(super) fn word_item(value: &Value, index: i64) -> Option<u64> {
    let Value::List(list) = value else { return None };
    let at = usize::try_from(index).ok()?;
    match &**list {
        List::Ints(items) => items.get(at).map(|item| item.cast_unsigned()),
        List::Floats(items) => items.get(at).map(|item| item.to_bits()),
        List::Bools(items) => items.get(at).map(|item| u64::from(*item)),
        List::Refs(_) => None,
    }
}

/// Gives a field of a record, in which a word may be put for a word.
#[inline(always)]
pub(super) fn field_mut(value: &mut Value, field: u16) -> Option<&mut Value> {
    match value {
        Value::Record(fields) => Rc::make_mut(fields).place(usize::from(field)),
        _other => None,
    }
}

/// Gives an item of a list of references, in which a word may be put for a word.
#[inline(always)]
pub(super) fn item_mut(value: &mut Value, index: i64) -> Option<&mut Value> {
    let Value::List(list) = value else { return None };
    match Rc::make_mut(list) {
        List::Refs(items) => items.place(usize::try_from(index).ok()?),
        List::Ints(_) | List::Floats(_) | List::Bools(_) => None,
    }
}

/// Puts a word for the word that stands there, of the same kind; says whether there was one.
#[inline(always)]
pub(super) fn put(place: &mut Value, word: u64) -> bool {
    match place {
        Value::Int(int) => *int = word.cast_signed(),
        Value::Float(float) => *float = f64::from_bits(word),
        Value::Bool(bool) => *bool = word != 0,
        _other => return false,
    }
    true
}

/// Puts a word for an item of a list of words; says whether the list is one and has the item.
#[inline(always)]
pub(super) fn put_item(value: &mut Value, index: i64, word: u64) -> bool {
    let (Value::List(list), Ok(at)) = (value, usize::try_from(index)) else { return false };
    match Rc::make_mut(list) {
        List::Ints(items) => items.get_mut(at).map(|item| *item = word.cast_signed()).is_some(),
        List::Floats(items) => items.get_mut(at).map(|item| *item = f64::from_bits(word)).is_some(),
        List::Bools(items) => items.get_mut(at).map(|item| *item = word != 0).is_some(),
        List::Refs(items) => items.place(at).is_some_and(|place| put(place, word)),
    }
}
