//! Whose turn it is to begin: runs stand in the line of their task, and the lines take turns (deficit round robin), so a
//! task with ten thousand runs does not keep another waiting. `priority` is how many begin in one turn.

use crate::engine::id::RunId;
use crate::store::Begun;
use bytecode::Priority;
use std::collections::{HashMap, VecDeque};

/// Runs that have begun in the store and not yet in memory.
#[derive(Default)]
pub(super) struct Turns {
    waiting: HashMap<RunId, Begun>,
    lines: HashMap<LineName, VecDeque<RunId>>,
    /// The lines in which somebody waits, with how many may still begin in this turn.
    order: VecDeque<(LineName, u32)>,
}

/// A task of a program, and how soon its runs begin.
type LineName = (String, String, u32);

/// Gives how many runs of a task begin in one turn.
fn weight(priority: Option<Priority>) -> u32 {
    match priority {
        Some(Priority::Low) => 1,
        Some(Priority::Normal) | None => 4,
        Some(Priority::High) => 16,
    }
}

impl Turns {
    /// Puts a run last in the line of its task.
    pub(super) fn push(&mut self, begun: Begun, priority: Option<Priority>) {
        let run = begun.run.id;
        let name = (begun.run.project.clone(), begun.run.task.clone(), weight(priority));
        if self.waiting.insert(run, begun).is_some() {
            return;
        }
        let line = self.lines.entry(name.clone()).or_default();
        if line.is_empty() {
            let share = name.2;
            self.order.push_back((name, share));
        }
        line.push_back(run);
    }

    /// Takes the run whose turn it is.
    pub(super) fn next(&mut self) -> Option<Begun> {
        while let Some((name, left)) = self.order.pop_front() {
            let Some(line) = self.lines.get_mut(&name) else { continue };
            let run = line.pop_front();
            if line.is_empty() {
                self.lines.remove(&name);
            } else if left > 1 {
                self.order.push_front((name, left - 1));
            } else {
                let share = name.2;
                self.order.push_back((name, share));
            }
            // One that was taken out of its turn only has its place here.
            if let Some(begun) = run.and_then(|run| self.waiting.remove(&run)) {
                return Some(begun);
            }
        }
        None
    }

    /// Takes a run out of its turn.
    pub(super) fn take(&mut self, run: RunId) -> Option<Begun> {
        self.waiting.remove(&run)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::engine::{Gates, ImageHash, NewRun, Trigger};

    fn begun(task: &str, number: u8) -> Begun {
        let run = NewRun {
            id: RunId([number; 16]),
            project: "shop".to_owned(),
            task: task.to_owned(),
            image: ImageHash([0; 32]),
            position: 0,
            trigger: Trigger::Manual,
            arguments: Vec::new(),
            created_at: 0,
            timeout: None,
            gates: Gates::default(),
        };
        Begun { run, started_at: 0 }
    }

    fn drain(turns: &mut Turns) -> String {
        std::iter::from_fn(|| turns.next()).map(|begun| begun.run.task).collect()
    }

    #[test]
    fn tasks_take_turns_by_their_priority() {
        let mut turns = Turns::default();
        for number in 0..6 {
            turns.push(begun("a", number), Some(Priority::Low));
        }
        for number in 10..20 {
            turns.push(begun("b", number), None);
        }
        turns.push(begun("c", 30), Some(Priority::High));
        assert_eq!(drain(&mut turns), "abbbbcabbbbabbaaa");
    }

    #[test]
    fn who_is_taken_out_of_turn_begins_once() {
        let mut turns = Turns::default();
        for number in 0..3 {
            turns.push(begun("a", number), None);
        }
        assert!(turns.take(RunId([1; 16])).is_some());
        assert!(turns.take(RunId([1; 16])).is_none());
        assert_eq!(drain(&mut turns), "aa");
    }
}
