//! The way of a secret: backwards from where it is disclosed to where it is declared.
//!
//! One way is enough, so each expression and each local is looked at once: the time is that of the part of the program
//! that the value can have come through. A call that was gone into is left by the same call, so the way is one that a
//! run can take.

use super::outline::{BodyId, Outline, Owner};
use super::sink::Leak;
use crate::ir::{Expr, ExprKind, FunctionId, LocalId, Program, SecretId, TypeKind};
use diagnostics::Place;
use rustc_hash::FxHashSet;

/// How many expressions of one way are looked at.
const MOST_LOOKS: usize = 20_000;
/// How deep expressions and calls are gone into.
const DEEPEST: usize = 1_000;

/// A step of a way.
#[derive(Clone, Debug)]
pub(super) struct Step {
    /// Where.
    pub place: Place,
    /// What happens there.
    pub text: String,
}

/// The way of a secret, from its declaration on.
#[derive(Default)]
pub(super) struct Way {
    /// The secret that it began with; `None` where only a type says that a value is secret.
    pub secret: Option<SecretId>,
    /// Its steps, in order.
    pub steps: Vec<Step>,
}

/// Finds the way to a place.
pub(super) fn to(program: &Program, outline: &Outline<'_>, leak: &Leak<'_>) -> Way {
    let mut tracer = Tracer {
        program,
        outline,
        way: Way::default(),
        fields: Vec::new(),
        calls: Vec::new(),
        seen: FxHashSet::default(),
        seen_locals: FxHashSet::default(),
        depth: 0,
    };
    if let Some(body) = outline.find(leak.body) {
        tracer.expr(body, leak.value);
    }
    tracer.way
}

struct Tracer<'p, 'o> {
    program: &'p Program,
    outline: &'o Outline<'p>,
    way: Way,
    /// The fields that are read of what is looked at, the last one first.
    fields: Vec<u32>,
    /// The calls that were gone into: the function, where it is called, with what.
    calls: Vec<(FunctionId, BodyId, &'p [Expr])>,
    seen: FxHashSet<*const Expr>,
    seen_locals: FxHashSet<(BodyId, LocalId)>,
    depth: usize,
}

impl<'p> Tracer<'p, '_> {
    fn step(&mut self, at: BodyId, expr: &Expr, text: impl Into<String>) -> bool {
        let place = expr.span.in_file(self.outline.part(at).body.file);
        self.way.steps.push(Step { place, text: text.into() });
        true
    }

    /// Looks for the beginning of a value; says whether it was found.
    fn expr(&mut self, at: BodyId, expr: &'p Expr) -> bool {
        let holds = self.program.holds_secret(expr.type_)
            || matches!(expr.kind, ExprKind::Disclose(_) | ExprKind::Lambda { .. });
        if !holds || self.depth >= DEEPEST || self.seen.len() >= MOST_LOOKS || !self.seen.insert(expr) {
            return false;
        }
        self.depth += 1;
        let found = self.kind(at, expr);
        self.depth -= 1;
        found
    }

    fn any(&mut self, at: BodyId, list: impl IntoIterator<Item = &'p Expr>) -> bool {
        list.into_iter().any(|each| self.expr(at, each))
    }

    fn kind(&mut self, at: BodyId, expr: &'p Expr) -> bool {
        match &expr.kind {
            ExprKind::Secret(id) => {
                let secret = &self.program.secrets[id.0 as usize];
                let text = format!("the secret `{}` is declared", secret.name);
                self.way.secret = Some(*id);
                self.way.steps.push(Step { place: secret.place, text });
                true
            }
            ExprKind::Held(_) => self.step(at, expr, "it is made secret"),
            ExprKind::Decode(_) => self.step(at, expr, "it is decoded as a secret"),
            ExprKind::Local(local) => self.local(at, *local),
            ExprKind::Text(parts) => self.any(at, parts) && self.step(at, expr, "it is put into a text"),
            ExprKind::Deferred { function, arguments } => {
                let name = &self.program.functions[function.0 as usize].name;
                self.any(at, arguments) && self.step(at, expr, format!("`{name}` of a secret is secret"))
            }
            ExprKind::List(items) => self.any(at, items) && self.step(at, expr, "it is put into a list"),
            ExprKind::Map(entries) => {
                self.any(at, entries.iter().map(|(_, value)| value)) && self.step(at, expr, "it is put into a map")
            }
            ExprKind::Record { fields, .. } => self.record(at, expr, fields),
            ExprKind::Case { fields, .. } => self.any(at, fields) && self.step(at, expr, "it is put into a case"),
            ExprKind::With { value, changes } => {
                let wanted = self.fields.last().copied();
                let changed = changes.iter().find(|(field, _)| wanted.is_none_or(|wanted| wanted == *field));
                match changed {
                    Some((_, change)) => self.without_field(|tracer| tracer.expr(at, change)) || self.expr(at, value),
                    None => self.expr(at, value),
                }
            }
            ExprKind::Field { value, field } => {
                self.fields.push(*field);
                let found = self.expr(at, value);
                self.fields.pop();
                found && self.step(at, expr, "it is read from the record")
            }
            ExprKind::Call { function, arguments, .. } => self.call(at, expr, *function, arguments),
            ExprKind::CallValue { function, arguments } => self.value_called(at, function) || self.any(at, arguments),
            ExprKind::Change { target, .. } => self.local(at, target.local),
            ExprKind::If { then, otherwise, .. } => {
                self.expr(at, then) || otherwise.iter().any(|otherwise| self.expr(at, otherwise))
            }
            ExprKind::Match { arms, .. } => self.any(at, arms.iter().map(|arm| &arm.body)),
            ExprKind::Block { value: Some(value), .. } => self.expr(at, value),
            ExprKind::TryBlock { body, catches, .. } => {
                self.expr(at, body) || self.any(at, catches.iter().map(|catch| &catch.body))
            }
            ExprKind::Otherwise(first, second)
            | ExprKind::CatchValue { value: first, fallback: second }
            | ExprKind::Binary { left: first, right: second, .. } => self.expr(at, first) || self.expr(at, second),
            ExprKind::For(walked) => self.expr(at, &walked.body) && self.step(at, expr, "the loop gathers it"),
            ExprKind::Step(step) => self.expr(at, &step.body),
            ExprKind::Lambda { .. } => self.value_called(at, expr),
            ExprKind::ParallelEach { list, each, .. } => self.value_called(at, each) || self.expr(at, list),
            ExprKind::Chain { body: value, .. }
            | ExprKind::Index { value, .. }
            | ExprKind::Some(value)
            | ExprKind::Unwrap(value)
            | ExprKind::Retype(value)
            | ExprKind::Refine { value, .. }
            | ExprKind::Try(value)
            | ExprKind::Disclose(value) => self.expr(at, value),
            _ => false,
        }
    }

    fn record(&mut self, at: BodyId, expr: &'p Expr, fields: &'p [Expr]) -> bool {
        let wanted = self.fields.last().map(|field| *field as usize);
        for (number, field) in fields.iter().enumerate() {
            if wanted.is_none_or(|wanted| wanted == number) && self.without_field(|tracer| tracer.expr(at, field)) {
                let text = match self.program.types.kind(expr.type_) {
                    TypeKind::Record(id, _) => {
                        let record = &self.program.records[id.0 as usize];
                        let field = record.fields.get(number).map_or("", |field| field.name.as_str());
                        format!("it is put into the field `{field}` of `{}`", record.name)
                    }
                    _ => "it is put into a record".to_owned(),
                };
                return self.step(at, expr, text);
            }
        }
        false
    }

    /// Looks on for what a field holds, which is not read from by the field that led here.
    fn without_field(&mut self, look: impl FnOnce(&mut Self) -> bool) -> bool {
        let field = self.fields.pop();
        let found = look(self);
        self.fields.extend(field);
        found
    }

    fn call(&mut self, at: BodyId, expr: &'p Expr, function: FunctionId, arguments: &'p [Expr]) -> bool {
        let name = &self.program.functions[function.0 as usize].name;
        if let Some(body) = self.outline.function(function)
            && !self.calls.iter().any(|(inside, ..)| *inside == function)
        {
            self.calls.push((function, at, arguments));
            let found = self.any(body, self.outline.part(body).results.iter().copied());
            self.calls.pop();
            if found {
                return self.step(at, expr, format!("`{name}` gives it back"));
            }
        }
        let lambdas = arguments.iter().any(|argument| self.value_called(at, argument));
        (lambdas || self.any(at, arguments)) && self.step(at, expr, format!("`{name}` passes it on"))
    }

    /// Looks into what a function value gives.
    fn value_called(&mut self, at: BodyId, function: &'p Expr) -> bool {
        match &function.kind {
            ExprKind::Lambda { body, .. } => match self.outline.find(body) {
                Some(inside) => self.any(inside, self.outline.part(inside).results.iter().copied()),
                None => false,
            },
            ExprKind::Retype(inner) => self.value_called(at, inner),
            ExprKind::Local(local) => {
                let origins = self.outline.part(at).origins.get(local);
                origins.is_some_and(|list| list.iter().any(|from| self.value_called(at, from)))
            }
            ExprKind::Function { function, .. } => match self.outline.function(*function) {
                Some(inside) => self.any(inside, self.outline.part(inside).results.iter().copied()),
                None => false,
            },
            _ => false,
        }
    }

    fn local(&mut self, at: BodyId, local: LocalId) -> bool {
        if !self.seen_locals.insert((at, local)) || self.depth >= DEEPEST {
            return false;
        }
        self.depth += 1;
        let part = self.outline.part(at);
        let declared = &part.body.locals[local.0 as usize];
        let place = declared.span.in_file(part.body.file);
        let named = |text: String| Step { place, text };
        let is_parameter = local.0 < part.body.parameters;
        let found = match part.owner {
            Owner::Lambda { around, captures, .. }
                if !is_parameter && ((local.0 - part.body.parameters) as usize) < captures.len() =>
            {
                let outside = captures[(local.0 - part.body.parameters) as usize];
                self.depth -= 1;
                return self.local(around, outside);
            }
            Owner::Lambda { around, beside, .. } if is_parameter => {
                let found = self.any(around, beside.iter().filter(|each| !is_lambda(each)));
                found.then(|| named(format!("the lambda gets it as `{}`", declared.name)))
            }
            Owner::Function(function) if is_parameter => {
                let name = &self.program.functions[function.0 as usize].name;
                self.given(function, local).then(|| named(format!("`{name}` gets it as `{}`", declared.name)))
            }
            Owner::Function(_) | Owner::Task | Owner::Lambda { .. } => {
                let origins = part.origins.get(&local);
                let found = origins.is_some_and(|list| list.iter().any(|from| self.expr(at, from)));
                let is_named = !declared.name.is_empty();
                if found && !is_named {
                    self.depth -= 1;
                    return true;
                }
                found.then(|| named(format!("`{}` keeps it", declared.name)))
            }
        };
        self.depth -= 1;
        // Where no declared secret is found the type alone says that it is one.
        let step = found.unwrap_or_else(|| named(format!("`{}` is declared secret", declared.name)));
        self.way.steps.push(step);
        true
    }

    /// Looks for what a function is given as a parameter: by the call that was gone into, else by any.
    fn given(&mut self, function: FunctionId, parameter: LocalId) -> bool {
        let argument = |arguments: &'p [Expr]| arguments.get(parameter.0 as usize);
        if let Some(at) = self.calls.iter().rposition(|(inside, ..)| *inside == function) {
            let inner = self.calls.split_off(at);
            let (_, caller, arguments) = inner[0];
            let found = argument(arguments).is_some_and(|argument| self.expr(caller, argument));
            self.calls.extend(inner);
            return found;
        }
        let calls = self.outline.calls(function);
        calls.iter().any(|(caller, arguments)| argument(arguments).is_some_and(|given| self.expr(*caller, given)))
    }
}

fn is_lambda(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Lambda { .. } => true,
        ExprKind::Retype(inner) | ExprKind::Some(inner) => is_lambda(inner),
        _ => false,
    }
}
