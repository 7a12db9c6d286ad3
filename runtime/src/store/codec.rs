//! Values of rows as bytes: a version first, then postcard.

use super::folder::Trouble;
use crate::engine::{EngineError, ImageHash};
use bytecode::{Image, ImageError};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The version of the encoding.
const VERSION: u8 = 2;

/// Encodes a value of a row.
pub(super) fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, Trouble> {
    postcard::to_extend(value, vec![VERSION]).map_err(|error| {
        // Memory writers do not fail and our types have no untagged parts; so this is ours.
        Trouble::Refused(EngineError::BadImage(format!("a value cannot be written down: {error}")))
    })
}

/// Decodes a value of a row; `what` names it where it is damaged.
pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8], what: &str) -> Result<T, Trouble> {
    match bytes.split_first() {
        Some((&VERSION, rest)) => {
            postcard::from_bytes(rest).map_err(|error| Trouble::Damaged(format!("{what} cannot be read: {error}")))
        }
        Some((version, _)) => Err(Trouble::Damaged(format!("{what} has the unknown version {version}"))),
        None => Err(Trouble::Damaged(format!("{what} is empty"))),
    }
}

/// Reads a stored image, which must still have the hash that names it.
pub(super) fn decode_image(bytes: &[u8], hash: ImageHash) -> Result<Image, Trouble> {
    let image = Image::decode(bytes).map_err(|error| match error {
        ImageError::Version { .. } => Trouble::Refused(EngineError::BadImage(error.to_string())),
        other => Trouble::Damaged(format!("the program {hash} cannot be read: {other}")),
    })?;
    if image_hash(&image) == hash {
        Ok(image)
    } else {
        Err(Trouble::Damaged(format!("the program {hash} is not what was stored")))
    }
}

/// Gives the name of an image.
pub(crate) fn image_hash(image: &Image) -> ImageHash {
    ImageHash(image.hash().0)
}

/// Reads a column of fixed width.
pub(super) fn fixed<const N: usize>(bytes: &[u8], what: &str) -> Result<[u8; N], Trouble> {
    bytes.try_into().map_err(|_| Trouble::Damaged(format!("{what} has {} bytes, not {N}", bytes.len())))
}

/// Gives a count as the database holds it.
pub(super) fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Gives a count from the database.
pub(super) fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
