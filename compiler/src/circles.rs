//! Tasks that wait for runs of each other, and so for themselves.
//!
//! Each run of such a circle starts the next one and waits for it: no timeout is soon enough, for every run has its own.
//! That a task calls itself in its own body is told where it is checked; here are the ways through other tasks and
//! through functions.

use crate::ir::{Body, Expr, ExprKind, Function, FunctionId, FunctionKind, Program, Task};
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
        calls.insert(Caller::Task(number as u32), of_task(task));
    }
    for (number, function) in program.functions.iter().enumerate() {
        if let Function { kind: FunctionKind::Body(body), .. } = function
            && !library(body.file)
        {
            let mut found = Vec::new();
            of_body(body, &mut found);
            calls.insert(Caller::Function(FunctionId(number as u32)), found);
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
    if rest.is_empty() {
        // It calls itself in its own body, which was told.
        return None;
    }
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

fn of_task(task: &Task) -> Vec<Call> {
    let mut found = Vec::new();
    let defaults = task.parameters.iter().filter_map(|parameter| parameter.default.as_ref());
    defaults.for_each(|default| of_expr(default, task.body.file, &mut found));
    of_body(&task.body, &mut found);
    found
}

fn of_body(body: &Body, found: &mut Vec<Call>) {
    of_expr(&body.value, body.file, found);
}

/// What a lambda does is done by whoever makes it, and a function that is named is called.
fn of_expr(expr: &Expr, file: FileId, found: &mut Vec<Call>) {
    let place = expr.span.in_file(file);
    match &expr.kind {
        ExprKind::Call { function, .. } | ExprKind::Function { function, .. } => {
            found.push(Call { callee: Caller::Function(*function), place });
        }
        ExprKind::Inner { operation: Inner::TaskCall, arguments } => {
            let tasks = arguments.iter().filter_map(|argument| match argument.kind {
                ExprKind::TaskArguments { task, .. } => Some(task),
                _ => None,
            });
            found.extend(tasks.map(|task| Call { callee: Caller::Task(task), place }));
        }
        ExprKind::Lambda { body, .. } => of_body(body, found),
        _ => {}
    }
    parts(expr, &mut |part| of_expr(part, file, found));
}
