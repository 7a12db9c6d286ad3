//! Schedules: from a rule as it was written to the instants at which it is due.
//!
//! Pure: no clock, no state. The compiler uses it to check and to warn, the runtime to fire; so both mean the same.
//! Instants are microseconds since 1970-01-01T00:00Z. What a rule gives are *nominal* instants: jitter, catch-up and
//! what becomes of a due time are left to the runtime.

mod calendar;
mod clock_change;
mod cron;
mod describe;
mod error;
pub mod forecast;
mod hours;
mod jitter;
mod maintenance;
mod pattern;
mod plan;
mod rule;
mod spec;
mod wall;
mod zone;

pub use calendar::{CalendarFault, calendar_days};
pub use clock_change::{ClockChange, ClockEffect};
pub use describe::describe;
pub use error::{CronField, ScheduleError};
pub use hours::Hours;
pub use jitter::jitter_of;
pub use maintenance::{Becomes, Doors, Maintenance, WhenDue, in_maintenance};
pub use rule::{Instants, Rule};
pub use spec::*;
pub use zone::zone_exists;
