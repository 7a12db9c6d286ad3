//! Where a request stands in a program, so that it is known again where its step is tried again.
//!
//! Operations are numbered through a whole run, attempts included: that tells rows apart. What the other side of a `keyed`
//! operation knows a repetition by must not change with the attempt. So everything that asks has a place: the main
//! fiber, each step, each item of a `parallel`, each undo. What it asks is counted from 1, and a step counts from 1 again
//! with each attempt. The path of a request is made of all the counts around it.

/// Who asks, and how much it has asked so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// Made of the places around it; 0 is the main fiber.
    pub path: u64,
    /// How much was asked here, or begun: a step and a `parallel` count as one request.
    pub asked: u64,
}

/// What the paths of undos are made of, beside their fibers.
const UNDOS: u64 = 0x7564_6E6F;

impl Place {
    /// Gives the place of the undo that a fiber runs.
    pub fn of_undo(fiber: u64) -> Place {
        Place { path: mix(UNDOS, fiber), asked: 0 }
    }

    /// Counts a request.
    pub fn count(&mut self) {
        self.asked = self.asked.wrapping_add(1);
    }

    /// Gives the path of the request that was counted last.
    pub fn last(self) -> u64 {
        mix(self.path, self.asked)
    }

    /// Counts a step that begins here, and gives its place.
    pub fn step(&mut self) -> Place {
        self.count();
        Place { path: self.last(), asked: 0 }
    }

    /// Gives the place of an item of the `parallel` that was counted last.
    pub fn item(self, index: usize) -> Place {
        Place { path: mix(self.last(), index as u64), asked: 0 }
    }
}

/// Makes one number of two, as SplitMix64 does: another order gives another number.
fn mix(path: u64, number: u64) -> u64 {
    let mut mixed = path.rotate_left(31).wrapping_add(number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
