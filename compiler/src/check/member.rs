//! Fields, items and changed copies.

use super::{
    Checker, Definition, foreign,
    report::{Because, Want},
};
use crate::index::Target;
use crate::ir::{Expr, ExprKind, Type, TypeKind};
use diagnostics::{Code, Diagnostic, Span};
use grammar::tree::{self, Argument};

impl<'t> Checker<'t> {
    /// Checks `value.name` and `value?.name`, where `value` may be a module or an enum.
    pub(super) fn field(
        &mut self,
        value: &'t tree::Expr,
        name: &'t tree::Name,
        optional: bool,
        span: Span,
        want: Want,
    ) -> Expr {
        match self.path_head(value) {
            Some((head, Definition::Module(unit))) => {
                if let Some(value) = self.run_field(head, name, span) {
                    return value;
                }
                return self.module_value(head, unit, name, span, want);
            }
            Some((head, Definition::Enum(id))) => {
                self.note_use(head.span, Definition::Enum(id));
                return self.case_of(id, name, None, span, Want::Any);
            }
            Some(_) | None => {}
        }
        if let Some(id) = self.qualified_enum(value) {
            return self.case_of(id, name, None, span, Want::Any);
        }
        let value = self.check_expr(value, Want::Any);
        if optional {
            return self.chain(value, span, |checker, inner| checker.field_of(inner, name, span));
        }
        self.field_of(value, name, span)
    }

    /// `module.Enum`, as in `module.Enum.case`.
    pub(super) fn qualified_enum(&mut self, value: &'t tree::Expr) -> Option<crate::ir::EnumId> {
        let tree::ExprKind::Field { value: head, name, optional: false } = &*value.kind else { return None };
        let Some((head, Definition::Module(unit))) = self.path_head(head) else { return None };
        match self.modules[unit as usize].names.get(&name.text).map(|known| known.0) {
            Some(Definition::Enum(id)) => {
                self.note_use(head.span, Definition::Module(unit));
                self.note_use(name.span, Definition::Enum(id));
                Some(id)
            }
            Some(_) | None => None,
        }
    }

    fn module_value(&mut self, head: &'t tree::Name, unit: u32, name: &'t tree::Name, span: Span, want: Want) -> Expr {
        self.note_use(head.span, Definition::Module(unit));
        match self.modules[unit as usize].names.get(&name.text).map(|known| known.0) {
            Some(definition) => self.definition_value(name, definition, span, want),
            None => {
                self.unknown_item(name, unit);
                self.error(span)
            }
        }
    }

    /// Does something with what an optional value holds: `?.`.
    pub(super) fn chain(&mut self, value: Expr, span: Span, body: impl FnOnce(&mut Self, Expr) -> Expr) -> Expr {
        let inner = match self.kind(value.type_) {
            TypeKind::Optional(inner) => *inner,
            TypeKind::Error => return value,
            _ => {
                let message = format!("`?.` needs a value that may be `none`, found `{}`", self.name(value.type_));
                let diagnostic = Diagnostic::new(Code::OperatorTypes, self.place(value.span), message);
                self.report(diagnostic.help("write `.`"));
                value.type_
            }
        };
        if inner == value.type_ {
            return body(self, value);
        }
        let local = self.hidden_local(inner, value.span);
        let held = self.make(ExprKind::Local(local), inner, value.span);
        let made = body(self, held);
        if made.type_ == Type::ERROR {
            return self.error(span);
        }
        let (made, type_) = match self.kind(made.type_) {
            TypeKind::Optional(_) => {
                let type_ = made.type_;
                (made, type_)
            }
            TypeKind::Nothing | TypeKind::Never => {
                let type_ = made.type_;
                (made, type_)
            }
            _ => {
                let type_ = self.optional(made.type_);
                (self.convert_quietly(made, type_), type_)
            }
        };
        self.make(ExprKind::Chain { value: Box::new(value), local, body: Box::new(made) }, type_, span)
    }

    fn field_of(&mut self, value: Expr, name: &'t tree::Name, span: Span) -> Expr {
        match self.find_field(value.type_, name) {
            Some((field, type_)) => {
                let made = self.make(ExprKind::Field { value: Box::new(value), field }, type_, span);
                self.narrowed(made)
            }
            None => self.error(span),
        }
    }

    /// Finds a field of a record type: its number and type; or tells.
    pub(super) fn find_field(&mut self, of: Type, name: &tree::Name) -> Option<(u32, Type)> {
        let TypeKind::Record(id, arguments) = self.kind(of).clone() else {
            if of != Type::ERROR && of != Type::NEVER {
                self.no_field(of, name);
            }
            return None;
        };
        let fields = &self.program.records[id.0 as usize].fields;
        let Some(at) = fields.iter().position(|field| field.name == name.text.as_str()) else {
            self.no_field(of, name);
            return None;
        };
        let type_ = fields[at].type_;
        if self.muted == 0 && !self.current().library {
            let item = self.records[id.0 as usize].item;
            self.index.add(self.place(name.span), Target::Member(item, at as u32));
        }
        Some((at as u32, self.program.types.substitute(type_, &arguments)))
    }

    fn no_field(&mut self, of: Type, name: &tree::Name) {
        let place = self.place(name.span);
        if let Some(inner) = self.inside_optional(of) {
            let message = format!("this may be `none`: `{}` has no fields", self.name(of));
            let diagnostic = Diagnostic::new(Code::MayBeNone, place, message);
            let inner = self.name(inner);
            return self.report(diagnostic.help(format!("write `?.{}`, or make it a `{inner}` with `??`", name.text)));
        }
        let message = format!("`{}` has no field `{}`", self.name(of), name.text);
        let diagnostic = Diagnostic::new(Code::UnknownMember, place, message);
        if !self.methods_named(of, &name.text).is_empty() {
            let help = format!("`{}` is computed: call it with `()`", name.text);
            return self.report(diagnostic.help(help).safe_fix(
                format!("write `{}()`", name.text),
                self.place(Span::at(name.span.end)),
                "()",
            ));
        }
        if of == Type::JSON {
            return self.report(diagnostic.help(format!("json is indexed: `[\"{}\"]`", name.text)));
        }
        if let Some(ours) = foreign::names(&name.text).iter().find(|ours| !self.methods_named(of, ours).is_empty()) {
            let fix = format!("write `{ours}()`");
            return self.report(diagnostic.label(fix.clone()).safe_fix(fix, place, format!("{ours}()")));
        }
        let near = match self.kind(of) {
            TypeKind::Record(id, _) => {
                let fields = &self.program.records[id.0 as usize].fields;
                self.near(&name.text, fields.iter().map(|field| field.name.as_str())).map(str::to_owned)
            }
            _ => None,
        };
        self.report_near(diagnostic, name.span, near);
    }

    /// Checks `value[index]`.
    pub(super) fn index_of(&mut self, value: &'t tree::Expr, index: &'t tree::Expr, span: Span) -> Expr {
        let written = value;
        let value = self.check_expr(value, Want::Any);
        let base = self.base(value.type_);
        let because = Because::Nothing;
        if self.sliced(written, index) {
            return self.error(span);
        }
        if matches!(self.kind(base), TypeKind::List(_) | TypeKind::Bytes | TypeKind::Json) {
            self.expect_index(&value, index);
        }
        let (index, type_) = match self.kind(base).clone() {
            TypeKind::List(item) => (self.check_expr(index, Want::Type(Type::INT, because)), item),
            TypeKind::Bytes => (self.check_expr(index, Want::Type(Type::INT, because)), Type::INT),
            TypeKind::Map(key, item) => (self.check_expr(index, Want::Type(key, because)), item),
            TypeKind::Json => {
                let index = self.check_expr(index, Want::Any);
                if !matches!(self.base(index.type_), Type::INT | Type::STRING | Type::ERROR) {
                    let message = format!("json is indexed by `string` or `int`, found `{}`", self.name(index.type_));
                    self.report(Diagnostic::new(Code::Mismatch, self.place(index.span), message));
                }
                (index, Type::JSON)
            }
            TypeKind::Error | TypeKind::Never => {
                self.check_expr(index, Want::Any);
                return self.error(span);
            }
            kind => {
                self.check_expr(index, Want::Any);
                let message = format!("`{}` has no items to index", self.name(value.type_));
                let mut diagnostic = Diagnostic::new(Code::NotIndexable, self.place(value.span), message);
                if kind == TypeKind::String {
                    diagnostic = diagnostic.help("take a part with `.slice(from, to)`");
                }
                if let TypeKind::Optional(_) = kind {
                    diagnostic = diagnostic.help("say what stands for `none` with `??`, or ask `!= none` before");
                }
                self.report(diagnostic);
                return self.error(span);
            }
        };
        let value = self.convert_quietly(value, base);
        self.make(ExprKind::Index { value: Box::new(value), index: Box::new(index) }, type_, span)
    }

    /// Checks `value.with(field: x)`.
    pub(super) fn with(&mut self, value: &'t tree::Expr, changes: &'t [Argument], span: Span) -> Expr {
        let value = self.check_expr(value, Want::Any);
        let type_ = value.type_;
        if !matches!(self.kind(type_), TypeKind::Record(..)) {
            if type_ != Type::ERROR {
                let message = format!("only a record has changed copies, found `{}`", self.name(type_));
                self.report(Diagnostic::new(Code::OperatorTypes, self.place(value.span), message));
            }
            self.check_arguments_alone(changes);
            return self.error(span);
        }
        let mut made: Vec<(u32, Expr)> = Vec::with_capacity(changes.len());
        for change in changes {
            let Some(name) = &change.name else {
                let message = "a changed field is given by name: `with(field: value)`".to_owned();
                self.report(Diagnostic::new(Code::UnknownArgument, self.place(change.value.span), message));
                continue;
            };
            let Some((field, field_type)) = self.find_field(type_, name) else {
                self.check_expr(&change.value, Want::Any);
                continue;
            };
            let value = self.check_expr(&change.value, Want::Type(field_type, Because::Nothing));
            if made.iter().any(|(known, _)| *known == field) {
                let message = format!("the field `{}` is given twice", name.text);
                self.report(Diagnostic::new(Code::DuplicateArgument, self.place(name.span), message));
                continue;
            }
            made.push((field, value));
        }
        self.make(ExprKind::With { value: Box::new(value), changes: made }, type_, span)
    }
}
