//! From JSON to data of a type, with all problems at once.

use super::encode::named_float;
use super::from_json;
use crate::value::MAX_DEPTH;
use crate::{Data, Decimal, text};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytecode::secret::HELD;
use bytecode::{EnumType, FieldType, Type, TypeId};
use serde_json::{Map, Value as Json};
use std::fmt;

/// What does not fit, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where: `$.items[3].price`.
    pub path: String,
    /// What was expected and what was found.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.path, self.message)
    }
}

/// How many problems are told at once.
const MAX_PROBLEMS: usize = 100;

/// How many defaults one value may fill in.
const MAX_DEFAULTS: u32 = 10_000;

/// Reads JSON as data of a type; unknown fields are problems.
///
/// # Errors
/// Gives every problem, at most 100.
pub fn decode(types: &[Type], id: TypeId, json: &Json) -> Result<Data, Vec<Problem>> {
    Decoder::new(types, Unknown::Refused).run(id, json)
}

/// Reads JSON as data of a type; unknown fields are ignored.
///
/// # Errors
/// Gives every problem, at most 100.
pub fn decode_lenient(types: &[Type], id: TypeId, json: &Json) -> Result<Data, Vec<Problem>> {
    Decoder::new(types, Unknown::Ignored).run(id, json)
}

/// Reads a value of the command line: JSON, or bare text that is read by the type.
///
/// # Errors
/// Gives every problem, at most 100.
pub fn from_text(types: &[Type], id: TypeId, text: &str) -> Result<Data, Vec<Problem>> {
    let type_ = types.get(usize::from(id.0));
    let inner = match type_ {
        Some(Type::Optional(_)) if text == "none" || text == "null" => return Ok(Data::None),
        Some(Type::Optional(inner)) => types.get(usize::from(inner.0)),
        other => other,
    };
    let bare = || decode(types, id, &Json::String(text.to_owned()));
    match (inner, serde_json::from_str::<Json>(text)) {
        (Some(Type::String), Ok(json @ Json::String(_))) => decode(types, id, &json),
        (Some(Type::String), _) | (_, Err(_)) => bare(),
        (_, Ok(json)) => decode(types, id, &json).or_else(|problems| bare().map_err(|_| problems)),
    }
}

/// What becomes of fields that the type does not have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unknown {
    Refused,
    Ignored,
}

struct Decoder<'t> {
    types: &'t [Type],
    unknown: Unknown,
    path: String,
    depth: u16,
    defaults: u32,
    problems: Vec<Problem>,
}

impl<'t> Decoder<'t> {
    fn new(types: &'t [Type], unknown: Unknown) -> Self {
        Decoder { types, unknown, path: "$".to_owned(), depth: 0, defaults: 0, problems: Vec::new() }
    }

    fn run(mut self, id: TypeId, json: &Json) -> Result<Data, Vec<Problem>> {
        match self.value(id, json) {
            Some(data) if self.problems.is_empty() => Ok(data),
            _ => Err(self.problems),
        }
    }

    fn problem<T>(&mut self, message: String) -> Option<T> {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(Problem { path: self.path.clone(), message });
        }
        None
    }

    fn wrong<T>(&mut self, expected: &str, found: &Json) -> Option<T> {
        self.problem(format!("expected {expected}, found {}", describe(found)))
    }

    /// Works on a part, whose step is added to the path meanwhile.
    fn at<T>(&mut self, step: fmt::Arguments<'_>, work: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let length = self.path.len();
        // Writing to a string does not fail.
        let _ = fmt::write(&mut self.path, step);
        let result = work(self);
        self.path.truncate(length);
        result
    }

    /// Reads a value; `None` where a problem was told.
    fn value(&mut self, id: TypeId, json: &Json) -> Option<Data> {
        let types = self.types;
        let Some(type_) = types.get(usize::from(id.0)) else {
            return self.problem("the program does not know the type".to_owned());
        };
        if self.depth >= MAX_DEPTH {
            return self.problem(format!("it nests more than {MAX_DEPTH} levels deep"));
        }
        self.depth += 1;
        let data = self.of_type(type_, json);
        self.depth -= 1;
        data
    }

    fn of_type(&mut self, type_: &'t Type, json: &Json) -> Option<Data> {
        match (type_, json) {
            (Type::Json, json) => Some(from_json(json)),
            (Type::Optional(_) | Type::Nothing, Json::Null) => Some(Data::None),
            (Type::Optional(inner), json) => self.value(*inner, json),
            (Type::Bool, Json::Bool(value)) => Some(Data::Bool(*value)),
            (Type::Int, Json::Number(number)) => match int_of(number) {
                Some(int) => Some(Data::Int(int)),
                None => self.problem(format!("expected int, found {number}")),
            },
            (Type::Float, Json::Number(number)) => number.as_f64().map(Data::Float),
            (Type::Decimal, Json::Number(number)) => match decimal_of(&number.to_string()) {
                Some(value) => Some(Data::Decimal(value)),
                None => self.problem(format!("expected decimal, found {number}")),
            },
            // Many write money so, and one with more digits than a number of JSON keeps has no other form.
            (Type::Decimal, Json::String(text)) => match decimal_of(text) {
                Some(value) => Some(Data::Decimal(value)),
                None => self.wrong("decimal", json),
            },
            (Type::Float, Json::String(name)) if named_float(name).is_some() => named_float(name).map(Data::Float),
            (Type::Secret(inner), json) => self.secret(*inner, json),
            (Type::String, Json::String(text)) => Some(Data::String(text.clone())),
            (Type::Bytes, Json::String(text)) => {
                STANDARD.decode(text).map(Data::Bytes).ok().or_else(|| self.unread("bytes in base64", text))
            }
            (Type::Duration, Json::String(text)) => text::parse_duration(text)
                .map(Data::Int)
                .or_else(|| self.unread("a duration like `1h30m` or `PT1H30M`", text)),
            (Type::Date, Json::String(text)) => {
                text::parse_date(text).map(Data::Int).or_else(|| self.unread("a date like `2026-01-31`", text))
            }
            (Type::Time, Json::String(text)) => {
                text::parse_time(text).map(Data::Int).or_else(|| self.unread("a time like `09:30:00`", text))
            }
            (Type::DateTime, Json::String(text)) => match text::parse_datetime(text) {
                Some((micros, zone)) => Some(Data::DateTime(micros, zone)),
                None => self.unread("a datetime like `2026-01-31T09:30:00+01:00[Europe/Berlin]`", text),
            },
            (Type::List(item), Json::Array(items)) => self.items(*item, items).map(Data::List),
            (Type::Set(item), Json::Array(items)) => self.items(*item, items).map(distinct),
            (Type::Map(key, value), json) => self.map(*key, *value, json),
            (Type::Record(shape), Json::Object(fields)) => self.fields(&shape.fields, fields).map(Data::Record),
            (Type::Enum(shape), json) => self.case(shape, json),
            (Type::Function, _) => self.problem("a function has no form in JSON".to_owned()),
            (Type::Nothing, json) => self.wrong("null", json),
            (Type::Bool, json) => self.wrong("bool", json),
            (Type::Int, json) => self.wrong("int", json),
            (Type::Float, json) => self.wrong("float", json),
            (Type::Decimal, json) => self.wrong("decimal", json),
            (Type::String, json) => self.wrong("string", json),
            (Type::Bytes, json) => self.wrong("bytes in base64", json),
            (Type::Duration, json) => self.wrong("duration", json),
            (Type::Date, json) => self.wrong("date", json),
            (Type::Time, json) => self.wrong("time", json),
            (Type::DateTime, json) => self.wrong("datetime", json),
            (Type::List(_) | Type::Set(_), json) => self.wrong("an array", json),
            (Type::Record(shape), json) => self.wrong(&format!("an object ({})", shape.name), json),
        }
    }

    /// Reads a value that is secret from here on. One that does not fit is not shown.
    fn secret(&mut self, inner: TypeId, json: &Json) -> Option<Data> {
        let told = self.problems.len();
        match self.value(inner, json) {
            Some(data) => Some(Data::Case(HELD, vec![data])),
            None => {
                self.problems.truncate(told);
                self.problem("what is found does not fit, and is not shown, because it is secret".to_owned())
            }
        }
    }

    fn unread(&mut self, expected: &str, text: &str) -> Option<Data> {
        self.wrong(expected, &Json::String(text.to_owned()))
    }

    fn items(&mut self, item: TypeId, items: &[Json]) -> Option<Vec<Data>> {
        let mut decoded = Vec::new();
        for (index, json) in items.iter().enumerate() {
            decoded.extend(self.at(format_args!("[{index}]"), |decoder| decoder.value(item, json)));
        }
        (decoded.len() == items.len()).then_some(decoded)
    }

    fn map(&mut self, key: TypeId, value: TypeId, json: &Json) -> Option<Data> {
        let text_keys = matches!(self.types.get(usize::from(key.0)), Some(Type::String));
        let mut entries = Vec::new();
        let expected = match json {
            Json::Object(fields) if text_keys => {
                for (name, json) in fields {
                    let data = self.at(format_args!("{}", Step(name)), |decoder| decoder.value(value, json));
                    entries.extend(data.map(|data| (Data::String(name.clone()), data)));
                }
                fields.len()
            }
            Json::Array(pairs) if !text_keys => {
                for (index, pair) in pairs.iter().enumerate() {
                    entries.extend(self.at(format_args!("[{index}]"), |decoder| decoder.pair(key, value, pair)));
                }
                pairs.len()
            }
            json if text_keys => return self.wrong("an object", json),
            json => return self.wrong("an array of [key, value]", json),
        };
        (entries.len() == expected).then_some(Data::Map(entries))
    }

    fn pair(&mut self, key: TypeId, value: TypeId, json: &Json) -> Option<(Data, Data)> {
        match json.as_array().map(Vec::as_slice) {
            Some([first, second]) => {
                let key = self.at(format_args!("[0]"), |decoder| decoder.value(key, first));
                let value = self.at(format_args!("[1]"), |decoder| decoder.value(value, second));
                key.zip(value)
            }
            _ => self.wrong("[key, value]", json),
        }
    }

    fn fields(&mut self, shape: &'t [FieldType], found: &Map<String, Json>) -> Option<Vec<Data>> {
        if self.unknown == Unknown::Refused {
            for name in found.keys().filter(|name| !shape.iter().any(|field| field.json_name == **name)) {
                let known: Vec<String> = shape.iter().map(|field| format!("`{}`", field.json_name)).collect();
                let message = match known.as_slice() {
                    [] => "there is no such field; none is expected".to_owned(),
                    known => format!("there is no such field; known are {}", known.join(", ")),
                };
                self.at(format_args!("{}", Step(name)), |decoder| decoder.problem::<()>(message));
            }
        }
        let mut values = Vec::with_capacity(shape.len());
        for field in shape {
            let step = Step(&field.json_name);
            values.extend(self.at(format_args!("{step}"), |decoder| match found.get(&field.json_name) {
                Some(json) => decoder.value(field.type_, json),
                None => decoder.missing(field),
            }));
        }
        (values.len() == shape.len()).then_some(values)
    }

    fn missing(&mut self, field: &FieldType) -> Option<Data> {
        let optional = matches!(self.types.get(usize::from(field.type_.0)), Some(Type::Optional(_)));
        let Some(default) = &field.default else {
            return if optional { Some(Data::None) } else { self.problem("it is missing".to_owned()) };
        };
        self.defaults += 1;
        if self.defaults > MAX_DEFAULTS {
            return self.problem(format!("more than {MAX_DEFAULTS} fields are missing"));
        }
        match serde_json::from_str(default) {
            Ok(json) => self.value(field.type_, &json),
            Err(_) => self.problem("it is missing, and its default cannot be read".to_owned()),
        }
    }

    fn case(&mut self, shape: &'t EnumType, json: &Json) -> Option<Data> {
        let named = |name: &str| shape.cases.iter().position(|case| case.json_name == name);
        let (name, content) = match json {
            Json::String(name) => (name, None),
            Json::Object(fields) if fields.len() == 1 => match fields.iter().next() {
                Some((name, content)) => (name, Some(content)),
                None => return self.wrong(&expected_case(shape), json),
            },
            json => return self.wrong(&expected_case(shape), json),
        };
        let Some((number, case)) = named(name).and_then(|number| Some((number, shape.cases.get(number)?))) else {
            return self.wrong(&expected_case(shape), &Json::String(name.clone()));
        };
        let tag = u16::try_from(number).ok()?;
        if shape.is_plain() && content.is_none() {
            return Some(Data::Int(i64::from(tag)));
        }
        let none = Map::new();
        let fields = match content {
            None => &none,
            Some(Json::Object(fields)) => fields,
            Some(other) => {
                return self.at(format_args!("{}", Step(name)), |decoder| decoder.wrong("an object", other));
            }
        };
        let values = self.at(format_args!("{}", Step(name)), |decoder| decoder.fields(&case.fields, fields))?;
        Some(if shape.is_plain() { Data::Int(i64::from(tag)) } else { Data::Case(tag, values) })
    }
}

/// A step into an object, as it is written in a path.
struct Step<'n>(&'n str);

impl fmt::Display for Step<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = !self.0.is_empty() && self.0.chars().all(|glyph| glyph.is_alphanumeric() || "_-".contains(glyph));
        if plain { write!(out, ".{}", self.0) } else { write!(out, "[{:?}]", self.0) }
    }
}

fn int_of(number: &serde_json::Number) -> Option<i64> {
    number.as_i64().or_else(|| {
        // 3.0 and 1e3 are ints too, as long as they are exact.
        let float = number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < 9_007_199_254_740_992.0)?;
        Some(float as i64)
    })
}

/// Reads a decimal of at most 28 digits, also as `1.5e3`.
fn decimal_of(text: &str) -> Option<Decimal> {
    if text.contains(['e', 'E']) { Decimal::from_scientific(text).ok() } else { Decimal::from_str_exact(text).ok() }
}

/// Gives items as a set; what stands twice is one item once they are values.
fn distinct(items: Vec<Data>) -> Data {
    Data::Map(items.into_iter().map(|item| (item, Data::None)).collect())
}

fn expected_case(shape: &EnumType) -> String {
    let names: Vec<String> = shape.cases.iter().map(|case| format!("`{}`", case.json_name)).collect();
    match names.as_slice() {
        [] => format!("a case of {}", shape.name),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

fn describe(json: &Json) -> String {
    match json {
        Json::Null => "null".to_owned(),
        Json::Bool(value) => format!("the bool {value}"),
        Json::Number(number) => format!("the number {number}"),
        Json::String(text) => {
            let short: String = text.chars().take(60).collect();
            if short.len() < text.len() { format!("string {short:?}…") } else { format!("string {short:?}") }
        }
        Json::Array(_) => "an array".to_owned(),
        Json::Object(_) => "an object".to_owned(),
    }
}
