//! Wakes those who wait for runs to end, and nobody else: thousands of runs end while one is waited for.

use super::id::RunId;
use std::collections::HashMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The runs whose ends are waited for.
#[derive(Default)]
pub(super) struct Ends {
    watched: Mutex<Watched>,
    changed: Condvar,
}

#[derive(Default)]
struct Watched {
    /// How many who watch each run.
    runs: HashMap<RunId, usize>,
    /// How often something happened that concerned any of them.
    count: u64,
}

/// Somebody waits for a run to end, until this is dropped.
pub(super) struct Watch<'e> {
    ends: &'e Ends,
    run: RunId,
}

impl Ends {
    /// Begins to watch a run: what ends from now on is not missed.
    pub(super) fn watch(&self, run: RunId) -> Watch<'_> {
        *self.watched().runs.entry(run).or_default() += 1;
        Watch { ends: self, run }
    }

    /// Says that a run has ended.
    pub(super) fn tell(&self, run: RunId) {
        let mut watched = self.watched();
        if watched.runs.contains_key(&run) {
            watched.count += 1;
            self.changed.notify_all();
        }
    }

    /// Says that any run may have ended, or that nothing will.
    pub(super) fn tell_all(&self) {
        self.watched().count += 1;
        self.changed.notify_all();
    }

    fn watched(&self) -> MutexGuard<'_, Watched> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch<'_> {
    /// Gives how much has happened.
    pub(super) fn count(&self) -> u64 {
        self.ends.watched().count
    }

    /// Waits, but not long, until more has happened than `seen`.
    pub(super) fn wait(&self, seen: u64, longest: Duration) {
        let watched = self.ends.watched();
        if watched.count == seen {
            drop(self.ends.changed.wait_timeout(watched, longest));
        }
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        let mut watched = self.ends.watched();
        if let Some(count) = watched.runs.get_mut(&self.run) {
            *count -= 1;
            if *count == 0 {
                watched.runs.remove(&self.run);
            }
        }
    }
}
