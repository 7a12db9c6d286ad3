//! What types are where a function's type parameters are known.

use super::{Frame, Machine};
use compiler::ir::{Type, TypeKind};

impl<'p> Machine<'p, '_> {
    /// Gives what a type is; a refined type is its base.
    pub(super) fn kind(&mut self, frame: &Frame<'p>, type_: Type) -> TypeKind {
        let concrete = self.types.substitute(type_, &frame.arguments);
        self.base(concrete)
    }

    /// Gives what a type without parameters is; a refined type is its base.
    pub(super) fn base(&self, type_: Type) -> TypeKind {
        match self.types.kind(type_) {
            TypeKind::Refined(id) => self.base(self.program.refined[id.0 as usize].base),
            kind => kind.clone(),
        }
    }

    /// Gives types with the type parameters of a call in them.
    pub(super) fn concrete(&mut self, frame: &Frame<'p>, types: &[Type]) -> Vec<Type> {
        types.iter().map(|type_| self.types.substitute(*type_, &frame.arguments)).collect()
    }
}
