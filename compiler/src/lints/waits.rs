//! Which functions wait or touch the world, so that a loop with a call of one does not spin.

use crate::ir::{Expr, ExprKind, FunctionKind, Program};
use crate::walk::parts;
use bytecode::Class;
use bytecode::inner::Inner;

/// For each function, whether it waits or touches the world.
pub(super) struct Waits(Vec<bool>);

impl Waits {
    /// Finds out about every function; nothing is certain about function values, which count as waiting.
    pub(super) fn of(program: &Program) -> Self {
        let native = |name: &str, class: Class| match class {
            Class::Pure => false,
            Class::Idempotent | Class::Keyed | Class::Once => !name.starts_with("log.") && !name.starts_with("clock."),
        };
        let first = program.functions.iter().map(|function| match &function.kind {
            FunctionKind::Native { class, .. } => native(&function.name, *class),
            FunctionKind::Body(_) => false,
        });
        let mut waits = Waits(first.collect());
        // Each round carries the answer one call further; chains of calls are short.
        loop {
            let mut changed = false;
            for (at, function) in program.functions.iter().enumerate() {
                if let (FunctionKind::Body(body), false) = (&function.kind, waits.0[at])
                    && waits.within(&body.value)
                {
                    waits.0[at] = true;
                    changed = true;
                }
            }
            if !changed {
                return waits;
            }
        }
    }

    /// Says whether an expression may wait or touch the world.
    pub(super) fn within(&self, expr: &Expr) -> bool {
        let here = match &expr.kind {
            ExprKind::Call { function, .. } | ExprKind::Change { function, .. } => {
                self.0.get(function.0 as usize).copied().unwrap_or(true)
            }
            ExprKind::Inner { operation, .. } => !matches!(operation, Inner::StepBegin | Inner::StepEnd),
            ExprKind::CallValue { .. } | ExprKind::Function { .. } => true,
            ExprKind::Lambda { body, .. } => self.within(&body.value),
            _ => false,
        };
        let mut found = here;
        parts(expr, &mut |part| found = found || self.within(part));
        found
    }
}
