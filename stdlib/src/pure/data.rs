//! Digests, encodings, identifiers, and the small formats: `hash base64 hex uuid toml`.

use super::bounds::{arithmetic, invalid};
use super::json;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::{digest, hmac};
use runtime::{Arguments, ErrorKind, Failure, Natives, Value};
use std::fmt::Write;

/// Adds the natives.
pub fn add(natives: &mut Natives) {
    natives.pure("hash.sha256", |it| Ok(hex(digest::digest(&digest::SHA256, it.bytes(0)?).as_ref())));
    natives.pure("hash.blake3", |it| Ok(hex(blake3::hash(it.bytes(0)?).as_bytes())));
    natives.pure("hash.hmac", |it| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, it.string(0)?.as_bytes());
        Ok(hex(hmac::sign(&key, it.bytes(1)?).as_ref()))
    });
    natives.pure("base64.encode", |it| Ok(Value::from(STANDARD.encode(it.bytes(0)?))));
    natives.pure("base64.decode", |it| {
        STANDARD
            .decode(it.string(0)?)
            .map(Value::bytes)
            .map_err(|error| parse(format!("the text is no base64: {error}")))
    });
    natives.pure("hex.encode", |it| Ok(hex(it.bytes(0)?)));
    natives.pure("hex.decode", |it| unhex(it.string(0)?));
    natives.pure("uuid.of", uuid);
    natives.pure("toml.parse", |it| toml(it.string(0)?));
}

fn parse(message: String) -> Failure {
    Failure::new(ErrorKind::Parse, message)
}

fn hex(bytes: &[u8]) -> Value {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    Value::from(text)
}

fn unhex(text: &str) -> Result<Value, Failure> {
    let wrong = |what: String| parse(format!("the text is no row of bytes in hexadecimal: {what}"));
    if !text.len().is_multiple_of(2) {
        return Err(wrong(format!("it has {} digits", text.chars().count())));
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    let bytes = text.as_bytes().chunks(2).map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?));
    bytes.collect::<Option<Vec<u8>>>().map(Value::bytes).ok_or_else(|| wrong("it has other characters".to_owned()))
}

/// The layouts of RFC 9562: version 4 is random, version 7 begins with milliseconds.
fn uuid(arguments: &mut [Value]) -> Result<Value, Failure> {
    let (version, high, low) =
        (arguments.int(0)?, arguments.int(1)?.cast_unsigned(), arguments.int(2)?.cast_unsigned());
    let high = match (version, arguments.given(3)) {
        (4, None) => high & !0xf000 | 0x4000,
        (7, Some(_)) => {
            let millis = arguments.datetime(3)?.micros.div_euclid(1000);
            let millis = u64::try_from(millis).ok().filter(|millis| *millis < 1 << 48);
            let millis = millis.ok_or_else(|| arithmetic("the time does not fit an identifier"))?;
            millis << 16 | 0x7000 | high & 0xfff
        }
        (_, _) => return Err(invalid(format!("there is no identifier of version {version} made in this way"))),
    };
    let low = low & !(0b11 << 62) | 1 << 63;
    let digits = format!("{high:016x}{low:016x}");
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    let text = format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32));
    Ok(Value::from(text))
}

fn toml(text: &str) -> Result<Value, Failure> {
    let table: toml::Table = toml::from_str(text).map_err(|error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        parse(format!("the text is not TOML: {} at line {line}", error.message()))
    })?;
    json::read(of_toml(toml::Value::Table(table)))
}

/// The reader nests 80 levels at most, so this recursion does, too.
fn of_toml(value: toml::Value) -> serde_json::Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(value) => value.into(),
        toml::Value::Datetime(at) => at.to_string().into(),
        toml::Value::Array(items) => items.into_iter().map(of_toml).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, of_toml(value))).collect(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn identifiers_have_the_form_of_their_version() {
        let made = uuid(&mut [Value::Int(4), Value::Int(-1), Value::Int(-1), Value::None]).unwrap();
        assert_eq!(made, Value::from("ffffffff-ffff-4fff-bfff-ffffffffffff"));
        let at = Value::datetime(1_645_557_742_000_000, "UTC");
        let made = uuid(&mut [Value::Int(7), Value::Int(0xcc3), Value::Int(0x18c4_dc0c_0c07_398f), at]).unwrap();
        assert_eq!(made, Value::from("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"));
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        assert_eq!(unhex("é").unwrap_err().kind, "parse");
        assert_eq!(unhex("zz").unwrap_err().kind, "parse");
        assert!(toml("a = 1\nb =").unwrap_err().message.ends_with("at line 2"));
    }
}
