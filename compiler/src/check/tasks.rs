//! Tasks as others see them: what `call` and `start` give them and get from them.

use super::{
    Checker, Definition, Parameters,
    report::{Because, Want},
};
use crate::ir::{Expr, ExprKind, Type, TypeKind};
use bytecode::inner::Inner;
use diagnostics::{Code, Diagnostic, Place, Span};
use grammar::tree::{self, Argument, ItemKind};
use std::rc::Rc;

/// What is known of a task before its body is checked.
#[derive(Clone, Debug)]
pub(crate) struct TaskSignature<'t> {
    /// What it takes.
    pub parameters: Rc<Parameters<'t>>,
    /// What it gives.
    pub result: Type,
    /// Where its result is written.
    pub result_place: Option<Place>,
}

/// A known value that a task is given, to be held against what the task says of it once that is known.
pub(crate) struct GivenArgument {
    pub task: u32,
    pub parameter: usize,
    pub value: Expr,
    pub place: Place,
}

impl<'t> Checker<'t> {
    /// Resolves the types of all tasks' parameters and results.
    pub(super) fn declare_tasks(&mut self) {
        for number in 0..self.task_items.len() {
            let at = self.task_items[number];
            let ItemKind::Task(task) = &self.item(at).kind else { continue };
            self.unit = at.unit;
            self.generics = Rc::from([]);
            let parameters = Rc::new(self.declare_parameters(&task.parameters, at, 0));
            let result = task.result.as_ref().map_or(Type::NOTHING, |result| self.resolve(result));
            let result_place = task.result.as_ref().map(|result| self.place(result.span));
            self.tasks.push(TaskSignature { parameters, result, result_place });
        }
    }

    /// Checks `call task(…)`: gives what the task gives.
    pub(super) fn call_task(&mut self, path: &'t tree::Path, given: &'t [Argument], span: Span) -> Expr {
        self.touches("call", span);
        self.calls_tasks = true;
        let Some((task, name, arguments)) = self.task_and_arguments(path, given, span) else {
            return self.error(span);
        };
        let result = self.tasks[task as usize].result;
        self.inner(Inner::TaskCall, vec![name, arguments], result, span)
    }

    /// Checks `start task(…) key …`: gives a `Run`.
    pub(super) fn start_task(
        &mut self,
        path: &'t tree::Path,
        given: &'t [Argument],
        key: Option<&'t tree::Expr>,
        span: Span,
    ) -> Expr {
        self.touches("start", span);
        let key = match key {
            Some(key) => {
                let key = self.check_expr(key, Want::Type(Type::STRING, Because::Nothing));
                self.boxed(key)
            }
            None => {
                let type_ = self.optional(Type::STRING);
                self.make(ExprKind::None, type_, span)
            }
        };
        let Some((task, name, arguments)) = self.task_and_arguments(path, given, span) else {
            return self.error(span);
        };
        let result = self.tasks[task as usize].result;
        let Some(type_) = self.run_type(result) else { return self.error(span) };
        self.inner(Inner::TaskStart, vec![name, arguments, key], type_, span)
    }

    /// Gives `Run<T>`.
    pub(super) fn run_type(&mut self, result: Type) -> Option<Type> {
        let Some(Definition::Record(run)) = self.prelude.get("Run").copied() else { return None };
        Some(self.program.types.intern(TypeKind::Record(run, vec![result])))
    }

    /// Gives a task with its name and its arguments.
    fn task_and_arguments(
        &mut self,
        path: &'t tree::Path,
        given: &'t [Argument],
        span: Span,
    ) -> Option<(u32, Expr, Expr)> {
        let Some(task) = self.task_named(path) else {
            self.check_arguments_alone(given);
            return None;
        };
        let signature = self.tasks[task as usize].clone();
        let what = path.names.last().map_or_else(String::new, |name| format!("`{}`", name.text));
        let values = self.task_values(task, &signature.parameters, given, &what, span);
        let name = path.names.last().map_or("", |name| name.text.as_str());
        let name = self.text_value(name, path.span);
        let inner = self.list_of(Type::STRING);
        let type_ = self.list_of(inner);
        let arguments = self.make(ExprKind::TaskArguments { task, values }, type_, span);
        Some((task, name, arguments))
    }

    /// Finds the task of a path, or tells.
    pub(super) fn task_named(&mut self, path: &'t tree::Path) -> Option<u32> {
        match self.definition_named(path)? {
            Definition::Task(task) => Some(task),
            other => {
                let name = path.names.last().map_or("", |name| name.text.as_str());
                let what = super::report::definition(other);
                let message = format!("`{name}` is {what}, where a task is expected");
                let mut diagnostic = Diagnostic::new(Code::NotCallable, self.place(path.span), message);
                if let Definition::Function(_) = other {
                    diagnostic = diagnostic.help(format!("a function is called without a word: `{name}(…)`"));
                }
                self.report(diagnostic);
                None
            }
        }
    }

    /// Checks the arguments of a task: those with a default may be left out, and an optional one is then `none`.
    pub(super) fn task_values(
        &mut self,
        task: u32,
        parameters: &Parameters<'t>,
        given: &'t [Argument],
        what: &str,
        span: Span,
    ) -> Vec<Option<Expr>> {
        let values = self.given_values(parameters, given, what, span);
        let mut made = Vec::with_capacity(values.len());
        for (at, (parameter, value)) in parameters.list.iter().zip(values).enumerate() {
            made.push(match value {
                Some(value) => {
                    let value = self.convert(value, parameter.type_, Because::Parameter(parameter.place));
                    let place = self.place(value.span);
                    self.given_arguments.push(GivenArgument { task, parameter: at, value: value.clone(), place });
                    Some(value)
                }
                None if parameter.default.is_none() && self.inside_optional(parameter.type_).is_some() => {
                    Some(self.make(ExprKind::None, parameter.type_, span))
                }
                None => None,
            });
        }
        made
    }

    /// Tells where a task is given a value that it refuses.
    pub(super) fn check_given_arguments(&mut self) {
        for given in std::mem::take(&mut self.given_arguments) {
            let Some(task) = self.program.tasks.get(given.task as usize) else { continue };
            let Some(parameter) = task.parameters.get(given.parameter) else { continue };
            let Some(condition) = &parameter.condition else { continue };
            if super::bounds::meets(&self.program, condition, &given.value) == Some(false) {
                let (name, text) = (&parameter.name, &condition.text);
                let message = format!("the parameter `{name}` refuses this value: `{text}` does not hold");
                self.report(Diagnostic::new(Code::ConditionBroken, given.place, message));
            }
        }
    }
}
