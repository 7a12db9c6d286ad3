//! Which types hold secrets.

use super::{Field, Program, Type, TypeKind};

impl Program {
    /// Says whether a value of a type is a secret or has one in it. What a function value captured is not seen.
    pub fn holds_secret(&self, type_: Type) -> bool {
        self.holds_secret_within(type_, &mut Vec::new())
    }

    fn holds_secret_within(&self, type_: Type, seen: &mut Vec<Type>) -> bool {
        let any = |list: &[Type], seen: &mut Vec<Type>| list.iter().any(|each| self.holds_secret_within(*each, seen));
        let fields =
            |list: &[Field], seen: &mut Vec<Type>| list.iter().any(|field| self.holds_secret_within(field.type_, seen));
        match self.types.kind(type_) {
            TypeKind::Secret(_) => true,
            TypeKind::Optional(inner) | TypeKind::List(inner) | TypeKind::Set(inner) => {
                self.holds_secret_within(*inner, seen)
            }
            TypeKind::Map(key, value) => any(&[*key, *value], seen),
            TypeKind::Record(..) | TypeKind::Enum(..) if seen.contains(&type_) => false,
            TypeKind::Record(id, arguments) => {
                seen.push(type_);
                any(arguments, seen) || fields(&self.records[id.0 as usize].fields, seen)
            }
            TypeKind::Enum(id, arguments) => {
                seen.push(type_);
                let cases = &self.enums[id.0 as usize].cases;
                any(arguments, seen) || cases.iter().any(|case| fields(&case.fields, seen))
            }
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
            | TypeKind::Function(..)
            | TypeKind::Refined(_)
            | TypeKind::Parameter(_) => false,
        }
    }
}
