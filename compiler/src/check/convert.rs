//! Conversions that need no word: `T` to `T?`, a refined type to its base, an int literal to float, a value to json.

use super::{
    Checker,
    report::{Because, Want},
};
use crate::ir::{Expr, ExprKind, RefinedId, Type, TypeKind};
use diagnostics::{Code, Diagnostic};
use grammar::tree;
use rust_decimal::Decimal;

impl<'t> Checker<'t> {
    /// Checks an expression and converts it to what is wanted.
    pub(super) fn check_expr(&mut self, expr: &'t tree::Expr, want: Want) -> Expr {
        let value = self.expr(expr, want);
        match want {
            Want::Type(type_, because) if !self.has_hole(type_) => self.convert(value, type_, because),
            Want::Type(..) | Want::Any => self.expect_value(value),
            Want::Dropped => value,
        }
    }

    /// Tells where a value is needed and there is none.
    pub(super) fn expect_value(&mut self, value: Expr) -> Expr {
        if value.type_ != Type::NOTHING {
            return value;
        }
        let message = "a value is expected, and this gives none".to_owned();
        self.report(Diagnostic::new(Code::NoValue, self.place(value.span), message));
        Expr { type_: Type::ERROR, ..value }
    }

    /// Converts a value to a type, or tells why it cannot; that of a block where it stands, at the end of the block.
    pub(super) fn convert(&mut self, value: Expr, wanted: Type, because: Because) -> Expr {
        let Expr { kind, type_: found, span } = value;
        let value = match kind {
            ExprKind::Block { statements, value: Some(last) } if found != Type::NEVER && found != wanted => {
                let last = self.convert(*last, wanted, because);
                let type_ = if last.type_ == Type::ERROR { Type::ERROR } else { wanted };
                return Expr { kind: ExprKind::Block { statements, value: Some(Box::new(last)) }, type_, span };
            }
            kind => Expr { kind, type_: found, span },
        };
        match self.converted(value, wanted) {
            Ok(value) => value,
            Err(value) => {
                if value.type_ == Type::NOTHING {
                    return self.expect_value(value);
                }
                if let TypeKind::Refined(id) = self.kind(wanted)
                    && self.reaches(value.type_, wanted)
                {
                    let id = *id;
                    return self.narrow_constant(value, id, wanted, because);
                }
                let value = match self.disclosed(value, wanted) {
                    Ok(value) => return value,
                    Err(value) => value,
                };
                self.mismatch(value.span, value.type_, wanted, because);
                Expr { type_: Type::ERROR, ..value }
            }
        }
    }

    /// Says whether a value converts, without telling.
    pub(super) fn converts(&self, from: Type, to: Type) -> bool {
        from == to
            || from == Type::ERROR
            || to == Type::ERROR
            || from == Type::NEVER
            || self.renames(from, to)
            || (to == Type::JSON && self.has_json_form(from) && !self.holds_secret(from))
            || self
                .inside_optional(to)
                .is_some_and(|inner| self.converts(self.inside_optional(from).unwrap_or(from), inner))
    }

    /// Converts where nothing needs to be asked; gives the value back where it does not fit.
    pub(super) fn converted(&mut self, value: Expr, wanted: Type) -> Result<Expr, Expr> {
        let found = value.type_;
        if found == wanted || found == Type::NEVER {
            return Ok(value);
        }
        if found == Type::ERROR || wanted == Type::ERROR {
            return Ok(Expr { type_: Type::ERROR, ..value });
        }
        if self.renames(found, wanted) {
            let span = value.span;
            return Ok(Expr { kind: ExprKind::Retype(Box::new(value)), type_: wanted, span });
        }
        if self.is_open(found) && self.fits_open(found, wanted) {
            return Ok(self.adopt(value, wanted));
        }
        if (wanted == Type::FLOAT || wanted == Type::DECIMAL) && is_int_literal(&value) {
            return Ok(widened(value, wanted));
        }
        if wanted == Type::JSON {
            return self.encoded(value);
        }
        if let TypeKind::Secret(inner) = self.kind(wanted) {
            return self.as_secret(value, *inner, wanted);
        }
        if let Some(inner) = self.inside_optional(wanted) {
            return self.as_optional(value, inner, wanted);
        }
        Err(value)
    }

    fn as_optional(&mut self, value: Expr, inner: Type, wanted: Type) -> Result<Expr, Expr> {
        if self.inside_optional(value.type_).is_some() {
            return Err(value);
        }
        let span = value.span;
        let value = match self.converted(value, inner) {
            Ok(value) => value,
            Err(value) => match self.kind(inner) {
                TypeKind::Refined(id) if self.reaches(value.type_, inner) => {
                    let id = *id;
                    self.narrow_constant(value, id, inner, Because::Nothing)
                }
                _ => return Err(value),
            },
        };
        Ok(Expr { kind: ExprKind::Some(Box::new(value)), type_: wanted, span })
    }

    fn encoded(&mut self, value: Expr) -> Result<Expr, Expr> {
        if !self.has_json_form(value.type_) || self.holds_secret(value.type_) {
            return Err(value);
        }
        let span = value.span;
        if matches!(value.kind, ExprKind::None) {
            return Ok(Expr { kind: ExprKind::None, type_: Type::JSON, span });
        }
        Ok(Expr { kind: ExprKind::Encode(Box::new(value)), type_: Type::JSON, span })
    }

    /// Says whether one type is the other's base, or its base's base, or the same inside a list and so on.
    fn renames(&self, from: Type, to: Type) -> bool {
        if from == to {
            return true;
        }
        match (self.kind(from), self.kind(to)) {
            (TypeKind::Secret(from), TypeKind::Secret(to)) => self.renames(*from, *to),
            (_, TypeKind::Secret(to)) => self.renames(from, *to),
            (TypeKind::Refined(id), _) => self.renames(self.program.refined[id.0 as usize].base, to),
            (TypeKind::List(from), TypeKind::List(to)) => self.item_renames(*from, *to),
            (TypeKind::Map(key, value), TypeKind::Map(to_key, to_value)) => {
                self.renames(*key, *to_key) && self.item_renames(*value, *to_value)
            }
            (TypeKind::Set(_), TypeKind::Set(_)) | (TypeKind::Optional(_), TypeKind::Optional(_)) => {
                self.parts_rename(from, to)
            }
            (TypeKind::Function(from, result), TypeKind::Function(to, to_result)) => {
                from.len() == to.len()
                    && from.iter().zip(to).all(|(from, to)| self.renames(*to, *from))
                    && (self.renames(*result, *to_result) || *result == Type::NEVER)
            }
            (TypeKind::Enum(left, _), TypeKind::Enum(right, _)) if left == right => self.parts_rename(from, to),
            (TypeKind::Error, _) | (_, TypeKind::Error) => true,
            _ => false,
        }
    }

    /// The same of an item, which may also become one that may be `none`: lists and maps say themselves how it stands.
    fn item_renames(&self, from: Type, to: Type) -> bool {
        self.renames(from, to) || self.inside_optional(to).is_some_and(|inner| self.renames(from, inner))
    }

    fn parts_rename(&self, from: Type, to: Type) -> bool {
        self.kind(from).parts().zip(self.kind(to).parts()).all(|(from, to)| self.renames(from, to))
    }

    /// Says whether `wanted` is a refined type above `found`.
    pub(super) fn reaches(&self, found: Type, wanted: Type) -> bool {
        self.renames(found, self.base(wanted))
    }

    /// A base value where a refined type is expected: a constant is checked now, a text is checked when it is built, and
    /// everything else must be narrowed by the author.
    fn narrow_constant(&mut self, value: Expr, id: RefinedId, wanted: Type, because: Because) -> Expr {
        let span = value.span;
        let value = self.built(value, id);
        let is_text = matches!(value.kind, ExprKind::Text(_));
        let refined = Expr { kind: ExprKind::Refine { refined: id, value: Box::new(value) }, type_: wanted, span };
        match super::bounds::refines(&self.program, &refined) {
            Some(true) => refined,
            Some(false) => {
                let text = self.condition_text(id);
                let message = format!("this value is no `{}`: {text} does not hold", self.name(wanted));
                self.report(Diagnostic::new(Code::ConditionBroken, self.place(span), message));
                refined
            }
            None if is_text || is_literal(&refined) => refined,
            None => {
                let found = match &refined.kind {
                    ExprKind::Refine { value, .. } => value.type_,
                    _ => Type::ERROR,
                };
                let (found, name) = (self.name(found), self.name(wanted));
                let message = format!("expected `{name}`, found `{found}`, which was not checked");
                let mut diagnostic = Diagnostic::new(Code::NotRefined, self.place(span), message);
                if let Because::Parameter(place) | Because::Declared(place) = because {
                    diagnostic = diagnostic.also(place, "declared here");
                }
                diagnostic = diagnostic.help(format!("check it with `{name}(…)`, which fails with `invalid`"));
                if let ExprKind::Refine { value, .. } = &refined.kind {
                    diagnostic = self.declared_refined(diagnostic, value, &name);
                }
                self.report(diagnostic);
                Expr { type_: Type::ERROR, ..refined }
            }
        }
    }

    pub(super) fn condition_text(&self, id: RefinedId) -> String {
        match &self.program.refined[id.0 as usize].condition {
            Some(condition) => format!("`{}`", condition.text),
            None => "its condition".to_owned(),
        }
    }

    /// Says whether an open type, of `[]` or `none`, becomes another by filling it.
    pub(super) fn fits_open(&self, open: Type, wanted: Type) -> bool {
        if open == Type::NEVER || open == self.hole || open == wanted {
            return true;
        }
        match (self.kind(open), self.kind(wanted)) {
            (TypeKind::Optional(open), TypeKind::Json) => *open == Type::NEVER,
            (TypeKind::Function(..), _) => false,
            (open, wanted) if open.is_made_like(wanted) && open.parts().next().is_some() => {
                open.parts().zip(wanted.parts()).all(|(open, wanted)| self.fits_open(open, wanted))
            }
            (_, _) => false,
        }
    }

    /// Gives a literal of an open type the type that is known now.
    pub(super) fn adopt(&mut self, value: Expr, wanted: Type) -> Expr {
        if value.type_ == wanted || value.type_ == Type::NEVER || value.type_ == Type::ERROR {
            return value;
        }
        let Expr { kind, span, .. } = value;
        let item = match self.kind(wanted) {
            TypeKind::List(item) | TypeKind::Set(item) | TypeKind::Optional(item) => Some(*item),
            _ => None,
        };
        let entry = match self.kind(wanted) {
            TypeKind::Map(key, value) => Some((*key, *value)),
            _ => None,
        };
        let kind = match (kind, item, entry) {
            (ExprKind::List(items), Some(item), _) => {
                ExprKind::List(items.into_iter().map(|each| self.adopt(each, item)).collect())
            }
            (ExprKind::Map(entries), _, Some((key, item))) => {
                let adopted = entries.into_iter().map(|(k, v)| (self.adopt(k, key), self.adopt(v, item)));
                ExprKind::Map(adopted.collect())
            }
            (ExprKind::Some(inner), Some(item), _) => ExprKind::Some(Box::new(self.adopt(*inner, item))),
            (ExprKind::Block { statements, value: Some(last) }, ..) => {
                ExprKind::Block { statements, value: Some(Box::new(self.adopt(*last, wanted))) }
            }
            (ExprKind::If { condition, then, otherwise: Some(otherwise) }, ..) => ExprKind::If {
                condition,
                then: Box::new(self.adopt(*then, wanted)),
                otherwise: Some(Box::new(self.adopt(*otherwise, wanted))),
            },
            (kind, ..) => kind,
        };
        Expr { kind, type_: wanted, span }
    }

    /// Finds the type that two branches have in common.
    pub(super) fn join(&mut self, first: Type, second: Type) -> Option<Type> {
        if first == second || second == Type::NEVER {
            return Some(first);
        }
        // Before an error: of what comes to nothing else, the error was told.
        if first == Type::NEVER || first == Type::ERROR {
            return Some(second);
        }
        if second == Type::ERROR {
            return Some(first);
        }
        if self.inside_optional(first) == Some(Type::NEVER) {
            return (second != Type::NOTHING).then(|| self.optional(second));
        }
        if self.inside_optional(second) == Some(Type::NEVER) {
            return (first != Type::NOTHING).then(|| self.optional(first));
        }
        if self.converts(second, first) || (self.is_open(second) && self.fits_open(second, first)) {
            return Some(first);
        }
        if self.converts(first, second) || (self.is_open(first) && self.fits_open(first, second)) {
            return Some(second);
        }
        let (first, second) = (self.base(first), self.base(second));
        (first == second).then_some(first)
    }

    /// Tells of a type that stays open, as that of `let x = []`.
    pub(super) fn settled(&mut self, value: Expr) -> Expr {
        if value.type_ == Type::NEVER || value.type_ == Type::NOTHING || !self.is_open(value.type_) {
            return value;
        }
        let what = if self.inside_optional(value.type_).is_some() { "value of `none`" } else { "items" };
        let message = format!("the type of the {what} cannot be told from here");
        let diagnostic = Diagnostic::new(Code::TypeUnknown, self.place(value.span), message);
        let help = self.example_of_open(value.type_);
        self.report(diagnostic.help(help));
        Expr { type_: Type::ERROR, ..value }
    }
}

fn is_literal(refined: &Expr) -> bool {
    match &refined.kind {
        ExprKind::Refine { value, .. } => {
            matches!(
                value.kind,
                ExprKind::String(_) | ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Decimal(_) | ExprKind::Bool(_)
            )
        }
        _ => false,
    }
}

fn is_int_literal(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Int(_) => value.type_ == Type::INT,
        ExprKind::Negate(inner) => is_int_literal(inner),
        _ => false,
    }
}

/// Gives an int literal as a float or decimal.
fn widened(value: Expr, type_: Type) -> Expr {
    let span = value.span;
    let kind = match value.kind {
        ExprKind::Int(number) if type_ == Type::DECIMAL => ExprKind::Decimal(Decimal::from(number)),
        ExprKind::Int(number) => ExprKind::Float(number as f64),
        ExprKind::Negate(inner) => ExprKind::Negate(Box::new(widened(*inner, type_))),
        kind => return Expr { kind, type_: value.type_, span },
    };
    Expr { kind, type_, span }
}
