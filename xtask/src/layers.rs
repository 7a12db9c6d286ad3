//! The layer check: the table in [`table`] against the real dependencies and the real sources.
//!
//! It reads and never changes anything. What a crate's own tests use is not looked at: tests may know more.

mod dependencies;
mod paths;
mod sources;
pub mod table;

pub use dependencies::Dependencies;
pub use sources::scan;

use std::fmt;
use std::path::Path;

/// Something that stands where it must not stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Violation {
    /// A crate of ours uses one of ours that it may not know.
    Knows {
        /// The crate that uses.
        user: String,
        /// The crate that is used.
        used: String,
    },
    /// A crate of ours depends on a package that is kept to another.
    Depends {
        /// The crate that depends.
        user: String,
        /// The package.
        package: String,
        /// What is kept apart.
        what: &'static str,
    },
    /// A source names what is kept elsewhere.
    Names {
        /// The file, relative to the root.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The path that is named.
        named: String,
        /// What is kept apart.
        what: &'static str,
        /// Where it may stand.
        allowed: &'static [&'static str],
    },
    /// A crate of the workspace has no row in the table.
    Unknown {
        /// The crate.
        name: String,
    },
}

impl fmt::Display for Violation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Violation::Knows { user, used } => write!(out, "{user}/Cargo.toml: `{user}` may not use `{used}`"),
            Violation::Depends { user, package, what } => {
                write!(out, "{user}/Cargo.toml: `{user}` may not depend on `{package}` ({what})")
            }
            Violation::Names { file, line, named, what, allowed } => {
                write!(out, "{file}:{line}: `{named}` ({what}) may stand only in {}", allowed.join(", "))
            }
            Violation::Unknown { name } => write!(out, "{name}/Cargo.toml: `{name}` has no row in the table of layers"),
        }
    }
}

/// Why the check could not be made.
#[derive(Debug, thiserror::Error)]
pub enum LayerError {
    /// The graph of dependencies could not be read.
    #[error("the dependencies could not be read: {0}")]
    Metadata(#[from] cargo_metadata::Error),
    /// A source could not be read.
    #[error("the sources could not be read: {0}")]
    Sources(#[from] std::io::Error),
}

/// Checks the repository at `root`.
pub fn check(root: &Path) -> Result<Vec<Violation>, LayerError> {
    let mut violations = Dependencies::read(root)?.violations();
    violations.extend(sources::violations(root)?);
    Ok(violations)
}

/// Gives the violations as lines to read.
pub fn describe(violations: &[Violation]) -> String {
    violations.iter().map(Violation::to_string).collect::<Vec<_>>().join("\n")
}
