//! Which slots a run needs before it may begin: `concurrency` of its task, with the key that its arguments give.
//!
//! Pure. Whether one is free is decided in the store, where all runs are seen.

use super::gates::group_of;
use super::state::Trigger;
use crate::{Data, Failure};
use bytecode::{FunctionId, Task, WhenFull};
use serde::{Deserialize, Serialize};

/// The slots of a group, of which a run needs one from its start to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slots {
    /// The group: program, task and key.
    pub group: String,
    /// How many runs of the group go on at once.
    pub at_once: u32,
    /// What becomes of one more.
    pub otherwise: WhenFull,
}

impl Slots {
    /// Gives the one slot of a group in which others wait.
    pub(super) fn alone(group: String) -> Slots {
        Slots { group, at_once: 1, otherwise: WhenFull::Queue }
    }
}

/// The third part of the name of a group that only runs of schedules are in.
const SCHEDULED: &str = "schedule";

/// Gives the slots that a run needs, of which `key` finds out the key. Without the clause, runs that schedules start
/// do not overlap, and all others are free.
pub(super) fn slots_of(
    project: &str,
    task: &Task,
    trigger: Trigger,
    mut key: impl FnMut(FunctionId) -> Result<Data, Failure>,
) -> Result<Option<Slots>, Failure> {
    let name = &task.name;
    let Some(clause) = &task.clauses.concurrency else {
        let scheduled = matches!(trigger, Trigger::Schedule { .. });
        let group = format!("{project}/{name}/{SCHEDULED}");
        return Ok(scheduled.then_some(Slots { group, at_once: 1, otherwise: WhenFull::Skip }));
    };
    let group = group_of(project, name, clause.per, &mut key)?;
    Ok(Some(Slots { group, at_once: clause.at_once, otherwise: clause.otherwise }))
}
