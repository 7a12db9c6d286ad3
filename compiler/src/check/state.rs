//! `state`: values that outlive runs. A read is an operation that gives a copy; a change is one operation with a pure
//! closure of the newest value.
//!
//! What an assignment needs from its surroundings is evaluated before the operation, into locals that the closure
//! captures, so that only the change itself is done in it.

use super::{
    Checker, ItemRef,
    report::{Because, Want},
};
use crate::ir::{
    Body, Expr, ExprKind, Field, Local, LocalId, Record, RecordId, State, Statement, Target, TargetStep, Type, TypeKind,
};
use bytecode::inner::Inner;
use diagnostics::{Code, Diagnostic, Place, Span};
use grammar::tree;
use std::rc::Rc;

/// A state's declaration.
#[derive(Debug)]
pub(crate) struct StateItem<'t> {
    /// The item.
    pub item: ItemRef,
    /// What was written.
    pub binding: &'t tree::Binding,
}

impl<'t> Checker<'t> {
    /// Finds the types of all states, and checks their first values.
    pub(super) fn declare_states(&mut self) {
        for number in 0..self.state_items.len() {
            let (item, binding) = (self.state_items[number].item, self.state_items[number].binding);
            self.begin(item.unit, Rc::from([]));
            self.body.pure = Some(super::purity::Pure::FirstValue);
            let want = match &binding.type_ {
                Some(written) => {
                    let because = Because::Declared(self.place(written.span));
                    Want::Type(self.resolve(written), because)
                }
                None => Want::Any,
            };
            let value = match (&binding.value, want) {
                (Some(value), _) => {
                    let value = self.check_expr(value, want);
                    self.settled(value)
                }
                (None, Want::Type(type_, _)) if self.inside_optional(type_).is_some() => {
                    self.make(ExprKind::None, type_, binding.name.span)
                }
                (None, Want::Type(Type::ERROR, _)) => self.error(binding.name.span),
                (None, _) => {
                    let message = format!("the state `{}` has no first value", binding.name.text);
                    let diagnostic = Diagnostic::new(Code::NoFirstValue, self.place(binding.name.span), message);
                    self.report(diagnostic.help("give it one: `state name: Type = …`"));
                    self.error(binding.name.span)
                }
            };
            let type_ = match want {
                Want::Type(type_, _) => type_,
                Want::Any | Want::Dropped => value.type_,
            };
            if type_ != Type::ERROR && !self.has_json_form(type_) {
                let message = format!("a `{}` cannot be kept: it has no form outside of a run", self.name(type_));
                self.report(Diagnostic::new(Code::NoForm, self.place(binding.name.span), message));
            }
            let value = self.boxed(value);
            let initial = self.finish_body(0, value);
            let plain = binding.name.text.to_string();
            let taken = self.program.states.iter().any(|state| state.name == plain);
            let name = if taken { format!("{}.{plain}", self.current().module) } else { plain };
            self.program.states.push(State { name, type_, initial });
        }
        self.changed = Some(self.changed_record());
    }

    /// Makes the record that a change gives: the new value, and what the change itself gives.
    fn changed_record(&mut self) -> RecordId {
        let id = RecordId(self.program.records.len() as u32);
        let fields = ["value", "gives"].into_iter().enumerate().map(|(at, name)| Field {
            name: name.to_owned(),
            json_name: name.to_owned(),
            type_: self.program.types.intern(TypeKind::Parameter(at as u32)),
            default: None,
            condition: None,
        });
        let fields = fields.collect();
        self.program.records.push(Record { name: "change".to_owned(), generics: 2, fields });
        let item = ItemRef { unit: 0, item: 0 };
        self.records.push(Rc::new(super::Parameters { list: Vec::new(), unit: 0, generics: 2, item }));
        id
    }

    /// Reads a state.
    pub(super) fn read_state(&mut self, number: u32, name: &tree::Name, span: Span) -> Expr {
        self.touches(&name.text, span);
        let Some(state) = self.program.states.get(number as usize) else { return self.error(span) };
        let (type_, text) = (state.type_, state.name.clone());
        let text = self.text_value(&text, span);
        self.inner(Inner::StateRead, vec![text], type_, span)
    }

    /// Gives where a state is declared.
    pub(super) fn state_place(&self, number: u32) -> Place {
        let state = &self.state_items[number as usize];
        state.binding.name.span.in_file(self.units[state.item.unit as usize].file)
    }

    /// Begins the change of a state: gives the local that stands for it until [`Checker::change_state`].
    pub(super) fn state_cell(&mut self, number: u32, name: &tree::Name) -> Option<LocalId> {
        self.touches(&name.text, name.span);
        if self.body.in_branch {
            let message = format!("the state `{}` cannot be changed in a branch of `parallel`", name.text);
            let diagnostic = Diagnostic::new(Code::BranchAssigns, self.place(name.span), message);
            self.report(diagnostic.help("let the branch give a value, and change the state behind it"));
            return None;
        }
        let type_ = self.program.states.get(number as usize)?.type_;
        Some(self.hidden_local(type_, name.span))
    }

    /// Makes the operation of a change that was checked as one of a local.
    pub(super) fn change_state(&mut self, number: u32, change: StateChange, span: Span) -> Expr {
        let mut moved = Moved { statements: Vec::new(), captures: Vec::new(), locals: Vec::new() };
        let Some(state) = self.program.states.get(number as usize) else { return self.error(span) };
        let (type_, name) = (state.type_, state.name.clone());
        let boxed = self.optional(type_);
        let (step, gives) = match change {
            StateChange::Assign { target, operator, value, span } => {
                let target = self.moved_target(target, &mut moved);
                let value = self.moved(value, &mut moved);
                (Statement::Assign { target, operator, value, span }, None)
            }
            StateChange::Method(mut call) => {
                let gives = call.type_;
                if let ExprKind::Change { target, arguments, .. } = &mut call.kind {
                    *target = self.moved_target(target.clone(), &mut moved);
                    let given = std::mem::take(arguments);
                    *arguments = given.into_iter().map(|each| self.moved(each, &mut moved)).collect();
                }
                if gives == Type::NOTHING {
                    (Statement::Expr(call), None)
                } else {
                    (Statement::Let { local: LocalId(u32::MAX), value: call }, Some(gives))
                }
            }
        };
        let Moved { mut statements, captures, locals } = moved;
        let cell = LocalId(1 + captures.len() as u32);
        let result = LocalId(cell.0 + 1);
        let local = |type_: Type| Local { name: String::new(), type_, span };
        let mut declared = vec![local(boxed)];
        declared.extend(locals);
        declared.push(local(type_));
        let old = self.make(ExprKind::Local(LocalId(0)), boxed, span);
        let old = self.opened(old, type_);
        let mut inside = vec![Statement::Let { local: cell, value: old }];
        let nothing = self.optional(Type::NEVER);
        let (step, given) = match (with_cell(step, cell), gives) {
            (Statement::Let { value, .. }, Some(type_)) => {
                declared.push(local(type_));
                (Statement::Let { local: result, value }, self.make(ExprKind::Local(result), type_, span))
            }
            (step, _) => (step, self.make(ExprKind::None, nothing, span)),
        };
        inside.push(step);
        let Some(changed) = self.changed else { return self.error(span) };
        let changed = self.program.types.intern(TypeKind::Record(changed, vec![type_, given.type_]));
        let new = self.make(ExprKind::Local(cell), type_, span);
        let record = self.make(ExprKind::Record { fields: vec![new, given], order: vec![0, 1] }, changed, span);
        let value = self.make(ExprKind::Block { statements: inside, value: Some(Box::new(record)) }, changed, span);
        let body = Body { file: self.current().file, locals: declared, parameters: 1, value };
        let function = self.program.types.intern(TypeKind::Function(vec![boxed], changed));
        let closure = self.make(ExprKind::Lambda { captures, body: Box::new(body) }, function, span);
        let name = self.text_value(&name, span);
        let type_ = gives.unwrap_or(Type::NOTHING);
        let done = self.inner(Inner::StateChange, vec![name, closure], type_, span);
        if statements.is_empty() {
            return done;
        }
        let value = if type_ == Type::NOTHING {
            statements.push(Statement::Expr(done));
            None
        } else {
            Some(Box::new(done))
        };
        self.make(ExprKind::Block { statements, value }, type_, span)
    }

    /// Evaluates a part of a change before it, unless it is a literal.
    fn moved(&mut self, value: Expr, moved: &mut Moved) -> Expr {
        let is_literal = matches!(
            value.kind,
            ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Bool(_) | ExprKind::String(_) | ExprKind::None
        );
        if is_literal || value.type_ == Type::ERROR {
            return value;
        }
        let (type_, span) = (value.type_, value.span);
        let local = self.hidden_local(type_, span);
        moved.statements.push(Statement::Let { local, value });
        moved.captures.push(local);
        moved.locals.push(Local { name: String::new(), type_, span });
        self.make(ExprKind::Local(LocalId(moved.captures.len() as u32)), type_, span)
    }

    fn moved_target(&mut self, target: Target, moved: &mut Moved) -> Target {
        let path = target.path.into_iter().map(|step| match step {
            TargetStep::Field(field, type_) => TargetStep::Field(field, type_),
            TargetStep::Index(index, type_) => TargetStep::Index(self.moved(index, moved), type_),
        });
        let path = path.collect();
        Target { path, ..target }
    }
}

/// A change of a state, checked as one of a local.
pub(super) enum StateChange {
    /// An assignment.
    Assign { target: Target, operator: Option<crate::ir::Binary>, value: Expr, span: Span },
    /// A call of a changing method.
    Method(Expr),
}

/// What is evaluated before a change, and taken into its closure.
struct Moved {
    statements: Vec<Statement>,
    captures: Vec<LocalId>,
    locals: Vec<Local>,
}

/// Lets a change be about a local of the closure.
fn with_cell(step: Statement, cell: LocalId) -> Statement {
    let in_call = |mut call: Expr| {
        if let ExprKind::Change { target, .. } = &mut call.kind {
            target.local = cell;
        }
        call
    };
    match step {
        Statement::Assign { mut target, operator, value, span } => {
            target.local = cell;
            Statement::Assign { target, operator, value, span }
        }
        Statement::Let { local, value } => Statement::Let { local, value: in_call(value) },
        Statement::Expr(call) => Statement::Expr(in_call(call)),
        Statement::Parallel(branches) => Statement::Parallel(branches),
    }
}
