//! The syntax of Taskwright: from a text to a [`tree::File`] and the diagnostics of what could not be read.

pub mod tree;

use diagnostics::{Diagnostic, FileId};

/// What reading one file gives.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// The tree; parts that could not be read are error nodes.
    pub file: tree::File,
    /// What could not be read, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads one file. Total: any text gives a tree.
pub fn parse(_file: FileId, _text: &str) -> Parsed {
    Parsed::default()
}
