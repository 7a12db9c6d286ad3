//! From sources to a checked program image.
//!
//! Files come in as data and leave as data: nothing here reads a disk, a clock or a variable of the environment. The way
//! is `grammar::parse` → names and types (`check`) → [`ir`] → instructions (`lower`).

mod allow;
mod analyze;
mod check;
mod circles;
mod compile;
mod constant;
mod flow;
mod heads;
mod index;
pub mod ir;
mod levels;
mod lints;
pub mod lower;
mod permissions;
mod query;
mod read;
mod walk;

pub use analyze::analyze;
pub use compile::compile;
pub use levels::Levels;

use diagnostics::{Diagnostic, FileId, Place, Sources};

/// What is compiled together: one project.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// The name of the project, or of its only file.
    pub name: String,
    /// The files, in the order in which they are reported.
    pub files: Vec<InputFile>,
    /// The calendars that the files may name.
    pub calendars: Vec<CalendarFile>,
    /// The standard library: module and text.
    pub library: Vec<(String, String)>,
    /// The zone of schedules that name none; `None` is UTC, with a lint.
    pub zone: Option<String>,
    /// The levels of lints that the project sets.
    pub levels: Levels,
    /// The present, in microseconds since 1970: lints tell what comes from then on. `None` where that must not matter, and
    /// nothing is said of dates.
    pub now: Option<i64>,
}

/// A file of a project.
#[derive(Clone, Debug)]
pub struct InputFile {
    /// The name that is shown, as the user would write it.
    pub name: String,
    /// The module it is: `jobs.sales`.
    pub module: String,
    /// Its text.
    pub text: String,
}

/// An iCalendar file of a project.
#[derive(Clone, Debug)]
pub struct CalendarFile {
    /// The name that is shown, as the user would write it.
    pub name: String,
    /// Its path from the project's folder, its parts joined by `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// All that is known about a project.
pub struct Analysis {
    /// The name of the project.
    pub name: String,
    /// The texts, the project's and the library's.
    pub sources: Sources,
    /// What there is to say, in the order of files and places.
    pub diagnostics: Vec<Diagnostic>,
    /// The checked program; `None` where there are errors.
    pub program: Option<ir::Program>,
    pub(crate) details: query::Details,
}

/// What an editor shows about a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    /// What it is about.
    pub place: Place,
    /// A signature in a `task` block, and documentation.
    pub markdown: String,
}

impl Analysis {
    /// Says whether anything stops compilation.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// Tells what stands at an offset of a file.
    pub fn hover(&self, file: FileId, offset: u32) -> Option<Hover> {
        query::hover(self, file, offset)
    }

    /// Finds where what stands at an offset of a file was declared.
    pub fn definition(&self, file: FileId, offset: u32) -> Option<Place> {
        query::definition(self, file, offset)
    }
}
