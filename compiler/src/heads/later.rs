//! Clauses that this version checks and does not act on: their operands are held to their types and bounds, and one
//! warning per clause says that nothing more happens.

use super::{Scope, operand, words};
use diagnostics::{Code, Diagnostic, Span};
use grammar::tree::{Clause, ClauseKind, Name, Retry, Trigger};

pub(super) fn check<'t>(scope: &mut dyn Scope<'t>, clause: &'t Clause) {
    let name = match &clause.kind {
        ClauseKind::On(trigger) => match trigger {
            Trigger::Webhook { .. } => "on webhook",
            Trigger::Event { .. } => "on event",
            Trigger::Success { .. } => "on success",
            Trigger::Failure { .. } => "on failure",
            Trigger::File { .. } => "on file",
            Trigger::Schedule(_) => return,
        },
        ClauseKind::Retry(written) => {
            retry(scope, written);
            "retry"
        }
        ClauseKind::Concurrency { limit, otherwise, .. } => {
            operand::number(scope, limit, 1..=i64::MAX, "the number of runs at once");
            word(
                scope,
                otherwise.as_ref(),
                &["queue", "skip", "cancel_oldest", "fail"],
                "what becomes of a further run",
            );
            "concurrency"
        }
        ClauseKind::Rate { count, period, .. } => {
            operand::number(scope, count, 1..=i64::MAX, "the number of starts");
            operand::length(scope, period);
            "rate"
        }
        ClauseKind::Cache { duration, .. } => {
            operand::length(scope, duration);
            "cache"
        }
        ClauseKind::Priority(level) => {
            words::one_of(scope, level, &["low", "normal", "high"], "a priority");
            "priority"
        }
        ClauseKind::Limit(limits) => {
            for (what, most) in limits {
                words::one_of(scope, what, &["memory", "operations", "output"], "something that has a limit");
                operand::number(scope, most, 1..=i64::MAX, "a limit");
            }
            "limit"
        }
        ClauseKind::Only { from, to, days, otherwise, .. } => {
            operand::time(scope, from);
            operand::time(scope, to);
            words::days(scope, days);
            word(scope, otherwise.as_ref(), &["skip", "delay"], "what becomes of a start outside of the window");
            "only"
        }
        ClauseKind::Alert { on, .. } => {
            for cause in on {
                let known = &["failure", "late", "overdue", "recovery", "success"];
                words::one_of(scope, &cause.name, known, "something to alert of");
                if let Some(after) = &cause.after {
                    operand::length(scope, after);
                }
            }
            "alert"
        }
        ClauseKind::Allow(who) => {
            for (kind, _) in who {
                words::one_of(scope, kind, &["role", "group", "user"], "a kind of person");
            }
            "allow"
        }
        ClauseKind::Ensure { .. } => "ensure",
        ClauseKind::Retain(length) => {
            operand::length(scope, length);
            "retain"
        }
        ClauseKind::Tags(_) => "tags",
        ClauseKind::Needs(_) | ClauseKind::Timeout(_) | ClauseKind::Error => return,
    };
    tell(scope, clause.span, name);
}

fn retry<'t>(scope: &mut dyn Scope<'t>, written: &'t Retry) {
    operand::number(scope, &written.count, 0..=1_000, "the number of further tries");
    if let Some((first, longest)) = &written.backoff {
        let first_length = operand::length(scope, first);
        let longest_length = operand::length(scope, longest);
        if first_length.zip(longest_length).is_some_and(|(first, longest)| first > longest) {
            operand::out_of_bounds(scope, first.span.to(longest.span), "the first pause is longer than the longest");
        }
    }
}

fn word(scope: &mut dyn Scope<'_>, name: Option<&Name>, known: &[&str], what: &str) {
    if let Some(name) = name {
        words::one_of(scope, name, known, what);
    }
}

fn tell(scope: &mut dyn Scope<'_>, clause: Span, name: &str) {
    let source = scope.source();
    // A clause may go over several lines; its first word is enough to find it.
    let length = clause.text(source).lines().next().map_or(0, |line| line.trim_end().len() as u32);
    let place = Span::new(clause.start, clause.start + length).in_file(scope.file());
    let message = format!("this version checks `{name}` and does not act on it yet");
    scope.report(Diagnostic::new(Code::ClauseNotActedOn, place, message));
}
