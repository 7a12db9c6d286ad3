//! What a native may make of what it was given.

use runtime::{ErrorKind, Failure, List, MAX_BYTES, Parts, Value};

/// Gives a position or count: what lies below nothing is nothing.
pub fn position(number: i64) -> usize {
    usize::try_from(number.max(0)).unwrap_or(usize::MAX)
}

/// Gives a length or position to the language.
pub fn to_int(number: usize) -> Value {
    Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
}

/// Fails with `limit` where a text would have more bytes than a value may have.
pub fn check_text(bytes: Option<usize>) -> Result<(), Failure> {
    match bytes.map(u64::try_from) {
        Some(Ok(bytes)) if bytes <= MAX_BYTES => Ok(()),
        Some(_) | None => {
            let message = format!("a text would have more than {} MiB", MAX_BYTES >> 20);
            Err(Failure::new(ErrorKind::Limit, message))
        }
    }
}

/// Makes a list of texts, which fails as soon as it weighs too much.
pub fn texts<'a>(texts: impl Iterator<Item = &'a str>) -> Result<Value, Failure> {
    let mut parts = Parts::default();
    for text in texts {
        parts.push(Value::from(text))?;
    }
    Ok(Value::from(List::from(parts)))
}

/// The failure of an argument that has a wrong value.
#[cold]
pub fn invalid(message: impl Into<String>) -> Failure {
    Failure::new(ErrorKind::Invalid, message)
}

/// The failure of a number, date or time that does not fit.
#[cold]
pub fn arithmetic(message: impl Into<String>) -> Failure {
    Failure::new(ErrorKind::Arithmetic, message)
}
