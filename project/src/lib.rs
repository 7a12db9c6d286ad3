//! Projects on disk: from paths to the sources that the compiler takes together.
//!
//! A folder with a `taskwright.toml` is a project of all `.task` files below it; any other `.task` file is a project of
//! its own. A file inside a project is always compiled with the whole of it. What is wrong in a source is not told here.

mod calendars;
mod error;
mod folder;
mod maintenance;
mod manifest;

pub use calendars::calendars;
pub use error::ProjectError;
pub use folder::{Found, is_source};
pub use manifest::{Manifest, SecretPlace};

use compiler::InputFile;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The name of a project file.
pub const PROJECT_FILE: &str = "taskwright.toml";

/// The longest source that is read, in bytes.
pub const LARGEST_SOURCE: u64 = 64 << 20;

/// A project on disk.
#[derive(Clone, Debug)]
pub struct Project {
    /// The folder that relative paths of its tasks begin at.
    pub root: PathBuf,
    /// Its name.
    pub name: String,
    /// What its project file says; nothing for a lone file.
    pub manifest: Manifest,
    /// Its files, in the order in which they are reported.
    pub files: Vec<PathBuf>,
}

impl Project {
    /// Finds the projects of some paths, each once; no path means the current folder.
    pub fn find(paths: &[PathBuf]) -> Result<Vec<Project>, ProjectError> {
        let here = [PathBuf::from(".")];
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        for path in if paths.is_empty() { &here[..] } else { paths } {
            let projects = if path.is_file() { vec![Project::of_file(path)?] } else { Project::below(path)? };
            if projects.is_empty() {
                return Err(ProjectError::NoTasks { path: path.clone() });
            }
            found.extend(projects.into_iter().filter(|project| seen.insert(project.files.clone())));
        }
        if found.iter().all(|project| project.files.is_empty()) {
            let path = paths.first().cloned().unwrap_or_else(|| PathBuf::from("."));
            return Err(ProjectError::NoTasks { path });
        }
        Ok(found)
    }

    /// Finds the one project of a file, or of a folder that is one.
    pub fn of(path: &Path) -> Result<Project, ProjectError> {
        if path.is_file() {
            return Project::of_file(path);
        }
        let mut projects = Project::below(path)?;
        match (projects.pop(), projects.is_empty()) {
            (Some(project), true) => Ok(project),
            (None, _) => Err(ProjectError::NoTasks { path: path.to_owned() }),
            (Some(_), false) => Err(ProjectError::Several { path: path.to_owned() }),
        }
    }

    /// Finds the project of a folder with a project file.
    pub fn of_folder(root: &Path) -> Result<Project, ProjectError> {
        let manifest = Manifest::read(root)?;
        let files = Found::below(root, &mut |_| true).complete()?.sources;
        let name = manifest.name(root);
        Ok(Project { root: root.to_owned(), name, manifest, files })
    }

    fn of_file(path: &Path) -> Result<Project, ProjectError> {
        let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let absolute =
            fs::canonicalize(folder).map_err(|source| ProjectError::Read { path: folder.to_owned(), source })?;
        let mut shown = folder.to_owned();
        for ancestor in absolute.ancestors() {
            if ancestor.join(PROJECT_FILE).is_file() {
                return Project::of_folder(if ancestor == absolute { folder } else { &shown });
            }
            shown.push("..");
        }
        let (root, files) = (folder.to_owned(), vec![path.to_owned()]);
        Ok(Project { root, name: lone_name(path), manifest: Manifest::default(), files })
    }

    /// Finds the projects in and below a folder.
    fn below(path: &Path) -> Result<Vec<Project>, ProjectError> {
        if !path.is_dir() {
            return Err(ProjectError::Missing { path: path.to_owned() });
        }
        if path.join(PROJECT_FILE).is_file() {
            return Ok(vec![Project::of_folder(path)?]);
        }
        let mut roots = Vec::new();
        let lone = Found::below(path, &mut |folder| {
            let is_project = folder.join(PROJECT_FILE).is_file();
            if is_project {
                roots.push(folder.to_owned());
            }
            !is_project
        });
        let lone = lone.complete()?.sources;
        let lone = lone.iter().map(|file| Project::of_file(file));
        lone.chain(roots.iter().map(|root| Project::of_folder(root))).collect()
    }

    /// Reads its sources.
    pub fn sources(&self) -> Result<Vec<InputFile>, ProjectError> {
        let source = |path: &PathBuf| {
            let name = shown(path);
            let module = module_name(path.strip_prefix(&self.root).unwrap_or(path));
            Ok(InputFile { name, module, text: read_source(path)? })
        };
        self.files.iter().map(source).collect()
    }

    /// Gives the path of a source by the name that it is shown by; nothing for files of the library.
    pub fn path_of(&self, name: &str) -> Option<&Path> {
        self.files.iter().find(|path| shown(path) == name).map(PathBuf::as_path)
    }
}

/// Gives the name by which a file is shown.
fn shown(path: &Path) -> String {
    path.strip_prefix(".").unwrap_or(path).to_string_lossy().into_owned()
}

/// Finds the folder of the project around a file.
pub fn root_of(file: &Path) -> Option<&Path> {
    file.parent()?.ancestors().find(|folder| folder.join(PROJECT_FILE).is_file())
}

/// Gives the name of the project that a lone file is.
pub fn lone_name(file: &Path) -> String {
    file.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
}

/// Gives the module that a file is by its path from the root: `jobs.sales` for `jobs/sales.task`.
pub fn module_name(path: &Path) -> String {
    let parts: Vec<_> = path.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    parts.join(".")
}

/// Reads a source. Bytes that are no text become U+FFFD, which the compiler tells.
pub fn read_source(path: &Path) -> Result<String, ProjectError> {
    read_text(path, LARGEST_SOURCE, "split the file, or read large data with `files.lines`")
}

/// Reads a text of at most so many bytes; `help` says what to do about a longer one.
fn read_text(path: &Path, largest: u64, help: &'static str) -> Result<String, ProjectError> {
    let read = |source| ProjectError::Read { path: path.to_owned(), source };
    let length = fs::metadata(path).map_err(read)?.len();
    if length > largest {
        return Err(ProjectError::TooLarge { path: path.to_owned(), length, largest, help });
    }
    let bytes = fs::read(path).map_err(read)?;
    Ok(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::module_name;
    use std::path::Path;

    #[test]
    fn modules_are_named_by_their_path() {
        assert_eq!(module_name(Path::new("jobs/sales.task")), "jobs.sales");
        assert_eq!(module_name(Path::new("sales.task")), "sales");
    }
}
