//! The sweep: takes out history that is older than its task keeps it, `retain` in the head, a little at each look.

use super::error::EngineError;
use super::id::RunId;
use super::shared::Shared;
use crate::clock::Micros;
use crate::store::{Applied, Old, Work};
use bytecode::Image;
use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

/// How many runs are looked at at once.
const PAGE: u32 = 512;

/// How long after a sweep the next one begins.
const PAUSE: Duration = Duration::from_secs(3_600);

/// For how long the history of each task is kept, by program and task; of others it is kept for ever.
pub(super) type Retained = HashMap<(String, String), Micros>;

/// Gives for how long the tasks of images keep their history.
pub(super) fn retained<'i>(images: impl IntoIterator<Item = &'i Image>) -> Retained {
    let of_image = |image: &'i Image| {
        let tasks = image.tasks.iter().filter_map(|task| Some((task.name.clone(), task.clauses.retain?)));
        tasks.map(|(task, span)| ((image.name.clone(), task), span)).collect::<Vec<_>>()
    };
    images.into_iter().flat_map(of_image).collect()
}

/// Where the sweep is.
#[derive(Default)]
pub(super) struct Sweep {
    retained: Retained,
    /// The last row that was looked at.
    behind: i64,
    /// No run that goes on sees events up to this place; found by the sweep before.
    unseen_to: u64,
    /// The same, as far as this sweep has come.
    lowest: u64,
    /// When the next sweep begins, by the clock that does not jump.
    begins: Duration,
}

impl Sweep {
    /// Begins anew with what is kept from now on.
    pub(super) fn begin(&mut self, retained: Retained) {
        *self = Sweep { retained, ..Sweep::default() };
    }

    /// Looks at some more runs, if it is time.
    pub(super) fn step(&mut self, shared: &Shared) -> Result<(), EngineError> {
        if self.retained.is_empty() || shared.clock.uptime() < self.begins {
            return Ok(());
        }
        if self.behind == 0 {
            // A run that begins later sees only later events.
            self.lowest = shared.reader.newest_event()?;
        }
        let page = shared.reader.aged_runs(self.behind, PAGE)?;
        let now = shared.clock.now();
        // New runs come all the time, so a sweep ends where it first sees that there are no more.
        let is_last = page.len() < PAGE as usize;
        let mut old = Vec::new();
        for run in page {
            self.behind = run.row;
            match (run.ended_at, self.retained.get(&(run.project, run.task))) {
                (None, _) => self.lowest = self.lowest.min(run.events_from),
                (Some(ended_at), Some(span)) if ended_at.saturating_add(*span) < now => old.push((run.row, run.id)),
                (Some(_), _) => {}
            }
        }
        if !old.is_empty() {
            let rows = old.iter().map(|(row, _)| *row).collect();
            let decided = trim(shared, Old::Runs { rows, unseen_to: self.unseen_to })?;
            old.iter().take(decided).for_each(|(_, run)| remove_folder(shared, *run));
            if let Some((next, _)) = old.get(decided) {
                self.behind = next.saturating_sub(1);
                return Ok(());
            }
        }
        if is_last { self.end(shared, now) } else { Ok(()) }
    }

    /// Ends a sweep with the ledgers.
    fn end(&mut self, shared: &Shared, now: Micros) -> Result<(), EngineError> {
        let mut gone = 0;
        for ((project, task), span) in &self.retained {
            let (project, task, before) = (project.clone(), task.clone(), now.saturating_sub(*span));
            gone += trim(shared, Old::Ledger { project, task, before })?;
        }
        if gone > 0 {
            // There may be more; the next look goes on here.
            return Ok(());
        }
        (self.behind, self.unseen_to) = (0, self.lowest);
        self.begins = shared.clock.uptime().saturating_add(PAUSE);
        Ok(())
    }
}

/// Removes the folder of a run that is gone: one that failed keeps its folder, to be let go on.
fn remove_folder(shared: &Shared, run: RunId) {
    let folder = shared.dir_of(run);
    if Path::new(&folder).exists() && matches!(shared.reader.run(run), Err(EngineError::NoRun(_))) {
        // One that stays is tidied up by hand.
        let _ = std::fs::remove_dir_all(folder);
    }
}

fn trim(shared: &Shared, old: Old) -> Result<usize, EngineError> {
    match shared.store.apply(Work::Trim(old))? {
        Applied::Trimmed(count) => Ok(count),
        Applied::Done
        | Applied::Began(_)
        | Applied::Claimed(_)
        | Applied::Queued
        | Applied::Refused(_)
        | Applied::Advanced(_)
        | Applied::Skipped(_)
        | Applied::Already
        | Applied::Kept(_)
        | Applied::KeptReactions(_) => Ok(0),
    }
}
