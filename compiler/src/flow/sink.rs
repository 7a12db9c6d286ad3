//! Where secrets are disclosed, and what would show them there.

use crate::ir::{Body, Expr, ExprKind, FunctionId, FunctionKind, LocalId, Program, RecordId, Statement, TypeKind};
use crate::walk::parts;
use diagnostics::{FileId, Place};

/// What would show a secret.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sink {
    /// A parameter of a function.
    Parameter(FunctionId, usize),
    /// A field of a record.
    Field(RecordId, usize),
    /// The data of a case.
    Case,
    /// The message of an error.
    Message,
    /// The result of a task.
    TaskResult(usize),
    /// The result of a function.
    FunctionResult(FunctionId),
    /// A variable of the body, by its place.
    Variable(LocalId),
    /// A decision of the program: a comparison, a `match`.
    Decision,
    /// A text.
    Text,
    /// Anything else that holds plain values.
    Plain,
}

/// A secret that is disclosed.
pub(super) struct Leak<'p> {
    /// The secret value.
    pub value: &'p Expr,
    /// The body that it stands in.
    pub body: &'p Body,
    /// Where.
    pub place: Place,
    /// Through what.
    pub sink: Sink,
}

/// Finds all of them, in the order of functions and tasks.
pub(super) fn find<'p>(program: &'p Program, library: &dyn Fn(FileId) -> bool) -> Vec<Leak<'p>> {
    let mut leaks = Vec::new();
    for (number, function) in program.functions.iter().enumerate() {
        if let FunctionKind::Body(body) = &function.kind
            && !library(body.file)
        {
            let result = Sink::FunctionResult(FunctionId(number as u32));
            Finder { program, body, result, leaks: &mut leaks }.expr(&body.value, result);
        }
    }
    for (number, task) in program.tasks.iter().enumerate() {
        let result = Sink::TaskResult(number);
        let mut finder = Finder { program, body: &task.body, result, leaks: &mut leaks };
        for parameter in &task.parameters {
            parameter.default.iter().for_each(|default| finder.expr(default, Sink::Plain));
        }
        finder.expr(&task.body.value, result);
    }
    leaks
}

struct Finder<'p, 'l> {
    program: &'p Program,
    body: &'p Body,
    result: Sink,
    leaks: &'l mut Vec<Leak<'p>>,
}

impl<'p> Finder<'p, '_> {
    /// Looks through an expression whose value goes to `sink`.
    fn expr(&mut self, expr: &'p Expr, sink: Sink) {
        match &expr.kind {
            ExprKind::Disclose(value) => {
                let place = expr.span.in_file(self.body.file);
                self.leaks.push(Leak { value, body: self.body, place, sink });
                self.expr(value, Sink::Plain);
            }
            ExprKind::Call { function, arguments, .. } => {
                for (at, argument) in arguments.iter().enumerate() {
                    self.expr(argument, Sink::Parameter(*function, at));
                }
            }
            ExprKind::Change { function, arguments, .. } => {
                for (at, argument) in arguments.iter().enumerate() {
                    self.expr(argument, Sink::Parameter(*function, at + 1));
                }
            }
            ExprKind::Record { fields, .. } => {
                for (at, field) in fields.iter().enumerate() {
                    self.expr(field, self.field(expr, at));
                }
            }
            ExprKind::With { value, changes } => {
                self.expr(value, Sink::Plain);
                for (at, change) in changes {
                    self.expr(change, self.field(expr, *at as usize));
                }
            }
            ExprKind::Case { fields, .. } => fields.iter().for_each(|field| self.expr(field, Sink::Case)),
            ExprKind::Fail { message, .. } => self.expr(message, Sink::Message),
            ExprKind::Text(parts) => parts.iter().for_each(|part| self.expr(part, Sink::Text)),
            ExprKind::Binary { left, right, .. } | ExprKind::Contains { within: left, value: right } => {
                self.expr(left, Sink::Decision);
                self.expr(right, Sink::Decision);
            }
            ExprKind::Match { value, arms } => {
                self.expr(value, Sink::Decision);
                for arm in arms {
                    arm.guard.iter().for_each(|guard| self.expr(guard, Sink::Decision));
                    self.expr(&arm.body, sink);
                }
            }
            ExprKind::If { condition, then, otherwise } => {
                self.expr(condition, Sink::Decision);
                self.expr(then, sink);
                otherwise.iter().for_each(|otherwise| self.expr(otherwise, sink));
            }
            ExprKind::Block { statements, value } => {
                statements.iter().for_each(|statement| self.statement(statement));
                value.iter().for_each(|value| self.expr(value, sink));
            }
            ExprKind::Return(Some(value)) => self.expr(value, self.result),
            ExprKind::Lambda { body, .. } => {
                let outer = (self.body, self.result);
                (self.body, self.result) = (body, sink);
                self.expr(&body.value, sink);
                (self.body, self.result) = outer;
            }
            ExprKind::List(_)
            | ExprKind::Map(_)
            | ExprKind::Some(_)
            | ExprKind::Retype(_)
            | ExprKind::Refine { .. }
            | ExprKind::Encode(_)
            | ExprKind::Otherwise(..)
            | ExprKind::CatchValue { .. } => parts(expr, &mut |part| self.expr(part, sink)),
            _ => parts(expr, &mut |part| self.expr(part, Sink::Plain)),
        }
    }

    fn field(&self, record: &Expr, at: usize) -> Sink {
        match self.program.types.kind(record.type_) {
            TypeKind::Record(id, _) => Sink::Field(*id, at),
            _ => Sink::Plain,
        }
    }

    fn statement(&mut self, statement: &'p Statement) {
        match statement {
            Statement::Let { local, value } => {
                // What has no name was made by the compiler: the value of a state that is about to change.
                let named = self.body.locals.get(local.0 as usize).is_some_and(|local| !local.name.is_empty());
                self.expr(value, if named { Sink::Variable(*local) } else { Sink::Plain });
            }
            Statement::Assign { target, value, .. } => self.expr(value, Sink::Variable(target.local)),
            Statement::Parallel(branches) => {
                branches.iter().for_each(|branch| self.expr(&branch.closure, Sink::Plain));
            }
            Statement::Expr(expr) => self.expr(expr, Sink::Plain),
        }
    }
}
