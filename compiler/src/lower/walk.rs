//! Questions about an expression as a whole: what it mentions and what it changes. Bodies of lambdas are left out: they
//! see copies.

use crate::ir::{Expr, ExprKind, LocalId, Statement};
use crate::walk::parts;

/// Says whether an expression reads or changes a local.
pub(super) fn mentions(expr: &Expr, local: LocalId) -> bool {
    any(expr, &mut |each| match &each.kind {
        ExprKind::Local(id) => *id == local,
        ExprKind::Lambda { captures, .. } => captures.contains(&local),
        _ => changes_itself(each, local),
    })
}

/// Says whether an expression changes a local.
pub(super) fn changes(expr: &Expr, local: LocalId) -> bool {
    any(expr, &mut |each| changes_itself(each, local))
}

/// Says whether a condition has a pattern, which may bind names.
pub(super) fn binds(expr: &Expr) -> bool {
    any(expr, &mut |each| matches!(each.kind, ExprKind::Is { .. }))
}

/// Says whether an expression changes a local by itself, whatever its parts do.
fn changes_itself(expr: &Expr, local: LocalId) -> bool {
    match &expr.kind {
        ExprKind::Change { target, .. } => target.local == local,
        ExprKind::Block { statements, .. } => statements
            .iter()
            .any(|statement| matches!(statement, Statement::Assign { target, .. } if target.local == local)),
        _ => false,
    }
}

/// Asks of an expression and all in it.
fn any(expr: &Expr, asks: &mut dyn FnMut(&Expr) -> bool) -> bool {
    let mut found = asks(expr);
    if !found {
        parts(expr, &mut |part| found = found || any(part, asks));
    }
    found
}
