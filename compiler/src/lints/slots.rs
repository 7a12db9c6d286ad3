//! Slots that are held while a run waits for hours: `concurrency` counts a run that waits.

use crate::heads::Head;
use crate::ir::{Expr, ExprKind, Task};
use crate::walk::parts;
use bytecode::inner::Inner;
use diagnostics::{Code, Diagnostic, Span};

/// From this wait on a slot is held for long, in microseconds.
const LONG: i64 = 3_600_000_000;

pub(super) fn check(task: &Task, head: &Head, found: &mut Vec<Diagnostic>) {
    let (Some(_), Some(clause)) = (&task.clauses.concurrency, head.concurrency) else { return };
    // Runs that are told apart by a key rarely stand in each other's way.
    if task.keys.concurrency.is_some() {
        return;
    }
    let Some(wait) = long_wait(&task.body.value) else { return };
    let message = "a run keeps its slot while it waits here, and no other run can have it";
    found.push(
        Diagnostic::new(Code::HeldSlot, wait.in_file(task.body.file), message)
            .label("may take an hour or more")
            .also(clause.in_file(head.file), "so many runs at once, those that wait among them")
            .help("wait in a task of its own that has no `concurrency`, or count by a key: `concurrency 1 per order`"),
    );
}

/// Finds a wait of which it is known that it may take long.
fn long_wait(expr: &Expr) -> Option<Span> {
    if let ExprKind::Inner { operation, arguments } = &expr.kind {
        let length = match (operation, arguments.as_slice()) {
            (Inner::TimerSleep, [length]) => Some(length),
            (Inner::EventWait, [_, _, within]) | (Inner::WaitApproval, [_, _, _, within]) => Some(within),
            _ => None,
        };
        if length.is_some_and(is_long) {
            return Some(expr.span);
        }
    }
    if let ExprKind::Lambda { body, .. } = &expr.kind {
        return long_wait(&body.value);
    }
    let mut found = None;
    parts(expr, &mut |part| found = found.or_else(|| long_wait(part)));
    found
}

fn is_long(length: &Expr) -> bool {
    match &length.kind {
        ExprKind::Int(length) => *length >= LONG,
        ExprKind::None => true,
        ExprKind::Some(inner) => is_long(inner),
        _ => false,
    }
}
