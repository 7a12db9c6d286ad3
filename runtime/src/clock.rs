//! The one door to wall time, time since boot and randomness.
//!
//! Nothing else of the runtime asks the system for them, so a test that injects [`FakeClock`] simulates years in
//! milliseconds and repeats a day exactly. What the door gives to a run is recorded in the run's history.

mod fake;

pub use fake::FakeClock;

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Microseconds since 1970-01-01T00:00Z.
pub type Micros = i64;

/// Where time and randomness come from.
pub trait Clock: Send + Sync {
    /// Gives the wall time.
    fn now(&self) -> Micros;

    /// Gives a time that only goes forward and does not jump: for spans inside the process.
    fn uptime(&self) -> Duration;

    /// Fills the bytes with randomness.
    fn fill(&self, bytes: &mut [u8]);

    /// Says how long one may really sleep, who wants to wake after `wanted`, before looking at the clock again.
    fn nap(&self, wanted: Duration) -> Duration;
}

/// Fills bytes with what nobody can guess, for keys.
///
/// # Errors
/// A system that has no randomness says so; nothing stands in for it here.
pub(crate) fn unpredictable(bytes: &mut [u8]) -> std::io::Result<()> {
    getrandom::fill(bytes).map_err(std::io::Error::other)
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

/// The longest nap: after it, a wall clock that was set, or a machine that slept, is noticed.
const LONGEST_NAP: Duration = Duration::from_millis(250);

impl Clock for SystemClock {
    fn now(&self) -> Micros {
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_micros()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_micros()).map_or(i64::MIN, |micros| -micros),
        }
    }

    fn uptime(&self) -> Duration {
        static START: OnceLock<Instant> = OnceLock::new();
        START.get_or_init(Instant::now).elapsed()
    }

    fn fill(&self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            // A system without randomness: ids need to differ, not to be secret, so time and address layout stand in.
            let mut hash = blake3::Hasher::new();
            hash.update(&self.now().to_le_bytes());
            hash.update(&self.uptime().as_nanos().to_le_bytes());
            hash.update(&std::process::id().to_le_bytes());
            hash.update(&(bytes.as_ptr() as usize).to_le_bytes());
            hash.finalize_xof().fill(bytes);
        }
    }

    fn nap(&self, wanted: Duration) -> Duration {
        wanted.min(LONGEST_NAP)
    }
}

/// Gives a span in microseconds, at most what fits.
pub fn span_micros(span: Duration) -> Micros {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

/// Gives the microseconds as a span; none where they are negative.
pub fn span_of(micros: Micros) -> Duration {
    Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}
