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

    /// Takes an int; a duration is in microseconds.
    pub fn int(&mut self, at: usize) -> Result<i64, Failure> {
        match self.take(at) {
            Data::Int(number) => Ok(number),
            other => Err(mismatch(at, "an int", &other)),
        }
    }

    /// Takes a list of strings.
    pub fn strings(&mut self, at: usize) -> Result<Vec<String>, Failure> {
        let Data::List(items) = self.take(at) else { return Err(mismatch(at, "a list", &Data::None)) };
        items
            .into_iter()
            .map(|item| match item {
                Data::String(text) => Ok(text),
                other => Err(mismatch(at, "a string", &other)),
            })
            .collect()
    }

    /// Takes a list of ints.
    pub fn ints(&mut self, at: usize) -> Result<Vec<i64>, Failure> {
        let Data::List(items) = self.take(at) else { return Err(mismatch(at, "a list", &Data::None)) };
        items
            .into_iter()
            .map(|item| match item {
                Data::Int(number) => Ok(number),
                other => Err(mismatch(at, "an int", &other)),
            })
            .collect()
    }

    /// Takes a map of strings.
    pub fn string_map(&mut self, at: usize) -> Result<Vec<(String, String)>, Failure> {
        let Data::Map(entries) = self.take(at) else { return Err(mismatch(at, "a map", &Data::None)) };
        entries
            .into_iter()
            .map(|entry| match entry {
                (Data::String(key), Data::String(value)) => Ok((key, value)),
                (key, _) => Err(mismatch(at, "strings", &key)),
            })
            .collect()
    }

    /// Takes any value; one that is not there is `none`.
    pub fn take(&mut self, at: usize) -> Data {
        self.0.get_mut(at).map_or(Data::None, |value| std::mem::replace(value, Data::None))
    }
}

fn mismatch(at: usize, expected: &str, found: &Data) -> Failure {
    Failure::new(ErrorKind::Internal, format!("argument {at} of a library function is {found:?}, expected {expected}"))
}

/// Turns a failure before anything happened into an answer.
pub fn answer(outcome: Result<Answer, Failure>) -> Answer {
    outcome.unwrap_or_else(|failure| Answer::Done(Err(failure)))
}
