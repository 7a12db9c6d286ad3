//! The present, as of which lints speak of dates.

use std::time::SystemTime;

/// Gives now, in microseconds since 1970.
pub(super) fn now() -> Option<i64> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_micros()).ok()
}
