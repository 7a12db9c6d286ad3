//! Images as bytes: a header, the hash of the content, the content.
//!
//! `TASKC`, the version of the format, the length of the content (8 bytes, little-endian), its hash by blake3 (32
//! bytes), then the content in postcard. What is cut or changed anywhere is refused before the content is looked at.

use crate::{Image, limits};

const MAGIC: &[u8; 5] = b"TASKC";
const VERSION: u8 = 4;
const LENGTH: usize = 8;
const HASH: usize = blake3::OUT_LEN;

/// Why bytes are no image, or an image is not to be run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// The bytes begin differently.
    #[error("this is no compiled program: it does not begin with `TASKC`")]
    NoImage,
    /// The format is of another version.
    #[error("the compiled program has format version {found}; this program reads version {VERSION}; compile it again")]
    Version {
        /// The version found.
        found: u8,
    },
    /// Bytes are missing or left over.
    #[error("the compiled program is cut short or has something behind it: expected {expected} bytes, found {found}")]
    Length {
        /// How many bytes the header says.
        expected: u64,
        /// How many there are.
        found: u64,
    },
    /// It is larger than any program may be.
    #[error("the compiled program has {found} bytes; at most {} are read", limits::IMAGE_BYTES)]
    TooLarge {
        /// How many bytes.
        found: u64,
    },
    /// The content is not the one that was written.
    #[error("the compiled program is damaged: its content does not have the hash that its header says")]
    Damaged,
    /// The content cannot be read or written.
    #[error("the compiled program cannot be read: {0}")]
    Content(String),
    /// It breaks a rule.
    #[error("the compiled program breaks a rule of images: {place}: {message}")]
    Rule {
        /// Where: a function and an instruction, a task, a table.
        place: String,
        /// What was found and what was expected.
        message: String,
    },
}

impl Image {
    /// Gives the image as bytes.
    pub fn encode(&self) -> Vec<u8> {
        let content = self.content();
        let mut bytes = Vec::with_capacity(MAGIC.len() + 1 + LENGTH + HASH + content.len());
        bytes.extend_from_slice(MAGIC);
        bytes.push(VERSION);
        bytes.extend_from_slice(&(content.len() as u64).to_le_bytes());
        bytes.extend_from_slice(blake3::hash(&content).as_bytes());
        bytes.extend_from_slice(&content);
        bytes
    }

    /// Reads an image. It is not verified yet: see [`Image::verify`].
    ///
    /// # Errors
    /// Says what is wrong with the bytes.
    pub fn decode(bytes: &[u8]) -> Result<Image, ImageError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(ImageError::NoImage)?;
        let header = (1 + LENGTH + HASH) as u64;
        let short = ImageError::Length { expected: header, found: rest.len() as u64 };
        let (version, rest) = rest.split_first().ok_or(short.clone())?;
        if *version != VERSION {
            return Err(ImageError::Version { found: *version });
        }
        let (length, rest) = rest.split_first_chunk::<LENGTH>().ok_or(short.clone())?;
        let (hash, content) = rest.split_first_chunk::<HASH>().ok_or(short)?;
        let expected = u64::from_le_bytes(*length);
        if expected > limits::IMAGE_BYTES as u64 {
            return Err(ImageError::TooLarge { found: expected });
        }
        if expected != content.len() as u64 {
            return Err(ImageError::Length { expected, found: content.len() as u64 });
        }
        if blake3::hash(content) != *hash {
            return Err(ImageError::Damaged);
        }
        let (image, left) =
            postcard::take_from_bytes::<Image>(content).map_err(|error| ImageError::Content(error.to_string()))?;
        if left.is_empty() {
            Ok(image)
        } else {
            Err(ImageError::Content(format!("{} bytes are left over", left.len())))
        }
    }

    /// Gives the hash by which the image is known: that of its content.
    pub fn hash(&self) -> Hash {
        Hash(*blake3::hash(&self.content()).as_bytes())
    }

    /// Writing to memory does not fail, and an image has no part that postcard cannot write.
    fn content(&self) -> Vec<u8> {
        postcard::to_stdvec(self).unwrap_or_default()
    }
}

/// The hash by which an image is known, shown in hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, std::hash::Hash)]
pub struct Hash(pub [u8; 32]);

impl std::fmt::Display for Hash {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}
