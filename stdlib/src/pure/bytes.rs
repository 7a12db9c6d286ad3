//! `bytes`: their parts, and the text that they are.

use super::bounds::{check_text, position, to_int};
use runtime::{Arguments, ErrorKind, Failure, List, Natives, Value};

/// Adds the natives.
pub fn add(natives: &mut Natives) {
    natives.pure("bytes.len", |it| Ok(to_int(it.bytes(0)?.len())));
    natives.pure("bytes.at", at);
    natives.pure("bytes.get", |it| Ok(byte(it.bytes(0)?, it.int(1)?).map_or(Value::None, Value::Int)));
    natives.pure("bytes.slice", slice);
    natives.pure("bytes.concat", concat);
    natives.pure("bytes.text", text);
    natives.pure("bytes.to_list", |it| {
        Ok(Value::from(List::Ints(it.bytes(0)?.iter().map(|byte| i64::from(*byte)).collect())))
    });
    natives.pure("string.bytes", |it| Ok(Value::bytes(it.string(0)?.as_bytes().to_vec())));
}

fn byte(bytes: &[u8], index: i64) -> Option<i64> {
    usize::try_from(index).ok().and_then(|index| bytes.get(index)).map(|byte| i64::from(*byte))
}

fn at(arguments: &mut [Value]) -> Result<Value, Failure> {
    let (bytes, index) = (arguments.bytes(0)?, arguments.int(1)?);
    byte(bytes, index).map(Value::Int).ok_or_else(|| {
        let length = bytes.len();
        Failure::new(ErrorKind::OutOfRange, format!("index {index} of {length} bytes"))
    })
}

fn slice(arguments: &mut [Value]) -> Result<Value, Failure> {
    let start = position(arguments.int(1)?);
    let end = match arguments.given(2) {
        Some(_) => position(arguments.int(2)?),
        None => usize::MAX,
    };
    let bytes = arguments.bytes(0)?;
    let end = end.min(bytes.len());
    Ok(Value::bytes(bytes.get(start.min(end)..end).unwrap_or_default().to_vec()))
}

fn concat(arguments: &mut [Value]) -> Result<Value, Failure> {
    let (first, second) = (arguments.bytes(0)?, arguments.bytes(1)?);
    check_text(first.len().checked_add(second.len()))?;
    Ok(Value::bytes([first, second].concat()))
}

fn text(arguments: &mut [Value]) -> Result<Value, Failure> {
    let bytes = arguments.bytes(0)?;
    str::from_utf8(bytes).map(Value::from).map_err(|error| {
        let at = error.valid_up_to();
        Failure::new(ErrorKind::Parse, format!("the bytes are no text in UTF-8: the one at {at} does not fit"))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn parts_are_within_their_bounds() {
        let bytes = Value::bytes(b"abc".to_vec());
        assert_eq!(at(&mut [bytes.clone(), Value::Int(1)]).unwrap(), Value::Int(98));
        assert_eq!(at(&mut [bytes.clone(), Value::Int(3)]).unwrap_err().message, "index 3 of 3 bytes");
        let part = |start, end| slice(&mut [bytes.clone(), Value::Int(start), end]).unwrap();
        assert_eq!(part(1, Value::None), Value::bytes(b"bc".to_vec()));
        assert_eq!(part(-5, Value::Int(2)), Value::bytes(b"ab".to_vec()));
        assert_eq!(part(2, Value::Int(1)), Value::bytes(Vec::new()));
    }

    #[test]
    fn what_is_no_text_is_told_with_its_place() {
        let failure = text(&mut [Value::bytes(vec![b'a', 0xff])]).unwrap_err();
        assert_eq!(failure.message, "the bytes are no text in UTF-8: the one at 1 does not fit");
    }
}
