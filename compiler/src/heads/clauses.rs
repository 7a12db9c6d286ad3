//! One clause to what it means for the task.

use super::{Head, Scope, needs, operand, schedule, treatment};
use grammar::tree::{self, Clause, ClauseKind, Trigger};

pub(super) fn check<'t>(
    scope: &mut dyn Scope<'t>,
    task: usize,
    tree: &'t tree::Task,
    clause: &'t Clause,
    head: &mut Head,
) {
    match &clause.kind {
        ClauseKind::On(Trigger::Schedule(written)) => {
            if let Some(made) = schedule::check(scope, task, tree, written) {
                scope.program_mut().tasks[task].schedules.push(made);
                head.schedules.push(written.span);
            }
        }
        ClauseKind::Needs(written) => {
            if !needs::check(scope, clause.span, written, &mut head.needs) {
                head.understood = false;
            }
        }
        ClauseKind::Timeout(length) => {
            head.timeout = head.timeout.or(Some(clause.span));
            if let Some(length) = operand::length(scope, length) {
                scope.program_mut().tasks[task].timeout.get_or_insert(length);
            }
        }
        ClauseKind::Error => head.understood = false,
        ClauseKind::On(trigger) => {
            let made = scope.trigger(task, tree, trigger);
            scope.program_mut().tasks[task].triggers.extend(made);
        }
        ClauseKind::Retry(_) => {
            head.retry = head.retry.or(Some(clause.span));
            treatment::check(scope, task, clause);
        }
        ClauseKind::Concurrency { .. } => {
            head.concurrency = head.concurrency.or(Some(clause.span));
            treatment::check(scope, task, clause);
        }
        ClauseKind::Rate { .. }
        | ClauseKind::Cache { .. }
        | ClauseKind::Priority(_)
        | ClauseKind::Limit(_)
        | ClauseKind::Only { .. }
        | ClauseKind::Alert { .. }
        | ClauseKind::Allow(_)
        | ClauseKind::Ensure { .. }
        | ClauseKind::Retain(_)
        | ClauseKind::Tags(_) => treatment::check(scope, task, clause),
    }
}
