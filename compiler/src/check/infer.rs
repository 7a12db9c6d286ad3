//! Type arguments of generic calls: a parameter's type is a pattern, an argument's type is matched against it.
//!
//! Types with open places have [`Checker::hole`] there; they only hint at what an argument may be.

use super::Checker;
use crate::ir::{Type, TypeKind};

/// What the type parameters of one call stand for so far.
#[derive(Clone, Debug)]
pub(super) struct Bindings {
    types: Vec<Type>,
    hole: Type,
}

impl Bindings {
    /// Gives the type arguments; `None` if one is not known.
    pub fn all(&self) -> Option<&[Type]> {
        self.types.iter().all(|type_| *type_ != self.hole).then_some(&self.types)
    }

    /// Gives the number of the first unknown one.
    pub fn first_unknown(&self) -> Option<usize> {
        self.types.iter().position(|type_| *type_ == self.hole)
    }

    /// Takes `type_` for what is not known.
    pub fn close(&mut self, type_: Type) {
        for slot in &mut self.types {
            if *slot == self.hole {
                *slot = type_;
            }
        }
    }
}

impl Checker<'_> {
    /// Makes open bindings.
    pub(super) fn bindings(&self, generics: u32) -> Bindings {
        Bindings { types: vec![self.hole; generics as usize], hole: self.hole }
    }

    /// Gives a type with what is known put in, and holes for the rest.
    pub(super) fn apply(&mut self, type_: Type, bindings: &Bindings) -> Type {
        self.program.types.substitute(type_, &bindings.types)
    }

    /// Says whether a type has open places.
    pub(super) fn has_hole(&self, type_: Type) -> bool {
        if type_ == self.hole {
            return true;
        }
        match self.kind(type_) {
            TypeKind::Optional(inner) | TypeKind::List(inner) | TypeKind::Set(inner) => self.has_hole(*inner),
            TypeKind::Map(key, value) => self.has_hole(*key) || self.has_hole(*value),
            TypeKind::Function(parameters, result) => {
                self.has_hole(*result) || parameters.iter().any(|parameter| self.has_hole(*parameter))
            }
            TypeKind::Record(_, list) | TypeKind::Enum(_, list) => list.iter().any(|each| self.has_hole(*each)),
            TypeKind::Error
            | TypeKind::Never
            | TypeKind::Nothing
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
            | TypeKind::Refined(_)
            | TypeKind::Parameter(_) => false,
        }
    }

    /// Binds what a pattern leaves open to the parts of an actual type. What does not match is left for the conversion
    /// to tell.
    pub(super) fn infer(&self, pattern: Type, actual: Type, bindings: &mut Bindings) {
        if actual == Type::ERROR {
            return;
        }
        let is_whole = matches!(self.kind(pattern), TypeKind::Parameter(_) | TypeKind::Optional(_));
        let actual = if is_whole { actual } else { self.base(actual) };
        let (pattern, actual) = (self.kind(pattern), (actual, self.kind(actual)));
        match (pattern, actual.1) {
            (TypeKind::Parameter(at), _) => {
                if let Some(slot) = bindings.types.get_mut(*at as usize)
                    && *slot == bindings.hole
                    && !self.is_open(actual.0)
                {
                    *slot = actual.0;
                }
            }
            (TypeKind::Optional(wanted), TypeKind::Optional(found)) => self.infer(*wanted, *found, bindings),
            (TypeKind::Optional(wanted), _) => self.infer(*wanted, actual.0, bindings),
            (TypeKind::List(wanted), TypeKind::List(found)) | (TypeKind::Set(wanted), TypeKind::Set(found)) => {
                self.infer(*wanted, *found, bindings);
            }
            (TypeKind::Map(key, value), TypeKind::Map(found_key, found_value)) => {
                self.infer(*key, *found_key, bindings);
                self.infer(*value, *found_value, bindings);
            }
            (TypeKind::Function(parameters, result), TypeKind::Function(found, found_result)) => {
                for (wanted, found) in parameters.iter().zip(found) {
                    self.infer(*wanted, *found, bindings);
                }
                self.infer(*result, *found_result, bindings);
            }
            (TypeKind::Record(id, list), TypeKind::Record(found, found_list)) if id == found => {
                for (wanted, found) in list.iter().zip(found_list) {
                    self.infer(*wanted, *found, bindings);
                }
            }
            (TypeKind::Enum(id, list), TypeKind::Enum(found, found_list)) if id == found => {
                for (wanted, found) in list.iter().zip(found_list) {
                    self.infer(*wanted, *found, bindings);
                }
            }
            (
                TypeKind::Error
                | TypeKind::Never
                | TypeKind::Nothing
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
                | TypeKind::Refined(_)
                | TypeKind::List(_)
                | TypeKind::Set(_)
                | TypeKind::Map(..)
                | TypeKind::Function(..)
                | TypeKind::Record(..)
                | TypeKind::Enum(..),
                _,
            ) => {}
        }
    }

    /// Says whether a type leaves something open: a hole, the item of `[]`, the value of `none`.
    pub(super) fn is_open(&self, type_: Type) -> bool {
        if type_ == self.hole || type_ == Type::NEVER || type_ == Type::NOTHING {
            return true;
        }
        match self.kind(type_) {
            TypeKind::Optional(inner) | TypeKind::List(inner) | TypeKind::Set(inner) => self.is_open(*inner),
            TypeKind::Map(key, value) => self.is_open(*key) || self.is_open(*value),
            TypeKind::Record(_, list) | TypeKind::Enum(_, list) => list.iter().any(|each| self.is_open(*each)),
            TypeKind::Function(..)
            | TypeKind::Error
            | TypeKind::Never
            | TypeKind::Nothing
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
            | TypeKind::Refined(_)
            | TypeKind::Parameter(_) => false,
        }
    }
}
