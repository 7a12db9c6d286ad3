//! A safe start: which runs an engine holds that was opened paused.
//!
//! Held are the runs of earlier processes, until they are let go. What this process begins goes on; but nothing begins by
//! itself while anything is held: no schedule, no event, nothing that waits in line. The pause belongs to the process: the
//! next one decides anew. A file in the folder tells other processes that there is one.

use super::error::EngineError;
use super::id::RunId;
use super::lock::storage_error;
use crate::store::{Reader, RunRow};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};

/// The file that stands in a folder whose owner holds its runs.
const NAME: &str = "paused";

/// What stands in place of a run's row where nothing is held.
const NOTHING: i64 = -1;

/// Which runs are held.
pub(super) struct Pause {
    mark: PathBuf,
    /// The row of the newest run of earlier processes.
    held_to: AtomicI64,
    /// The rows of those that were let go.
    let_go: Mutex<HashSet<i64>>,
}

impl Pause {
    /// Holds the runs of earlier processes, or nothing.
    pub(super) fn new(folder: &Path, reader: &Reader, paused: bool) -> Result<Pause, EngineError> {
        let mark = folder.join(NAME);
        let held_to = if paused { reader.newest_run()? } else { NOTHING };
        let pause = Pause { mark, held_to: AtomicI64::new(held_to), let_go: Mutex::default() };
        if paused {
            std::fs::write(&pause.mark, "").map_err(|error| storage_error(folder, &error))?;
        } else {
            pause.unmark();
        }
        Ok(pause)
    }

    /// Says whether anything is held.
    pub(super) fn is_on(&self) -> bool {
        self.held_to.load(Ordering::SeqCst) != NOTHING
    }

    /// Says whether the run of a row is held.
    pub(super) fn holds(&self, row: i64) -> bool {
        row <= self.held_to.load(Ordering::SeqCst)
            && !self.let_go.lock().unwrap_or_else(PoisonError::into_inner).contains(&row)
    }

    /// Lets a run go on.
    pub(super) fn let_go(&self, row: i64) {
        if self.is_on() {
            self.let_go.lock().unwrap_or_else(PoisonError::into_inner).insert(row);
        }
    }

    /// Holds nothing any more.
    pub(super) fn end(&self) {
        self.held_to.store(NOTHING, Ordering::SeqCst);
        self.let_go.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.unmark();
    }

    /// Takes the mark out of the folder.
    pub(super) fn unmark(&self) {
        // One that stays says too much only until the next start; the lock tells whether anybody is there.
        let _ = std::fs::remove_file(&self.mark);
    }
}

/// Says whether the owner of a folder holds runs, where it has an owner.
pub(super) fn is_marked(folder: &Path) -> bool {
    folder.join(NAME).exists()
}

/// Gives those of some runs that have begun and not ended, with the runs whose ends they wait for.
pub(super) fn with_awaited(reader: &Reader, mut runs: Vec<RunId>) -> Result<Vec<RunRow>, EngineError> {
    let (mut seen, mut found) = (HashSet::new(), Vec::new());
    while let Some(run) = runs.pop() {
        if !seen.insert(run) {
            continue;
        }
        let row = match reader.run(run) {
            Ok(row) => row,
            // One that is waited for may be gone from the history.
            Err(EngineError::NoRun(_)) => continue,
            Err(error) => return Err(error),
        };
        if !row.state.is_final() {
            runs.extend(reader.waited_by(row.row)?);
            found.push(row);
        }
    }
    Ok(found)
}
