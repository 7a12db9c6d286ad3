//! Types, each stored once: equal types have equal ids.

use super::{EnumId, RecordId, RefinedId};
use rustc_hash::FxHashMap;

/// A type by its number; compared by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Type(u32);

/// What a type is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TypeKind {
    /// Unknown, after an error that was told: fits everything. Never in a finished program.
    Error,
    /// The type of what does not go on: `return`, `fail`.
    Never,
    /// No value.
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
    /// `T?`; never of an optional.
    Optional(Type),
    /// `list<T>`.
    List(Type),
    /// `map<K, V>`.
    Map(Type, Type),
    /// `set<T>`.
    Set(Type),
    /// `fn(A) -> B`.
    Function(Vec<Type>, Type),
    /// A record with its type arguments.
    Record(RecordId, Vec<Type>),
    /// An enum with its type arguments.
    Enum(EnumId, Vec<Type>),
    /// A refined type.
    Refined(RefinedId),
    /// A type parameter of the enclosing declaration, by position.
    Parameter(u32),
}

/// The table of all types of a program.
#[derive(Clone, Debug)]
pub struct Types {
    kinds: Vec<TypeKind>,
    ids: FxHashMap<TypeKind, Type>,
}

macro_rules! basic {
    ($($number:literal $constant:ident $kind:ident;)*) => {
        impl Type {
            $(#[doc = concat!("The type of [`TypeKind::", stringify!($kind), "`].")] pub const $constant: Type = Type($number);)*
        }
        const BASIC: &[TypeKind] = &[$(TypeKind::$kind,)*];
    };
}

basic! {
    0 ERROR Error;
    1 NEVER Never;
    2 NOTHING Nothing;
    3 INT Int;
    4 FLOAT Float;
    5 DECIMAL Decimal;
    6 BOOL Bool;
    7 STRING String;
    8 BYTES Bytes;
    9 DURATION Duration;
    10 DATE Date;
    11 TIME Time;
    12 DATETIME DateTime;
    13 JSON Json;
}

impl Default for Types {
    fn default() -> Self {
        let mut types = Types { kinds: Vec::new(), ids: FxHashMap::default() };
        for kind in BASIC {
            types.intern(kind.clone());
        }
        types
    }
}

impl Types {
    /// Gives the type of a kind; an optional of an optional is the optional itself.
    pub fn intern(&mut self, kind: TypeKind) -> Type {
        if let TypeKind::Optional(inner) = kind
            && matches!(self.kind(inner), TypeKind::Optional(_))
        {
            return inner;
        }
        if let Some(known) = self.ids.get(&kind) {
            return *known;
        }
        let id = Type(self.kinds.len() as u32);
        self.kinds.push(kind.clone());
        self.ids.insert(kind, id);
        id
    }

    /// Gives what a type is.
    pub fn kind(&self, type_: Type) -> &TypeKind {
        &self.kinds[type_.0 as usize]
    }

    /// Replaces type parameters by `arguments`.
    pub fn substitute(&mut self, type_: Type, arguments: &[Type]) -> Type {
        if arguments.is_empty() {
            return type_;
        }
        let kind = self.kind(type_).clone();
        let all = |types: &mut Types, list: Vec<Type>| -> Vec<Type> {
            list.into_iter().map(|each| types.substitute(each, arguments)).collect()
        };
        let replaced = match kind {
            TypeKind::Parameter(at) => return arguments.get(at as usize).copied().unwrap_or(type_),
            TypeKind::Optional(inner) => TypeKind::Optional(self.substitute(inner, arguments)),
            TypeKind::List(item) => TypeKind::List(self.substitute(item, arguments)),
            TypeKind::Set(item) => TypeKind::Set(self.substitute(item, arguments)),
            TypeKind::Map(key, value) => {
                TypeKind::Map(self.substitute(key, arguments), self.substitute(value, arguments))
            }
            TypeKind::Function(parameters, result) => {
                let parameters = all(self, parameters);
                TypeKind::Function(parameters, self.substitute(result, arguments))
            }
            TypeKind::Record(id, list) => TypeKind::Record(id, all(self, list)),
            TypeKind::Enum(id, list) => TypeKind::Enum(id, all(self, list)),
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
            | TypeKind::Refined(_) => return type_,
        };
        self.intern(replaced)
    }
}
