//! Json: which types have a form in it, and `.decode()`. A secret can be read from json, and has no form to be written in.

use super::{Checker, report::Want};
use crate::ir::{Expr, ExprKind, Type, TypeKind};
use diagnostics::{Code, Diagnostic, Span};

impl Checker<'_> {
    /// Says whether values of a type have a JSON form.
    pub(super) fn has_json_form(&self, type_: Type) -> bool {
        match self.kind(type_) {
            TypeKind::Function(..) | TypeKind::Nothing | TypeKind::Secret(_) => false,
            TypeKind::Optional(inner) | TypeKind::List(inner) | TypeKind::Set(inner) => self.has_json_form(*inner),
            TypeKind::Map(key, value) => {
                self.base(*key) == Type::STRING && self.has_json_form(*value) || *value == Type::NEVER
            }
            TypeKind::Refined(_) => self.has_json_form(self.base(type_)),
            TypeKind::Error
            | TypeKind::Never
            | TypeKind::Int
            | TypeKind::Float
            | TypeKind::Decimal
            | TypeKind::Bool
            | TypeKind::String
            | TypeKind::Bytes
            | TypeKind::Duration
            | TypeKind::Date
            | TypeKind::Time
            | TypeKind::DateTime
            | TypeKind::Json
            | TypeKind::Record(..)
            | TypeKind::Enum(..)
            | TypeKind::Parameter(_) => true,
        }
    }

    /// Checks `value.decode()`: the type comes from what is wanted.
    pub(super) fn decode(&mut self, value: Expr, span: Span, want: Want) -> Expr {
        match want {
            Want::Type(type_, _) if !self.has_hole(type_) && type_ != Type::ERROR => {
                let plain = self.plain(type_);
                if !self.has_json_form(plain) {
                    let message = format!("a `{}` cannot be read from json", self.name(type_));
                    self.report(Diagnostic::new(Code::NoForm, self.place(span), message));
                    return self.error(span);
                }
                self.make(ExprKind::Decode(Box::new(value)), type_, span)
            }
            Want::Type(Type::ERROR, _) => self.error(span),
            Want::Type(..) | Want::Any | Want::Dropped => {
                let message = "what to decode into cannot be told from here".to_owned();
                let diagnostic = Diagnostic::new(Code::TypeUnknown, self.place(span), message);
                self.report(diagnostic.help("give the type: `let order: Order = body.decode()`"));
                self.error(span)
            }
        }
    }
}
