//! Written types as types.

use super::{Checker, Definition, report};
use crate::ir::{EnumId, MAX_PARTS, RecordId, RefinedId, Type, TypeKind};
use diagnostics::{Code, Diagnostic, Span};
use grammar::tree::{self, TypeExprKind};
use smol_str::SmolStr;

/// What methods are found by: a type without its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Head {
    /// A type that is only itself.
    Basic(Type),
    /// `T?`.
    Optional,
    /// `list<T>`.
    List,
    /// `map<K, V>`.
    Map,
    /// `set<T>`.
    Set,
    /// `fn(…)`.
    Function,
    /// A record.
    Record(RecordId),
    /// An enum.
    Enum(EnumId),
    /// A refined type.
    Refined(RefinedId),
    /// A type parameter.
    Parameter,
    /// `secret<T>`.
    Secret,
}

const BASIC: &[(&str, Type)] = &[
    ("int", Type::INT),
    ("float", Type::FLOAT),
    ("bool", Type::BOOL),
    ("string", Type::STRING),
    ("bytes", Type::BYTES),
    ("duration", Type::DURATION),
    ("date", Type::DATE),
    ("time", Type::TIME),
    ("datetime", Type::DATETIME),
    ("json", Type::JSON),
    ("decimal", Type::DECIMAL),
];

const GENERIC: &[(&str, usize)] = &[("list", 1), ("set", 1), ("map", 2), ("secret", 1)];

/// How many names of a file are looked at for the one that was meant.
const MOST_KNOWN: usize = 2_000;

/// Makes a type of its arguments.
type Make = Box<dyn FnOnce(Vec<Type>) -> TypeKind>;

impl<'t> Checker<'t> {
    /// Resolves a written type; what is wrong is told and gives [`Type::ERROR`].
    pub(super) fn resolve(&mut self, written: &'t tree::TypeExpr) -> Type {
        let type_ = self.resolve_parts(written);
        self.tell_too_large(written.span);
        type_
    }

    /// Tells where a type was asked for that would be too large; says whether one was.
    pub(super) fn tell_too_large(&mut self, span: Span) -> bool {
        let too_large = self.program.types.take_too_large();
        if too_large {
            let message = format!("a type would be made of more than {MAX_PARTS} others here, or nested too deep");
            let diagnostic = Diagnostic::new(Code::NestingTooDeep, self.place(span), message);
            self.report(diagnostic.help("give a part of it a name: a record of its own"));
        }
        too_large
    }

    fn resolve_parts(&mut self, written: &'t tree::TypeExpr) -> Type {
        match &written.kind {
            TypeExprKind::Error => Type::ERROR,
            TypeExprKind::Optional(inner) => {
                let inner = self.resolve(inner);
                if inner == Type::ERROR { inner } else { self.optional(inner) }
            }
            TypeExprKind::Function { parameters, result } => {
                let parameters = parameters.iter().map(|parameter| self.resolve(parameter)).collect();
                let result = result.as_ref().map_or(Type::NOTHING, |result| self.resolve(result));
                self.program.types.intern(TypeKind::Function(parameters, result))
            }
            TypeExprKind::Named { path, arguments } => self.resolve_named(written, path, arguments),
        }
    }

    fn resolve_named(
        &mut self,
        written: &'t tree::TypeExpr,
        path: &'t tree::Path,
        arguments: &'t [tree::TypeExpr],
    ) -> Type {
        let [name] = path.names.as_slice() else { return self.resolve_in_module(path, arguments) };
        let text = name.text.as_str();
        if let Some(at) = self.generics.iter().position(|generic| generic == text) {
            self.expect_arguments(written, text, 0, arguments.len());
            return self.program.types.intern(TypeKind::Parameter(at as u32));
        }
        if let Some((_, type_)) = BASIC.iter().find(|(basic, _)| *basic == text) {
            self.expect_arguments(written, text, 0, arguments.len());
            return *type_;
        }
        if let Some((_, count)) = GENERIC.iter().find(|(generic, _)| *generic == text) {
            return self.resolve_collection(written, text, *count, arguments);
        }
        match self.lookup(text) {
            Some(definition) => {
                self.note_use(name.span, definition);
                self.type_of_definition(name, definition, written, arguments)
            }
            None => self.unknown_type(name),
        }
    }

    fn resolve_collection(
        &mut self,
        written: &'t tree::TypeExpr,
        text: &str,
        count: usize,
        arguments: &'t [tree::TypeExpr],
    ) -> Type {
        let types: Vec<Type> = arguments.iter().map(|argument| self.resolve(argument)).collect();
        if !self.expect_arguments(written, text, count, arguments.len()) {
            return Type::ERROR;
        }
        let kind = match types.as_slice() {
            [key, value] => {
                self.expect_key(&arguments[0], *key);
                TypeKind::Map(*key, *value)
            }
            [item] if text == "list" => TypeKind::List(*item),
            [inner] if text == "secret" => {
                if !self.expect_secret_form(&arguments[0], *inner) {
                    return Type::ERROR;
                }
                TypeKind::Secret(*inner)
            }
            [item] => {
                self.expect_key(&arguments[0], *item);
                TypeKind::Set(*item)
            }
            _ => return Type::ERROR,
        };
        self.program.types.intern(kind)
    }

    fn expect_key(&mut self, written: &tree::TypeExpr, key: Type) {
        if !self.is_key(key) {
            let message = format!("`{}` cannot be the key of a map or the item of a set", self.name(key));
            let diagnostic = Diagnostic::new(Code::NotComparable, self.place(written.span), message);
            self.report(diagnostic.note("keys are everything with `==` but floats, functions, secrets and json"));
        }
    }

    fn resolve_in_module(&mut self, path: &'t tree::Path, arguments: &'t [tree::TypeExpr]) -> Type {
        let written = tree::TypeExpr { kind: TypeExprKind::Error, span: path.span };
        let [module, name] = path.names.as_slice() else {
            let text: Vec<&str> = path.names.iter().map(|name| name.text.as_str()).collect();
            let message = format!("there is no type `{}`", text.join("."));
            self.report(Diagnostic::new(Code::UnknownType, self.place(path.span), message));
            return Type::ERROR;
        };
        match self.lookup(&module.text) {
            Some(Definition::Module(unit)) => {
                self.note_use(module.span, Definition::Module(unit));
                match self.modules[unit as usize].names.get(&name.text).map(|known| known.0) {
                    Some(definition) => {
                        self.note_use(name.span, definition);
                        self.type_of_definition(name, definition, &written, arguments)
                    }
                    None => {
                        self.unknown_item(name, unit);
                        Type::ERROR
                    }
                }
            }
            Some(_) | None => self.unknown_type(module),
        }
    }

    fn type_of_definition(
        &mut self,
        name: &'t tree::Name,
        definition: Definition,
        written: &tree::TypeExpr,
        arguments: &'t [tree::TypeExpr],
    ) -> Type {
        let (generics, make): (u32, Make) = match definition {
            Definition::Record(id) => {
                (self.program.records[id.0 as usize].generics, Box::new(move |types| TypeKind::Record(id, types)))
            }
            Definition::Enum(id) => {
                (self.program.enums[id.0 as usize].generics, Box::new(move |types| TypeKind::Enum(id, types)))
            }
            Definition::Refined(id) => (0, Box::new(move |_| TypeKind::Refined(id))),
            Definition::Function(_)
            | Definition::Task(_)
            | Definition::Const(_)
            | Definition::Module(_)
            | Definition::ErrorKind(_)
            | Definition::Secret(..)
            | Definition::State(_)
            | Definition::Setting(_)
            | Definition::Calendar(_)
            | Definition::Connection(_)
            | Definition::Agent(_) => {
                let message =
                    format!("`{}` is {}, where a type is expected", name.text, report::definition(definition));
                self.report(Diagnostic::new(Code::UnknownType, self.place(name.span), message));
                return Type::ERROR;
            }
        };
        let types: Vec<Type> = arguments.iter().map(|argument| self.resolve(argument)).collect();
        if !self.expect_arguments(written, &name.text, generics as usize, arguments.len()) {
            return Type::ERROR;
        }
        self.program.types.intern(make(types))
    }

    fn expect_arguments(&mut self, written: &tree::TypeExpr, name: &str, wanted: usize, found: usize) -> bool {
        if wanted == found {
            return true;
        }
        let wanted = match wanted {
            0 => "no type arguments".to_owned(),
            1 => "one type argument".to_owned(),
            count => format!("{count} type arguments"),
        };
        let message = format!("`{name}` takes {wanted}, found {found}");
        self.report(Diagnostic::new(Code::TypeArgumentCount, self.place(written.span), message));
        false
    }

    fn unknown_type(&mut self, name: &tree::Name) -> Type {
        if self.is_missing(&name.text) {
            return Type::ERROR;
        }
        let mut known: Vec<&str> = BASIC.iter().map(|(name, _)| *name).collect();
        known.extend(GENERIC.iter().map(|(name, _)| *name));
        let names = &self.modules[self.unit as usize].names;
        let names = names.iter().take(MOST_KNOWN).filter(|(_, (definition, _))| is_type(*definition));
        known.extend(names.map(|(name, _)| name.as_str()));
        let shared = self.prelude.iter().filter(|(_, definition)| is_type(**definition));
        known.extend(shared.map(|(name, _)| name.as_str()));
        known.extend(self.generics.iter().map(SmolStr::as_str));
        let foreign = match name.text.as_str() {
            "str" | "String" | "text" => Some("string"),
            "boolean" | "Boolean" => Some("bool"),
            "integer" | "Integer" | "number" | "i64" | "long" => Some("int"),
            "double" | "f64" | "Float" => Some("float"),
            "array" | "Array" | "List" | "vec" => Some("list"),
            "dict" | "Dict" | "Map" | "object" | "hash" => Some("map"),
            "timestamp" | "DateTime" => Some("datetime"),
            "timedelta" | "interval" => Some("duration"),
            _ => None,
        };
        let near = foreign.or_else(|| self.near(&name.text, known)).map(str::to_owned);
        let message = format!("there is no type `{}`", name.text);
        self.report_near(Diagnostic::new(Code::UnknownType, self.place(name.span), message), name.span, near);
        Type::ERROR
    }

    /// Gives `T?`.
    pub(super) fn optional(&mut self, type_: Type) -> Type {
        self.program.types.intern(TypeKind::Optional(type_))
    }

    /// Gives `list<T>`.
    pub(super) fn list_of(&mut self, type_: Type) -> Type {
        self.program.types.intern(TypeKind::List(type_))
    }

    /// Gives `T` of a `T?`.
    pub(super) fn inside_optional(&self, type_: Type) -> Option<Type> {
        match self.kind(type_) {
            TypeKind::Optional(inner) => Some(*inner),
            _ => None,
        }
    }

    /// Gives the type below all refinements.
    pub(super) fn base(&self, type_: Type) -> Type {
        let mut type_ = type_;
        for _ in 0..64 {
            match self.kind(type_) {
                TypeKind::Refined(id) => type_ = self.program.refined[id.0 as usize].base,
                _ => return type_,
            }
        }
        Type::ERROR
    }

    /// Gives what methods of a type are found by.
    pub(super) fn head(&self, type_: Type) -> Head {
        match self.kind(type_) {
            TypeKind::Optional(_) => Head::Optional,
            TypeKind::List(_) => Head::List,
            TypeKind::Map(..) => Head::Map,
            TypeKind::Set(_) => Head::Set,
            TypeKind::Function(..) => Head::Function,
            TypeKind::Record(id, _) => Head::Record(*id),
            TypeKind::Enum(id, _) => Head::Enum(*id),
            TypeKind::Refined(id) => Head::Refined(*id),
            TypeKind::Parameter(_) => Head::Parameter,
            TypeKind::Secret(_) => Head::Secret,
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
            | TypeKind::Json => Head::Basic(type_),
        }
    }

    /// Says whether values of a type can be keys.
    pub(super) fn is_key(&self, type_: Type) -> bool {
        let type_ = self.base(type_);
        type_ != Type::FLOAT && type_ != Type::JSON && self.is_comparable(type_)
    }

    /// Says whether a type has `==`: all but functions, and what contains one directly, and what holds secrets.
    pub(super) fn is_comparable(&self, type_: Type) -> bool {
        self.has_equality(type_) && !self.holds_secret(type_)
    }

    fn has_equality(&self, type_: Type) -> bool {
        match self.kind(self.base(type_)) {
            TypeKind::Function(..) | TypeKind::Nothing | TypeKind::Secret(_) => false,
            TypeKind::Optional(_) | TypeKind::List(_) | TypeKind::Set(_) | TypeKind::Map(..) => {
                self.kind(self.base(type_)).parts().all(|part| self.has_equality(part))
            }
            TypeKind::Error
            | TypeKind::Never
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
            | TypeKind::Record(..)
            | TypeKind::Enum(..)
            | TypeKind::Refined(_)
            | TypeKind::Parameter(_) => true,
        }
    }
}

fn is_type(definition: Definition) -> bool {
    match definition {
        Definition::Record(_) | Definition::Enum(_) | Definition::Refined(_) => true,
        Definition::Function(_)
        | Definition::Task(_)
        | Definition::Const(_)
        | Definition::Module(_)
        | Definition::ErrorKind(_)
        | Definition::Secret(..)
        | Definition::State(_)
        | Definition::Setting(_)
        | Definition::Calendar(_)
        | Definition::Connection(_)
        | Definition::Agent(_) => false,
    }
}
