//! Maps, in the order of insertion.

use super::{Extent, Value};
use crate::Failure;
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

/// A map, an object of JSON, or a set. Keys are equal by value.
#[derive(Clone, Debug)]
pub struct Map {
    entries: IndexMap<Value, Value, FxBuildHasher>,
    extent: Extent,
}

impl Map {
    /// Makes an empty map.
    pub fn new() -> Map {
        Map { entries: IndexMap::default(), extent: Extent::EMPTY }
    }

    /// Gives how many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Says whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Gives how deep and heavy it is.
    pub fn extent(&self) -> Extent {
        self.extent
    }

    /// Gives the value of a key.
    pub fn get(&self, key: &Value) -> Option<&Value> {
        self.entries.get(key)
    }

    /// Gives the entry at a position, in the order of insertion.
    pub fn at(&self, position: usize) -> Option<(&Value, &Value)> {
        self.entries.get_index(position)
    }

    /// Says whether there is a key.
    pub fn contains(&self, key: &Value) -> bool {
        self.entries.contains_key(key)
    }

    /// Gives the entries in the order of insertion.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Value, &Value)> + ExactSizeIterator {
        self.entries.iter()
    }

    /// Gives the keys in the order of insertion.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &Value> {
        self.entries.keys()
    }

    /// Gives the values in the order of insertion.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &Value> {
        self.entries.values()
    }

    /// Sets the value of a key and gives the old one; a new key goes to the end. Fails with `limit` where the map would
    /// nest too deep or weigh too much.
    pub fn insert(&mut self, key: Value, value: Value) -> Result<Option<Value>, Failure> {
        let mut extent = self.extent;
        match self.entries.get_mut(&key) {
            Some(place) => {
                extent.remove(place.extent());
                extent.add(value.extent())?;
                self.extent = extent;
                Ok(Some(std::mem::replace(place, value)))
            }
            None => {
                extent.add(key.extent())?;
                extent.add(value.extent())?;
                self.extent = extent;
                self.entries.insert(key, value);
                Ok(None)
            }
        }
    }

    /// Moves the value of a key out and leaves `none`.
    pub fn take(&mut self, key: &Value) -> Option<Value> {
        let taken = std::mem::take(self.entries.get_mut(key)?);
        self.extent.remove(taken.extent());
        self.extent.bytes += Extent::WORD.bytes;
        Some(taken)
    }

    /// Removes a key and gives its value; the others keep their order.
    pub fn remove(&mut self, key: &Value) -> Option<Value> {
        let (key, value) = self.entries.shift_remove_entry(key)?;
        self.extent.remove(key.extent());
        self.extent.remove(value.extent());
        Some(value)
    }
}

impl Default for Map {
    fn default() -> Map {
        Map::new()
    }
}
