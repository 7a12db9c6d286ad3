//! The types of a program, and its declarations.

use super::{Generator, Subject};
use std::fmt::Write;

/// A type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Int,
    /// A refined int.
    Small,
    Float,
    Decimal,
    Bool,
    Text,
    Duration,
    Maybe(Box<Type>),
    List(Box<Type>),
    Set(Box<Type>),
    Map(Box<Type>, Box<Type>),
    Record(usize),
    Enum(usize),
    Function(Vec<Type>, Box<Type>),
}

pub(super) struct Record {
    pub(super) fields: Vec<Field>,
    /// Whether its values have a JSON form.
    has_json: bool,
}

#[derive(Clone)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) type_: Type,
    /// The text behind the type: a condition, a default.
    pub(super) more: String,
    pub(super) has_default: bool,
}

/// A case is its name and its data.
pub(super) struct Enum {
    pub(super) cases: Vec<(String, Vec<(String, Type)>)>,
}

/// A function of the program.
pub(super) struct Function {
    pub(super) name: String,
    pub(super) parameters: Vec<(String, Type)>,
    pub(super) result: Type,
    /// Whether its first parameter says how deep it may call itself.
    pub(super) is_recursive: bool,
}

/// The name of the refined type of all programs.
const SMALL: &str = "type Small = int where it in -1_000..=1_000\n";

impl Type {
    pub(super) fn list(item: Type) -> Type {
        Type::List(Box::new(item))
    }

    pub(super) fn maybe(inner: Type) -> Type {
        Type::Maybe(Box::new(inner))
    }

    /// Gives the type as it is written.
    pub(super) fn text(&self) -> String {
        match self {
            Type::Int => "int".to_owned(),
            Type::Small => "Small".to_owned(),
            Type::Float => "float".to_owned(),
            Type::Decimal => "decimal".to_owned(),
            Type::Bool => "bool".to_owned(),
            Type::Text => "string".to_owned(),
            Type::Duration => "duration".to_owned(),
            Type::Maybe(inner) => format!("{}?", inner.text()),
            Type::List(item) => format!("list<{}>", item.text()),
            Type::Set(item) => format!("set<{}>", item.text()),
            Type::Map(key, value) => format!("map<{}, {}>", key.text(), value.text()),
            Type::Record(number) => format!("Record{number}"),
            Type::Enum(number) => format!("Enum{number}"),
            Type::Function(parameters, result) => {
                let parameters: Vec<String> = parameters.iter().map(Type::text).collect();
                format!("fn({}) -> {}", parameters.join(", "), result.text())
            }
        }
    }
}

impl Generator {
    /// Gives a type of values that have a JSON form.
    pub(super) fn type_(&mut self, deep: u32) -> Type {
        let simple = [
            Type::Int,
            Type::Int,
            Type::Text,
            Type::Text,
            Type::Float,
            Type::Bool,
            Type::Duration,
            Type::Small,
            Type::Decimal,
        ];
        if deep == 0 {
            return self.random.one(&simple).clone();
        }
        if self.subject == Subject::Sharing && self.random.percent(70) {
            return self.nested_type();
        }
        match self.random.below(13) {
            0..=3 => self.random.one(&simple).clone(),
            4..=5 => Type::list(self.type_(deep - 1)),
            6 => {
                let key = self.random.one(&[Type::Text, Type::Int, Type::Text, Type::Bool]).clone();
                Type::Map(Box::new(key), Box::new(self.type_(deep - 1)))
            }
            7..=8 if !self.records.is_empty() => Type::Record(self.random.below(self.records.len() as u32) as usize),
            9 if !self.enums.is_empty() => Type::Enum(self.random.below(self.enums.len() as u32) as usize),
            10 => match self.type_(deep - 1) {
                optional @ Type::Maybe(_) => optional,
                other => Type::maybe(other),
            },
            11 => Type::Set(Box::new(self.random.one(&[Type::Int, Type::Text, Type::Duration]).clone())),
            _ => self.random.one(&simple).clone(),
        }
    }

    /// Says whether values of a type have a JSON form: a map only where its keys are strings.
    pub(super) fn has_json(&self, type_: &Type) -> bool {
        match type_ {
            Type::Int | Type::Small | Type::Float | Type::Decimal | Type::Bool | Type::Text | Type::Duration => true,
            Type::Maybe(inner) | Type::List(inner) | Type::Set(inner) => self.has_json(inner),
            Type::Map(key, value) => **key == Type::Text && self.has_json(value),
            // One that is not there yet is asked about by itself: it has parts of its own kind.
            Type::Record(number) => self.records.get(*number).is_none_or(|record| record.has_json),
            Type::Enum(number) => {
                let mut data = self.enums[*number].cases.iter().flat_map(|(_, data)| data);
                data.all(|(_, type_)| self.has_json(type_))
            }
            Type::Function(..) => false,
        }
    }

    pub(super) fn declare_types(&mut self, size: u32) {
        for number in 0..self.random.below(1 + size.div_ceil(5)) {
            if self.random.percent(60) {
                let fields = (0..1 + self.random.below(4)).map(|_| self.field(number)).collect();
                self.declare_record(fields);
            } else {
                let cases = (0..2 + self.random.below(3)).map(|_| self.case()).collect();
                self.enums.push(Enum { cases });
            }
        }
    }

    fn declare_record(&mut self, fields: Vec<Field>) {
        let has_json = fields.iter().all(|field| self.has_json(&field.type_));
        self.records.push(Record { fields, has_json });
    }

    /// Declares records and enums that are parts of each other, and some of themselves.
    pub(super) fn declare_nested_types(&mut self) {
        for _ in 0..2 + self.random.below(2) {
            let fields = (0..2 + self.random.below(3)).map(|_| self.nested_field()).collect();
            self.declare_record(fields);
            if self.random.percent(50) {
                let inner = self.nested_type();
                let other = self.type_(1);
                let (one, two) = (self.name("data"), self.name("data"));
                let cases = vec![
                    (self.name("case_"), Vec::new()),
                    (self.name("case_"), vec![(one, inner)]),
                    (self.name("case_"), vec![(two, other), (self.name("data"), Type::list(Type::Int))]),
                ];
                self.enums.push(Enum { cases });
            }
        }
    }

    /// Gives a type of values that have parts: those declared before, collections of them, and of them again.
    fn nested_type(&mut self) -> Type {
        let count = self.records.len() as u32;
        let inner = match self.random.below(8) {
            0 | 1 if count == 0 => Type::list(Type::Int),
            2 if count == 0 => Type::Text,
            0..=4 if count > 0 => Type::Record(self.random.below(count) as usize),
            5 if !self.enums.is_empty() => Type::Enum(self.random.below(self.enums.len() as u32) as usize),
            6 => Type::list(Type::Text),
            7 => Type::Set(Box::new(Type::Int)),
            _ => Type::Int,
        };
        match self.random.below(7) {
            0..=2 => Type::list(inner),
            3 => Type::Map(Box::new(Type::Text), Box::new(inner)),
            4 => Type::list(Type::list(inner)),
            5 => Type::maybe(inner),
            _ => inner,
        }
    }

    fn nested_field(&mut self) -> Field {
        let name = self.name("part");
        let own = Type::Record(self.records.len());
        // Of its own kind it has some only where it may also have none.
        let (type_, more) = match self.random.below(9) {
            0 => (Type::list(own), " = []"),
            1 => (Type::maybe(own), " = none"),
            2 => (Type::Map(Box::new(Type::Text), Box::new(own)), " = {}"),
            3 => (Type::list(Type::Int), " where it.len() < 6"),
            4 => (self.type_(0), ""),
            _ => (self.nested_type(), ""),
        };
        Field { name, type_, more: more.to_owned(), has_default: more.contains('=') }
    }

    fn field(&mut self, number: u32) -> Field {
        let type_ = self.type_(2);
        let name = self.name(if number.is_multiple_of(2) { "part" } else { "field" });
        let mut more = match &type_ {
            Type::Int if self.random.percent(40) => " where it > -50".to_owned(),
            Type::List(_) if self.random.percent(30) => " where it.len() < 5".to_owned(),
            Type::Text if self.random.percent(20) => " where it != \"\"".to_owned(),
            _ => String::new(),
        };
        if self.random.percent(10) {
            let _ = write!(more, " as \"{name}-json\"");
        }
        let default = match &type_ {
            Type::Int => Some("7"),
            Type::Text => Some("\"standard\""),
            Type::Bool => Some("true"),
            Type::Maybe(_) => Some("none"),
            Type::List(_) => Some("[]"),
            _ => None,
        };
        let default = default.filter(|_| self.random.percent(30));
        if let Some(default) = default {
            let _ = write!(more, " = {default}");
        }
        Field { name, type_, more, has_default: default.is_some() }
    }

    fn case(&mut self) -> (String, Vec<(String, Type)>) {
        let name = self.name("case_");
        let count = if self.random.percent(40) { 0 } else { 1 + self.random.below(2) };
        let data = (0..count).map(|_| (self.name("data"), self.type_(1))).collect();
        (name, data)
    }

    pub(super) fn declarations(&self) -> String {
        let mut text = SMALL.to_owned();
        for (number, record) in self.records.iter().enumerate() {
            let fields: Vec<String> = record
                .fields
                .iter()
                .map(|field| format!("{}: {}{}", field.name, field.type_.text(), field.more))
                .collect();
            let _ = writeln!(text, "record Record{number} {{ {} }}", fields.join(", "));
        }
        for (number, choice) in self.enums.iter().enumerate() {
            let cases = choice.cases.iter().map(|(name, data)| {
                let data: Vec<String> = data.iter().map(|(name, type_)| format!("{name}: {}", type_.text())).collect();
                if data.is_empty() { name.clone() } else { format!("{name}({})", data.join(", ")) }
            });
            let _ = writeln!(text, "enum Enum{number} {{ {} }}", cases.collect::<Vec<_>>().join(", "));
        }
        text
    }
}
