//! Types in the image: each stored once, records and enums by their type arguments, so a type may contain itself.
//!
//! A refined type is its base here: its conditions are code (`checks`).

use super::limits;
use crate::ir::{Case, EnumId, Field, Program, RecordId, Type, TypeKind, Types};
use bytecode::{Bank, CaseType, EnumType, FieldType, RecordType, TypeId};
use rustc_hash::FxHashMap;

/// The types of a program, its own and those that instances of generic functions make.
pub(super) struct TypeTable<'p> {
    program: &'p Program,
    types: Types,
    ids: FxHashMap<Type, TypeId>,
    by_shape: FxHashMap<Shape, TypeId>,
    rows: Vec<bytecode::Type>,
    /// Whether more types were asked for than an image can hold.
    pub(super) overflowed: bool,
}

/// The types whose equality is that of their parts. Records and enums are told apart by their ids.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Shape {
    Basic(std::mem::Discriminant<bytecode::Type>),
    Optional(TypeId),
    List(TypeId),
    Map(TypeId, TypeId),
    Set(TypeId),
    Secret(TypeId),
}

impl<'p> TypeTable<'p> {
    pub(super) fn new(program: &'p Program) -> Self {
        TypeTable {
            program,
            types: program.types.clone(),
            ids: FxHashMap::default(),
            by_shape: FxHashMap::default(),
            rows: Vec::new(),
            overflowed: false,
        }
    }

    /// Gives the rows for the image.
    pub(super) fn into_rows(self) -> Vec<bytecode::Type> {
        self.rows
    }

    /// Gives the type of a kind.
    pub(super) fn intern(&mut self, kind: TypeKind) -> Type {
        self.types.intern(kind)
    }

    /// Replaces type parameters.
    pub(super) fn substitute(&mut self, type_: Type, arguments: &[Type]) -> Type {
        self.types.substitute(type_, arguments)
    }

    /// Gives what a type is, with its refinement.
    pub(super) fn exact(&self, type_: Type) -> TypeKind {
        self.types.kind(type_).clone()
    }

    /// Gives what a type is; a refined type is its base, and a secret what it keeps.
    pub(super) fn kind(&self, type_: Type) -> TypeKind {
        let mut kind = self.types.kind(type_);
        loop {
            // A refined type of a refined type ends at a plain one, since the checker refuses circles.
            kind = match kind {
                TypeKind::Refined(id) => self.types.kind(self.program.refined[id.0 as usize].base),
                TypeKind::Secret(inner) => self.types.kind(*inner),
                plain => return plain.clone(),
            };
        }
    }

    /// Gives the bank of a type's values; `None` for no value.
    pub(super) fn bank(&self, type_: Type) -> Option<Bank> {
        match self.kind(type_) {
            TypeKind::Never | TypeKind::Nothing => None,
            TypeKind::Int | TypeKind::Float | TypeKind::Bool | TypeKind::Duration | TypeKind::Date | TypeKind::Time => {
                Some(Bank::Word)
            }
            TypeKind::Enum(id, _) if self.is_plain(id) => Some(Bank::Word),
            TypeKind::Error
            | TypeKind::Decimal
            | TypeKind::String
            | TypeKind::Bytes
            | TypeKind::DateTime
            | TypeKind::Json
            | TypeKind::Optional(_)
            | TypeKind::List(_)
            | TypeKind::Map(..)
            | TypeKind::Set(_)
            | TypeKind::Secret(_)
            | TypeKind::Function(..)
            | TypeKind::Record(..)
            | TypeKind::Enum(..)
            | TypeKind::Refined(_)
            | TypeKind::Parameter(_) => Some(Bank::Ref),
        }
    }

    /// Says whether no case of an enum has data: then its values are words.
    pub(super) fn is_plain(&self, id: EnumId) -> bool {
        self.program.enums[id.0 as usize].cases.iter().all(|case| case.fields.is_empty())
    }

    /// Gives how deep a type's arguments are nested.
    pub(super) fn depth(&self, type_: Type) -> usize {
        self.types.depth(type_)
    }

    /// Says whether a type was asked for that would be too large.
    pub(super) fn take_too_large(&mut self) -> bool {
        self.types.take_too_large()
    }

    /// Gives the image's number of a type.
    pub(super) fn id(&mut self, type_: Type) -> TypeId {
        if let Some(known) = self.ids.get(&type_) {
            return *known;
        }
        if self.depth(type_) > limits::TYPE_DEPTH + 1 {
            self.overflowed = true;
            return TypeId(0);
        }
        if let TypeKind::Secret(inner) = self.exact(type_) {
            let inner = self.id(inner);
            let id = self.shaped(Shape::Secret(inner), bytecode::Type::Secret(inner));
            self.ids.insert(type_, id);
            return id;
        }
        let id = match self.kind(type_) {
            TypeKind::Record(record, arguments) => return self.record(type_, record, &arguments),
            TypeKind::Enum(id, arguments) => return self.choice(type_, id, &arguments),
            // What no finished program has stands as nothing.
            TypeKind::Error
            | TypeKind::Never
            | TypeKind::Nothing
            | TypeKind::Secret(_)
            | TypeKind::Refined(_)
            | TypeKind::Parameter(_) => self.basic(bytecode::Type::Nothing),
            TypeKind::Int => self.basic(bytecode::Type::Int),
            TypeKind::Float => self.basic(bytecode::Type::Float),
            TypeKind::Bool => self.basic(bytecode::Type::Bool),
            TypeKind::String => self.basic(bytecode::Type::String),
            TypeKind::Decimal => self.basic(bytecode::Type::Decimal),
            TypeKind::Bytes => self.basic(bytecode::Type::Bytes),
            TypeKind::Duration => self.basic(bytecode::Type::Duration),
            TypeKind::Date => self.basic(bytecode::Type::Date),
            TypeKind::Time => self.basic(bytecode::Type::Time),
            TypeKind::DateTime => self.basic(bytecode::Type::DateTime),
            TypeKind::Json => self.basic(bytecode::Type::Json),
            TypeKind::Function(..) => self.basic(bytecode::Type::Function),
            TypeKind::Optional(inner) => {
                let inner = self.id(inner);
                self.shaped(Shape::Optional(inner), bytecode::Type::Optional(inner))
            }
            TypeKind::List(item) => {
                let item = self.id(item);
                self.shaped(Shape::List(item), bytecode::Type::List(item))
            }
            TypeKind::Set(item) => {
                let item = self.id(item);
                self.shaped(Shape::Set(item), bytecode::Type::Set(item))
            }
            TypeKind::Map(key, value) => {
                let (key, value) = (self.id(key), self.id(value));
                self.shaped(Shape::Map(key, value), bytecode::Type::Map(key, value))
            }
        };
        self.ids.insert(type_, id);
        id
    }

    fn basic(&mut self, row: bytecode::Type) -> TypeId {
        self.shaped(Shape::Basic(std::mem::discriminant(&row)), row)
    }

    fn shaped(&mut self, shape: Shape, row: bytecode::Type) -> TypeId {
        if let Some(known) = self.by_shape.get(&shape) {
            return *known;
        }
        let id = self.push(row);
        self.by_shape.insert(shape, id);
        id
    }

    fn push(&mut self, row: bytecode::Type) -> TypeId {
        if self.rows.len() >= limits::TABLE {
            self.overflowed = true;
            return TypeId(0);
        }
        self.rows.push(row);
        TypeId(self.rows.len() as u16 - 1)
    }

    fn record(&mut self, type_: Type, record: RecordId, arguments: &[Type]) -> TypeId {
        let id = self.push(bytecode::Type::Nothing);
        // Known before its fields are: a record may contain a list of itself.
        self.ids.insert(type_, id);
        let shape = &self.program.records[record.0 as usize];
        let fields = self.fields(&shape.fields, arguments);
        self.rows[usize::from(id.0)] = bytecode::Type::Record(RecordType { name: shape.name.clone(), fields });
        id
    }

    fn choice(&mut self, type_: Type, choice: EnumId, arguments: &[Type]) -> TypeId {
        let id = self.push(bytecode::Type::Nothing);
        self.ids.insert(type_, id);
        let shape = &self.program.enums[choice.0 as usize];
        self.overflowed |= shape.cases.len() > bytecode::limits::CASES;
        let case = |table: &mut Self, case: &'p Case| CaseType {
            name: case.name.clone(),
            json_name: case.json_name.clone(),
            fields: table.fields(&case.fields, arguments),
        };
        let cases = shape.cases.iter().map(|each| case(self, each)).collect();
        self.rows[usize::from(id.0)] = bytecode::Type::Enum(EnumType { name: shape.name.clone(), cases });
        id
    }

    fn fields(&mut self, fields: &[Field], arguments: &[Type]) -> Vec<FieldType> {
        let mut found = Vec::with_capacity(fields.len());
        for field in fields {
            let type_ = self.substitute(field.type_, arguments);
            found.push(FieldType {
                name: field.name.clone(),
                json_name: field.json_name.clone(),
                type_: self.id(type_),
                default: field.default.clone(),
            });
        }
        found
    }
}
