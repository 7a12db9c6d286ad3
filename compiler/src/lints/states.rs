//! States that a task reads and then replaces, where another run may have changed them in between.
//!
//! A change by `+=`, of an entry or by a method is made of the newest value, and nothing is lost.

use crate::heads::Head;
use crate::ir::{Expr, ExprKind, Statement, Task};
use crate::walk::parts;
use bytecode::inner::Inner;
use diagnostics::{Code, Diagnostic, Span};

pub(super) fn check(task: &Task, head: &Head, found: &mut Vec<Diagnostic>) {
    let alone = match &task.clauses.concurrency {
        Some(concurrency) => concurrency.at_once == 1 && task.keys.concurrency.is_none(),
        // A task with schedules has one run at a time unless it says otherwise.
        None => !task.schedules.is_empty(),
    };
    if alone {
        return;
    }
    let mut uses = Vec::new();
    collect(&task.body.value, &mut uses);
    for (at, (name, span, replaces)) in uses.iter().enumerate() {
        let read = uses.iter().find(|(other, _, replaces)| other == name && !replaces);
        let is_first = !uses[..at].iter().any(|(other, _, replaces)| other == name && *replaces);
        let (true, true, Some((_, read, _))) = (*replaces, is_first, read) else { continue };
        let message =
            format!("`{name}` is replaced by what was made of an older value, and runs of `{}` overlap", task.name);
        found.push(
            Diagnostic::new(Code::LostUpdate, span.in_file(head.file), message)
                .label("what another run wrote meanwhile is lost")
                .also(read.in_file(task.body.file), "read here")
                .help("add `concurrency 1` to the head, or change it in one go: `+=`, an entry, a method"),
        );
    }
}

/// Collects reads, and changes that replace all of a state: name, place, and whether it is a change.
fn collect<'p>(expr: &'p Expr, uses: &mut Vec<(&'p str, Span, bool)>) {
    match &expr.kind {
        ExprKind::Inner { operation: Inner::StateRead, arguments } => {
            if let [Expr { kind: ExprKind::String(name), .. }] = arguments.as_slice() {
                uses.push((name, expr.span, false));
            }
        }
        ExprKind::Inner { operation: Inner::StateChange, arguments } => {
            if let [Expr { kind: ExprKind::String(name), .. }, change] = arguments.as_slice()
                && replaces(change)
            {
                uses.push((name, expr.span, true));
            }
            return;
        }
        ExprKind::Lambda { body, .. } => collect(&body.value, uses),
        _ => {}
    }
    parts(expr, &mut |part| collect(part, uses));
}

/// Says whether a change makes nothing of the newest value, and something of what was captured.
fn replaces(change: &Expr) -> bool {
    let ExprKind::Lambda { captures, body } = &change.kind else { return false };
    let ExprKind::Block { statements, .. } = &body.value.kind else { return false };
    let is_plain = |statement: &Statement| match statement {
        Statement::Assign { target, operator, .. } => operator.is_none() && target.path.is_empty(),
        Statement::Let { .. } | Statement::Parallel(_) | Statement::Expr(_) => false,
    };
    !captures.is_empty() && statements.iter().any(is_plain)
}
