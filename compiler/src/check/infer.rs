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

    /// Says what a type parameter stands for, unless that is known.
    fn bind(&mut self, at: u32, type_: Type) {
        if let Some(slot) = self.types.get_mut(at as usize)
            && *slot == self.hole
        {
            *slot = type_;
        }
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
        type_ == self.hole || self.kind(type_).parts().any(|part| self.has_hole(part))
    }

    /// Binds what a pattern leaves open to the parts of an actual type. What does not match is left for the conversion
    /// to tell.
    pub(super) fn infer(&self, pattern: Type, actual: Type, bindings: &mut Bindings) {
        if actual == Type::ERROR {
            return self.infer_wrong(pattern, bindings);
        }
        let is_whole =
            matches!(self.kind(pattern), TypeKind::Parameter(_) | TypeKind::Optional(_) | TypeKind::Secret(_));
        let actual = if is_whole { actual } else { self.base(actual) };
        match (self.kind(pattern), self.kind(actual)) {
            (TypeKind::Parameter(at), _) if !self.is_open(actual) => bindings.bind(*at, actual),
            (TypeKind::Optional(wanted), TypeKind::Optional(found)) => self.infer(*wanted, *found, bindings),
            (TypeKind::Optional(wanted), _) => self.infer(*wanted, actual, bindings),
            (TypeKind::Secret(wanted), TypeKind::Secret(found)) => self.infer(*wanted, *found, bindings),
            (TypeKind::Secret(wanted), _) => self.infer(*wanted, actual, bindings),
            (wanted, found) if wanted.is_made_like(found) => {
                let is_declared = matches!(found, TypeKind::Record(..) | TypeKind::Enum(..));
                for (wanted, found) in wanted.parts().zip(found.parts()) {
                    match self.kind(wanted) {
                        // The `Run` of a task that gives nothing is a `Run` of nothing.
                        TypeKind::Parameter(at) if is_declared && found == Type::NOTHING => bindings.bind(*at, found),
                        _ => self.infer(wanted, found, bindings),
                    }
                }
            }
            (_, _) => {}
        }
    }

    /// Takes what a pattern leaves open for wrong: the value it is matched against is told already, and what follows from
    /// it must not be told again.
    fn infer_wrong(&self, pattern: Type, bindings: &mut Bindings) {
        if let TypeKind::Parameter(at) = self.kind(pattern)
            && let Some(slot) = bindings.types.get_mut(*at as usize)
            && *slot == bindings.hole
        {
            *slot = Type::ERROR;
        }
        for part in self.kind(pattern).parts() {
            self.infer_wrong(part, bindings);
        }
    }

    /// Says whether a type leaves something open: a hole, the item of `[]`, the value of `none`.
    pub(super) fn is_open(&self, type_: Type) -> bool {
        if type_ == self.hole || type_ == Type::NEVER || type_ == Type::NOTHING {
            return true;
        }
        match self.kind(type_) {
            TypeKind::Function(..) => false,
            kind @ (TypeKind::Record(..) | TypeKind::Enum(..)) => {
                kind.parts().any(|part| part != Type::NOTHING && self.is_open(part))
            }
            kind => kind.parts().any(|part| self.is_open(part)),
        }
    }
}
