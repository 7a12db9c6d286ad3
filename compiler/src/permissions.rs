//! What tasks touch against what their heads permit.
//!
//! Functions declare nothing: what they touch is inferred from their bodies (`reach`), with constant hosts, paths and
//! programs followed through variables and arguments. What is not known here is checked again, before it is done, when
//! the task runs; so an error here is always one that would be `forbidden` there.

mod reach;
mod report;
mod target;

use crate::constant::{beginning, is_in_run_dir};
use crate::heads::Head;
use crate::ir::Program;
use bytecode::PermissionKind;
use diagnostics::{Diagnostic, FileId, Place};
use reach::{Found, Reach};
use rustc_hash::FxHashSet;
use target::Target;

/// Something that a task touches.
struct Use {
    kind: PermissionKind,
    target: Target,
    /// The operation, by the name that the project calls it by.
    operation: String,
    /// Where the operation stands; in the task itself or in a function of the project.
    place: Place,
    /// Where the task does it, or calls what does it.
    call: Place,
    /// As it was found.
    found: Found,
}

/// Gives what the heads have to do with the bodies: operations that are not permitted, and, where the whole program is
/// known to be right (`complete`), permissions that nothing uses. `library` says which files are the library's.
pub(crate) fn check(
    program: &Program,
    heads: &[Head],
    library: &dyn Fn(FileId) -> bool,
    completeness: Completeness,
) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let reach = Reach::of(program, library);
    for (task, head) in program.tasks.iter().zip(heads) {
        let uses: Vec<Use> = reach.of_task(task).into_iter().map(resolve).collect();
        let before = diagnostics.len();
        if head.understood {
            let mut told = FxHashSet::default();
            let asked = uses.iter().filter(|used| used.target != Target::Private);
            let missing = asked.filter(|used| !head.needs.iter().any(|need| allows(&need.permission, used)));
            let first = missing.filter(|used| told.insert((used.kind, used.target.clone())));
            diagnostics.extend(first.map(|used| report::missing(task, head, used, &way(&reach, &used.found))));
        }
        // What is missing and what is idle are often one mistake: a wrong name in the clause.
        if completeness == Completeness::Whole && diagnostics.len() == before {
            let idle = head.needs.iter().filter(|need| is_seen(need.permission.kind));
            let idle = idle.filter(|need| !uses.iter().any(|used| allows(&need.permission, used)));
            diagnostics.extend(idle.map(|need| report::unused(head, need)));
            let wide = head.needs.iter().filter_map(|need| Some((need, narrower(&need.permission, &uses)?)));
            diagnostics.extend(wide.map(|(need, enough)| report::wide(head, need, &enough)));
        }
    }
    diagnostics
}

/// How much of a program is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Completeness {
    /// All of it: nothing in it is wrong.
    Whole,
    /// Some of it was not understood, so what is not found may still be there.
    Partial,
}

fn resolve(found: Found) -> Use {
    let touch = &found.touch;
    let is_file = matches!(touch.kind, PermissionKind::FilesRead | PermissionKind::FilesWrite);
    let target = if is_file && is_in_run_dir(&touch.target) {
        Target::Private
    } else {
        Target::of(touch.kind, &beginning(&touch.target))
    };
    let (kind, operation, place) = (touch.kind, touch.operation.clone(), touch.place);
    Use { kind, target, operation, place, call: found.call, found }
}

fn way(reach: &Reach<'_>, found: &Found) -> Vec<(String, String, Place)> {
    found.through.map_or_else(Vec::new, |function| reach.way(function, &found.touch))
}

/// Says whether what a permission is for can be seen in a body; who writes to a channel is the engine.
fn is_seen(kind: PermissionKind) -> bool {
    match kind {
        PermissionKind::Net
        | PermissionKind::FilesRead
        | PermissionKind::FilesWrite
        | PermissionKind::Exec
        | PermissionKind::Secret => true,
        PermissionKind::Connection | PermissionKind::Channel => false,
    }
}

/// How many permissions may stand for a wide one.
const MOST_NARROW: usize = 3;

/// Gives what would be enough in the place of a permission that is wider than all that uses it.
fn narrower(permission: &bytecode::Permission, uses: &[Use]) -> Option<Vec<String>> {
    let is_wide = match permission.kind {
        PermissionKind::Net => permission.target.starts_with('*'),
        PermissionKind::FilesRead | PermissionKind::FilesWrite => {
            matches!(permission.target.as_str(), "*" | "**" | "**/*" | "./**" | "/**")
        }
        PermissionKind::Exec | PermissionKind::Secret | PermissionKind::Connection | PermissionKind::Channel => false,
    };
    if !is_wide {
        return None;
    }
    let mut enough = Vec::new();
    for used in uses.iter().filter(|used| allows(permission, used)) {
        let target = used.target.suggestion()?;
        if !enough.contains(&target) {
            enough.push(target);
        }
    }
    let narrow = !enough.is_empty() && enough.len() <= MOST_NARROW && !enough.contains(&permission.target);
    narrow.then_some(enough)
}

fn allows(permission: &bytecode::Permission, used: &Use) -> bool {
    permission.kind == used.kind && used.target.allowed_by(permission)
}
