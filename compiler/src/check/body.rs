//! Bodies: functions, tasks, conditions and defaults, one by one, each with its own locals.

use super::{
    Checker, Signature,
    branch::BranchKind,
    items::ItemRef,
    local::Origin,
    purity::Pure,
    report::{Because, Want},
    tasks::TaskSignature,
};
use crate::ir::{self, Body, Condition, Expr, ExprKind, FunctionKind, Local, LocalId, Type, TypeKind};
use diagnostics::{Code, Diagnostic, Span};
use grammar::tree::{self, FunctionBody, ItemKind};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use std::rc::Rc;

/// What is known of a local beside its type.
#[derive(Clone, Debug)]
pub(crate) struct LocalFacts {
    /// How it came to be.
    pub origin: Origin,
    /// Whether it is read anywhere.
    pub used: bool,
    /// The local of the enclosing body that a lambda took it from.
    pub captured: Option<LocalId>,
}

/// A local, or a field path of one: what can be known not to be `none`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct FieldPath {
    /// The local.
    pub local: LocalId,
    /// The numbers of the fields.
    pub fields: Vec<u32>,
}

/// A place that was changed.
#[derive(Clone, Debug)]
pub(crate) struct Changed {
    /// Where.
    pub path: FieldPath,
    /// Whether it has another value, and not only something inside of it.
    pub whole: bool,
}

/// The state of the body that is being checked.
#[derive(Debug, Default)]
pub(crate) struct BodyState {
    pub locals: Vec<Local>,
    pub facts: Vec<LocalFacts>,
    pub names: FxHashMap<SmolStr, LocalId>,
    pub scope_log: Vec<(SmolStr, Option<LocalId>)>,
    pub narrowed: FxHashSet<FieldPath>,
    pub narrow_log: Vec<(FieldPath, bool)>,
    pub assigned: Vec<Changed>,
    pub result: Option<Want>,
    pub returned: Option<Type>,
    pub loops: u32,
    /// How many of them stand around the innermost `finally`.
    pub finally: Option<u32>,
    /// Whether the expression that is checked next is a condition: then the names that its patterns bind stay in scope.
    pub is_condition: bool,
    /// Why nothing may touch the world here.
    pub pure: Option<Pure>,
    /// The branch that the body is.
    pub branch: Option<BranchKind>,
    /// Whether it is a branch, or stands in one.
    pub in_branch: bool,
    /// The innermost step whose undo needs its value: where the undo names it, and how many loops are around the step.
    pub kept_step: Option<(Span, u32)>,
}

impl BodyState {
    /// Gives the field paths of a local that are known not to be `none`.
    pub fn narrowed_fields(&self, local: LocalId) -> Vec<Vec<u32>> {
        self.narrowed.iter().filter(|path| path.local == local).map(|path| path.fields.clone()).collect()
    }

    /// Takes a local of the enclosing body into a lambda.
    pub fn take_captured(&mut self, name: SmolStr, local: Local, source: LocalId, narrowed: Vec<Vec<u32>>) -> LocalId {
        let id = LocalId(self.locals.len() as u32);
        self.locals.push(local);
        self.facts.push(LocalFacts { origin: Origin::Implied, used: true, captured: Some(source) });
        self.names.insert(name, id);
        self.narrowed.extend(narrowed.into_iter().map(|fields| FieldPath { local: id, fields }));
        id
    }
}

impl<'t> Checker<'t> {
    /// Checks everything that has a body.
    pub(super) fn check_bodies(&mut self) {
        for number in 0..self.consts.len() as u32 {
            self.const_type(number, None);
        }
        self.check_calendars();
        self.check_events();
        self.check_refined_conditions();
        self.declare_settings();
        self.declare_states();
        self.check_connections();
        self.check_fields();
        self.check_events_for_secrets();
        for number in 0..self.signatures.len() {
            self.check_parameter_conditions(number);
        }
        for number in 0..self.signatures.len() {
            self.check_function(number);
        }
        for number in 0..self.task_items.len() {
            self.check_task(number as u32);
        }
    }

    /// Begins a body of a unit.
    pub(super) fn begin(&mut self, unit: u32, generics: Rc<[SmolStr]>) {
        self.unit = unit;
        self.generics = generics;
        self.body = BodyState::default();
        self.outer.clear();
        self.inlined = 0;
        self.told_before = self.diagnostics.len();
    }

    /// Ends a body.
    pub(super) fn finish_body(&mut self, parameters: usize, value: Expr) -> Body {
        self.tell_unused_locals();
        let state = std::mem::take(&mut self.body);
        Body { file: self.current().file, locals: state.locals, parameters: parameters as u32, value }
    }

    fn check_refined_conditions(&mut self) {
        for number in 0..self.refined_items.len() {
            let item = self.refined_items[number];
            let ItemKind::Refined(refined) = &self.item(item).kind else { continue };
            self.unit = item.unit;
            if let Some(condition) = &refined.condition {
                let base = self.program.refined[number].base;
                self.program.refined[number].condition = Some(self.check_condition(item.unit, condition, base));
            }
        }
    }

    /// Checks `where …` over a value of a type.
    pub(super) fn check_condition(&mut self, unit: u32, condition: &'t tree::Expr, type_: Type) -> Condition {
        let before = (std::mem::take(&mut self.body), std::mem::take(&mut self.outer), self.unit);
        self.unit = unit;
        self.body.pure = Some(Pure::Condition);
        let it = self.push_local(SmolStr::new_static("it"), type_, Span::at(condition.span.start), Origin::Implied);
        self.bring_into_scope(SmolStr::new_static("it"), it);
        let value = self.check_expr(condition, Want::Type(Type::BOOL, Because::Nothing));
        let text = condition.span.text(&self.current().text).to_owned();
        let body = self.finish_body(1, value);
        (self.body, self.outer, self.unit) = before;
        Condition { body, text }
    }

    /// Checks the conditions and defaults of all fields.
    fn check_fields(&mut self) {
        for unit in 0..self.units.len() {
            for item in 0..self.units[unit].tree.items.len() {
                let at = ItemRef { unit: unit as u32, item: item as u32 };
                match &self.item(at).kind {
                    ItemKind::Record(record) | ItemKind::Event(record) => {
                        let id = self.declared_at(unit, &record.name);
                        if let Some(super::Definition::Record(id)) = id {
                            let checked = self.check_field_list(at, &record.fields, &record.generics);
                            self.keep_fields(checked, |program| &mut program.records[id.0 as usize].fields);
                        }
                    }
                    ItemKind::Enum(declared) => {
                        let id = self.declared_at(unit, &declared.name);
                        if let Some(super::Definition::Enum(id)) = id {
                            for (tag, case) in declared.cases.iter().enumerate() {
                                let checked = self.check_field_list(at, &case.fields, &declared.generics);
                                self.keep_fields(checked, |program| {
                                    &mut program.enums[id.0 as usize].cases[tag].fields
                                });
                            }
                        }
                    }
                    ItemKind::Use(_)
                    | ItemKind::Function(_)
                    | ItemKind::Task(_)
                    | ItemKind::Refined(_)
                    | ItemKind::Const(_)
                    | ItemKind::Setting(_)
                    | ItemKind::State(_)
                    | ItemKind::Secret(_)
                    | ItemKind::Calendar(_)
                    | ItemKind::ErrorKind { .. }
                    | ItemKind::Connection { .. }
                    | ItemKind::Agent { .. }
                    | ItemKind::Extend(_)
                    | ItemKind::Test { .. }
                    | ItemKind::Error => {}
                }
            }
        }
    }

    fn check_field_list(
        &mut self,
        at: ItemRef,
        fields: &'t [tree::Parameter],
        generics: &'t [tree::Name],
    ) -> Vec<(Option<Condition>, Option<String>)> {
        let mut checked = Vec::with_capacity(fields.len());
        for field in fields {
            if field.condition.is_none() && field.default.is_none() {
                checked.push((None, None));
                continue;
            }
            self.begin(at.unit, generics.iter().map(|name| name.text.clone()).collect());
            self.muted += 1;
            let type_ = self.resolve(&field.type_);
            self.muted -= 1;
            let condition = field.condition.as_ref().map(|condition| self.check_condition(at.unit, condition, type_));
            let default = field.default.as_ref().and_then(|default| {
                self.body.pure = Some(Pure::FieldDefault);
                let because = Because::Declared(self.place(field.type_.span));
                let value = self.check_expr(default, Want::Type(type_, because));
                let value = self.check_bounds(value, condition.as_ref(), default.span);
                super::bounds::json(&self.program, &value)
            });
            checked.push((condition, default));
        }
        checked
    }

    fn keep_fields(
        &mut self,
        checked: Vec<(Option<Condition>, Option<String>)>,
        fields: impl FnOnce(&mut ir::Program) -> &mut Vec<ir::Field>,
    ) {
        for (field, (condition, default)) in fields(&mut self.program).iter_mut().zip(checked) {
            field.condition = condition;
            field.default = default;
        }
    }

    fn check_function(&mut self, number: usize) {
        let signature: Rc<Signature<'t>> = self.signatures[number].clone();
        self.begin(signature.parameters.unit, signature.generics.clone());
        self.check_function_defaults(&signature);
        let FunctionBody::Block(block) = &signature.function.body else { return };
        self.begin(signature.parameters.unit, signature.generics.clone());
        if let Some(receiver) = signature.receiver {
            let name = SmolStr::new_static("self");
            let itself = self.push_local(name.clone(), receiver, signature.place.span, Origin::Implied);
            self.bring_into_scope(name, itself);
        }
        for (parameter, info) in signature.function.parameters.iter().zip(&signature.parameters.list) {
            if self.body.names.contains_key(&parameter.name.text) {
                self.push_local(parameter.name.text.clone(), info.type_, parameter.name.span, Origin::Implied);
            } else {
                self.declare_local(&parameter.name, info.type_, Origin::Parameter);
            }
        }
        let count = self.body.locals.len();
        let place = signature.function.result.as_ref().map(|result| self.place(result.span));
        let value = self.check_result(block, signature.result, place);
        let body = self.finish_body(count, value);
        self.program.functions[number].kind = FunctionKind::Body(body);
    }

    /// Checks `where …` at the parameters of a function.
    fn check_parameter_conditions(&mut self, number: usize) {
        let signature: Rc<Signature<'t>> = self.signatures[number].clone();
        let first = u32::from(signature.receiver.is_some());
        for (at, parameter) in (first..).zip(&signature.function.parameters) {
            let Some(condition) = &parameter.condition else { continue };
            self.begin(signature.parameters.unit, signature.generics.clone());
            if let FunctionBody::Extern { .. } = signature.function.body {
                let message = "a native function checks its parameters itself".to_owned();
                self.report(Diagnostic::new(Code::Misplaced, self.place(condition.span), message));
                continue;
            }
            let type_ = signature.parameters.list[(at - first) as usize].type_;
            let checked = self.check_condition(signature.parameters.unit, condition, type_);
            self.program.functions[number].conditions.push((at, checked));
        }
    }

    fn check_function_defaults(&mut self, signature: &Signature<'t>) {
        for (parameter, info) in signature.function.parameters.iter().zip(&signature.parameters.list) {
            if let Some(default) = &parameter.default {
                let because = Because::Declared(self.place(parameter.type_.span));
                self.check_expr(default, Want::Type(info.type_, because));
            }
        }
    }

    /// Checks a block as the whole of a body.
    fn check_result(&mut self, block: &'t tree::Block, result: Type, place: Option<diagnostics::Place>) -> Expr {
        let want = match result {
            Type::NOTHING => Want::Dropped,
            type_ => Want::Type(type_, place.map_or(Because::Nothing, Because::Result)),
        };
        self.body.result = Some(want);
        let value = self.block(block, want);
        match want {
            Want::Dropped | Want::Any => value,
            Want::Type(type_, because) => self.convert_block(value, type_, because, block),
        }
    }

    /// Converts the value of a body's block; one that ends without a value is told at its end.
    fn convert_block(&mut self, value: Expr, type_: Type, because: Because, block: &tree::Block) -> Expr {
        if value.type_ == Type::NOTHING && type_ != Type::ERROR {
            let end = Span::new(block.span.end.saturating_sub(1), block.span.end);
            let message = format!("the body ends without a value, where `{}` is expected", self.name(type_));
            let mut diagnostic = Diagnostic::new(Code::MissingValue, self.place(end), message);
            if let Because::Result(place) = because {
                diagnostic = diagnostic.also(place, "the result is declared here");
            }
            self.report(diagnostic.help("end it with an expression, `return` or `fail`"));
            return self.error(block.span);
        }
        self.convert(value, type_, because)
    }

    fn check_task(&mut self, number: u32) {
        let at = self.task_items[number as usize];
        let item = self.item(at);
        let ItemKind::Task(task) = &item.kind else { return };
        self.begin(at.unit, Rc::from([]));
        let TaskSignature { parameters, result, result_place } = self.tasks[number as usize].clone();
        for (parameter, info) in task.parameters.iter().zip(&parameters.list) {
            self.push_local(parameter.name.text.clone(), info.type_, parameter.name.span, Origin::Parameter);
        }
        let mut made = Vec::with_capacity(task.parameters.len());
        for (number, (parameter, info)) in task.parameters.iter().zip(&parameters.list).enumerate() {
            made.push(self.check_task_parameter(parameter, info.type_));
            let local = LocalId(number as u32);
            if !self.body.names.contains_key(&parameter.name.text) {
                self.bring_into_scope(parameter.name.text.clone(), local);
            }
            if !self.current().library {
                let target = crate::index::Target::Local(parameter.name.span, info.type_);
                self.index.add(self.place(parameter.name.span), target);
            }
        }
        if let Some(written) = &task.result {
            self.expect_no_secret(result, written.span, "the result of a task");
        }
        let value = self.check_result(&task.body, result, result_place);
        let ensures = self.ensures(task, result);
        self.use_keys(task);
        let body = self.finish_body(task.parameters.len(), value);
        self.program.tasks.push(ir::Task {
            name: task.name.text.to_string(),
            doc: item.doc.clone().unwrap_or_default(),
            place: self.place(task.name.span),
            parameters: made,
            result,
            body,
            schedules: Vec::new(),
            needs: Vec::new(),
            timeout: None,
            triggers: Vec::new(),
            clauses: bytecode::Clauses::default(),
            keys: ir::Keys::default(),
            ensures,
        });
    }

    fn check_task_parameter(&mut self, parameter: &'t tree::Parameter, type_: Type) -> ir::TaskParameter {
        if matches!(self.kind(type_), TypeKind::Function(..)) {
            let message = format!("a task cannot take a `{}`: it has no form outside", self.name(type_));
            self.report(Diagnostic::new(Code::NoForm, self.place(parameter.type_.span), message));
        }
        self.expect_no_secret(type_, parameter.type_.span, "a parameter of a task");
        let condition = parameter.condition.as_ref().map(|condition| self.check_condition(self.unit, condition, type_));
        let default = parameter.default.as_ref().map(|default| {
            let because = Because::Declared(self.place(parameter.type_.span));
            let value = self.check_expr(default, Want::Type(type_, because));
            self.check_bounds(value, condition.as_ref(), default.span)
        });
        let text = &self.current().text;
        ir::TaskParameter {
            name: parameter.name.text.to_string(),
            doc: parameter.doc.clone().unwrap_or_default(),
            type_,
            default,
            default_text: parameter.default.as_ref().map_or("", |default| default.span.text(text)).to_owned(),
            condition,
            choices: None,
        }
    }

    /// Makes an expression of the current body.
    pub(super) fn make(&self, kind: ExprKind, type_: Type, span: Span) -> Expr {
        Expr { kind, type_, span: self.override_span.unwrap_or(span) }
    }

    /// Makes what stands for an expression that was told to be wrong.
    pub(super) fn error(&self, span: Span) -> Expr {
        self.make(ExprKind::Nothing, Type::ERROR, span)
    }
}
