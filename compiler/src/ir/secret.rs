//! Which types hold secrets.

use super::{Field, Program, Type, TypeKind};

impl Program {
    /// Says whether a value of a type is a secret or has one in it. What a function value captured is not seen.
    pub fn holds_secret(&self, type_: Type) -> bool {
        self.holds_secret_within(type_, &mut Vec::new())
    }

    fn holds_secret_within(&self, type_: Type, seen: &mut Vec<Type>) -> bool {
        let kind = self.types.kind(type_);
        let declared: Vec<&[Field]> = match kind {
            TypeKind::Secret(_) => return true,
            TypeKind::Function(..) => return false,
            TypeKind::Record(..) | TypeKind::Enum(..) if seen.contains(&type_) => return false,
            TypeKind::Record(id, _) => vec![&self.records[id.0 as usize].fields],
            TypeKind::Enum(id, _) => {
                self.enums[id.0 as usize].cases.iter().map(|case| case.fields.as_slice()).collect()
            }
            _ => Vec::new(),
        };
        if !declared.is_empty() {
            seen.push(type_);
        }
        let declared = declared.into_iter().flatten().map(|field| field.type_);
        kind.parts().chain(declared).any(|part| self.holds_secret_within(part, seen))
    }
}
