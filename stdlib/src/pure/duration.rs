//! `duration`: lengths of time, in microseconds.

use runtime::text::parse_duration;
use runtime::{Arguments, Natives, Value};

/// Adds the natives.
pub fn add(natives: &mut Natives) {
    natives.pure("duration.parse", |arguments| Ok(Value::from(parse_duration(arguments.string(0)?))));
    natives.pure("duration.seconds", |arguments| Ok(Value::Float(arguments.int(0)? as f64 / 1e6)));
}
