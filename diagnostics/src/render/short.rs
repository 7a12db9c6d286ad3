//! The form of one line each.

use super::{visible::one_line, word};
use crate::{Diagnostic, Sources, sort};
use std::fmt::Write;

/// Gives `file:line:column: error[E0101]: message`, a line each.
pub fn short(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    for diagnostic in sort::ordered(diagnostics) {
        let place = diagnostic.primary.place;
        let at = sources.start(place);
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "{}:{}:{}: {}[{}]: {}",
            one_line(sources.file(place.file).name()),
            at.line,
            at.column,
            word(diagnostic.severity),
            diagnostic.code.number(),
            one_line(&diagnostic.message),
        );
    }
    out
}
