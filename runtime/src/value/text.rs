//! Strings: up to 14 bytes in place, longer ones shared.
//!
//! Appending to an unshared long string costs what is appended (amortised), so building text in a loop is linear.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

/// A string.
#[derive(Clone)]
pub struct Text(Form);

#[derive(Clone)]
enum Form {
    Short { length: u8, bytes: [u8; SHORT] },
    Long(Rc<String>),
}

const SHORT: usize = 14;

impl Text {
    /// The empty string.
    pub const EMPTY: Text = Text(Form::Short { length: 0, bytes: [0; SHORT] });

    /// Gives the bytes.
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Form::Short { length, bytes } => bytes.get(..usize::from(*length)).unwrap_or(&[]),
            Form::Long(text) => text.as_bytes(),
        }
    }

    /// Gives the text.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            // A short form is only made of whole strings, so its bytes are UTF-8.
            Form::Short { .. } => str::from_utf8(self.as_bytes()).unwrap_or(""),
            Form::Long(text) => text,
        }
    }

    /// Gives the length in bytes.
    pub fn len(&self) -> usize {
        match &self.0 {
            Form::Short { length, .. } => usize::from(*length),
            Form::Long(text) => text.len(),
        }
    }

    /// Says whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends, in place where the string is not shared.
    pub fn push_str(&mut self, more: &str) {
        match &mut self.0 {
            Form::Short { length, bytes } => {
                let (from, to) = (usize::from(*length), usize::from(*length) + more.len());
                if let Some(room) = bytes.get_mut(from..to) {
                    room.copy_from_slice(more.as_bytes());
                    *length += more.len() as u8;
                } else {
                    let mut text = String::with_capacity(2 * to);
                    text.push_str(self.as_str());
                    text.push_str(more);
                    self.0 = Form::Long(Rc::new(text));
                }
            }
            Form::Long(text) => Rc::make_mut(text).push_str(more),
        }
    }

    fn short(text: &str) -> Option<Text> {
        let mut bytes = [0; SHORT];
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        Some(Text(Form::Short { length: text.len() as u8, bytes }))
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        Text::short(text).unwrap_or_else(|| Text(Form::Long(Rc::new(text.to_owned()))))
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        Text::short(&text).unwrap_or_else(|| Text(Form::Long(Rc::new(text))))
    }
}

impl From<Text> for String {
    fn from(text: Text) -> String {
        match text.0 {
            Form::Short { .. } => text.as_str().to_owned(),
            Form::Long(text) => Rc::try_unwrap(text).unwrap_or_else(|shared| shared.as_str().to_owned()),
        }
    }
}

impl Default for Text {
    fn default() -> Text {
        Text::EMPTY
    }
}

impl std::ops::Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Text) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Text {}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), out)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_reads_as_it_was_made() {
        for length in 0..40 {
            let expected = "ü".repeat(length);
            let mut built = Text::EMPTY;
            for _ in 0..length {
                built.push_str("ü");
            }
            assert_eq!(built.as_str(), expected);
            assert_eq!(built, Text::from(expected.as_str()));
            assert_eq!(String::from(built), expected);
        }
    }

    #[test]
    fn appending_to_an_unshared_string_stays_in_place() {
        let address = |text: &Text| match &text.0 {
            Form::Short { .. } => None,
            Form::Long(text) => Some(Rc::as_ptr(text)),
        };
        let mut text = Text::from("a string of more than fourteen bytes");
        let before = address(&text);
        (0..1_000).for_each(|_| text.push_str("more"));
        assert_eq!(address(&text), before);
    }

    #[test]
    fn appending_to_a_shared_string_leaves_the_other_alone() {
        let first = Text::from("a string of more than fourteen bytes");
        let mut second = first.clone();
        second.push_str("!");
        assert_eq!(first.len() + 1, second.len());
    }
}
