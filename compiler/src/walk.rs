//! The parts of a checked expression, for those who look for something in it.

use crate::ir::{Expr, ExprKind, Over, Statement, Target, TargetStep};

/// Calls `each` with the direct parts of an expression, in the order in which they are evaluated. The bodies of lambdas
/// are other bodies and not among them, and neither are the literals of patterns.
pub(crate) fn parts<'e>(expr: &'e Expr, each: &mut dyn FnMut(&'e Expr)) {
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
        | ExprKind::Lambda { .. }
        | ExprKind::Function { .. }
        | ExprKind::Break
        | ExprKind::Continue => {}
        ExprKind::Text(list) | ExprKind::List(list) => list.iter().for_each(each),
        ExprKind::Case { fields: list, .. }
        | ExprKind::Call { arguments: list, .. }
        | ExprKind::Deferred { arguments: list, .. } => list.iter().for_each(each),
        ExprKind::Map(entries) => {
            for (key, value) in entries {
                each(key);
                each(value);
            }
        }
        ExprKind::Record { fields, order } => {
            order.iter().filter_map(|at| fields.get(*at as usize)).for_each(each);
        }
        ExprKind::With { value, changes } => {
            each(value);
            changes.iter().for_each(|(_, change)| each(change));
        }
        ExprKind::Change { target, arguments, .. } => {
            target_parts(target, each);
            arguments.iter().for_each(each);
        }
        ExprKind::CallValue { function, arguments } => {
            each(function);
            arguments.iter().for_each(each);
        }
        ExprKind::Inner { arguments, .. } => arguments.iter().for_each(each),
        ExprKind::TaskArguments { values, .. } => values.iter().flatten().for_each(each),
        ExprKind::Step(step) => {
            step.timeout.iter().for_each(&mut *each);
            if let Some(retry) = &step.retry {
                [&retry.more, &retry.shortest, &retry.longest].into_iter().for_each(&mut *each);
            }
            each(&step.body);
            step.undo.iter().for_each(|undo| each(&undo.closure));
        }
        ExprKind::ParallelEach { list, each: closure, width } => {
            each(list);
            each(closure);
            each(width);
        }
        ExprKind::Field { value, .. } | ExprKind::Is { value, .. } | ExprKind::Refine { value, .. } => each(value),
        ExprKind::Negate(value)
        | ExprKind::Not(value)
        | ExprKind::Some(value)
        | ExprKind::Unwrap(value)
        | ExprKind::IntToFloat(value)
        | ExprKind::Encode(value)
        | ExprKind::Decode(value)
        | ExprKind::Retype(value)
        | ExprKind::Disclose(value)
        | ExprKind::Held(value)
        | ExprKind::Try(value)
        | ExprKind::Rethrow(value)
        | ExprKind::Fail { message: value, .. } => each(value),
        ExprKind::Index { value: first, index: second }
        | ExprKind::Binary { left: first, right: second, .. }
        | ExprKind::And(first, second)
        | ExprKind::Or(first, second)
        | ExprKind::Otherwise(first, second)
        | ExprKind::Contains { within: second, value: first }
        | ExprKind::Chain { value: first, body: second, .. }
        | ExprKind::CatchValue { value: first, fallback: second }
        | ExprKind::While { condition: first, body: second } => {
            each(first);
            each(second);
        }
        ExprKind::InRange { value, from, to, .. } => {
            each(value);
            each(from);
            each(to);
        }
        ExprKind::If { condition, then, otherwise } => {
            each(condition);
            each(then);
            otherwise.iter().for_each(|otherwise| each(otherwise));
        }
        ExprKind::Match { value, arms } => {
            each(value);
            for arm in arms {
                arm.guard.iter().for_each(&mut *each);
                each(&arm.body);
            }
        }
        ExprKind::For(walked) => {
            match &walked.over {
                Over::Items { list, .. } => each(list),
                Over::Entries { map, .. } => each(map),
                Over::Parts { path, from, part, .. } => {
                    each(&path.0);
                    each(&from.0);
                    each(part);
                }
                Over::Range { from, to, .. } => {
                    each(from);
                    each(to);
                }
            }
            each(&walked.body);
        }
        ExprKind::Return(value) => value.iter().for_each(|value| each(value)),
        ExprKind::TryBlock { body, catches, finally } => {
            each(body);
            catches.iter().for_each(|catch| each(&catch.body));
            finally.iter().for_each(|finally| each(finally));
        }
        ExprKind::Block { statements, value } => {
            for statement in statements {
                match statement {
                    Statement::Let { value, .. } => each(value),
                    Statement::Assign { target, value, .. } => {
                        target_parts(target, each);
                        each(value);
                    }
                    Statement::Parallel(branches) => branches.iter().for_each(|branch| each(&branch.closure)),
                    Statement::Expr(expr) => each(expr),
                }
            }
            value.iter().for_each(|value| each(value));
        }
    }
}

fn target_parts<'e>(target: &'e Target, each: &mut dyn FnMut(&'e Expr)) {
    for step in &target.path {
        match step {
            TargetStep::Field(..) => {}
            TargetStep::Index(index, _) => each(index),
        }
    }
}
