//! Why the files of a project cannot be had.

use std::io;
use std::path::PathBuf;

/// The failures of finding and reading a project.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// Nothing is there.
    #[error("there is no file or folder `{}`", path.display())]
    Missing {
        /// What was named.
        path: PathBuf,
    },
    /// A folder has nothing for us.
    #[error("no .task file in `{}`", path.display())]
    NoTasks {
        /// The folder.
        path: PathBuf,
    },
    /// A folder has more than one project where one is meant.
    #[error("`{}` has several projects", path.display())]
    Several {
        /// The folder.
        path: PathBuf,
    },
    /// A folder has more files than a project may have.
    #[error("`{}` has more than {most} files", path.display())]
    TooMany {
        /// The folder.
        path: PathBuf,
        /// How many a project may have.
        most: usize,
    },
    /// A file is larger than one that is read.
    #[error("`{}` has {length} bytes; such a file may have {largest}", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its bytes.
        length: u64,
        /// The most bytes.
        largest: u64,
        /// What to do.
        help: &'static str,
    },
    /// A file or folder cannot be read.
    #[error("`{}` cannot be read: {source}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// `taskwright.toml` is wrong.
    #[error("`{}` is not a valid project file: {message}", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong, with its line.
        message: String,
    },
}
