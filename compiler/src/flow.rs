//! Secrets that go where they can be seen.
//!
//! The checker has found them: a secret where a plain value is expected is an [`ExprKind::Disclose`]. Types make that
//! complete: what is built of a secret has a secret type, and the types of parameters and results are written, so a
//! signature is all that a caller can learn of a function, and no more needs to be inferred. What is left to do here is to
//! tell how the value got there: backwards from the place (`way`), over an outline of all bodies (`outline`) that is
//! made only where something is wrong.

mod outline;
mod report;
mod sink;
mod way;

use crate::ir::Program;
use diagnostics::{Diagnostic, FileId};
use outline::Outline;
use rustc_hash::FxHashSet;

/// Tells of every secret that is disclosed in the project's files, each with the way that it took.
pub(crate) fn check(program: &Program, library: &dyn Fn(FileId) -> bool) -> Vec<Diagnostic> {
    let leaks = sink::find(program, library);
    if leaks.is_empty() {
        return Vec::new();
    }
    let outline = Outline::of(program);
    let mut told = FxHashSet::default();
    let mut diagnostics = Vec::new();
    for leak in &leaks {
        // A constant or default that is used in several places is wrong once.
        if told.insert(leak.place) {
            let way = way::to(program, &outline, leak);
            diagnostics.push(report::disclosed(program, leak, &way));
        }
    }
    diagnostics
}
