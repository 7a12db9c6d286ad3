//! What is known of values while checking: whether they meet their conditions, and how they look as JSON.

use crate::constant::{Constant, evaluate, holds};
use crate::ir::{Condition, Expr, ExprKind, Program, RefinedId, TypeKind};

/// Says whether a value meets a condition; `None` where that is not known.
pub(super) fn meets(program: &Program, condition: &Condition, value: &Expr) -> Option<bool> {
    holds(program, condition, &evaluate(program, value)?)
}

/// Says whether the value of a `Refine` meets the conditions of its type; `None` where that is not known.
pub(super) fn refines(program: &Program, refine: &Expr) -> Option<bool> {
    let ExprKind::Refine { refined, value } = &refine.kind else { return None };
    meets_refined(program, *refined, &evaluate(program, value)?, 0)
}

fn meets_refined(program: &Program, id: RefinedId, value: &Constant, depth: u32) -> Option<bool> {
    let refined = &program.refined[id.0 as usize];
    let own = match &refined.condition {
        Some(condition) => holds(program, condition, value)?,
        None => true,
    };
    match program.types.kind(refined.base) {
        TypeKind::Refined(base) if depth < 64 => Some(own && meets_refined(program, *base, value, depth + 1)?),
        _ => Some(own),
    }
}

/// Gives the JSON text of a value that is known.
pub(super) fn json(program: &Program, value: &Expr) -> Option<String> {
    Some(evaluate(program, value)?.to_json_text(program))
}
