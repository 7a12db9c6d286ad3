//! Method calls: on values, on variables that they change, and `.decode()`.

use super::{
    Checker,
    assign::Place,
    foreign,
    report::{Because, Want},
    state::StateChange,
    types::Head,
};
use crate::index::Target;
use crate::ir::{Expr, ExprKind, FunctionId, Type, TypeKind};
use diagnostics::{Code, Diagnostic, Span};
use grammar::tree::{self, Argument};
use smol_str::SmolStr;

/// What puts the items of a list of a base type in order.
const SORT: &str = "list.sort";

impl<'t> Checker<'t> {
    /// Checks `value.name(…)`.
    pub(super) fn method_call(
        &mut self,
        value: &'t tree::Expr,
        name: &'t tree::Name,
        optional: bool,
        given: &'t [Argument],
        span: Span,
        want: Want,
    ) -> Expr {
        if let Some(told) = self.tell_joined_line(value, name, given, span) {
            return told;
        }
        let receiver = self.check_expr(value, Want::Any);
        if optional {
            return self
                .chain(receiver, span, |checker, inner| checker.method_on(inner, value, name, given, span, Want::Any));
        }
        self.method_on(receiver, value, name, given, span, want)
    }

    /// Tells of a line that begins with a case, `.node(…)`, and so goes on with an `if` or a loop before it, which has no
    /// value.
    fn tell_joined_line(
        &mut self,
        before: &'t tree::Expr,
        name: &'t tree::Name,
        given: &'t [Argument],
        span: Span,
    ) -> Option<Expr> {
        let has_no_value = match &*before.kind {
            tree::ExprKind::If { otherwise, .. } => otherwise.is_none(),
            tree::ExprKind::For(walked) => matches!(walked.body, tree::ForBody::Block(_)),
            tree::ExprKind::While { .. } => true,
            _other => false,
        };
        if !has_no_value {
            return None;
        }
        self.check_expr(before, Want::Dropped);
        let name_of = &name.text;
        let message = format!("`.{name_of}` goes on with the line before, which gives no value");
        let diagnostic = Diagnostic::new(Code::NoValue, self.place(name.span), message);
        self.report(
            diagnostic.help(format!("for a case, write its enum before it, `Enum.{name_of}`, or `return .{name_of}`")),
        );
        self.check_arguments_alone(given);
        Some(self.error(span))
    }

    fn method_on(
        &mut self,
        receiver: Expr,
        place: &'t tree::Expr,
        name: &'t tree::Name,
        given: &'t [Argument],
        span: Span,
        want: Want,
    ) -> Expr {
        if matches!(receiver.type_, Type::ERROR | Type::NEVER) {
            self.check_arguments_alone(given);
            return self.error(span);
        }
        if name.text == "decode" && receiver.type_ == Type::JSON && given.is_empty() {
            return self.decode(receiver, span, want);
        }
        let mut found = self.find_method(receiver.type_, &name.text);
        let receiver = match (&found, self.plain(receiver.type_)) {
            (None, plain) if plain != receiver.type_ => {
                found = self.find_method(plain, &name.text);
                if found.is_some() { self.disclose(receiver, plain) } else { receiver }
            }
            _ => receiver,
        };
        let Some((id, receiver_type)) = found else {
            return self.no_method(receiver, name, given, span);
        };
        let signature = self.signatures[id.0 as usize].clone();
        self.note_method(id, name);
        if signature.changes {
            return self.change(id, place, name, given, span);
        }
        self.pure_call(id, &name.text, name.span);
        let mut bindings = self.bindings(signature.parameters.generics);
        let pattern = signature.receiver.unwrap_or(Type::ERROR);
        self.infer(pattern, receiver_type, &mut bindings);
        self.infer_from_want(signature.result, want, &mut bindings);
        let what = format!("`{}`", name.text);
        let arguments = self.arguments(&signature.parameters, given, &mut bindings, &what, span);
        self.infer_from_wanted_whole(signature.result, want, &mut bindings);
        let type_arguments = self.close_bindings(&mut bindings, &what, span);
        self.expect_demands(id, &type_arguments, name.span);
        let wanted = self.apply(pattern, &bindings);
        let receiver = self.convert(receiver, wanted, Because::Nothing);
        let type_ = self.apply(signature.result, &bindings);
        let pure = signature.pure;
        self.tell_broken_conditions(id, &arguments);
        self.in_written_order(&signature.parameters, given, Some(receiver), arguments, span, |checker, arguments| {
            let call = checker.make(ExprKind::Call { function: id, type_arguments, arguments }, type_, span);
            let call = checker.deferred(call, pure);
            // Items in another order are the same items, checked as they were.
            if checker.program.functions[id.0 as usize].name == SORT && receiver_type != type_ {
                return checker.make(ExprKind::Retype(Box::new(call)), receiver_type, span);
            }
            call
        })
    }

    /// Checks a call of a method that changes the variable it is called on.
    fn change(
        &mut self,
        id: FunctionId,
        place: &'t tree::Expr,
        name: &'t tree::Name,
        given: &'t [Argument],
        span: Span,
    ) -> Expr {
        let signature = self.signatures[id.0 as usize].clone();
        if !Self::is_place(place) {
            let message = format!("`{}` changes what it is called on, and this is no variable", name.text);
            let diagnostic = Diagnostic::new(Code::NotAssignable, self.place(place.span), message);
            self.report(diagnostic.help("put it into a `var` first"));
            self.check_arguments_alone(given);
            return self.error(span);
        }
        let Some(Place { mut target, state }) = self.target(place, "changed") else {
            self.check_arguments_alone(given);
            return self.error(span);
        };
        let mut bindings = self.bindings(signature.parameters.generics);
        let pattern = signature.receiver.unwrap_or(Type::ERROR);
        target.type_ = self.known_target(&target);
        let base = self.base(target.type_);
        self.infer(pattern, base, &mut bindings);
        let what = format!("`{}`", name.text);
        let arguments = self.arguments(&signature.parameters, given, &mut bindings, &what, span);
        let type_arguments = self.close_bindings(&mut bindings, &what, span);
        let type_ = self.apply(signature.result, &bindings);
        if self.inside_optional(target.type_).is_some() {
            let message = format!("this may be `none`: a `{}` cannot be changed in place", self.name(target.type_));
            self.report(Diagnostic::new(Code::MayBeNone, self.place(place.span), message));
            return self.error(span);
        }
        self.changed(&target, false);
        match state {
            Some(number) => {
                let kind = ExprKind::Change { function: id, type_arguments, target, arguments };
                let change = self.make(kind, type_, span);
                self.change_state(number, StateChange::Method(change), span)
            }
            None => self.in_written_order(&signature.parameters, given, None, arguments, span, |checker, arguments| {
                checker.make(ExprKind::Change { function: id, type_arguments, target, arguments }, type_, span)
            }),
        }
    }

    fn note_method(&mut self, id: FunctionId, name: &tree::Name) {
        if self.muted > 0 || self.current().library {
            return;
        }
        let signature = &self.signatures[id.0 as usize];
        let item = signature.parameters.item;
        let Some(Target::Item(_)) = self.target_of(super::Definition::Function(id)) else { return };
        if let tree::ItemKind::Extend(extend) = &self.item(item).kind {
            let member = extend.methods.iter().position(|method| match &method.kind {
                tree::ItemKind::Function(function) => std::ptr::eq(function, signature.function),
                _ => false,
            });
            if let Some(member) = member {
                self.index.add(self.place(name.span), Target::Member(item, member as u32));
            }
        }
    }

    /// Gives the methods of a name that a type has, its own first, then those of its base.
    pub(super) fn methods_named(&self, of: Type, name: &str) -> Vec<FunctionId> {
        let mut found = Vec::new();
        let mut type_ = of;
        for _ in 0..64 {
            if let Some(methods) = self.methods.get(&(self.head(type_), SmolStr::new(name))) {
                found.extend(methods);
            }
            match self.kind(type_) {
                TypeKind::Refined(id) => type_ = self.program.refined[id.0 as usize].base,
                _ => break,
            }
        }
        if let Some(methods) = self.methods.get(&(Head::Parameter, SmolStr::new(name))) {
            found.extend(methods);
        }
        found
    }

    /// Finds the method of a name whose receiver fits; gives the type that it sees the receiver as.
    fn find_method(&mut self, of: Type, name: &str) -> Option<(FunctionId, Type)> {
        let candidates = self.methods_named(of, name);
        for id in candidates {
            let signature = self.signatures[id.0 as usize].clone();
            let pattern = signature.receiver?;
            let mut bindings = self.bindings(signature.parameters.generics);
            self.infer(pattern, of, &mut bindings);
            let wanted = self.apply(pattern, &bindings);
            if self.has_hole(wanted) || self.converts(of, wanted) || self.converts(self.base(of), wanted) {
                return Some((id, of));
            }
        }
        None
    }

    fn no_method(&mut self, receiver: Expr, name: &'t tree::Name, given: &'t [Argument], span: Span) -> Expr {
        if let TypeKind::Record(id, arguments) = self.kind(receiver.type_).clone()
            && let fields = &self.program.records[id.0 as usize].fields
            && let Some(at) = fields.iter().position(|field| field.name == name.text.as_str())
        {
            let type_ = fields[at].type_;
            let type_ = self.program.types.substitute(type_, &arguments);
            if matches!(self.kind(type_), TypeKind::Function(..)) {
                let kind = ExprKind::Field { value: Box::new(receiver), field: at as u32 };
                let function = self.make(kind, type_, name.span);
                return self.call_value(function, given, span);
            }
            let message = format!("`{}` is a field: it is not called", name.text);
            let diagnostic = Diagnostic::new(Code::NotCallable, self.place(name.span), message);
            self.report(diagnostic.help(format!("write `.{}` without `()`", name.text)));
            self.check_arguments_alone(given);
            return self.error(span);
        }
        self.tell_no_method(receiver.type_, name);
        self.check_arguments_alone(given);
        self.error(span)
    }

    fn tell_no_method(&mut self, of: Type, name: &tree::Name) {
        let place = self.place(name.span);
        if of == Type::NOTHING {
            let message = "a value is expected before the `.`, and there is none".to_owned();
            return self.report(Diagnostic::new(Code::NoValue, place, message));
        }
        if let Some(inner) = self.inside_optional(of)
            && !self.methods_named(inner, &name.text).is_empty()
        {
            let message = format!("this may be `none`: `{}` has no method `{}`", self.name(of), name.text);
            let diagnostic = Diagnostic::new(Code::MayBeNone, place, message);
            return self.report(
                diagnostic.help(format!("write `?.{}(…)`, or say what stands for `none` with `??`", name.text)),
            );
        }
        if of == Type::JSON {
            let message = format!("`json` has no method `{}`", name.text);
            let help = "say what the json is, and it has the methods of that: `let text: string = value.decode()`";
            return self.report(Diagnostic::new(Code::UnknownMember, place, message).help(help));
        }
        let head = self.head(self.base(of));
        let names = self.methods.keys().filter(|(known, _)| *known == head).map(|(_, name)| name.as_str());
        let mut all: Vec<&str> = names.collect();
        all.sort_unstable();
        let foreign = foreign::names(&name.text).iter().copied().find(|ours| all.contains(ours));
        let otherwise = foreign::otherwise(&name.text).filter(|_| foreign.is_none());
        let near = foreign.or_else(|| self.near(&name.text, all.iter().copied()).filter(|_| otherwise.is_none()));
        let message = format!("`{}` has no method `{}`", self.name(of), name.text);
        let mut diagnostic = Diagnostic::new(Code::UnknownMember, place, message);
        if let Some(help) = otherwise {
            diagnostic = diagnostic.help(help);
        } else if near.is_none()
            && let Some(list) = foreign::listed(all.clone())
        {
            diagnostic = diagnostic.note(list);
        }
        let near = near.map(str::to_owned);
        self.report_near(diagnostic, name.span, near);
    }
}
