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
    /// `secret<T>`; never of a secret. Its values are those of `T`, and what is made of one is secret too.
    Secret(Type),
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

impl TypeKind {
    /// Gives the types that a type is made of, in the order in which they are written. The fields of records and cases
    /// are not among them, nor the base of a refined type: those belong to the declaration.
    pub fn parts(&self) -> impl Iterator<Item = Type> + '_ {
        let (first, list, last): (Option<Type>, &[Type], Option<Type>) = match self {
            TypeKind::Optional(inner) | TypeKind::List(inner) | TypeKind::Set(inner) | TypeKind::Secret(inner) => {
                (Some(*inner), &[], None)
            }
            TypeKind::Map(key, value) => (Some(*key), &[], Some(*value)),
            TypeKind::Function(parameters, result) => (None, parameters, Some(*result)),
            TypeKind::Record(_, list) | TypeKind::Enum(_, list) => (None, list, None),
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
            | TypeKind::Parameter(_) => (None, &[], None),
        };
        first.into_iter().chain(list.iter().copied()).chain(last)
    }

    /// Gives the same kind of type, made of what `change` gives for each part.
    pub fn map_parts(self, change: &mut dyn FnMut(Type) -> Type) -> TypeKind {
        let mut all = |list: Vec<Type>| -> Vec<Type> { list.into_iter().map(&mut *change).collect() };
        match self {
            TypeKind::Record(id, list) => TypeKind::Record(id, all(list)),
            TypeKind::Enum(id, list) => TypeKind::Enum(id, all(list)),
            TypeKind::Function(parameters, result) => TypeKind::Function(all(parameters), change(result)),
            TypeKind::Optional(inner) => TypeKind::Optional(change(inner)),
            TypeKind::List(item) => TypeKind::List(change(item)),
            TypeKind::Set(item) => TypeKind::Set(change(item)),
            TypeKind::Secret(inner) => TypeKind::Secret(change(inner)),
            TypeKind::Map(key, value) => TypeKind::Map(change(key), change(value)),
            basic => basic,
        }
    }

    /// Says whether two types are made in the same way of as many parts: two lists, two of one record.
    pub fn is_made_like(&self, other: &TypeKind) -> bool {
        match (self, other) {
            (TypeKind::Record(left, _), TypeKind::Record(right, _)) => left == right,
            (TypeKind::Enum(left, _), TypeKind::Enum(right, _)) => left == right,
            (TypeKind::Function(left, _), TypeKind::Function(right, _)) => left.len() == right.len(),
            (TypeKind::Refined(left), TypeKind::Refined(right)) => left == right,
            (TypeKind::Parameter(left), TypeKind::Parameter(right)) => left == right,
            (left, right) => std::mem::discriminant(left) == std::mem::discriminant(right),
        }
    }
}

/// How many types a type may be made of, each counted as often as it stands in it.
pub const MAX_PARTS: u32 = 1_000;

/// How deep types may be nested in a type.
pub const MAX_TYPE_DEPTH: u32 = 100;

/// The table of all types of a program.
#[derive(Clone, Debug)]
pub struct Types {
    kinds: Vec<TypeKind>,
    /// How large each type is.
    sizes: Vec<Size>,
    ids: FxHashMap<TypeKind, Type>,
    too_large: bool,
}

/// How large a type is when it is written out; a few calls of generic functions would make one that fills the memory.
#[derive(Clone, Copy, Debug)]
struct Size {
    parts: u32,
    depth: u32,
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
        let mut types = Types { kinds: Vec::new(), sizes: Vec::new(), ids: FxHashMap::default(), too_large: false };
        for kind in BASIC {
            types.intern(kind.clone());
        }
        types
    }
}

impl Types {
    /// Gives the type of a kind; an optional of an optional is the optional itself, and a secret of a secret the secret.
    ///
    /// One that is larger than a type may be is an error, and [`Types::take_too_large`] says so.
    pub fn intern(&mut self, kind: TypeKind) -> Type {
        match kind {
            TypeKind::Optional(inner) if matches!(self.kind(inner), TypeKind::Optional(_)) => return inner,
            TypeKind::Secret(inner) if matches!(self.kind(inner), TypeKind::Secret(_)) => return inner,
            TypeKind::Secret(Type::ERROR) => return Type::ERROR,
            _ => {}
        }
        if let Some(known) = self.ids.get(&kind) {
            return *known;
        }
        let size = self.size_of(&kind);
        if size.parts > MAX_PARTS || size.depth > MAX_TYPE_DEPTH {
            self.too_large = true;
            return Type::ERROR;
        }
        let id = Type(self.kinds.len() as u32);
        self.kinds.push(kind.clone());
        self.sizes.push(size);
        self.ids.insert(kind, id);
        id
    }

    fn size_of(&self, kind: &TypeKind) -> Size {
        let sizes = kind.parts().map(|part| self.sizes[part.0 as usize]);
        sizes.fold(Size { parts: 1, depth: 1 }, |all, part| Size {
            parts: all.parts.saturating_add(part.parts),
            depth: all.depth.max(part.depth.saturating_add(1)),
        })
    }

    /// Says whether a type was asked for that would be too large, since the last time this was asked.
    pub fn take_too_large(&mut self) -> bool {
        std::mem::take(&mut self.too_large)
    }

    /// Gives how deep types are nested in a type.
    pub fn depth(&self, type_: Type) -> usize {
        self.sizes[type_.0 as usize].depth as usize
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
        let kind = self.kind(type_);
        if let TypeKind::Parameter(at) = kind {
            return arguments.get(*at as usize).copied().unwrap_or(type_);
        }
        if kind.parts().next().is_none() {
            return type_;
        }
        let replaced = kind.clone().map_parts(&mut |part| self.substitute(part, arguments));
        self.intern(replaced)
    }
}
