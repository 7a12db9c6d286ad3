//! Where the values of locals, parameters and results come from: an outline of all bodies, made by one walk.

use crate::ir::{Body, Expr, ExprKind, FunctionId, FunctionKind, LocalId, Over, Pattern, Program, Statement};
use crate::walk::parts;
use rustc_hash::FxHashMap;

/// A body of the program, by its number in the outline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct BodyId(usize);

/// Whose body it is.
#[derive(Clone, Copy)]
pub(super) enum Owner<'p> {
    /// A function's.
    Function(FunctionId),
    /// A task's.
    Task,
    /// A lambda's: the body around it, what it captures, and what is given beside it where it is an argument.
    Lambda { around: BodyId, captures: &'p [LocalId], beside: &'p [Expr] },
}

/// What is known of a body.
pub(super) struct Part<'p> {
    /// It.
    pub body: &'p Body,
    /// Whose it is.
    pub owner: Owner<'p>,
    /// What goes into its locals.
    pub origins: FxHashMap<LocalId, Vec<&'p Expr>>,
    /// What it gives.
    pub results: Vec<&'p Expr>,
}

/// All bodies.
#[derive(Default)]
pub(super) struct Outline<'p> {
    parts: Vec<Part<'p>>,
    by_address: FxHashMap<*const Body, BodyId>,
    functions: FxHashMap<FunctionId, BodyId>,
    calls: FxHashMap<FunctionId, Vec<(BodyId, &'p [Expr])>>,
}

impl<'p> Outline<'p> {
    /// Walks a program.
    pub fn of(program: &'p Program) -> Self {
        let mut outline = Outline::default();
        for (number, function) in program.functions.iter().enumerate() {
            if let FunctionKind::Body(body) = &function.kind {
                let id = FunctionId(number as u32);
                let at = outline.add(body, Owner::Function(id));
                outline.functions.insert(id, at);
            }
        }
        for task in &program.tasks {
            outline.add(&task.body, Owner::Task);
        }
        outline
    }

    /// Gives what is known of a body.
    pub fn part(&self, at: BodyId) -> &Part<'p> {
        &self.parts[at.0]
    }

    /// Finds a body.
    pub fn find(&self, body: &Body) -> Option<BodyId> {
        self.by_address.get(&std::ptr::from_ref(body)).copied()
    }

    /// Finds the body of a function.
    pub fn function(&self, function: FunctionId) -> Option<BodyId> {
        self.functions.get(&function).copied()
    }

    /// Gives the calls of a function: where, and with what.
    pub fn calls(&self, function: FunctionId) -> &[(BodyId, &'p [Expr])] {
        self.calls.get(&function).map_or(&[], Vec::as_slice)
    }

    fn add(&mut self, body: &'p Body, owner: Owner<'p>) -> BodyId {
        let at = BodyId(self.parts.len());
        self.parts.push(Part { body, owner, origins: FxHashMap::default(), results: vec![&body.value] });
        self.by_address.insert(std::ptr::from_ref(body), at);
        self.expr(at, &body.value, &[]);
        at
    }

    fn comes(&mut self, at: BodyId, local: LocalId, from: &'p Expr) {
        self.parts[at.0].origins.entry(local).or_default().push(from);
    }

    /// Walks an expression; `beside` is what stands beside it as arguments of one call.
    fn expr(&mut self, at: BodyId, expr: &'p Expr, beside: &'p [Expr]) {
        match &expr.kind {
            ExprKind::Lambda { captures, body } => {
                self.add(body, Owner::Lambda { around: at, captures, beside });
                return;
            }
            ExprKind::Call { function, arguments, .. } => {
                self.calls.entry(*function).or_default().push((at, arguments));
                arguments.iter().for_each(|argument| self.expr(at, argument, arguments));
                return;
            }
            ExprKind::Retype(inner) | ExprKind::Some(inner) => return self.expr(at, inner, beside),
            ExprKind::Change { target, arguments, .. } => {
                arguments.iter().for_each(|argument| self.comes(at, target.local, argument));
            }
            ExprKind::Return(Some(value)) => self.parts[at.0].results.push(value),
            ExprKind::Step(step) => {
                let undone = step.undo.as_ref().and_then(|undo| undo.value);
                undone.iter().for_each(|local| self.comes(at, *local, &step.body));
            }
            ExprKind::Chain { value, local, .. } => self.comes(at, *local, value),
            ExprKind::Is { value, pattern } => self.pattern(at, pattern, value),
            ExprKind::Match { value, arms } => arms.iter().for_each(|arm| self.pattern(at, &arm.pattern, value)),
            ExprKind::For(walked) => match &walked.over {
                Over::Items { list, item } => self.comes(at, *item, list),
                Over::Entries { map, key, value } => {
                    self.comes(at, *key, map);
                    self.comes(at, *value, map);
                }
                Over::Parts { .. } | Over::Range { .. } => {}
            },
            ExprKind::Block { statements, .. } => {
                for statement in statements {
                    match statement {
                        Statement::Let { local, value } => self.comes(at, *local, value),
                        Statement::Assign { target, value, .. } => self.comes(at, target.local, value),
                        Statement::Parallel(branches) => {
                            for branch in branches {
                                branch.local.iter().for_each(|(local, _)| self.comes(at, *local, &branch.closure));
                            }
                        }
                        Statement::Expr(_) => {}
                    }
                }
            }
            _ => {}
        }
        parts(expr, &mut |part| self.expr(at, part, &[]));
    }

    fn pattern(&mut self, at: BodyId, pattern: &'p Pattern, value: &'p Expr) {
        match pattern {
            Pattern::Bind(local) => self.comes(at, *local, value),
            Pattern::Some(inner, _) => self.pattern(at, inner, value),
            Pattern::Case { fields, .. } => fields.iter().for_each(|(field, _)| self.pattern(at, field, value)),
            Pattern::Record(fields) => fields.iter().for_each(|(_, field, _)| self.pattern(at, field, value)),
            Pattern::Or(patterns) => patterns.iter().for_each(|each| self.pattern(at, each, value)),
            Pattern::Any | Pattern::Value(_) | Pattern::Range { .. } | Pattern::None => {}
        }
    }
}
