//! The form for people: source excerpts with carets, by codespan-reporting.
//!
//! Any place is accepted: one that lies outside its text or inside a character is moved to the nearest place that does not.

use super::visible::{one_line, visible};
use crate::{Diagnostic, FileId, Place, Severity, SourceFile, Sources, sort};
use codespan_reporting::diagnostic as shown;
use codespan_reporting::files::{Error, Files};
use codespan_reporting::term::{self, termcolor::WriteColor};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::io;
use std::ops::Range;

/// Writes every diagnostic to `out`, with colours if `out` has them.
pub fn human(out: &mut dyn WriteColor, sources: &Sources, diagnostics: &[Diagnostic]) -> io::Result<()> {
    let config = term::Config::default();
    let texts = Texts::new(sources);
    for diagnostic in sort::ordered(diagnostics) {
        term::emit_to_write_style(out, &config, &texts, &texts.excerpt(diagnostic)).map_err(|error| match error {
            Error::Io(error) => error,
            other => io::Error::other(other),
        })?;
    }
    Ok(())
}

/// The sources as they may be shown on a terminal.
struct Texts<'a> {
    sources: &'a Sources,
    /// For each source its text, made when something in it is shown.
    shown: Vec<OnceCell<Cow<'a, str>>>,
}

impl<'a> Texts<'a> {
    fn new(sources: &'a Sources) -> Self {
        Texts { sources, shown: vec![OnceCell::new(); sources.iter().count()] }
    }

    fn excerpt(&self, diagnostic: &Diagnostic) -> shown::Diagnostic<FileId> {
        let primary = shown::Label::primary(diagnostic.primary.place.file, self.range(diagnostic.primary.place))
            .with_message(visible(&diagnostic.primary.message));
        let secondary = diagnostic.secondary.iter().map(|label| {
            shown::Label::secondary(label.place.file, self.range(label.place)).with_message(visible(&label.message))
        });
        shown::Diagnostic::new(severity(diagnostic.severity))
            .with_code(diagnostic.code.number())
            .with_message(one_line(&diagnostic.message))
            .with_labels(std::iter::once(primary).chain(secondary).collect())
            .with_notes(remarks(diagnostic))
    }

    /// Gives a range that can be shown: inside the text, between characters, and without a line end behind it, which
    /// would draw the carets over to the next line.
    fn range(&self, place: Place) -> Range<usize> {
        let text = self.sources.file(place.file).text();
        let start = boundary(text, place.span.start);
        let end = boundary(text, place.span.end).max(start);
        let inside = &text[start..end];
        start..start + inside.trim_end_matches(['\n', '\r']).len()
    }

    fn file(&self, id: FileId) -> &'a SourceFile {
        self.sources.file(id)
    }
}

/// Gives the last offset up to `offset` that lies in the text and not inside a character.
fn boundary(text: &str, offset: u32) -> usize {
    let mut at = (offset as usize).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn severity(severity: Severity) -> shown::Severity {
    match severity {
        Severity::Error => shown::Severity::Error,
        Severity::Warning => shown::Severity::Warning,
        Severity::Note => shown::Severity::Note,
    }
}

/// Gives the lines below the excerpt: facts, then actions, then what can be done for the author.
fn remarks(diagnostic: &Diagnostic) -> Vec<String> {
    let notes = diagnostic.notes.iter().map(|note| format!("note: {}", visible(note)));
    let help = diagnostic.help.iter().map(|help| format!("help: {}", visible(help)));
    let fixes = diagnostic.fixes.iter().map(|fix| match fix.safe {
        true => format!("fix: {}", visible(&fix.title)),
        false => format!("possible fix: {}", visible(&fix.title)),
    });
    notes.chain(help).chain(fixes).collect()
}

impl<'f> Files<'f> for Texts<'_> {
    type FileId = FileId;
    type Name = String;
    type Source = &'f str;

    fn name(&'f self, id: FileId) -> Result<String, Error> {
        Ok(one_line(self.file(id).name()))
    }

    fn source(&'f self, id: FileId) -> Result<&'f str, Error> {
        let shown = self.shown.get(id.0 as usize).ok_or(Error::FileMissing)?;
        Ok(shown.get_or_init(|| visible(self.file(id).text())))
    }

    fn line_index(&'f self, id: FileId, byte_index: usize) -> Result<usize, Error> {
        Ok(self.file(id).line_index(u32::try_from(byte_index).unwrap_or(u32::MAX)))
    }

    fn line_range(&'f self, id: FileId, line_index: usize) -> Result<Range<usize>, Error> {
        let file = self.file(id);
        let range = file
            .line_range(line_index)
            .ok_or(Error::LineTooLarge { given: line_index, max: file.line_count().saturating_sub(1) })?;
        Ok(range.start as usize..range.end as usize)
    }
}
