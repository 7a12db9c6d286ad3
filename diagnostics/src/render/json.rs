//! The form for programs, versioned.

use super::word;
use crate::{Diagnostic, Fix, Label, Place, Position, Severity, Sources, sort};
use serde_json::{Value, json};

/// The version of the shape that [`json()`] gives.
pub const JSON_VERSION: u32 = 1;

/// Gives `{"version", "diagnostics", "summary"}`; lines and columns from 1, columns in Unicode scalar values.
///
/// `labels` has every place that carries words, the primary one first. `url` is the path of the code's page in the book.
pub fn json(sources: &Sources, diagnostics: &[Diagnostic]) -> Value {
    let ordered = sort::ordered(diagnostics);
    let count = |severity: Severity| ordered.iter().filter(|one| one.severity == severity).count();
    json!({
        "version": JSON_VERSION,
        "diagnostics": ordered.iter().map(|one| diagnostic(sources, one)).collect::<Vec<_>>(),
        "summary": { "errors": count(Severity::Error), "warnings": count(Severity::Warning) },
    })
}

fn diagnostic(sources: &Sources, diagnostic: &Diagnostic) -> Value {
    let labels = std::iter::once(&diagnostic.primary)
        .filter(|primary| !primary.message.is_empty())
        .chain(&diagnostic.secondary)
        .map(|one| label(sources, one));
    json!({
        "code": diagnostic.code.number(),
        "severity": word(diagnostic.severity),
        "message": diagnostic.message,
        "file": file(sources, diagnostic.primary.place),
        "range": range(sources, diagnostic.primary.place),
        "labels": labels.collect::<Vec<_>>(),
        "help": diagnostic.help,
        "fixes": diagnostic.fixes.iter().map(|one| fix(sources, one)).collect::<Vec<_>>(),
        "url": diagnostic.code.url(),
    })
}

fn label(sources: &Sources, label: &Label) -> Value {
    json!({
        "message": label.message,
        "file": file(sources, label.place),
        "range": range(sources, label.place),
    })
}

fn fix(sources: &Sources, fix: &Fix) -> Value {
    let edits = fix.edits.iter().map(
        |edit| json!({ "file": file(sources, edit.place), "range": range(sources, edit.place), "text": edit.text }),
    );
    json!({ "title": fix.title, "safe": fix.safe, "edits": edits.collect::<Vec<_>>() })
}

fn file(sources: &Sources, place: Place) -> &str {
    sources.file(place.file).name()
}

fn range(sources: &Sources, place: Place) -> Value {
    let text = sources.file(place.file);
    let point = |at: Position| json!({ "line": at.line, "column": at.column });
    json!({ "start": point(text.position(place.span.start)), "end": point(text.position(place.span.end)) })
}
