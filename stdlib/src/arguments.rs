//! The arguments of natives that touch the world, by position.

use runtime::{Answer, Data, ErrorKind, Failure};

/// What an operation was given. Its types were checked by the compiler; a mismatch is a defect of ours and said as one.
pub struct Arguments(Vec<Data>);

impl Arguments {
    /// Takes over what was given.
    pub fn new(values: Vec<Data>) -> Self {
        Arguments(values)
    }

    /// Takes a string.
    pub fn string(&mut self, at: usize) -> Result<String, Failure> {
        match self.take(at) {
            Data::String(text) => Ok(text),
            other => Err(mismatch(at, "a string", &other)),
        }
    }

    /// Takes bytes.
    pub fn bytes(&mut self, at: usize) -> Result<Vec<u8>, Failure> {
        match self.take(at) {
            Data::Bytes(bytes) => Ok(bytes),
            other => Err(mismatch(at, "bytes", &other)),
        }
    }

    /// Takes a string that may be `none`.
    pub fn optional_string(&mut self, at: usize) -> Result<Option<String>, Failure> {
        match self.take(at) {
            Data::None => Ok(None),
            Data::String(text) => Ok(Some(text)),
            other => Err(mismatch(at, "a string", &other)),
        }
    }

    /// Takes an int; a duration is in microseconds.
    pub fn int(&mut self, at: usize) -> Result<i64, Failure> {
        match self.take(at) {
            Data::Int(number) => Ok(number),
            other => Err(mismatch(at, "an int", &other)),
        }
    }

    /// Takes a list of strings.
    pub fn strings(&mut self, at: usize) -> Result<Vec<String>, Failure> {
        self.items(at, |item| match item {
            Data::String(text) => Ok(text),
            other => Err(mismatch(at, "a string", &other)),
        })
    }

    /// Takes a list of ints.
    pub fn ints(&mut self, at: usize) -> Result<Vec<i64>, Failure> {
        self.items(at, |item| match item {
            Data::Int(number) => Ok(number),
            other => Err(mismatch(at, "an int", &other)),
        })
    }

    /// Takes a map of strings.
    pub fn string_map(&mut self, at: usize) -> Result<Vec<(String, String)>, Failure> {
        let entries = match self.take(at) {
            Data::Map(entries) => entries,
            other => return Err(mismatch(at, "a map", &other)),
        };
        entries
            .into_iter()
            .map(|entry| match entry {
                (Data::String(key), Data::String(value)) => Ok((key, value)),
                (key, _) => Err(mismatch(at, "strings", &key)),
            })
            .collect()
    }

    fn items<T>(&mut self, at: usize, read: impl FnMut(Data) -> Result<T, Failure>) -> Result<Vec<T>, Failure> {
        match self.take(at) {
            Data::List(items) => items.into_iter().map(read).collect(),
            other => Err(mismatch(at, "a list", &other)),
        }
    }

    /// Takes any value; one that is not there is `none`.
    pub fn take(&mut self, at: usize) -> Data {
        self.0.get_mut(at).map_or(Data::None, |value| std::mem::replace(value, Data::None))
    }
}

fn mismatch(at: usize, expected: &str, found: &Data) -> Failure {
    // What it is, not what it says: it may be secret, and long.
    let found = found.describe();
    Failure::new(ErrorKind::Internal, format!("argument {at} of a library function is {found}, expected {expected}"))
}

/// Turns a failure before anything happened into an answer.
pub fn answer(outcome: Result<Answer, Failure>) -> Answer {
    outcome.unwrap_or_else(|failure| Answer::Done(Err(failure)))
}
