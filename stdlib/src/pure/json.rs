//! `json`: text to values and back.

use runtime::{Arguments, ErrorKind, Failure, List, Map, Natives, Parts, Value};
use serde_json::Value as Json;
use serde_json::ser::{PrettyFormatter, Serializer};
use std::io::{self, Write};

/// Adds the natives.
pub fn add(natives: &mut Natives) {
    natives.pure("json.parse", |arguments| parse(arguments.string(0)?));
    natives.pure("json.stringify", |arguments| Ok(Value::from(text(arguments.value(0)?)?)));
    natives.pure("json.pretty", |arguments| pretty(&write(arguments.value(0)?)?));
}

/// Gives the text of a JSON value on one line.
pub fn text(value: &Value) -> Result<String, Failure> {
    Ok(write(value)?.to_string())
}

fn parse(text: &str) -> Result<Value, Failure> {
    let json: Json = serde_json::from_str(text).map_err(|error| {
        // The place is said in our words, so it is cut from theirs.
        let said = error.to_string();
        let reason = said.split(" at line ").next().unwrap_or(&said).to_owned();
        let place = format!("line {}, column {}", error.line(), error.column());
        Failure::new(ErrorKind::Parse, format!("the text is not JSON: {reason} at {place}"))
    })?;
    read(json)
}

/// Makes a value of JSON. The reader nests 128 levels at most, so this recursion does, too.
pub(super) fn read(json: Json) -> Result<Value, Failure> {
    Ok(match json {
        Json::Null => Value::None,
        Json::Bool(value) => Value::Bool(value),
        Json::Number(number) => match number.as_i64() {
            Some(int) => Value::Int(int),
            None => Value::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => Value::from(text),
        Json::Array(items) => {
            let mut parts = Parts::default();
            for item in items {
                parts.push(read(item)?)?;
            }
            Value::from(List::from(parts))
        }
        Json::Object(entries) => {
            let mut map = Map::new();
            for (key, value) in entries {
                map.insert(Value::from(key), read(value)?)?;
            }
            Value::map(map)
        }
    })
}

/// Gives a value as JSON. Recursion ends with the depth of values.
fn write(value: &Value) -> Result<Json, Failure> {
    Ok(match value {
        Value::None => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Int(value) => Json::from(*value),
        Value::Float(value) => runtime::json::float(*value),
        Value::String(text) => Json::from(text.as_str()),
        Value::List(list) => Json::Array(list.iter().map(|item| write(&item)).collect::<Result<_, _>>()?),
        Value::Map(map) => {
            let entries = map.iter().map(|(key, value)| Ok(([key.clone()].string(0)?.to_owned(), write(value)?)));
            Json::Object(entries.collect::<Result<_, Failure>>()?)
        }
        Value::Decimal(_)
        | Value::Bytes(_)
        | Value::DateTime(_)
        | Value::Record(_)
        | Value::Case(_)
        | Value::Closure(_) => {
            let message = format!("{} stands where JSON was expected", value.describe());
            return Err(Failure::new(ErrorKind::Internal, message));
        }
    })
}

fn pretty(json: &Json) -> Result<Value, Failure> {
    use serde::Serialize;
    let mut text = Bounded::default();
    let mut serializer = Serializer::with_formatter(&mut text, PrettyFormatter::with_indent(b"  "));
    match json.serialize(&mut serializer) {
        Ok(()) => Ok(Value::from(String::from_utf8_lossy(&text.0).into_owned())),
        Err(_) => Err(Failure::new(ErrorKind::Limit, "the indented text is too large for a value")),
    }
}

/// Takes what is written, up to what a value may have: indentation can make a deep value many times longer.
#[derive(Default)]
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if (self.0.len() + bytes.len()) as u64 > runtime::MAX_BYTES {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_text_comes_back_with_its_order_and_its_numbers() {
        let text = r#"{"b":[1,2.5,true,null,"ü\n"],"a":{"big":9223372036854775807}}"#;
        let value = parse(text).unwrap();
        assert_eq!(write(&value).unwrap().to_string(), text);
        let pretty = pretty(&write(&parse(r#"{"a":[1]}"#).unwrap()).unwrap()).unwrap();
        assert_eq!(pretty, Value::from("{\n  \"a\": [\n    1\n  ]\n}"));
    }

    #[test]
    fn what_is_no_json_is_told_with_its_place() {
        let failure = parse("{\n  \"a\": ,\n}").unwrap_err();
        assert_eq!(failure.kind, "parse");
        assert_eq!(failure.message, "the text is not JSON: expected value at line 2, column 8");
        assert_eq!(parse("").unwrap_err().kind, "parse");
        assert_eq!(parse(&"[".repeat(100_000)).unwrap_err().kind, "parse");
    }
}
