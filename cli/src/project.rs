//! A project as commands take it: its sources analyzed with the library, and what its project file says of secrets and
//! settings.

mod settings;

use crate::error::CliError;
use crate::times;
use ::project::{ProjectError, SecretPlace};
use bytecode::{Image, Task};
use compiler::{Analysis, Input};
use runtime::{SecretSource, Secrets, Settings};
use schedule::{Doors, Hours, Maintenance};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

pub use ::project::PROJECT_FILE;

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
    /// The times in which nothing that is due begins.
    pub maintenance: Vec<Maintenance>,
    files: ::project::Project,
}

impl Project {
    /// Finds the projects of some paths, each once; no path means the current folder.
    pub fn find(paths: &[PathBuf]) -> Result<Vec<Project>, CliError> {
        Ok(::project::Project::find(paths)?.into_iter().map(Project::from).collect())
    }

    /// Finds the one project of a file, or of a folder that is one.
    pub fn of(path: &Path) -> Result<Project, CliError> {
        Ok(::project::Project::of(path)?.into())
    }

    /// Gives how many files it has.
    pub fn file_count(&self) -> usize {
        self.files.files.len()
    }

    /// Gives the path of a file by the name that it is shown by; nothing for files of the library.
    pub fn path_of(&self, name: &str) -> Option<&Path> {
        self.files.path_of(name)
    }

    /// Reads the files and gives all that is known about them.
    pub fn analyze(&self) -> Result<Analysis, CliError> {
        let files = self.files.sources()?;
        let calendars = ::project::calendars(&self.root, &files)?;
        let (name, library, zone) = (self.name.clone(), library(), self.zone.clone());
        let levels = self.files.manifest.levels.clone();
        Ok(compiler::analyze(Input { name, files, calendars, library, zone, levels, now: Some(times::now()) }))
    }

    /// Gives the paths at which a change of the program shows: its files, calendars and project file, and their folders.
    pub fn watched(&self) -> BTreeSet<PathBuf> {
        let mut watched: BTreeSet<PathBuf> = self.files.files.iter().cloned().collect();
        let calendars = self.files.sources().and_then(|files| ::project::calendars(&self.root, &files));
        // Where they cannot be read, checking tells it.
        watched.extend(calendars.unwrap_or_default().into_iter().map(|calendar| self.root.join(calendar.path)));
        let folders = self.files.files.iter().flat_map(|file| file.ancestors().skip(1));
        let inside: Vec<PathBuf> =
            folders.filter(|folder| folder.starts_with(&self.root)).map(Path::to_owned).collect();
        watched.extend(inside);
        watched.insert(self.root.join(PROJECT_FILE));
        watched
    }

    /// Says whether what its project file says to the runtime is what that of another says.
    pub fn is_set_up_like(&self, other: &Project) -> bool {
        self.files.manifest.is_set_up_like(&other.files.manifest)
    }

    /// Gives what stands before the starts of one of its tasks.
    pub fn doors(&self, task: &Task) -> Doors {
        let hours = task.clauses.only.as_ref().and_then(|only| {
            let zone = only.zone.as_deref().or(self.zone.as_deref());
            // The compiler has looked whether there is the zone.
            Some((Hours::new(only.window, only.days, zone).ok()?, only.delay))
        });
        Doors { maintenance: self.maintenance.clone(), hours }
    }

    /// Complains of settings of an image that have no fitting value.
    pub fn expect_settings(&self, image: &Image) -> Result<(), CliError> {
        let problems = self.settings.problems(image, &stdlib::natives());
        if problems.is_empty() { Ok(()) } else { Err(CliError::Settings { problems }) }
    }
}

impl From<::project::Project> for Project {
    fn from(files: ::project::Project) -> Self {
        let (root, name, manifest) = (files.root.clone(), files.name.clone(), files.manifest.clone());
        let zone = manifest.zone().map(str::to_owned);
        let secrets = manifest.secrets.into_iter().map(|(name, place)| match place {
            SecretPlace::File(file) => (name, SecretSource::File(root.join(file))),
            SecretPlace::Env(variable) => (name, SecretSource::Variable(variable)),
        });
        let secrets = Secrets::new(secrets.collect());
        let (settings, maintenance) = (settings::of(manifest.settings), manifest.maintenance);
        Project { zone, secrets, settings, maintenance, root, name, files }
    }
}

impl From<ProjectError> for CliError {
    fn from(error: ProjectError) -> Self {
        let message = error.to_string();
        match error {
            ProjectError::Missing { path } => CliError::Missing { path },
            ProjectError::NoTasks { path } => CliError::NoTasks { path },
            ProjectError::Read { path, source } => CliError::Read { path, source },
            ProjectError::Manifest { path, message } => CliError::Project { path, message },
            ProjectError::TooLarge { help, .. } => CliError::usage(message, help),
            ProjectError::Several { .. } => {
                CliError::usage(message, "name one file, or one folder with a taskwright.toml")
            }
            ProjectError::TooMany { .. } => CliError::usage(message, "name a folder that is only the project"),
        }
    }
}

/// Gives the standard library as the compiler takes it.
pub fn library() -> Vec<(String, String)> {
    stdlib::SOURCES.iter().map(|(module, text)| ((*module).to_owned(), (*text).to_owned())).collect()
}
