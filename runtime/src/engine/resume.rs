//! Asking the owner of a folder, which was started paused, to let runs go on.

use super::control::{PATIENCE, wait_until};
use super::error::EngineError;
use super::id::RunId;
use super::lock::FolderLock;
use super::pause::is_marked;
use super::state::RunState;
use crate::clock::{Clock, SystemClock};
use crate::history::History;
use crate::store::{Ask, Reader, ask};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What is to go on of what an engine holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Resume {
    /// A run, with the runs whose ends it waits for.
    Run(RunId),
    /// The runs of a task that have begun, with the runs whose ends they wait for.
    Task(String),
    /// All runs, and what begins by itself.
    All,
}

/// Asks the process that serves a folder to let runs go on. Says whether it has; otherwise it has not answered yet.
pub fn resume(folder: &Path, what: Resume) -> Result<bool, EngineError> {
    let history = History::open(folder)?;
    match FolderLock::take(folder) {
        Ok(_) => return Err(EngineError::NotServed { path: folder.to_owned() }),
        Err(EngineError::Held { .. }) if is_marked(folder) => {}
        Err(EngineError::Held { .. }) => return Err(EngineError::NotPaused { path: folder.to_owned() }),
        Err(error) => return Err(error),
    }
    let id = match &what {
        Resume::Run(run) => {
            let state = history.run(&(*run).into())?.state;
            if state == RunState::Queued {
                return Err(EngineError::InLine(*run));
            }
            if state.is_final() {
                return Err(EngineError::Ended(*run));
            }
            *run
        }
        Resume::Task(task) => {
            let mut tasks = history.in_flight(SystemClock.now())?.into_iter();
            if !tasks.any(|found| found.task == *task && found.running + found.sleeping > 0) {
                return Err(EngineError::NothingHeld(task.clone()));
            }
            request()
        }
        Resume::All => request(),
    };
    ask(folder, id, &Ask::Resume(what), SystemClock.now())?;
    let reader = Reader::open(folder)?;
    wait_until(PATIENCE, || Ok(!reader.is_asked(id)?))
}

/// Gives an id to a request that concerns no single run.
pub(super) fn request() -> RunId {
    let mut uid = [0; 16];
    SystemClock.fill(&mut uid);
    RunId(uid)
}
