//! References in a row: the fields of a record or case, what a closure captured, the items of a list.

use super::{Extent, Value};
use crate::Failure;
use smallvec::SmallVec;
use std::cmp::Ordering;
use std::ops::Deref;

/// How many values stand in place, with no memory of their own: most records, nearly all cases and closures.
const IN_PLACE: usize = 4;

/// Values in a row that know their extent. Reads as a slice; whatever can make it deeper or heavier fails with `limit`
/// beyond the limits of values.
#[derive(Clone, Debug)]
pub struct Parts {
    values: SmallVec<[Value; IN_PLACE]>,
    extent: Extent,
}

impl Parts {
    /// Holds values.
    pub fn new(values: Vec<Value>) -> Result<Parts, Failure> {
        Parts::held(SmallVec::from_vec(values))
    }

    /// Holds values that are moved out of where they stand: what is not needed there stays unshared.
    pub fn moved(values: &mut [Value]) -> Result<Parts, Failure> {
        Parts::held(values.iter_mut().map(std::mem::take).collect())
    }

    fn held(values: SmallVec<[Value; IN_PLACE]>) -> Result<Parts, Failure> {
        let mut extent = Extent::EMPTY;
        for value in &values {
            extent.add(value.extent())?;
        }
        Ok(Parts { values, extent })
    }

    /// Gives how deep and heavy it is.
    pub fn extent(&self) -> Extent {
        self.extent
    }

    /// Appends a value.
    pub fn push(&mut self, value: Value) -> Result<(), Failure> {
        self.extent.add(value.extent())?;
        self.values.push(value);
        Ok(())
    }

    /// Replaces the value at an index and gives the old one; `None` where there is no such index.
    pub fn set(&mut self, index: usize, value: Value) -> Result<Option<Value>, Failure> {
        let Some(place) = self.values.get_mut(index) else { return Ok(None) };
        let mut extent = self.extent;
        extent.remove(place.extent());
        extent.add(value.extent())?;
        self.extent = extent;
        Ok(Some(std::mem::replace(place, value)))
    }

    /// Gives the value at an index, for which only one of the same extent may be put: a word for a word.
    pub(crate) fn place(&mut self, index: usize) -> Option<&mut Value> {
        self.values.get_mut(index)
    }

    /// Moves a value out and leaves `none`; `None` where there is no such index.
    pub fn take(&mut self, index: usize) -> Option<Value> {
        let taken = std::mem::take(self.values.get_mut(index)?);
        self.extent.remove(taken.extent());
        self.extent.bytes += Extent::WORD.bytes;
        Some(taken)
    }

    /// Removes and gives the last value.
    pub fn pop(&mut self) -> Option<Value> {
        let value = self.values.pop()?;
        self.extent.remove(value.extent());
        Some(value)
    }

    /// Puts a value before an index, or at the end where the index is beyond.
    pub fn insert(&mut self, index: usize, value: Value) -> Result<(), Failure> {
        self.extent.add(value.extent())?;
        self.values.insert(index.min(self.values.len()), value);
        Ok(())
    }

    /// Removes and gives the value at an index; `None` where there is no such index.
    pub fn remove(&mut self, index: usize) -> Option<Value> {
        if index >= self.values.len() {
            return None;
        }
        let value = self.values.remove(index);
        self.extent.remove(value.extent());
        Some(value)
    }

    /// Orders the values, equal ones staying as they were.
    pub fn sort_by(&mut self, order: impl FnMut(&Value, &Value) -> Ordering) {
        self.values.sort_by(order);
    }

    /// Turns the order round.
    pub fn reverse(&mut self) {
        self.values.reverse();
    }
}

impl Deref for Parts {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        &self.values
    }
}

impl<'a> IntoIterator for &'a Parts {
    type Item = &'a Value;
    type IntoIter = std::slice::Iter<'a, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.values.iter()
    }
}

impl Default for Parts {
    fn default() -> Parts {
        Parts { values: SmallVec::new(), extent: Extent::EMPTY }
    }
}
