//! Names that never repeat: runs by randomness, images by their content.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A run: 128 random bits, written as 26 letters and digits of lower-case base32.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RunId(pub [u8; 16]);

/// An image: the hash of its bytes, written in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ImageHash(pub [u8; 32]);

/// The beginning of a run's id, as a person types it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunPrefix {
    /// What was typed, in lower case.
    pub text: String,
    /// The first id that begins so.
    pub first: RunId,
    /// The last id that begins so.
    pub last: RunId,
}

/// What a text is that names no run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a run's id: up to 26 of the letters a-z and digits 2-7 are expected")]
pub struct NotARunId(pub String);

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
const LETTERS: usize = 26;

impl RunId {
    /// Gives the id of a run that must begin once: it comes from what the run is for.
    pub fn derived(parts: &[&[u8]]) -> RunId {
        let mut hash = blake3::Hasher::new();
        for part in parts {
            hash.update(&(part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        RunId(hash.finalize().as_bytes().first_chunk().copied().unwrap_or_default())
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = u128::from_be_bytes(self.0);
        for letter in 0..LETTERS {
            // 26 letters hold 130 bits; the last one carries two bits of padding.
            let shift = 123_i32 - 5 * i32::try_from(letter).unwrap_or(0);
            let five = if shift >= 0 { bits >> shift } else { bits << -shift } & 31;
            let glyph = ALPHABET.get(usize::try_from(five).unwrap_or(0)).copied().unwrap_or(b'a');
            write!(out, "{}", char::from(glyph))?;
        }
        Ok(())
    }
}

impl fmt::Debug for RunId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{self}")
    }
}

impl FromStr for RunId {
    type Err = NotARunId;

    fn from_str(text: &str) -> Result<Self, NotARunId> {
        let prefix = RunPrefix::from_str(text)?;
        if text.len() == LETTERS { Ok(prefix.first) } else { Err(NotARunId(text.to_owned())) }
    }
}

impl FromStr for RunPrefix {
    type Err = NotARunId;

    fn from_str(text: &str) -> Result<Self, NotARunId> {
        let lower = text.to_ascii_lowercase();
        if lower.is_empty() || lower.len() > LETTERS {
            return Err(NotARunId(text.to_owned()));
        }
        let (mut first, mut last) = (0_u128, u128::MAX);
        for (position, glyph) in lower.bytes().enumerate() {
            let five = ALPHABET.iter().position(|&letter| letter == glyph);
            let Some(five) = five.and_then(|five| u128::try_from(five).ok()) else {
                return Err(NotARunId(text.to_owned()));
            };
            let shift = 123_i32 - 5 * i32::try_from(position).unwrap_or(0);
            let (mask, bits) = if shift >= 0 { (31 << shift, five << shift) } else { (31 >> -shift, five >> -shift) };
            first |= bits;
            last = last & !mask | bits;
        }
        Ok(RunPrefix { text: lower, first: RunId(first.to_be_bytes()), last: RunId(last.to_be_bytes()) })
    }
}

impl From<RunId> for RunPrefix {
    fn from(run: RunId) -> Self {
        RunPrefix { text: run.to_string(), first: run, last: run }
    }
}

impl fmt::Display for ImageHash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl fmt::Debug for ImageHash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{self}")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_run_id_reads_as_it_is_written() {
        for bits in [0, 1, 3, u128::MAX, 0x0123_4567_89ab_cdef_0f1e_2d3c_4b5a_6978] {
            let run = RunId(bits.to_be_bytes());
            assert_eq!(run.to_string().len(), LETTERS);
            assert_eq!(run.to_string().parse::<RunId>().unwrap(), run);
        }
    }

    #[test]
    fn a_prefix_spans_all_ids_that_begin_with_it() {
        let run = RunId(0x0123_4567_89ab_cdef_0f1e_2d3c_4b5a_6978_u128.to_be_bytes());
        for length in 1..=LETTERS {
            let prefix: RunPrefix = run.to_string()[..length].parse().unwrap();
            assert!(prefix.first <= run && run <= prefix.last, "{prefix:?}");
        }
        let other: RunPrefix = "zz".parse().unwrap();
        assert!(run < other.first);
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for text in ["", "a b", "0", "é", &"a".repeat(27)] {
            assert!(text.parse::<RunPrefix>().is_err(), "{text}");
        }
    }
}
