//! What differs between two images, as far as it matters to whoever answers for what runs. Pure.

use crate::heads::{permission, rule, signature};
use crate::times;
use bytecode::{Clauses, Image, Permission, Task};
use schedule::Rule;
use std::collections::BTreeMap;

/// What becomes of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is there as before, and another.
    Changed,
}

/// What differs.
pub struct Changes {
    /// Tasks by name; those of which only the code differs are not among them.
    pub tasks: Vec<TaskChanges>,
    /// Sources whose texts differ.
    pub files: Vec<FileChange>,
}

/// What differs in a task.
pub struct TaskChanges {
    /// Its name.
    pub task: String,
    /// What becomes of it.
    pub what: What,
    /// What of it differs; of one that is gone nothing.
    pub changes: Vec<Change>,
}

/// A source whose text differs.
pub struct FileChange {
    /// Its name.
    pub name: String,
    /// What becomes of it.
    pub what: What,
}

/// Something that differs in a task.
pub enum Change {
    /// Its parameters or its result.
    Signature {
        /// As it was.
        before: String,
        /// As it would be.
        after: String,
    },
    /// A schedule, with its next due time.
    Schedule {
        /// What becomes of it.
        what: What,
        /// Its rule in words.
        rule: String,
        /// When it would be, or would have been, due next.
        next: Option<i64>,
    },
    /// It may touch something that it might not.
    Gained(String),
    /// It may not touch something any more.
    Lost(String),
    /// A clause of its head.
    Clause {
        /// Its word.
        name: &'static str,
        /// What becomes of it.
        what: What,
    },
}

/// Compares an image with what is deployed, if anything is.
pub fn changes(before: Option<&Image>, after: &Image, now: i64) -> Changes {
    let tasks = |image: Option<&'_ Image>| -> BTreeMap<String, usize> {
        let all = image.into_iter().flat_map(|image| image.tasks.iter().enumerate());
        all.map(|(at, task)| (task.name.clone(), at)).collect()
    };
    let (old, new) = (tasks(before), tasks(Some(after)));
    let mut found = Vec::new();
    for (name, at) in &new {
        let Some(task) = after.tasks.get(*at) else { continue };
        let earlier = old.get(name).and_then(|at| Some((before?, before?.tasks.get(*at)?)));
        let changes = of_task(earlier, (after, task), now);
        let what = if earlier.is_some() { What::Changed } else { What::Added };
        if what == What::Added || !changes.is_empty() {
            found.push(TaskChanges { task: name.clone(), what, changes });
        }
    }
    let gone = old.keys().filter(|name| !new.contains_key(*name));
    found.extend(gone.map(|name| TaskChanges { task: name.clone(), what: What::Removed, changes: Vec::new() }));
    Changes { tasks: found, files: files(before, after) }
}

impl Changes {
    /// Says whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty() && self.files.is_empty()
    }
}

fn of_task(before: Option<(&Image, &Task)>, (image, task): (&Image, &Task), now: i64) -> Vec<Change> {
    let mut changes = Vec::new();
    let old = before.map(|(_, old)| old);
    let after = signature(image, task);
    match before.map(|(image, old)| signature(image, old)) {
        Some(before) if before != after => changes.push(Change::Signature { before, after }),
        Some(_) | None => {}
    }
    let (was, is) = (schedules(old, now), schedules(Some(task), now));
    let lost = was.iter().filter(|(rule, _)| !is.contains_key(*rule)).map(|entry| (What::Removed, entry));
    let gained = is.iter().filter(|(rule, _)| !was.contains_key(*rule)).map(|entry| (What::Added, entry));
    changes.extend(lost.chain(gained).map(|(what, (rule, next))| Change::Schedule {
        what,
        rule: rule.clone(),
        next: *next,
    }));
    let held = old.map_or(&[][..], |old| &old.needs);
    let covered = |by: &[Permission], need: &Permission| by.iter().any(|other| other.covers_pattern(need));
    let gained = task.needs.iter().filter(|need| !covered(held, need)).map(|need| Change::Gained(permission(need)));
    let lost = held.iter().filter(|need| !covered(&task.needs, need)).map(|need| Change::Lost(permission(need)));
    changes.extend(gained.chain(lost));
    if let Some(old) = old {
        changes.extend(clauses(old, task));
    }
    changes
}

/// Gives the schedules of a task by their words, with when each is due next.
fn schedules(task: Option<&Task>, now: i64) -> BTreeMap<String, Option<i64>> {
    let all = task.into_iter().flat_map(|task| &task.schedules);
    all.map(|written| (rule(written), Rule::new(&written.spec).ok().and_then(|rule| rule.next(now)))).collect()
}

/// Compares the other clauses, each by its name: an image whose code moved has other keys in the same clauses.
fn clauses(before: &Task, after: &Task) -> Vec<Change> {
    let mut found = Vec::new();
    if before.timeout != after.timeout {
        let what = match (before.timeout, after.timeout) {
            (None, _) => What::Added,
            (_, None) => What::Removed,
            _ => What::Changed,
        };
        found.push(Change::Clause { name: "timeout", what });
    }
    let (was, is) = (before.clauses.names(), after.clauses.names());
    let differs = differing(&before.clauses, &after.clauses);
    for name in &is {
        match was.contains(name) {
            false => found.push(Change::Clause { name, what: What::Added }),
            true if differs.contains(name) => found.push(Change::Clause { name, what: What::Changed }),
            true => {}
        }
    }
    let gone = was.iter().filter(|name| !is.contains(name));
    found.extend(gone.map(|name| Change::Clause { name, what: What::Removed }));
    found
}

/// Names the clauses that both have with other values.
fn differing(before: &Clauses, after: &Clauses) -> Vec<&'static str> {
    let at_once = |clauses: &Clauses| clauses.concurrency.as_ref().map(|clause| (clause.at_once, clause.otherwise));
    let starts = |clauses: &Clauses| clauses.rate.as_ref().map(|clause| (clause.starts, clause.within));
    let keep = |clauses: &Clauses| clauses.cache.as_ref().map(|clause| clause.keep);
    let all = [
        ("retry", before.retry != after.retry),
        ("concurrency", at_once(before) != at_once(after)),
        ("rate", starts(before) != starts(after)),
        ("cache", keep(before) != keep(after)),
        ("priority", before.priority != after.priority),
        ("limit", before.limits != after.limits),
        ("only", before.only != after.only),
        ("retain", before.retain != after.retain),
        ("alert", before.alerts != after.alerts),
        ("allow", before.allow != after.allow),
        ("ensure", before.ensure != after.ensure),
        ("tags", before.tags != after.tags),
    ];
    all.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
}

fn files(before: Option<&Image>, after: &Image) -> Vec<FileChange> {
    let Some(before) = before else { return Vec::new() };
    let texts = |image: &'_ Image| -> BTreeMap<String, String> {
        image.sources.iter().map(|source| (source.name.clone(), source.text.clone())).collect()
    };
    let (old, new) = (texts(before), texts(after));
    let mut found = Vec::new();
    for (name, text) in &new {
        match old.get(name) {
            None => found.push(FileChange { name: name.clone(), what: What::Added }),
            Some(earlier) if earlier != text => found.push(FileChange { name: name.clone(), what: What::Changed }),
            Some(_) => {}
        }
    }
    let gone = old.keys().filter(|name| !new.contains_key(*name));
    found.extend(gone.map(|name| FileChange { name: name.clone(), what: What::Removed }));
    found
}

impl What {
    /// Gives its word.
    pub fn word(self) -> &'static str {
        match self {
            What::Added => "added",
            What::Removed => "removed",
            What::Changed => "changed",
        }
    }
}

impl Change {
    /// Says it in a line.
    pub fn words(&self) -> String {
        match self {
            Change::Signature { before, after } => format!("{before}  becomes  {after}"),
            Change::Schedule { what, rule, next } => {
                let next = match next {
                    Some(next) => format!("next {}", times::here(*next)),
                    None => "never due again".to_owned(),
                };
                format!("{}: {rule} ({next})", what.word())
            }
            Change::Gained(permission) => format!("gains {permission}"),
            Change::Lost(permission) => format!("loses {permission}"),
            Change::Clause { name, what } => format!("{}: {name}", what.word()),
        }
    }
}
