//! Lists, which say themselves how their items stand.
//!
//! Code that knows its type works on words; generic code on references. Either kind reads and appends to any form, so a
//! list is never turned round at the border between them.

use super::{Extent, Parts, Value};
use crate::Failure;

/// A list.
#[derive(Clone, Debug)]
pub enum List {
    /// Ints, durations, dates, times or case numbers.
    Ints(Vec<i64>),
    /// Floats.
    Floats(Vec<f64>),
    /// Bools.
    Bools(Vec<bool>),
    /// Values of any kind.
    Refs(Parts),
}

impl List {
    /// Makes a list of values of any kind; fails with `limit` where it would nest too deep or weigh too much.
    pub fn of(values: Vec<Value>) -> Result<List, Failure> {
        Parts::new(values).map(List::Refs)
    }

    /// Makes a list of strings; fails with `limit` where it would weigh too much.
    pub fn strings<T: Into<super::Text>>(texts: impl IntoIterator<Item = T>) -> Result<List, Failure> {
        List::of(texts.into_iter().map(|text| Value::String(text.into())).collect())
    }

    /// Gives how many items there are.
    pub fn len(&self) -> usize {
        match self {
            List::Ints(items) => items.len(),
            List::Floats(items) => items.len(),
            List::Bools(items) => items.len(),
            List::Refs(items) => items.len(),
        }
    }

    /// Says whether there are no items.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Gives how deep and heavy it is.
    pub fn extent(&self) -> Extent {
        match self {
            List::Ints(_) | List::Floats(_) | List::Bools(_) => Extent::words(self.len()),
            List::Refs(items) => items.extent(),
        }
    }

    /// Gives the item at an index, boxed.
    pub fn get(&self, index: usize) -> Option<Value> {
        match self {
            List::Ints(items) => items.get(index).map(|item| Value::Int(*item)),
            List::Floats(items) => items.get(index).map(|item| Value::Float(*item)),
            List::Bools(items) => items.get(index).map(|item| Value::Bool(*item)),
            List::Refs(items) => items.get(index).cloned(),
        }
    }

    /// Gives the items, boxed.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Value> + ExactSizeIterator + '_ {
        (0..self.len()).map(|index| self.get(index).unwrap_or_default())
    }

    /// Appends an item. A list of words that gets something else becomes one of references.
    pub fn push(&mut self, value: Value) -> Result<(), Failure> {
        match (&mut *self, value) {
            (List::Ints(items), Value::Int(item)) => items.push(item),
            (List::Floats(items), Value::Float(item)) => items.push(item),
            (List::Bools(items), Value::Bool(item)) => items.push(item),
            (_, value) => return self.refs_mut()?.push(value),
        }
        self.extent().check()
    }

    /// Appends the items of another list.
    pub fn append(&mut self, more: &List) -> Result<(), Failure> {
        let length = self.len().saturating_add(more.len());
        match (&mut *self, more) {
            (List::Ints(items), List::Ints(more)) => extend(items, more, length),
            (List::Floats(items), List::Floats(more)) => extend(items, more, length),
            (List::Bools(items), List::Bools(more)) => extend(items, more, length),
            (_, more) => more.iter().try_for_each(|item| self.push(item)),
        }
    }

    /// Replaces the item at an index; says whether there was one.
    pub fn set(&mut self, index: usize, value: Value) -> Result<bool, Failure> {
        if index >= self.len() {
            return Ok(false);
        }
        match (&mut *self, value) {
            (List::Ints(items), Value::Int(item)) => replace(items, index, item),
            (List::Floats(items), Value::Float(item)) => replace(items, index, item),
            (List::Bools(items), Value::Bool(item)) => replace(items, index, item),
            (_, value) => {
                self.refs_mut()?.set(index, value)?;
            }
        }
        Ok(true)
    }

    /// Removes and gives the last item, boxed.
    pub fn pop(&mut self) -> Option<Value> {
        match self {
            List::Ints(items) => items.pop().map(Value::Int),
            List::Floats(items) => items.pop().map(Value::Float),
            List::Bools(items) => items.pop().map(Value::Bool),
            List::Refs(items) => items.pop(),
        }
    }

    /// Puts an item before an index, or at the end where the index is beyond.
    pub fn insert(&mut self, index: usize, value: Value) -> Result<(), Failure> {
        let at = index.min(self.len());
        match (&mut *self, value) {
            (List::Ints(items), Value::Int(item)) => items.insert(at, item),
            (List::Floats(items), Value::Float(item)) => items.insert(at, item),
            (List::Bools(items), Value::Bool(item)) => items.insert(at, item),
            (_, value) => return self.refs_mut()?.insert(at, value),
        }
        self.extent().check()
    }

    /// Removes and gives the item at an index, boxed.
    pub fn remove(&mut self, index: usize) -> Option<Value> {
        if index >= self.len() {
            return None;
        }
        match self {
            List::Ints(items) => Some(Value::Int(items.remove(index))),
            List::Floats(items) => Some(Value::Float(items.remove(index))),
            List::Bools(items) => Some(Value::Bool(items.remove(index))),
            List::Refs(items) => items.remove(index),
        }
    }

    /// Gives the items between two indexes, the second not included; what is beyond the end is left out.
    pub fn slice(&self, from: usize, to: usize) -> Result<List, Failure> {
        let to = to.min(self.len());
        let range = from.min(to)..to;
        Ok(match self {
            List::Ints(items) => List::Ints(items.get(range).unwrap_or(&[]).to_vec()),
            List::Floats(items) => List::Floats(items.get(range).unwrap_or(&[]).to_vec()),
            List::Bools(items) => List::Bools(items.get(range).unwrap_or(&[]).to_vec()),
            List::Refs(items) => List::of(items.get(range).unwrap_or(&[]).to_vec())?,
        })
    }

    /// Turns the order round.
    pub fn reverse(&mut self) {
        match self {
            List::Ints(items) => items.reverse(),
            List::Floats(items) => items.reverse(),
            List::Bools(items) => items.reverse(),
            List::Refs(items) => items.reverse(),
        }
    }

    /// Orders the items by [`Value::compare`], equal ones staying as they were.
    pub fn sort(&mut self) {
        match self {
            List::Ints(items) => items.sort_unstable(),
            List::Floats(items) => items.sort_by(f64::total_cmp),
            List::Bools(items) => items.sort_unstable(),
            List::Refs(items) => items.sort_by(Value::compare),
        }
    }

    /// Gives the items as references, turning a list of words into one.
    pub fn refs_mut(&mut self) -> Result<&mut Parts, Failure> {
        if !matches!(self, List::Refs(_)) {
            *self = List::of(self.iter().collect())?;
        }
        match self {
            List::Refs(items) => Ok(items),
            List::Ints(_) | List::Floats(_) | List::Bools(_) => Err(super::extent::too_large()),
        }
    }

    /// Makes an empty list of the same form.
    pub fn empty_like(&self) -> List {
        match self {
            List::Ints(_) => List::Ints(Vec::new()),
            List::Floats(_) => List::Floats(Vec::new()),
            List::Bools(_) => List::Bools(Vec::new()),
            List::Refs(_) => List::Refs(Parts::default()),
        }
    }
}

/// Appends words, so that there are so many.
fn extend<T: Copy>(items: &mut Vec<T>, more: &[T], length: usize) -> Result<(), Failure> {
    Extent::words(length).check()?;
    items.extend_from_slice(more);
    Ok(())
}

fn replace<T>(items: &mut [T], index: usize, item: T) {
    if let Some(place) = items.get_mut(index) {
        *place = item;
    }
}

impl From<Vec<i64>> for List {
    fn from(items: Vec<i64>) -> List {
        List::Ints(items)
    }
}

impl From<Parts> for List {
    fn from(items: Parts) -> List {
        List::Refs(items)
    }
}
