//! Values as JSON by their types, and back.

use super::Machine;
use super::text::{date, iso_duration};
use super::value::Value;
use compiler::ir::{Field, Type, TypeKind};
use rust_decimal::Decimal;
use serde_json::{Map, Value as Json, json};

impl<'p> Machine<'p, '_> {
    /// Gives the JSON of a value of a type in which `arguments` stand for type parameters.
    pub(super) fn encode(&mut self, value: &Value<'p>, type_: Type, arguments: &[Type]) -> Json {
        let type_ = self.types.substitute(type_, arguments);
        match (self.base(type_), value) {
            (_, Value::None) => Json::Null,
            (TypeKind::Secret(_), _) => Json::from("[secret]"),
            (TypeKind::Optional(inner), value) => self.encode(value, inner, &[]),
            (TypeKind::List(item) | TypeKind::Set(item), Value::List(items) | Value::Set(items)) => {
                items.iter().map(|value| self.encode(value, item, &[])).collect()
            }
            (TypeKind::Map(key, entry), Value::Map(entries)) => {
                if self.base(key) == TypeKind::String {
                    let entries = entries.iter().map(|(key, value)| {
                        let value = self.encode(value, entry, &[]);
                        (key.as_text().to_owned(), value)
                    });
                    return Json::Object(entries.collect());
                }
                let pairs = entries.iter().map(|(name, value)| {
                    let name = self.encode(name, key, &[]);
                    json!([name, self.encode(value, entry, &[])])
                });
                pairs.collect()
            }
            (TypeKind::Record(id, arguments), Value::Record(_, values)) => {
                let fields = &self.program.records[id.0 as usize].fields;
                self.encode_fields(fields, values, &arguments)
            }
            (TypeKind::Enum(id, arguments), Value::Case(_, tag, values)) => {
                let case = &self.program.enums[id.0 as usize].cases[*tag as usize];
                if case.fields.is_empty() {
                    return Json::from(case.json_name.clone());
                }
                json!({case.json_name.clone(): self.encode_fields(&case.fields, values, &arguments)})
            }
            (_, Value::Bool(value)) => Json::from(*value),
            (_, Value::Int(value)) => Json::from(*value),
            // JSON has no NaN and no infinity.
            (_, Value::Float(value)) if value.is_nan() => Json::from("NaN"),
            (_, Value::Float(value)) if value.is_infinite() => {
                Json::from(if *value > 0.0 { "Infinity" } else { "-Infinity" })
            }
            (_, Value::Float(value)) => Json::from(*value),
            (_, Value::Decimal(value)) => decimal(*value),
            (_, Value::Text(text)) => Json::from(text.clone()),
            (_, Value::Duration(micros)) => Json::from(iso_duration(*micros)),
            (_, Value::Date(days)) => Json::from(date(*days)),
            (_, Value::Json(json)) => json.clone(),
            (_, value) => Json::from(self.text(value)),
        }
    }

    fn encode_fields(&mut self, fields: &'p [Field], values: &[Value<'p>], arguments: &[Type]) -> Json {
        let pairs = fields.iter().zip(values);
        Json::Object(
            pairs.map(|(field, value)| (field.json_name.clone(), self.encode(value, field.type_, arguments))).collect(),
        )
    }

    /// Reads JSON as a value of a type, or gives every problem with its path. Unknown fields are ignored.
    pub(super) fn decode(&mut self, json: &Json, type_: Type) -> Result<Value<'p>, Vec<String>> {
        let mut problems = Vec::new();
        let value = self.decode_at("$", json, type_, &mut problems);
        if problems.is_empty() { Ok(value) } else { Err(problems) }
    }

    /// What does not fit is a problem, and stands as `none`.
    fn decode_at(&mut self, path: &str, json: &Json, type_: Type, problems: &mut Vec<String>) -> Value<'p> {
        let mut wrong = |expected: &str| {
            problems.push(format!("{path}: expected {expected}, found {}", describe(json)));
            Value::None
        };
        match (self.base(type_), json) {
            (TypeKind::Json, json) => Value::json(json.clone()),
            (TypeKind::Optional(_) | TypeKind::Nothing, Json::Null) => Value::None,
            (TypeKind::Optional(inner), json) => self.decode_at(path, json, inner, problems),
            (TypeKind::Bool, Json::Bool(value)) => Value::Bool(*value),
            (TypeKind::Bool, _) => wrong("bool"),
            (TypeKind::Int, Json::Number(number)) => match (number.as_i64(), number.as_f64()) {
                (Some(int), _) => Value::Int(int),
                (None, Some(float)) if float.fract() == 0.0 && float.abs() < 9e15 => Value::Int(float as i64),
                (_, _) => {
                    problems.push(format!("{path}: expected int, found {number}"));
                    Value::None
                }
            },
            (TypeKind::Int, _) => wrong("int"),
            (TypeKind::Float, Json::Number(number)) => Value::Float(number.as_f64().unwrap_or(f64::NAN)),
            (TypeKind::Float, Json::String(text)) => match text.as_str() {
                "NaN" => Value::Float(f64::NAN),
                "Infinity" => Value::Float(f64::INFINITY),
                "-Infinity" => Value::Float(f64::NEG_INFINITY),
                _ => wrong("float"),
            },
            (TypeKind::Float, _) => wrong("float"),
            (TypeKind::String, Json::String(text)) => Value::text(text),
            (TypeKind::String, _) => wrong("string"),
            (TypeKind::Duration, Json::String(text)) => match read_iso(text) {
                Some(micros) => Value::Duration(micros),
                None => wrong("a duration like `1h30m` or `PT1H30M`"),
            },
            (TypeKind::Duration, _) => wrong("duration"),
            (TypeKind::List(item), Json::Array(items)) => {
                let at = items.iter().enumerate();
                Value::List(
                    at.map(|(at, each)| self.decode_at(&format!("{path}[{at}]"), each, item, problems)).collect(),
                )
            }
            (TypeKind::List(_), _) => wrong("an array"),
            (TypeKind::Map(key, value), Json::Object(entries)) if self.base(key) == TypeKind::String => {
                let entry = |(name, each): (&String, &Json)| {
                    (Value::text(name), self.decode_at(&format!("{path}{}", step(name)), each, value, problems))
                };
                Value::Map(entries.iter().map(entry).collect())
            }
            (TypeKind::Map(key, value), Json::Array(pairs)) if self.base(key) != TypeKind::String => {
                let entry = |(at, pair): (usize, &Json)| {
                    let name = self.decode_at(&format!("{path}[{at}][0]"), &pair[0], key, problems);
                    (name, self.decode_at(&format!("{path}[{at}][1]"), &pair[1], value, problems))
                };
                Value::Map(pairs.iter().enumerate().map(entry).collect())
            }
            (TypeKind::Map(key, _), _) if self.base(key) == TypeKind::String => wrong("an object"),
            (TypeKind::Map(..), _) => wrong("an array of [key, value]"),
            (TypeKind::Record(id, arguments), Json::Object(found)) => {
                let fields = &self.program.records[id.0 as usize].fields;
                Value::Record(id, self.decode_fields(path, found, fields, &arguments, problems))
            }
            (TypeKind::Record(id, _), _) => wrong(&format!("an object ({})", self.program.records[id.0 as usize].name)),
            (TypeKind::Enum(id, arguments), json) => {
                let cases = &self.program.enums[id.0 as usize].cases;
                let (name, content) = match json {
                    Json::String(name) => (name.clone(), Json::Object(Map::new())),
                    Json::Object(fields) if fields.len() == 1 => {
                        let (name, content) = fields.iter().next().expect("there is one");
                        (name.clone(), content.clone())
                    }
                    _ => (String::new(), Json::Null),
                };
                let found = cases.iter().position(|case| case.json_name == name);
                match (found, content.as_object()) {
                    (Some(tag), Some(content)) => {
                        let path = format!("{path}{}", step(&name));
                        let fields = &cases[tag].fields;
                        let values = self.decode_fields(&path, content, fields, &arguments, problems);
                        Value::Case(id, tag as u32, values)
                    }
                    (_, _) => {
                        let names: Vec<_> = cases.iter().map(|case| format!("`{}`", case.json_name)).collect();
                        let (last, first) = names.split_last().expect("an enum has cases");
                        let known =
                            if first.is_empty() { last.clone() } else { format!("{} or {last}", first.join(", ")) };
                        let found = if name.is_empty() { json.clone() } else { Json::from(name) };
                        problems.push(format!("{path}: expected {known}, found {}", describe(&found)));
                        Value::None
                    }
                }
            }
            (kind, json) => panic!("these tests read no {kind:?} from {json}"),
        }
    }

    fn decode_fields(
        &mut self,
        path: &str,
        found: &Map<String, Json>,
        fields: &'p [Field],
        arguments: &[Type],
        problems: &mut Vec<String>,
    ) -> Vec<Value<'p>> {
        let mut values = Vec::new();
        for field in fields {
            let type_ = self.types.substitute(field.type_, arguments);
            let path = format!("{path}{}", step(&field.json_name));
            values.push(match (found.get(&field.json_name), &field.default) {
                (Some(json), _) => self.decode_at(&path, json, type_, problems),
                (None, Some(default)) => {
                    let default = serde_json::from_str(default).expect("a default is JSON");
                    self.decode_at(&path, &default, type_, problems)
                }
                (None, None) => {
                    if !matches!(self.base(type_), TypeKind::Optional(_)) {
                        problems.push(format!("{path}: it is missing"));
                    }
                    Value::None
                }
            });
        }
        values
    }
}

/// A decimal is a number, unless it has more digits than readers of JSON keep: then it is a string of them.
fn decimal(value: Decimal) -> Json {
    let plain = value.normalize();
    let digits = plain.mantissa().unsigned_abs();
    match (digits < 1_000_000_000_000_000, plain.scale()) {
        (false, _) => Json::from(value.to_string()),
        (true, 0) => Json::from(plain.mantissa() as i64),
        (true, _) => Json::from(plain.to_string().parse::<f64>().expect("it is a number")),
    }
}

/// Reads what [`iso_duration`] writes.
fn read_iso(text: &str) -> Option<i64> {
    let (sign, rest) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let mut micros = 0.0;
    let mut number = String::new();
    for letter in rest.strip_prefix("PT")?.chars() {
        let unit = match letter {
            'H' => 3_600_000_000.0,
            'M' => 60_000_000.0,
            'S' => 1_000_000.0,
            digit => {
                number.push(digit);
                continue;
            }
        };
        micros += number.parse::<f64>().ok()? * unit;
        number.clear();
    }
    Some(sign * micros.round() as i64)
}

/// The step to a field: `.name`, or `["odd name"]`.
fn step(name: &str) -> String {
    let plain = name.chars().all(|glyph| glyph.is_ascii_alphanumeric() || glyph == '_') && !name.is_empty();
    if plain { format!(".{name}") } else { format!("[{name:?}]") }
}

fn describe(json: &Json) -> String {
    match json {
        Json::Null => "null".to_owned(),
        Json::Bool(value) => format!("the bool {value}"),
        Json::Number(number) => format!("the number {number}"),
        Json::String(text) => format!("string {text:?}"),
        Json::Array(_) => "an array".to_owned(),
        Json::Object(_) => "an object".to_owned(),
    }
}
