//! What a generic function demands of the types that it is called with, beyond what its signature says.
//!
//! The body of a generic function takes its parameters for plain values, so no secret may come in through a type
//! parameter; the library's functions only move what they are given, but for those that stand here.

use super::Checker;
use crate::ir::{FunctionId, Type, TypeKind};
use diagnostics::{Code, Diagnostic, Span};

/// What is demanded of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Demand {
    /// That it has `==`.
    Equality,
    /// That its values can be keys of maps and items of sets.
    Key,
    /// That one of its values comes before another.
    Order,
}

/// Functions of the library, which of their type parameters, and what is demanded of it.
const DEMANDS: &[(&str, usize, Demand)] = &[
    ("list.contains", 0, Demand::Equality),
    ("list.index_of", 0, Demand::Equality),
    ("list.unique", 0, Demand::Key),
    ("list.to_set", 0, Demand::Key),
    ("list.group_by", 1, Demand::Key),
    ("list.sort_by", 1, Demand::Order),
    ("list.min_by", 1, Demand::Order),
    ("list.max_by", 1, Demand::Order),
];

impl Checker<'_> {
    /// Tells where a function is called with types that are not what it demands.
    pub(super) fn expect_demands(&mut self, id: FunctionId, type_arguments: &[Type], span: Span) {
        if type_arguments.is_empty() || self.current().library {
            return;
        }
        let unit = self.signatures[id.0 as usize].parameters.unit;
        if !self.units[unit as usize].library {
            return self.expect_plain(id, type_arguments, span);
        }
        let name = &self.program.functions[id.0 as usize].name;
        let Some((_, at, demand)) = DEMANDS.iter().find(|(function, ..)| function == name) else { return };
        let Some(&type_) = type_arguments.get(*at) else { return };
        let (fits, what) = match demand {
            Demand::Equality => (self.is_comparable(type_), "compares values"),
            Demand::Key => (self.is_key(type_), "takes values for keys"),
            Demand::Order => (self.is_ordered(type_), "puts values in order"),
        };
        if fits {
            return;
        }
        let short = name.rsplit('.').next().unwrap_or(name);
        let message = format!("`{short}` {what}, and those of `{}` cannot be", self.name(type_));
        let diagnostic = Diagnostic::new(Code::NotComparable, self.place(span), message);
        self.report(match demand {
            _ if self.holds_secret(type_) => {
                diagnostic.note("a secret is not compared: what came of it would tell of it")
            }
            Demand::Equality => diagnostic.note("functions have no `==`"),
            Demand::Key => diagnostic.note("keys are everything with `==` but floats, functions, secrets and json"),
            Demand::Order => diagnostic
                .help("take a key that has an order: a number, a string, a date, a time, a duration or a bool"),
        });
    }

    /// Tells of secrets that come into a function of the project through a type parameter.
    fn expect_plain(&mut self, id: FunctionId, type_arguments: &[Type], span: Span) {
        let Some(&type_) = type_arguments.iter().find(|type_| self.holds_secret(**type_)) else { return };
        let name = &self.program.functions[id.0 as usize].name;
        let message = format!("a secret goes into `{name}`, which is for any type and takes its values for plain");
        let diagnostic = Diagnostic::new(Code::SecretDisclosed, self.place(span), message);
        let help = format!("write a function for secrets, with parameters of `{}`", self.name(type_));
        self.report(diagnostic.help(help));
    }

    /// Says whether values of a type have an order.
    fn is_ordered(&self, type_: Type) -> bool {
        match self.kind(self.base(type_)) {
            TypeKind::Int
            | TypeKind::Float
            | TypeKind::Decimal
            | TypeKind::Bool
            | TypeKind::String
            | TypeKind::Duration
            | TypeKind::Date
            | TypeKind::Time
            | TypeKind::DateTime
            | TypeKind::Parameter(_)
            | TypeKind::Error
            | TypeKind::Never => true,
            TypeKind::Nothing
            | TypeKind::Bytes
            | TypeKind::Json
            | TypeKind::Optional(_)
            | TypeKind::List(_)
            | TypeKind::Set(_)
            | TypeKind::Map(..)
            | TypeKind::Function(..)
            | TypeKind::Secret(_)
            | TypeKind::Record(..)
            | TypeKind::Enum(..)
            | TypeKind::Refined(_) => false,
        }
    }
}
