//! Questions about an expression as a whole: what it mentions and what it changes.

use crate::ir::{Expr, ExprKind, For, LocalId, Over, Statement, Step, Target, TargetStep};

/// Says whether an expression reads or changes a local.
pub(super) fn mentions(expr: &Expr, local: LocalId) -> bool {
    any(expr, &mut |each| match each {
        Seen::Expr(ExprKind::Local(id)) => *id == local,
        Seen::Expr(ExprKind::Lambda { captures, .. }) => captures.contains(&local),
        Seen::Expr(_) => false,
        Seen::Target(target) => target.local == local,
    })
}

/// Says whether an expression changes a local.
pub(super) fn changes(expr: &Expr, local: LocalId) -> bool {
    any(expr, &mut |each| matches!(each, Seen::Target(target) if target.local == local))
}

/// Says whether a condition has a pattern, which may bind names.
pub(super) fn binds(expr: &Expr) -> bool {
    any(expr, &mut |each| matches!(each, Seen::Expr(ExprKind::Is { .. })))
}

enum Seen<'a> {
    Expr(&'a ExprKind),
    Target(&'a Target),
}

/// Asks of an expression and all in it, bodies of lambdas left out: they see copies.
fn any(expr: &Expr, asks: &mut dyn FnMut(Seen<'_>) -> bool) -> bool {
    if asks(Seen::Expr(&expr.kind)) {
        return true;
    }
    match &expr.kind {
        ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::Decimal(_)
        | ExprKind::Bool(_)
        | ExprKind::String(_)
        | ExprKind::DateTime(..)
        | ExprKind::None
        | ExprKind::Nothing
        | ExprKind::Local(_)
        | ExprKind::Secret(_)
        | ExprKind::Function { .. }
        | ExprKind::Lambda { .. }
        | ExprKind::Break
        | ExprKind::Continue
        | ExprKind::Return(None) => false,
        ExprKind::Text(list)
        | ExprKind::List(list)
        | ExprKind::Record { fields: list, .. }
        | ExprKind::Case { fields: list, .. }
        | ExprKind::Call { arguments: list, .. }
        | ExprKind::Deferred { arguments: list, .. } => list.iter().any(|each| any(each, asks)),
        ExprKind::Map(entries) => entries.iter().any(|(key, value)| any(key, asks) || any(value, asks)),
        ExprKind::With { value, changes } => any(value, asks) || changes.iter().any(|(_, each)| any(each, asks)),
        ExprKind::Change { target: place, arguments, .. } => {
            target(place, asks) || arguments.iter().any(|each| any(each, asks))
        }
        ExprKind::Inner { arguments, .. } => arguments.iter().any(|each| any(each, asks)),
        ExprKind::TaskArguments { values, .. } => values.iter().flatten().any(|each| any(each, asks)),
        ExprKind::Step(step) => in_step(step, asks),
        ExprKind::ParallelEach { list, each, width } => any(list, asks) || any(each, asks) || any(width, asks),
        ExprKind::CallValue { function, arguments } => {
            any(function, asks) || arguments.iter().any(|each| any(each, asks))
        }
        ExprKind::Field { value, .. }
        | ExprKind::Negate(value)
        | ExprKind::Not(value)
        | ExprKind::Is { value, .. }
        | ExprKind::Some(value)
        | ExprKind::Unwrap(value)
        | ExprKind::IntToFloat(value)
        | ExprKind::Encode(value)
        | ExprKind::Decode(value)
        | ExprKind::Refine { value, .. }
        | ExprKind::Retype(value)
        | ExprKind::Disclose(value)
        | ExprKind::Try(value)
        | ExprKind::Return(Some(value))
        | ExprKind::Fail { message: value, .. }
        | ExprKind::Rethrow(value) => any(value, asks),
        ExprKind::Index { value: first, index: second }
        | ExprKind::Binary { left: first, right: second, .. }
        | ExprKind::And(first, second)
        | ExprKind::Or(first, second)
        | ExprKind::Otherwise(first, second)
        | ExprKind::Contains { within: first, value: second }
        | ExprKind::Chain { value: first, body: second, .. }
        | ExprKind::CatchValue { value: first, fallback: second }
        | ExprKind::While { condition: first, body: second } => any(first, asks) || any(second, asks),
        ExprKind::InRange { value, from, to, .. } => any(value, asks) || any(from, asks) || any(to, asks),
        ExprKind::If { condition, then, otherwise } => {
            any(condition, asks) || any(then, asks) || otherwise.as_deref().is_some_and(|each| any(each, asks))
        }
        ExprKind::Match { value, arms } => {
            any(value, asks)
                || arms
                    .iter()
                    .any(|arm| arm.guard.as_ref().is_some_and(|guard| any(guard, asks)) || any(&arm.body, asks))
        }
        ExprKind::For(walked) => in_loop(walked, asks),
        ExprKind::TryBlock { body, catches, finally } => {
            any(body, asks)
                || catches.iter().any(|catch| any(&catch.body, asks))
                || finally.as_deref().is_some_and(|each| any(each, asks))
        }
        ExprKind::Block { statements, value } => {
            statements.iter().any(|each| statement(each, asks)) || value.as_deref().is_some_and(|each| any(each, asks))
        }
    }
}

fn in_step(step: &Step, asks: &mut dyn FnMut(Seen<'_>) -> bool) -> bool {
    let retry = step.retry.as_ref();
    step.timeout.as_ref().is_some_and(|timeout| any(timeout, asks))
        || retry.is_some_and(|retry| [&retry.more, &retry.shortest, &retry.longest].iter().any(|each| any(each, asks)))
        || any(&step.body, asks)
        || step.undo.as_ref().is_some_and(|undo| any(&undo.closure, asks))
}

fn in_loop(walked: &For, asks: &mut dyn FnMut(Seen<'_>) -> bool) -> bool {
    let over = match &walked.over {
        Over::Items { list, .. } => any(list, asks),
        Over::Entries { map, .. } => any(map, asks),
        Over::Parts { path, from, part, .. } => any(&path.0, asks) || any(&from.0, asks) || any(part, asks),
        Over::Range { from, to, .. } => any(from, asks) || any(to, asks),
    };
    over || any(&walked.body, asks)
}

fn statement(each: &Statement, asks: &mut dyn FnMut(Seen<'_>) -> bool) -> bool {
    match each {
        Statement::Let { value, .. } | Statement::Expr(value) => any(value, asks),
        Statement::Assign { target: place, value, .. } => target(place, asks) || any(value, asks),
        Statement::Parallel(branches) => branches.iter().any(|branch| any(&branch.closure, asks)),
    }
}

fn target(place: &Target, asks: &mut dyn FnMut(Seen<'_>) -> bool) -> bool {
    asks(Seen::Target(place))
        || place.path.iter().any(|step| match step {
            TargetStep::Field(..) => false,
            TargetStep::Index(index, _) => any(index, asks),
        })
}
