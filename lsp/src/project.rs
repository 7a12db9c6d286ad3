//! Which documents belong together, and what the disk has of them.
//!
//! A folder with a `taskwright.toml` is a project of all `.task` files below it; any other document is a project of its
//! own. The disk is read when a project is opened and when the editor says that something changed, never while typing.

use crate::documents::{DocumentId, LONGEST_TEXT};
use compiler::CalendarFile;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The name of a project file.
const PROJECT_FILE: &str = "taskwright.toml";
/// The folders that are never searched for tasks.
const SKIPPED: &[&str] = &["target", "node_modules"];
/// The most files of a project.
const MOST_FILES: usize = 20_000;

/// What a project is known by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Root {
    /// A folder with a project file.
    Folder(PathBuf),
    /// A document outside of all projects.
    Lone(DocumentId),
}

/// A project as the disk has it.
#[derive(Clone, Debug)]
pub struct Project {
    /// What it is known by.
    pub root: Root,
    /// Its name.
    pub name: String,
    /// The zone of schedules that name none.
    pub zone: Option<String>,
    /// Its files on disk with their texts; one that is no text is left out.
    pub files: BTreeMap<PathBuf, String>,
    /// Its calendars on disk, as the compiler takes them.
    pub calendars: Vec<CalendarFile>,
}

impl Root {
    /// Finds the project that a document belongs to.
    pub fn of(document: &DocumentId) -> Root {
        let folders = document.path().and_then(Path::parent).into_iter().flat_map(Path::ancestors);
        match folders.into_iter().find(|folder| folder.join(PROJECT_FILE).is_file()) {
            Some(folder) => Root::Folder(folder.to_owned()),
            None => Root::Lone(document.clone()),
        }
    }
}

impl Project {
    /// Reads a project. What cannot be read is left out: an editor helps as far as it can.
    pub fn read(root: Root) -> Project {
        match &root {
            Root::Lone(document) => {
                let path = document.path();
                let name = path.and_then(Path::file_stem).map(|stem| stem.to_string_lossy().into_owned());
                Project {
                    name: name.unwrap_or_else(|| "untitled".into()),
                    zone: None,
                    files: BTreeMap::new(),
                    calendars: path.and_then(Path::parent).map_or_else(Vec::new, calendars_beside),
                    root,
                }
            }
            Root::Folder(folder) => {
                let manifest = fs::read_to_string(folder.join(PROJECT_FILE)).unwrap_or_default();
                let folder_name = folder.file_name().map(|name| name.to_string_lossy().into_owned());
                let (files, calendars) = read_files(folder);
                Project {
                    name: setting(&manifest, "name").or(folder_name).unwrap_or_else(|| "project".into()),
                    zone: setting(&manifest, "zone"),
                    files,
                    calendars,
                    root,
                }
            }
        }
    }

    /// Gives the module that a document is: `jobs.sales`.
    pub fn module(&self, document: &DocumentId) -> String {
        let Some(path) = document.path() else {
            return self.name.clone();
        };
        let inner = match &self.root {
            Root::Folder(folder) => path.strip_prefix(folder).unwrap_or(path),
            Root::Lone(_) => path.file_name().map_or(path, Path::new),
        };
        let parts = inner.with_extension("");
        parts.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join(".")
    }
}

/// Gives a setting of the table `project`; a file that is no TOML has none.
fn setting(manifest: &str, key: &str) -> Option<String> {
    let table: toml::Table = manifest.parse().ok()?;
    Some(table.get("project")?.get(key)?.as_str()?.to_owned())
}

fn read_files(root: &Path) -> (BTreeMap<PathBuf, String>, Vec<CalendarFile>) {
    let (mut files, mut calendars) = (BTreeMap::new(), Vec::new());
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        // A folder that cannot be read hides its own files only.
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            if files.len() + calendars.len() >= MOST_FILES {
                tracing::warn!("{}: more than {MOST_FILES} files; the rest is left out", folder.display());
                return (files, calendars);
            }
            let path = entry.path();
            let name = entry.file_name();
            // A link to a folder is not followed: it may lead back up.
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                if !name.to_string_lossy().starts_with('.') && !SKIPPED.iter().any(|skipped| name == *skipped) {
                    open.push(path);
                }
            } else if is_source(&path)
                && let Ok(text) = read_text(&path)
            {
                files.insert(path, text);
            } else {
                calendars.extend(calendar(root, &path));
            }
        }
    }
    (files, calendars)
}

/// Reads the calendars of a folder, not those below it: a document outside of all projects may name them.
fn calendars_beside(folder: &Path) -> Vec<CalendarFile> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().take(MOST_FILES);
    entries.filter_map(|entry| calendar(folder, &entry.path())).collect()
}

/// Reads a file if it is a calendar.
fn calendar(root: &Path, path: &Path) -> Option<CalendarFile> {
    if path.extension().is_none_or(|ending| ending != "ics") {
        return None;
    }
    let parts: Vec<_> = path.strip_prefix(root).ok()?.iter().map(|part| part.to_string_lossy()).collect();
    let (name, path, text) = (path.to_string_lossy().into_owned(), parts.join("/"), read_text(path).ok()?);
    Some(CalendarFile { name, path, text })
}

/// Says whether a path is one of a source.
pub fn is_source(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "task")
}

fn read_text(path: &Path) -> io::Result<String> {
    if fs::metadata(path)?.len() > LONGEST_TEXT as u64 {
        return Err(io::Error::other("too long"));
    }
    fs::read_to_string(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_and_broken_files_have_none() {
        let manifest = "[project]\nname = \"shop\"\nzone = \"Europe/Berlin\"\n";
        assert_eq!(setting(manifest, "zone").as_deref(), Some("Europe/Berlin"));
        assert_eq!(setting("[project]\nzone = 3", "zone"), None);
        assert_eq!(setting("zone = [", "zone"), None);
    }

    #[test]
    fn modules_are_named_by_their_path() {
        let project =
            |root| Project { root, name: "p".into(), zone: None, files: BTreeMap::new(), calendars: Vec::new() };
        let file = DocumentId::File("/p/jobs/sales.task".into());
        assert_eq!(project(Root::Folder("/p".into())).module(&file), "jobs.sales");
        assert_eq!(project(Root::Lone(file.clone())).module(&file), "sales");
    }
}
