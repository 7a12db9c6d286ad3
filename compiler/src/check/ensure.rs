//! `ensure`: what must hold of a task's result, checked in the scope of its parameters.

use super::{Checker, local::Origin, purity::Pure};
use crate::ir::{Ensure, Type};
use diagnostics::Span;
use grammar::tree::{self, ClauseKind};
use smol_str::SmolStr;

impl<'t> Checker<'t> {
    /// Checks the `ensure` clauses of the task whose body was just checked: its parameters are still in scope.
    pub(super) fn ensures(&mut self, task: &'t tree::Task, result: Type) -> Vec<Ensure> {
        let mut made = Vec::new();
        for clause in &task.clauses {
            let ClauseKind::Ensure { condition, message } = &clause.kind else { continue };
            let scope = self.open_scope();
            let state = self.mark_narrowing();
            let outer = self.body.pure.replace(Pure::Ensure);
            let name = SmolStr::new_static("result");
            let local = (result != Type::NOTHING && !self.body.names.contains_key(&name)).then(|| {
                let local = self.push_local(name.clone(), result, Span::at(condition.span.start), Origin::Implied);
                self.bring_into_scope(name, local);
                local
            });
            let condition_value = self.condition(condition);
            self.body.pure = outer;
            self.forget_narrowing(state);
            self.close_scope(scope);
            let message = match message {
                Some(message) => message.text.clone(),
                None => format!("`{}` does not hold", condition.span.text(&self.current().text)),
            };
            made.push(Ensure { condition: condition_value, result: local, message });
        }
        made
    }
}
