//! New numbers for the locals of a body. Lambdas inside have numbers of their own; only what they capture is renumbered.

use crate::ir::{Expr, ExprKind, LocalId, Over, Pattern, Statement, Target, TargetStep};

/// Renumbers an expression: local `n` becomes `new[n]`.
pub(super) fn expr(value: &mut Expr, new: &[LocalId]) {
    match &mut value.kind {
        ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::Decimal(_)
        | ExprKind::Bool(_)
        | ExprKind::String(_)
        | ExprKind::DateTime(..)
        | ExprKind::None
        | ExprKind::Nothing
        | ExprKind::Function { .. }
        | ExprKind::Secret(_)
        | ExprKind::Break
        | ExprKind::Continue => {}
        ExprKind::Local(id) => local(id, new),
        ExprKind::Text(parts) | ExprKind::List(parts) => all(parts, new),
        ExprKind::Map(entries) => {
            for (key, value) in entries {
                expr(key, new);
                expr(value, new);
            }
        }
        ExprKind::Record { fields, .. } | ExprKind::Case { fields, .. } => all(fields, new),
        ExprKind::With { value, changes } => {
            expr(value, new);
            changes.iter_mut().for_each(|(_, change)| expr(change, new));
        }
        ExprKind::Call { arguments, .. } | ExprKind::Deferred { arguments, .. } => all(arguments, new),
        ExprKind::Change { target: changed, arguments, .. } => {
            target(changed, new);
            all(arguments, new);
        }
        ExprKind::Inner { arguments, .. } => all(arguments, new),
        ExprKind::TaskArguments { values, .. } => values.iter_mut().flatten().for_each(|value| expr(value, new)),
        ExprKind::Step(step) => {
            step.timeout.iter_mut().for_each(|timeout| expr(timeout, new));
            if let Some(retry) = &mut step.retry {
                [&mut retry.more, &mut retry.shortest, &mut retry.longest].into_iter().for_each(|each| expr(each, new));
            }
            expr(&mut step.body, new);
            if let Some(undo) = &mut step.undo {
                undo.value.iter_mut().for_each(|id| local(id, new));
                expr(&mut undo.closure, new);
            }
        }
        ExprKind::ParallelEach { list, each, width } => {
            for part in [list, each, width] {
                expr(part, new);
            }
        }
        ExprKind::CallValue { function, arguments } => {
            expr(function, new);
            all(arguments, new);
        }
        ExprKind::Lambda { captures, .. } => captures.iter_mut().for_each(|id| local(id, new)),
        ExprKind::Field { value, .. }
        | ExprKind::Negate(value)
        | ExprKind::Not(value)
        | ExprKind::Some(value)
        | ExprKind::Unwrap(value)
        | ExprKind::IntToFloat(value)
        | ExprKind::Encode(value)
        | ExprKind::Decode(value)
        | ExprKind::Refine { value, .. }
        | ExprKind::Retype(value)
        | ExprKind::Disclose(value)
        | ExprKind::Held(value)
        | ExprKind::Try(value)
        | ExprKind::Rethrow(value)
        | ExprKind::Fail { message: value, .. } => expr(value, new),
        ExprKind::Index { value: left, index: right }
        | ExprKind::Binary { left, right, .. }
        | ExprKind::And(left, right)
        | ExprKind::Or(left, right)
        | ExprKind::Otherwise(left, right)
        | ExprKind::Contains { within: left, value: right }
        | ExprKind::CatchValue { value: left, fallback: right }
        | ExprKind::While { condition: left, body: right } => {
            expr(left, new);
            expr(right, new);
        }
        ExprKind::InRange { value, from, to, .. } => {
            expr(value, new);
            expr(from, new);
            expr(to, new);
        }
        ExprKind::Is { value, pattern: asked } => {
            expr(value, new);
            pattern(asked, new);
        }
        ExprKind::Chain { value, local: id, body } => {
            expr(value, new);
            local(id, new);
            expr(body, new);
        }
        ExprKind::If { condition, then, otherwise } => {
            expr(condition, new);
            expr(then, new);
            otherwise.iter_mut().for_each(|value| expr(value, new));
        }
        ExprKind::Match { value, arms } => {
            expr(value, new);
            for arm in arms {
                pattern(&mut arm.pattern, new);
                arm.guard.iter_mut().for_each(|guard| expr(guard, new));
                expr(&mut arm.body, new);
            }
        }
        ExprKind::For(for_) => {
            over(&mut for_.over, new);
            expr(&mut for_.body, new);
        }
        ExprKind::Return(value) => value.iter_mut().for_each(|value| expr(value, new)),
        ExprKind::TryBlock { body, catches, finally } => {
            expr(body, new);
            for catch in catches {
                catch.local.iter_mut().for_each(|id| local(id, new));
                expr(&mut catch.body, new);
            }
            finally.iter_mut().for_each(|value| expr(value, new));
        }
        ExprKind::Block { statements, value } => {
            statements.iter_mut().for_each(|each| statement(each, new));
            value.iter_mut().for_each(|value| expr(value, new));
        }
    }
}

fn all(values: &mut [Expr], new: &[LocalId]) {
    values.iter_mut().for_each(|value| expr(value, new));
}

fn local(id: &mut LocalId, new: &[LocalId]) {
    if let Some(number) = new.get(id.0 as usize) {
        *id = *number;
    }
}

fn statement(value: &mut Statement, new: &[LocalId]) {
    match value {
        Statement::Let { local: id, value } => {
            local(id, new);
            expr(value, new);
        }
        Statement::Assign { target: changed, value, .. } => {
            target(changed, new);
            expr(value, new);
        }
        Statement::Parallel(branches) => {
            for branch in branches {
                branch.local.iter_mut().for_each(|(id, _)| local(id, new));
                expr(&mut branch.closure, new);
            }
        }
        Statement::Expr(value) => expr(value, new),
    }
}

fn target(value: &mut Target, new: &[LocalId]) {
    local(&mut value.local, new);
    for step in &mut value.path {
        match step {
            TargetStep::Field(..) => {}
            TargetStep::Index(index, _) => expr(index, new),
        }
    }
}

fn over(value: &mut Over, new: &[LocalId]) {
    match value {
        Over::Items { list, item } => {
            expr(list, new);
            local(item, new);
        }
        Over::Entries { map, key, value } => {
            expr(map, new);
            local(key, new);
            local(value, new);
        }
        Over::Parts { path, from, part, item, .. } => {
            for (value, id) in [path, from] {
                expr(value, new);
                local(id, new);
            }
            expr(part, new);
            local(item, new);
        }
        Over::Range { from, to, item, .. } => {
            expr(from, new);
            expr(to, new);
            local(item, new);
        }
    }
}

fn pattern(value: &mut Pattern, new: &[LocalId]) {
    match value {
        Pattern::Any | Pattern::Value(_) | Pattern::Range { .. } | Pattern::None => {}
        Pattern::Bind(id) => local(id, new),
        Pattern::Some(inner, _) => pattern(inner, new),
        Pattern::Case { fields, .. } => fields.iter_mut().for_each(|(field, _)| pattern(field, new)),
        Pattern::Record(fields) => fields.iter_mut().for_each(|(_, field, _)| pattern(field, new)),
        Pattern::Or(parts) => parts.iter_mut().for_each(|part| pattern(part, new)),
    }
}
