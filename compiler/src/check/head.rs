//! What heads of tasks ask of the checker: the values of their operands, and calendars.

use super::{
    Checker, Definition,
    body::BodyState,
    report::{Because, Want},
};
use crate::heads::{self, Head, Scope};
use crate::ir::{self, Program, Type};
use bytecode::PermissionKind;
use diagnostics::{Code, Diagnostic, FileId};
use grammar::tree::{self, ItemKind};
use std::rc::Rc;

impl<'t> Checker<'t> {
    /// Checks the heads of all tasks, in their order.
    pub(super) fn check_heads(&mut self) -> Vec<Head> {
        let mut made = Vec::with_capacity(self.task_items.len());
        for number in 0..self.task_items.len() {
            let at = self.task_items[number];
            let ItemKind::Task(task) = &self.item(at).kind else { continue };
            if number >= self.program.tasks.len() {
                break;
            }
            self.unit = at.unit;
            self.check_choices(number, task);
            self.generics = Rc::from([]);
            self.body = BodyState::default();
            made.push(heads::check(self, number, task));
        }
        made
    }
}

impl<'t> Scope<'t> for Checker<'t> {
    fn program(&self) -> &Program {
        &self.program
    }

    fn program_mut(&mut self) -> &mut Program {
        &mut self.program
    }

    fn file(&self) -> FileId {
        self.current().file
    }

    fn source(&self) -> &'t str {
        &self.current().text
    }

    fn operand(&mut self, expr: &'t tree::Expr, type_: Option<Type>) -> Option<ir::Expr> {
        let want = type_.map_or(Want::Any, |type_| Want::Type(type_, Because::Nothing));
        let before = self.diagnostics.len();
        let value = self.check_expr(expr, want);
        (value.type_ != Type::ERROR && self.diagnostics.len() == before).then_some(value)
    }

    fn calendar(&mut self, path: &'t tree::Path) -> Option<Rc<[i32]>> {
        let name = path.names.last()?;
        let found = match path.names.as_slice() {
            [_] => self.lookup(&name.text),
            [module, _] => match self.lookup(&module.text) {
                Some(Definition::Module(unit)) => {
                    self.modules[unit as usize].names.get(&name.text).map(|known| known.0)
                }
                Some(_) | None => None,
            },
            _ => None,
        };
        if let Some(definition @ Definition::Calendar(item)) = found {
            self.note_use(name.span, definition);
            return self.calendar_days.get(&item).cloned();
        }
        let message = format!("there is no calendar `{}`", name.text);
        Scope::report(self, Diagnostic::new(Code::UnknownName, path.span.in_file(self.current().file), message));
        None
    }

    fn error_kind(&mut self, kind: &tree::Name) -> bool {
        Checker::error_kind(self, kind).is_some()
    }

    fn key(&mut self, task: usize, parts: &[&'t tree::Expr]) -> Option<ir::Body> {
        self.key_of(task, parts)
    }

    fn trigger(&mut self, task: usize, tree: &'t tree::Task, trigger: &'t tree::Trigger) -> Option<ir::Trigger> {
        self.trigger_of(task, tree, trigger)
    }

    fn declares(&mut self, kind: PermissionKind, name: &tree::Name) -> bool {
        let found = self.lookup(&name.text);
        match (kind, found) {
            (PermissionKind::Secret, Some(definition @ Definition::Secret(..)))
            | (PermissionKind::Connection, Some(definition @ Definition::Connection(_))) => {
                self.note_use(name.span, definition);
                true
            }
            (_, _) => false,
        }
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        Checker::report(self, diagnostic);
    }
}
