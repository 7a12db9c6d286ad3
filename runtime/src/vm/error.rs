//! What a machine says when it fails.

use crate::Failure;
use diagnostics::Place;
use serde::{Deserialize, Serialize};

/// A failure that nothing took, with its way.
#[derive(Clone, Debug, PartialEq)]
pub struct RunError {
    /// What failed.
    pub failure: Failure,
    /// Where it failed first.
    pub place: Option<Place>,
    /// The calls that led there, innermost first, at most [`RunError::MAX_TRACE`].
    pub trace: Vec<Frame>,
    /// The undos that failed, in the order in which they were done.
    pub failed_undos: Vec<FailedUndo>,
}

/// An undo that failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FailedUndo {
    /// The step that was to be undone.
    pub step: String,
    /// Why it could not be.
    pub failure: Failure,
}

impl RunError {
    /// How many calls a trace names.
    pub const MAX_TRACE: usize = 50;
}

/// A call of a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The name of the function.
    pub function: String,
    /// Where it stood.
    pub place: Option<Place>,
}

/// Why a machine cannot be brought back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// The bytes are not of a machine.
    #[error("this is no snapshot of a machine")]
    Unknown,
    /// It was written by another version.
    #[error("the snapshot has version {found}; this program reads version {known}")]
    Version {
        /// The version found.
        found: u8,
        /// The version that is read.
        known: u8,
    },
    /// It is not what was written.
    #[error("the snapshot is damaged")]
    Damaged,
    /// It belongs to another image.
    #[error("the snapshot belongs to another version of the program")]
    OtherImage,
}
