//! Which files belong together: from the paths of a command line to the inputs of the compiler.
//!
//! A folder with a `taskwright.toml` is a project of all `.task` files below it; any other `.task` file is a project of
//! its own. A file inside a project is always compiled with the whole of it. `calendars` reads the calendars beside them.

mod calendars;
mod settings;

use crate::error::CliError;
use bytecode::Image;
use compiler::{Analysis, Input, InputFile};
use runtime::{SecretSource, Secrets, Settings};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The name of a project file.
pub const PROJECT_FILE: &str = "taskwright.toml";
/// The longest source that is read, in bytes.
const LARGEST_SOURCE: u64 = 64 << 20;
/// The folders that are never searched for tasks.
const SKIPPED: &[&str] = &["target", "node_modules"];

/// A project on disk.
#[derive(Clone, Debug)]
pub struct Project {
    /// The folder that relative paths of its tasks begin at.
    pub root: PathBuf,
    /// Its name.
    pub name: String,
    /// The zone of schedules that name none.
    pub zone: Option<String>,
    /// Where the values of secrets are.
    pub secrets: Secrets,
    /// The values of settings.
    pub settings: Settings,
    files: Vec<PathBuf>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Manifest {
    #[serde(default)]
    project: ProjectTable,
    /// Where the values of secrets are; those that are not here are in the environment.
    #[serde(default)]
    secrets: BTreeMap<String, SecretPlace>,
    /// The values of settings; those of the environment go before them.
    #[serde(default)]
    settings: BTreeMap<String, toml::Value>,
}

/// `{ file = "…" }` or `{ env = "…" }`. A value itself cannot stand here: the file is part of the sources.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum SecretPlace {
    File(PathBuf),
    Env(String),
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct ProjectTable {
    name: Option<String>,
    zone: Option<String>,
}

impl Project {
    /// Finds the projects of some paths, each once; no path means the current folder.
    pub fn find(paths: &[PathBuf]) -> Result<Vec<Project>, CliError> {
        let here = [PathBuf::from(".")];
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        for path in if paths.is_empty() { &here[..] } else { paths } {
            let before = seen.len();
            let projects = if path.is_file() { vec![Project::of_file(path)?] } else { Project::below(path)? };
            for project in projects {
                if seen.insert(project.files.clone()) {
                    found.push(project);
                }
            }
            if seen.is_empty() || (seen.len() == before && found.is_empty()) {
                return Err(CliError::NoTasks { path: path.clone() });
            }
        }
        Ok(found)
    }

    /// Finds the one project of a file, or of a folder that is one.
    pub fn of(path: &Path) -> Result<Project, CliError> {
        if path.is_file() {
            return Project::of_file(path);
        }
        let mut projects = Project::below(path)?;
        match (projects.pop(), projects.is_empty()) {
            (Some(project), true) => Ok(project),
            (None, _) => Err(CliError::NoTasks { path: path.to_owned() }),
            (Some(_), false) => Err(CliError::usage(
                format!("`{}` has several projects", path.display()),
                "name one file, or one folder with a taskwright.toml",
            )),
        }
    }

    fn of_file(path: &Path) -> Result<Project, CliError> {
        let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let absolute = fs::canonicalize(folder).map_err(|source| CliError::Read { path: folder.to_owned(), source })?;
        let mut shown = folder.to_owned();
        for ancestor in absolute.ancestors() {
            if ancestor.join(PROJECT_FILE).is_file() {
                let root = if ancestor == absolute { folder.to_owned() } else { shown };
                return Project::of_folder(&root);
            }
            shown.push("..");
        }
        let name = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        let (root, files) = (folder.to_owned(), vec![path.to_owned()]);
        let (secrets, settings) = (Secrets::default(), Settings::default());
        Ok(Project { root, name, zone: None, secrets, settings, files })
    }

    fn of_folder(root: &Path) -> Result<Project, CliError> {
        let path = root.join(PROJECT_FILE);
        let text = fs::read_to_string(&path).map_err(|source| CliError::Read { path: path.clone(), source })?;
        let manifest: Manifest = toml::from_str(&text).map_err(|error| CliError::Project {
            path: path.clone(),
            message: error.to_string().trim_end().to_owned(),
        })?;
        if let Some(zone) = &manifest.project.zone
            && !schedule::zone_exists(zone)
        {
            return Err(CliError::Project { path, message: format!("there is no time zone `{zone}`") });
        }
        let mut files = Vec::new();
        collect(root, &mut |path| files.push(path.to_owned()), &mut |_| false)?;
        let folder_name = || {
            let folder = fs::canonicalize(root).ok()?;
            Some(folder.file_name()?.to_string_lossy().into_owned())
        };
        let name = manifest.project.name.or_else(folder_name).unwrap_or_else(|| "project".to_owned());
        let secrets = manifest.secrets.into_iter().map(|(name, place)| match place {
            SecretPlace::File(file) => (name, SecretSource::File(root.join(file))),
            SecretPlace::Env(variable) => (name, SecretSource::Variable(variable)),
        });
        let secrets = Secrets::new(secrets.collect());
        let settings = settings::of(manifest.settings);
        Ok(Project { root: root.to_owned(), name, zone: manifest.project.zone, secrets, settings, files })
    }

    /// Finds the projects in and below a folder.
    fn below(path: &Path) -> Result<Vec<Project>, CliError> {
        if !path.is_dir() {
            return Err(CliError::Missing { path: path.to_owned() });
        }
        if path.join(PROJECT_FILE).is_file() {
            return Ok(vec![Project::of_folder(path)?]);
        }
        let (mut lone, mut roots) = (Vec::new(), Vec::new());
        collect(path, &mut |file| lone.push(file.to_owned()), &mut |folder| {
            let is_project = folder.join(PROJECT_FILE).is_file();
            if is_project {
                roots.push(folder.to_owned());
            }
            is_project
        })?;
        let lone = lone.iter().map(|file| Project::of_file(file));
        lone.chain(roots.iter().map(|root| Project::of_folder(root))).collect()
    }

    /// Gives how many files it has.
    pub fn file_count(&self) -> usize {
        self.files.len()
    }

    /// Reads the files and gives all that is known about them.
    pub fn analyze(&self) -> Result<Analysis, CliError> {
        let mut files = Vec::new();
        for path in &self.files {
            let module = module_name(path.strip_prefix(&self.root).unwrap_or(path));
            let shown = path.strip_prefix(".").unwrap_or(path).to_string_lossy().into_owned();
            files.push(InputFile { name: shown, module, text: read_source(path)? });
        }
        let calendars = calendars::read(&self.root, &files)?;
        let (name, library, zone) = (self.name.clone(), library(), self.zone.clone());
        Ok(compiler::analyze(Input { name, files, calendars, library, zone }))
    }

    /// Complains of settings of an image that have no fitting value.
    pub fn expect_settings(&self, image: &Image) -> Result<(), CliError> {
        let problems = self.settings.problems(image, &stdlib::natives());
        if problems.is_empty() { Ok(()) } else { Err(CliError::Settings { problems }) }
    }
}

/// Gives the standard library as the compiler takes it.
pub fn library() -> Vec<(String, String)> {
    stdlib::SOURCES.iter().map(|(module, text)| ((*module).to_owned(), (*text).to_owned())).collect()
}

/// Reads a source. Bytes that are no text become U+FFFD, which the compiler tells.
fn read_source(path: &Path) -> Result<String, CliError> {
    let read = |source| CliError::Read { path: path.to_owned(), source };
    let length = fs::metadata(path).map_err(read)?.len();
    if length > LARGEST_SOURCE {
        return Err(CliError::usage(
            format!("`{}` has {length} bytes; a source may have {LARGEST_SOURCE}", path.display()),
            "split the file, or read large data with `files.lines`",
        ));
    }
    let bytes = fs::read(path).map_err(read)?;
    Ok(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

fn module_name(path: &Path) -> String {
    let parts: Vec<_> = path.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    parts.join(".")
}

/// Walks a folder in the order of names; `stop_at` says which folders are not entered.
fn collect(folder: &Path, file: &mut dyn FnMut(&Path), stop_at: &mut dyn FnMut(&Path) -> bool) -> Result<(), CliError> {
    let read = |source| CliError::Read { path: folder.to_owned(), source };
    let mut entries = fs::read_dir(folder).map_err(read)?.collect::<Result<Vec<_>, _>>().map_err(read)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let kind = entry.file_type().map_err(read)?;
        let name = entry.file_name();
        let hidden = name.to_string_lossy().starts_with('.');
        // A link to a folder is not followed: it may lead back up.
        if kind.is_dir() {
            if !hidden && !SKIPPED.iter().any(|skipped| name == *skipped) && !stop_at(&path) {
                collect(&path, file, stop_at)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "task") && path.is_file() {
            file(&path);
        }
    }
    Ok(())
}
