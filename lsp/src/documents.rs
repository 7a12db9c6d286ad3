//! The documents that the editor has open. Their text is the truth, whatever the disk says.

use crate::position::{Encoding, Range};
use diagnostics::SourceFile;
use project::LARGEST_SOURCE;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What a text is known by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DocumentId {
    /// A file, by its absolute path.
    File(PathBuf),
    /// A text that is not on a disk, by the address that the editor gave it.
    Unsaved(String),
}

/// An open document.
#[derive(Clone, Debug)]
pub struct Document {
    /// The version that the editor gave it last.
    pub version: i32,
    /// Its text.
    pub text: String,
}

/// A change of a text.
#[derive(Clone, Debug)]
pub struct Change {
    /// What is replaced; `None` is everything.
    pub range: Option<Range>,
    /// What stands there afterwards.
    pub text: String,
}

/// All open documents.
#[derive(Debug, Default)]
pub struct Documents {
    open: BTreeMap<DocumentId, Document>,
}

impl DocumentId {
    /// Gives the path of a file.
    pub fn path(&self) -> Option<&Path> {
        match self {
            DocumentId::File(path) => Some(path),
            DocumentId::Unsaved(_) => None,
        }
    }

    /// Gives a name that no other document has.
    pub fn name(&self) -> String {
        match self {
            DocumentId::File(path) => path.to_string_lossy().into_owned(),
            DocumentId::Unsaved(address) => address.clone(),
        }
    }
}

impl Documents {
    /// Opens a document, or replaces one that is open. One that is longer than any source is not kept.
    pub fn open(&mut self, id: DocumentId, document: Document) {
        if document.text.len() as u64 > LARGEST_SOURCE {
            tracing::warn!("{}: too long to be looked at", id.name());
            self.open.remove(&id);
            return;
        }
        self.open.insert(id, document);
    }

    /// Changes a document, each change upon the one before it. Changes of what is not open are dropped.
    pub fn change(&mut self, id: &DocumentId, version: i32, changes: Vec<Change>, encoding: Encoding) {
        let Some(mut document) = self.open.remove(id) else {
            tracing::warn!("{}: changed but not open", id.name());
            return;
        };
        document.version = version;
        for change in changes {
            document.text = apply(document.text, change, encoding);
        }
        self.open(id.clone(), document);
    }

    /// Forgets a document.
    pub fn close(&mut self, id: &DocumentId) {
        self.open.remove(id);
    }

    /// Gives an open document.
    pub fn get(&self, id: &DocumentId) -> Option<&Document> {
        self.open.get(id)
    }
}

fn apply(text: String, change: Change, encoding: Encoding) -> String {
    let Some(range) = change.range else {
        return change.text;
    };
    let file = SourceFile::new("", text);
    let start = encoding.offset(&file, range.start) as usize;
    let end = (encoding.offset(&file, range.end) as usize).max(start);
    // Both offsets lie between characters, so the slices are there.
    let before = file.text().get(..start).unwrap_or_default();
    let behind = file.text().get(end..).unwrap_or_default();
    [before, &change.text, behind].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::position::Point;

    fn change(start: (u32, u32), end: (u32, u32), text: &str) -> Change {
        let point = |(line, character)| Point { line, character };
        Change { range: Some(Range { start: point(start), end: point(end) }), text: text.into() }
    }

    fn after(text: &str, changes: Vec<Change>) -> String {
        let id = DocumentId::Unsaved("untitled:1".into());
        let mut documents = Documents::default();
        documents.open(id.clone(), Document { version: 1, text: text.into() });
        documents.change(&id, 2, changes, Encoding::Utf16);
        documents.get(&id).map(|document| document.text.clone()).unwrap_or_default()
    }

    #[test]
    fn changes_are_applied_one_upon_the_other() {
        let changes = vec![change((0, 2), (0, 4), "ü"), change((0, 3), (0, 3), "!"), change((1, 0), (1, 1), "")];
        assert_eq!(after("a 🗻\r\nbc", changes), "a ü!\r\nc");
    }

    #[test]
    fn a_change_without_a_range_replaces_all() {
        assert_eq!(after("a", vec![Change { range: None, text: "b\n".into() }]), "b\n");
    }

    #[test]
    fn a_change_outside_or_backwards_does_no_harm() {
        assert_eq!(after("ab", vec![change((9, 9), (99, 0), "c")]), "abc");
        assert_eq!(after("ab", vec![change((0, 2), (0, 0), "c")]), "abc");
    }

    /// Gives the point of a character by counting, with nothing shared with what is tested.
    fn counted(text: &[char], at: usize) -> (u32, u32) {
        let line_start = text[..at].iter().rposition(|character| *character == '\n').map_or(0, |end| end + 1);
        let lines = text[..at].iter().filter(|character| **character == '\n').count();
        let units: usize = text[line_start..at].iter().map(|character| character.len_utf16()).sum();
        (lines as u32, units as u32)
    }

    #[test]
    fn many_edits_lead_to_the_text_that_the_editor_has() {
        let pieces = ["", "a", "ü", "🗻", "\n", "x\n🗻y\n", "日本"];
        let mut number = 1_u64;
        let mut below = |limit: usize| {
            number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (number >> 33) as usize % limit
        };
        let mut model: Vec<char> = "fn f() {\n}\n".chars().collect();
        let mut text: String = model.iter().collect();
        for _ in 0..2_000 {
            let start = below(model.len() + 1);
            let end = start + below((model.len() - start).min(6) + 1);
            let piece = pieces[below(pieces.len())];
            text = apply(text, change(counted(&model, start), counted(&model, end), piece), Encoding::Utf16);
            model.splice(start..end, piece.chars());
            assert!(text.chars().eq(model.iter().copied()));
        }
    }
}
