//! What must be pure is: conditions, predicates of waits, first values of states, keys of clauses.
//!
//! A native says of itself whether it is pure. A function of the project is if everything it calls is, which is known
//! only when all bodies are; so a call of one is kept, and told at the end with the way to the operation.

use super::Checker;
use crate::ir::{Expr, ExprKind, FunctionId, FunctionKind, TypeKind};
use crate::walk::parts;
use bytecode::Class;
use diagnostics::{Code, Diagnostic, Place, Span};
use grammar::tree::FunctionBody;

/// Why nothing may touch the world in a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pure {
    /// A constant.
    Constant,
    /// The default of a field.
    FieldDefault,
    /// `where` of a type, field or parameter.
    Condition,
    /// `where` of a wait.
    Predicate,
    /// The first value of a state.
    FirstValue,
    /// The default of a setting.
    Setting,
    /// The arguments of a connection, which may name secrets and settings.
    Connection,
    /// `ensure`.
    Ensure,
    /// `choices`.
    Choices,
    /// `where` and `key` of a trigger.
    Trigger,
    /// `with` of a trigger, which may ask the run that it follows.
    Arguments,
    /// `per` and `by`.
    Key,
}

impl Pure {
    /// Gives it in words.
    pub(super) fn words(self) -> &'static str {
        match self {
            Pure::Constant => "a constant",
            Pure::FieldDefault => "the default of a field",
            Pure::Condition => "a condition",
            Pure::Predicate => "the `where` of a wait",
            Pure::FirstValue => "the first value of a state",
            Pure::Setting => "the default of a setting",
            Pure::Connection => "the arguments of a connection",
            Pure::Ensure => "an `ensure`",
            Pure::Choices => "`choices`",
            Pure::Trigger => "the `where` or `key` of a trigger",
            Pure::Arguments => "the `with` of a trigger",
            Pure::Key => "the key of a clause",
        }
    }

    /// Says whether it is evaluated when a program runs, so that functions of the project may be called in it.
    fn is_run(self) -> bool {
        match self {
            Pure::Constant | Pure::FieldDefault | Pure::Connection => false,
            Pure::Condition
            | Pure::Predicate
            | Pure::FirstValue
            | Pure::Setting
            | Pure::Ensure
            | Pure::Choices
            | Pure::Trigger
            | Pure::Arguments
            | Pure::Key => true,
        }
    }
}

/// A call of a function of the project in a pure place.
pub(crate) struct PureCall {
    function: FunctionId,
    name: String,
    within: Pure,
    place: Place,
}

/// A call of the library whose value is dropped, with all that it and its lambdas call.
pub(crate) struct DroppedCall {
    calls: Vec<FunctionId>,
    place: Place,
}

/// What the arguments of a trigger may ask of the run that it follows.
const OF_A_RUN: &[&str] = &["run.result", "run.error"];

/// What makes a function touch the world.
#[derive(Clone)]
enum Effect {
    /// It does an operation.
    Does(String),
    /// It calls a function that does.
    Calls(FunctionId),
}

impl Checker<'_> {
    /// Tells of an operation where nothing may touch the world.
    pub(super) fn touches(&mut self, name: &str, span: Span) {
        if let Some(pure) = self.body.pure {
            let message = format!("`{name}` touches the world and cannot stand in {}", pure.words());
            self.report(Diagnostic::new(Code::Impure, self.place(span), message));
        }
    }

    /// Tells of a call of a function that touches the world where nothing may.
    pub(super) fn pure_call(&mut self, id: FunctionId, name: &str, span: Span) {
        let Some(pure) = self.body.pure else { return };
        let signature = &self.signatures[id.0 as usize];
        if signature.pure {
            return;
        }
        match &signature.function.body {
            FunctionBody::Block(_) if pure.is_run() => {
                if self.muted == 0 {
                    let place = self.place(span);
                    self.pure_calls.push(PureCall { function: id, name: name.to_owned(), within: pure, place });
                }
            }
            FunctionBody::Block(_) => {
                let message =
                    format!("`{name}` cannot be called in {}: only pure functions of the library can", pure.words());
                self.report(Diagnostic::new(Code::Impure, self.place(span), message));
            }
            FunctionBody::Extern { .. } => self.touches(name, span),
        }
    }

    /// Keeps a call whose value is dropped, such as `items.map(…)`, until it is known whether it touches the world.
    /// Only of the library's functions is it sure that they are called for their value.
    pub(super) fn note_dropped(&mut self, value: &Expr) {
        let ExprKind::Call { arguments, .. } = &value.kind else { return };
        let hides = arguments.iter().any(|argument| {
            let is_function = matches!(self.kind(argument.type_), TypeKind::Function(..));
            is_function && !matches!(argument.kind, ExprKind::Lambda { .. } | ExprKind::Function { .. })
        });
        let mut calls = Vec::new();
        let mut does_more = hides;
        look(value, &mut |seen| match seen {
            Seen::Function(function) => calls.push(function),
            Seen::Operation(_) | Seen::Failure => does_more = true,
        });
        let of_library = |function: &FunctionId| {
            let file = self.signatures[function.0 as usize].place.file;
            self.units.iter().any(|unit| unit.file == file && unit.library)
        };
        if !does_more && self.muted == 0 && calls.iter().all(of_library) {
            self.dropped_calls.push(DroppedCall { calls, place: self.place(value.span) });
        }
    }

    /// Tells of the dropped values of calls that turned out to touch nothing.
    fn check_dropped_calls(&mut self, effects: &[Option<Effect>]) {
        for dropped in std::mem::take(&mut self.dropped_calls) {
            let touches = |function: &FunctionId| effects.get(function.0 as usize).is_none_or(Option::is_some);
            let within =
                |place: Place| place.file == dropped.place.file && dropped.place.span.touches(place.span.start);
            let is_wrong = self.diagnostics.iter().any(|told| told.is_error() && within(told.primary.place));
            if !is_wrong && !dropped.calls.iter().any(touches) {
                let message = "the value of this call is not used, and the call does nothing else";
                let diagnostic = Diagnostic::new(Code::UnusedValue, dropped.place, message);
                self.report(diagnostic.help("give it a name with `let`, or remove it"));
            }
        }
    }

    /// Tells of the calls in pure places of functions that turned out to touch the world.
    pub(super) fn check_pure_calls(&mut self) {
        if self.pure_calls.is_empty() && self.dropped_calls.is_empty() {
            return;
        }
        let effects = self.effects();
        self.check_dropped_calls(&effects);
        for call in std::mem::take(&mut self.pure_calls) {
            let mut at = call.function;
            let mut way = Vec::new();
            let mut operation = None;
            while let Some(Some(effect)) = effects.get(at.0 as usize) {
                match effect {
                    Effect::Does(name) => {
                        operation = Some(name.clone());
                        break;
                    }
                    Effect::Calls(next) if way.len() < 20 => {
                        way.push((at, *next));
                        at = *next;
                    }
                    Effect::Calls(_) => break,
                }
            }
            let Some(operation) = operation else { continue };
            if call.within == Pure::Arguments && OF_A_RUN.contains(&operation.as_str()) {
                continue;
            }
            let (name, within) = (&call.name, call.within.words());
            let message = format!("`{name}` touches the world and cannot stand in {within}: it does `{operation}`");
            let mut diagnostic = Diagnostic::new(Code::Impure, call.place, message);
            let last = way.last().map_or(call.function, |(_, next)| *next);
            for (caller, callee) in &way {
                let functions = &self.program.functions;
                let (caller, callee) = (&functions[caller.0 as usize].name, &functions[callee.0 as usize].name);
                diagnostic = diagnostic.note(format!("`{caller}` calls `{callee}`"));
            }
            let function = &self.program.functions[last.0 as usize];
            diagnostic = diagnostic.also(function.place, format!("`{}` does `{operation}`", function.name));
            self.report(diagnostic);
        }
    }

    /// Finds of every function whether it touches the world, and what makes it.
    fn effects(&self) -> Vec<Option<Effect>> {
        let functions = &self.program.functions;
        let mut effects: Vec<Option<Effect>> = Vec::with_capacity(functions.len());
        let mut callers: Vec<Vec<u32>> = vec![Vec::new(); functions.len()];
        for (number, function) in functions.iter().enumerate() {
            effects.push(match &function.kind {
                FunctionKind::Native { class: Class::Pure, .. } => None,
                FunctionKind::Native { .. } => Some(Effect::Does(function.name.clone())),
                FunctionKind::Body(body) => {
                    let mut found = None;
                    look(&body.value, &mut |seen| match seen {
                        Seen::Failure => {}
                        Seen::Operation(name) => found = found.take().or(Some(Effect::Does(name.to_owned()))),
                        Seen::Function(callee) => {
                            if let Some(list) = callers.get_mut(callee.0 as usize) {
                                list.push(number as u32);
                            }
                        }
                    });
                    found
                }
            });
        }
        let mut changed: Vec<usize> = (0..functions.len()).filter(|at| effects[*at].is_some()).collect();
        while let Some(callee) = changed.pop() {
            let native = matches!(functions[callee].kind, FunctionKind::Native { .. });
            for caller in std::mem::take(&mut callers[callee]) {
                let slot = &mut effects[caller as usize];
                if slot.is_none() {
                    *slot = Some(if native {
                        Effect::Does(functions[callee].name.clone())
                    } else {
                        Effect::Calls(FunctionId(callee as u32))
                    });
                    changed.push(caller as usize);
                }
            }
        }
        effects
    }
}

enum Seen<'e> {
    Operation(&'e str),
    Function(FunctionId),
    Failure,
}

/// Visits the operations and functions of an expression, those of lambdas in it too.
fn look(expr: &Expr, seen: &mut dyn FnMut(Seen<'_>)) {
    match &expr.kind {
        ExprKind::Inner { operation, .. } => seen(Seen::Operation(operation.name())),
        ExprKind::Step(_) => seen(Seen::Operation("step")),
        ExprKind::Fail { .. } | ExprKind::Rethrow(_) | ExprKind::Refine { .. } | ExprKind::Decode(_) => {
            seen(Seen::Failure);
        }
        ExprKind::Call { function, .. } | ExprKind::Change { function, .. } | ExprKind::Function { function, .. } => {
            seen(Seen::Function(*function));
        }
        ExprKind::Lambda { body, .. } => look(&body.value, seen),
        _ => {}
    }
    parts(expr, &mut |part| look(part, seen));
}
