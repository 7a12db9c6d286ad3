//! `string`: text. Positions and lengths count characters; where a text is ASCII, that is its bytes.

use super::bounds::{check_text, invalid, position, texts, to_int};
use runtime::{Arguments, Failure, Natives, Value};

/// Adds the natives.
pub fn add(natives: &mut Natives) {
    natives.pure("string.len", |arguments| Ok(to_int(length(arguments.string(0)?))));
    natives.pure("string.is_empty", |arguments| Ok(Value::Bool(arguments.string(0)?.is_empty())));
    natives.pure("string.trim", |arguments| Ok(Value::from(arguments.string(0)?.trim())));
    natives.pure("string.lines", |arguments| texts(arguments.string(0)?.lines()));
    natives.pure("string.split", split);
    natives.pure("string.starts_with", |it| Ok(Value::Bool(it.string(0)?.starts_with(it.string(1)?))));
    natives.pure("string.ends_with", |it| Ok(Value::Bool(it.string(0)?.ends_with(it.string(1)?))));
    natives.pure("string.contains", |it| Ok(Value::Bool(it.string(0)?.contains(it.string(1)?))));
    natives.pure("string.find", find);
    natives.pure("string.replace", replace);
    natives.pure("string.upper", |arguments| Ok(Value::from(arguments.string(0)?.to_uppercase())));
    natives.pure("string.lower", |arguments| Ok(Value::from(arguments.string(0)?.to_lowercase())));
    natives.pure("string.pad_left", |arguments| padded(arguments, |text, padding| padding + text));
    natives.pure("string.pad_right", |arguments| padded(arguments, |text, padding| text.to_owned() + &padding));
    natives.pure("string.repeat", repeat);
    natives.pure("string.slice", slice);
    natives.pure("string.chars", chars);
}

fn length(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}

fn split(arguments: &mut [Value]) -> Result<Value, Failure> {
    let separator = arguments.string(1)?;
    if separator.is_empty() {
        return Err(invalid("an empty separator splits nothing; `.chars()` gives the characters"));
    }
    texts(arguments.string(0)?.split(separator))
}

fn find(arguments: &mut [Value]) -> Result<Value, Failure> {
    let text = arguments.string(0)?;
    let found = text.find(arguments.string(1)?).and_then(|at| text.get(..at));
    Ok(found.map_or(Value::None, |before| to_int(length(before))))
}

fn replace(arguments: &mut [Value]) -> Result<Value, Failure> {
    let (text, part, by) = (arguments.string(0)?, arguments.string(1)?, arguments.string(2)?);
    if part.is_empty() {
        return Err(invalid("an empty text cannot be replaced"));
    }
    if by.len() > part.len() {
        let more = text.matches(part).count().checked_mul(by.len() - part.len());
        check_text(more.and_then(|more| more.checked_add(text.len())))?;
    }
    Ok(Value::from(text.replace(part, by)))
}

fn padded(arguments: &mut [Value], join: fn(&str, String) -> String) -> Result<Value, Failure> {
    let (text, width, fill) = (arguments.string(0)?, position(arguments.int(1)?), arguments.string(2)?);
    let missing = width.saturating_sub(length(text));
    if missing == 0 {
        return Ok(Value::from(text));
    }
    let Some(widest) = fill.chars().map(char::len_utf8).max() else {
        return Err(invalid("a text cannot be filled up with nothing"));
    };
    check_text(missing.checked_mul(widest).and_then(|more| more.checked_add(text.len())))?;
    Ok(Value::from(join(text, fill.chars().cycle().take(missing).collect())))
}

fn repeat(arguments: &mut [Value]) -> Result<Value, Failure> {
    let (text, times) = (arguments.string(0)?, position(arguments.int(1)?));
    check_text(text.len().checked_mul(times))?;
    Ok(Value::from(text.repeat(times)))
}

fn slice(arguments: &mut [Value]) -> Result<Value, Failure> {
    let text = arguments.string(0)?;
    let start = position(arguments.int(1)?);
    let end = match arguments.given(2) {
        Some(_) => position(arguments.int(2)?),
        None => usize::MAX,
    };
    let (from, to) = (byte_of(text, start), byte_of(text, end));
    Ok(Value::from(text.get(from..to).unwrap_or("")))
}

/// Gives the byte at which a character begins; the length where there are fewer.
fn byte_of(text: &str, character: usize) -> usize {
    if character >= text.len() {
        return text.len();
    }
    if text.is_ascii() { character } else { text.char_indices().nth(character).map_or(text.len(), |(at, _)| at) }
}

fn chars(arguments: &mut [Value]) -> Result<Value, Failure> {
    let text = arguments.string(0)?;
    texts(text.char_indices().map(|(at, character)| text.get(at..at + character.len_utf8()).unwrap_or("")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn slice(text: &str, start: i64, end: Option<i64>) -> Value {
        super::slice(&mut [Value::from(text), Value::Int(start), end.map_or(Value::None, Value::Int)]).unwrap()
    }

    #[test]
    fn positions_count_characters() {
        assert_eq!(slice("grün und gut", 2, Some(4)), Value::from("ün"));
        assert_eq!(slice("plain", -3, Some(2)), Value::from("pl"));
        assert_eq!(slice("plain", 3, Some(1)), Value::from(""));
        assert_eq!(slice("grün", 3, None), Value::from("n"));
        assert_eq!(slice("grün", 9, None), Value::from(""));
        let found = find(&mut [Value::from("grün und"), Value::from("und")]).unwrap();
        assert_eq!(found, Value::Int(5));
    }

    #[test]
    fn a_text_that_would_be_too_large_is_never_made() {
        let huge = repeat(&mut [Value::from("ab"), Value::Int(i64::MAX)]).unwrap_err();
        assert_eq!(huge.kind, "limit");
        let fill = |text: &str, padding: String| padding + text;
        let wide = [Value::from("ab"), Value::Int(1 << 40), Value::from(" ")];
        assert_eq!(padded(&mut wide.clone(), fill).unwrap_err().kind, "limit");
        let text = Value::from("a".repeat(1 << 20));
        let by = Value::from("b".repeat(1 << 20));
        assert_eq!(replace(&mut [text, Value::from("a"), by]).unwrap_err().kind, "limit");
    }

    #[test]
    fn padding_fills_up_to_the_width_with_any_text() {
        let pad =
            |fill: &str| padded(&mut [Value::from("é7"), Value::Int(5), Value::from(fill)], |text, more| more + text);
        assert_eq!(pad("0").unwrap(), Value::from("000é7"));
        assert_eq!(pad("ab").unwrap(), Value::from("abaé7"));
        assert_eq!(pad("").unwrap_err().kind, "invalid");
    }
}
