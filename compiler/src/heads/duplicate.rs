//! Clauses that may stand once.

use super::Scope;
use diagnostics::{Code, Diagnostic};
use grammar::tree::{Clause, ClauseKind};

pub(super) fn check(scope: &mut dyn Scope<'_>, clauses: &[Clause]) {
    for (at, clause) in clauses.iter().enumerate() {
        let Some(name) = once(&clause.kind) else { continue };
        let first = clauses[..at].iter().find(|earlier| once(&earlier.kind) == Some(name));
        if let Some(first) = first {
            let file = scope.file();
            let diagnostic = Diagnostic::new(
                Code::DuplicateClause,
                clause.span.in_file(file),
                format!("a head has one `{name}`, and this is another"),
            );
            let diagnostic = diagnostic.label("the second one").also(first.span.in_file(file), "the first one");
            scope.report(diagnostic.help("keep one of them"));
        }
    }
}

/// Gives the word of a clause that may stand once.
fn once(kind: &ClauseKind) -> Option<&'static str> {
    Some(match kind {
        ClauseKind::Timeout(_) => "timeout",
        ClauseKind::Retry(_) => "retry",
        ClauseKind::Concurrency { .. } => "concurrency",
        ClauseKind::Rate { .. } => "rate",
        ClauseKind::Cache { .. } => "cache",
        ClauseKind::Priority(_) => "priority",
        ClauseKind::Limit(_) => "limit",
        ClauseKind::Only { .. } => "only",
        ClauseKind::Retain(_) => "retain",
        ClauseKind::On(_)
        | ClauseKind::Needs(_)
        | ClauseKind::Alert { .. }
        | ClauseKind::Allow(_)
        | ClauseKind::Ensure { .. }
        | ClauseKind::Tags(_)
        | ClauseKind::Error => return None,
    })
}
