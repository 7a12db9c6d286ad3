//! Schedules: from a rule as it was written to the instants at which it is due.
//!
//! Pure: no clock, no state. The compiler uses it to check and to warn, the runtime to fire; so both mean the same.

mod spec;

pub use spec::*;
