//! How much a machine holds, and where that ends.
//!
//! What counts is what its values weigh written out, for that is what it takes to bring them back: a value that two
//! variables hold counts twice. A fiber is weighed where it stops, and each time it has computed for a while. All of it
//! depends on the program and its history alone, so a run that is brought back fails where it did before, or does not.

use super::fibers::Fibers;
use crate::{ErrorKind, Failure};

/// How many bytes a machine may hold where its task does not say.
pub const DEFAULT_MEMORY: u64 = 1 << 30;

/// How much a fiber computes before it is weighed: the less it may hold, the sooner.
const PERIOD: std::ops::RangeInclusive<u64> = 1_000..=100_000;

/// The part of its memory that a machine may take beyond what it held when that was too much: what tidies up needs some.
const RESERVE: u64 = 4;

/// How many bytes, as a power of two, a new value may have for one of fuel: who makes large values is weighed sooner.
pub(super) const BYTES_OF_FUEL: u32 = 10;

/// What a fiber may use before others have their turn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fuel {
    /// What is left.
    pub left: u64,
    /// What was used beyond it, and is paid before the fiber goes on: in how many turns it computes must not show.
    pub owed: u64,
}

/// The account of a machine.
#[derive(Clone, Copy, Debug)]
pub(super) struct Memory {
    /// How many bytes it may hold.
    pub most: u64,
    /// Whether the task says so.
    pub declared: bool,
    /// How many it may hold after it has held more, with what tidies up; until then the same.
    pub ceiling: u64,
    /// How much may be computed before the next weighing.
    pub left: u64,
    /// What the last turn has used beyond its fuel.
    pub owed: u64,
}

impl Memory {
    /// Gives the account of a machine that may hold so much.
    pub fn new(most: Option<u64>) -> Memory {
        let declared = most.is_some();
        let most = most.unwrap_or(DEFAULT_MEMORY);
        Memory { most, declared, ceiling: most, left: period(most), owed: 0 }
    }

    /// Begins the time to the next weighing.
    pub fn begin(&mut self) {
        (self.left, self.owed) = (period(self.most), 0);
    }

    /// Gives the fuel of a turn that may use so much, after what is owed is paid as far as that goes.
    pub fn fuel(&self, left: u64) -> Fuel {
        let allowed = left.min(self.left);
        let paid = allowed.min(self.owed);
        Fuel { left: allowed - paid, owed: self.owed - paid }
    }

    /// Takes what a turn has used that might have used so much, and gives it.
    pub fn used(&mut self, left: u64, fuel: Fuel) -> u64 {
        let used = left.min(self.left) - fuel.left;
        (self.left, self.owed) = (self.left - used, fuel.owed);
        used
    }

    /// Fails with `limit` where the fibers hold too much.
    pub fn check(&mut self, fibers: &Fibers) -> Result<(), Failure> {
        let held = fibers.weight();
        if held <= self.ceiling {
            return Ok(());
        }
        if self.ceiling == self.most {
            self.ceiling = held.saturating_add(self.most / RESERVE);
        }
        let (held, most) = (size(held), size(self.most));
        let message = match self.declared {
            true => format!("the run holds {held}, and `limit memory` lets it hold {most}"),
            false => {
                format!("the run holds {held}, more than {most}; `limit memory` in the head of its task can allow more")
            }
        };
        Err(Failure::new(ErrorKind::Limit, message))
    }
}

/// Gives how much is computed from one weighing to the next.
fn period(most: u64) -> u64 {
    (most >> BYTES_OF_FUEL).clamp(*PERIOD.start(), *PERIOD.end())
}

/// Writes a number of bytes as people do.
fn size(bytes: u64) -> String {
    match bytes {
        0..0x400 => format!("{bytes} bytes"),
        0x400..0x10_0000 => format!("{} KiB", bytes >> 10),
        _ => format!("{} MiB", bytes >> 20),
    }
}
