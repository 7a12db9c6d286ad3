//! Triggers that are no schedules: what they bind, and the arguments that they give.
//!
//! `where`, `with` and `key` are bodies of one parameter, which is what happened. Without `with` the fields of an event
//! become arguments by name here; those of a request do when it comes.

use super::{
    Checker, Definition,
    local::Origin,
    purity::Pure,
    report::{Because, Want},
};
use crate::index::Target;
use crate::ir::{self, Body, Expr, ExprKind, LocalId, Type, TypeKind};
use bytecode::{Cause, Verify};
use diagnostics::{Code, Diagnostic, Span};
use grammar::tree::{self, ItemKind, Trigger, TriggerBinding};
use smol_str::SmolStr;
use std::rc::Rc;

impl<'t> Checker<'t> {
    /// Checks a trigger of a task.
    pub(super) fn trigger_of(
        &mut self,
        task: usize,
        tree: &'t tree::Task,
        trigger: &'t Trigger,
    ) -> Option<ir::Trigger> {
        let (cause, type_, binding, span) = match trigger {
            Trigger::Schedule(_) => return None,
            Trigger::Event { event, binding } => {
                let record = self.event_named(event)?;
                let type_ = self.program.types.intern(TypeKind::Record(record, Vec::new()));
                (Cause::Event(self.event_name(record)), type_, binding, event.span)
            }
            Trigger::Success { task: path, binding } => {
                let (name, type_) = self.followed(path)?;
                if name == tree.name.text {
                    self.tell_follows_itself(&name, path.span);
                }
                (Cause::Success(name), type_, binding, path.span)
            }
            Trigger::Failure { task: path, binding } => {
                let (name, type_) = self.followed(path)?;
                if name == tree.name.text {
                    self.tell_follows_itself(&name, path.span);
                }
                (Cause::Failure(name), type_, binding, path.span)
            }
            Trigger::Webhook { path, verify, binding } => {
                if !path.text.starts_with('/') {
                    let message = "the path of a webhook begins with `/`".to_owned();
                    self.report(Diagnostic::new(Code::OperandBounds, self.place(path.span), message));
                }
                self.expect_free_path(path);
                let verify = self.verify(verify)?;
                let type_ = self.of_prelude("Request")?;
                (Cause::Webhook { path: path.text.clone(), verify }, type_, binding, path.span)
            }
            Trigger::File { glob, binding } => {
                if glob.text.trim().is_empty() {
                    let message = "an empty pattern fits no file".to_owned();
                    self.report(Diagnostic::new(Code::OperandBounds, self.place(glob.span), message));
                }
                (Cause::File(glob.text.clone()), self.of_prelude("FileChange")?, binding, glob.span)
            }
        };
        let condition = binding.condition.as_ref().map(|condition| {
            self.over_cause(binding, type_, Pure::Trigger, condition.span, |checker, _| checker.condition(condition))
        });
        let key = binding.key.as_ref().map(|key| {
            self.over_cause(binding, type_, Pure::Trigger, key.span, |checker, _| {
                checker.check_expr(key, Want::Type(Type::STRING, Because::Nothing))
            })
        });
        let arguments = match (&binding.arguments, &cause) {
            (Some(given), _) => Some(self.over_cause(binding, type_, Pure::Arguments, span, |checker, _| {
                checker.start_arguments(task, given, span)
            })),
            (None, Cause::Event(_)) => self.event_arguments(task, tree, type_, span),
            (None, Cause::Webhook { .. }) => None,
            (None, Cause::Success(_) | Cause::Failure(_) | Cause::File(_)) => {
                self.expect_defaults(task, tree, span, &|_| false);
                None
            }
        };
        Some(ir::Trigger { cause, condition, arguments, key })
    }

    /// Tells of a task that would start itself again whenever it ends, for ever.
    fn tell_follows_itself(&mut self, name: &str, span: Span) {
        let message = format!("`{name}` would be started by its own end, again and again");
        let diagnostic = Diagnostic::new(Code::OperandBounds, self.place(span), message);
        let help = "try again with `retry`, or repeat with `on every …`; what follows another task names that task";
        self.report(diagnostic.label("this task itself").help(help));
    }

    /// Tells of a path that another webhook of the project has: a request starts one task.
    fn expect_free_path(&mut self, path: &tree::StringText) {
        let place = self.place(path.span);
        let Some(first) = self.webhooks.insert(path.text.clone(), place).filter(|first| *first != place) else {
            return;
        };
        let message = format!("the path `{}` has a webhook already", path.text);
        let diagnostic = Diagnostic::new(Code::DuplicateClause, place, message).also(first, "the first one");
        self.report(diagnostic.label("the second one").help("give each webhook a path of its own"));
    }

    fn of_prelude(&mut self, name: &str) -> Option<Type> {
        let Some(Definition::Record(record)) = self.prelude.get(name).copied() else { return None };
        Some(self.program.types.intern(TypeKind::Record(record, Vec::new())))
    }

    /// Gives the name of a task that is followed, and the type of its runs.
    fn followed(&mut self, path: &'t tree::Path) -> Option<(String, Type)> {
        let task = self.task_named(path)?;
        let type_ = self.run_type(self.tasks[task as usize].result)?;
        let ItemKind::Task(tree) = &self.item(self.task_items[task as usize]).kind else { return None };
        Some((tree.name.text.to_string(), type_))
    }

    fn verify(&mut self, verify: &'t tree::Verify) -> Option<Verify> {
        Some(match verify {
            tree::Verify::Nothing => Verify::Nothing,
            tree::Verify::Bearer(secret) => Verify::Bearer(self.secret_named(secret)?),
            tree::Verify::Hmac { secret, header } => Verify::Hmac {
                secret: self.secret_named(secret)?,
                header: header.as_ref().map(|header| header.text.clone()),
            },
        })
    }

    /// Finds the secret of a name, or tells.
    fn secret_named(&mut self, name: &'t tree::Name) -> Option<String> {
        let found = self.lookup(&name.text).and_then(|definition| {
            let Some(Target::Item(item)) = self.target_of(definition) else { return None };
            matches!(self.item(item).kind, ItemKind::Secret(_)).then_some(definition)
        });
        match found {
            Some(definition) => {
                self.note_use(name.span, definition);
                Some(name.text.to_string())
            }
            None => {
                let message = format!("there is no secret `{}`", name.text);
                let diagnostic = Diagnostic::new(Code::UnknownName, self.place(name.span), message);
                self.report(diagnostic.help(format!("declare it: `secret {}`", name.text)));
                None
            }
        }
    }

    /// Checks a body over what happened.
    fn over_cause(
        &mut self,
        binding: &'t TriggerBinding,
        type_: Type,
        pure: Pure,
        span: Span,
        value: impl FnOnce(&mut Self, LocalId) -> Expr,
    ) -> Body {
        self.begin(self.unit, Rc::from([]));
        self.body.pure = Some(pure);
        let name = binding.name.as_ref();
        let text = name.map_or_else(SmolStr::default, |name| name.text.clone());
        let local = self.push_local(text.clone(), type_, name.map_or(span, |name| name.span), Origin::Implied);
        if name.is_some() {
            self.bring_into_scope(text, local);
        }
        let value = value(self, local);
        let body = self.finish_body(1, value);
        self.begin(self.unit, Rc::from([]));
        body
    }

    /// Checks `with (…)`.
    fn start_arguments(&mut self, task: usize, given: &'t [tree::Argument], span: Span) -> Expr {
        for argument in given.iter().filter(|argument| argument.name.is_none()) {
            let message = "an argument of a trigger is given by its name".to_owned();
            let diagnostic = Diagnostic::new(Code::StartArgument, self.place(argument.value.span), message);
            self.report(diagnostic.help("write `with (name: value)`"));
        }
        let parameters = self.tasks[task].parameters.clone();
        let what = format!("`{}`", self.program.tasks[task].name);
        let values = self.task_values(task as u32, &parameters, given, &what, span);
        self.task_arguments(task, values, span)
    }

    fn task_arguments(&mut self, task: usize, values: Vec<Option<Expr>>, span: Span) -> Expr {
        let inner = self.list_of(Type::STRING);
        let type_ = self.list_of(inner);
        self.make(ExprKind::TaskArguments { task: task as u32, values }, type_, span)
    }

    /// Gives the fields of an event to the parameters of their names.
    fn event_arguments(&mut self, task: usize, tree: &'t tree::Task, event: Type, span: Span) -> Option<Body> {
        let TypeKind::Record(record, _) = self.kind(event).clone() else { return None };
        let fields: Vec<(String, Type)> = self.program.records[record.0 as usize]
            .fields
            .iter()
            .map(|field| (field.name.clone(), field.type_))
            .collect();
        self.expect_defaults(task, tree, span, &|name| fields.iter().any(|(field, _)| field == name));
        let parameters = self.tasks[task].parameters.clone();
        for (field, _) in &fields {
            if !parameters.list.iter().any(|parameter| parameter.name == field.as_str()) {
                let name = &self.program.tasks[task].name;
                let message = format!("the task `{name}` has no parameter for the field `{field}` of the event");
                let diagnostic = Diagnostic::new(Code::StartArgument, self.place(span), message);
                self.report(diagnostic.help("say what it is given: `with (name: e.field)`"));
            }
        }
        let before = self.diagnostics.len();
        self.begin(self.unit, Rc::from([]));
        let local = self.push_local(SmolStr::default(), event, span, Origin::Implied);
        let mut values = Vec::with_capacity(parameters.list.len());
        for parameter in &parameters.list {
            let found = fields.iter().position(|(field, _)| parameter.name == field.as_str());
            values.push(match found {
                Some(at) => {
                    let value = Box::new(self.make(ExprKind::Local(local), event, span));
                    let field = self.make(ExprKind::Field { value, field: at as u32 }, fields[at].1, span);
                    Some(self.convert(field, parameter.type_, Because::Parameter(parameter.place)))
                }
                None if parameter.default.is_none() => Some(self.make(ExprKind::None, parameter.type_, span)),
                None => None,
            });
        }
        let value = self.task_arguments(task, values, span);
        let body = self.finish_body(1, value);
        self.begin(self.unit, Rc::from([]));
        (self.diagnostics.len() == before).then_some(body)
    }

    /// Tells of parameters that are left without a value.
    fn expect_defaults(&mut self, task: usize, tree: &'t tree::Task, span: Span, given: &dyn Fn(&str) -> bool) {
        let signature = self.tasks[task].parameters.clone();
        let missing: Vec<&tree::Name> = tree
            .parameters
            .iter()
            .zip(&signature.list)
            .filter(|(written, info)| {
                written.default.is_none() && self.inside_optional(info.type_).is_none() && !given(&written.name.text)
            })
            .map(|(written, _)| &written.name)
            .collect();
        let Some(first) = missing.first() else { return };
        let names: Vec<String> = missing.iter().map(|name| format!("`{}`", name.text)).collect();
        let task = &self.program.tasks[task].name;
        let message = format!("the trigger leaves {} of `{task}` without a value", names.join(", "));
        let mut diagnostic = Diagnostic::new(Code::MissingStartArgument, self.place(span), message);
        for name in &missing {
            diagnostic = diagnostic.also(self.place(name.span), "has no default");
        }
        let help = format!("say what it is given: `with ({}: …)`, or give a default", first.text);
        self.report(diagnostic.help(help));
    }
}
