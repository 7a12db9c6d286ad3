//! The form for people: source excerpts with carets, by codespan-reporting.

use crate::{Diagnostic, Sources};
use codespan_reporting::term::termcolor::WriteColor;

/// Writes every diagnostic to `out`, with colours if `out` has them.
pub fn human(_out: &mut dyn WriteColor, _sources: &Sources, _diagnostics: &[Diagnostic]) -> std::io::Result<()> {
    Ok(())
}
