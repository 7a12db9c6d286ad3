//! What an editor shows under the pointer: the signature and the documentation of what stands there.

use crate::documents::DocumentId;
use crate::position::{Point, Range};
use crate::snapshot::Snapshot;

/// What is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    /// What it is about.
    pub range: Range,
    /// The text.
    pub markdown: String,
}

/// Gives what is shown at a point.
pub fn hover(snapshot: &Snapshot, document: &DocumentId, at: Point) -> Option<Hover> {
    let (number, file) = snapshot.file(document)?;
    let hover = snapshot.analysis.hover(number, snapshot.encoding.offset(file, at))?;
    Some(Hover { range: snapshot.encoding.range(file, hover.place.span), markdown: hover.markdown })
}
