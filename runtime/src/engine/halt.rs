//! Pausing, archiving and letting go tasks, whether or not a process serves their data folder.

use super::control::{PATIENCE, owned, wait_until};
use super::error::EngineError;
use super::lock::FolderLock;
use super::resume::request;
use crate::clock::{Clock, Micros, SystemClock};
use crate::store::{Ask, Halt, HaltKind, Reader, Store, Waits, Work, ask, open_folder};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::Path;

/// What a person wants of a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Halting {
    /// The project.
    pub project: String,
    /// The task.
    pub task: String,
    /// That nothing of it begins any more, and how; or that it is let go.
    pub to: Option<HaltKind>,
    /// Who wants it.
    pub by: String,
    /// Why; of a task that is let go nothing is said.
    pub why: String,
}

impl Halting {
    /// Gives it as work for the store.
    pub(super) fn work(self, at: Micros) -> Work {
        let Halting { project, task, to, by, why } = self;
        match to {
            Some(kind) => Work::Halt(Box::new(Halt { project, task, kind, at, by, why, ended_at: None })),
            None => Work::EndHalt { project, task, at },
        }
    }
}

/// The last halt of each task that ever had one.
pub(super) struct Halts(HashMap<(String, String), Halt>);

impl Halts {
    /// Reads them.
    pub(super) fn read(reader: &Reader) -> Result<Halts, EngineError> {
        let all = reader.halts()?.into_iter();
        Ok(Halts(all.map(|halt| ((halt.project.clone(), halt.task.clone()), halt)).collect()))
    }

    /// Gives the last one of a task.
    pub(super) fn of(&self, project: &str, task: &str) -> Option<&Halt> {
        if self.0.is_empty() {
            return None;
        }
        self.0.get(&(project.to_owned(), task.to_owned()))
    }

    /// Says whether nothing of a task begins, for good.
    pub(super) fn is_archived(&self, project: &str, task: &str) -> bool {
        self.of(project, task).is_some_and(|halt| halt.stands() && halt.kind == HaltKind::Archived)
    }
}

/// Pauses, archives or lets go a task of a folder. Says whether it is done; otherwise the owner of the folder has been asked,
/// and has not answered yet. What has begun goes on.
pub fn halt(folder: &Path, halting: Halting) -> Result<bool, EngineError> {
    match FolderLock::take(folder) {
        Ok(lock) => {
            let (connection, epoch) = open_folder(folder, Waits::ForDisk)?;
            let store = Store::start(folder, connection, epoch, PATIENCE)?;
            let applied = store.apply(halting.work(SystemClock.now()));
            store.close();
            if !lock.is_after_crash() {
                lock.release();
            }
            applied.map(|_| true)
        }
        Err(EngineError::Held { .. }) => {
            let (reader, id) = (owned(folder)?, request());
            ask(folder, id, &Ask::Halt(halting), SystemClock.now())?;
            wait_until(PATIENCE, || Ok(!reader.is_asked(id)?))
        }
        Err(error) => Err(error),
    }
}
