//! Program images: THE table of instructions, and what surrounds them.
//!
//! A frame has two banks of registers. *Words* hold what fits 64 bits without a pointer: `int` and `duration`
//! (microseconds) and `time` (microseconds since midnight) and `date` (days since 1970) as `i64`, `float` by its bits,
//! `bool` as 0 and 1, an enum whose cases carry no data as the number of the case. *References* hold everything else, and
//! any value in its boxed form. The instruction says the bank, so nothing asks at run time; and no mixture of bits in a
//! word can harm the machine, so a verifier needs to check indices only.
//!
//! This crate knows no syntax, no values and no threads.

mod clause;
mod codec;
mod disasm;
mod image;
pub mod inner;
pub mod limits;
mod op;
mod permission;
pub mod secret;
mod types;
mod verify;

pub use clause::*;
pub use codec::{Hash, ImageError};
pub use disasm::disassemble;
pub use image::*;
pub use op::*;
pub use permission::*;
pub use types::*;
