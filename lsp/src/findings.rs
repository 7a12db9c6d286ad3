//! What an editor underlines: the diagnostics of one document.

use crate::documents::DocumentId;
use crate::position::Range;
use crate::snapshot::Snapshot;
use diagnostics::{Code, Diagnostic, FileId, Place, Severity};

/// A diagnostic, placed as the editor counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What is underlined.
    pub range: Range,
    /// How bad it is.
    pub severity: Severity,
    /// The row of the table of codes.
    pub code: Code,
    /// The message, with what stands beside it on a terminal on lines of its own.
    pub message: String,
    /// Other places that explain it, with their words.
    pub related: Vec<(DocumentId, Range, String)>,
}

/// Gives the findings of a file, in their order.
pub fn findings(snapshot: &Snapshot, file: FileId) -> Vec<Finding> {
    let told = snapshot.analysis.diagnostics.iter().filter(|diagnostic| diagnostic.primary.place.file == file);
    told.map(|diagnostic| finding(snapshot, diagnostic)).collect()
}

fn finding(snapshot: &Snapshot, diagnostic: &Diagnostic) -> Finding {
    let related = diagnostic.secondary.iter().filter_map(|label| {
        let document = snapshot.document(label.place.file)?;
        Some((document.clone(), range(snapshot, label.place), label.message.clone()))
    });
    Finding {
        range: range(snapshot, diagnostic.primary.place),
        severity: diagnostic.severity,
        code: diagnostic.code,
        message: message(diagnostic),
        related: related.collect(),
    }
}

fn message(diagnostic: &Diagnostic) -> String {
    let mut lines = vec![diagnostic.message.clone()];
    lines.extend(Some(diagnostic.primary.message.clone()).filter(|label| !label.is_empty()));
    lines.extend(diagnostic.notes.iter().map(|note| format!("note: {note}")));
    lines.extend(diagnostic.help.iter().map(|help| format!("help: {help}")));
    lines.extend(diagnostic.fixes.iter().map(|fix| format!("fix: {}", fix.title)));
    lines.join("\n")
}

fn range(snapshot: &Snapshot, place: Place) -> Range {
    snapshot.encoding.range(snapshot.analysis.sources.file(place.file), place.span)
}
