//! A clock that a test moves.

use super::{Clock, Micros, span_micros, span_of};
use std::sync::Mutex;
use std::time::Duration;

/// A clock that stands until it is moved, and whose randomness follows from a seed.
#[derive(Debug)]
pub struct FakeClock {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    now: Micros,
    uptime: Micros,
    draws: u64,
    seed: u64,
}

impl FakeClock {
    /// Makes a clock that stands at a wall time.
    pub fn new(now: Micros, seed: u64) -> Self {
        FakeClock { state: Mutex::new(State { now, uptime: 0, draws: 0, seed }) }
    }

    /// Lets time pass.
    pub fn advance(&self, span: Duration) {
        self.change(|state| {
            state.now = state.now.saturating_add(span_micros(span));
            state.uptime = state.uptime.saturating_add(span_micros(span));
        });
    }

    /// Sets the wall clock, as a person or a time service does; no time passes.
    pub fn set(&self, now: Micros) {
        self.change(|state| state.now = now);
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Micros {
        self.change(|state| state.now)
    }

    fn uptime(&self) -> Duration {
        span_of(self.change(|state| state.uptime))
    }

    fn fill(&self, bytes: &mut [u8]) {
        let (seed, draw) = self.change(|state| {
            state.draws += 1;
            (state.seed, state.draws)
        });
        let mut hash = blake3::Hasher::new();
        hash.update(&seed.to_le_bytes());
        hash.update(&draw.to_le_bytes());
        hash.finalize_xof().fill(bytes);
    }

    fn nap(&self, _wanted: Duration) -> Duration {
        Duration::from_millis(1)
    }
}
