//! `url` and `path`: addresses and paths as text.

use super::bounds::invalid;
use reqwest::Url;
use runtime::{Arguments, ErrorKind, Failure, Map, Natives, Value};
use std::fmt::Write;

/// Adds the natives.
pub fn add(natives: &mut Natives) {
    natives.pure("url.encode", |it| Ok(Value::from(encode(it.string(0)?))));
    natives.pure("url.decode", |it| decode(it.string(0)?));
    natives.pure("url.parse", |it| parse(it.string(0)?));
    natives.pure("path.part", |it| part(it.string(0)?).map(Value::from));
    natives.pure("Path.name", |it| Ok(Value::from(name(it.string(0)?))));
    natives.pure("Path.stem", |it| Ok(Value::from(divided(it.string(0)?).0)));
    natives.pure("Path.extension", |it| Ok(Value::from(divided(it.string(0)?).1)));
    natives.pure("Path.parent", |it| Ok(parent(it.string(0)?).map_or(Value::None, Value::from)));
}

fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

fn decode(text: &str) -> Result<Value, Failure> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, behind)) = rest.split_first() {
        let digits = behind.get(..2).and_then(|digits| str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(encoded) if *byte == b'%' => {
                bytes.push(encoded);
                rest = behind.get(2..).unwrap_or_default();
            }
            Some(_) | None => {
                bytes.push(*byte);
                rest = behind;
            }
        }
    }
    String::from_utf8(bytes)
        .map(Value::from)
        .map_err(|_| Failure::new(ErrorKind::Parse, format!("{text:?} decodes to bytes that are no text in UTF-8")))
}

fn parse(text: &str) -> Result<Value, Failure> {
    let failure = |reason: &str| Failure::new(ErrorKind::Parse, format!("{text:?} is no address of the web: {reason}"));
    let url = Url::parse(text).map_err(|error| failure(&error.to_string()))?;
    let host = url.host_str().ok_or_else(|| failure("it names no host"))?;
    let mut query = Map::new();
    for (key, value) in url.query_pairs() {
        query.insert(Value::from(key.as_ref()), Value::from(value.as_ref()))?;
    }
    Value::record(vec![
        Value::from(url.scheme()),
        Value::from(host),
        url.port_or_known_default().map_or(Value::None, |port| Value::Int(i64::from(port))),
        Value::from(url.path()),
        Value::map(query),
        url.fragment().map_or(Value::None, Value::from),
    ])
}

fn part(text: &str) -> Result<&str, Failure> {
    if text.split(['/', '\\']).any(|part| part == "..") {
        return Err(invalid(format!("a value in a path has `..` in it: {text:?}")));
    }
    Ok(text)
}

fn trimmed(path: &str) -> &str {
    path.trim_end_matches('/')
}

fn name(path: &str) -> &str {
    trimmed(path).rsplit('/').next().unwrap_or_default()
}

/// Parts a name from its extension; a point at the beginning of a name begins none.
fn divided(path: &str) -> (&str, &str) {
    let name = name(path);
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && name != ".." => (stem, extension),
        Some(_) | None => (name, ""),
    }
}

fn parent(path: &str) -> Option<&str> {
    match trimmed(path).rsplit_once('/')? {
        ("", "") => None,
        ("", _) => Some("/"),
        (parent, _) => Some(parent),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_text_comes_back_as_it_was() {
        for text in ["", "a b", "100%", "ü/../?&#", "%2"] {
            assert_eq!(decode(&encode(text)).unwrap(), Value::from(text));
        }
        assert_eq!(decode("%zz%").unwrap(), Value::from("%zz%"));
        assert_eq!(decode("%ff").unwrap_err().kind, "parse");
    }

    #[test]
    fn paths_are_taken_apart_by_their_text() {
        assert_eq!((name("a/b/"), parent("a/b/")), ("b", Some("a")));
        assert_eq!((name("/a"), parent("/a")), ("a", Some("/")));
        assert_eq!((name("/"), parent("/"), parent("a")), ("", None, None));
        assert_eq!((divided(".profile"), divided("a.tar.gz")), ((".profile", ""), ("a.tar", "gz")));
        assert!(part("a/../b").is_err());
        assert!(part("a..b").is_ok());
    }
}
