//! Our values as the protocol's, and back.

use crate::documents::{Change, Document, DocumentId};
use crate::findings::Finding;
use crate::hover::Hover;
use crate::position::{Encoding, Point, Range};
use diagnostics::Severity;
use project::is_source;
use std::str::FromStr;
use tower_lsp::ls_types as wire;

/// What an editor calls the language.
const LANGUAGE: &str = "taskwright";

/// Gives the document that an address means.
pub(super) fn document(uri: &wire::Uri) -> DocumentId {
    let is_file = uri.as_str().starts_with("file:");
    match uri.to_file_path().filter(|path| is_file && path.is_absolute()) {
        Some(path) => DocumentId::File(path.into_owned()),
        None => DocumentId::Unsaved(uri.as_str().to_owned()),
    }
}

/// Gives an opened document if it is a source; a client may send every file of a folder.
pub(super) fn opened(item: wire::TextDocumentItem) -> Option<(DocumentId, Document)> {
    let id = document(&item.uri);
    let is_ours = item.language_id == LANGUAGE || id.path().is_some_and(is_source);
    is_ours.then_some((id, Document { version: item.version, text: item.text }))
}

/// Gives the address of a document; `None` for a path that no address can spell.
pub(super) fn uri(document: &DocumentId) -> Option<wire::Uri> {
    match document {
        DocumentId::File(path) => wire::Uri::from_file_path(path),
        DocumentId::Unsaved(address) => wire::Uri::from_str(address).ok(),
    }
}

/// Picks bytes if the client can count them, else what every client can.
pub(super) fn encoding(capabilities: &wire::ClientCapabilities) -> Encoding {
    let offered = capabilities.general.as_ref().and_then(|general| general.position_encodings.as_ref());
    let has_bytes = offered.is_some_and(|offered| offered.contains(&wire::PositionEncodingKind::UTF8));
    if has_bytes { Encoding::Utf8 } else { Encoding::Utf16 }
}

/// Gives the protocol's word for an encoding.
pub(super) fn encoding_kind(encoding: Encoding) -> wire::PositionEncodingKind {
    match encoding {
        Encoding::Utf8 => wire::PositionEncodingKind::UTF8,
        Encoding::Utf16 => wire::PositionEncodingKind::UTF16,
    }
}

/// Gives a point of ours.
pub(super) fn point(position: wire::Position) -> Point {
    Point { line: position.line, character: position.character }
}

/// Gives a change of ours.
pub(super) fn change(change: wire::TextDocumentContentChangeEvent) -> Change {
    let range = change.range.map(|range| Range { start: point(range.start), end: point(range.end) });
    Change { range, text: change.text }
}

/// Gives a range of the protocol.
pub(super) fn range(range: Range) -> wire::Range {
    let position = |point: Point| wire::Position::new(point.line, point.character);
    wire::Range::new(position(range.start), position(range.end))
}

/// Gives a diagnostic of the protocol.
pub(super) fn finding(finding: Finding) -> wire::Diagnostic {
    let related = finding.related.iter().filter_map(|(document, place, message)| {
        let location = wire::Location::new(uri(document)?, range(*place));
        Some(wire::DiagnosticRelatedInformation { location, message: message.clone() })
    });
    wire::Diagnostic {
        range: range(finding.range),
        severity: Some(severity(finding.severity)),
        code: Some(wire::NumberOrString::String(finding.code.number().to_owned())),
        source: Some("taskwright".to_owned()),
        related_information: Some(related.collect::<Vec<_>>()).filter(|related| !related.is_empty()),
        message: finding.message,
        ..wire::Diagnostic::default()
    }
}

fn severity(severity: Severity) -> wire::DiagnosticSeverity {
    match severity {
        Severity::Error => wire::DiagnosticSeverity::ERROR,
        Severity::Warning => wire::DiagnosticSeverity::WARNING,
        Severity::Note => wire::DiagnosticSeverity::INFORMATION,
    }
}

/// Gives a hover of the protocol.
pub(super) fn hover(hover: Hover) -> wire::Hover {
    let contents = wire::MarkupContent { kind: wire::MarkupKind::Markdown, value: hover.markdown };
    wire::Hover { contents: wire::HoverContents::Markup(contents), range: Some(range(hover.range)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_survive_their_address() {
        for path in ["/a/b.task", "/a b/ü.task", "/a%20b/#?.task", "/日本/c+d@e.task"] {
            let id = DocumentId::File(path.into());
            assert_eq!(uri(&id).map(|uri| document(&uri)), Some(id), "{path}");
        }
        let unsaved = DocumentId::Unsaved("untitled:Untitled-1".into());
        assert_eq!(uri(&unsaved).map(|uri| document(&uri)), Some(unsaved));
    }
}
