//! What stands for a secret in the machine: how it is made, never what it is.
//!
//! A secret is a case with a number that no enum has, so all that carries values (snapshots, rows, lists, closures) can
//! carry it. Its text is put together where an operation of the world takes it, and is forgotten with that operation. Of
//! a declared secret there is only the name; one that a run finds for itself has to be held, and whoever keeps the state
//! of such a run keeps it sealed.

use crate::{FunctionId, Image, Op, Operand, Type, TypeId};

/// A declared secret: its name.
pub const NAMED: u16 = u16::MAX;
/// A text that is joined of others, each plain or a secret.
pub const JOINED: u16 = u16::MAX - 1;
/// The result of a pure native: its name, then its arguments.
pub const APPLIED: u16 = u16::MAX - 2;
/// A value that a run found and keeps secret: the value.
pub const HELD: u16 = u16::MAX - 3;
/// What an operation gave, as ciphertext: only in the rows of a run that holds secrets.
pub const SEALED: u16 = u16::MAX - 4;

/// What is shown in the place of a secret.
pub const REDACTED: &str = "[secret]";

/// Says whether the number of a case is that of a secret.
pub const fn is_secret(tag: u16) -> bool {
    tag >= SEALED
}

/// Says whether a function, or one that it leads to, makes secrets of values that only a run knows. The history of a run
/// that does so is not to be read by everybody.
pub fn holds_secrets(image: &Image, function: FunctionId) -> bool {
    let mut seen = vec![false; image.functions.len()];
    let mut left = vec![function];
    while let Some(id) = left.pop() {
        let at = usize::from(id.0);
        let (Some(function), Some(seen)) = (image.functions.get(at), seen.get_mut(at)) else { continue };
        if std::mem::replace(seen, true) {
            continue;
        }
        for op in &function.code {
            match *op {
                Op::NewCase { tag: HELD, .. } => return true,
                Op::Decode { of, .. } if has_secret(&image.types, of) => return true,
                _ => op.operands(&mut |_, operand| {
                    if let Operand::FunctionId(id) = operand {
                        left.push(id);
                    }
                }),
            }
        }
    }
    false
}

fn has_secret(types: &[Type], of: TypeId) -> bool {
    let mut seen = vec![false; types.len()];
    let mut left = vec![of];
    while let Some(id) = left.pop() {
        let at = usize::from(id.0);
        let (Some(type_), Some(seen)) = (types.get(at), seen.get_mut(at)) else { continue };
        if std::mem::replace(seen, true) {
            continue;
        }
        match type_ {
            Type::Secret(_) => return true,
            Type::Optional(inner) | Type::List(inner) | Type::Set(inner) => left.push(*inner),
            Type::Map(key, value) => left.extend([*key, *value]),
            Type::Record(shape) => left.extend(shape.fields.iter().map(|field| field.type_)),
            Type::Enum(shape) => {
                left.extend(shape.cases.iter().flat_map(|case| &case.fields).map(|field| field.type_));
            }
            Type::Nothing
            | Type::Int
            | Type::Float
            | Type::Decimal
            | Type::Bool
            | Type::String
            | Type::Bytes
            | Type::Duration
            | Type::Date
            | Type::Time
            | Type::DateTime
            | Type::Json
            | Type::Function => {}
        }
    }
    false
}
