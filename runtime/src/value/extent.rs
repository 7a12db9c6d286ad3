//! How deep and how heavy a value is, and where that ends.
//!
//! Each container keeps the extent of what it holds, so asking costs nothing. The depth never shrinks while a container
//! lives: it is a bound, not a measure. The weight is that of the value written out, shared parts counted each time, so
//! that no short program builds a value that takes forever to compare or to store.

use crate::{ErrorKind, Failure};

/// How many levels values may nest.
pub const MAX_DEPTH: u16 = 200;

/// How many bytes a value may take, written out.
pub const MAX_BYTES: u64 = 256 << 20;

/// What an item of a container counts at least.
const ITEM: u32 = 16;

/// How deep and how heavy a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// How many containers stand in each other.
    pub depth: u16,
    /// How many bytes it takes at most, written out; never more than a container may and an item of it, which four
    /// bytes hold. What is larger than that counts as four gigabytes.
    pub bytes: u32,
}

impl Extent {
    /// An int, float, bool or `none`.
    pub const WORD: Extent = Extent { depth: 0, bytes: ITEM };

    /// An empty container.
    pub const EMPTY: Extent = Extent { depth: 1, bytes: 2 * ITEM };

    /// A text or bytes of a length.
    pub fn flat(length: usize) -> Extent {
        Extent { depth: 0, bytes: u32::try_from(length).unwrap_or(u32::MAX).saturating_add(ITEM) }
    }

    /// A container of so many words.
    pub fn words(count: usize) -> Extent {
        let words = u32::try_from(count).unwrap_or(u32::MAX).saturating_mul(8);
        Extent { depth: 1, bytes: words.saturating_add(Extent::EMPTY.bytes) }
    }

    /// Adds an item to a container; fails with `limit` where that is too much.
    pub fn add(&mut self, item: Extent) -> Result<(), Failure> {
        let depth = self.depth.max(item.depth + 1);
        let bytes = self.bytes.saturating_add(item.bytes);
        let sum = Extent { depth, bytes };
        sum.check()?;
        *self = sum;
        Ok(())
    }

    /// Takes the weight of an item from a container.
    pub fn remove(&mut self, item: Extent) {
        self.bytes = self.bytes.saturating_sub(item.bytes);
    }

    /// Fails with `limit` where it is too much.
    pub fn check(self) -> Result<(), Failure> {
        if self.depth > MAX_DEPTH {
            return Err(too_deep());
        }
        if u64::from(self.bytes) > MAX_BYTES {
            return Err(too_large());
        }
        Ok(())
    }
}

/// The failure of a value that nests too deep.
#[cold]
pub fn too_deep() -> Failure {
    Failure::new(ErrorKind::Limit, format!("a value nests more than {MAX_DEPTH} levels deep"))
}

/// The failure of a value that is too large.
#[cold]
pub fn too_large() -> Failure {
    Failure::new(
        ErrorKind::Limit,
        format!("a value takes more than {} MiB; work on files or streams instead", MAX_BYTES >> 20),
    )
}
