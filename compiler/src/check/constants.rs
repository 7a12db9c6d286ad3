//! Constants and defaults: checked once where they stand, and put in place where they are used.

use super::{
    Checker, Definition, ItemRef,
    body::BodyState,
    purity::Pure,
    report::{Because, Want},
};
use crate::ir::{Condition, Expr, ExprKind, Type, TypeKind};
use diagnostics::{Code, Diagnostic, Span};
use grammar::tree;

/// How many constants and defaults one body may take in; beyond it the sources are a trick.
const INLINE_LIMIT: u32 = 20_000;

/// What is known of a constant.
#[derive(Debug)]
pub(crate) struct ConstState<'t> {
    pub item: ItemRef,
    pub binding: &'t tree::Binding,
    pub progress: Progress,
}

/// How far the type of a constant is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Nobody asked yet.
    Unknown,
    /// It is being found out: to ask now is a circle.
    Asked,
    /// It is known.
    Known(Type),
}

impl<'t> ConstState<'t> {
    /// Makes a constant that nobody asked for yet.
    pub fn new(item: ItemRef, binding: &'t tree::Binding) -> Self {
        ConstState { item, binding, progress: Progress::Unknown }
    }
}

impl<'t> Checker<'t> {
    /// Gives the type of a constant, checking it the first time.
    pub(super) fn const_type(&mut self, number: u32, used_at: Option<Span>) -> Type {
        let (item, binding) = (self.consts[number as usize].item, self.consts[number as usize].binding);
        match self.consts[number as usize].progress {
            Progress::Known(type_) => return type_,
            Progress::Asked => {
                let place = used_at.map_or_else(|| self.place(binding.name.span), |span| self.place(span));
                let message = format!("the constant `{}` is made of itself", binding.name.text);
                self.report(Diagnostic::new(Code::Circle, place, message));
                return Type::ERROR;
            }
            Progress::Unknown => {}
        }
        self.consts[number as usize].progress = Progress::Asked;
        let before = self.leave_body(item.unit, None);
        let muted = std::mem::take(&mut self.muted);
        self.body.pure = Some(Pure::Constant);
        let want = match &binding.type_ {
            Some(written) => {
                let because = Because::Declared(self.place(written.span));
                Want::Type(self.resolve(written), because)
            }
            None => Want::Any,
        };
        let mut is_wrong = false;
        let type_ = match &binding.value {
            Some(value) => {
                self.tell_named_credential(&binding.name, value);
                let value = self.check_expr(value, want);
                let value = self.settled(value);
                let type_ = value.type_;
                is_wrong = type_ == Type::ERROR;
                self.constant_values.push((item.unit, value));
                type_
            }
            None => Type::ERROR,
        };
        self.muted = muted;
        self.return_to_body(before);
        let type_ = match want {
            // What is wrong was told once; whoever uses it has nothing to add.
            Want::Type(declared, _) if !is_wrong => declared,
            Want::Type(..) | Want::Any | Want::Dropped => type_,
        };
        self.consts[number as usize].progress = Progress::Known(type_);
        type_
    }

    /// Tells of constants that are not what their types ask for, used or not: what the types ask for is known by now.
    pub(super) fn check_constants(&mut self) {
        for (unit, value) in std::mem::take(&mut self.constant_values) {
            self.unit = unit;
            self.check_refined_parts(&value);
        }
    }

    fn check_refined_parts(&mut self, value: &Expr) {
        if let (Some(false), ExprKind::Refine { refined, value: inner }) =
            (super::bounds::refines(&self.program, value), &value.kind)
        {
            let place = self.place(inner.span);
            let told = self.diagnostics.iter().any(|known| known.is_error() && known.primary.place == place);
            if !told {
                let name = self.name(value.type_);
                let message = format!("this value is no `{name}`: {} does not hold", self.condition_text(*refined));
                self.report(Diagnostic::new(Code::ConditionBroken, place, message));
            }
        }
        let mut inside = Vec::new();
        crate::walk::parts(value, &mut |part| inside.push(part));
        inside.into_iter().for_each(|part| self.check_refined_parts(part));
    }

    /// Puts the value of a constant where it is used.
    pub(super) fn use_const(&mut self, number: u32, span: Span) -> Expr {
        let type_ = self.const_type(number, Some(span));
        let state = &self.consts[number as usize];
        let (unit, binding) = (state.item.unit, state.binding);
        if type_ == Type::ERROR {
            return self.error(span);
        }
        match &binding.value {
            Some(value) => self.inline(unit, value, type_, span),
            None => self.error(span),
        }
    }

    /// Checks an expression of another place as if it stood at `span`, without saying again what is wrong in it.
    pub(super) fn inline(&mut self, unit: u32, value: &'t tree::Expr, type_: Type, span: Span) -> Expr {
        self.inlined += 1;
        if self.inlined > INLINE_LIMIT || self.depth > super::expr::DEPTH_LIMIT {
            if self.inlined == INLINE_LIMIT + 1 {
                let message = "the constants that this body uses are too large together".to_owned();
                self.report(Diagnostic::new(Code::NestingTooDeep, self.place(span), message));
            }
            return self.error(span);
        }
        let outer_span = self.override_span;
        let before_unit = self.unit;
        let names = std::mem::take(&mut self.body.names);
        let log = std::mem::take(&mut self.body.scope_log);
        let outer = std::mem::take(&mut self.outer);
        self.override_span = Some(outer_span.unwrap_or(span));
        self.unit = unit;
        self.muted += 1;
        let made = self.check_expr(value, Want::Type(type_, Because::Nothing));
        self.muted -= 1;
        self.unit = before_unit;
        self.override_span = outer_span;
        self.body.names = names;
        self.body.scope_log = log;
        self.outer = outer;
        made
    }

    fn leave_body(&mut self, unit: u32, pure: Option<Pure>) -> Left {
        let left = Left {
            body: std::mem::take(&mut self.body),
            outer: std::mem::take(&mut self.outer),
            unit: self.unit,
            generics: std::mem::replace(&mut self.generics, std::rc::Rc::from([])),
            override_span: self.override_span.take(),
        };
        self.body.pure = pure;
        self.unit = unit;
        left
    }

    fn return_to_body(&mut self, left: Left) {
        self.body = left.body;
        self.outer = left.outer;
        self.unit = left.unit;
        self.generics = left.generics;
        self.override_span = left.override_span;
    }

    /// Tells where a known value does not meet the condition of its place.
    pub(super) fn check_bounds(&mut self, value: Expr, condition: Option<&Condition>, span: Span) -> Expr {
        if let Some(condition) = condition
            && super::bounds::meets(&self.program, condition, &value) == Some(false)
        {
            let message = format!("the value does not meet its condition: {}", condition.text);
            self.report(Diagnostic::new(Code::ConditionBroken, self.place(span), message));
        }
        value
    }

    /// Gives an expression for the name of a top-level item that is a value.
    pub(super) fn definition_value(
        &mut self,
        name: &'t tree::Name,
        definition: Definition,
        span: Span,
        want: Want,
    ) -> Expr {
        self.note_use(name.span, definition);
        match definition {
            Definition::Const(number) => self.use_const(number, span),
            Definition::Function(id) => self.function_value(id, span, want),
            Definition::Secret(id, _) => self.secret(id, span),
            Definition::State(number) => self.read_state(number, name, span),
            Definition::Calendar(item) => self.calendar_value(item, span),
            Definition::Setting(number) => self.read_setting(number, name, span),
            Definition::Connection(_) => self.later(span, "operations on connections"),
            Definition::Agent(_) => self.error(span),
            Definition::Task(_)
            | Definition::Record(_)
            | Definition::Enum(_)
            | Definition::Refined(_)
            | Definition::Module(_)
            | Definition::ErrorKind(_) => {
                let what = super::report::definition(definition);
                let message = format!("`{}` is {what}, where a value is expected", name.text);
                self.report(Diagnostic::new(Code::NotAValue, self.place(name.span), message));
                self.error(span)
            }
        }
    }

    /// Gives a function as a value. What a generic one works on comes from the type that is wanted.
    fn function_value(&mut self, id: crate::ir::FunctionId, span: Span, want: Want) -> Expr {
        let signature = self.signatures[id.0 as usize].clone();
        let parameters = signature.parameters.list.iter().map(|parameter| parameter.type_).collect();
        let pattern = self.program.types.intern(TypeKind::Function(parameters, signature.result));
        let mut bindings = self.bindings(signature.parameters.generics);
        if let Want::Type(type_, _) = want {
            let wanted = self.inside_optional(type_).unwrap_or(type_);
            self.infer(pattern, wanted, &mut bindings);
        }
        let Some(type_arguments) = bindings.all().map(<[Type]>::to_vec) else {
            let name = &signature.function.name.text;
            let message = format!("the type that `{name}` works on cannot be told from here");
            let diagnostic = Diagnostic::new(Code::TypeUnknown, self.place(span), message);
            self.report(diagnostic.help("write a lambda that calls it, with the types of its parameters"));
            return self.error(span);
        };
        self.expect_demands(id, &type_arguments, span);
        let type_ = self.apply(pattern, &bindings);
        self.make(ExprKind::Function { function: id, type_arguments }, type_, span)
    }
}

struct Left {
    body: BodyState,
    outer: Vec<BodyState>,
    unit: u32,
    generics: std::rc::Rc<[smol_str::SmolStr]>,
    override_span: Option<Span>,
}
