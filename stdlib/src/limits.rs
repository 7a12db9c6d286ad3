//! How much an operation gives at most.

use runtime::engine::LARGEST_OUTCOME;

/// The most bytes of text in an outcome, with room for what surrounds it.
pub const OUTCOME: usize = LARGEST_OUTCOME - 64 * 1024;

/// The most bytes of each of a program's two outputs.
pub const OUTPUT: usize = OUTCOME / 2;
