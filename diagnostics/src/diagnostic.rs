//! One diagnostic as plain data.

use crate::{Code, Place, Severity};

/// Something a person should know about a source, with where, why and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The row of the table of codes.
    pub code: Code,
    /// How bad it is; the code's own severity unless a level was set.
    pub severity: Severity,
    /// What was found and what was expected, in one sentence without a full stop.
    pub message: String,
    /// The place that the message is about, with the words that stand under its carets.
    pub primary: Label,
    /// Other places that explain it.
    pub secondary: Vec<Label>,
    /// Further facts.
    pub notes: Vec<String>,
    /// What the author can do, each an action.
    pub help: Vec<String>,
    /// Edits that mend it.
    pub fixes: Vec<Fix>,
}

/// A place with words under it. The words may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub place: Place,
    /// The words, without a full stop.
    pub message: String,
}

/// A set of edits that mends a diagnostic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an action: ``"write `==`"``.
    pub title: String,
    /// Whether it may be applied unseen.
    pub safe: bool,
    /// The edits, not overlapping.
    pub edits: Vec<Edit>,
}

/// The replacement of one place by a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; an empty range inserts.
    pub place: Place,
    /// What stands there afterwards.
    pub text: String,
}

impl Diagnostic {
    /// Makes a diagnostic of `code` about `place`.
    pub fn new(code: Code, place: Place, message: impl Into<String>) -> Self {
        Diagnostic {
            code,
            severity: code.severity(),
            message: message.into(),
            primary: Label { place, message: String::new() },
            secondary: Vec::new(),
            notes: Vec::new(),
            help: Vec::new(),
            fixes: Vec::new(),
        }
    }

    /// Puts words under the carets of the primary place.
    pub fn label(mut self, message: impl Into<String>) -> Self {
        self.primary.message = message.into();
        self
    }

    /// Adds another place with its words.
    pub fn also(mut self, place: Place, message: impl Into<String>) -> Self {
        self.secondary.push(Label { place, message: message.into() });
        self
    }

    /// Adds a fact.
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Adds an action the author can take.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// Adds a fix of one edit that may be applied unseen.
    pub fn safe_fix(self, title: impl Into<String>, place: Place, text: impl Into<String>) -> Self {
        self.fix(Fix { title: title.into(), safe: true, edits: vec![Edit { place, text: text.into() }] })
    }

    /// Adds a fix.
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fixes.push(fix);
        self
    }

    /// Raises every file number by `offset`, for sources that were added behind others.
    pub fn moved_by(mut self, offset: u32) -> Self {
        let labels = std::iter::once(&mut self.primary).chain(&mut self.secondary).map(|label| &mut label.place);
        let edits = self.fixes.iter_mut().flat_map(|fix| &mut fix.edits).map(|edit| &mut edit.place);
        for place in labels.chain(edits) {
            place.file.0 += offset;
        }
        self
    }

    /// Says whether it stops compilation.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
