//! What heads of tasks say that the engine does not act on yet: told once, so that nobody relies on it.

use crate::terminal;
use bytecode::{Cause, Task};
use std::collections::BTreeMap;

/// How many tasks are named for a clause.
const NAMED: usize = 3;

/// Tells which clauses of some tasks have no effect yet; nothing where all have.
pub fn tell<'i>(tasks: impl IntoIterator<Item = &'i Task>) {
    let mut clauses: BTreeMap<&'static str, Vec<&str>> = BTreeMap::new();
    for task in tasks {
        for clause in of(task) {
            clauses.entry(clause).or_default().push(&task.name);
        }
    }
    if !clauses.is_empty() {
        let all: Vec<String> = clauses.iter().map(|(clause, tasks)| one(clause, tasks)).collect();
        terminal::talk(&format!("checked, but not acted on yet: {}", all.join(", ")));
    }
}

fn of(task: &Task) -> Vec<&'static str> {
    let mut clauses = task.clauses.names();
    // The body itself checks `ensure`, `serve` heeds `retain`, and tags are only shown.
    let acts = ["cache", "concurrency", "ensure", "limit", "only", "priority", "rate", "retain", "retry", "tags"];
    clauses.retain(|clause| !acts.contains(clause));
    for trigger in &task.triggers {
        let clause = match trigger.cause {
            Cause::Event(_) | Cause::Success(_) | Cause::Failure(_) => continue,
            Cause::Webhook { .. } => "on webhook",
            Cause::File(_) => "on file",
        };
        if !clauses.contains(&clause) {
            clauses.push(clause);
        }
    }
    clauses
}

fn one(clause: &str, tasks: &[&str]) -> String {
    let mut named: Vec<&str> = tasks.iter().copied().take(NAMED).collect();
    if tasks.len() > NAMED {
        named.push("…");
    }
    format!("`{clause}` of {}", named.join(", "))
}
