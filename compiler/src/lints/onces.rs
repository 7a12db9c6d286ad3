//! Operations that are done once, under a retry that leaves them out: where nobody knows whether one happened, it fails
//! with `interrupted`, which is tried again only where the retry names it.

use crate::heads::Head;
use crate::ir::{Body, Expr, ExprKind, Function, FunctionId, FunctionKind, Program, Task};
use crate::walk::parts;
use bytecode::Class;
use diagnostics::{Code, Diagnostic, FileId, Place, Span};

const INTERRUPTED: &str = "interrupted";

/// For each function, the name of an operation that it does once, if it does.
pub(super) struct Onces<'p> {
    functions: &'p [Function],
    names: Vec<Option<&'p str>>,
}

impl<'p> Onces<'p> {
    /// Finds out about every function.
    pub(super) fn of(program: &'p Program) -> Self {
        let functions = &program.functions;
        let mut names: Vec<Option<&'p str>> = Vec::with_capacity(functions.len());
        let mut callers: Vec<Vec<usize>> = vec![Vec::new(); functions.len()];
        for (number, function) in functions.iter().enumerate() {
            names.push(match &function.kind {
                FunctionKind::Native { class: Class::Once, .. } => Some(function.name.as_str()),
                FunctionKind::Native { .. } => None,
                FunctionKind::Body(body) => {
                    calls(functions, &body.value, &mut |callee| callers[callee].push(number));
                    None
                }
            });
        }
        let mut found: Vec<usize> = (0..functions.len()).filter(|at| names[*at].is_some()).collect();
        while let Some(callee) = found.pop() {
            for caller in std::mem::take(&mut callers[callee]) {
                if names[caller].is_none() {
                    names[caller] = names[callee];
                    found.push(caller);
                }
            }
        }
        Onces { functions, names }
    }

    /// Finds an operation that an expression does once and that no step with a retry of its own is around.
    fn within(&self, expr: &Expr) -> Option<(&'p str, Span)> {
        match &expr.kind {
            ExprKind::Call { function, arguments, .. } => {
                let name = match chosen(self.functions, *function, arguments) {
                    Some(branch) => self.within(branch).map(|(name, _)| name),
                    None => self.names.get(function.0 as usize).copied().flatten(),
                };
                if let Some(name) = name {
                    return Some((name, expr.span));
                }
            }
            ExprKind::Step(step) if step.retry.is_some() => return None,
            ExprKind::Lambda { body, .. } => return self.within(&body.value),
            _ => {}
        }
        let mut found = None;
        parts(expr, &mut |part| found = found.or_else(|| self.within(part)));
        found
    }

    /// Tells of what the retry of a task, and the retries of steps in it, leave out.
    pub(super) fn check_task(&self, task: &Task, head: &Head, found: &mut Vec<Diagnostic>) {
        if let (Some(retry), Some(clause)) = (&task.clauses.retry, head.retry)
            && !retry.kinds.iter().any(|kind| kind == INTERRUPTED)
            && let Some((name, span)) = self.within(&task.body.value)
        {
            found.push(told(name, clause.in_file(head.file), span.in_file(task.body.file)));
        }
        self.check_body(&task.body, found);
    }

    /// Tells of what the retries of steps leave out.
    pub(super) fn check_body(&self, body: &Body, found: &mut Vec<Diagnostic>) {
        self.look(body.file, &body.value, found);
    }

    fn look(&self, file: FileId, expr: &Expr, found: &mut Vec<Diagnostic>) {
        match &expr.kind {
            ExprKind::Step(step) => {
                if let Some(retry) = &step.retry
                    && !retry.kinds.iter().any(|kind| kind == INTERRUPTED)
                    && let Some((name, span)) = self.within(&step.body)
                {
                    let head = Span::new(expr.span.start, step.body.span.start.max(expr.span.start));
                    found.push(told(name, head.in_file(file), span.in_file(file)));
                }
            }
            ExprKind::Lambda { body, .. } => self.check_body(body, found),
            _ => {}
        }
        parts(expr, &mut |part| self.look(file, part, found));
    }
}

fn told(name: &str, retry: Place, operation: Place) -> Diagnostic {
    let message = format!("`{name}` is done once, so this retry leaves it out where nobody knows whether it happened");
    Diagnostic::new(Code::OnceUnderRetry, retry, message)
        .label("does not try `interrupted` again")
        .also(operation, "done here")
        .help("add `on interrupted` and the other kinds if it may happen twice, or catch `interrupted` and find out")
}

/// Visits the functions that an expression calls outside of steps with a retry of their own.
fn calls(functions: &[Function], expr: &Expr, each: &mut dyn FnMut(usize)) {
    match &expr.kind {
        ExprKind::Call { function, arguments, .. } => match chosen(functions, *function, arguments) {
            Some(branch) => calls(functions, branch, each),
            None => each(function.0 as usize),
        },
        ExprKind::Step(step) if step.retry.is_some() => return,
        ExprKind::Lambda { body, .. } => calls(functions, &body.value, each),
        _ => {}
    }
    parts(expr, &mut |part| calls(functions, part, each));
}

/// Gives the side that a call takes of a function which only asks one of its parameters, where the argument is written
/// out: `http.post(…, idempotent: true)`.
fn chosen<'p>(functions: &'p [Function], callee: FunctionId, arguments: &[Expr]) -> Option<&'p Expr> {
    let FunctionKind::Body(body) = &functions.get(callee.0 as usize)?.kind else { return None };
    let mut value = &body.value;
    while let ExprKind::Block { statements, value: Some(inner) } = &value.kind
        && statements.is_empty()
    {
        value = inner;
    }
    let ExprKind::If { condition, then, otherwise: Some(otherwise) } = &value.kind else { return None };
    let ExprKind::Local(asked) = &condition.kind else { return None };
    match arguments.get(asked.0 as usize)?.kind {
        ExprKind::Bool(true) => Some(then),
        ExprKind::Bool(false) => Some(otherwise),
        _ => None,
    }
}
