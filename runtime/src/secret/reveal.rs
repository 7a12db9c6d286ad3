//! Secrets of one operation: their texts go into its arguments and are taken out of its answer.

use super::Secrets;
use crate::{Answer, Data, ErrorKind, Failure, NativeFn, Natives, Value};
use bytecode::secret::{APPLIED, HELD, JOINED, NAMED, REDACTED, is_secret};
use bytecode::{Permission, PermissionKind};

/// The shortest text that is taken out of answers: a shorter one stands in too much that is not secret.
const SHORTEST: usize = 4;

/// Puts the texts of secrets together, and remembers them as long as the operation goes on.
pub(crate) struct Reveal<'e> {
    /// Where values are.
    pub secrets: &'e Secrets,
    /// What applies to secrets before they are used.
    pub natives: &'e Natives,
    /// What the task may use.
    pub permissions: &'e [Permission],
    /// The texts that were used.
    pub used: Used,
}

/// Texts that must not stand in an answer. It has no `Debug`, so that it stands in no message of ours either.
#[derive(Default)]
pub(crate) struct Used(Vec<String>);

impl Reveal<'_> {
    /// Gives arguments with the texts of the secrets in them.
    pub fn arguments(&mut self, arguments: Vec<Data>) -> Result<Vec<Data>, Failure> {
        if !arguments.iter().any(holds_secret) {
            return Ok(arguments);
        }
        arguments.into_iter().map(|each| self.data(each)).collect()
    }

    fn data(&mut self, data: Data) -> Result<Data, Failure> {
        Ok(match data {
            Data::Case(tag, parts) if is_secret(tag) => self.secret(tag, parts)?,
            Data::Case(tag, fields) => Data::Case(tag, self.all(fields)?),
            Data::List(items) => Data::List(self.all(items)?),
            Data::Record(fields) => Data::Record(self.all(fields)?),
            Data::Closure(function, captured) => Data::Closure(function, self.all(captured)?),
            Data::Map(entries) => {
                let entries = entries.into_iter().map(|(key, value)| Ok((self.data(key)?, self.data(value)?)));
                Data::Map(entries.collect::<Result<_, Failure>>()?)
            }
            plain @ (Data::None
            | Data::Bool(_)
            | Data::Int(_)
            | Data::Float(_)
            | Data::Decimal(_)
            | Data::String(_)
            | Data::Bytes(_)
            | Data::DateTime(..)) => plain,
        })
    }

    fn all(&mut self, items: Vec<Data>) -> Result<Vec<Data>, Failure> {
        items.into_iter().map(|each| self.data(each)).collect()
    }

    fn secret(&mut self, tag: u16, parts: Vec<Data>) -> Result<Data, Failure> {
        let made = match tag {
            NAMED => self.named(parts)?,
            JOINED => {
                let mut joined = String::new();
                for part in self.all(parts)? {
                    match part {
                        Data::String(text) => joined.push_str(&text),
                        other => return Err(malformed(other.describe())),
                    }
                }
                Data::String(joined)
            }
            APPLIED => self.applied(parts)?,
            HELD => match <[Data; 1]>::try_from(parts) {
                Ok([value]) => self.data(value)?,
                Err(parts) => return Err(malformed(&format!("{} values", parts.len()))),
            },
            other => return Err(malformed(&format!("the form {other}"))),
        };
        if let Data::String(text) = &made {
            self.used.0.push(text.clone());
        }
        Ok(made)
    }

    fn named(&self, parts: Vec<Data>) -> Result<Data, Failure> {
        let Some(Data::String(name)) = parts.first() else { return Err(malformed("no name")) };
        if !self.permissions.iter().any(|permission| permission.covers(PermissionKind::Secret, name)) {
            let message = format!("the task may not use the secret `{name}`: its head has no `needs secret {name}`");
            return Err(Failure::new(ErrorKind::Forbidden, message));
        }
        let value = self.secrets.read(name).map_err(|message| Failure::new(ErrorKind::Invalid, message))?;
        Ok(Data::String(value))
    }

    fn applied(&mut self, parts: Vec<Data>) -> Result<Data, Failure> {
        let mut parts = parts.into_iter();
        let Some(Data::String(name)) = parts.next() else { return Err(malformed("no name")) };
        let Some(NativeFn::Pure(native)) = self.natives.get(&name) else {
            return Err(malformed(&format!("`{name}`")));
        };
        let native = *native;
        let arguments = self.all(parts.collect())?;
        let mut values = arguments.into_iter().map(Value::from_data).collect::<Result<Vec<_>, _>>()?;
        match native(&mut values) {
            Ok(value) => Ok(value.to_data()),
            Err(failure) => Err(self.used.out_of_failure(failure)),
        }
    }
}

impl Used {
    /// Takes the texts out of an answer.
    pub fn out_of(&self, answer: Answer) -> Answer {
        if self.0.is_empty() {
            return answer;
        }
        match answer {
            Answer::Done(Ok(data)) => Answer::Done(Ok(self.out_of_data(data))),
            Answer::Done(Err(failure)) => Answer::Done(Err(self.out_of_failure(failure))),
            Answer::NotDone(failure) => Answer::NotDone(self.out_of_failure(failure)),
            Answer::NotNow { failure, pause } => Answer::NotNow { failure: self.out_of_failure(failure), pause },
            Answer::Unknown(failure) => Answer::Unknown(self.out_of_failure(failure)),
        }
    }

    fn out_of_failure(&self, failure: Failure) -> Failure {
        Failure { message: self.out_of_text(failure.message), ..failure }
    }

    fn out_of_data(&self, data: Data) -> Data {
        let all = |items: Vec<Data>| items.into_iter().map(|each| self.out_of_data(each)).collect();
        match data {
            Data::String(text) => Data::String(self.out_of_text(text)),
            Data::Bytes(bytes) => match String::from_utf8(bytes) {
                Ok(text) => Data::Bytes(self.out_of_text(text).into_bytes()),
                Err(other) => Data::Bytes(other.into_bytes()),
            },
            Data::List(items) => Data::List(all(items)),
            Data::Record(fields) => Data::Record(all(fields)),
            Data::Case(tag, fields) => Data::Case(tag, all(fields)),
            Data::Closure(function, captured) => Data::Closure(function, all(captured)),
            Data::Map(entries) => Data::Map(
                entries.into_iter().map(|(key, value)| (self.out_of_data(key), self.out_of_data(value))).collect(),
            ),
            plain @ (Data::None
            | Data::Bool(_)
            | Data::Int(_)
            | Data::Float(_)
            | Data::Decimal(_)
            | Data::DateTime(..)) => plain,
        }
    }

    fn out_of_text(&self, text: String) -> String {
        let mut known: Vec<&str> = self.0.iter().map(String::as_str).filter(|each| each.len() >= SHORTEST).collect();
        // What was joined goes before its parts.
        known.sort_by_key(|each| std::cmp::Reverse(each.len()));
        let mut text = text;
        for each in known {
            if text.contains(each) {
                text = text.replace(each, REDACTED);
            }
        }
        text
    }
}

/// Says whether there is a secret somewhere in a value.
pub(crate) fn holds_secret(data: &Data) -> bool {
    match data {
        Data::Case(tag, fields) => is_secret(*tag) || fields.iter().any(holds_secret),
        Data::List(items) | Data::Record(items) | Data::Closure(_, items) => items.iter().any(holds_secret),
        Data::Map(entries) => entries.iter().any(|(key, value)| holds_secret(key) || holds_secret(value)),
        Data::None
        | Data::Bool(_)
        | Data::Int(_)
        | Data::Float(_)
        | Data::Decimal(_)
        | Data::String(_)
        | Data::Bytes(_)
        | Data::DateTime(..) => false,
    }
}

fn malformed(found: &str) -> Failure {
    Failure::new(ErrorKind::Internal, format!("a secret cannot be made of {found}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::secret::SecretSource;
    use std::collections::BTreeMap;
    use std::io::Write;

    fn text(text: &str) -> Data {
        Data::String(text.to_owned())
    }

    fn token() -> Data {
        Data::Case(NAMED, vec![text("TOKEN")])
    }

    /// Reveals with a file for `TOKEN` that holds `abc-123`, a native, and a permission if one is given.
    fn revealed(arguments: Vec<Data>, permitted: &str) -> (Result<Vec<Data>, Failure>, Used) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"abc-123\n").unwrap();
        let source = SecretSource::File(file.path().to_owned());
        let secrets = Secrets::new(BTreeMap::from([("TOKEN".to_owned(), source)]));
        let mut natives = Natives::new();
        natives.pure("string.upper", |arguments| match arguments {
            [Value::String(text)] => Ok(Value::from(text.as_str().to_uppercase())),
            _ => Err(Failure::new(ErrorKind::Invalid, "abc-123 is not taken")),
        });
        let permissions = [Permission { kind: PermissionKind::Secret, target: permitted.to_owned() }];
        let mut reveal =
            Reveal { secrets: &secrets, natives: &natives, permissions: &permissions, used: Used::default() };
        let made = reveal.arguments(arguments);
        (made, reveal.used)
    }

    #[test]
    fn texts_are_put_together_wherever_they_stand() {
        let bearer = Data::Case(JOINED, vec![text("Bearer "), token()]);
        let upper = Data::Case(APPLIED, vec![text("string.upper"), bearer]);
        let headers = Data::Map(vec![(text("authorization"), Data::Record(vec![upper]))]);
        let (made, used) = revealed(vec![headers, Data::Int(1)], "TOKEN");
        let expected = Data::Map(vec![(text("authorization"), Data::Record(vec![text("BEARER ABC-123")]))]);
        assert_eq!(made.unwrap(), [expected, Data::Int(1)]);
        let answer = used.out_of(Answer::Done(Ok(Data::List(vec![text("BEARER ABC-123!"), text("say abc-123")]))));
        assert_eq!(answer, Answer::Done(Ok(Data::List(vec![text("[secret]!"), text("say [secret]")]))));
    }

    #[test]
    fn a_secret_that_the_head_does_not_name_is_forbidden() {
        let (made, _) = revealed(vec![token()], "OTHER");
        let failure = made.unwrap_err();
        assert_eq!(failure.kind, "forbidden");
        assert!(failure.message.contains("needs secret TOKEN"), "{failure}");
    }

    #[test]
    fn a_failure_of_a_native_does_not_tell() {
        let (made, _) = revealed(vec![Data::Case(APPLIED, vec![text("string.upper"), token(), token()])], "TOKEN");
        assert_eq!(made.unwrap_err().message, "[secret] is not taken");
    }

    #[test]
    fn what_is_no_secret_at_all_is_refused() {
        for wrong in [
            Data::Case(NAMED, vec![]),
            Data::Case(JOINED, vec![Data::Int(1)]),
            Data::Case(APPLIED, vec![]),
            Data::Case(APPLIED, vec![text("nothing")]),
        ] {
            let (made, _) = revealed(vec![wrong], "TOKEN");
            assert_eq!(made.unwrap_err().kind, "internal");
        }
    }

    #[test]
    fn a_value_that_is_missing_says_what_to_set() {
        let message = Secrets::default().read("A_SECRET_THAT_NOBODY_SETS").unwrap_err();
        assert!(message.contains("`TASKWRIGHT_SECRET_A_SECRET_THAT_NOBODY_SETS`"), "{message}");
    }
}
