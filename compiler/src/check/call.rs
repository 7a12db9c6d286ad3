//! Calls: of functions, constructors, cases, function values and methods.

use super::{
    Checker, Definition, argument,
    infer::Bindings,
    report::{self, Because, Want},
};
use crate::ir::{Expr, ExprKind, FunctionId, RecordId, RefinedId, Type, TypeKind};
use diagnostics::{Code, Diagnostic, Span};
use grammar::tree::{self, Argument, ExprKind as Tree};

impl<'t> Checker<'t> {
    /// Checks a call.
    pub(super) fn call(&mut self, function: &'t tree::Expr, given: &'t [Argument], span: Span, want: Want) -> Expr {
        if let Tree::Field { value, name, optional } = &*function.kind {
            match self.path_head(value) {
                Some((head, Definition::Module(unit))) => {
                    self.note_use(head.span, Definition::Module(unit));
                    return self.call_in_module(unit, name, given, span, want);
                }
                Some((head, Definition::Enum(id))) => {
                    self.note_use(head.span, Definition::Enum(id));
                    return self.case_of(id, name, Some(given), span, want);
                }
                Some(_) | None => {}
            }
            if let Some(id) = self.qualified_enum(value) {
                return self.case_of(id, name, Some(given), span, want);
            }
            return self.method_call(value, name, *optional, given, span, want);
        }
        match self.path_head(function) {
            Some((name, definition)) => self.call_definition(name, definition, given, span, want),
            None => {
                if let Tree::Name(name) = &*function.kind
                    && self.find_local(&name.text).is_none()
                {
                    if name.text == "secret" {
                        return self.secret_of_value(given, span);
                    }
                    self.unknown_name(name);
                    self.check_arguments_alone(given);
                    return self.error(span);
                }
                let function = self.check_expr(function, Want::Any);
                self.call_value(function, given, span)
            }
        }
    }

    fn call_in_module(
        &mut self,
        unit: u32,
        name: &'t tree::Name,
        given: &'t [Argument],
        span: Span,
        want: Want,
    ) -> Expr {
        match self.modules[unit as usize].names.get(&name.text).map(|known| known.0) {
            Some(definition) => self.call_definition(name, definition, given, span, want),
            None => {
                self.unknown_item(name, unit);
                self.check_arguments_alone(given);
                self.error(span)
            }
        }
    }

    fn call_definition(
        &mut self,
        name: &'t tree::Name,
        definition: Definition,
        given: &'t [Argument],
        span: Span,
        want: Want,
    ) -> Expr {
        self.note_use(name.span, definition);
        match definition {
            Definition::Function(id) => self.call_function(id, name, given, span, want),
            Definition::Record(id) => self.construct(id, name, given, span, want),
            Definition::Refined(id) => self.refine(id, name, given, span),
            Definition::Const(_)
            | Definition::State(_)
            | Definition::Setting(_)
            | Definition::Connection(_)
            | Definition::Calendar(_) => {
                let value = self.definition_value(name, definition, name.span, Want::Any);
                self.call_value(value, given, span)
            }
            Definition::Task(_) => {
                let message = format!("`{}` is a task, and runs as a run of its own", name.text);
                let diagnostic = Diagnostic::new(Code::NotCallable, self.place(name.span), message);
                let help =
                    format!("write `call {}(…)` to wait for it, `start {}(…)` to leave it alone", name.text, name.text);
                let diagnostic = diagnostic.help(help);
                self.report(diagnostic.safe_fix("write `call`", self.place(Span::at(span.start)), "call "));
                self.check_arguments_alone(given);
                self.error(span)
            }
            Definition::Agent(_) => {
                self.check_arguments_alone(given);
                self.error(span)
            }
            Definition::Enum(_) | Definition::Module(_) | Definition::ErrorKind(_) | Definition::Secret(..) => {
                let message = format!("`{}` is {} and cannot be called", name.text, report::definition(definition));
                let mut diagnostic = Diagnostic::new(Code::NotCallable, self.place(name.span), message);
                if let Definition::Module(unit) = definition
                    && self.modules[unit as usize].names.contains_key("parse")
                {
                    let module = &name.text;
                    let help = match module.as_str() {
                        "int" | "float" | "decimal" => {
                            format!("`{module}.parse(text)` reads one from text, `.to_{module}()` converts a number")
                        }
                        _other => format!("`{module}.parse(text)` reads one from text"),
                    };
                    diagnostic = diagnostic.help(help);
                }
                self.report(diagnostic);
                self.check_arguments_alone(given);
                self.error(span)
            }
        }
    }

    fn call_function(
        &mut self,
        id: FunctionId,
        name: &'t tree::Name,
        given: &'t [Argument],
        span: Span,
        want: Want,
    ) -> Expr {
        let signature = self.signatures[id.0 as usize].clone();
        self.pure_call(id, &name.text, name.span);
        let mut bindings = self.bindings(signature.parameters.generics);
        self.infer_from_want(signature.result, want, &mut bindings);
        let what = format!("`{}`", name.text);
        let arguments = self.arguments(&signature.parameters, given, &mut bindings, &what, span);
        self.infer_from_wanted_whole(signature.result, want, &mut bindings);
        let type_arguments = self.close_bindings(&mut bindings, &what, span);
        self.expect_demands(id, &type_arguments, span);
        let type_ = self.apply(signature.result, &bindings);
        let pure = signature.pure;
        self.tell_broken_conditions(id, &arguments);
        self.in_written_order(&signature.parameters, given, None, arguments, span, |checker, arguments| {
            let call = checker.make(ExprKind::Call { function: id, type_arguments, arguments }, type_, span);
            checker.deferred(call, pure)
        })
    }

    /// Tells where a known argument does not meet the condition of its parameter.
    pub(super) fn tell_broken_conditions(&mut self, id: FunctionId, arguments: &[Expr]) {
        let conditions = &self.program.functions[id.0 as usize].conditions;
        let first = arguments.len().abs_diff(self.program.functions[id.0 as usize].parameters.len());
        let broken: Vec<(Span, String)> = conditions
            .iter()
            .filter_map(|(at, condition)| {
                let value = arguments.get((*at as usize).checked_sub(first)?)?;
                let broken = super::bounds::meets(&self.program, condition, value) == Some(false);
                broken.then(|| (value.span, condition.text.clone()))
            })
            .collect();
        for (span, rule) in broken {
            let message = format!("the value does not meet the condition of its parameter: `{rule}`");
            self.report(Diagnostic::new(Code::ConditionBroken, self.place(span), message));
        }
    }

    /// Takes what the expected type says about a generic result, where nothing else will: its own parts, not an
    /// optional around it.
    pub(super) fn infer_from_want(&mut self, result: Type, want: Want, bindings: &mut Bindings) {
        if let Want::Type(type_, _) = want
            && !matches!(self.kind(result), TypeKind::Parameter(_))
            && !self.has_hole(type_)
            && !matches!(self.kind(type_), TypeKind::Json)
        {
            self.infer(result, type_, bindings);
        }
    }

    /// The same for a result that is a type parameter itself, after the arguments were asked.
    pub(super) fn infer_from_wanted_whole(&mut self, result: Type, want: Want, bindings: &mut Bindings) {
        if let Want::Type(type_, _) = want
            && matches!(self.kind(result), TypeKind::Parameter(_))
            && !self.has_hole(type_)
        {
            self.infer(result, type_, bindings);
        }
    }

    /// Checks `Record(field: value)`.
    fn construct(&mut self, id: RecordId, name: &'t tree::Name, given: &'t [Argument], span: Span, want: Want) -> Expr {
        let parameters = self.records[id.0 as usize].clone();
        let generics = self.program.records[id.0 as usize].generics;
        let list = (0..generics).map(|at| self.program.types.intern(TypeKind::Parameter(at))).collect();
        let itself = self.program.types.intern(TypeKind::Record(id, list));
        let mut bindings = self.bindings(generics);
        self.infer_from_want(itself, want, &mut bindings);
        if let Some(positional) = given.iter().find(|argument| argument.name.is_none()) {
            let message = format!("the fields of a `{}` are given by name", name.text);
            let mut diagnostic = Diagnostic::new(Code::PositionalField, self.place(positional.value.span), message);
            if given.len() <= parameters.list.len() && given.iter().all(|argument| argument.name.is_none()) {
                let fix = diagnostics::Fix {
                    title: "write the names".to_owned(),
                    safe: true,
                    edits: given
                        .iter()
                        .zip(&parameters.list)
                        .map(|(argument, field)| diagnostics::Edit {
                            place: self.place(Span::at(argument.value.span.start)),
                            text: format!("{}: ", field.name),
                        })
                        .collect(),
                };
                diagnostic = diagnostic.fix(fix);
            }
            self.report(diagnostic);
        }
        let what = format!("`{}`", name.text);
        let fields = self.arguments(&parameters, given, &mut bindings, &what, span);
        self.close_bindings(&mut bindings, &what, span);
        let type_ = self.apply(itself, &bindings);
        let order = argument::evaluation_order(&parameters, given);
        let fields = self.check_field_conditions(id, fields);
        self.make(ExprKind::Record { fields, order }, type_, span)
    }

    /// Tells where a known value does not meet the condition of its field.
    fn check_field_conditions(&mut self, id: RecordId, fields: Vec<Expr>) -> Vec<Expr> {
        for (at, value) in fields.iter().enumerate() {
            let Some(condition) = self.program.records[id.0 as usize].fields.get(at).and_then(|f| f.condition.as_ref())
            else {
                continue;
            };
            if super::bounds::meets(&self.program, condition, value) == Some(false) {
                let message = format!("the value does not meet the condition of its field: `{}`", condition.text);
                self.report(Diagnostic::new(Code::ConditionBroken, self.place(value.span), message));
            }
        }
        fields
    }

    /// Checks `Percent(n)`.
    fn refine(&mut self, id: RefinedId, name: &'t tree::Name, given: &'t [Argument], span: Span) -> Expr {
        let type_ = self.program.types.intern(TypeKind::Refined(id));
        let [argument] = given else {
            let message = format!("`{}` takes 1 argument, found {}", name.text, given.len());
            self.report(Diagnostic::new(Code::TooManyArguments, self.place(span), message));
            self.check_arguments_alone(given);
            return self.error(span);
        };
        let base = self.program.refined[id.0 as usize].base;
        let value = self.check_expr(&argument.value, Want::Type(base, Because::Nothing));
        if value.type_ == Type::ERROR {
            return self.error(span);
        }
        let value = self.built(value, id);
        let refined = self.make(ExprKind::Refine { refined: id, value: Box::new(value) }, type_, span);
        if super::bounds::refines(&self.program, &refined) == Some(false) {
            let message = format!("this value is no `{}`: {} does not hold", name.text, self.condition_text(id));
            self.report(Diagnostic::new(Code::ConditionBroken, self.place(argument.value.span), message));
        }
        refined
    }

    /// Checks a call of a value.
    pub(super) fn call_value(&mut self, function: Expr, given: &'t [Argument], span: Span) -> Expr {
        let (parameters, result) = match self.kind(function.type_).clone() {
            TypeKind::Function(parameters, result) => (parameters, result),
            TypeKind::Error => {
                self.check_arguments_alone(given);
                return self.error(span);
            }
            _ => {
                let message = format!("a `{}` cannot be called", self.name(function.type_));
                self.report(Diagnostic::new(Code::NotCallable, self.place(function.span), message));
                self.check_arguments_alone(given);
                return self.error(span);
            }
        };
        self.touches("a function value", span);
        if parameters.len() != given.len() {
            let takes = Self::count(parameters.len(), "argument");
            let message = format!("this function takes {takes}, found {}", given.len());
            self.report(Diagnostic::new(Code::TooManyArguments, self.place(span), message));
        }
        let mut arguments = Vec::with_capacity(given.len());
        for (at, argument) in given.iter().enumerate() {
            if let Some(name) = &argument.name {
                let message = "the parameters of a function value have no names".to_owned();
                self.report(Diagnostic::new(Code::UnknownArgument, self.place(name.span), message));
            }
            let want = parameters.get(at).map_or(Want::Any, |type_| Want::Type(*type_, Because::Nothing));
            arguments.push(self.check_expr(&argument.value, want));
        }
        if parameters.len() != arguments.len() {
            return self.error(span);
        }
        self.make(ExprKind::CallValue { function: Box::new(function), arguments }, result, span)
    }
}
