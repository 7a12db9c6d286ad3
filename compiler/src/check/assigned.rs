//! Which places a loop may change: those that are assigned in it, or on which a method is called that changes.
//!
//! Asked of the tree, before the loop is checked: what is known of a variable at its head must hold in every turn.
//! Lambdas take copies and are not looked into.

use grammar::tree::{
    Argument, Block, Body, Expr, ExprKind, Fail, ForBody, Statement, StatementKind, StringPart, WaitArm, WaitArmKind,
};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

/// Collects the places that change.
pub(super) struct Assigned<'m> {
    /// The methods that change what they are called on.
    methods: &'m FxHashSet<SmolStr>,
    /// The places found: a variable and fields of it, and whether the place itself has another value.
    places: Vec<(Vec<SmolStr>, bool)>,
}

impl<'m> Assigned<'m> {
    /// Begins with no places.
    pub fn new(methods: &'m FxHashSet<SmolStr>) -> Self {
        Assigned { methods, places: Vec::new() }
    }

    /// Looks into a block.
    pub fn block(&mut self, block: &Block) {
        block.statements.iter().for_each(|statement| self.statement(statement));
    }

    /// Looks into a body.
    pub fn body(&mut self, body: &Body) {
        match body {
            Body::Block(block) => self.block(block),
            Body::Expr(expr) => self.expr(expr),
        }
    }

    fn statement(&mut self, statement: &Statement) {
        match &statement.kind {
            StatementKind::Let { value, .. } | StatementKind::Expr(value) | StatementKind::Emit(value) => {
                self.expr(value);
            }
            StatementKind::Assign { target, value, .. } => {
                self.changed(target, true);
                self.expr(target);
                self.expr(value);
            }
            StatementKind::Parallel(block) => self.block(block),
            // These stand only in tests, whose loops are checked as any other once tests run.
            StatementKind::Mock { .. }
            | StatementKind::At(_)
            | StatementKind::Expect(_)
            | StatementKind::Decide { .. }
            | StatementKind::Error => {}
        }
    }

    /// Notes a place, or what it is inside of where it is an item.
    fn changed(&mut self, place: &Expr, mut whole: bool) {
        let mut names = Vec::new();
        let mut at = place;
        loop {
            match &*at.kind {
                ExprKind::Name(name) => {
                    names.push(name.text.clone());
                    names.reverse();
                    return self.places.push((names, whole));
                }
                ExprKind::Field { value, name, .. } => {
                    names.push(name.text.clone());
                    at = value;
                }
                ExprKind::Index { value, .. } => {
                    (whole, at) = (false, value);
                    names.clear();
                }
                _ => return,
            }
        }
    }

    /// Says whether a place, or what it is in, may have another value.
    pub fn changes(&self, place: &[SmolStr]) -> bool {
        let is_changed = |(changed, whole): &(Vec<SmolStr>, bool)| {
            place.starts_with(changed) && (*whole || place.len() > changed.len())
        };
        self.places.iter().any(is_changed)
    }

    fn all<'t>(&mut self, list: impl IntoIterator<Item = &'t Expr>) {
        list.into_iter().for_each(|each| self.expr(each));
    }

    fn arguments(&mut self, arguments: &[Argument]) {
        self.all(arguments.iter().map(|argument| &argument.value));
    }

    /// Looks into an expression.
    pub fn expr(&mut self, expr: &Expr) {
        match &*expr.kind {
            ExprKind::Literal(_)
            | ExprKind::Name(_)
            | ExprKind::EmptyBraces
            | ExprKind::Lambda { .. }
            | ExprKind::Break
            | ExprKind::Continue
            | ExprKind::Error => {}
            ExprKind::String(string) => self.all(string.parts.iter().filter_map(|part| match part {
                StringPart::Text(_) => None,
                StringPart::Value(value) => Some(value),
            })),
            ExprKind::List(items) => self.all(items),
            ExprKind::Map(entries) => self.all(entries.iter().flat_map(|(key, value)| [key, value])),
            ExprKind::Case { arguments, .. } => self.arguments(arguments.as_deref().unwrap_or_default()),
            ExprKind::Call { function, arguments } => {
                if let ExprKind::Field { value, name, .. } = &*function.kind
                    && self.methods.contains(&name.text)
                {
                    self.changed(value, false);
                }
                self.expr(function);
                self.arguments(arguments);
            }
            ExprKind::With { value, changes } => {
                self.expr(value);
                self.arguments(changes);
            }
            ExprKind::CallTask { arguments, .. } => self.arguments(arguments),
            ExprKind::StartTask { arguments, key, .. } => {
                self.arguments(arguments);
                self.all(key);
            }
            ExprKind::Field { value, .. }
            | ExprKind::Unary { operand: value, .. }
            | ExprKind::Is { value, .. }
            | ExprKind::Try(value)
            | ExprKind::Wait(value)
            | ExprKind::WaitUntil(value)
            | ExprKind::Ask { prompt: value, .. } => self.expr(value),
            ExprKind::Index { value: first, index: second }
            | ExprKind::Binary { left: first, right: second, .. }
            | ExprKind::CatchValue { value: first, fallback: second } => self.all([first, second]),
            ExprKind::If { condition, then, otherwise } => {
                self.expr(condition);
                self.block(then);
                otherwise.iter().for_each(|body| self.body(body));
            }
            ExprKind::Match { value, arms } => {
                self.expr(value);
                for arm in arms {
                    self.all(&arm.guard);
                    self.body(&arm.body);
                }
            }
            ExprKind::For(walked) => {
                self.expr(&walked.items);
                self.all(&walked.parallel);
                match &walked.body {
                    ForBody::Block(block) => self.block(block),
                    ForBody::Yield(body) => self.body(body),
                }
            }
            ExprKind::While { condition, body } => {
                self.expr(condition);
                self.block(body);
            }
            ExprKind::Return(value) => self.all(value),
            ExprKind::Fail(Fail::Kind { message: value, .. } | Fail::Error(value)) => self.expr(value),
            ExprKind::TryBlock { body, catches, finally } => {
                self.block(body);
                catches.iter().for_each(|catch| self.block(&catch.body));
                finally.iter().for_each(|block| self.block(block));
            }
            ExprKind::Step(step) => {
                self.all(&step.timeout);
                self.block(&step.body);
                step.undo.iter().for_each(|undo| self.block(&undo.body));
            }
            ExprKind::WaitFor(wait) => {
                self.expr(&wait.subject);
                self.all(wait.condition.iter().chain(&wait.within));
            }
            ExprKind::WaitApproval(wait) => {
                self.expr(&wait.question);
                self.all(wait.who.iter().chain(&wait.within));
            }
            ExprKind::WaitAny(arms) => arms.iter().for_each(|arm| self.arm(arm)),
        }
    }

    fn arm(&mut self, arm: &WaitArm) {
        match &arm.kind {
            WaitArmKind::Event { condition, .. } => self.all(condition),
            WaitArmKind::Within(within) => self.expr(within),
        }
        self.body(&arm.body);
    }
}
