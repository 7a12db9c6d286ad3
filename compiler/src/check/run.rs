//! What a run knows of itself: `run.id` and its kin.

use super::{Checker, Definition};
use crate::ir::{Expr, Type, TypeKind};
use bytecode::inner::Inner;
use diagnostics::Span;
use grammar::tree;

impl<'t> Checker<'t> {
    /// Gives `run.id`, `run.trigger`, `run.due`, `run.started_at` or `run.dir`, if it is one.
    pub(super) fn run_field(&mut self, head: &'t tree::Name, name: &'t tree::Name, span: Span) -> Option<Expr> {
        let is_run = self.module_ids.get("run").is_some_and(|unit| self.units[*unit as usize].library);
        if head.text != "run" || !is_run {
            return None;
        }
        let (operation, type_) = match name.text.as_str() {
            "id" => (Inner::RunId, Type::STRING),
            "trigger" => (Inner::RunTrigger, Type::STRING),
            "due" => (Inner::RunDue, Type::DATETIME),
            "started_at" => (Inner::RunStartedAt, Type::DATETIME),
            "dir" => (Inner::RunDir, self.path_type()),
            _ => return None,
        };
        self.touches(operation.name(), span);
        Some(self.inner(operation, Vec::new(), type_, span))
    }

    /// Gives the prelude's `Path`; a library without it has texts.
    fn path_type(&mut self) -> Type {
        match self.prelude.get("Path") {
            Some(Definition::Refined(id)) => self.program.types.intern(TypeKind::Refined(*id)),
            Some(_) | None => Type::STRING,
        }
    }
}
