//! Arguments: by position and by name to the parameters, with types inferred and defaults filled in.

use super::{
    Checker, ParameterInfo, Parameters, foreign,
    infer::Bindings,
    items::ByName,
    report::{Because, Want},
};
use crate::ir::{Expr, ExprKind, Statement, Type, TypeKind};
use crate::walk::parts;
use diagnostics::{Code, Diagnostic, Span};
use grammar::tree::{self, Argument, ExprKind as Tree};

impl<'t> Checker<'t> {
    /// Checks the arguments of a call; gives one value per parameter. What is wrong is told and has the error type.
    pub(super) fn arguments(
        &mut self,
        parameters: &Parameters<'t>,
        given: &'t [Argument],
        bindings: &mut Bindings,
        what: &str,
        span: Span,
    ) -> Vec<Expr> {
        let list = &parameters.list;
        let values = self.values(list, given, bindings, what, span);
        self.tell_missing(list, &values, given, what, span);
        let mut made = Vec::with_capacity(list.len());
        for (parameter, value) in list.iter().zip(values) {
            let wanted = self.apply(parameter.type_, bindings);
            made.push(match (value, parameter.default) {
                (Some(value), _) if self.has_hole(wanted) => value,
                (Some(value), _) => self.convert(value, wanted, Because::Parameter(parameter.place)),
                (None, Some(default)) => self.inline(parameters.unit, default, wanted, span),
                (None, None) => self.error(span),
            });
        }
        made
    }

    /// Checks the arguments of a task: one value per parameter, `None` where none is given. One without a default must
    /// be, unless it may be `none`.
    pub(super) fn given_values(
        &mut self,
        parameters: &Parameters<'t>,
        given: &'t [Argument],
        what: &str,
        span: Span,
    ) -> Vec<Option<Expr>> {
        let mut bindings = self.bindings(0);
        let values = self.values(&parameters.list, given, &mut bindings, what, span);
        let must: Vec<bool> = parameters.list.iter().map(|each| self.inside_optional(each.type_).is_none()).collect();
        let (list, found): (Vec<_>, Vec<_>) = parameters
            .list
            .iter()
            .zip(&values)
            .zip(must)
            .filter(|(_, must)| *must)
            .map(|((parameter, value), _)| (parameter.clone(), value.clone()))
            .unzip();
        self.tell_missing(&list, &found, given, what, span);
        values
    }

    fn values(
        &mut self,
        list: &[ParameterInfo<'t>],
        given: &'t [Argument],
        bindings: &mut Bindings,
        what: &str,
        span: Span,
    ) -> Vec<Option<Expr>> {
        let (slots, extra) = self.assign_slots(list, given, what);
        let mut values: Vec<Option<Expr>> = list.iter().map(|_| None).collect();
        for lambdas in [false, true] {
            for (at, slot) in slots.iter().enumerate() {
                let Some(argument) = slot.map(|number| &given[number]) else { continue };
                if is_lambda(&argument.value) == lambdas {
                    values[at] = Some(self.argument(&list[at], argument, bindings));
                }
            }
        }
        if let (Some(last), false) = (values.last_mut(), extra.is_empty()) {
            *last = Some(self.named_fields(&extra, given, span));
        }
        values
    }

    /// Gives a call whose arguments are evaluated as they are written: where names turn their order round, and that can
    /// be told from outside, each is put into a local of its own first.
    pub(super) fn in_written_order(
        &mut self,
        parameters: &Parameters<'t>,
        given: &'t [Argument],
        receiver: Option<Expr>,
        mut values: Vec<Expr>,
        span: Span,
        call: impl FnOnce(&mut Self, Vec<Expr>) -> Expr,
    ) -> Expr {
        let order = evaluation_order(parameters, given);
        let turned = !order.iter().take(given.len()).is_sorted();
        let told = turned && values.iter().filter(|value| may_be_told(value)).count() > 0;
        let mut statements = Vec::new();
        let mut receiver = receiver;
        if told {
            if let Some(value) = receiver.take() {
                receiver = Some(self.kept(value, &mut statements));
            }
            for at in order {
                let slot = &mut values[at as usize];
                let value = std::mem::replace(slot, Expr { kind: ExprKind::Nothing, type_: Type::ERROR, span });
                *slot = self.kept(value, &mut statements);
            }
        }
        values.splice(0..0, receiver);
        let value = call(self, values);
        if statements.is_empty() {
            return value;
        }
        let type_ = value.type_;
        self.make(ExprKind::Block { statements, value: Some(Box::new(value)) }, type_, span)
    }

    /// Puts a value into a local, unless it is the same whenever it is asked.
    fn kept(&mut self, value: Expr, statements: &mut Vec<Statement>) -> Expr {
        let is_fixed = matches!(
            value.kind,
            ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Bool(_) | ExprKind::String(_) | ExprKind::None
        );
        if is_fixed || matches!(value.type_, Type::ERROR | Type::NEVER | Type::NOTHING) {
            return value;
        }
        if let ExprKind::Disclose(inner) = value.kind {
            let inner = self.kept(*inner, statements);
            return Expr { kind: ExprKind::Disclose(Box::new(inner)), type_: value.type_, span: value.span };
        }
        let (type_, span) = (value.type_, value.span);
        let local = self.hidden_local(type_, span);
        statements.push(Statement::Let { local, value });
        Expr { kind: ExprKind::Local(local), type_, span }
    }

    fn argument(&mut self, parameter: &ParameterInfo<'t>, argument: &'t Argument, bindings: &mut Bindings) -> Expr {
        let hint = self.apply(parameter.type_, bindings);
        let because = Because::Parameter(parameter.place);
        let value = self.check_expr(&argument.value, Want::Type(hint, because));
        self.infer(parameter.type_, value.type_, bindings);
        value
    }

    /// Says which argument goes to which parameter, and which go to the `fields` of a log entry.
    fn assign_slots(
        &mut self,
        list: &[ParameterInfo<'t>],
        given: &'t [Argument],
        what: &str,
    ) -> (Vec<Option<usize>>, Vec<usize>) {
        let mut slots: Vec<Option<usize>> = vec![None; list.len()];
        let mut extra = Vec::new();
        let takes_fields = self.takes_fields(list);
        let by_name = ByName::new(list);
        let mut next = 0;
        for (number, argument) in given.iter().enumerate() {
            let at = match &argument.name {
                None => {
                    next += 1;
                    if next > list.len() {
                        self.tell_too_many(list.len(), given, number, what);
                        self.check_arguments_alone(&given[number..]);
                        break;
                    }
                    next - 1
                }
                Some(name) => match by_name.find(&name.text) {
                    Some(at) => {
                        self.note_argument(name, list[at].place);
                        at
                    }
                    None if takes_fields => {
                        extra.push(number);
                        continue;
                    }
                    None => match self.unknown_argument(list, given, name, what) {
                        Some(meant) => meant,
                        None => {
                            self.check_arguments_alone(std::slice::from_ref(argument));
                            continue;
                        }
                    },
                },
            };
            if slots[at].is_some() {
                let span = argument.name.as_ref().map_or(argument.value.span, |name| name.span);
                let message = format!("`{}` of {what} is given twice", list[at].name);
                self.report(Diagnostic::new(Code::DuplicateArgument, self.place(span), message));
                self.check_expr(&argument.value, Want::Any);
                continue;
            }
            slots[at] = Some(number);
        }
        (slots, extra)
    }

    fn note_argument(&mut self, name: &tree::Name, declared: diagnostics::Place) {
        if self.muted == 0 && !self.current().library && declared.file == self.current().file {
            let target = crate::index::Target::Local(declared.span, Type::NOTHING);
            self.index.add(self.place(name.span), target);
        }
    }

    /// Says whether unknown names become fields: the library's `log` functions end with `fields: map<string, json>`.
    fn takes_fields(&self, list: &[ParameterInfo<'t>]) -> bool {
        list.last().is_some_and(|last| {
            last.name == "fields"
                && matches!(self.kind(last.type_), TypeKind::Map(Type::STRING, Type::JSON))
                && self.units.iter().any(|unit| unit.library && unit.file == last.place.file)
        })
    }

    fn named_fields(&mut self, extra: &[usize], given: &'t [Argument], span: Span) -> Expr {
        let mut entries = Vec::with_capacity(extra.len());
        for number in extra {
            let argument = &given[*number];
            if let Some(name) = &argument.name {
                let key = self.make(ExprKind::String(name.text.to_string()), Type::STRING, name.span);
                entries.push((key, self.check_expr(&argument.value, Want::Type(Type::JSON, Because::Nothing))));
            }
        }
        let type_ = self.program.types.intern(TypeKind::Map(Type::STRING, Type::JSON));
        self.make(ExprKind::Map(entries), type_, span)
    }

    fn tell_too_many(&mut self, takes: usize, given: &[Argument], number: usize, what: &str) {
        let count = given.iter().filter(|argument| argument.name.is_none()).count();
        let message = format!("{what} takes {}, found {count}", Self::count(takes, "argument"));
        let place = self.place(given[number].value.span);
        self.report(Diagnostic::new(Code::TooManyArguments, place, message));
    }

    /// Tells of a name that no parameter has; gives the parameter that it was meant for, if that has no argument.
    fn unknown_argument(
        &mut self,
        list: &[ParameterInfo<'t>],
        given: &[Argument],
        name: &tree::Name,
        what: &str,
    ) -> Option<usize> {
        let near = self.near(&name.text, list.iter().map(|parameter| parameter.name.as_str())).map(str::to_owned);
        let positional = given.iter().take_while(|argument| argument.name.is_none()).count();
        let is_given = |at: usize| {
            let is_named =
                |argument: &Argument| argument.name.as_ref().is_some_and(|known| known.text == list[at].name);
            at < positional || given.iter().any(is_named)
        };
        let meant = near.as_ref().and_then(|near| list.iter().position(|parameter| parameter.name == near.as_str()));
        let message = format!("{what} has nothing named `{}`", name.text);
        let mut diagnostic = Diagnostic::new(Code::UnknownArgument, self.place(name.span), message);
        if near.is_none()
            && let Some(names) = foreign::listed(list.iter().map(|known| known.name.as_str()).collect())
        {
            diagnostic = diagnostic.note(names);
        }
        self.report_near(diagnostic, name.span, near);
        meant.filter(|at| !is_given(*at))
    }

    /// Tells of parameters that have no value, but for as many as were given under a name that was told as unknown.
    fn tell_missing(
        &mut self,
        list: &[ParameterInfo<'t>],
        values: &[Option<Expr>],
        given: &[Argument],
        what: &str,
        span: Span,
    ) {
        let missing: Vec<&ParameterInfo<'t>> = list
            .iter()
            .zip(values)
            .filter(|(parameter, value)| {
                value.is_none() && parameter.default.is_none() && parameter.type_ != Type::ERROR
            })
            .map(|(parameter, _)| parameter)
            .collect();
        let Some(first) = missing.first() else { return };
        let used = values.iter().filter(|value| value.is_some()).count();
        if given.len() >= used + missing.len() && given.iter().all(|argument| argument.name.is_some()) {
            return;
        }
        let names: Vec<String> = missing.iter().map(|parameter| format!("`{}`", parameter.name)).collect();
        let message = format!("{what} needs {}, which is not given", names.join(", "));
        let diagnostic = Diagnostic::new(Code::MissingArgument, self.place(span), message);
        let first = first.place;
        self.report(diagnostic.also(first, "declared here"));
    }

    /// Checks arguments of a call that is wrong anyway, for what is wrong in them.
    pub(super) fn check_arguments_alone(&mut self, given: &'t [Argument]) {
        for argument in given {
            if !needs_context(&argument.value) {
                self.check_expr(&argument.value, Want::Any);
            }
        }
    }

    /// Tells of a type parameter that nothing says, and takes it as an error.
    pub(super) fn close_bindings(&mut self, bindings: &mut Bindings, what: &str, span: Span) -> Vec<Type> {
        if let Some(types) = bindings.all() {
            return types.to_vec();
        }
        if self.muted == 0 && bindings.first_unknown().is_some() {
            let message = format!("the type that {what} works on cannot be told from here");
            let diagnostic = Diagnostic::new(Code::TypeUnknown, self.place(span), message);
            self.report(diagnostic.help("give the type of the result: `let name: Type = …`"));
        }
        bindings.close(Type::ERROR);
        bindings.all().unwrap_or_default().to_vec()
    }
}

/// Gives the order in which parameters or fields are evaluated: as they are written, then those with defaults.
pub(super) fn evaluation_order(parameters: &Parameters<'_>, given: &[Argument]) -> Vec<u32> {
    let by_name = ByName::new(&parameters.list);
    let mut order: Vec<u32> = Vec::with_capacity(parameters.list.len());
    let mut seen = vec![false; parameters.list.len()];
    for (number, argument) in given.iter().enumerate() {
        let at = match &argument.name {
            Some(name) => by_name.find(&name.text),
            None => (number < parameters.list.len()).then_some(number),
        };
        if let Some(at) = at
            && !std::mem::replace(&mut seen[at], true)
        {
            order.push(at as u32);
        }
    }
    order.extend(seen.iter().enumerate().filter(|(_, seen)| !**seen).map(|(at, _)| at as u32));
    order
}

/// Says whether it can be told from outside when an expression is evaluated: it does something, or may fail.
fn may_be_told(value: &Expr) -> bool {
    let mut told = !matches!(
        value.kind,
        ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Decimal(_)
            | ExprKind::Bool(_)
            | ExprKind::String(_)
            | ExprKind::DateTime(..)
            | ExprKind::None
            | ExprKind::Nothing
            | ExprKind::Local(_)
            | ExprKind::Lambda { .. }
            | ExprKind::Function { .. }
            | ExprKind::Text(_)
            | ExprKind::List(_)
            | ExprKind::Map(_)
            | ExprKind::Case { .. }
            | ExprKind::Field { .. }
            | ExprKind::Not(_)
            | ExprKind::And(..)
            | ExprKind::Or(..)
            | ExprKind::Otherwise(..)
            | ExprKind::Some(_)
            | ExprKind::Unwrap(_)
            | ExprKind::Retype(_)
            | ExprKind::Encode(_)
            | ExprKind::IntToFloat(_)
    );
    parts(value, &mut |part| told = told || may_be_told(part));
    told
}

fn is_lambda(expr: &tree::Expr) -> bool {
    matches!(&*expr.kind, Tree::Lambda { .. })
}

/// Says whether an expression means nothing without an expected type.
fn needs_context(expr: &tree::Expr) -> bool {
    matches!(&*expr.kind, Tree::Lambda { .. } | Tree::Case { .. } | Tree::EmptyBraces)
}
