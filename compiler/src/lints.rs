//! Lints over the finished program and its heads: what is legal and certainly not what somebody wants.
//!
//! They run only where nothing is wrong, so that no lint is a consequence of an error.

mod bodies;
mod crowds;
mod due;
mod onces;
mod patterns;
mod schedules;
mod shells;
mod slots;
mod states;
mod tasks;
mod waits;

use crate::heads::Head;
use crate::ir::{FunctionKind, Program};
use diagnostics::{Diagnostic, FileId};

/// Gives the lints of a program without errors; the library's own functions, as `library` tells, are not looked at. Dates
/// are told from `now` on.
pub(crate) fn check(
    program: &Program,
    heads: &[Head],
    library: &dyn Fn(FileId) -> bool,
    now: Option<i64>,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let waits = waits::Waits::of(program);
    let onces = onces::Onces::of(program);
    for (task, head) in program.tasks.iter().zip(heads) {
        tasks::check(task, head, &mut found);
        schedules::check(program, task, head, &mut found);
        due::check(task, head, now, &mut found);
        bodies::check(program, &waits, &task.body, &mut found);
        patterns::check(program, &task.body, &mut found);
        shells::check(program, &task.body, &mut found);
        onces.check_task(task, head, &mut found);
        slots::check(task, head, &mut found);
        states::check(task, head, &mut found);
    }
    crowds::check(program, heads, now, &mut found);
    for function in program.functions.iter().filter(|function| !library(function.place.file)) {
        match &function.kind {
            FunctionKind::Body(body) => {
                bodies::check(program, &waits, body, &mut found);
                patterns::check(program, body, &mut found);
                shells::check(program, body, &mut found);
                onces.check_body(body, &mut found);
            }
            FunctionKind::Native { .. } => {}
        }
    }
    found
}
