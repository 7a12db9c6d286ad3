//! Heads of tasks: clauses become schedules, permissions and limits of the [`Task`](ir::Task).
//!
//! Operands are constants, so that a head can be read without running anything. Names and types of operands are asked of
//! the checker through [`Scope`]; what is said here is about clauses only. Whether a body keeps to its head is left to
//! `permissions`, what is legal but probably not meant to `lints`.

mod arguments;
mod clauses;
mod duplicate;
mod needs;
mod operand;
mod rule;
mod schedule;
mod treatment;
mod words;

pub(crate) use schedule::needs_zone;

use crate::ir::{self, Program, Type};
use bytecode::{Permission, PermissionKind};
use diagnostics::{Diagnostic, FileId, Span};
use grammar::tree;

/// What heads ask of the checker.
pub(crate) trait Scope<'t> {
    /// Gives the program as far as it is known.
    fn program(&self) -> &Program;

    /// Gives the program to put types into.
    fn program_mut(&mut self) -> &mut Program;

    /// Gives the file of the task.
    fn file(&self) -> FileId;

    /// Gives the text of that file.
    fn source(&self) -> &'t str;

    /// Checks an operand, as a value of a type if one is expected; `None` where something was told about it.
    fn operand(&mut self, expr: &'t tree::Expr, type_: Option<Type>) -> Option<ir::Expr>;

    /// Gives the days of a calendar, since 1970-01-01; `None` where there is none, which was told.
    fn calendar(&mut self, path: &'t tree::Path) -> Option<std::rc::Rc<[i32]>>;

    /// Says whether there is an error kind of a name; one that is not known is told.
    fn error_kind(&mut self, kind: &tree::Name) -> bool;

    /// Checks the key that some expressions over the task's arguments make, or without any all of its arguments; `None`
    /// where there are none, or something was told about it.
    fn key(&mut self, task: usize, parts: &[&'t tree::Expr]) -> Option<ir::Body>;

    /// Checks a trigger that is no schedule; `None` where something was told about it.
    fn trigger(&mut self, task: usize, tree: &'t tree::Task, trigger: &'t tree::Trigger) -> Option<ir::Trigger>;

    /// Says whether a name is that of a secret or a connection, whichever is asked for, and notes its use.
    fn declares(&mut self, kind: PermissionKind, name: &tree::Name) -> bool;

    /// Keeps a diagnostic.
    fn report(&mut self, diagnostic: Diagnostic);
}

/// Where the parts of a head stand, for those who check it against the body.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    /// The file of all spans.
    pub file: FileId,
    /// The permissions, as in the task.
    pub needs: Vec<Need>,
    /// The schedules, as in the task.
    pub schedules: Vec<Span>,
    /// The `timeout` clause.
    pub timeout: Option<Span>,
    /// The `retry` clause.
    pub retry: Option<Span>,
    /// The `concurrency` clause.
    pub concurrency: Option<Span>,
    /// Where another `needs` clause goes.
    pub next_need: Insertion,
    /// Whether every clause that may name permissions was understood; if not, what is missing may stand in it.
    pub understood: bool,
}

/// A permission with its place.
#[derive(Clone, Debug)]
pub(crate) struct Need {
    /// What is permitted.
    pub permission: Permission,
    /// Where it is named.
    pub span: Span,
    /// What to take away so that it is gone.
    pub removal: Span,
}

/// Where a new clause is put: what is replaced, and what stands around the clause then.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Insertion {
    /// Replaced by the clause.
    pub span: Span,
    /// Behind the clause.
    pub after: &'static str,
}

/// Checks the head of task number `task`, whose parameters and body are in the program already, and fills in its
/// schedules, permissions and timeout.
pub(crate) fn check<'t>(scope: &mut dyn Scope<'t>, task: usize, tree: &'t tree::Task) -> Head {
    duplicate::check(scope, &tree.clauses);
    let mut head = Head {
        file: scope.file(),
        needs: Vec::new(),
        schedules: Vec::new(),
        timeout: None,
        retry: None,
        concurrency: None,
        next_need: insertion(scope.source(), tree),
        understood: true,
    };
    for clause in &tree.clauses {
        clauses::check(scope, task, tree, clause, &mut head);
    }
    let needs = head.needs.iter().map(|need| need.permission.clone()).collect();
    scope.program_mut().tasks[task].needs = needs;
    head
}

/// Gives schedules that name no zone the project's.
pub(crate) fn set_zone(program: &mut Program, zone: &str) {
    for schedule in program.tasks.iter_mut().flat_map(|task| &mut task.schedules) {
        schedule.spec.zone.get_or_insert_with(|| zone.to_owned());
    }
}

/// Finds the place behind the last `needs`, else behind the last `on`, else before the body.
fn insertion(source: &str, task: &tree::Task) -> Insertion {
    let last = |wanted: fn(&tree::ClauseKind) -> bool| task.clauses.iter().rfind(|clause| wanted(&clause.kind));
    let needs = last(|kind| matches!(kind, tree::ClauseKind::Needs(_)));
    let behind = needs.or_else(|| last(|kind| matches!(kind, tree::ClauseKind::On(_))));
    if let Some(clause) = behind {
        let text = clause.span.text(source);
        let end = clause.span.start + text.trim_end().len() as u32;
        return Insertion { span: Span::at(end), after: "" };
    }
    let brace = task.body.span.start;
    let before = source.get(..brace as usize).unwrap_or("").trim_end();
    Insertion { span: Span::new(before.len() as u32, brace), after: "\n" }
}
