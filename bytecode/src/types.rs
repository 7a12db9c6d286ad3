//! Types as far as values are printed, read, written and compared at run time.

use crate::TypeId;
use serde::{Deserialize, Serialize};

/// A type. Ids refer to the image's table, so a type may contain itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Type {
    /// No value: what a function without `->` gives.
    Nothing,
    /// `int`.
    Int,
    /// `float`.
    Float,
    /// `decimal`.
    Decimal,
    /// `bool`.
    Bool,
    /// `string`.
    String,
    /// `bytes`.
    Bytes,
    /// `duration`.
    Duration,
    /// `date`.
    Date,
    /// `time`.
    Time,
    /// `datetime`.
    DateTime,
    /// `json`.
    Json,
    /// `T?`.
    Optional(TypeId),
    /// `list<T>`.
    List(TypeId),
    /// `map<K, V>`.
    Map(TypeId, TypeId),
    /// `set<T>`.
    Set(TypeId),
    /// `secret<T>`: values of `T` that nobody is shown.
    Secret(TypeId),
    /// A record.
    Record(RecordType),
    /// An enum.
    Enum(EnumType),
    /// A function; it has no form outside.
    Function,
}

/// A record's shape.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordType {
    /// Its name.
    pub name: String,
    /// Its fields, in the order of the record's values.
    pub fields: Vec<FieldType>,
}

/// A field of a record or a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldType {
    /// Its name in the language.
    pub name: String,
    /// Its name in JSON.
    pub json_name: String,
    /// Its type.
    pub type_: TypeId,
    /// What stands for it in JSON where it is missing, as JSON text; `None` where it must be given. An optional field
    /// without a default may be missing too, and is then `none`.
    pub default: Option<String>,
}

/// An enum's shape. If no case has fields, its values are words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnumType {
    /// Its name.
    pub name: String,
    /// Its cases, by number.
    pub cases: Vec<CaseType>,
}

/// A case of an enum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseType {
    /// Its name in the language.
    pub name: String,
    /// Its name in JSON.
    pub json_name: String,
    /// Its data.
    pub fields: Vec<FieldType>,
}

/// A bank of registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Bank {
    /// Words.
    Word,
    /// References.
    Ref,
}

impl Type {
    /// Gives the bank in which values of the type stand; `None` for no value. A secret is found in the table of types.
    pub fn bank(&self, types: &[Type]) -> Option<Bank> {
        let itself = match self {
            Type::Secret(inner) => types.get(usize::from(inner.0))?,
            other => other,
        };
        match itself {
            Type::Nothing => None,
            Type::Int | Type::Float | Type::Bool | Type::Duration | Type::Date | Type::Time => Some(Bank::Word),
            Type::Enum(shape) if shape.is_plain() => Some(Bank::Word),
            Type::Decimal
            | Type::String
            | Type::Bytes
            | Type::DateTime
            | Type::Json
            | Type::Optional(_)
            | Type::List(_)
            | Type::Map(..)
            | Type::Set(_)
            | Type::Secret(_)
            | Type::Record(_)
            | Type::Enum(_)
            | Type::Function => Some(Bank::Ref),
        }
    }
}

impl EnumType {
    /// Says whether no case has data.
    pub fn is_plain(&self) -> bool {
        self.cases.iter().all(|case| case.fields.is_empty())
    }
}
