//! Literals: numbers, dates and instants, lists, maps, cases.

use super::{
    Checker,
    report::{Because, Want},
};
use crate::ir::{EnumId, Expr, ExprKind, Type, TypeKind};
use diagnostics::{Code, Diagnostic, Span};
use grammar::tree::{self, Literal};
use rust_decimal::Decimal;

/// Says whether a number is written without a point and an exponent.
fn is_whole(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_' || byte == b'-')
}

impl<'t> Checker<'t> {
    /// Checks a literal that is no string.
    pub(super) fn literal(&mut self, literal: &Literal, span: Span, want: Want) -> Expr {
        match literal {
            Literal::Int(number) if self.wanted_base(want) == Some(Type::FLOAT) => {
                self.make(ExprKind::Float(*number as f64), Type::FLOAT, span)
            }
            Literal::Int(number) if self.wanted_base(want) == Some(Type::DECIMAL) => {
                self.make(ExprKind::Decimal(Decimal::from(*number)), Type::DECIMAL, span)
            }
            Literal::Float(text) if self.wanted_base(want) == Some(Type::DECIMAL) => {
                match decimal(&text.replace('_', "")) {
                    Some(number) => self.make(ExprKind::Decimal(number), Type::DECIMAL, span),
                    None => {
                        let message = format!("`{text}` is no decimal: it has more than 28 digits");
                        self.report(Diagnostic::new(Code::BadLiteral, self.place(span), message));
                        self.error(span)
                    }
                }
            }
            Literal::Int(number) => self.make(ExprKind::Int(*number), Type::INT, span),
            Literal::Float(text) if is_whole(text) && self.wanted_base(want) != Some(Type::FLOAT) => {
                let diagnostic =
                    Diagnostic::new(Code::IntTooLarge, self.place(span), "this number is too large for an `int`");
                let reach = format!("an `int` reaches from {} to {}", i64::MIN, i64::MAX);
                let help = "write a `float`, such as `1e19`, or say that it is a `decimal`: `let n: decimal = …`";
                self.report(diagnostic.label(reach).help(help));
                self.error(span)
            }
            Literal::Float(text) => match text.replace('_', "").parse::<f64>() {
                Ok(number) if number.is_finite() => self.make(ExprKind::Float(number), Type::FLOAT, span),
                Ok(_) | Err(_) => self.bad_literal(span, "number"),
            },
            Literal::Bool(value) => self.make(ExprKind::Bool(*value), Type::BOOL, span),
            Literal::None => {
                let type_ = self.optional(Type::NEVER);
                self.make(ExprKind::None, type_, span)
            }
            Literal::Duration(micros) => self.make(ExprKind::Int(*micros), Type::DURATION, span),
            Literal::Date(text) => match super::text::date(text) {
                Some(days) => self.make(ExprKind::Int(days), Type::DATE, span),
                None => self.bad_literal(span, "date"),
            },
            Literal::Time(text) => match super::text::time(text) {
                Some(micros) => self.make(ExprKind::Int(micros), Type::TIME, span),
                None => self.bad_literal(span, "time"),
            },
            Literal::DateTime(text) => match super::text::datetime(text) {
                Ok((micros, zone)) => self.make(ExprKind::DateTime(micros, zone), Type::DATETIME, span),
                Err(problem) => {
                    let text = span.text(&self.current().text).to_owned();
                    let message = format!("`{text}` is no instant: {problem}");
                    self.report(Diagnostic::new(Code::BadLiteral, self.place(span), message));
                    self.make(ExprKind::Nothing, Type::ERROR, span)
                }
            },
        }
    }

    fn bad_literal(&mut self, span: Span, what: &str) -> Expr {
        let text = span.text(&self.current().text).to_owned();
        let message = format!("`{text}` is no {what}: there is none like it");
        self.report(Diagnostic::new(Code::BadLiteral, self.place(span), message));
        self.error(span)
    }

    /// Gives the type that is wanted, without `?` and refinement.
    pub(super) fn wanted_base(&self, want: Want) -> Option<Type> {
        match want {
            Want::Type(type_, _) if type_ != self.hole => {
                let type_ = self.inside_optional(type_).unwrap_or(type_);
                Some(self.base(type_))
            }
            Want::Type(..) | Want::Any | Want::Dropped => None,
        }
    }

    /// Checks `[a, b]`.
    pub(super) fn list(&mut self, items: &'t [tree::Expr], span: Span, want: Want) -> Expr {
        let wanted = self.wanted_base(want);
        let because = match want {
            Want::Type(_, because) => because,
            Want::Any | Want::Dropped => Because::Nothing,
        };
        let item_want = match wanted.map(|type_| self.kind(type_)) {
            Some(TypeKind::List(item) | TypeKind::Set(item)) => Want::Type(*item, because),
            Some(TypeKind::Json) => Want::Type(Type::JSON, because),
            Some(TypeKind::Secret(Type::JSON)) => wanted.map_or(Want::Any, |type_| Want::Type(type_, because)),
            _ => Want::Any,
        };
        let is_set = wanted.is_some_and(|type_| matches!(self.kind(type_), TypeKind::Set(_)));
        let (items, item) = self.items(items, item_want);
        let type_ = if is_set { TypeKind::Set(item) } else { TypeKind::List(item) };
        let type_ = if item == Type::ERROR { Type::ERROR } else { self.program.types.intern(type_) };
        self.make(ExprKind::List(items), type_, span)
    }

    /// Checks items that have one type; gives it.
    fn items(&mut self, items: &'t [tree::Expr], want: Want) -> (Vec<Expr>, Type) {
        let mut made = Vec::with_capacity(items.len());
        if let Want::Type(type_, _) = want
            && !self.has_hole(type_)
        {
            made.extend(items.iter().map(|item| self.check_expr(item, want)));
            return (made, type_);
        }
        let mut common = Type::NEVER;
        let mut first = Because::Nothing;
        for item in items {
            let hint = if common == Type::NEVER { want } else { Want::Type(common, first) };
            let value = self.expr(item, hint);
            let value = self.expect_value(value);
            match self.join(common, value.type_) {
                Some(joined) => common = joined,
                None => self.mismatch(item.span, value.type_, common, first),
            }
            if first == Because::Nothing && value.type_ != Type::NEVER {
                first = Because::Earlier(self.place(item.span));
            }
            made.push(value);
        }
        let made = made.into_iter().map(|value| self.convert_quietly(value, common)).collect();
        (made, common)
    }

    /// Converts a branch or item to the type found for all; what does not fit was told.
    pub(super) fn convert_quietly(&mut self, value: Expr, common: Type) -> Expr {
        if value.type_ == common {
            return value;
        }
        self.muted += 1;
        let value = self.convert(value, common, Because::Nothing);
        self.muted -= 1;
        value
    }

    /// Checks `{"a": 1}`.
    pub(super) fn map(&mut self, entries: &'t [(tree::Expr, tree::Expr)], span: Span, want: Want) -> Expr {
        let wanted = self.wanted_base(want);
        let because = match want {
            Want::Type(_, because) => because,
            Want::Any | Want::Dropped => Because::Nothing,
        };
        let (key_want, value_want) = match wanted.map(|type_| self.kind(type_)) {
            Some(TypeKind::Map(key, value)) => (Want::Type(*key, because), Want::Type(*value, because)),
            Some(TypeKind::Json) => (Want::Type(Type::STRING, because), Want::Type(Type::JSON, because)),
            Some(TypeKind::Secret(Type::JSON)) => {
                let value = wanted.map_or(Want::Any, |type_| Want::Type(type_, because));
                (Want::Type(Type::STRING, because), value)
            }
            _ => (Want::Any, Want::Any),
        };
        let mut keys = Vec::with_capacity(entries.len());
        let mut values = Vec::with_capacity(entries.len());
        let (mut key_type, mut value_type) = (Type::NEVER, Type::NEVER);
        let mut first = (Because::Nothing, Because::Nothing);
        for (key, value) in entries {
            keys.push(if self.bare_key(key) {
                Expr { type_: Type::STRING, ..self.error(key.span) }
            } else {
                self.entry_part(key, key_want, &mut key_type, &mut first.0)
            });
            values.push(self.entry_part(value, value_want, &mut value_type, &mut first.1));
        }
        if let Want::Type(type_, _) = key_want
            && !self.has_hole(type_)
        {
            key_type = type_;
        }
        if let Want::Type(type_, _) = value_want
            && !self.has_hole(type_)
        {
            value_type = type_;
        }
        self.tell_equal_keys(&keys);
        if !entries.is_empty() && key_type != Type::ERROR && !self.is_key(key_type) {
            let message = format!("`{}` cannot be the key of a map", self.name(key_type));
            let place = entries.first().map_or(span, |(key, _)| key.span);
            self.report(Diagnostic::new(Code::NotComparable, self.place(place), message));
        }
        let mut made = Vec::with_capacity(entries.len());
        for (key, value) in keys.into_iter().zip(values) {
            made.push((self.convert_quietly(key, key_type), self.convert_quietly(value, value_type)));
        }
        let type_ = match (key_type, value_type) {
            (Type::ERROR, _) | (_, Type::ERROR) => Type::ERROR,
            (key, value) => self.program.types.intern(TypeKind::Map(key, value)),
        };
        self.make(ExprKind::Map(made), type_, span)
    }

    fn entry_part(&mut self, part: &'t tree::Expr, want: Want, common: &mut Type, first: &mut Because) -> Expr {
        if let Want::Type(type_, _) = want
            && !self.has_hole(type_)
        {
            return self.check_expr(part, want);
        }
        let hint = if *common == Type::NEVER { want } else { Want::Type(*common, *first) };
        let value = self.expr(part, hint);
        let value = self.expect_value(value);
        match self.join(*common, value.type_) {
            Some(joined) => *common = joined,
            None => self.mismatch(part.span, value.type_, *common, *first),
        }
        if *first == Because::Nothing {
            *first = Because::Earlier(self.place(part.span));
        }
        value
    }

    /// Checks `{}`: an empty map where one is expected, else nothing.
    pub(super) fn empty_braces(&mut self, span: Span, want: Want) -> Expr {
        let Some(wanted) = self.wanted_base(want) else {
            return match want {
                Want::Dropped => self.make(ExprKind::Nothing, Type::NOTHING, span),
                Want::Any | Want::Type(..) => self.map(&[], span, want),
            };
        };
        if wanted == Type::NOTHING {
            return self.make(ExprKind::Nothing, Type::NOTHING, span);
        }
        self.map(&[], span, want)
    }

    /// Checks `.case` and `.case(…)` against the enum that is wanted.
    pub(super) fn case(
        &mut self,
        name: &'t tree::Name,
        arguments: Option<&'t [tree::Argument]>,
        span: Span,
        want: Want,
    ) -> Expr {
        match self.wanted_base(want).map(|type_| (type_, self.kind(type_).clone())) {
            Some((_, TypeKind::Enum(id, _))) => self.case_of(id, name, arguments, span, want),
            Some((Type::ERROR, _)) => {
                self.check_arguments_alone(arguments.unwrap_or_default());
                self.error(span)
            }
            Some((type_, _)) => {
                let message = format!("expected `{}`, found the case `.{}`", self.name(type_), name.text);
                self.report(Diagnostic::new(Code::Mismatch, self.place(span), message));
                self.error(span)
            }
            None => {
                let message = format!("the enum of the case `.{}` cannot be told from here", name.text);
                let diagnostic = Diagnostic::new(Code::TypeUnknown, self.place(span), message);
                self.report(diagnostic.help(format!("write the enum before it: `Name.{}`", name.text)));
                self.error(span)
            }
        }
    }

    /// Makes a case of a known enum.
    pub(super) fn case_of(
        &mut self,
        id: EnumId,
        name: &'t tree::Name,
        arguments: Option<&'t [tree::Argument]>,
        span: Span,
        want: Want,
    ) -> Expr {
        let Some(tag) = self.case_number(id, name) else {
            self.check_arguments_alone(arguments.unwrap_or_default());
            return self.error(span);
        };
        let parameters = self.cases[id.0 as usize][tag as usize].clone();
        if arguments.is_none() && !parameters.list.is_empty() {
            let names: Vec<String> = parameters.list.iter().map(|field| format!("{}: …", field.name)).collect();
            let message = format!("the case `.{}` has data, and none is given", name.text);
            let diagnostic = Diagnostic::new(Code::MissingArgument, self.place(span), message);
            self.report(diagnostic.help(format!("write `.{}({})`", name.text, names.join(", "))));
            return self.error(span);
        }
        let mut bindings = self.bindings(parameters.generics);
        let itself = self.enum_pattern(id);
        if let Want::Type(type_, _) = want {
            let wanted = self.inside_optional(type_).unwrap_or(type_);
            self.infer(itself, wanted, &mut bindings);
        }
        let what = format!("`.{}`", name.text);
        let given = arguments.unwrap_or_default();
        let fields = self.arguments(&parameters, given, &mut bindings, &what, span);
        bindings.close(Type::NEVER);
        let type_ = self.apply(itself, &bindings);
        self.in_written_order(&parameters, given, None, fields, span, |checker, fields| {
            checker.make(ExprKind::Case { tag, fields }, type_, span)
        })
    }

    fn enum_pattern(&mut self, id: EnumId) -> Type {
        let generics = self.program.enums[id.0 as usize].generics;
        let list = (0..generics).map(|at| self.program.types.intern(TypeKind::Parameter(at))).collect();
        self.program.types.intern(TypeKind::Enum(id, list))
    }

    /// Finds the number of a case by its name, or tells.
    pub(super) fn case_number(&mut self, id: EnumId, name: &tree::Name) -> Option<u32> {
        if let Some(tag) = self.case_numbers.get(&(id, name.text.clone())).copied() {
            if self.muted == 0 && !self.current().library {
                let item = self.cases[id.0 as usize][tag as usize].item;
                self.index.add(self.place(name.span), crate::index::Target::Member(item, tag));
            }
            return Some(tag);
        }
        let shape = &self.program.enums[id.0 as usize];
        let near = self.near(&name.text, shape.cases.iter().map(|case| case.name.as_str())).map(str::to_owned);
        let message = format!("the enum `{}` has no case `{}`", shape.name, name.text);
        let cases: Vec<String> = shape.cases.iter().take(20).map(|case| format!("`.{}`", case.name)).collect();
        let mut diagnostic = Diagnostic::new(Code::UnknownCase, self.place(name.span), message);
        if near.is_none() && !cases.is_empty() {
            diagnostic = diagnostic.note(format!("its cases are {}", cases.join(", ")));
        }
        self.report_near(diagnostic, name.span, near);
        None
    }
}

/// Reads a number with a point exactly, also as `1.5e3`.
fn decimal(text: &str) -> Option<Decimal> {
    if text.contains(['e', 'E']) {
        return Decimal::from_scientific(text).ok();
    }
    // Zeros at the end are kept where there is room for them.
    let shortest = || text.trim_end_matches('0').trim_end_matches('.');
    Decimal::from_str_exact(text).or_else(|_| Decimal::from_str_exact(shortest())).ok()
}
