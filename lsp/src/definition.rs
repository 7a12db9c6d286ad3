//! Where something was declared.

use crate::documents::DocumentId;
use crate::position::{Point, Range};
use crate::snapshot::Snapshot;

/// Gives the document and the range of the declaration of what stands at a point.
///
/// What the standard library declares has no document that an editor could open, and gives nothing.
pub fn definition(snapshot: &Snapshot, document: &DocumentId, at: Point) -> Option<(DocumentId, Range)> {
    let (number, file) = snapshot.file(document)?;
    let place = snapshot.analysis.definition(number, snapshot.encoding.offset(file, at))?;
    let target = snapshot.document(place.file)?;
    Some((target.clone(), snapshot.encoding.range(snapshot.analysis.sources.file(place.file), place.span)))
}
