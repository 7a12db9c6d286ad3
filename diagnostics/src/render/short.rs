//! The form of one line each.

use crate::{Diagnostic, Sources};

/// Gives `file:line:column: error[E0101]: message`, a line each.
pub fn short(_sources: &Sources, _diagnostics: &[Diagnostic]) -> String {
    String::new()
}
