//! Lambdas: a body of their own that takes what it needs from outside by value.

use super::{
    Checker,
    body::BodyState,
    local::Origin,
    renumber,
    report::{Because, Want},
};
use crate::ir::{Body, Expr, ExprKind, LocalId, Type, TypeKind};
use diagnostics::{Code, Diagnostic, Span};
use grammar::tree::{self, LambdaParameter};

impl<'t> Checker<'t> {
    /// Checks a lambda; its parameters get their types from what is wanted, or from what is written.
    pub(super) fn lambda(
        &mut self,
        parameters: &'t [LambdaParameter],
        body: &'t tree::Body,
        span: Span,
        want: Want,
    ) -> Expr {
        let wanted = match self.wanted_base(want).map(|type_| self.kind(type_).clone()) {
            Some(TypeKind::Function(parameters, result)) => Some((parameters, result)),
            Some(_) | None => None,
        };
        if let Some((types, _)) = &wanted
            && types.len() != parameters.len()
        {
            let expected = Self::count(types.len(), "parameter");
            let message = format!("a function of {expected} is expected, found one of {}", parameters.len());
            let names = ["a", "b", "c", "d"].get(..types.len()).unwrap_or_default().join(", ");
            let form = if types.len() == 1 { "item => …".to_owned() } else { format!("({names}) => …") };
            let diagnostic = Diagnostic::new(Code::Mismatch, self.place(span), message);
            self.report(diagnostic.help(format!("write `{form}`")));
            return self.error(span);
        }
        let types: Vec<Type> = parameters
            .iter()
            .enumerate()
            .map(|(at, parameter)| {
                let hint = wanted.as_ref().map(|(types, _)| types[at]);
                self.lambda_parameter(parameter, hint)
            })
            .collect();
        let result = wanted.map(|(_, result)| result);
        self.enter_lambda();
        for (parameter, type_) in parameters.iter().zip(&types) {
            let local = self.declare_local(&parameter.name, *type_, Origin::Parameter);
            self.body.facts[local.0 as usize].used = true;
        }
        let value = self.lambda_body(body, result);
        let type_ = match (value.type_, self.body.returned) {
            (Type::NEVER, Some(returned)) => returned,
            (type_, _) => type_,
        };
        let file = self.current().file;
        let inner = self.leave_lambda();
        let (captures, body) = finish(inner, file, parameters.len(), value);
        let type_ = match result {
            Some(result) if !self.has_hole(result) => result,
            Some(_) | None => type_,
        };
        let type_ = self.program.types.intern(TypeKind::Function(types, type_));
        self.make(ExprKind::Lambda { captures, body: Box::new(body) }, type_, span)
    }

    fn lambda_parameter(&mut self, parameter: &'t LambdaParameter, hint: Option<Type>) -> Type {
        if let Some(written) = &parameter.type_ {
            return self.resolve(written);
        }
        match hint {
            Some(type_) if !self.has_hole(type_) => type_,
            Some(_) | None => {
                let name = &parameter.name;
                let message = format!("the type of `{}` cannot be told from here", name.text);
                let diagnostic = Diagnostic::new(Code::TypeUnknown, self.place(name.span), message);
                self.report(diagnostic.help(format!("write it: `({}: int) => …`", name.text)));
                Type::ERROR
            }
        }
    }

    fn lambda_body(&mut self, body: &'t tree::Body, result: Option<Type>) -> Expr {
        let want = match result {
            Some(Type::NOTHING) => Want::Dropped,
            Some(type_) => Want::Type(type_, Because::Nothing),
            None => Want::Any,
        };
        self.body.result = Some(want);
        let scope = self.open_scope();
        let value = self.body_of(body, want);
        self.close_scope(scope);
        match want {
            Want::Type(type_, because) if !self.has_hole(type_) => {
                let span = value.span;
                if value.type_ == Type::NOTHING {
                    let message = format!("the lambda gives no value, where `{}` is expected", self.name(type_));
                    self.report(Diagnostic::new(Code::MissingValue, self.place(span), message));
                    return self.error(span);
                }
                self.convert(value, type_, because)
            }
            Want::Type(..) | Want::Any | Want::Dropped => value,
        }
    }

    /// Begins the body of a lambda.
    pub(super) fn enter_lambda(&mut self) {
        let (pure, in_branch) = (self.body.pure, self.body.in_branch);
        let inner = BodyState { pure, in_branch, ..BodyState::default() };
        let outer = std::mem::replace(&mut self.body, inner);
        self.outer.push(outer);
    }

    /// Ends the body of a lambda, and gives it.
    pub(super) fn leave_lambda(&mut self) -> BodyState {
        self.tell_unused_locals();
        let outer = self.outer.pop().unwrap_or_default();
        std::mem::replace(&mut self.body, outer)
    }
}

/// Puts the captured locals directly behind the parameters.
pub(super) fn finish(
    state: BodyState,
    file: diagnostics::FileId,
    parameters: usize,
    value: Expr,
) -> (Vec<LocalId>, Body) {
    let captured: Vec<(usize, LocalId)> =
        state.facts.iter().enumerate().filter_map(|(at, facts)| Some((at, facts.captured?))).collect();
    let mut value = value;
    let mut locals = state.locals;
    let in_place = captured.iter().enumerate().all(|(at, (local, _))| *local == parameters + at);
    if !in_place {
        let is_captured: Vec<bool> = state.facts.iter().map(|facts| facts.captured.is_some()).collect();
        let others = (parameters..locals.len()).filter(|at| !is_captured[*at]);
        let order: Vec<usize> = (0..parameters).chain(captured.iter().map(|(at, _)| *at)).chain(others).collect();
        let mut new = vec![LocalId(0); locals.len()];
        for (to, from) in order.iter().enumerate() {
            new[*from] = LocalId(to as u32);
        }
        renumber::expr(&mut value, &new);
        locals = order.iter().map(|from| locals[*from].clone()).collect();
    }
    let captures = captured.into_iter().map(|(_, outer)| outer).collect();
    (captures, Body { file, locals, parameters: parameters as u32, value })
}
