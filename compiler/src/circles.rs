//! Tasks that wait for runs of each other, and so for themselves.
//!
//! Each run of such a circle starts the next one and waits for it: no timeout is soon enough, for every run has its own.
//! Only calls that are made whatever the values are make a circle, directly or through other tasks and functions.

use crate::ir::{Body, Expr, ExprKind, Function, FunctionId, FunctionKind, Program};
use crate::walk::parts;
use bytecode::inner::Inner;
use diagnostics::{Code, Diagnostic, FileId, Place};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::VecDeque;

/// Something that calls: a task or a function of the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Caller {
    Task(u32),
    Function(FunctionId),
}

/// What is called, and where.
struct Call {
    callee: Caller,
    place: Place,
}

/// Gives an error for each circle.
pub(crate) fn check(program: &Program, library: &dyn Fn(FileId) -> bool) -> Vec<Diagnostic> {
    let mut calls: FxHashMap<Caller, Vec<Call>> = FxHashMap::default();
    for (number, task) in program.tasks.iter().enumerate() {
        calls.insert(Caller::Task(number as u32), of_body(&task.body));
    }
    for (number, function) in program.functions.iter().enumerate() {
        if let Function { kind: FunctionKind::Body(body), .. } = function
            && !library(body.file)
        {
            calls.insert(Caller::Function(FunctionId(number as u32)), of_body(body));
        }
    }
    let mut told = FxHashSet::default();
    let mut diagnostics = Vec::new();
    for number in 0..program.tasks.len() as u32 {
        let Some(way) = circle(number, &calls) else { continue };
        // Another task of the same circle need not tell it again.
        if !way.iter().any(|call| told.contains(&call.callee)) {
            diagnostics.extend(report(program, number, &way));
        }
        told.extend(way.iter().map(|call| call.callee).filter(|callee| matches!(callee, Caller::Task(_))));
    }
    diagnostics
}

/// Gives the shortest way from a task back to it; nothing where there is none.
fn circle(task: u32, calls: &FxHashMap<Caller, Vec<Call>>) -> Option<Vec<&Call>> {
    let start = Caller::Task(task);
    let mut before: FxHashMap<Caller, (Caller, &Call)> = FxHashMap::default();
    let mut next = VecDeque::from([start]);
    while let Some(caller) = next.pop_front() {
        for call in calls.get(&caller).into_iter().flatten() {
            if call.callee == start {
                let mut way = vec![call];
                let mut at = caller;
                while let Some((from, call)) = before.get(&at).filter(|_| at != start) {
                    way.push(call);
                    at = *from;
                }
                way.reverse();
                return Some(way);
            }
            before.entry(call.callee).or_insert_with(|| {
                next.push_back(call.callee);
                (caller, call)
            });
        }
    }
    None
}

fn report(program: &Program, task: u32, way: &[&Call]) -> Option<Diagnostic> {
    let (first, rest) = way.split_first()?;
    let name = |caller: Caller| match caller {
        Caller::Task(task) => program.tasks.get(task as usize).map_or("", |task| &task.name),
        Caller::Function(id) => program.functions.get(id.0 as usize).map_or("", |function| &function.name),
    };
    let own = name(Caller::Task(task));
    let message = format!("a run of `{own}` would wait for another run of `{own}`, and that for the next");
    let mut diagnostic = Diagnostic::new(Code::SelfCall, first.place, message);
    for (from, call) in way.iter().zip(rest) {
        diagnostic = diagnostic.also(call.place, format!("`{}` calls `{}`", name(from.callee), name(call.callee)));
    }
    let help = "put what is repeated into a function, or `start` the next run without waiting for it";
    Some(diagnostic.help(help))
}

fn of_body(body: &Body) -> Vec<Call> {
    let mut found = Vec::new();
    sure_calls(&body.value, body.file, &mut found);
    found
}

/// Collects what is called whatever the values are, and gives whether what is written behind it is surely reached. What
/// depends on a condition may be how the circle ends, and so may a `return` before it.
fn sure_calls(expr: &Expr, file: FileId, found: &mut Vec<Call>) -> bool {
    let (sure, mut number, mut goes_on) = (sure_parts(&expr.kind), 0, true);
    parts(expr, &mut |part| {
        goes_on = goes_on && if number < sure { sure_calls(part, file, found) } else { !may_leave(part) };
        number += 1;
    });
    if !goes_on {
        return false;
    }
    let place = expr.span.in_file(file);
    match &expr.kind {
        ExprKind::Call { function, .. } => found.push(Call { callee: Caller::Function(*function), place }),
        ExprKind::Inner { operation: Inner::TaskCall, arguments } => {
            let tasks = arguments.iter().filter_map(|argument| match argument.kind {
                ExprKind::TaskArguments { task, .. } => Some(task),
                _ => None,
            });
            found.extend(tasks.map(|task| Call { callee: Caller::Task(task), place }));
        }
        _ => {}
    }
    !leaves(&expr.kind)
}

/// Gives how many of the parts of an expression, from the first, are evaluated whatever their values are.
fn sure_parts(kind: &ExprKind) -> usize {
    match kind {
        ExprKind::If { .. }
        | ExprKind::Match { .. }
        | ExprKind::For(_)
        | ExprKind::While { .. }
        | ExprKind::And(..)
        | ExprKind::Or(..)
        | ExprKind::Otherwise(..)
        | ExprKind::Chain { .. }
        | ExprKind::CatchValue { .. }
        | ExprKind::TryBlock { .. }
        | ExprKind::ParallelEach { .. } => 1,
        _ => usize::MAX,
    }
}

fn may_leave(expr: &Expr) -> bool {
    let mut found = leaves(&expr.kind);
    parts(expr, &mut |part| found = found || may_leave(part));
    found
}

fn leaves(kind: &ExprKind) -> bool {
    matches!(
        kind,
        ExprKind::Return(_)
            | ExprKind::Fail { .. }
            | ExprKind::Rethrow(_)
            | ExprKind::Try(_)
            | ExprKind::Break
            | ExprKind::Continue
    )
}
