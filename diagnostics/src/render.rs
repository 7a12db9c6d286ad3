//! Diagnostics as text: one file per form. Every form tells them in the order of [`crate::sort()`], each once.

mod human;
mod json;
mod short;
mod visible;

/// Where [`human`] writes: a stream that may have colours, two that always or never do, and one in memory.
pub use codespan_reporting::term::termcolor::{Ansi, Buffer, NoColor, WriteColor};
pub use human::human;
pub use json::{JSON_VERSION, json};
pub use short::short;

use crate::Severity;

/// Gives the word for a severity that every form uses.
fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}
