//! The files in a folder and below it.

use crate::ProjectError;
use std::fs;
use std::path::{Path, PathBuf};

/// The folders that are never searched, beside hidden ones.
const SKIPPED: &[&str] = &["target", "node_modules"];

/// The most files of a project.
const MOST_FILES: usize = 20_000;

/// What a folder has for us, in the order of names.
#[derive(Debug, Default)]
pub struct Found {
    /// Its sources.
    pub sources: Vec<PathBuf>,
    /// Its iCalendar files.
    pub calendars: Vec<PathBuf>,
    /// What hides some of them.
    pub troubles: Vec<ProjectError>,
}

impl Found {
    /// Searches a folder and those below it that `enter` lets in.
    pub fn below(folder: &Path, enter: &mut dyn FnMut(&Path) -> bool) -> Found {
        let mut found = Found::default();
        found.search(folder, enter);
        if found.is_full() {
            found.troubles.push(ProjectError::TooMany { path: folder.to_owned(), most: MOST_FILES });
        }
        found
    }

    /// Gives it if nothing is hidden.
    pub fn complete(mut self) -> Result<Found, ProjectError> {
        self.troubles.pop().map_or(Ok(self), Err)
    }

    fn is_full(&self) -> bool {
        self.sources.len() + self.calendars.len() > MOST_FILES
    }

    fn search(&mut self, folder: &Path, enter: &mut dyn FnMut(&Path) -> bool) {
        let mut entries = match fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>) {
            Ok(entries) => entries,
            Err(source) => return self.troubles.push(ProjectError::Read { path: folder.to_owned(), source }),
        };
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            if self.is_full() {
                return;
            }
            let path = entry.path();
            // A link to a folder is not followed: it may lead back up.
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                if !is_skipped(&entry.file_name().to_string_lossy()) && enter(&path) {
                    self.search(&path, enter);
                }
            } else if is_source(&path) && path.is_file() {
                self.sources.push(path);
            } else if is_calendar(&path) && path.is_file() {
                self.calendars.push(path);
            }
        }
    }
}

/// Says whether a folder of this name is never searched.
pub(crate) fn is_skipped(name: &str) -> bool {
    name.starts_with('.') || SKIPPED.contains(&name)
}

/// Says whether a path is one of a source.
pub fn is_source(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "task")
}

fn is_calendar(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "ics")
}
