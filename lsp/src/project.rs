//! Which documents belong together, and what the disk has of them.
//!
//! The disk is read when a project is opened and when the editor says that something changed, never while typing.

use crate::documents::DocumentId;
use compiler::{CalendarFile, InputFile, Levels};
use project::{Found, Manifest, calendars, lone_name, module_name, read_source, root_of};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

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
    /// How loud each lint is.
    pub levels: Levels,
    /// Its files on disk with their texts; one that is no text is left out.
    pub files: BTreeMap<PathBuf, String>,
    /// Its calendars on disk, as the compiler takes them.
    pub calendars: Vec<CalendarFile>,
}

impl Root {
    /// Finds the project that a document belongs to.
    pub fn of(document: &DocumentId) -> Root {
        match document.path().and_then(root_of) {
            Some(folder) => Root::Folder(folder.to_owned()),
            None => Root::Lone(document.clone()),
        }
    }
}

impl Project {
    /// Reads a project. What cannot be read is left out: an editor helps as far as it can.
    pub fn read(root: Root) -> Project {
        match &root {
            Root::Lone(document) => Project {
                name: document.path().map_or_else(|| "untitled".to_owned(), lone_name),
                zone: None,
                levels: Levels::default(),
                files: BTreeMap::new(),
                calendars: document.path().and_then(calendars_named_by).unwrap_or_default(),
                root,
            },
            Root::Folder(folder) => {
                let manifest = Manifest::read(folder).unwrap_or_else(|error| {
                    tracing::warn!("{error}");
                    Manifest::default()
                });
                let found = Found::below(folder, &mut |_| true);
                for trouble in &found.troubles {
                    tracing::warn!("{trouble}");
                }
                let texts = found.sources.iter().filter_map(|path| Some((path.clone(), read_source(path).ok()?)));
                Project {
                    name: manifest.name(folder),
                    zone: manifest.zone().map(str::to_owned),
                    levels: manifest.levels,
                    files: texts.collect(),
                    calendars: all_calendars(folder, found),
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
        module_name(match &self.root {
            Root::Folder(folder) => path.strip_prefix(folder).unwrap_or(path),
            Root::Lone(_) => path.file_name().map_or(path, Path::new),
        })
    }
}

/// Reads the calendars that a lone file names.
fn calendars_named_by(path: &Path) -> Option<Vec<CalendarFile>> {
    let (name, module) = (path.to_string_lossy().into_owned(), lone_name(path));
    let source = InputFile { name, module, text: read_source(path).ok()? };
    calendars(path.parent()?, &[source]).ok()
}

/// Reads the calendars of a project, whoever names them: the disk is not read while a name is typed.
fn all_calendars(folder: &Path, found: Found) -> Vec<CalendarFile> {
    let calendar = |path: PathBuf| {
        let parts: Vec<_> = path.strip_prefix(folder).ok()?.iter().map(|part| part.to_string_lossy()).collect();
        let text = read_source(&path).ok()?;
        Some(CalendarFile { name: path.to_string_lossy().into_owned(), path: parts.join("/"), text })
    };
    found.calendars.into_iter().filter_map(calendar).collect()
}
